"""What is stored as done counts a time limit as the end of the task.

Observes: both flags of an environment's step, joined to one, in what a replay buffer or a target takes as done, in a
source that bootstraps from a target network.

Why it matters: the target drops the value of what comes next at a moment that the observation does not show.

Evidence: the training source.

How it can be wrong: algorithms without a target network use the flag to cut rollouts, which is another matter, and do
not decide. A buffer that takes time limits out again by a flag of its own is not told apart from one that does not.

References: Pardo et al. 2018, arXiv 1712.00378; fault-catalogue row timeout-as-terminal.
"""

from __future__ import annotations

import re

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact

META = Meta(
    code="SRC122",
    name="source-timeout-as-terminal",
    fired="In the source a time limit is stored as the end of the task",
    clear="In the source only the end of the task is stored as one",
    group="source-done",
    needs=NEEDS,
    leak=(2, 100),
    leak_reason="older interfaces return one flag for both, and the source then does not tell",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_ROLLOUT = re.compile(r"rollout|log_?prob|value", re.I)
_HANDLED = ("handle_timeout", "timeout_termination", "TimeLimit.truncated")


def detect(signals: Signals) -> Finding:
    """Look at what is stored as done."""
    source = signals.source
    report = source.report if source else SourceReport()
    bootstraps = bool(report.targets)  # of a library that has both kinds, a buffer of rollouts is told by its arguments
    handled = source is not None and any(word in text for text in source.texts.values() for word in _HANDLED)
    hits = [
        Hit(
            f"{fact.text} at {fact.place} takes a time limit for the end of the task.",
            (fact,),
            is_exact(fact) and bootstraps and not handled and not _apart(fact.text) and not _ROLLOUT.search(fact.text),
        )
        for fact in report.dones
        if fact.truncated
    ]
    sure = bool(report.dones) and is_exact(*report.dones)
    return conclude(
        META,
        source,
        hits,
        clear="What is stored as done is the end of the task alone." if sure else "",
        looked=report.dones,
        lacking="done flag in it that could be followed",
    )


def _apart(text: str) -> bool:
    """Whether a call is given both flags, each for itself."""
    return "trunc" in text and not re.search(r"\bor\b|\||_or\(|maximum\(|\bany\(", text)
