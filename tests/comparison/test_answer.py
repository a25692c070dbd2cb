"""Did the fix work? Yes only where the second run could have shown the fault and does not."""

from __future__ import annotations

import msgspec
import pytest

from forensics.model.comparison import Answer, Change
from forensics.model.diagnosis import CauseRole, Kind, RunSummary, Steps, VerdictStatus
from forensics.model.evidence import FileRecord
from forensics.model.finding import Status
from tests.comparison.pairs import SOURCE, config, difference, faulty, findings, mended, run
from tests.diagnoses import outcome, signal, verdict
from tests.reports.parts import cause


def test_a_cause_whose_findings_are_clear_is_gone() -> None:
    found = difference(faulty(), mended())
    assert found.answer is Answer.GONE
    assert found.reasons[0] == "Leak: looked for and not there: AAA101 drip, AAA102 puddle"


def test_a_cause_that_still_stands_persists_whatever_else_changed() -> None:
    found = difference(faulty(), faulty("again", config=config(learning_rate=1)))
    assert found.answer is Answer.PERSISTS


@pytest.mark.parametrize(
    ("drip", "puddle", "answer"),
    [
        (Status.CLEAR, Status.NOT_APPLICABLE, Answer.GONE),
        (Status.NOT_APPLICABLE, Status.CLEAR, Answer.UNCLEAR),
        (Status.NOT_APPLICABLE, Status.NOT_APPLICABLE, Answer.UNCLEAR),
        (Status.INCONCLUSIVE, Status.INCONCLUSIVE, Answer.UNCLEAR),
        (Status.ERROR, Status.ERROR, Answer.UNCLEAR),
        (Status.FIRED, Status.CLEAR, Answer.UNCLEAR),
    ],
)
def test_only_evidence_that_was_looked_for_again_shows_that_it_is_gone(
    drip: Status, puddle: Status, answer: Answer
) -> None:
    """`drip` holds three quarters of the weight behind the cause."""
    found = difference(faulty(), mended(findings=findings(drip, puddle)))
    assert found.answer is answer
    assert found.causes[0].change is (Change.VANISHED if answer is Answer.GONE else Change.OUT_OF_SIGHT)


def test_what_is_missing_to_tell_is_named() -> None:
    second = mended(findings=findings(Status.NOT_APPLICABLE, Status.NOT_APPLICABLE, missing=["a gradient norm"]))
    found = difference(faulty(), second)
    assert "AAA101 could not be looked for, for want of a gradient norm" in found.reasons[0]


def test_a_run_that_ends_before_the_fault_set_in_shows_nothing() -> None:
    first = faulty(findings=findings(Status.FIRED, Status.FIRED, onset=600))
    short = RunSummary(name="short", path="short", algorithm="TD3", steps=Steps(first=0, last=599))
    found = difference(first, mended(run=short))
    assert found.answer is Answer.UNCLEAR
    assert "AAA101 set in at step 600, and this run ends at step 599" in found.reasons[0]
    assert any("already at step 599" in item.statement for item in found.obstacles)
    long = RunSummary(name="long", path="long", algorithm="TD3", steps=Steps(first=0, last=600))
    assert difference(first, mended(run=long)).answer is Answer.GONE


def test_a_cause_that_is_ruled_out_is_gone_by_that_reason() -> None:
    out = cause("leak", CauseRole.RULED_OUT, 0.0, reason="An identity excludes it.")
    gone = mended(findings=findings(Status.FIRED, Status.CLEAR), causes=[out])
    assert difference(faulty(), gone).reasons[0] == "Leak: An identity excludes it."
    unseen = mended(findings=findings(Status.NOT_APPLICABLE, Status.CLEAR), causes=[out])
    assert difference(faulty(), unseen).answer is Answer.UNCLEAR


def test_another_fault_in_its_place_is_said_in_the_same_breath() -> None:
    second = mended(verdict=verdict("flood"), causes=[cause("flood", CauseRole.PROBABLE_CAUSE, 0.8)])
    found = difference(faulty(), second)
    assert found.answer is Answer.OTHER_FAULT
    assert "Flood" in found.statement


def test_a_run_that_still_does_not_learn_is_not_simply_mended() -> None:
    first = faulty(outcomes=[outcome("never-learned", 0.9)])
    assert difference(first, mended(outcomes=[outcome("never-learned", 0.9)])).answer is Answer.OTHER_FAULT


def test_an_instrument_that_misleads_does_not_keep_a_fix_from_working() -> None:
    lies = cause("lies", CauseRole.MEASUREMENT_FAULT, 0.9, kind=Kind.MEASUREMENT)
    assert difference(faulty(), mended(causes=[lies])).answer is Answer.GONE


def test_without_a_fault_there_is_nothing_to_mend() -> None:
    assert difference(run("a"), mended("b")).answer is Answer.NOTHING_WRONG
    assert difference(mended("a"), faulty("b")).answer is Answer.REGRESSED


def test_causes_that_cannot_be_told_apart_have_to_go_together() -> None:
    both = verdict(None, VerdictStatus.INDISTINGUISHABLE)

    both = msgspec.structs.replace(both, indistinguishable=["leak", "flood"])
    found = difference(faulty(verdict=both), mended(causes=[cause("flood", CauseRole.PROBABLE_CAUSE, 0.9)]))
    assert found.answer is Answer.PERSISTS


