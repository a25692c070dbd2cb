"""The clip is torch's; the norms on both sides of it are measured."""

from __future__ import annotations

import copy
import math
from pathlib import Path
from typing import Any

import pytest

from forensics.recorder import Recorder
from tests.recorder.reading import column, events

torch = pytest.importorskip("torch")


def network() -> Any:
    """Return a small actor of a CNN and an MLP, with gradients."""
    torch.manual_seed(0)
    actor = torch.nn.ModuleDict(
        {"cnn": torch.nn.Conv2d(1, 4, 3), "mlp": torch.nn.Sequential(torch.nn.Linear(16, 8), torch.nn.Linear(8, 2))}
    )
    for number, parameter in enumerate(actor.parameters(), 1):
        parameter.grad = torch.randn_like(parameter) * number
    return actor


def norm(parameters: Any) -> float:
    """Return the total L2 norm of the gradients, by definition."""
    return math.sqrt(sum(float((parameter.grad.double() ** 2).sum()) for parameter in parameters))


@pytest.mark.parametrize("limit", [0.1, 5.0, 1e6, math.inf])
@pytest.mark.parametrize("options", [{}, {"norm_type": math.inf}, {"norm_type": 1.0}, {"foreach": False}])
def test_it_clips_and_returns_exactly_as_torch_does(tmp_path: Path, limit: float, options: dict[str, Any]) -> None:
    ours, theirs = network(), network()
    with Recorder(tmp_path, source=()) as rec:
        returned = rec.clip_grad_norm_(ours.parameters(), limit, name="actor", **options)
    assert torch.equal(returned, torch.nn.utils.clip_grad_norm_(theirs.parameters(), limit, **options))
    for one, other in zip(ours.parameters(), theirs.parameters(), strict=True):
        assert torch.equal(one.grad, other.grad)


def test_it_takes_what_torch_takes_and_raises_what_torch_raises(tmp_path: Path) -> None:
    parameter = torch.nn.Parameter(torch.ones(3))
    with Recorder(tmp_path, source=()) as rec:
        assert float(rec.clip_grad_norm_(parameter, 1.0, name="one")) == 0.0
        assert float(rec.clip_grad_norm_([], 1.0, name="none")) == 0.0
        parameter.grad = torch.full((3,), math.nan)
        with pytest.raises(RuntimeError, match="non-finite"):
            rec.clip_grad_norm_([parameter], 1.0, name="one", error_if_nonfinite=True)
        assert rec.step()
        assert rec.failures == 0


def test_norms_before_and_after_and_the_coefficient_are_those_of_the_gradients(tmp_path: Path) -> None:
    actor = network()
    with Recorder(tmp_path, source=()) as rec:
        rec.watch(actor["cnn"], "actor_cnn")
        rec.watch(actor["mlp"], "actor_mlp")
        before = {name: norm(part.parameters()) for name, part in [("actor", actor), *actor.items()]}
        rec.clip_grad_norm_(actor.parameters(), 2.0, name="actor")
        after = {name: norm(part.parameters()) for name, part in [("actor", actor), *actor.items()]}
        rec.step(env_step=1)
    (line,) = events(tmp_path, "gradients")
    payload = line["payload"]
    for name, tag in (("actor", "actor"), ("cnn", "actor_cnn"), ("mlp", "actor_mlp")):
        assert payload[f"{tag}_norm_pre_clip"] == pytest.approx(before[name], rel=1e-6)
        assert payload[f"{tag}_norm_post_clip"] == pytest.approx(after[name], rel=1e-6)
    assert payload["actor_norm_post_clip"] == pytest.approx(2.0, rel=1e-5)
    assert payload["actor_clip_coefficient"] == pytest.approx(2.0 / before["actor"], rel=1e-5)


def test_a_norm_that_no_clip_bounds_has_no_side(tmp_path: Path) -> None:
    actor = network()
    with Recorder(tmp_path, source=()) as rec:
        rec.clip_grad_norm_(actor.parameters(), math.inf, name="actor")
        rec.step(env_step=1)
    assert list(events(tmp_path, "gradients")[0]["payload"]) == ["actor_norm"]


