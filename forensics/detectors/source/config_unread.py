"""A setting of training stands in the run's configuration, and the source never reads it, or puts a literal over it.

Observes: keys of the run's configuration that name a rate, a discount, a limit, a cadence or a size, and that no line
reads, or that a literal overrides.

Why it matters: the run is then not the experiment that its configuration describes.

Evidence: the training source and a configuration. Configurations that are passed on whole make it abstain.

How it can be wrong: dead keys are common, and a key may be read under another name; this supports an explanation and
does not make one.

References: Xu et al. 2013, Do Not Blame Users for Misconfigurations; fault-catalogue row config-without-effect.
"""

from __future__ import annotations

import re

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import ConfigKeyFact, KeyState, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact

META = Meta(
    code="SRC121",
    name="source-config-unread",
    fired="The source does not read a setting of training that the run configures",
    clear="The source reads the settings of training that the run configures",
    group="source-config",
    needs=NEEDS,
    leak=(10, 100),
    leak_reason="real projects carry dead keys; these are names that training should heed",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_HEEDED = re.compile(
    r"(^|_)(lr|learning_rate|gamma|discount|tau|polyak|batch_size|buffer_size|max_grad_norm|max_norm|"
    r"train_freq|policy_delay|policy_freq|gradient_steps|learning_starts|exploration_noise|noise)($|_)",
    re.I,
)
_WORDS = {KeyState.NEVER_READ: "is read nowhere", KeyState.OVERRIDDEN: "is overridden by a literal"}


def detect(signals: Signals) -> Finding:
    """Compare the keys of the run with those that the source heeds."""
    source = signals.source
    report = source.report if source else SourceReport()
    given = {row.key.rsplit(".", 1)[-1] for row in signals.run.config}
    heeded = {key for key in given if _HEEDED.search(key)}
    hits = [
        Hit(f"{fact.key}, which the run configures, {_WORDS[fact.state]} ({fact.place}).", (fact,), is_exact(fact))
        for fact in report.config_keys
        if fact.state in _WORDS and _leaf(fact) in heeded
    ]
    known = "Every setting of training that the run configures is read." if heeded else ""
    return conclude(META, source, hits, partly=known, looked=(), lacking="configured setting of training")


def _leaf(fact: ConfigKeyFact) -> str:
    return fact.key.rsplit(".", 1)[-1]