def test_too_little_evidence_in_either_run_decides_nothing() -> None:
    blind = mended(verdict=verdict(None, VerdictStatus.INSUFFICIENT_EVIDENCE))
    assert difference(faulty(), blind).answer is Answer.UNCLEAR


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"signals": [signal("other/tag")]}, "The runs share no tag."),
        ({"algorithm": "SAC"}, "The algorithm is not the same: TD3 and SAC."),
        ({"backend": "carla"}, "The backend is not the same: loopback and carla."),
        ({"config": config(env_id="Hopper-v4")}, "The environment is not the same: Pendulum-v1 and Hopper-v4."),
    ],
)
def test_runs_that_cannot_be_compared_get_no_answer(changed: dict[str, object], words: str) -> None:

    first = faulty(config=config(env_id="Pendulum-v1"))
    first = msgspec.structs.replace(first, run=msgspec.structs.replace(first.run, backend="loopback"))
    second = mended(config=config(env_id="Pendulum-v1", learning_rate=1))
    about = {key: value for key, value in changed.items() if key in ("algorithm", "backend")}
    second = msgspec.structs.replace(
        second,
        run=msgspec.structs.replace(second.run, **{"backend": "loopback", **about}),
        **{key: value for key, value in changed.items() if key not in about},
    )
    found = difference(first, second)
    assert found.answer is Answer.NOT_COMPARABLE
    assert found.reasons == [words]


def test_what_a_run_does_not_state_forbids_nothing() -> None:
    found = difference(faulty(config=config(env_id="Pendulum-v1")), mended(config=config(learning_rate=1)))
    assert found.answer is Answer.GONE


def test_a_task_that_is_not_stated_is_a_doubt() -> None:
    found = difference(faulty(config=config(env_id="Pendulum-v1")), mended(config=config(learning_rate=1)))
    assert any(item.statement.startswith("The environment of B is not stated") for item in found.obstacles)
    named = difference(faulty(config=config(env_id="a")), mended(config=config(env_id="A", learning_rate=1)))
    assert named.obstacles == []


@pytest.mark.parametrize(("shared", "doubted"), [(1, True), (2, False)])
def test_runs_that_log_mostly_different_things_are_doubted(shared: int, doubted: bool) -> None:
    tags = ["a", "b", "c", "d"]
    first = faulty(signals=[signal(tag) for tag in tags])
    second = mended(signals=[signal(tag) for tag in [*tags[:shared], *"uvwxyz"[shared:]]])
    found = [item.statement for item in difference(first, second).obstacles]
    assert (f"Only {shared} of the 4 tags of A are in the other run." in found) is doubted


def test_the_same_logs_are_one_run() -> None:
    assert difference(faulty("a"), faulty("a")).answer is Answer.SAME_RUN


def test_a_copied_configuration_does_not_make_two_runs_one() -> None:

    file = FileRecord(path="config.yaml", bytes=3, bytes_read=3, sha256="same", reader="config")
    pair = [
        msgspec.structs.replace(each, run=msgspec.structs.replace(each.run, files=[file]))
        for each in (faulty(), mended())
    ]
    assert difference(pair[0], pair[1]).answer is Answer.GONE


class TestAFixThatIsNotInTheRun:
    def test_is_told_where_configuration_source_and_meanings_are_the_same(self) -> None:
        found = difference(faulty(), mended(config=config(learning_rate=0.001)), (SOURCE, SOURCE))
        assert found.answer is Answer.FIX_NOT_IN_RUN
        assert found.reasons[0].startswith("What was wrong in A no longer stands in B")

    def test_is_told_whatever_seed_and_folder_say(self) -> None:
        first = faulty(config=config(learning_rate=1, seed=0, log_dir="a"))
        found = difference(first, mended(config=config(learning_rate=1, seed=1, log_dir="b")), (SOURCE, SOURCE))
        assert found.answer is Answer.FIX_NOT_IN_RUN
        assert any("The seeds differ (0 and 1)" in item.statement for item in found.obstacles)

    def test_is_not_told_where_the_source_is_not_at_hand(self) -> None:
        found = difference(faulty(), mended(config=config(learning_rate=0.001)), (SOURCE, None))
        assert found.answer is Answer.GONE
        assert "the source of both runs would have to be at hand" in found.reasons[-1]

    def test_is_not_told_where_no_configuration_is_recorded(self) -> None:
        found = difference(faulty(config=[]), mended(config=[]), (SOURCE, SOURCE))
        assert found.answer is Answer.GONE
        assert "the configuration of both runs would have to be at hand" in found.reasons[-1]

    @pytest.mark.parametrize(
        "second",
        [
            mended(config=config(learning_rate=0.1)),
            mended(config=config(learning_rate=0.001, gradient_clip=1)),
            mended(config=config(learning_rate=0.001), signals=[signal("train/critic_loss", clip_stage="pre")]),
        ],
        ids=["value", "key", "meaning"],
    )
    def test_is_not_told_where_something_changed(self, second: object) -> None:
        assert difference(faulty(), second, (SOURCE, SOURCE)).answer is Answer.GONE  # type: ignore[arg-type]

    def test_is_not_told_where_the_source_changed(self) -> None:
        other = {"trainer/td3.py": b"step()\nclip()\n"}
        found = difference(faulty(), mended(config=config(learning_rate=0.001)), (SOURCE, other))
        assert found.answer is Answer.GONE

    def test_is_no_matter_where_nothing_was_wrong(self) -> None:
        found = difference(run("a"), run("b"), (SOURCE, SOURCE))
        assert found.answer is Answer.NOTHING_WRONG
        assert found.reasons[-1].startswith("Nothing was changed in B")
