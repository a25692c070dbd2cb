import pytest

from forensics.detectors.logging.log_level_hides import detect
from forensics.model.evidence import LogRecord
from forensics.model.finding import Status
from tests.builders import signals


def log(count: int, debug: int = 0) -> list[LogRecord]:
    levels = ["DEBUG"] * debug + ["INFO"] * (count - debug)
    return [LogRecord(file="train.log", line=n, last_line=n, message="", level=level) for n, level in enumerate(levels)]


@pytest.mark.parametrize("config", [{"logging.level": "DEBUG"}, {"log_level": "debug"}, {"debug_logging": True}])
def test_debug_was_asked_for_and_none_is_there(config: dict[str, object]) -> None:
    assert detect(signals(logs=log(30), config=config)).status is Status.FIRED


def test_one_debug_record_clears() -> None:
    assert detect(signals(logs=log(30, debug=1), config={"log_level": "DEBUG"})).status is Status.CLEAR


def test_a_level_of_info_promises_no_more() -> None:
    assert detect(signals(logs=log(30), config={"log_level": "INFO"})).status is Status.CLEAR


def test_a_level_that_is_no_log_level_does_not_count() -> None:
    assert detect(signals(logs=log(30), config={"game.level": "DEBUG"})).status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("count", "status"), [(19, Status.NOT_APPLICABLE), (20, Status.FIRED)])
def test_twenty_records_are_needed(count: int, status: Status) -> None:
    assert detect(signals(logs=log(count), config={"log_level": "DEBUG"})).status is status
