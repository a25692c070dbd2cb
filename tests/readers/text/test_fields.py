"""Named values in log text, with their units dropped."""

from __future__ import annotations

import math
import time

import pytest

from forensics.readers.text.fields import block_fields, message_fields, number_of
from forensics.readers.text.step_words import Steps, steps_of
from forensics.readers.text.table import table_fields


@pytest.mark.parametrize(
    ("token", "number"),
    [
        ("3.5km/h", 3.5), ("0.05s", 0.05), ("1cm", 1.0), ("172m", 172.0), ("÷30.0", 30.0), ("-180.00°", -180.0),
        ("10%", 10.0), ("1,234", 1234.0), ("+1e-3", 0.001), (".5", 0.5), ("$3", 3.0), ("inf", math.inf),
    ],
)  # fmt: skip
def test_units_are_dropped(token: str, number: float) -> None:
    assert number_of(token) == number


@pytest.mark.parametrize("token", ["", "84x84", "0/4", "12:30", "1.2.3", "(53", "True", "2025-11-27", "1,2", "e5", "-"])
def test_what_is_no_number(token: str) -> None:
    assert number_of(token) is None


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("TRAINING STEP 5 - critic_loss=1.0 grad_norm=0.5", {"critic_loss": 1.0, "grad_norm": 0.5}),
        ("s:0 tel:10.968871", {"s": 0.0, "tel": 10.968871}),
        ("epoch 3 loss 0.12 acc 0.9", {"loss": 0.12, "acc": 0.9}),
        ("iter 100: loss 2.34, time 12.3ms, mfu 10%", {"loss": 2.34, "time": 12.3, "mfu": 10.0}),
        ("step 250: train loss 1.98, val loss 2.01", {"train loss": 1.98, "val loss": 2.01}),
        ("Route delta: 0.5m (backward), Reward: -1", {"Route delta": 0.5, "Reward": -1.0}),
        ("sync=False, delta=None", {"sync": "False", "delta": "None"}),
        ("loss=nan kl=-inf", {"loss": math.nan, "kl": -math.inf}),
        ("Rew=  -0.13 | Speed=  0.1 km/h", {"Rew": -0.13, "Speed": 0.1}),
        ("Epoch 3: 100%|##| 45/45 [00:10<00:00, 4.2it/s, loss=0.123]", {"loss": 0.123}),
        ("global_step=1, episodic_return=[1.5]", {"global_step": 1.0, "episodic_return": 1.5}),
        ("Namespace(lr=0.1, tau=0.5)", {"lr": 0.1, "tau": 0.5}),
        ("Velocity (normalized): 0.5 (at: 3)", {"Velocity (normalized)": 0.5, "at": 3.0}),
        ("a == 3, b >= 2", {}),
        ("Loaded 86 waypoints from here", {}),
    ],
)
def test_values_in_one_line(text: str, fields: dict[str, float | str]) -> None:
    found = message_fields(text)
    assert {key: repr(value) for key, value in found.items()} == {key: repr(value) for key, value in fields.items()}


def test_titles_nest_by_indentation_and_rules_close_them() -> None:
    body = [
        "   ════════════",
        "   EFFICIENCY (target speed tracking):",
        "      Raw: 0.1176",
        "      Status: SAFE",
        "   ────────────",
        "   STATE (Raw):",
        "      Velocity: 0.49 m/s (1.8 km/h)",
        "      Control: throttle=0.7, brake=0.1",
        "      Range:",
        "         Low: -1",
        "   ────────────",
        "    TOTAL REWARD: 0.2360",
        "   Hand Brake: False, Gear: 2",
        "   Shape: (4, 84, 84)",
    ]
    assert block_fields(body, 100) == {
        "EFFICIENCY/Raw": 0.1176,
        "EFFICIENCY/Status": "SAFE",
        "STATE/Velocity": 0.49,
        "STATE/Control/throttle": 0.7,
        "STATE/Control/brake": 0.1,
        "STATE/Range/Low": -1.0,
        "TOTAL REWARD": 0.236,
        "Hand Brake": "False",
        "Gear": 2.0,
        "Shape": "(4, 84, 84)",
    }


def test_the_number_of_fields_is_bounded() -> None:
    assert len(block_fields([f"  k{i}: {i}" for i in range(500)], 50)) == 50


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("TRAINING STEP 5 - loss=1", Steps(5, "", 5, None)),
        ("Processing step    200/30,000", Steps(200, "", 200, None)),
        ("global_step=1,000, episode 3", Steps(1000, "", 1000, None, 3)),
        ("timestep: 77", Steps(77, "env_step", 77, None)),
        ("step:10/1000 train_loss:3", Steps(10, "", 10, None)),
        ("[Step 12] x", Steps(12, "", 12, None)),
        ("s:3 tel:1", Steps(3, "", 3, None)),
        ("t=12 reward", Steps(12, "", 12, None)),
        ("Episode 4 finished", Steps(4, "episode", None, None)),
        ("Epoch [2/10], Step [30/600], Loss: 1", Steps(2, "epoch", None, None)),
        ("Train Epoch: 1 [640/60000 (1%)]", Steps(1, "epoch", None, None)),
        ("update 9: loss 1", Steps(9, "update", None, 9)),
        ("step 5, update 2", Steps(5, "", 5, 2)),
        ("t=0.0000", Steps()),
        ("Evaluation every 10,001 steps", Steps()),
        ("Phase 1 (Steps 1-25,000)", Steps()),
        ("1000 steps/episode", Steps()),
        ("max_steps=1000 step_counter=0", Steps()),
        ("at step 12:30", Steps()),
    ],
)
def test_the_step_that_a_line_names(text: str, steps: Steps) -> None:
    assert steps_of(text) == steps


def test_a_table_names_its_fields_as_tags() -> None:
    rows = ["| rollout/    |       |", "|    ep_rew_mean | -1.5 |", "| time/ | |", "|    fps | 30 |", "| Epoch | 3 |"]
    assert table_fields(rows, 100) == {"rollout/ep_rew_mean": -1.5, "time/fps": 30.0, "Epoch": 3.0}


@pytest.mark.parametrize(
    "line",
    ["a " * 32_000, "a=" * 32_000, "a:" * 32_000, "step " * 12_000, "1" * 64_000, "step 1" + "1," * 30_000,
     "step " + "x" * 64_000, "a_b " * 16_000 + "= 1", "epoch " + "a b " * 16_000, "(" * 64_000 + ":"],
)  # fmt: skip
def test_no_line_takes_long(line: str) -> None:
    begin = time.perf_counter()
    message_fields(line)
    block_fields([" " + line], 100)
    steps_of(line)
    number_of(line[:100])
    assert time.perf_counter() - begin < 0.5
