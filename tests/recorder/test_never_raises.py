"""Whatever is handed over, and whatever fails inside, the training loop goes on."""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forensics.readers.run import load_run
from forensics.recorder import Recorder
from forensics.recorder.numbers import plain, shown
from forensics.recorder.recorder import Recorder as RecorderClass
from tests.recorder.reading import column, log_lines


class Hostile:
    """An object that fails at everything."""

    def __repr__(self) -> str:
        raise RuntimeError("no")

    def item(self) -> None:
        raise RuntimeError("no")

    @property
    def size(self) -> int:
        raise RuntimeError("no")


ODD: dict[str, Any] = {
    "none": None,
    "text": "x" * 10_000,
    "surrogate": "\udc80",
    "huge": 10**400,
    "negative_huge": -(10**400),
    "complex": 1j,
    "object": object(),
    "hostile": Hostile(),
    "empty": np.zeros(0),
    "matrix": np.ones((3, 4)),
    "texts": np.array(["a", "b"]),
    "nested": {"a": [1, {"b": 2}]},
    "bytes": b"\xff",
    "nan": math.nan,
    "int8": np.int8(3),
    "bool": True,
    "a/b/c": 1.0,
    "/": 1.0,
    "": 1.0,
    "event": 1.0,
    "ümlaut \n\x00": 1.0,
    "k" * 5_000: 1.0,
}


def test_every_odd_value_is_recorded_or_left_out_and_the_rest_is_kept(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=()) as rec:
        assert rec.step(env_step=1, critic_loss=1.0, **ODD)
        assert rec.record("odd", ODD, env_step=2)
        for name, value in ODD.items():
            assert rec.step(env_step=3, critic_loss=2.0, **{name: value})
        assert rec.failures == 0
    assert not load_run(tmp_path).issues
    assert column(tmp_path, "losses/critic_loss") == [1.0] + [2.0] * len(ODD)
    assert column(tmp_path, "odd/hostile") == ["<Hostile>"]
    assert column(tmp_path, "odd/huge") == ["Infinity"]
    assert column(tmp_path, "odd/matrix_mean") == [1.0]


keys = st.text(max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=5,
)


@pytest.fixture(scope="module")
def recorder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RecorderClass]:
    with Recorder(tmp_path_factory.mktemp("any"), source=()) as rec:
        yield rec


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(keys, values, max_size=5), keys, st.integers() | st.none())
def test_any_values_make_records_that_can_be_read(
    recorder: RecorderClass, given_values: dict[str, Any], event: str, step: int | None
) -> None:
    before = recorder.failures
    recorder.record(event, given_values, env_step=step)
    assert recorder.failures == before
    log_lines(recorder.folder)[-1]


@given(values)
def test_a_plain_value_is_a_number_a_short_text_or_nothing(value: Any) -> None:
    found = plain(value)
    assert found is None or isinstance(found, float | str)
    assert not isinstance(found, str) or len(found.encode()) <= 3_000
    assert shown(found) is None or isinstance(shown(found), float | str)


@pytest.mark.parametrize("broken", ["_journal", "_guard", "_watch", "_text", "_episodes", "_manifest"])
def test_a_defect_of_ours_is_counted_and_not_raised(tmp_path: Path, broken: str) -> None:
    rec = Recorder(tmp_path, source=())
    real = getattr(rec, broken)
    setattr(rec, broken, object())
    assert rec.step(env_step=1, critic_loss=1.0)
    rec.episode(1.0, 10)
    rec.evaluation([1.0])
    rec.checkpoint("x")
    rec.log("hello")
    rec._declare()
    rec._beat()
    assert rec.failures > 0
    setattr(rec, broken, real)
    rec.close()
    assert log_lines(tmp_path)[-1]["event"] == "run_end"


def test_a_closed_recorder_takes_no_more_and_does_not_mind(tmp_path: Path) -> None:
    rec = Recorder(tmp_path, source=())
    rec.close()
    rec.close()
    assert rec.step(env_step=1, critic_loss=1.0)
    assert not rec.record("sample", {"number": 1})
    rec.episode(1.0, 10)
    assert log_lines(tmp_path)[-1]["event"] == "run_end"
