"""A part with parameters is made, and no line of the tree reads it again, or no loss is computed from it.

Observes: an attribute that holds a layer or a network, assigned in a constructor and read nowhere; and a part that an
optimizer holds and that no loss is computed from, with a gradient or without, although other parts of the same network
are.

Why it matters: it is counted, saved and handed to the optimizer, its gradient stays absent, and whoever made it
believes that it is in use.

Evidence: the training source.

How it can be wrong: a part that is reached by a computed name (getattr, a loop over children) makes the reading
abstain; a leftover of an earlier version is harmless. The parts of a network are known where a target copies it or an
optimizer holds them; a branch that is left open makes the second reading abstain.

References: PyTorch documentation, DistributedDataParallel: find_unused_parameters; fault-catalogue row
module-unused-in-forward.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude
from forensics.model.finding import Finding, Threshold
from forensics.model.source import Confidence, EventKind, SourceReport
from forensics.signals.signals import Signals
from forensics.signals.source import is_absent, is_exact
from forensics.signals.source_parts import covered, touched
from forensics.signals.source_updates import names_tell

META = Meta(
    code="SRC112",
    name="source-module-unused",
    fired="The source makes a part with parameters and never calls it",
    clear="The source calls every part that it makes",
    group="source-unused",
    needs=NEEDS,
    leak=(5, 100),
    leak_reason="parts that only one of several configurations uses are read in some line; a leftover is harmless",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Report the parts that nothing reads."""
    source = signals.source
    report = source.report if source else SourceReport()
    hits = [
        Hit(
            f"{fact.owner} makes {fact.attribute} ({fact.kind or 'a module'}) at {fact.place} and never reads it.",
            (fact,),
            is_exact(fact) and not fact.kind.endswith("Parameter"),
        )
        for fact in report.unused_modules
    ]
    hits += _uncalled(report)
    known = "Every part that a constructor makes is read somewhere." if report.optimizers else ""
    return conclude(META, source, hits, partly=known, looked=report.optimizers, lacking="network in it")


def _uncalled(report: SourceReport) -> list[Hit]:
    """Return the parts that an optimizer holds and no loss is computed from, beside others of their network."""
    passes = [event for event in report.events if event.kind is EventKind.BACKWARD]
    called = {path.part for event in passes for path in (*event.paths, *event.reads)}
    frozen = {part for event in passes for part in event.frozen}
    whole = all(event.parts and event.reads_confidence is Confidence.EXACT for event in passes)
    sure = bool(passes) and whole and names_tell(report) and is_absent(report, *passes, *report.optimizers)
    found = []
    for part in sorted(_parts(report)):
        network = part.rpartition(".")[0]
        if network and touched(network, called) and not touched(part, called) and not touched(part, frozen):
            holder = next(fact for fact in report.optimizers if covered(part, fact.parts))
            sentence = f"{holder.name} holds {part} ({holder.place}), and no loss is computed from it."
            found.append(Hit(sentence, (holder, *passes[:1]), sure))
    return found


def _parts(report: SourceReport) -> set[str]:
    """Return the parts of networks that optimizers hold, as far as they are known by name."""
    held = [part for fact in report.optimizers for part in fact.parts]
    copied = {fact.copy_of + part.removeprefix(fact.network) for fact in report.targets for part in fact.parts}
    copies = {fact.network for fact in report.targets}
    return {part for part in copied | set(held) if covered(part, held) and not covered(part, copies)}
