"""What kind of learner wrote these numbers: one name alone does not tell one from another."""

from __future__ import annotations

from forensics.model.meaning import Network, Quantity, Role
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import words

_OF_AGENTS = (
    Quantity.EPISODIC_RETURN,
    Quantity.EPISODE_LENGTH,
    Quantity.REWARD,
    Quantity.REWARD_COMPONENT,
    Quantity.Q_VALUE,
    Quantity.EXPLAINED_VARIANCE,
    Quantity.CLIP_FRACTION,
)
_OF_POLICY_GRADIENTS = (Quantity.EXPLAINED_VARIANCE, Quantity.CLIP_FRACTION, Quantity.KL)
_ON_POLICY = ("ppo", "a2c", "a3c", "trpo", "appo", "impala", "reinforce", "grpo")
_TOTALS = ("loss", "total loss", "loss total", "total", "losses loss", "train loss", "losses total loss")


def learns_without_reward(signals: Signals) -> bool:
    """Whether a model is trained and nothing of an agent is logged.

    Its entropies, divergences and learning rates mean other things than those of an agent.
    """
    if signals.algorithm or signals.first(Quantity.LOSS, network=Network.MODEL) is None:
        return False
    if any(signals.select(quantity) for quantity in _OF_AGENTS):
        return False
    return signals.first(Quantity.LOSS, network=Network.ACTOR) is None


def learns_on_policy(signals: Signals) -> bool:
    """Whether a policy gradient is known to learn from its own rollouts, where an entropy bonus may well be 0."""
    if signals.algorithm.lower().startswith(_ON_POLICY):
        return True
    if signals.select(Quantity.Q_VALUE) or signals.select(Quantity.LOSS, network=Network.CRITIC):
        return False
    if any(signals.select(quantity) for quantity in _OF_POLICY_GRADIENTS):
        return True
    return signals.first(Quantity.LOSS, network=Network.VALUE) is not None


def explores_by_chance(signals: Signals) -> bool:
    """Whether a rate of random actions is logged, which only learners of Q over discrete actions have."""
    rates = signals.select(Quantity.EXPLORATION_NOISE)
    return any(not {"rate", "epsilon", "eps"}.isdisjoint(words(rate.tag).split()) for rate in rates)


def temporal_difference_losses(signals: Signals) -> list[Signal]:
    """Return the losses of a learner of Q that has no actor, which calls its only loss "loss"; else nothing."""
    if not explores_by_chance(signals) or signals.select(Quantity.LOSS, network=Network.ACTOR):
        return []
    networks = (Network.MODEL, Network.CRITIC)
    return [one for one in signals.select(Quantity.LOSS, network=networks) if one.meaning.role is not Role.VALIDATION]


def policy_divergence(signals: Signals) -> Signal | None:
    """Return the divergence between the old policy and the new one, or None.

    A tag that says `kl` and no more may be the prior's term of an autoencoder or of a world model, or the distance
    from a reference model. Beside the loss of a model it counts only where a policy and a value have losses of their
    own and the model's is the sum of them.
    """
    named = signals.first(Quantity.KL, name="policy")
    if named is not None:
        return named
    models = signals.select(Quantity.LOSS, network=Network.MODEL)
    trained = all(signals.select(Quantity.LOSS, network=network) for network in (Network.ACTOR, Network.VALUE))
    if models and not (trained and all(_is_total(loss) for loss in models)):
        return None
    return signals.first(Quantity.KL)


def _is_total(loss: Signal) -> bool:
    """Whether a loss without a network's name is the sum of what one optimizer minimises."""
    said = words(loss.tag)
    return said in _TOTALS or words(loss.tag.rsplit("/", 1)[-1]) in _TOTALS
