"""The source at hand cannot have written what the run logged.

Observes: tags of the run that no line of the source can write although the source writes the rest of their folder;
runs that hold none of the source's tags; values above the bound that the source's own formula and clip imply.

Why it matters: facts of another version of the source say nothing about this run. They no longer decide where this
fires.

Evidence: the training source with at least three constant tags, and event files.

How it can be wrong: a library of the run's own may write into a folder of the source's; fewer than three such tags,
or a tenth of all, are let pass.

References: identity I1 for the bound; the tags of one project at two commits differed by 8 of 91.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals
from forensics.signals.source_check import LEAST_TAGS, MOST_STRANGE

META = Meta(
    code="SRC101",
    name="source-tags-mismatch",
    fired="The source at hand is not the one that ran",
    clear="The source at hand fits what the run logged",
    group="source-version",
    needs=NEEDS,
    leak=(5, 100),
    leak_reason="a second writer, or a tag that was not followed, looks the same in one tree of twenty",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS = {
    "tags": Threshold(LEAST_TAGS, "constant tags", "fewer may coincide with another program's"),
    "strange": Threshold(MOST_STRANGE, "share of the run's tags", "a second writer of its own adds some"),
}


def detect(signals: Signals) -> Finding:
    """Report what the comparison of tags found."""
    source = signals.source
    if source is None:
        return META.not_applicable()
    seen = source.agreement
    values: dict[str, Number] = {
        "tags": seen.tags,
        "matched": seen.matched,
        "strange": len(seen.strange),
        "absent": len(seen.absent),
        "broken": len(seen.broken),
    }
    if not source.trusted:
        named = ", ".join((*seen.strange, *seen.broken)[:4])
        said = "; ".join(seen.contradictions)
        return META.fire(f"{source.origin} is not what ran: {said}{f' ({named})' if named else ''}.", values=values)
    if not seen.checked:
        return META.not_applicable("three constant tags in the source, or no event file")
    missing = f"; {len(seen.absent)} that it always writes are not there" if seen.absent else ""
    return META.pass_(
        f"{source.origin} accounts for {seen.matched} of the run's {seen.tags} tags{missing}.", values=values
    )
