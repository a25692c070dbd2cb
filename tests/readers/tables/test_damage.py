"""Tables that are torn, resumed, malformed or hostile: what can be read is read, the rest is accounted for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from forensics.model.evidence import IssueKind, Run
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write

HEAD = "step,loss,note\n"


def accounted(run: Run) -> bool:
    """Whether bytes read and lost make up every file that a reader claimed."""
    return all(file.bytes_read + file.bytes_lost == file.bytes for file in run.files if file.reader != "unread")


def test_a_row_that_ends_early_is_truncated_and_not_taken(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": HEAD + "1,0.5,a\n2,0.2"})
    assert only(run, "loss").values.tolist() == [0.5]
    (issue,) = [issue for issue in run.issues if issue.kind is IssueKind.TRUNCATED]
    assert (issue.line, issue.bytes_lost, issue.records_lost) == (3, 5, 1)
    assert run.live
    assert accounted(run)


def test_a_quote_that_is_torn_at_the_end_is_truncated(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": HEAD + '1,0.5,"a, b"\n2,0.25,"c'})
    assert only(run, "loss").values.tolist() == [0.5]
    assert IssueKind.TRUNCATED in kinds(run, "a.csv")


def test_a_last_row_without_a_line_end_is_whole_where_no_cell_lacks(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "step,loss\n1,0.5\n2,0.25"})
    assert only(run, "loss").values.tolist() == [0.5, 0.25]
    assert not run.issues


def test_a_row_of_too_many_cells_is_malformed(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "step,loss\n1,0.5\n2,7,0.25\n3,0.125,\n"})
    assert only(run, "loss").steps.tolist() == [1, 3]
    (issue,) = run.issues
    assert (issue.kind, issue.line, issue.bytes_lost) == (IssueKind.MALFORMED, 3, 8)
    assert accounted(run)


def test_a_row_that_lacks_most_cells_of_a_wide_table_is_malformed(tmp_path: Path) -> None:
    head = "step," + ",".join(f"m{i}" for i in range(500))
    run = load(tmp_path, {"a.csv": f"{head}\n1,0.5\n2{',1.5' * 500}\n"})
    assert only(run, "m0").steps.tolist() == [2]
    assert kinds(run, "a.csv") == [IssueKind.MALFORMED]


def test_a_stray_quote_costs_its_own_line_alone(tmp_path: Path) -> None:
    rows = "".join(f"{i},{i * 0.5},x\n" for i in range(3, 3000))
    run = load(tmp_path, {"a.csv": HEAD + '1,0.5,x\n2,1.0,"x\n' + rows})
    assert len(only(run, "loss")) == 2998
    assert kinds(run, "a.csv").count(IssueKind.MALFORMED) == 1


def test_a_quoted_cell_may_hold_line_ends(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": 'step,text,loss\n1,"two\nlines, here",0.5\n2,"one",0.25\n'})
    assert only(run, "loss").offsets.tolist() == [2, 4]


def test_a_header_written_again_begins_a_segment_and_overwrites_what_it_repeats(tmp_path: Path) -> None:
    text = "step,loss\n10,1.0\n20,2.0\n30,3.0\nstep,loss,lr\n20,2.5,0.1\n30,3.5,0.1\n"
    loss = only(load(tmp_path, {"a.csv": text}), "loss")
    assert loss.segment.tolist() == [0, 0, 0, 1, 1]
    assert loss.superseded.tolist() == [False, True, True, False, False]
    assert loss.offsets.tolist() == [2, 3, 4, 6, 7]


def test_a_resumed_table_without_a_second_header_is_superseded(tmp_path: Path) -> None:
    steps = [*range(0, 500, 10), *range(300, 700, 10)]
    rows = "".join(f"{step},{place}\n" for place, step in enumerate(steps))
    loss = only(load(tmp_path, {"a.csv": "step,loss\n" + rows}), "loss")
    assert int(loss.segment.max()) == 1
    assert np.array_equal(np.flatnonzero(loss.superseded), np.arange(30, 50))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("inf", float("inf")),
        ("-Infinity", float("-inf")),
        ("True", 1.0),
        ("tensor(0.25, device='cuda:0')", 0.25),
        ("[0.25]", 0.25),
        (" 0.25 ", 0.25),
    ],
)
def test_numbers_are_read_as_training_scripts_write_them(tmp_path: Path, cell: str, value: float) -> None:
    assert only(load(tmp_path, {"a.tsv": f"step\tloss\n1\t{cell}\n2\t1.0\n"}), "loss").values[0] == value


@pytest.mark.parametrize("cell", ["", "None", "null", "N/A"])
def test_what_says_nothing_is_not_logged(tmp_path: Path, cell: str) -> None:
    assert only(load(tmp_path, {"a.csv": f"step,loss\n1,{cell}\n2,1.0\n"}), "loss").steps.tolist() == [2]


def test_text_among_numbers_is_left_out_and_told(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "step,loss\n1,0.5\n2,oops\n3,0.25\n"})
    assert only(run, "loss").steps.tolist() == [1, 3]
    assert [issue.message for issue in run.issues] == ["1 cells of numeric columns hold text and are left out"]


def test_limits_are_respected(tmp_path: Path) -> None:
    write(tmp_path, {"a.csv": "step,a,b,c\n1,2,3,4\n" + "2," + "9" * 5000 + ",1,1\n", EVENTS: events()})
    run = load_run(tmp_path, limits=Limits(tags=2, json_line_bytes=1000))
    assert {series.tag for series in run.series if series.source == "csv:a.csv"} == {"a"}
    assert IssueKind.LIMIT in kinds(run, "a.csv")
    assert accounted(run)


def test_an_empty_file_is_named(tmp_path: Path) -> None:
    run = load(tmp_path, {"a.csv": "", EVENTS: events()})
    assert kinds(run, "a.csv") == [IssueKind.EMPTY]


_NAMES = st.sampled_from(["a.csv", "0.monitor.csv", "b.tsv", "loss.csv", "progress.txt"])
_CELL = st.one_of(
    st.sampled_from(["", "nan", "inf", "step", "epoch", "r", "l", "t", "#", '"', "{'a': 1}", "None", "1e999", "tag"]),
    st.integers(-5, 10**20).map(str),
    st.floats().map(str),
    st.text(max_size=6),
)
_TABLE = st.lists(st.lists(_CELL, max_size=5), max_size=12).map(lambda rows: "\n".join(map(",".join, rows)))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_NAMES, st.one_of(_TABLE.map(lambda text: text.encode("utf-8", "surrogatepass")), st.binary(max_size=200)))
def test_no_content_breaks_the_reader_or_its_account(tmp_path: Path, name: str, content: bytes) -> None:
    for path in tmp_path.iterdir():
        path.unlink()
    run = load(tmp_path, {name: content, EVENTS: events(2)})
    assert accounted(run)
    assert not [issue for issue in run.issues if "reader failed" in issue.message]
    for series in run.series:
        arrays = (series.steps, series.wall_times, series.segment, series.superseded, series.offsets, series.file_index)
        assert {len(array) for array in arrays} == {len(series.values)}
