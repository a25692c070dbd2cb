"""Texts and hyperparameters that a run wrote into its event file are handed on."""

from __future__ import annotations

from pathlib import Path

from forensics.readers.tensorboard.tfevents import read_event_files
from tests.readers.tensorboard import event_files as ev

TABLE = "|param|value|\n|-|-|\n|learning_rate|0.0003|"


def text(tag: str, content: str, step: int = 0) -> bytes:
    proto = ev.integer(1, 7) + ev.block(2, ev.block(2, ev.integer(1, 1))) + ev.block(8, content.encode())
    return ev.record(ev.event(step, ev.tensor(tag, proto, "text")))


def hparams(values: dict[str, bytes]) -> bytes:
    """The session start as torch's add_hparams writes it: a map of google.protobuf.Value in the metadata."""
    entries = b"".join(ev.block(1, ev.block(1, key.encode()) + ev.block(2, value)) for key, value in values.items())
    value = ev.block(1, b"_hparams_/session_start_info") + ev.metadata("hparams", ev.block(3, entries))
    return ev.record(ev.event(0, value))


def test_texts_keep_tag_and_step(tmp_path: Path) -> None:
    records = [text("hyperparameters/text_summary", TABLE), text("note", "é <b>", 7)]
    (tmp_path / ev.NAME).write_bytes(ev.file(*records, *ev.curve("a", range(9))))
    (file,) = read_event_files(tmp_path, [ev.NAME])
    assert [(entry.tag, entry.step, entry.text) for entry in file.texts] == [
        ("hyperparameters/text_summary", 0, TABLE),
        ("note", 7, "é <b>"),
    ]
    assert list(file.columns) == ["a"]


def test_hyperparameters_of_every_kind(tmp_path: Path) -> None:
    values = {
        "lr": ev.double(2, 3e-4),
        "batch": ev.double(2, 256.0),
        "env": ev.block(3, b"Town01"),
        "amp": ev.integer(4, 1),
        "sizes": ev.block(6, ev.block(1, ev.double(2, 64.0)) + ev.block(1, ev.double(2, 32.0))),
        "none": ev.integer(1, 0),
    }
    (tmp_path / ev.NAME).write_bytes(ev.file(hparams(values)))
    (file,) = read_event_files(tmp_path, [ev.NAME])
    assert {fact.key: fact.value for fact in file.hparams} == {
        "lr": 3e-4,
        "batch": 256,
        "env": "Town01",
        "amp": True,
        "sizes": [64, 32],
        "none": None,
    }
    assert {fact.origin for fact in file.hparams} == {"hparams"}


def test_broken_hyperparameters_are_reported(tmp_path: Path) -> None:
    value = ev.block(1, b"_hparams_/session_start_info") + ev.metadata("hparams", b"\x1a\x7fxx")
    (tmp_path / ev.NAME).write_bytes(ev.file(ev.record(ev.event(0, value)), *ev.curve("a", range(9))))
    (file,) = read_event_files(tmp_path, [ev.NAME])
    assert "hparams" in file.issues[0].message
    assert len(file.columns["a"]) == 9
