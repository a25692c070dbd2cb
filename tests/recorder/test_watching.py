"""Update sizes, parameters and activations of watched modules, on nets small enough to reckon by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from forensics.recorder import Recorder
from forensics.recorder.activations import LEAST, ActivationProbe
from tests.recorder.reading import column

torch = pytest.importorskip("torch")
nn = torch.nn


def linear(weights: list[list[float]]) -> Any:
    """Return a linear layer without bias and with these weights."""
    layer = nn.Linear(len(weights[0]), len(weights), bias=False)
    with torch.no_grad():
        layer.weight.copy_(torch.tensor(weights))
    return layer


class Functional(nn.Module):  # type: ignore[name-defined]
    """A net that calls its activations as functions."""

    def __init__(self, layer: Any, activation: Any) -> None:
        super().__init__()
        self.layer, self.activation = layer, activation

    def forward(self, x: Any) -> Any:
        """Return the activation of the layer."""
        return self.activation(self.layer(x))


def shares(module: Any, inputs: Any) -> dict[str, float]:
    """Return what a probe sees of one forward pass."""
    probe = ActivationProbe(module)
    module(inputs)
    probe.close()
    return {name: float(value) for name, value in probe.shares().items()}


@pytest.mark.parametrize("relu", ["module", "function", "method", "in place"])
def test_a_unit_that_is_zero_on_the_whole_batch_is_dead(relu: str) -> None:
    layer = linear([[1.0], [-1.0], [2.0], [-3.0]])
    made = {
        "module": nn.Sequential(layer, nn.ReLU()),
        "function": Functional(layer, nn.functional.relu),
        "method": Functional(layer, lambda x: x.relu()),
        "in place": nn.Sequential(layer, nn.ReLU(inplace=True)),
    }
    assert shares(made[relu], torch.full((LEAST, 1), 1.0)) == {"dead_unit_share": 0.5}


def test_one_sample_that_wakes_a_unit_makes_it_alive() -> None:
    inputs = torch.full((LEAST, 1), 1.0)
    inputs[3] = -1.0
    assert shares(nn.Sequential(linear([[1.0], [-1.0]]), nn.ReLU()), inputs) == {"dead_unit_share": 0.0}


def test_a_channel_is_dead_when_it_is_zero_at_every_place_of_every_image() -> None:
    conv = nn.Conv2d(1, 4, 1, bias=False)
    with torch.no_grad():
        conv.weight.copy_(torch.tensor([1.0, -1.0, -1.0, -1.0]).reshape(4, 1, 1, 1))
    assert shares(nn.Sequential(conv, nn.ReLU()), torch.ones(LEAST, 1, 5, 5)) == {"dead_unit_share": 0.75}


@pytest.mark.parametrize(("activation", "at_bound"), [(nn.Tanh(), 3.0), (nn.Sigmoid(), 6.0), (torch.tanh, 3.0)])
def test_outputs_near_their_bounds_are_saturated(activation: Any, at_bound: float) -> None:
    layer = linear([[at_bound], [-at_bound], [0.5], [0.0]])
    assert shares(Functional(layer, activation), torch.ones(LEAST, 1)) == {"saturation_share": 0.5}


def test_acting_without_gradients_or_on_few_observations_is_not_looked_at() -> None:
    module = nn.Sequential(linear([[-1.0]]), nn.ReLU())
    probe = ActivationProbe(module)
    with torch.no_grad():
        module(torch.ones(LEAST, 1))
    module(torch.ones(LEAST - 1, 1))
    assert probe.shares() == {}
    module(torch.ones(LEAST, 1))
    assert float(probe.shares()["dead_unit_share"]) == 1.0


def test_a_forward_pass_that_fails_leaves_nothing_switched_on() -> None:
    def fail(x: Any) -> Any:
        raise ValueError("the user's own")

    module = Functional(linear([[1.0]]), fail)
    probe = ActivationProbe(module)
    with pytest.raises(ValueError, match="the user's own"):
        module(torch.ones(LEAST, 1))
    torch.relu(torch.zeros(LEAST, 3))
    assert probe.shares() == {}


def test_update_ratio_norm_and_spread_are_those_of_the_parameters(tmp_path: Path) -> None:
    layer = linear([[3.0, 4.0]])
    optimizer = torch.optim.SGD(layer.parameters(), lr=0.1)
    with Recorder(tmp_path, source=(), cadence=2) as rec:
        rec.watch(layer, "actor", optimizer=optimizer)
        for step in range(1, 5):
            layer.weight.grad = torch.tensor([[0.0, 5.0]])
            rec.clip_grad_norm_(layer.parameters(), 5.0, name="actor")
            optimizer.step()
            rec.step(env_step=step)
    # one step moves the second weight by 0.5: 4.0, 3.5, 3.0, 2.5, 2.0
    assert column(tmp_path, "parameters/actor_norm") == [pytest.approx((9 + 9) ** 0.5), pytest.approx((9 + 4) ** 0.5)]
    assert column(tmp_path, "parameters/actor_std") == [pytest.approx(0.0, abs=1e-3), pytest.approx(0.5, rel=1e-4)]
    expected = [0.5 / (9 + 3.5**2) ** 0.5, 0.5 / (9 + 2.5**2) ** 0.5]
    assert column(tmp_path, "parameters/actor_update_ratio") == pytest.approx(expected, rel=1e-5)
    assert column(tmp_path, "learning_rates/actor") == [0.1] * 4


def test_a_delayed_network_is_measured_over_one_update_of_its_own(tmp_path: Path) -> None:
    layer = linear([[1.0]])
    with Recorder(tmp_path, source=(), cadence=2) as rec:
        rec.watch(layer, "actor")
        other = nn.Parameter(torch.ones(1))
        for step in range(1, 13):
            other.grad = torch.ones(1)
            rec.clip_grad_norm_([other], 1.0, name="critic")
            if step % 3 == 0:  # due at 2, 4, 6 and so on: 4 waits for 6, 8 for 9
                layer.weight.grad = torch.ones(1, 1)
                rec.clip_grad_norm_(layer.parameters(), 1.0, name="actor")
                with torch.no_grad():
                    layer.weight += 1.0
            rec.step(env_step=step)
    assert column(tmp_path, "parameters/actor_update_ratio") == pytest.approx([1 / 2, 1 / 3, 1 / 4])


def test_a_network_that_no_clip_covers_has_no_update_size_beside_one_that_has(tmp_path: Path) -> None:
    target, critic = linear([[1.0]]), linear([[1.0]])
    with Recorder(tmp_path, source=(), cadence=1) as rec:
        rec.watch(target, "target_critic")
        rec.watch(critic, "critic")
        for step in (1, 2, 3):
            critic.weight.grad = torch.ones(1, 1)
            rec.clip_grad_norm_(critic.parameters(), 1.0, name="critic")
            rec.step(env_step=step)
    assert len(column(tmp_path, "parameters/critic_update_ratio")) == 2
    assert len(column(tmp_path, "parameters/target_critic_norm")) == 2
    assert column(tmp_path, "parameters/target_critic_update_ratio") == []
