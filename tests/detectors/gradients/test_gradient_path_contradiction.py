"""The actor's CNN has a gradient while its MLP has none."""

from __future__ import annotations

import numpy as np
import pytest

from forensics.detectors.gradients.gradient_path_contradiction import detect
from forensics.model.meaning import ClipStage, Module, Network
from tests.builders import signals
from tests.detectors.gradients.norms import norm

RNG = np.random.default_rng(0)
CNN = RNG.uniform(0.5, 2.0, 40)


@pytest.mark.parametrize("keep", [slice(None), slice(None, None, 2)], ids=["all points", "half the points"])
@pytest.mark.parametrize("scale", [1.0, 1e6], ids=["post", "pre"])
@pytest.mark.parametrize("mlp", [np.zeros(40), CNN * 1e-5], ids=["exactly 0", "far below"])
def test_fires_where_the_gradient_cannot_have_come_through_the_mlp(keep: slice, scale: float, mlp: np.ndarray) -> None:
    finding = detect(signals(norm(scale * CNN[keep], Module.CNN), norm(scale * mlp[keep], Module.MLP)))
    assert finding.status == "fired"
    assert finding.onset == 100
    assert finding.figure is not None


def test_the_onset_is_where_the_mlp_died() -> None:
    mlp = np.where(np.arange(40) < 10, CNN, 0.0)
    assert detect(signals(norm(CNN, Module.CNN), norm(mlp, Module.MLP))).onset == 1100


@pytest.mark.parametrize(
    ("cnn", "mlp"),
    [(CNN, CNN), (np.zeros(40), np.zeros(40)), (np.zeros(40), CNN), (1e-12 * CNN, 0 * CNN)],
    ids=["healthy", "both vanish", "detached by design", "both below float noise"],
)
def test_stays_clear(cnn: np.ndarray, mlp: np.ndarray) -> None:
    assert detect(signals(norm(cnn, Module.CNN), norm(mlp, Module.MLP))).status == "clear"


def test_one_dead_batch_is_no_contradiction() -> None:
    mlp = CNN.copy()
    mlp[[5, 6, 20]] = 0.0
    assert detect(signals(norm(CNN, Module.CNN), norm(mlp, Module.MLP))).status == "clear"


@pytest.mark.parametrize(("ratio", "status"), [(0.9e-3, "fired"), (1.1e-3, "clear")])
def test_a_thousandth_is_the_boundary(ratio: float, status: str) -> None:
    assert detect(signals(norm(CNN, Module.CNN), norm(ratio * CNN, Module.MLP))).status == status


def test_abstains_without_both_parts_of_the_actor() -> None:
    assert detect(signals(norm(CNN, Module.CNN))).status == "not-applicable"
    critic = norm(CNN, Module.CNN, Network.CRITIC), norm(0 * CNN, Module.MLP, Network.CRITIC)
    assert detect(signals(*critic)).status == "not-applicable"
    assert detect(signals()).how_to_log


def test_norms_of_different_clip_stages_are_not_compared() -> None:
    pre, post = norm(CNN, Module.CNN, clip_stage=ClipStage.PRE), norm(0 * CNN, Module.MLP, clip_stage=ClipStage.POST)
    assert detect(signals(pre, post)).status == "not-applicable"
