"""A module of a network has a learning rate of its own beside that of the network.

Observes: logged learning rates of an encoder or head, and of the whole network that it belongs to.

Why it matters: an optimizer of its own is what a clip over the first optimizer's parameters leaves out; otherwise it
is an ordinary way to train an encoder.

Evidence: learning rates per optimizer.

How it can be wrong: one optimizer may be logged under two names, or hold the module as a group of its own.

References: PyTorch documentation, torch.optim (per-parameter options); fault catalogue, second-optimizer-bypasses-clip.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Threshold
from forensics.model.meaning import Module, Network, Quantity
from forensics.signals.signals import Signals

META = Meta(
    code="CFG107",
    name="module-with-own-rate",
    fired="A module has a learning rate beside that of its network",
    clear="No module has a learning rate of its own",
    group="optimizers",
    needs=("learning rate of a network",),
    leak=(5, 100),
    leak_reason="encoders are given optimizers of their own on purpose (SAC+AE, DrQ-v2), and few runs log their rates",
    how_to_log='writer.add_scalar("learning_rates/critic_cnn", encoder_optimizer.param_groups[0]["lr"], step)',
)
THRESHOLDS: dict[str, Threshold] = {}


def detect(signals: Signals) -> Finding:
    """Look for a rate of a part beside a rate of the whole."""
    rates = [rate for rate in signals.select(Quantity.LEARNING_RATE) if rate.meaning.network is not Network.NONE]
    if not rates:
        return META.not_applicable()
    whole = {rate.meaning.network: rate for rate in rates if rate.meaning.module is Module.WHOLE}
    parts = [rate for rate in rates if rate.meaning.module is not Module.WHOLE and rate.meaning.network in whole]
    if not parts:
        return META.pass_(
            f"{len(rates)} learning rates, none of a module beside its network.",
            evidence=[rate.ref() for rate in rates],
        )
    part = parts[0]
    other = whole[part.meaning.network]
    return META.fire(
        f"{part.tag} is logged beside {other.tag} from step {part.steps[0]} to {part.steps[-1]} ({len(part)} points): "
        f"{part.values[-1]:.3g} and {other.values[-1]:.3g}.",
        values={"part": float(part.values[-1]), "network": float(other.values[-1])},
        evidence=[part.ref(), other.ref()],
    )
