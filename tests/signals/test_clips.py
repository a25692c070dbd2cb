"""Clip stage, reduction and limit are read from what clipping leaves behind in the numbers."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import ArrayLike

from forensics.model.diagnosis import Fact
from forensics.model.meaning import ClipStage, Module, Network, Quantity, Reduction, Role
from forensics.signals.clips import customary, establish_clips
from forensics.signals.norms import family
from forensics.signals.signals import Signal
from tests.builders import signal

RNG = np.random.default_rng(7)
POINTS = 30
RAW = np.logspace(2, 7, POINTS)  # a raw gradient norm that spans five decades
LOSS = -np.logspace(2, 8, POINTS)


def norm(tag: str, values: ArrayLike, module: Module = Module.WHOLE, stage: ClipStage = ClipStage.UNKNOWN) -> Signal:
    return signal(tag, values, quantity=Quantity.GRADIENT_NORM, network=Network.ACTOR, module=module, clip_stage=stage)


def loss(values: ArrayLike = LOSS) -> Signal:
    return signal("actor_loss", values, quantity=Quantity.LOSS, network=Network.ACTOR, role=Role.TRAIN)


def read(*signals: Signal) -> tuple[dict[str, Signal], dict[str, Fact]]:
    found, facts = establish_clips(signals)
    return {item.tag: item for item in found}, facts


@pytest.mark.parametrize("limit", [0.5, 1.0, 10.0, 3.7])
def test_a_pair_that_obeys_the_identity_is_established(limit: float) -> None:
    found, facts = read(
        norm("before", RAW, stage=ClipStage.PRE), norm("after", np.minimum(RAW, limit), stage=ClipStage.POST)
    )
    assert found["before"].meaning.clip_stage is ClipStage.PRE
    assert found["after"].meaning.clip_stage is ClipStage.POST
    assert all(found[tag].is_established("clip_stage") and found[tag].is_established("reduction") for tag in found)
    assert facts["clip_limit.actor"].value == pytest.approx(limit)


def test_a_pair_without_names_is_established_from_its_numbers_alone() -> None:
    found, _ = read(norm("norm_a", RAW), norm("norm_b", np.minimum(RAW, 1.0)))
    assert found["norm_a"].meaning.clip_stage is ClipStage.PRE
    assert found["norm_b"].meaning.clip_stage is ClipStage.POST


def test_one_percent_of_noise_does_not_hide_the_pair() -> None:
    noisy = np.minimum(RAW, 1.0) * (1 + 0.01 * RNG.normal(size=POINTS))
    found, facts = read(norm("before", RAW * (1 + 0.01 * RNG.normal(size=POINTS))), norm("after", noisy))
    assert found["after"].is_established("clip_stage")
    assert facts["clip_limit.actor"].value == pytest.approx(1.0, rel=0.02)


def test_a_clip_coefficient_gives_the_limit() -> None:
    coefficient = signal("clip_coef", 2.0 / RAW, quantity=Quantity.CLIP_COEFFICIENT, network=Network.ACTOR)
    found, facts = read(norm("grad_norm", RAW), coefficient)
    assert found["grad_norm"].meaning.clip_stage is ClipStage.PRE
    assert facts["clip_limit.actor"].value == pytest.approx(2.0)


def test_a_norm_that_stands_at_a_constant_is_at_its_limit() -> None:
    found, facts = read(norm("grad_gnorm", [0.2, *[40.0] * 29]))
    assert found["grad_gnorm"].meaning.clip_stage is ClipStage.POST
    assert facts["clip_limit.actor"].value == 40.0


def test_an_unclipped_norm_stays_what_its_name_claims() -> None:
    found, facts = read(norm("gradients/actor_norm", RAW, stage=ClipStage.POST), loss())
    assert not found["gradients/actor_norm"].is_established("clip_stage")
    assert facts == {}


def test_parts_that_make_up_the_limit_are_l2_norms() -> None:
    angle = RNG.uniform(0.1, 1.4, POINTS)
    found, _ = read(
        norm("total_pre", RAW),
        norm("total_post", np.minimum(RAW, 10.0)),
        norm("g/actor_cnn_norm", 10 * np.cos(angle), Module.CNN, ClipStage.POST),
        norm("g/actor_mlp_norm", 10 * np.sin(angle), Module.MLP, ClipStage.POST),
    )
    for tag in ("g/actor_cnn_norm", "g/actor_mlp_norm"):
        assert found[tag].meaning.reduction is Reduction.L2
        assert found[tag].is_established("reduction")


def test_a_part_above_the_limit_of_its_total_is_a_sum_of_norms() -> None:
    found, _ = read(
        norm("total_pre", RAW),
        norm("total_post", np.minimum(RAW, 1.0)),
        norm("g/actor_cnn_norm", RNG.uniform(1.9, 1.95, POINTS), Module.CNN, ClipStage.POST),
        norm("g/actor_mlp_norm", np.zeros(POINTS), Module.MLP, ClipStage.POST),
    )
    assert found["g/actor_cnn_norm"].meaning.reduction is Reduction.SUM_OF_L2
    assert found["g/actor_cnn_norm"].is_established("reduction")


def test_parts_under_the_limit_that_overlap_are_no_sums_of_norms() -> None:
    found, _ = read(
        norm("total_pre", RAW),
        norm("total_post", np.minimum(RAW, 1.0)),
        norm("g/actor_cnn_norm", RNG.uniform(0.8, 0.95, POINTS), Module.CNN, ClipStage.POST),
        norm("g/actor_mlp_norm", RNG.uniform(0.8, 0.95, POINTS), Module.MLP, ClipStage.POST),
    )
    assert not found["g/actor_cnn_norm"].is_established("reduction")


@pytest.mark.parametrize("keep", [slice(None), slice(None, None, 2)], ids=["all points", "half the points"])
def test_a_bounded_part_without_a_known_limit_is_post_clip_and_summed(keep: slice) -> None:
    """Steady while the loss spans decades, and yet the squares make no constant (I16)."""
    found, facts = read(
        norm("g/actor_cnn_norm", RNG.uniform(1.7, 2.2, POINTS)[keep], Module.CNN),
        norm("g/actor_mlp_norm", np.zeros(POINTS)[keep], Module.MLP),
        loss(LOSS[keep]),
    )
    assert found["g/actor_cnn_norm"].meaning.clip_stage is ClipStage.POST
    assert found["g/actor_cnn_norm"].meaning.reduction is Reduction.SUM_OF_L2
    assert found["g/actor_mlp_norm"].meaning.clip_stage is ClipStage.POST
    assert facts == {}


def test_a_bounded_part_at_a_constant_is_an_l2_norm_and_gives_the_limit() -> None:
    parts = norm("g/actor_cnn_norm", np.ones(POINTS), Module.CNN), norm("g/actor_mlp_norm", 0 * RAW, Module.MLP)
    found, facts = read(*parts, loss())
    assert found["g/actor_cnn_norm"].meaning.reduction is Reduction.L2
    assert facts["clip_limit.actor"].value == 1.0


def test_noise_around_a_round_limit_is_not_taken_for_a_sum_of_norms() -> None:
    values = 1 + 0.01 * RNG.normal(size=POINTS)
    found, _ = read(
        norm("g/actor_cnn_norm", values, Module.CNN), norm("g/actor_mlp_norm", 0 * values, Module.MLP), loss()
    )
    assert not found["g/actor_cnn_norm"].is_established("reduction")


def test_a_steady_part_says_nothing_while_its_loss_is_steady_too() -> None:
    found, _ = read(norm("g/actor_cnn_norm", np.ones(POINTS), Module.CNN), loss(np.linspace(1, 2, POINTS)))
    assert not found["g/actor_cnn_norm"].is_established("clip_stage")


def test_parts_that_follow_their_loss_are_not_bounded() -> None:
    found, facts = read(
        norm("g/actor_cnn_norm", RAW, Module.CNN), norm("g/actor_mlp_norm", RAW / 3, Module.MLP), loss()
    )
    assert not any(item.is_established("clip_stage") for item in found.values())
    assert facts == {}


def test_a_reading_is_carried_over_to_a_sibling_and_says_so() -> None:
    critic = signal(
        "g/critic_cnn_norm", RNG.uniform(3, 30, POINTS), quantity=Quantity.GRADIENT_NORM, network=Network.CRITIC,
        module=Module.CNN,
    )  # fmt: skip
    found, _ = read(
        norm("g/actor_cnn_norm", np.ones(POINTS), Module.CNN), norm("g/actor_mlp_norm", np.zeros(POINTS), Module.MLP),
        loss(), critic,
    )  # fmt: skip
    assert found["g/critic_cnn_norm"].meaning.clip_stage is ClipStage.POST
    assert "sibling" in found["g/critic_cnn_norm"].how["clip_stage"]


def test_a_family_is_a_tag_without_the_name_of_the_part() -> None:
    assert (
        family("gradients/actor_cnn_norm") == family("gradients/critic_mlp_norm") != family("debug/actor_cnn_norm_pre")
    )


@pytest.mark.parametrize(("value", "limit"), [(0.99999, 1.0), (40.0003, 40.0), (1.923, 1.923), (0.5, 0.5)])
def test_a_bound_near_a_round_number_is_that_number(value: float, limit: float) -> None:
    assert customary(value) == limit


@pytest.mark.parametrize(
    "passing_zero",
    [np.linspace(-5.0, 5.0, 200) + 1e-3, 0.01 * RNG.standard_normal(200)],
    ids=["crossing", "about zero"],
)
def test_a_loss_that_passes_through_zero_spans_no_decades(passing_zero: np.ndarray) -> None:
    """Its smallest magnitude is a crossing, not a scale: a steady gradient beside it proves no clip."""
    found, _ = read(
        norm("g/actor_cnn_norm", RNG.uniform(0.7, 0.9, 200), Module.CNN),
        norm("g/actor_mlp_norm", RNG.uniform(0.4, 0.5, 200), Module.MLP),
        loss(passing_zero),
    )
    for part in found.values():
        assert not part.is_established("clip_stage")
        assert not part.is_established("reduction")


def test_a_norm_of_zero_beside_a_coefficient_gives_no_limit() -> None:
    coefficient = signal("clip_coef", 2.0 / RAW, quantity=Quantity.CLIP_COEFFICIENT, network=Network.ACTOR)
    _, facts = read(norm("grad_norm", 0.0 * RAW), coefficient)
    assert facts == {}
