"""The sum over sets of causes."""

from __future__ import annotations

import time

import numpy as np
import pytest

from forensics.causes.library import load
from forensics.reasoning.evidence import Evidence
from forensics.reasoning.network import Floats, Network, compile_network
from forensics.reasoning.search import climb, search
from tests.reasoning.findings import run

SEVERAL_FAULTS = """gradient-path-contradiction parameter-drift-linear policy-q-power-law loss-explosion
    policy-q-off-batch-q policy-q-outside-batch-range q-exceeds-return-bound zero-gradient gradient-died
    sum-of-norms norm-pinned-at-limit alert-fires-on-obeyed-limit clip-always-active update-blind-to-gradient
    evaluation-disturbs-training mixed-step-axes exploding-gradient constant-policy action-saturation""".split()


def random_network(seed: int, causes: int = 10, findings: int = 8) -> Network:
    """A network with edges, groups, evidence against and one excluded cause."""
    rng = np.random.default_rng(seed)
    predicted = np.where(rng.random((causes, findings)) < 0.3, rng.uniform(0.2, 0.95, (causes, findings)), 0.0)
    edges = np.triu(np.where(rng.random((causes, causes)) < 0.2, rng.uniform(0.1, 0.9, (causes, causes)), 0.0), 1)
    allowed = np.ones(causes, np.bool_)
    allowed[int(rng.integers(causes))] = False
    return Network(
        off=np.log1p(-rng.uniform(0.005, 0.1, causes)),
        edge=np.log1p(-edges),
        miss=np.log1p(-predicted),
        quiet=np.log1p(-rng.uniform(0.005, 0.1, findings)),
        share=rng.choice([1.0, 0.5, 1 / 3], findings),
        against=np.where(rng.random(causes) < 0.4, rng.uniform(-3, 0, causes), 0.0),
        open=allowed,
    )


def every_set(size: int) -> np.ndarray:
    return ((np.arange(2**size)[:, None] >> np.arange(size)) & 1).astype(np.bool_)


def brute_force(network: Network) -> Floats:
    """Marginals by the definition: every set of causes, term by term in plain Python."""
    total, marginals = 0.0, np.zeros(network.size)
    for chosen in every_set(network.size):
        if (chosen & ~network.open).any():
            continue
        p = 1.0
        for v in range(network.size):
            absent = np.exp(network.off[v]) * np.prod([np.exp(network.edge[u, v]) for u in np.flatnonzero(chosen)])
            p *= 1 - absent if chosen[v] else absent
            p *= np.exp(network.against[v]) if chosen[v] else 1.0
        for j in range(len(network.quiet)):
            silent = np.exp(network.quiet[j]) * np.prod([np.exp(network.miss[i, j]) for i in np.flatnonzero(chosen)])
            p *= (1 - silent) ** network.share[j]
        total += p
        marginals += p * chosen
    return marginals / total


@pytest.mark.parametrize("seed", range(8))
def test_the_search_equals_brute_force_on_small_networks(seed: int) -> None:
    network = random_network(seed)
    assert search(network).marginals == pytest.approx(brute_force(network), abs=1e-3)


@pytest.mark.parametrize("seed", range(4))
def test_the_gain_of_a_toggle_is_the_difference_of_two_scores(seed: int) -> None:
    network = random_network(seed)
    sets = every_set(network.size)[::37]
    sets[:, ~network.open] = False
    gains = network.gains(sets)
    for place in np.flatnonzero(network.open):
        toggled = sets.copy()
        toggled[:, place] ^= True
        assert gains[:, place] == pytest.approx(network.score(toggled) - network.score(sets), abs=1e-9)
    assert np.isneginf(gains[:, ~network.open]).all()


@pytest.mark.parametrize("seed", range(6))
def test_the_best_of_all_sets_is_visited_though_few_are(seed: int) -> None:
    network = random_network(seed, causes=15, findings=12)
    posterior = search(network, most=300)
    assert len(posterior.sets) <= 300
    best = network.score(every_set(network.size)).max()
    assert network.score(posterior.sets).max() == pytest.approx(best)


@pytest.mark.parametrize("seed", range(4))
def test_no_step_leads_upward_from_where_a_climb_ends(seed: int) -> None:
    network = random_network(seed)
    end = climb(network, np.zeros(network.size, np.bool_))
    assert network.gains(end).max() <= 1e-9


def test_on_a_run_with_many_faults_more_search_changes_nothing_that_matters() -> None:
    network = compile_network(load(), Evidence.of(run(SEVERAL_FAULTS, ["gradient-without-update"])))
    usual, long = search(network), search(network, most=5000, tail=1e-7)
    assert usual.marginals == pytest.approx(long.marginals, abs=0.02)


def test_a_whole_run_is_reasoned_over_in_a_quarter_of_a_second_of_cpu() -> None:
    network = compile_network(load(), Evidence.of(run(SEVERAL_FAULTS)))
    spent = []
    for _ in range(3):
        start = time.process_time()
        search(network)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.25
