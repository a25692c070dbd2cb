"""Clipping that works, clipping that does not, and instruments that make the one look like the other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from forensics.detectors.clipping import (
    clip_always_active,
    clip_covers_subset,
    clip_exceeded,
    clip_not_applied,
    norm_pinned_at_limit,
    post_name_holds_pre_value,
    sum_of_norms,
    update_blind_to_gradient,
)
from forensics.model.finding import Finding, Status
from forensics.model.meaning import ClipStage, Module, Network, Quantity, Role, Statistic
from forensics.signals.clips import establish_clips
from forensics.signals.signals import Signal, Signals
from tests.builders import signal, signals

POINTS = 40
RNG = np.random.default_rng(5)
RAW = np.logspace(1.5, 6.5, POINTS) * np.exp(0.2 * RNG.normal(size=POINTS))
ANGLE = RNG.uniform(0.2, 1.3, POINTS)
LOSS = signal("actor_loss", -np.logspace(1, 7, POINTS), quantity=Quantity.LOSS, network=Network.ACTOR, role=Role.TRAIN)
DETECTORS: dict[str, Callable[[Signals], Finding]] = {
    "clip-exceeded": clip_exceeded.detect,
    "norm-pinned-at-limit": norm_pinned_at_limit.detect,
    "sum-of-norms": sum_of_norms.detect,
    "post-name-holds-pre-value": post_name_holds_pre_value.detect,
    "clip-always-active": clip_always_active.detect,
    "clip-not-applied": clip_not_applied.detect,
    "clip-covers-subset": clip_covers_subset.detect,
    "update-blind-to-gradient": update_blind_to_gradient.detect,
}


def norm(tag: str, values: np.ndarray, stage: ClipStage = ClipStage.UNKNOWN, module: Module = Module.WHOLE) -> Signal:
    return signal(tag, values, quantity=Quantity.GRADIENT_NORM, network=Network.ACTOR, module=module, clip_stage=stage)


def coefficient(values: np.ndarray) -> Signal:
    return signal("clip_coef", values, quantity=Quantity.CLIP_COEFFICIENT, network=Network.ACTOR)


def read(*items: Signal, config: dict[str, object] | None = None) -> Signals:
    """Signals as interpretation leaves them: what the numbers prove is established."""
    found, facts = establish_clips(items)
    return signals(*found, facts={name: fact.value for name, fact in facts.items()}, config=config)


PRE, POST = norm("pre", RAW, ClipStage.PRE), norm("post", np.minimum(RAW, 1.0), ClipStage.POST)
SPREAD = signal(
    "actor_param_std", np.linspace(0.05, 1, POINTS), quantity=Quantity.PARAMETER, network=Network.ACTOR,
    statistic=Statistic.STD,
)  # fmt: skip
PARTS = RNG.uniform(0.5, 5.0, (2, POINTS))
CASES: dict[str, tuple[Signals, set[str]]] = {
    "a clip at work": (read(PRE, POST), {"norm-pinned-at-limit", "clip-always-active"}),
    "a clip that rarely cuts": (
        read(norm("pre", RAW / 1e3, ClipStage.PRE), norm("post", np.minimum(RAW / 1e3, 10.0), ClipStage.POST)),
        {"norm-pinned-at-limit"},
    ),
    "a step that does not follow the gradient": (
        read(PRE, POST, SPREAD),
        {"norm-pinned-at-limit", "clip-always-active", "update-blind-to-gradient"},
    ),
    "parts summed tensor by tensor": (
        read(
            PRE,
            POST,
            norm("g/actor_cnn_norm", RNG.uniform(1.6, 2.3, POINTS), ClipStage.POST, Module.CNN),
            norm("g/actor_mlp_norm", np.zeros(POINTS), ClipStage.POST, Module.MLP),
        ),
        {"norm-pinned-at-limit", "clip-always-active", "sum-of-norms"},
    ),
    "parts as L2 norms": (
        read(
            PRE,
            POST,
            norm("g/actor_cnn_norm", np.cos(ANGLE), ClipStage.POST, Module.CNN),
            norm("g/actor_mlp_norm", np.sin(ANGLE), ClipStage.POST, Module.MLP),
        ),
        {"norm-pinned-at-limit", "clip-always-active"},
    ),
    "the value before clipping under the name of the one after": (
        read(norm("after_clip", RAW, ClipStage.POST), coefficient(1 / RAW), config={"max_grad_norm": 1.0}),
        {"clip-always-active", "post-name-holds-pre-value"},
    ),
    "a clip in the configuration alone": (
        read(norm("pre", RAW, ClipStage.PRE), norm("post", RAW.copy(), ClipStage.POST), config={"max_grad_norm": 1.0}),
        {"clip-always-active", "clip-exceeded", "clip-not-applied"},
    ),
    "a clip over one part": (
        read(
            norm("g/actor_mlp_norm", np.ones(POINTS), ClipStage.POST, Module.MLP),
            norm("g/actor_cnn_norm", RAW, ClipStage.POST, Module.CNN),
            LOSS,
            config={"max_grad_norm": 1.0},
        ),
        {"norm-pinned-at-limit", "clip-covers-subset"},
    ),
    "a clip that scales one part and leaves the other": (
        read(
            norm("g/actor_mlp_norm_pre", 3 * RAW, ClipStage.PRE, Module.MLP),
            norm("g/actor_mlp_norm_post", 0.3 * RAW, ClipStage.POST, Module.MLP),
            norm("g/actor_cnn_norm_pre", RAW, ClipStage.PRE, Module.CNN),
            norm("g/actor_cnn_norm_post", RAW.copy(), ClipStage.POST, Module.CNN),
            config={"max_grad_norm": 1.0},
        ),
        {"clip-covers-subset"},
    ),
    "a total that its parts add up to themselves": (
        read(
            norm("g/actor_norm", PARTS.sum(axis=0)),
            norm("g/actor_cnn_norm", PARTS[0], module=Module.CNN),
            norm("g/actor_mlp_norm", PARTS[1], module=Module.MLP),
        ),
        {"sum-of-norms"},
    ),
    "a total whose square is that of its parts": (
        read(
            norm("g/actor_norm", np.hypot(*PARTS)),
            norm("g/actor_cnn_norm", PARTS[0], module=Module.CNN),
            norm("g/actor_mlp_norm", PARTS[1], module=Module.MLP),
        ),
        set(),
    ),
    "no clip, and none claimed": (read(norm("grad_norm", RAW), LOSS), set()),
    "small gradients": (read(norm("grad_norm", RNG.uniform(0.1, 0.4, POINTS)), config={"max_grad_norm": 1.0}), set()),
}


def test_a_step_is_laid_beside_the_gradient_of_its_own_part_alone() -> None:
    def part(module: Module, member: int) -> dict[str, Any]:
        return {"network": Network.CRITIC, "module": module, "member": member}

    raw = signal("cnn", RAW, quantity=Quantity.GRADIENT_NORM, clip_stage=ClipStage.PRE, **part(Module.CNN, 0))
    steady = np.full(POINTS, 1e-3)
    ratios = {
        place: signal(f"ratio-{place}", steady, quantity=Quantity.UPDATE_RATIO, **part(*place))
        for place in ((Module.CNN, 0), (Module.CNN, 1), (Module.MLP, 0), (Module.MLP, 1), (Module.WHOLE, 0))
    }
    own = ratios.pop((Module.CNN, 0))
    assert update_blind_to_gradient.detect(signals(raw, *ratios.values())).status is Status.NOT_APPLICABLE
    assert update_blind_to_gradient.detect(signals(raw, own, *ratios.values())).status is Status.FIRED


@pytest.mark.parametrize(("module", "status"), [(Module.CNN, Status.FIRED), (Module.MLP, Status.NOT_APPLICABLE)])
def test_parameters_that_spread_evenly_may_be_a_part_of_what_the_norm_covers(module: Module, status: Status) -> None:
    spread = signal(
        "actor_cnn_param_std", np.linspace(0.05, 1, POINTS), quantity=Quantity.PARAMETER, network=Network.ACTOR,
        module=Module.CNN, statistic=Statistic.STD,
    )  # fmt: skip
    of_part = norm("pre", RAW, ClipStage.PRE, module)
    assert update_blind_to_gradient.detect(signals(of_part, spread)).status is status
    if status is Status.FIRED:
        assert update_blind_to_gradient.detect(signals(PRE, spread)).status is status


@pytest.mark.parametrize(("seen", "fired"), CASES.values(), ids=CASES.keys())
def test_each_case_fires_what_it_shows_and_nothing_else(seen: Signals, fired: set[str]) -> None:
    assert {name for name, detect in DETECTORS.items() if detect(seen).status is Status.FIRED} == fired


@pytest.mark.parametrize("detect", DETECTORS.values(), ids=DETECTORS.keys())
def test_abstains_without_gradient_norms_and_says_how_to_log_them(detect: Callable[[Signals], Finding]) -> None:
    finding = detect(signals(LOSS))
    assert finding.status is Status.NOT_APPLICABLE
    assert finding.how_to_log


def test_a_missing_clip_and_a_wrong_name_stay_open_without_a_witness() -> None:
    seen = read(norm("after_clip", RAW, ClipStage.POST), config={"max_grad_norm": 1.0})
    assert clip_not_applied.detect(seen).status is Status.FIRED
    assert post_name_holds_pre_value.detect(seen).status is Status.INCONCLUSIVE


def test_a_bounded_norm_clears_the_clip_of_being_missing() -> None:
    finding = clip_not_applied.detect(read(PRE, POST))
    assert finding.status is Status.CLEAR
    assert "min(" in finding.statement


@pytest.mark.parametrize(("above", "status"), [(1.04, Status.CLEAR), (1.2, Status.FIRED)])
def test_noise_of_a_few_percent_does_not_exceed_a_limit(above: float, status: Status) -> None:
    values = np.where(np.arange(POINTS) % 5 == 0, above, 0.6)
    seen = signals(norm("post", values, ClipStage.POST), facts={"clip_limit.actor": 1.0})
    assert clip_exceeded.detect(seen).status is status


@pytest.mark.parametrize(
    ("config", "limit"),
    [({"max_grad_norm": 0.5}, 0.5), ({"algo.actor_max_norm": 2.0}, 2.0), ({"algo.critic_max_norm": 2.0}, None)],
)
def test_a_limit_is_taken_from_the_configuration_of_its_own_network(
    config: dict[str, float], limit: float | None
) -> None:
    finding = clip_exceeded.detect(signals(norm("post", np.full(POINTS, 0.1), ClipStage.POST), config=config))
    assert finding.values.get("limit") == limit


def test_the_share_of_tenfold_cuts_decides_on_activity() -> None:
    rare = np.where(np.arange(POINTS) < 4, 0.5, 0.01)
    assert clip_always_active.detect(signals(coefficient(rare))).status is Status.CLEAR
    assert clip_always_active.detect(signals(coefficient(np.full(POINTS, 0.01)))).status is Status.FIRED
