"""A network is made as a copy of another, is called a target, and nothing in the tree moves it.

Observes: copies by deepcopy or load_state_dict whose name says target, and updates that reach them after the set-up.

Why it matters: the critic fits the values of random networks and learns nothing beyond the first rewards.

Evidence: the training source.

How it can be wrong: an update by a function that was not followed: an update of unknown parameters anywhere makes it
abstain, and so does a copy that is called otherwise (a best policy kept, an old one compared with).

References: Lillicrap et al. 2016, DDPG, arXiv 1509.02971; fault-catalogue row target-network-frozen.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport, UpdateEvent
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent, is_followed
from forensics.signals.source_parts import says_target

META = Meta(
    code="SRC116",
    name="source-target-never-updated",
    fired="The source never updates a target network",
    clear="The source updates every target network",
    group="source-target-update",
    needs=NEEDS,
    leak=(2, 1000),
    leak_reason="a copy that is called a target and that nothing moves",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}

_MOVES = r"parameters\(|state_dict\(|copy_\(|lerp|polyak|soft|ema\b|update"


def detect(signals: Signals) -> Finding:
    """Report the targets that nothing moves."""
    source = signals.source
    report = source.report if source else SourceReport()
    texts = tuple(source.texts.values()) if source else ()
    moves = [event for event in report.events if event.kind is EventKind.TARGET_UPDATE and not event.setup]
    idle = [event for event in moves if _never_called(event, texts)]
    moves = [event for event in moves if event not in idle]
    unknown = any(not event.target or not is_followed(event) for event in moves)
    targets = [fact for fact in report.targets if says_target(fact.network)]
    trains = any(event.kind is EventKind.STEP for event in report.events)
    hits = [
        Hit(
            f"{fact.network} copies {fact.copy_of} at {fact.place}, and no line {_that(idle)}moves it afterwards.",
            (fact, *idle[:1]),
            is_absent(report, fact) and not unknown and trains and not _handed_on(fact.network, texts),
        )
        for fact in targets
        if not any(_same(fact.network, part) for event in moves for part in event.target)
        and (not fact.updated or any(_same(fact.network, part) for event in idle for part in event.target))
    ]
    clear = "Every target network is moved by some line." if targets and not unknown else ""
    return conclude(META, source, hits, clear=clear, looked=moves, lacking="target network in it")


def _same(one: str, other: str) -> bool:
    return one == other or one.startswith(f"{other}.") or other.startswith(f"{one}.")


def _never_called(event: UpdateEvent, texts: Collection[str]) -> bool:
    """Whether the function that holds an update is named nowhere but where it is defined."""
    name = event.function.rpartition(".")[2]
    alone = not event.via and name.isidentifier()
    return alone and sum(len(re.findall(rf"\b{re.escape(name)}\b", text)) for text in texts) == 1


def _that(idle: list[UpdateEvent]) -> str:
    return f"that is ever called (not {idle[0].place}) " if idle else ""


def _handed_on(network: str, texts: Collection[str]) -> bool:
    """Whether the parameters of a copy are given to something that may move it, of which nothing else is known."""
    name = network.rpartition(".")[2]
    if "[" in network:
        return True
    given = re.compile(rf"\b{re.escape(name)}\b.*({_MOVES})|({_MOVES}).*\b{re.escape(name)}\b")
    return any(given.search(line) for text in texts for line in text.splitlines() if name in line)
