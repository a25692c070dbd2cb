import msgspec
import pytest

from forensics.detectors.config.config_odd_type import detect
from forensics.model.evidence import ConfigFact, Run
from forensics.model.finding import Status
from forensics.signals.signals import Signals
from tests.builders import signals


@pytest.mark.parametrize("text", ["1e-3", "3E4", " 2.5e-4 ", "-1e2"])
def test_a_number_that_yaml_read_as_text_fires(text: str) -> None:
    finding = detect(signals(config={"optim.lr": text, "gamma": 0.99}))
    assert finding.status is Status.FIRED
    assert finding.evidence[0].key == "optim.lr"


@pytest.mark.parametrize("value", ["relu", "0.001", "Walker2d-v4", "1e", "12e4567", None, 1e-3, True])
def test_words_versions_and_numbers_stay_clear(value: object) -> None:
    assert detect(signals(config={"x": value})).status is Status.CLEAR


@pytest.mark.parametrize("key", ["git.commit", "run_id", "source_hash"])
def test_identifiers_may_look_like_numbers(key: str) -> None:
    assert detect(signals(config={key: "12e45"})).status is Status.CLEAR


def test_a_logger_that_stores_text_has_no_types() -> None:
    fact = msgspec.structs.replace(ConfigFact(key="lr", value="1e-3", file="events"), origin="hparams")
    assert detect(Signals(run=Run(name="r", path="r", config=(fact,)), signals=())).status is Status.NOT_APPLICABLE
