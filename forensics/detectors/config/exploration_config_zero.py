"""The configuration leaves no exploration.

Observes: an exploration noise of 0 for a deterministic policy (DDPG, TD3), a fixed entropy coefficient near 0 for
SAC, or an epsilon that is 0 from the start for DQN.

Why it matters: a deterministic policy without noise sees what its initial weights happen to do; it cannot find what
it has not tried.

Evidence: a configuration, and the algorithm.

How it can be wrong: noise may come from elsewhere (parameter noise, a noisy environment, random warm-up steps); an
offline method needs none.

References: Fujimoto 2018 (TD3 explores with N(0, 0.1)); Haarnoja 2018 (arXiv 1812.05905, the temperature is the
exploration of SAC); SB3's documentation of TD3 (action_noise defaults to none and should be set).
"""

from __future__ import annotations

from forensics.detectors.config.lookup import explores_otherwise, numbers, place
from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="CFG104",
    name="exploration-config-zero",
    fired="The configuration leaves no exploration",
    clear="Exploration is configured",
    group="exploration",
    needs=("configured exploration of TD3, DDPG, SAC or DQN",),
    leak=(2, 100),
    leak_reason="Some tasks are noisy enough by themselves.",
    how_to_log="exploration_noise: 0.1",
)
THRESHOLDS = {
    "noise": Threshold(1e-3, "of the action range", "Fujimoto 2018 uses 0.1; a hundredth of it is none"),
    "temperature": Threshold(1e-4, "entropy coefficient", "Haarnoja 2018: learned temperatures end near 1e-2 to 1e-1"),
}
NONE = 0.1  # x least: not little exploration but none
LEAK_NONE = (1.0, 300.0)
NOISE_KEYS = (
    "exploration_noise",
    "expl_noise",
    "action_noise_std",
    "action_noise_sigma",
    "noise_std",
    "act_noise",
    "exploration_sigma",
)
ENTROPY_KEYS = ("ent_coef", "alpha", "entropy_coefficient", "temperature", "init_temperature", "entropy_coef")
EPSILON_KEYS = ("exploration_initial_eps", "epsilon_start", "start_e", "eps_start")
BY_ALGORITHM = (
    (("td3", "ddpg", "d4pg"), NOISE_KEYS, "noise"),
    (("sac", "redq", "droq"), ENTROPY_KEYS, "temperature"),
    (("dqn", "ddqn", "rainbow"), EPSILON_KEYS, "noise"),
)


def detect(signals: Signals) -> Finding:
    """Compare the configured exploration with the least that explores."""
    algorithm = signals.algorithm.lower()
    for names, keys, limit in BY_ALGORITHM:
        rows = numbers(signals, keys) if algorithm in names else []
        if not rows:
            continue
        row, value = max(rows, key=lambda found: found[1])
        least = THRESHOLDS[limit].value
        values: dict[str, Number] = {"key": row.key, "value": value}
        sentence = f"{row.key} is {value:g} for {algorithm}: {value:g} against {least:g}."
        other = explores_otherwise(signals)
        if value < least and other:
            return META.inconclusive(f"{sentence} But {other} explores by the weights.", evidence=[place(row)])
        if value < least:
            leak = LEAK_NONE if value <= NONE * least else None
            return META.fire(sentence, values=values, evidence=[place(row)], leak=leak)
        return META.pass_(sentence, values=values, evidence=[place(row)])
    return META.not_applicable()
