"""What a run says of itself: configuration, source, status, and how it ended."""

from __future__ import annotations

import hashlib
import io
import subprocess
import sys
import tarfile
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import yaml

from forensics.model.meaning import Axis
from forensics.readers.run import load_run
from forensics.recorder import Recorder
from forensics.recorder.catalogue import declare
from forensics.recorder.configfile import resolved
from forensics.recorder.names import tag_of
from forensics.recorder.snapshot import write
from forensics.signals.vocabulary import meaning_of
from tests.recorder.reading import events, log_lines, manifest

ROOT = Path(__file__).resolve().parents[2]


class Colour(Enum):
    """An enumeration."""

    RED = "red"


@dataclass
class Optimizer:
    """A part of a configuration."""

    lr: float = 1e-5
    betas: tuple[float, float] = (0.9, 0.999)


@dataclass
class Config:
    """A configuration."""

    optimizer: Optimizer = field(default_factory=Optimizer)
    colour: Colour = Colour.RED
    out: Path = Path("runs")


def test_the_configuration_is_written_plain_with_the_origin_of_each_key(tmp_path: Path) -> None:
    origins = {"optimizer.lr": "cli", "colour": "default", "optimizer.betas": "somewhere"}
    Recorder(tmp_path, source=(), config=Config(), origins=origins).close()
    written = yaml.safe_load((tmp_path / "config.yaml").read_text())
    assert written == {"optimizer": {"lr": 1e-5, "betas": [0.9, 0.999]}, "colour": "red", "out": "runs"}
    facts = {fact.key: (fact.value, fact.origin) for fact in load_run(tmp_path).config if fact.file == "config.yaml"}
    assert facts["optimizer.lr"] == (1e-5, "cli")
    assert facts["colour"] == ("red", "default")
    assert facts["out"] == ("runs", "file"), "what has no known origin is not given one"


def test_a_namespace_is_a_configuration_too() -> None:
    import argparse

    assert resolved(argparse.Namespace(lr=0.1, _private=1)) == {"lr": 0.1}


def archive(folder: Path) -> dict[str, bytes]:
    """Return the files of source.tar.gz."""
    with tarfile.open(fileobj=io.BytesIO((folder / "source.tar.gz").read_bytes())) as tar:
        return {entry.name: tar.extractfile(entry).read() for entry in tar}  # type: ignore[union-attr]


def test_the_source_is_archived_without_what_is_excluded_and_its_hash_is_in_the_manifest(tmp_path: Path) -> None:
    source = tmp_path / "project"
    for name in ("loop.py", "faults/one.py", "__pycache__/loop.py", ".hidden/x.py", "data/big.py", "notes.txt"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(name)
    (source / "data/big.py").write_bytes(b"#" * (1 << 21))
    (source / "link.py").symlink_to("/etc/hostname")
    run = source / "output"
    Recorder(run, source=[source], exclude=["faults"]).close()
    assert archive(run) == {"project/loop.py": b"loop.py"}
    said = manifest(run)["source"]
    assert said["sha256"] == hashlib.sha256((run / "source.tar.gz").read_bytes()).hexdigest()
    assert (said["files"], said["complete"]) == (1, True)


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("a")
    first = write(tmp_path, [tmp_path / "a.py"])
    (tmp_path / "a.py").touch()
    assert write(tmp_path, [tmp_path / "a.py"]) == first


def test_the_manifest_tells_who_ran_what_and_how_it_ended(tmp_path: Path) -> None:
    about: dict[str, Any] = {"name": "one", "backend": "loopback", "algorithm": "td3", "planned_steps": 10, "seed": 3}
    rec = Recorder(tmp_path, source=(), command=["train", "--x"], meanings={"metrics/foo": {"unit": "m"}}, **about)
    assert manifest(tmp_path)["status"] == "running"
    rec.step(env_step=4, foo=1.0)
    rec.close()
    document = manifest(tmp_path)
    assert {key: document[key] for key in about} == about
    assert (document["status"], document["command"]) == ("finished", ["train", "--x"])
    assert document["last"]["env_step"] == 4
    assert document["versions"]["python"]
    assert document["start"] <= document["end"]
    assert document["metrics"]["metrics/foo"] == {"aggregation": "instant", "axis": "env_step", "unit": "m"}
    read = load_run(tmp_path).manifest
    assert read is not None
    assert (read.status, read.backend, read.planned_steps) == ("finished", "loopback", 10)


SCRIPT = """
import sys
from forensics.recorder import Recorder
rec = Recorder(sys.argv[1], source=())
rec.step(env_step=1, critic_loss=1.0)
{end}
"""


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("pass", "finished"),
        ("rec.close()", "finished"),
        ("raise ValueError('the loop broke')", "failed"),
        ("raise KeyboardInterrupt", "stopped"),
        ("import os; os._exit(1)", "running"),
    ],
)
def test_the_status_is_right_however_a_script_ends(tmp_path: Path, end: str, status: str) -> None:
    subprocess.run([sys.executable, "-c", SCRIPT.format(end=end), str(tmp_path)], capture_output=True, cwd=ROOT)
    assert manifest(tmp_path)["status"] == status
    assert len(events(tmp_path, "losses")) == 1
    if status == "failed":
        assert "ValueError: the loop broke" in (tmp_path / "train.log").read_text()


