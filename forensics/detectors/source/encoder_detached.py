"""An encoder is in an optimizer, and no loss of the tree reaches it or any other encoder.

Observes: a part that an optimizer holds and whose name says encoder, no gradient path to it or to any other such
part, and paths to the heads that read its features.

Why it matters: the agent sees through random features. Detaching an encoder in the actor's step is good practice only
as long as the critic trains it.

Evidence: the training source; the parts of a network are known where a target copies it or an optimizer holds them.

How it can be wrong: a pretrained encoder that stays as it is on purpose and is in an optimizer all the same. One that
requires no gradient is not counted.

References: Yarats et al. 2022, DrQ-v2, arXiv 2107.09645; fault-catalogue row encoder-detached-everywhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport, UpdateEvent
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent, is_followed
from forensics.signals.source_parts import covered, meet
from forensics.signals.source_updates import names_tell

META = Meta(
    code="SRC111",
    name="source-encoder-detached",
    fired="In the source no loss reaches an encoder that an optimizer holds",
    clear="In the source a loss reaches an encoder",
    group="source-encoder",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="no path in any branch to any encoder",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_ENCODER = re.compile(r"enc|cnn|conv|feature|extract|trunk|backbone|vision|pixel|embed", re.I)


def detect(signals: Signals) -> Finding:
    """Compare the encoders that optimizers hold with the ends of all gradient paths."""
    source = signals.source
    report = source.report if source else SourceReport()
    passes = [event for event in report.events if event.kind is EventKind.BACKWARD]
    reached = sorted({part for event in passes for part in event.parts})
    frozen = [part for event in passes for part in event.frozen]
    encoders = _encoders(report)
    trained = [part for part in encoders if meet([part], reached)]
    idle = [part for part in encoders if part not in trained and not meet([part], frozen) and not _unused(report, part)]
    lost = [part for part in idle if not trained or part.partition(".")[0] in _judges(passes)]
    hits = []
    if reached and lost:
        holder = next(fact for fact in report.optimizers if meet(lost, fact.parts))
        cut = next((event for event in passes if meet(event.parts, [lost[0].rpartition(".")[0]])), passes[0])
        hits.append(
            Hit(
                f"{holder.name} holds {listed(lost)}, which no loss of the tree reaches: they reach {listed(reached)}.",
                (cut, holder),
                names_tell(report) and is_absent(report, holder, *passes) and all(event.parts for event in passes),
            )
        )
    return conclude(
        META,
        source,
        hits,
        clear=f"A loss reaches {listed(trained)}." if trained and not idle and is_followed(*passes) else "",
        partly=f"A loss reaches {listed(trained)}, and none {listed(idle)}." if trained and idle else "",
        looked=[event for event in passes if meet(event.parts, trained)],
        lacking="encoder in an optimizer of it",
    )


def _encoders(report: SourceReport) -> list[str]:
    """Return the parts by name of an encoder that an optimizer holds and that are no targets."""
    copies = {fact.network: fact.copy_of for fact in report.targets}
    parts = {part for fact in report.optimizers for part in fact.parts}
    for fact in report.targets:
        parts |= {fact.copy_of + part.removeprefix(fact.network) for part in fact.parts}
    parts |= {path.part for event in report.events for path in event.paths}
    held = [part for fact in report.optimizers for part in fact.parts]
    named = [part for part in parts if _ENCODER.search(part) and covered(part, held) and part not in copies]
    return sorted(part for part in named if not any(part.startswith(f"{other}.") for other in named))


def _unused(report: SourceReport, part: str) -> bool:
    return any(part.rpartition(".")[2] == fact.attribute for fact in report.unused_modules)


def _judges(passes: Iterable[UpdateEvent]) -> set[str]:
    """Return the networks through which a loss of another network leads: critics."""
    hops = {
        (path.network, hop.partition("[")[0].partition(".")[0])
        for one in passes
        for path in one.paths
        for hop in path.hops
    }
    return {judge for network, judge in hops if judge != network}