def test_a_clip_that_does_nothing_is_seen_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.nn.utils, "clip_grad_norm_", lambda parameters, limit, **_: torch.tensor(0.0))
    actor = network()
    with Recorder(tmp_path, source=(), guard="stop") as rec:
        rec.clip_grad_norm_(actor.parameters(), 1.0, name="actor")
        assert not rec.step(env_step=1)
    assert column(tmp_path, "gradients/actor_norm_post_clip") == [pytest.approx(norm(actor.parameters()), rel=1e-6)]
    assert events(tmp_path, "anomaly")[0]["payload"]["kind"] == "clipping-failed"


def test_the_part_that_a_clip_leaves_out_is_measured_with_it(tmp_path: Path) -> None:
    actor = network()
    with Recorder(tmp_path, source=()) as rec:
        for part in ("cnn", "mlp"):
            rec.watch(actor[part], f"actor_{part}")
        rec.watch(actor, "actor")
        rec.clip_grad_norm_(actor["mlp"].parameters(), 1.0, name="actor")
        rec.step(env_step=1)
    (line,) = events(tmp_path, "gradients")
    assert line["payload"]["actor_mlp_norm_post_clip"] == pytest.approx(1.0, rel=1e-5)
    assert line["payload"]["actor_cnn_norm_post_clip"] == pytest.approx(norm(actor["cnn"].parameters()), rel=1e-6)
    assert line["payload"]["actor_norm_post_clip"] > 1.1
    assert events(tmp_path, "anomaly")[0]["payload"]["subject"] == "actor"


def test_zeros_non_finite_elements_and_missing_gradients_are_counted_at_the_cadence(tmp_path: Path) -> None:
    first, second, third = (torch.nn.Parameter(torch.ones(4)) for _ in range(3))
    first.grad, second.grad = torch.tensor([0.0, 0.0, 1.0, math.nan]), torch.tensor([0.0, math.inf, 1.0, 2.0])
    with Recorder(tmp_path, source=(), cadence=1) as rec:
        rec.clip_grad_norm_([first, second, third], 1.0, name="critic")
        rec.step(env_step=1)
    counted = {key: value for key, value in events(tmp_path, "gradients")[0]["payload"].items() if "count" in key}
    assert counted == {"critic_zero_count": 3, "critic_nonfinite_count": 2, "critic_without_gradient_count": 1}


def test_one_step_reads_the_device_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    actor, critic = network(), network()
    read: list[str] = []

    def counting(name: str) -> Any:
        original = getattr(torch.Tensor, name)

        def counted(*args: Any, **kwargs: Any) -> Any:
            read.append(name)
            return original(*args, **kwargs)

        return counted

    for name in ("tolist", "item", "__float__", "__bool__", "cpu", "numpy"):
        monkeypatch.setattr(torch.Tensor, name, counting(name))
    values = torch.randn(32)
    with Recorder(tmp_path, source=(), cadence=1) as rec:
        rec.watch(actor, "actor")
        for step in (1, 2):
            rec.clip_grad_norm_(actor.parameters(), 1.0, name="actor")
            rec.clip_grad_norm_(critic.parameters(), 1.0, name="critic")
            read.clear()
            rec.step(env_step=step, critic_loss=values.mean(), batch_q=values, target_q=values, actor_loss=values.sum())
            assert read == ["tolist"]
    assert rec.failures == 0


def test_sparse_and_half_gradients_are_measured(tmp_path: Path) -> None:
    embedding = torch.nn.Embedding(10, 3, sparse=True)
    embedding(torch.tensor([1, 1, 4])).sum().backward()
    half = torch.nn.Parameter(torch.ones(4, dtype=torch.bfloat16))
    half.grad = torch.full_like(half, 3.0)
    with Recorder(tmp_path, source=(), cadence=1) as rec:
        rec.clip_grad_norm_([half], 100.0, name="half")
        rec._clips._measure(list(embedding.parameters()), "sparse", True)
        rec.step(env_step=1)
        assert rec.failures == 0
    assert column(tmp_path, "gradients/half_norm_pre_clip") == [6.0]


def test_the_module_that_is_measured_is_left_as_it_was(tmp_path: Path) -> None:
    actor = network()
    twin = copy.deepcopy(actor.state_dict())
    with Recorder(tmp_path, source=(), cadence=1) as rec:
        rec.watch(actor, "actor")
        for step in range(5):
            rec.clip_grad_norm_(actor.parameters(), 1.0, name="actor")
            rec.step(env_step=step)
    assert all(torch.equal(value, twin[name]) for name, value in actor.state_dict().items())
    assert not actor._forward_hooks
    assert not actor._forward_pre_hooks
