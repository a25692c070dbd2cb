"""Which gradient norms there are, and which parameters belong to them."""

from __future__ import annotations

from forensics.model.meaning import Module, Network, Quantity, Reduction, Role, Statistic
from forensics.signals.signals import Signal, Signals
from forensics.signals.vocabulary import words

NORMS = (Reduction.UNKNOWN, Reduction.L2, Reduction.SUM_OF_L2)
HOW_TO_LOG_NORMS = (
    "norm = torch.stack([p.grad.norm() for p in actor.mlp.parameters()]).norm(); "
    'writer.add_scalar("gradients/actor_mlp_norm", norm, step)  # after backward(), before step(); a line a module'
)

# What is said of any part of a model; the rest of a tag is the part's own name.
_OF_ANY_PART = frozenset(
    "grad grads gradient gradients norm norms l2 param params parameter parameters weight weights bias update updates "
    "ratio ratios share fraction rate dead dormant saturated saturation unit units activation activations mean std max "
    "min abs total global all model net network train training debug stats per layer layers of the".split()
)


def part_of(signal: Signal) -> tuple[str, str]:
    """Return what tells one part from another: network and module, or the part's own words where no network is known.

    Layers of a person's own model carry names that no vocabulary holds: grad_norm/features and param_norm/features
    belong together, update_ratio/head does not. A tag of the whole model has no words of its own.
    """
    if signal.meaning.network is not Network.NONE:
        return signal.meaning.network.value, signal.meaning.module.value
    return Network.NONE.value, " ".join(word for word in words(signal.tag).split() if word not in _OF_ANY_PART)


def gradient_norms(signals: Signals, least: int = 5) -> list[Signal]:
    """Return the gradient norms of trained networks that have at least `least` points."""
    norms = signals.select(Quantity.GRADIENT_NORM, reduction=NORMS)
    return [norm for norm in norms if norm.meaning.role is not Role.TARGET and len(norm) >= least]


def parameters_of(signals: Signals, norm: Signal) -> Signal | None:
    """Return the statistic of the parameters that a gradient norm belongs to, or None where none is logged.

    A tag without a module's name covers the head where the network's CNN is logged apart from it.
    """
    known = signals.select(
        Quantity.PARAMETER, network=norm.meaning.network, statistic=(Statistic.STD, Statistic.NORM, Statistic.MEAN)
    )
    known = [parameter for parameter in known if parameter.meaning.role is not Role.TARGET]
    if norm.meaning.network is Network.NONE:
        named = [parameter for parameter in known if part_of(parameter) == part_of(norm)]
        return max(named, key=len, default=None)
    modules = {parameter.meaning.module for parameter in known}
    wanted = norm.meaning.module
    if wanted not in modules and wanted is Module.MLP and Module.CNN in modules:
        wanted = Module.WHOLE
    own = [parameter for parameter in known if parameter.meaning.module is wanted]
    return max(own, key=lambda parameter: (parameter.meaning.statistic is Statistic.STD, len(parameter)), default=None)


def part_name(signal: Signal) -> str:
    """Return "actor MLP", "critic" or the like."""
    if signal.meaning.network is Network.NONE:
        return part_of(signal)[1] or "model"
    network = signal.meaning.network.value
    module = {Module.CNN: " CNN", Module.MLP: " MLP", Module.LAYER: " layer"}.get(signal.meaning.module, "")
    return network + module


def moving_share(parameter: Signal) -> float:
    """Return the share of consecutive points at which the parameter statistic changed at all."""
    values = parameter.values
    return float((values[1:] != values[:-1]).mean()) if len(values) > 1 else 0.0
