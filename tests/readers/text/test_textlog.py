"""Free-text logs: lines become records, records fields and series, and no byte goes missing."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path

import pytest

from forensics.model.evidence import IssueKind, Run
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, only, write

STAMPED = [
    f"2025-10-09 08:00:{step:02d},000 - agent - DEBUG - TRAINING STEP {step} - critic_loss={1 + step / 10} grad=0.5"
    for step in range(50)
]
LOG = "\n".join(STAMPED) + "\n"


def log(tmp_path: Path, content: str | bytes, name: str = "debug.log") -> Run:
    return load(tmp_path, {name: content})


def assert_whole(run: Run) -> None:
    assert [record.line for record in run.logs] == list(range(1, 51))
    assert {record.level for record in run.logs} == {"DEBUG"}
    assert only(run, "critic_loss").steps.tolist() == list(range(50))
    assert only(run, "grad").values.tolist() == [0.5] * 50


def test_numbers_beside_a_step_become_series(tmp_path: Path) -> None:
    run = log(tmp_path, LOG)
    assert_whole(run)
    loss = only(run, "critic_loss")
    assert (loss.source, loss.offsets[0], loss.ref().line) == ("log:debug.log", 1, 1)
    assert loss.wall_times[1] - loss.wall_times[0] == 1.0
    assert run.logs[3].fields == {"critic_loss": 1.3, "grad": 0.5}
    assert run.logs[3].step == 3


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbf" + LOG.encode(),
        LOG.encode("utf-16"),
        LOG.replace("\n", "\r\n").encode(),
        "".join(f"\x1b[32m{line}\x1b[0m\n" for line in STAMPED).encode() + b"\x1b]0;title\x07\x1b[2J\n",
        "".join(f"  1%|#\r 50%|##\r{line}\n" for line in STAMPED).encode(),
        LOG.encode().removesuffix(b"\n"),
    ],
    ids=["bom", "utf-16", "crlf", "ansi", "progress bars", "no last line end"],
)
def test_encodings_and_decorations(tmp_path: Path, content: bytes) -> None:
    run = log(tmp_path, content)
    assert_whole(run)
    assert not run.issues
    assert "\x1b" not in run.logs[0].message


def test_latin_1_is_read_and_said(tmp_path: Path) -> None:
    run = log(tmp_path, LOG.replace("agent", "Ger\xe4t").encode("latin-1"))
    assert run.logs[0].logger == "Ger\xe4t"
    assert kinds(run, "debug.log") == [IssueKind.NOTE]


def test_blocks_of_nul_bytes_are_reported_and_cost_no_line(tmp_path: Path) -> None:
    run = log(tmp_path, LOG[:1000].encode() + b"\0" * 4096 + LOG[1000:].encode())
    assert_whole(run)
    (issue,) = run.issues
    assert (issue.kind, issue.offset, issue.bytes_lost) == (IssueKind.DAMAGED, 1000, 4096)
    assert run.files[0].bytes_lost == 4096


def test_long_lines_are_cut_and_counted(tmp_path: Path) -> None:
    run = log(tmp_path, STAMPED[0] + "\n" + "x" * 300_000 + "\n" + STAMPED[1] + "\n" + "y" * 300_000)
    assert [[len(line) for line in record.body] for record in run.logs] == [[64 * 1024]] * 2
    assert [issue.kind for issue in run.issues] == [IssueKind.LIMIT] * 2
    assert run.files[0].bytes_lost == 2 * (300_000 - 64 * 1024)


@pytest.mark.parametrize(
    "name",
    [
        "a.log",
        "a.txt",
        "nohup.out",
        "slurm-1.err",
        "a.log.",
        "a.log.txt",
        "a.log.old",
        "events.tfevents.log",
        "log",
        "train_log",
        "stdout",
        "job.o123456",
        "train.sh.e4321",
    ],
)
def test_names_of_logs(tmp_path: Path, name: str) -> None:
    assert len(log(tmp_path, LOG, name).logs) == 50


@pytest.mark.parametrize("name", ["requirements.txt", "README.txt", "LICENSE.txt", "a.py", "a.md"])
def test_names_of_other_text(tmp_path: Path, name: str) -> None:
    assert not load(tmp_path, {EVENTS: events(), name: "words\n"}).logs


def test_binary_content_under_the_name_of_a_log_is_left_alone(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), "a.log": bytes(range(256)) * 40})
    assert {record.path: record.reader for record in run.files}["a.log"] == "unread"


def test_rotated_parts_are_read_in_the_order_of_writing(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {
            "debug.log": "\n".join(STAMPED[40:]) + "\n",
            "debug.log.1": "\n".join(STAMPED[30:40]) + "\n",
            "debug.log.2.gz": gzip.compress(("\n".join(STAMPED[10:30]) + "\n").encode()),
            "debug.log.10": "\n".join(STAMPED[:10]) + "\n",
        },
    )
    loss = only(run, "critic_loss")
    assert loss.steps.tolist() == list(range(50))
    assert loss.segment.max() == 0
    assert [record.file for record in run.logs[::10]] == [
        "debug.log.10",
        *["debug.log.2.gz"] * 2,
        "debug.log.1",
        "debug.log",
    ]


def test_indented_lines_belong_to_the_record_above(tmp_path: Path) -> None:
    text = (
        "2025-10-09 08:00:00 - env - DEBUG - REWARD BREAKDOWN (Step 1):\n"
        "   EFFICIENCY (speed):\n"
        "      Raw: 0.5\n"
        "\n"
        "   TOTAL: 0.25 (WARNING threshold 1.0)\n"
        "2025-10-09 08:00:01 - env - DEBUG - REWARD BREAKDOWN (Step 2):\n"
        "   EFFICIENCY (speed):\n"
        "      Raw: 0.75\n"
    )
    run = log(tmp_path, text)
    assert [(record.line, record.last_line, record.level) for record in run.logs] == [(1, 5, "DEBUG"), (6, 8, "DEBUG")]
    assert run.logs[0].fields == {"EFFICIENCY/Raw": 0.5, "TOTAL": 0.25}
    assert only(run, "reward_breakdown/efficiency/raw").values.tolist() == [0.5, 0.75]


def test_a_line_at_the_margin_continues_a_record_and_a_print_does_not(tmp_path: Path) -> None:
    text = (
        "2025-10-09 08:00:00 - env - WARNING - it failed.\nFalling back to the old one\n"
        "[INIT] a print\n==========\nA BANNER\n==========\nstep 3: loss 0.5\n"
    )
    run = log(tmp_path, text)
    assert [(record.message, record.body) for record in run.logs] == [
        ("it failed.", ("Falling back to the old one",)),
        ("[INIT] a print", ()),
        ("A BANNER", ()),
        ("step 3: loss 0.5", ()),
    ]


def test_a_traceback_is_one_error(tmp_path: Path) -> None:
    text = (
        "2025-10-09 08:00:00 - env - ERROR - step failed\n"
        "Traceback (most recent call last):\n"
        '  File "train.py", line 3, in <module>\n'
        "    main()\n"
        "ValueError: bad value: 3\n"
        "\n"
        "During handling of the above exception, another exception occurred:\n"
        "\n"
        "Traceback (most recent call last):\n"
        '  File "train.py", line 9, in <module>\n'
        "KeyboardInterrupt\n"
        "done\n"
    )
    run = log(tmp_path, text)
    assert [(record.line, record.last_line, record.level, record.message) for record in run.logs] == [
        (1, 1, "ERROR", "step failed"),
        (2, 5, "ERROR", "ValueError: bad value: 3"),
        (7, 7, "", "During handling of the above exception, another exception occurred:"),
        (9, 11, "ERROR", "KeyboardInterrupt"),
        (12, 12, "", "done"),
    ]
    assert run.logs[1].body[1:] == ('  File "train.py", line 3, in <module>', "    main()")


def test_a_traceback_cut_short_is_still_an_error(tmp_path: Path) -> None:
    run = log(tmp_path, 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n')
    assert [(record.level, record.message) for record in run.logs] == [("ERROR", "Traceback")]


def test_tables_of_stable_baselines_are_records_with_a_step(tmp_path: Path) -> None:
    table = (
        "---------------------------------\n| rollout/           |          |\n|    ep_rew_mean     | {0}.5 |\n"
        "| time/              |          |\n|    total_timesteps | {0}00      |\n---------------------------------\n"
    )
    run = log(tmp_path, "Using cpu device\n" + table.format(1) + table.format(2))
    series = only(run, "rollout/ep_rew_mean")
    assert series.steps.tolist() == [100, 200]
    assert series.values.tolist() == [1.5, 2.5]
    assert series.declared == {"axis": "env_step"}
    assert len(run.logs) == 3


def test_an_epoch_announced_above_counts_for_the_lines_below(tmp_path: Path) -> None:
    text = "".join(f"Epoch {epoch}/3\n100/100 [====] - 1s 5ms/step - loss: 0.{epoch}\n" for epoch in (1, 2, 3))
    series = only(log(tmp_path, text), "loss")
    assert (series.steps.tolist(), series.values.tolist()) == ([1, 2, 3], [0.1, 0.2, 0.3])
    assert series.declared == {"axis": "epoch"}


def test_json_and_dicts_between_prints_are_read(tmp_path: Path) -> None:
    text = "starting\n" + "".join(
        f'2025-10-09 08:00:0{i} INFO {{"step": {i}, "a": NaN, "q": {{"max": {i}}}}}\n{{\'b\': 0.5, \'step\': {i}}}\n'
        for i in (1, 2)
    )
    run = log(tmp_path, text)
    assert only(run, "q/max").steps.tolist() == [1, 2]
    assert only(run, "b").steps.tolist() == [1, 2]
    assert run.logs[1].level == "INFO"


def test_dicts_without_a_step_are_numbered(tmp_path: Path) -> None:
    run = log(tmp_path, "".join(f"{{'loss': {i}.5, 'epoch': 0.{i}}}\n" for i in (1, 2, 3)))
    assert only(run, "loss").steps.tolist() == [0, 1, 2]


def test_a_printed_namespace_is_configuration_and_its_totals_are_plans(tmp_path: Path) -> None:
    run = log(tmp_path, "Namespace(lr=0.1, total_timesteps=1000, env='x')\ntotal_timesteps: 1000000\n")
    assert {fact.key: fact.value for fact in run.config} == {"lr": 0.1, "total_timesteps": 1000, "env": "x"}
    assert [record.step for record in run.logs] == [None, None]


def test_one_tag_on_two_axes_is_two_series(tmp_path: Path) -> None:
    text = "".join(f"episode {i}: reward={i}\nstep {100 * i}: reward={i}\n" for i in (1, 2, 3))
    run = log(tmp_path, text)
    assert sorted(series.steps.tolist() for series in run.series if series.tag == "reward") == [
        [1, 2, 3],
        [100, 200, 300],
    ]


def test_a_single_point_is_a_field_and_no_series(tmp_path: Path) -> None:
    run = log(tmp_path, "step 5: loss=1.0\n")
    assert run.logs[0].fields["loss"] == 1.0
    assert not run.series


def test_a_clock_that_jumps_back_is_noted_and_the_file_order_kept(tmp_path: Path) -> None:
    stamps = ["2025-10-26 02:59:59,999", "2025-10-26 02:00:00,000", "2025-10-26T03:00:00+01:00", "26/10/2025 03:00:01",
              "1761444002.5", "0000-00-00 00:00:00,000", "2025-13-45 99:99:99,999"]  # fmt: skip
    text = "".join(f"{stamp} - a - DEBUG - TRAINING STEP {i} - loss=1.0\n" for i, stamp in enumerate(stamps))
    run = log(tmp_path, text)
    assert only(run, "loss").steps.tolist() == list(range(7))
    assert "goes back" in run.issues[0].message


def test_an_empty_log_is_said_to_be_empty(tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(), "debug.log": b""})
    assert kinds(run, "debug.log") == [IssueKind.EMPTY]


def test_beyond_the_limit_severe_records_and_all_numbers_are_kept(tmp_path: Path) -> None:
    write(tmp_path, {"debug.log": LOG + "2025-10-09 09:00:00 - a - ERROR - boom\n"})
    run = load_run(tmp_path, limits=Limits(records=10))
    assert [record.level for record in run.logs] == ["DEBUG"] * 10 + ["ERROR"]
    assert len(only(run, "critic_loss")) == 50
    assert kinds(run, "debug.log") == [IssueKind.LIMIT]


def test_the_real_log_of_a_carla_run(archived_runs: Path) -> None:
    run = load_run(archived_runs / "seed-day27-log")
    assert Counter(record.level for record in run.logs if record.level) == {"DEBUG": 1986, "INFO": 311, "WARNING": 2}
    (record,) = run.files
    assert record.bytes_read == record.bytes == 694_737
    assert not run.issues
    blocks = [item for item in run.logs if item.message.startswith("REWARD BREAKDOWN")]
    assert len(blocks) == 218
    assert blocks[0].step == 0
    assert blocks[0].fields["LANE KEEPING/Contribution"] == 0.3008
    assert blocks[0].fields["SAFETY/Status"] == "SAFE"
    assert blocks[0].fields["TOTAL REWARD"] == 0.236
    assert len(only(run, "reward_breakdown/total_reward")) == 218


def test_the_real_log_of_a_language_model(archived_runs: Path) -> None:
    run = load_run(archived_runs / "nanogpt-adamw")
    assert [(series.tag, int(series.steps[0])) for series in run.series] == [("tel", 0), ("trl", 0)]
    assert sum(map(len, run.series)) == len(run.logs) == 9612
