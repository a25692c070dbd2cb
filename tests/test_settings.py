"""Settings come from the working directory's pyproject.toml and from flags; a mistake is named with what was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.command.tag_meanings import check
from forensics.errors import UsageError
from forensics.model.meaning import Meaning, Quantity
from forensics.safety.limits import Limits
from forensics.settings import (
    MEANING_FIELDS,
    FailOn,
    Reader,
    Settings,
    load,
    meaning_fields,
    override,
    tag_names,
    written,
)


def write(folder: Path, text: str) -> Path:
    (folder / "pyproject.toml").write_text(text, encoding="utf-8")
    return folder


def test_without_a_file_or_a_section_the_defaults_hold(tmp_path: Path) -> None:
    assert load(tmp_path) == Settings()
    assert load(write(tmp_path, "[project]\nname = 'x'\n")) == Settings()


def test_reads_the_section(tmp_path: Path) -> None:
    text = """
    [tool.forensics]
    reader = "tbparse"
    fail_on = "any"
    tags = { "loss/pi" = "loss, network=actor" }
    """
    settings = load(write(tmp_path, text))
    assert settings.reader is Reader.TBPARSE
    assert settings.fail_on is FailOn.ANY
    assert settings.tags == {"loss/pi": {"quantity": "loss", "network": "actor"}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[tool.forensics]\nreeder = 'native'", "unknown setting 'reeder' (did you mean 'reader'?)"),
        (
            "[tool.forensics]\nzzz = 1",
            "unknown setting 'zzz' (known: reader, fail_on, tags, limits, source, source_commit)",
        ),
        ("[tool.forensics]\nreader = 'pandas'", "reader is one of native, tbparse, not 'pandas'"),
        ("[tool.forensics]\ntags = ['loss']", "tags must be a table"),
        ("[tool.forensics]\nlimits = 3", "limits must be a table of numbers"),
        ("[tool.forensics.limits]\nline_byte = 3", "unknown limit 'line_byte' (did you mean 'line_bytes'?)"),
        ("[tool.forensics.limits]\nline_bytes = 0", "limit line_bytes must be a whole number above 0, not 0"),
        ("[tool.forensics.limits]\nline_bytes = true", "must be a whole number"),
        ("[tool.forensics]\nfail_on = 3", "fail_on is one of never, mechanism, any, not 3"),
        ("[tool]\nforensics = 1", "forensics is not a table"),
        ("tool = 3", "tool is not a table; settings stand under [tool.forensics]"),
        ("[tool.forensics", "pyproject.toml cannot be read"),
    ],
)
def test_names_what_is_wrong(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(UsageError) as failure:
        load(write(tmp_path, text))
    assert message in str(failure.value)


def test_a_limit_is_raised_by_name_and_shown_in_the_report(tmp_path: Path) -> None:
    settings = load(write(tmp_path, "[tool.forensics.limits]\nline_bytes = 1_000_000"))
    assert settings.limits == Limits(line_bytes=1_000_000)
    assert settings.described()["limits"] == "line_bytes=1000000"
    assert Settings().described()["limits"] == ""


def test_a_flag_goes_over_the_file_and_what_is_not_given_stays() -> None:
    base = Settings(reader=Reader.TBPARSE, tags={"a": {"quantity": "loss"}, "b": {"quantity": "loss"}})
    changed = override(base, fail_on=FailOn.MECHANISM, tags=("b=q_value,role=policy",))
    assert changed.reader is Reader.TBPARSE
    assert changed.fail_on is FailOn.MECHANISM
    assert changed.tags == {"a": {"quantity": "loss"}, "b": {"quantity": "q_value", "role": "policy"}}


def test_a_tag_may_hold_equal_signs_and_a_meaning_may_be_one_field() -> None:
    flags = ("lr=0.1/loss=loss,network=actor", "x=axis=update", "a=b=episodic_return")
    assert tag_names(flags) == ("lr=0.1/loss", "x", "a=b")
    assert override(Settings(), tags=flags).tags == {
        "lr=0.1/loss": {"quantity": "loss", "network": "actor"},
        "x": {"axis": "update"},
        "a=b": {"quantity": "episodic_return"},
    }
    assert written(meaning_fields("axis=update,unit=m")) == "axis=update,unit=m"


def test_the_fields_of_a_meaning_are_those_of_the_model() -> None:
    assert Meaning.__struct_fields__ == MEANING_FIELDS


def test_an_unknown_word_is_answered_with_all_that_are_allowed() -> None:
    with pytest.raises(UsageError) as failure:
        check({"tag": meaning_fields("xyzzy")})
    assert all(quantity.value in str(failure.value) for quantity in Quantity)
    with pytest.raises(UsageError, match="it is one of env_step, update, episode, epoch, wall, unknown"):
        check({"tag": meaning_fields("axis=frames")})


@pytest.mark.parametrize("flag", ["loss/pi", "=loss", "loss/pi=loss,network", "loss/pi=loss,network=a,network=b"])
def test_refuses_a_tag_flag_that_is_not_name_and_meaning(flag: str) -> None:
    with pytest.raises(UsageError):
        override(Settings(), tags=(flag,))


def test_a_meaning_is_written_as_it_is_read() -> None:
    text = "gradient_norm,network=actor,clip_stage=post"
    assert written(meaning_fields(text)) == text
    assert text in Settings(tags={"g": meaning_fields(text)}).described()["tags"]


@pytest.mark.parametrize(
    ("meaning", "message"),
    [
        ("gradient_nrm", "'gradient_nrm' is not a quantity (did you mean 'gradient_norm'?)"),
        ("loss,netwrk=actor", "no field 'netwrk' (did you mean 'network'?)"),
        ("loss,network=actr", "'actr' is not a network (did you mean 'actor'?)"),
        ("q_value,member=one", "member is a number, not 'one'"),
    ],
)
def test_a_meaning_made_of_unknown_words_is_refused_with_the_nearest(meaning: str, message: str) -> None:
    with pytest.raises(UsageError) as failure:
        check({"tag": meaning_fields(meaning)})
    assert message in str(failure.value)


def test_a_meaning_made_of_known_words_passes() -> None:
    check({"tag": meaning_fields("q_value,role=batch,statistic=max,member=2,name=steering")})
