"""A metric whose name says that it was taken after clipping is taken before.

Observes: tags named after, post or clipped whose value is what clip_grad_norm_ returns, or is measured between the
backward pass and the clip.

Why it matters: clip_grad_norm_ returns the norm before it clips. Under such a name it exceeds the limit whenever the
clip acts, and looks as if clipping had failed.

Evidence: the training source: where a logged norm stands between backward, clip and step.

How it can be wrong: a measurement in a function that is called at both places. Only what was followed without a gap
decides.

References: PyTorch documentation, clip_grad_norm_; fault-catalogue row pre-clip-norm-named-post-clip.
"""

from __future__ import annotations

import re

from forensics.detectors.meta import Meta
from forensics.detectors.source.hits import HOW_TO_LOG, NEEDS, Hit, conclude, listed
from forensics.model.finding import Finding, Threshold
from forensics.model.source import EventKind, SourceReport, TagFact
from forensics.signals.signals import Signals
from forensics.signals.source import is_exact
from forensics.signals.source_parts import meet
from forensics.signals.source_updates import is_limit

META = Meta(
    code="SRC118",
    name="source-norm-misnamed",
    fired="In the source a norm named after the clip is taken before it",
    clear="In the source each norm named after the clip is taken after it",
    group="source-norm-place",
    needs=NEEDS,
    leak=(1, 1000),
    leak_reason="a name against the place of its line",
    how_to_log=HOW_TO_LOG,
)
THRESHOLDS: dict[str, Threshold] = {}


_AFTER = re.compile(r"(?<![a-z])(after|post|clipped)(?![a-z])", re.I)
_BEFORE = re.compile(r"(?<![a-z])(before|pre|raw|unclipped)(?![a-z])", re.I)
_PLACES = {"before clip", "after backward"}


def detect(signals: Signals) -> Finding:
    """Hold the place of each measurement against its name."""
    source = signals.source
    report = source.report if source else SourceReport()
    named = [tag for tag in report.tags if tag.formula and _says_after(tag.tag)]
    clipped = [
        part for event in report.events if event.kind is EventKind.CLIP and is_limit(event) for part in event.parts
    ]
    hits = [_hit(tag) for tag in named if tag.after in _PLACES and meet(tag.networks, clipped)]
    sure = bool(named) and is_exact(*named) and all(tag.after in ("after clip", "after step") for tag in named)
    return conclude(
        META,
        source,
        hits,
        partly="Each norm that is named after the clip is taken after it." if sure else "",
        looked=named,
        lacking="norm in it that is named after a clip and could be followed",
    )


def _says_after(tag: str) -> bool:
    words = tag.rpartition("/")[2].replace("-", "_")
    spaced = re.sub(r"[_./]", " ", words)
    return bool(_AFTER.search(spaced)) and not _BEFORE.search(spaced)


def _hit(tag: TagFact) -> Hit:
    how = "what the clip returns" if tag.after == "before clip" else "measured between backward and clip"
    made = f"{tag.expression_file}:{tag.expression_line}" if tag.expression_line else tag.place
    return Hit(f"{tag.tag} is {how} ({tag.formula} of {listed(tag.networks)}, {made}).", (tag,), is_exact(tag))
