import pytest

from forensics.detectors.config.exploration_config_zero import detect
from forensics.model.finding import Status
from tests.builders import signals


@pytest.mark.parametrize(
    ("algorithm", "key", "value", "status"),
    [
        ("td3", "action_noise_std", 0.0, Status.FIRED),
        ("TD3", "exploration_noise", 0.1, Status.CLEAR),
        ("ddpg", "expl_noise", 0.0005, Status.FIRED),
        ("ddpg", "expl_noise", 0.001, Status.CLEAR),
        ("sac", "ent_coef", 1e-6, Status.FIRED),
        ("sac", "alpha", 0.2, Status.CLEAR),
        ("dqn", "start_e", 0.0, Status.FIRED),
        ("dqn", "start_e", 1.0, Status.CLEAR),
        ("ppo", "ent_coef", 0.0, Status.NOT_APPLICABLE),
        ("td3", "target_policy_noise", 0.0, Status.NOT_APPLICABLE),
        ("", "exploration_noise", 0.0, Status.NOT_APPLICABLE),
    ],
)
def test_exploration_is_judged_by_what_the_algorithm_explores_with(
    algorithm: str, key: str, value: float, status: Status
) -> None:
    assert detect(signals(algorithm=algorithm, config={key: value})).status is status


def test_a_learned_temperature_is_no_number_and_not_judged() -> None:
    assert detect(signals(algorithm="sac", config={"ent_coef": "auto"})).status is Status.NOT_APPLICABLE