def test_an_exception_passes_through_the_context_and_is_kept(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), Recorder(tmp_path, source=()):
        print(1 / 0)
    assert manifest(tmp_path)["status"] == "failed"
    assert "Traceback (most recent call last)" in (tmp_path / "train.log").read_text()


def test_a_heartbeat_says_how_long_the_loop_has_been_silent(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=()) as rec:
        rec.step(env_step=7)
        rec._beat()
    (beat,) = events(tmp_path, "heartbeat")
    assert beat["env_step"] == 7
    assert 0 <= beat["payload"]["seconds_since_record"] < 5


def test_a_worker_that_was_forked_does_not_write_into_its_parents_files(tmp_path: Path) -> None:
    with Recorder(tmp_path, source=()) as rec:
        rec._pid += 1  # as a child sees it
        assert not rec.record("sample", {"number": 1})
        rec.close()
        rec._pid -= 1
        assert rec.record("sample", {"number": 2})
    assert [line["payload"]["number"] for line in events(tmp_path, "sample")] == [2.0]
    assert [line["event"] for line in log_lines(tmp_path)][-1] == "run_end"


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("gradients/actor_cnn_norm_post_clip", "gradient_norm network=actor module=cnn clip_stage=post reduction=l2"),
        ("gradients/critic_norm_pre_clip", "gradient_norm network=critic module=whole clip_stage=pre reduction=l2"),
        ("gradients/model_norm", "gradient_norm network=model clip_stage=none"),
        ("gradients/critic_q1_mlp_norm_post_clip", "gradient_norm network=critic module=mlp member=1"),
        ("parameters/target_critic_std", "parameter network=critic role=target statistic=std"),
        ("parameters/encoder_update_ratio", "update_ratio network=encoder"),
        ("q_values/policy_q_mean", "q_value role=policy statistic=mean"),
        ("q_values/q2_max", "q_value role=batch statistic=max member=2"),
        ("losses/q1_loss", "loss network=critic member=1"),
        ("losses/td_error_mean", "td_error statistic=mean"),
        ("actions/policy_action_std", "action role=policy statistic=std"),
    ],
)
def test_what_the_recorder_measures_is_declared_in_full(tag: str, expected: str) -> None:
    fields = declare(tag, Axis.ENV_STEP)
    quantity, *rest = expected.split()
    assert fields["quantity"] == quantity
    assert dict(field.split("=") for field in rest).items() <= fields.items()
    meaning_of(fields)


@pytest.mark.parametrize(
    ("name", "tag"),
    [
        ("critic_loss", "losses/critic_loss"),
        ("policy_q", "q_values/policy_q"),
        ("q1", "q_values/q1"),
        ("reward", "replay/reward"),
        ("done_share", "replay/done_share"),
        ("exploration_noise", "exploration/exploration_noise"),
        ("actor_lr", "learning_rates/actor_lr"),
        ("my_number", "metrics/my_number"),
        ("my/own/tag", "my/own/tag"),
        ("update", "metrics/update_"),
    ],
)
def test_a_name_becomes_the_tag_that_its_words_speak_of(name: str, tag: str) -> None:
    assert tag_of(name) == tag
