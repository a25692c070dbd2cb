"""The learning rate is far above what an adaptive optimizer takes in deep reinforcement learning.

Observes: the largest logged or configured learning rate of an RL run; of a supervised one where Adam is named, the
rate is five times as high and the model answers the same whatever it sees.

Why it matters: Adam moves every parameter by about the learning rate in each update whatever the gradient is; at
0.03 a weight of ordinary size is replaced within ten updates.

Evidence: a learning rate in the log or in the configuration of a run with returns, Q values or a policy; else also
the name of the optimizer (as Lightning's LearningRateMonitor logs it: lr-Adam), a held-out accuracy and a loss.

How it can be wrong: SGD, evolution strategies and tabular methods take larger rates (left out where the
configuration names them); the temperature of SAC may have a rate of its own.

References: Andrychowicz 2020, "What matters in on-policy RL" (arXiv 2006.05990: best near 3e-4, steep loss above
1e-3); rl-zoo3's tuned hyperparameters (1e-5 to 1e-2 for all of PPO, A2C, DQN, SAC, TD3); Kingma and Ba 2015.
"""

from __future__ import annotations

from forensics.detectors.config.lookup import LEARNING_RATE_KEYS, numbers, place
from forensics.detectors.episodes.return_rises import learned_its_task
from forensics.detectors.losses import answers_ignore_input
from forensics.detectors.meta import Meta
from forensics.model.evidence import EvidenceRef
from forensics.model.finding import Finding, Number, Status, Threshold
from forensics.model.meaning import Network, Quantity
from forensics.signals.learner import learns_without_reward
from forensics.signals.robust import finite
from forensics.signals.signals import Signals
from forensics.signals.vocabulary import words

META = Meta(
    code="CFG102",
    name="learning-rate-out-of-range",
    fired="The learning rate is far too high",
    clear="The learning rate is of ordinary size",
    group="learning-rate",
    needs=("learning rate of a reinforcement-learning run, logged or configured",),
    leak=(1, 200),
    leak_reason="No tuned configuration of rl-zoo3 for these algorithms exceeds the limit.",
    how_to_log='writer.add_scalar("train/learning_rate", optimizer.param_groups[0]["lr"], env_step)',
)
THRESHOLDS = {
    "high": Threshold(
        1e-2,
        "per update",
        "rl-zoo3: no tuned PPO, A2C, DQN, SAC or TD3 configuration lies above; defaults 1e-4 to 1e-3",
    )
}
FAR = 5.0  # x limit: no method with Adam is run there on purpose
LEAK_FAR = (1.0, 1000.0)
LEAK_OF_LEARNED = (10.0, 100.0)  # an agent that learned its task had a rate that suits its optimizer, whatever that is
OTHER_OPTIMIZERS = ("sgd", "momentum", "lion", "muon", "ars", "openaies", "cma", "tabular", "lbfgs")
ADAM = frozenset({"adam", "adamw", "nadam", "radam", "adamax"})
LEARNERS = (Quantity.Q_VALUE, Quantity.EPISODIC_RETURN, Quantity.KL, Quantity.ENTROPY, Quantity.REWARD)
ALGORITHMS = ("td3", "ddpg", "sac", "dqn", "ppo", "a2c", "impala", "cql", "iql")


def detect(signals: Signals) -> Finding:
    """Compare the largest learning rate with the limit."""
    agent = _is_agent(signals)
    if not agent and not (_names_adam(signals) and answers_ignore_input.detect(signals).status is Status.FIRED):
        return META.not_applicable("returns, Q values or policy of a reinforcement-learning run")
    rates: list[tuple[float, str, EvidenceRef]] = [
        (float(finite(one.values).max()), one.tag, one.ref())
        for one in signals.select(Quantity.LEARNING_RATE)
        if one.meaning.network is not Network.TEMPERATURE and len(finite(one.values))
    ]
    rates += [(value, row.key, place(row)) for row, value in numbers(signals, LEARNING_RATE_KEYS)]
    if not rates:
        return META.not_applicable("learning rate in the log or in the configuration")
    rate, name, where = max(rates, key=lambda found: found[0])
    limit = THRESHOLDS["high"].value * (1.0 if agent else FAR)
    values: dict[str, Number] = {"learning_rate": rate, "name": name}
    sentence = f"{name} is {rate:.3g} at most: {rate:.3g} against {limit:g}."
    other = _other_optimizer(signals)
    if rate > limit and other:
        return META.inconclusive(f"{sentence} The configuration names {other}.", values=values, evidence=[where])
    if rate > limit:
        leak = LEAK_FAR if rate >= FAR * THRESHOLDS["high"].value else None
        leak = LEAK_OF_LEARNED if learned_its_task(signals) else leak
        return META.fire(sentence, values=values, evidence=[where], onset=where.first_step, leak=leak)
    return META.pass_(sentence, values=values, evidence=[where])


def _names_adam(signals: Signals) -> bool:
    """Whether an optimizer whose steps are as large as its rate is named by a tag or by the configuration."""
    tags = [one.tag for one in signals.select(Quantity.LEARNING_RATE)]
    rows = [row for row in signals.run.config if "optim" in row.key.lower() and isinstance(row.value, str)]
    return any(ADAM & set(words(text).split()) for text in [*tags, *(row.value for row in rows)])


def _is_agent(signals: Signals) -> bool:
    """Whether an agent learns here: supervised training takes larger rates (SGD with 0.1)."""
    if signals.algorithm.lower().startswith(ALGORITHMS):
        return True
    if learns_without_reward(signals):
        return False
    return any(signals.select(quantity) for quantity in LEARNERS)


def _other_optimizer(signals: Signals) -> str:
    """Return the optimizer or method for which a large rate is ordinary, if the configuration names one."""
    if signals.algorithm.lower() in OTHER_OPTIMIZERS:
        return signals.algorithm
    for row in signals.run.config:
        named = any(word in row.key.lower() for word in ("optim", "algo"))
        if named and isinstance(row.value, str) and any(word in row.value.lower() for word in OTHER_OPTIMIZERS):
            return row.value
    return ""
