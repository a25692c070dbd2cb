"""A folder of runs is found to be one; a folder of one run is never taken apart."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from forensics.cohort.find import find
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.cohort.layouts import START, TAGS, events, lay, name, table

DAY = 86_400.0
Files = dict[str, str | bytes]


def labels(root: Path, files: Files) -> list[str]:
    """The labels of the runs found in a folder of these files."""
    return [run.label for run in find(lay(root, files), Limits()).runs]


def is_one(root: Path, files: Files) -> bool:
    """Whether a folder of these files is one run, whole."""
    (*runs,) = find(lay(root, files), Limits()).runs
    return len(runs) == 1 and runs[0].path == root and runs[0].part is None


def seeds(*numbers: int) -> list[bytes]:
    return [events(seed=number) for number in numbers]


RUN = events()
MONITOR = '#{"t_start": 1.0, "env_id": "a"}\nr,l,t\n1,2,3\n2,3,4\n'
LOG = "".join(
    f"2025-10-09 08:00:{row:02d},000 - agent - INFO - step={row * 10} loss={1 / (row + 1):.3f}\n" for row in range(30)
)

ONE: dict[str, Files] = {
    "an event file": {name(): RUN},
    "stable-baselines3": {
        "PPO_1/" + name(): RUN,
        "progress.csv": table(),
        "0.monitor.csv": MONITOR,
        "1.monitor.csv": MONITOR,
    },
    "keras": {"train/" + name(): RUN, "validation/" + name(): events(seed=1)},
    "a file for each side": {"train.csv": table(), "eval.csv": table(seed=1)},
    "a table for each metric": {"loss.csv": table("step,value"), "reward.csv": table("step,value", seed=1)},
    "a table for each network": {"actor.csv": table(), "critic.csv": table(seed=1)},
    "workers": {f"worker_{n}.csv": table(seed=n) for n in range(4)},
    "add_scalars": {
        name(): RUN,
        "loss_actor/" + name(): events(("loss",)),
        "loss_critic/" + name(): events(("loss",), seed=1),
    },
    "add_hparams": {
        name(): RUN,
        "1760000300.5/" + name(START + 300): events(("hp/metric",), steps=[0], start=START + 300),
    },
    "a hydra job": {".hydra/config.yaml": "lr: 1\n", "a/" + name(): RUN, "b/" + name(process=7): events(seed=1)},
    "rllib trial": {
        "params.json": '{"lr": 1}',
        "result.json": '{"step": 1, "a": 1}\n',
        "progress.csv": table(),
        name(): RUN,
    },
    "lightning version": {"hparams.yaml": "lr: 1\n", "metrics.csv": table()},
    "weights and biases": {"files/wandb-summary.json": "{}", "files/output.log": LOG, "logs/debug.log": LOG},
    "torchrl": {
        f"scalars/{name}.csv": "512,0.5\n1024,0.4\n" for name in ("train/reward", "train/lr", "eval/reward", "x")
    },
    "d3rlpy": {"params.json": '{"lr": 1}', "loss.csv": "1,10,0.5\n2,20,0.4\n", "time_step.csv": "1,10,0.5\n2,20,0.4\n"},
    "the recorder's": {
        "manifest.json": '{"run_id": "a", "metrics": {}}',
        name(): RUN,
        "debug.jsonl": '{"step": 1}\n',
        "train.log": LOG,
    },
    "logs of one program": {"train.log": LOG, "error.log": LOG.replace("INFO", "ERROR"), "stdout.txt": LOG},
    "a copied log": {"a.log": LOG, "b.log": LOG},
    "a table and its copy": {"alpha.csv": table(), "beta.csv": table()},
    "nested parts": {"logs/tb/" + name(): RUN, "logs/csv/progress.csv": table(), "config.yaml": "a: 1\n"},
    "agents of one process": {
        "config.yaml": "lr: 1\n",
        "fox/" + name(): RUN,
        "hare/" + name(number=1): events(seed=1),
    },
    "folders of one process": {
        "cars/" + name(): events(("a", "b")),
        "roads/" + name(number=1): events(("c", "d")),
    },
}

RESTARTED: dict[str, Files] = {
    "resumed": {name(): RUN, name(START + DAY): events(start=START + DAY, steps=range(2900, 6000, 100))},
    "resumed from a checkpoint before": {
        name(): RUN,
        name(START + DAY): events(start=START + DAY, steps=range(2000, 6000, 100), seed=1),
    },
    "begun anew once": {name(): RUN, name(START + DAY): events(start=START + DAY, seed=1)},
    "false starts": {
        name(START + DAY * n): events(steps=range(0, 100 * count, 100), start=START + DAY * n, seed=n)
        for n, count in enumerate([2, 1, 3, 30])
    },
    "begun anew, resumed, resumed": {
        name(): RUN,
        name(START + DAY): events(start=START + DAY, seed=1),
        name(START + 2 * DAY): events(start=START + 2 * DAY, steps=range(2900, 6000, 100)),
        name(START + 3 * DAY): events(start=START + 3 * DAY, steps=range(5900, 9000, 100)),
    },
    "ranks": {name(START + n, process=100 + n): events(start=START + n, seed=n) for n in range(4)},
    "an evaluation afterwards": {
        name(): RUN,
        name(START + DAY): events(("eval/return", "eval/length"), start=START + DAY),
    },
    "two writers of one process": {name(): RUN, name(number=1): events(("charts/speed", "charts/heat"))},
    "an empty file": {name(): RUN, name(START + 5): events(steps=[])},
    "logs of a resumed run": {
        "run_2025-01-01.csv": table(),
        "run_2025-01-02.csv": table(first=4000, seed=1),
    },
    "folders of a resumed run": {
        "2025-01-01/" + name(): RUN,
        "2025-01-02/" + name(START + DAY): events(start=START + DAY, steps=range(2900, 6000, 100)),
    },
}

A, B, C = seeds(0, 1, 2)
MANY: dict[str, tuple[Files, list[str]]] = {
    "a folder each": ({f"{run}/" + name(): RUN for run in "ab"}, ["a", "b"]),
    "a folder each, nested": (
        {f"x/seed_{n}/tb/" + name(START + n * DAY): events(seed=n, start=START + n * DAY) for n in (1, 2, 10)},
        ["x/seed_1", "x/seed_2", "x/seed_10"],
    ),
    "stable-baselines3": ({f"PPO_{n}/" + name(START + n): A for n in (1, 2)}, ["PPO_1", "PPO_2"]),
    "one loop over seeds": (
        {f"PPO_{n}/" + name(START + n * DAY): events(seed=n, start=START + n * DAY) for n in (1, 2)},
        ["PPO_1", "PPO_2"],
    ),
    "seeds of one process": ({f"seed{n}/" + name(number=n): events(seed=n) for n in (1, 2)}, ["seed1", "seed2"]),
    "one script over ideas": (
        {f"{idea}/" + name(number=n): events(seed=n) for n, idea in enumerate(("plain", "wide"))},
        ["plain", "wide"],
    ),
    "rl zoo": (
        {
            f"ppo/CartPole-v1_{n}/{file}": text
            for n in (1, 2)
            for file, text in (("0.monitor.csv", MONITOR), ("CartPole-v1/args.yml", "a: 1\n"))
        },
        ["ppo/CartPole-v1_1", "ppo/CartPole-v1_2"],
    ),
    "ray results": (
        {
            "experiment_state-2025.json": '{"a": [{"b": 1}]}',
            "PPO_env_a/params.json": "{}",
            "PPO_env_a/result.json": '{"step": 1, "a": 1}\n',
            "PPO_env_b/params.json": "{}",
            "PPO_env_b/progress.csv": table(),
            "PPO_env_b/" + name(): RUN,
        },
        ["PPO_env_a", "PPO_env_b"],
    ),
    "lightning": (
        {
            f"lightning_logs/version_{n}/{file}": text
            for n in (0, 1)
            for file, text in (("hparams.yaml", "lr: 1\n"), ("metrics.csv", table(seed=n)))
        },
        ["lightning_logs/version_0", "lightning_logs/version_1"],
    ),
    "weights and biases": (
        {
            f"wandb/run-2025-{n}/files/{file}": text
            for n in "ab"
            for file, text in (("wandb-summary.json", "{}"), ("config.yaml", "lr: 1\n"))
        },
        ["wandb/run-2025-a", "wandb/run-2025-b"],
    ),
    "keras": (
        {
            f"{n}/{side}/" + name(START + DAY * n): events(seed=n, start=START + DAY * n)
            for n in (1, 2)
            for side in ("train", "validation")
        },
        ["1", "2"],
    ),
    "tables": ({"ppo_seed1.csv": table(), "ppo_seed2.csv": table(seed=1)}, ["ppo_seed1.csv", "ppo_seed2.csv"]),
    "tables of algorithms": (
        {"ppo.csv": table(), "sac.csv": table(seed=1), "dqn.csv": table(seed=2)},
        ["dqn.csv", "ppo.csv", "sac.csv"],
    ),
    "logs": (
        {
            f"{stem}.log": "".join(f"step:{row * 10} loss:{1 / (row + 1) + place:.3f} lr:{row}\n" for row in range(30))
            for place, stem in enumerate(("0f8fad5b", "7c9e6679"))
        },
        ["0f8fad5b.log", "7c9e6679.log"],
    ),
    "event files, named": (
        {f"{stem}.events.out.tfevents.1760000000.h": data for stem, data in (("s1", A), ("s2", B))},
        ["s1.events.out.tfevents.1760000000.h", "s2.events.out.tfevents.1760000000.h"],
    ),
    "event files, one after another": (
        {name(START + DAY * n): events(seed=n, start=START + DAY * n) for n in range(3)},
        [name(START + DAY * n) for n in range(3)],
    ),
    "event files of two programs": (
        {name(): RUN, name(START + DAY): events(("losses/td", "charts/return", "charts/sps"), start=START + DAY)},
        [name(), name(START + DAY)],
    ),
}


@pytest.mark.parametrize("files", ONE.values(), ids=ONE)
def test_what_one_run_wrote_is_one_run(files: Files, tmp_path: Path) -> None:
    assert is_one(tmp_path, files)


@pytest.mark.parametrize("files", RESTARTED.values(), ids=RESTARTED)
def test_a_run_that_was_started_again_stays_one(files: Files, tmp_path: Path) -> None:
    assert is_one(tmp_path, files)


@pytest.mark.parametrize("files", [*ONE.values(), *RESTARTED.values()], ids=[*ONE, *RESTARTED])
def test_it_stays_one_beside_others(files: Files, tmp_path: Path) -> None:
    beside = {f"{n}-x/{path}": data for n in ("first", "second") for path, data in files.items()}
    assert labels(tmp_path, beside) == ["first-x", "second-x"]


@pytest.mark.parametrize(("files", "expected"), MANY.values(), ids=MANY)
def test_many_runs_are_as_many(files: Files, expected: list[str], tmp_path: Path) -> None:
    assert labels(tmp_path, files) == expected


@pytest.mark.parametrize(("files", "expected"), MANY.values(), ids=MANY)
def test_every_file_of_numbers_is_of_one_run_and_is_read_there(
    files: Files, expected: list[str], tmp_path: Path
) -> None:
    found = find(lay(tmp_path, files), Limits())
    assert len(found.runs) == len(expected)
    read = [
        os.path.normpath((run.path if run.path.is_dir() else run.path.parent) / record.path)
        for run in found.runs
        for record in load_run(run.path, part=run.part).files
    ]
    wanted = [os.path.normpath(tmp_path / path) for path in files if not path.startswith("experiment_state")]
    assert sorted(read) == sorted(wanted)


def test_a_file_is_one_run(tmp_path: Path) -> None:
    lay(tmp_path, {"a.csv": table(), "b.csv": table(seed=1)})
    (run,) = find(tmp_path / "a.csv", Limits()).runs
    assert run.path == tmp_path / "a.csv"


def test_settings_go_with_the_run_of_their_name_or_with_all(tmp_path: Path) -> None:
    lay(
        tmp_path,
        {
            "ppo_seed1.csv": table(),
            "ppo_seed2.csv": table(seed=1),
            "ppo_seed1.config.yaml": "seed: 1\n",
            "config.yaml": "lr: 1\n",
        },
    )
    first, second = find(tmp_path, Limits()).runs
    assert first.part is not None
    assert second.part is not None
    assert sorted(first.part.files) == ["config.yaml", "ppo_seed1.config.yaml", "ppo_seed1.csv"]
    assert sorted(second.part.files) == ["config.yaml", "ppo_seed2.csv"]
    run = load_run(first.path, part=first.part)
    assert run.name == "ppo_seed1.csv"
    assert {fact.key for fact in run.config} == {"seed", "lr"}


def test_what_belongs_to_no_run_is_named(tmp_path: Path) -> None:
    found = find(lay(tmp_path, {"a/" + name(): A, "b/" + name(): B, "notes.txt": "words\n"}), Limits())
    assert [run.label for run in found.runs] == ["a", "b"]
    assert found.left == ["notes.txt"]


def test_numbers_beside_runs_are_a_run_of_their_own(tmp_path: Path) -> None:
    assert labels(tmp_path, {"PPO_1/" + name(): A, "PPO_2/" + name(): B, "progress.csv": table()}) == [
        "PPO_1",
        "PPO_2",
        "progress.csv",
    ]


def test_a_folder_without_evidence_is_one(tmp_path: Path) -> None:
    assert is_one(tmp_path, {"a/readme.md": "words\n", "b/model.py": "pass\n"})


def test_links_are_not_followed(tmp_path: Path) -> None:
    lay(tmp_path, {"runs/a/" + name(): A, "elsewhere/b/" + name(): B})
    (tmp_path / "runs" / "b").symlink_to(tmp_path / "elsewhere" / "b")
    (run,) = find(tmp_path / "runs", Limits()).runs
    assert run.path == tmp_path / "runs"


def test_damage_takes_no_run_apart(tmp_path: Path) -> None:
    damaged = A[: len(A) // 2] + b"\0" * 40 + A[len(A) // 2 :]
    assert is_one(tmp_path, {name(): damaged, name(START + DAY): b"\xff" * 500, name(START + 2 * DAY): b""})


def test_a_name_that_is_no_text_is_found_and_read(tmp_path: Path) -> None:
    for folder in (b"caf\xe9", b"plain"):
        path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + folder))
        path.mkdir()
        (path / name()).write_bytes(A)
    runs = find(tmp_path, Limits()).runs
    assert [run.label for run in runs] == ["caf\\xe9", "plain"]
    assert all(len(load_run(run.path).series) == len(TAGS) for run in runs)


def test_other_peoples_runs_each_stay_one_and_are_all_found(archived_runs: Path) -> None:
    folders = sorted(path for path in archived_runs.iterdir() if path.is_dir())
    for folder in folders:
        assert [run.path for run in find(folder, Limits()).runs] == [folder]
    assert [run.path for run in find(archived_runs, Limits()).runs] == folders


def test_our_archived_runs_each_stay_one_and_are_all_found() -> None:
    archive = Path(__file__).parents[1] / "archive"
    folders = sorted(path for path in archive.iterdir() if (path / "expected.toml").exists())
    assert len(folders) >= 8
    for folder in folders:
        assert [run.path for run in find(folder, Limits()).runs] == [folder]
    assert [run.path for run in find(archive, Limits()).runs] == folders
