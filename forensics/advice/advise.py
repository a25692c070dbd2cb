"""Which lines would supply what a run lacks: in its own framework, for its own kind of learner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from forensics.advice.block import Block, compose, frameworks, measurable
from forensics.advice.measurements import table
from forensics.model.diagnosis import Advice, Measured
from forensics.model.finding import Finding, Status
from forensics.model.meaning import Network, Quantity
from forensics.signals.learner import explores_by_chance, learns_on_policy, learns_without_reward
from forensics.signals.signals import Signals

PLAIN, RECORDER = "pytorch", "recorder"
MODEL, ACTOR_CRITIC, POLICY_GRADIENT, Q_LEARNING = "model", "actor-critic", "policy-gradient", "q-learning"
_Q_LEARNERS = ("dqn", "c51", "rainbow", "iqn", "qr", "qdagger", "qlearning", "q-learning", "double", "duel", "apex")
# Settings that only one kind of learner has, by the last part of their keys.
_SETTINGS = {
    Q_LEARNING: {
        "epsilon", "eps", "epsilon_start", "eps_start", "start_e", "epsilon_end", "eps_end", "end_e", "epsilon_min",
        "eps_min", "epsilon_decay", "eps_decay", "exploration_fraction", "exploration_final_eps", "double_q", "dueling",
    },
    POLICY_GRADIENT: {
        "gae_lambda", "clip_range", "clip_coef", "clip_param", "eps_clip", "ppo_epochs", "ppo_epoch", "update_epochs",
        "num_minibatches", "vf_coef", "value_loss_coef",
    },
    ACTOR_CRITIC: {
        "policy_noise", "policy_freq", "policy_delay", "policy_frequency", "actor_lr", "critic_lr", "lr_actor",
        "lr_critic", "critic_target_tau", "target_policy_noise", "noise_clip", "twin_q",
    },
}  # fmt: skip
_OF_AGENTS = frozenset(
    {
        Quantity.EPISODIC_RETURN,
        Quantity.EPISODE_LENGTH,
        Quantity.REWARD,
        Quantity.REWARD_COMPONENT,
        Quantity.Q_VALUE,
        Quantity.BUFFER_SIZE,
        Quantity.DONE_SHARE,
        Quantity.EXPLORATION_NOISE,
    }
)
_AGENTS_NETWORKS = frozenset({Network.ACTOR, Network.CRITIC, Network.VALUE})


def dialect(signals: Signals) -> tuple[str, str]:
    """Return framework and learner of the template for this run: its own, or plain PyTorch where there is none."""
    learner = _learner(signals)
    framework = signals.framework
    if framework not in frameworks():
        recorded = signals.run.manifest is not None and bool(signals.run.manifest.metrics)
        framework = RECORDER if recorded else PLAIN
    return (framework if learner in frameworks()[framework] else PLAIN), learner


def with_own_lines(findings: Sequence[Finding], signals: Signals) -> list[Finding]:
    """Return the findings, those that lack evidence with the lines of the run's framework that would supply it.

    Where the learner has no such thing (a classifier has no episodes) there is nothing to log. An observation that
    the table does not know keeps the line of its detector.
    """
    framework, learner = dialect(signals)
    block = _everything(framework, learner)
    known, found = table().observation, []
    for item in findings:
        if item.status is Status.NOT_APPLICABLE and (item.name in known or item.name in table().never[learner]):
            lines = [text for name in _missing(item, signals, framework, learner) if (text := block.lines(name))]
            item = msgspec.structs.replace(item, how_to_log="\n".join(dict.fromkeys(lines)))
        found.append(item)
    return found


def advice(findings: Sequence[Finding], signals: Signals, teaches: Mapping[str, float]) -> Advice | None:
    """Return one block that supplies all that is missing, and what each part of it is for; None if nothing is missing.

    `teaches` is the expected information of an observation about the causes still open, in nats, by its name. A
    measurement is worth what the most telling of its observations is; of equals, what serves more comes first.
    """
    framework, learner = dialect(signals)
    serves: dict[str, list[Finding]] = {}
    for item in findings:
        if item.status is Status.NOT_APPLICABLE:
            for name in _missing(item, signals, framework, learner):
                if not table().measurement[name].is_logged(signals):
                    serves.setdefault(name, []).append(item)
    if not serves:
        return None
    nats = {name: max(teaches.get(item.name, 0.0) for item in served) for name, served in serves.items()}
    order = list(table().measurement)
    wanted = sorted(serves, key=lambda name: (-nats[name], -len(serves[name]), order.index(name)))
    block = compose(framework, learner, wanted)
    return Advice(
        framework=framework,
        learner=learner,
        block=block.code,
        measurements=[
            Measured(
                name=name,
                what=table().measurement[name].what,
                nats=round(nats[name], 4),
                observations=[item.code for item in serves[name]],
                lines=[list(span) for span in block.spans.get(name, [])],
                code=block.lines(name),
            )
            for name in wanted
        ],
    )


def _missing(item: Finding, signals: Signals, framework: str, learner: str) -> list[str]:
    """Return the measurements that an observation wants for: what is not logged, or all where points are too few."""
    if item.name in table().never[learner]:
        return []
    known, can = table().measurement, measurable(framework, learner)
    needs = [name for name in table().observation.get(item.name, ()) if name in can and known[name].exists_in(signals)]
    absent = [name for name in needs if not known[name].is_logged(signals)]
    return absent or needs


def _everything(framework: str, learner: str) -> Block:
    return compose(framework, learner, [name for name in table().measurement if name in measurable(framework, learner)])


def _learner(signals: Signals) -> str:
    """Return what kind of learner wrote these numbers: named, or told by the quantities that only it logs."""
    algorithm = signals.algorithm.lower()
    if algorithm.startswith(_Q_LEARNERS) or (not algorithm and explores_by_chance(signals)):
        return Q_LEARNING
    if learns_without_reward(signals) or not (algorithm or _has_an_agent(signals)):
        return MODEL
    if learns_on_policy(signals):
        return POLICY_GRADIENT
    told = _told_by_settings(signals) if not algorithm else set()
    return told.pop() if len(told) == 1 else ACTOR_CRITIC


def _told_by_settings(signals: Signals) -> set[str]:
    """Return the kinds of learner that the configuration has settings of: a script for several has those of all."""
    keys = {row.key.rpartition(".")[2].lower() for row in signals.run.config}
    return {learner for learner, names in _SETTINGS.items() if keys & names}


def _has_an_agent(signals: Signals) -> bool:
    meanings = [signal.meaning for signal in signals.signals]
    return any(each.quantity in _OF_AGENTS or each.network in _AGENTS_NETWORKS for each in meanings)
