"""Meanings of gradient norms from the source, and what they may not do."""

from __future__ import annotations

import msgspec

from forensics.model.evidence import Run
from forensics.model.meaning import ClipStage, Reduction
from forensics.model.source import Confidence, EventKind, SourceReport, TagFact, UpdateEvent
from forensics.signals.interpret import interpret
from forensics.signals.signals import Signal
from tests.builders import series

TAG = "gradients/critic_norm_after_clip"
CLIP = UpdateEvent(
    file="td3.py", line=12, kind=EventKind.CLIP, order=1, root="main", networks=("critic",), parts=("critic",),
    limit="10.0", limit_value=10.0, clip_by="l2",
)  # fmt: skip
RETURNED = TagFact(
    file="td3.py", line=20, tag=TAG, constant=True, sink="writer.add_scalar", expression="norm",
    expression_file="td3.py", expression_line=12, formula="l2", networks=("critic",), after="before clip",
)  # fmt: skip


def read(*tags: TagFact, values: list[float], clip: UpdateEvent = CLIP) -> Signal:
    report = SourceReport(files=1, events=(clip,), tags=tags)
    (signal,) = interpret(Run(name="r", path="r", series=(series(TAG, values),), source=report)).signals
    return signal


def test_what_the_clip_returns_is_the_norm_before_it_whatever_its_name() -> None:
    signal = read(RETURNED, values=[3.0, 14.0, 8.0, 21.0, 5.0])
    assert signal.meaning.clip_stage is ClipStage.PRE
    assert signal.meaning.reduction is Reduction.L2
    assert signal.is_established("clip_stage")
    assert "clip_stage" not in signal.alternatives
    assert "td3.py:12" in signal.how["clip_stage"]
    assert signal.claims["clip_stage"] == "post"


def test_a_sum_that_is_taken_after_the_clip_is_established_as_both() -> None:
    fact = msgspec.structs.replace(RETURNED, formula="sum of l2", after="after clip")
    signal = read(fact, values=[12.0, 13.0, 12.5, 12.9])
    assert (signal.meaning.clip_stage, signal.meaning.reduction) == (ClipStage.POST, Reduction.SUM_OF_L2)


def test_what_is_not_exact_or_said_in_two_ways_establishes_nothing() -> None:
    joined = msgspec.structs.replace(RETURNED, confidence=Confidence.JOINED)
    other = msgspec.structs.replace(RETURNED, line=40, after="after clip")
    for tags in ((joined,), (RETURNED, other)):
        assert not read(*tags, values=[3.0, 14.0, 8.0, 21.0, 5.0]).is_established("clip_stage")


def test_a_formula_that_the_values_break_shows_another_source_and_establishes_nothing() -> None:
    fact = msgspec.structs.replace(RETURNED, after="after clip")
    signal = read(fact, values=[3.0, 14.0, 8.0, 21.0, 5.0])
    assert not signal.is_established("clip_stage")


def test_a_clip_of_unknown_parameters_leaves_the_place_open() -> None:
    signal = read(RETURNED, values=[3.0, 4.0], clip=msgspec.structs.replace(CLIP, parts=(), networks=()))
    assert not signal.is_established("clip_stage")
    assert signal.is_established("reduction")
