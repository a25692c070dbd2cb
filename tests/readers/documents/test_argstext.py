"""Arguments in text files, as scripts write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.model.evidence import IssueKind
from tests.readers.run_files import EVENTS, events, kinds, load

LR = {"lr": 0.001, "env": "Pendulum-v1", "seed": 3}
WRITTEN = {
    "json": '{"lr": 0.001, "env": "Pendulum-v1", "seed": 3}',
    "json over lines": '{\n  "lr": 0.001,\n  "env": "Pendulum-v1",\n  "seed": 3\n}\n',
    "namespace": "Namespace(lr=0.001, env='Pendulum-v1', seed=3)\n",
    "argparse's repr": "argparse.Namespace(lr=0.001, env='Pendulum-v1', seed=3)",
    "colons": "lr: 0.001\nenv: Pendulum-v1\nseed: 3\n",
    "equal signs": "lr = 0.001\nenv=Pendulum-v1\nseed =3\n",
    "flags": "--lr 0.001\n--env Pendulum-v1\n--seed 3\n",
    "a box": "=====\nlr\t0.001\nenv\tPendulum-v1\nseed\t3\n-----\n",
    "a command": "python train.py --lr 0.001 --env Pendulum-v1 --seed 3",
}


@pytest.mark.parametrize("text", WRITTEN.values(), ids=WRITTEN)
@pytest.mark.parametrize("name", ["args.txt", "logs/commandline_args.txt"])
def test_arguments_become_settings(name: str, text: str, tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(2), name: text})
    assert {fact.key: fact.value for fact in run.config} == LR
    assert {record.path: record.reader for record in run.files}[name] == "arguments"


def test_a_command_names_flags_without_a_value_and_overrides(tmp_path: Path) -> None:
    run = load(tmp_path, {"command.txt": "torchrun train.py --cuda --lr=1e-3 agent.gamma=0.9 --last"})
    assert {(fact.key, fact.value, fact.origin) for fact in run.config} == {
        ("cuda", True, "cli"),
        ("lr", 0.001, "cli"),
        ("agent.gamma", 0.9, "cli"),
        ("last", True, "cli"),
    }


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("notes.txt", "lr: 0.001\nseed: 3\n"),
        ("params.txt", "The network has many\nparameters and we list none\nof them here, you know\n"),
        ("args.txt", '{"step": 1, "loss": 2}\n{"step": 2, "loss": 1}\n'),
    ],
)
def test_prose_and_logs_are_left_to_their_readers(name: str, text: str, tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(2), name: text})
    assert {record.path: record.reader for record in run.files}[name] != "arguments"


def test_a_namespace_in_a_log_is_read_behind_a_few_words(tmp_path: Path) -> None:
    run = load(tmp_path, {"train.log": "Arguments: Namespace(lr=0.001, env='Pendulum-v1', seed=3)\nstep=1 loss=2\n"})
    assert {fact.key: fact.value for fact in run.config} == LR


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\nb: 2\n" + "[" * 200_000,
        "{" * 100_000,
        "Namespace(" + "a=" * 50_000,
        "python " + "'" * 50_001 + " --a 1",
        "a: 1\nb: 2\n" + "k" * 3_000_000,
    ],
    ids=["brackets", "braces", "namespace", "quotes", "long"],
)
def test_hostile_text_costs_its_own_bytes_at_most(text: str, tmp_path: Path) -> None:
    run = load(tmp_path, {EVENTS: events(2), "args.txt": text})
    (record,) = [record for record in run.files if record.path == "args.txt"]
    assert record.reader == "unread" or record.bytes_read + record.bytes_lost == record.bytes == len(text)
    assert not [issue for issue in run.issues if "the reader failed" in issue.message]


def test_what_no_longer_reads_as_arguments_is_lost_aloud(tmp_path: Path) -> None:
    text = "a: 1\n" * 20_000 + "this is prose\n" * 20_000
    run = load(tmp_path, {EVENTS: events(2), "args.txt": text})
    assert kinds(run, "args.txt") == [IssueKind.MALFORMED]
