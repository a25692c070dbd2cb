"""Configurations are read with the types that the training code saw, and nothing in them is run."""

from __future__ import annotations

import json
import math
import time
from pathlib import Path
from typing import Any

import pytest

from forensics.model.evidence import IssueKind, Run
from forensics.readers.documents.config import is_config_name
from forensics.readers.run import load_run
from forensics.safety.limits import Limits
from tests.readers.run_files import EVENTS, events, kinds, load, write


def config(run: Run) -> dict[str, Any]:
    return {fact.key: fact.value for fact in run.config}


@pytest.mark.parametrize(
    "name",
    [
        "config.yaml",
        "td3_config.yml",
        "config-3.toml",
        "params.json",
        "hparams.yaml",
        "args.json",
        ".hydra/hydra.yaml",
        "variant.json",
        "hyp.yaml",
    ],
)
def test_names_of_configurations(name: str) -> None:
    assert is_config_name(name)


@pytest.mark.parametrize(
    "name", ["environment.yaml", "results.json", "config.py", "configure.txt", "wandb-metadata.json"]
)
def test_names_of_other_things(name: str) -> None:
    assert not is_config_name(name)


def test_keys_are_joined_by_dots_in_every_format(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {
            "a/config.yaml": "algo:\n  lr: 0.001\n  layers: [64, 64]\n  sched:\n  - {at: 1}\n",
            "b/config.json": '{"algo": {"lr": 0.001}, "none": null}',
            "c/config.toml": "[algo]\nlr = 0.001\n",
        },
    )
    rows = {(fact.file, fact.key): fact.value for fact in run.config}
    assert rows == {
        ("a/config.yaml", "algo.lr"): 0.001,
        ("a/config.yaml", "algo.layers"): [64, 64],
        ("a/config.yaml", "algo.sched.0.at"): 1,
        ("b/config.json", "algo.lr"): 0.001,
        ("b/config.json", "none"): None,
        ("c/config.toml", "algo.lr"): 0.001,
    }


def test_yaml_is_typed_as_the_training_code_saw_it(tmp_path: Path) -> None:
    text = "lr: 1e-3\ncountry: no\ntime: 12:30\nport: 010\nclip: .inf\nday: 2025-01-02\ns: '5'\nn: ~\n<<: {m: 1}\n"
    assert config(load(tmp_path, {"config.yaml": text})) == {
        "lr": "1e-3",
        "country": False,
        "time": 750,
        "port": 8,
        "clip": math.inf,
        "day": "2025-01-02",
        "s": "5",
        "n": None,
        "m": 1,
    }


def test_python_tags_are_refused_by_name_and_the_rest_is_read(tmp_path: Path) -> None:
    mark = tmp_path / "PWNED"
    text = f"tau: 0.005\nx: !!python/object/apply:builtins.open ['{mark}', 'w']\ny: !!python/name:os.system ''\nz: 1\n"
    run = load(tmp_path / "run", {"config.yaml": text})
    assert not mark.exists()
    assert config(run) == {"tau": 0.005, "x": {}, "y": {}, "z": 1}
    assert [issue.kind for issue in run.issues] == [IssueKind.REFUSED] * 2
    assert "!!python/object/apply:builtins.open" in run.issues[1].message + run.issues[0].message


def test_an_ordered_dict_of_the_zoo_is_plain_data(tmp_path: Path) -> None:
    text = "!!python/object/apply:collections.OrderedDict\n- - - batch_size\n    - 256\n  - - gamma\n    - 0.98\n"
    run = load(tmp_path, {"config.yml": text})
    assert config(run) == {"batch_size": 256, "gamma": 0.98}
    assert not run.issues


def test_aliases_that_multiply_are_bounded(tmp_path: Path) -> None:
    levels = [f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    run = load(tmp_path, {"config.yaml": "\n".join(["lr: 0.1", "a0: &a0 [lol,lol]", *levels])})
    assert config(run)["lr"] == 0.1
    assert kinds(run, "config.yaml") == [IssueKind.LIMIT]
    assert len(run.config) <= 1000


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("config.yaml", "[" * 5000),
        ("config.yaml", "x: &a [*a]"),
        ("config.yaml", "".join(" " * i + "a:\n" for i in range(500))),
        ("config.json", "[" * 100_000),
        ("config.json", '{"a":' * 5000 + "1" + "}" * 5000),
        ("config.json", "1" * 1_000_000),
        ("config.toml", "a = " + "[" * 5000),
        ("config.yaml", "a: [1, 2\nb: }"),
        ("config.yaml", "just words"),
        ("config.json", "{'single': 1}"),
        ("config.toml", "a = = 1"),
    ],
)
def test_hostile_and_broken_documents_cost_only_themselves(tmp_path: Path, name: str, text: str) -> None:
    begin = time.perf_counter()
    run = load(tmp_path, {EVENTS: events(), name: text})
    assert time.perf_counter() - begin < 5
    assert kinds(run, name)[0] in (IssueKind.LIMIT, IssueKind.MALFORMED)
    assert len(run.series) == 1
    (record,) = [record for record in run.files if record.path == name]
    assert record.bytes_read + record.bytes_lost == record.bytes


def test_a_large_configuration_is_not_read(tmp_path: Path) -> None:
    write(tmp_path, {EVENTS: events(), "config.json": json.dumps({"a": "x" * 5000})})
    run = load_run(tmp_path, limits=Limits(config_bytes=1000))
    assert kinds(run, "config.json") == [IssueKind.LIMIT]
    assert not run.config


def test_an_empty_configuration_is_said_to_be_empty(tmp_path: Path) -> None:
    for name in ("config.yaml", "config.json", "config.toml"):
        assert kinds(load(tmp_path / name, {EVENTS: events(), name: ""}), name) == [IssueKind.EMPTY]


def test_the_origin_of_each_key_is_taken_from_its_file(tmp_path: Path) -> None:
    run = load(
        tmp_path,
        {
            "config.yaml": "lr: 0.1\nseed: 3\ntd3:\n  tau: 0.005\n",
            "config_origin.json": '{"lr": "cli", "seed": "default", "td3": {"tau": "file"}}',
        },
    )
    assert {fact.key: fact.origin for fact in run.config} == {"lr": "cli", "seed": "default", "td3.tau": "file"}


def test_overrides_of_hydra_come_from_the_command_line(tmp_path: Path) -> None:
    run = load(tmp_path, {".hydra/config.yaml": "lr: 0.1\n", ".hydra/overrides.yaml": "- lr=0.2\n- +seed=3\n"})
    assert [(fact.key, fact.value, fact.origin) for fact in run.config] == [
        ("lr", 0.1, "file"),
        ("lr", "0.2", "cli"),
        ("seed", "3", "cli"),
    ]


def test_the_envelope_of_weights_and_biases_is_undone(tmp_path: Path) -> None:
    text = "wandb_version: 1\n_wandb:\n  value: {t: 1}\nagent:\n  desc: null\n  value:\n    gamma: 0.99\n"
    assert config(load(tmp_path, {"files/config.yaml": text})) == {"agent.gamma": 0.99}


def test_a_real_configuration_of_weights_and_biases(archived_runs: Path) -> None:
    found = config(load_run(archived_runs / "wandb-dqn-debugger"))
    assert found["agent.kwargs.discount_rate"] == 0.99
    assert found["agent.kwargs.replay_buffer.kwargs.capacity"] == 1000
