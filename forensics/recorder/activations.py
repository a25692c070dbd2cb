"""Shares of dead and of saturated units, seen while a watched module computes.

Activations are caught as functions, so that `torch.relu(x)` in a `forward` counts as `nn.ReLU` does. Only calls with
gradients enabled and at least `LEAST` samples count: acting in the environment on one observation says nothing of a
unit. A unit is a feature (the last dimension), or a channel of an image (the second of four dimensions).

Dead: a unit of a ReLU that is 0 for every sample of the batch, its gradient being 0 then (Lu et al. 2019, Dying ReLU).
Saturated: an output of tanh beyond 0.98 in magnitude, or of a sigmoid beyond 0.01 and 0.99, where the slope is under a
twentieth of its largest.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

LEAST = 16
SATURATED = 0.98


class ActivationProbe:
    """Watches one module until it has computed once, then can be asked for the shares."""

    def __init__(self, module: Any) -> None:
        self._dead: list[Any] = []
        self._saturated: list[Any] = []
        self._modes: list[Any] = []
        self._handles = [
            module.register_forward_pre_hook(self._enter),
            module.register_forward_hook(self._leave, always_call=True),
        ]
        self.has_seen = False

    def close(self) -> None:
        """Take the hooks off the module."""
        for handle in self._handles:
            handle.remove()

    def shares(self) -> dict[str, Any]:
        """Return `dead_unit_share` and `saturation_share`, still on the device, where there were such activations."""
        import torch

        found = {}
        for name, seen in (("dead_unit_share", self._dead), ("saturation_share", self._saturated)):
            if seen:
                found[name] = torch.stack([hits for hits, _ in seen]).sum() / sum(size for _, size in seen)
        return found

    def _enter(self, *_: Any) -> None:
        import torch

        if self.has_seen or not torch.is_grad_enabled():
            return
        mode = _watching()(self)
        mode.__enter__()
        self._modes.append(mode)

    def _leave(self, *_: Any) -> None:
        if self._modes:
            self._modes.pop().__exit__(None, None, None)
            self.has_seen = bool(self._dead or self._saturated)

    def see(self, kind: str, out: Any) -> None:
        """Count one activation's output."""
        out = out.detach()
        if out.dim() < 2 or out.shape[0] < LEAST:
            return
        if kind == "relu":
            units = out.movedim(1, -1) if out.dim() == 4 else out
            alive = (units > 0).flatten(0, -2).any(dim=0)
            self._dead.append(((~alive).sum(), alive.numel()))
        else:
            swing = out if kind == "tanh" else 2 * out - 1
            self._saturated.append(((swing.abs() > SATURATED).sum(), out.numel()))


@lru_cache(maxsize=1)
def _watching() -> Any:
    """Return the class of the function mode, made once torch is wanted."""
    import torch
    from torch.nn import functional
    from torch.overrides import TorchFunctionMode

    kinds = dict.fromkeys((torch.relu, torch.relu_, torch.Tensor.relu, torch.Tensor.relu_, functional.relu), "relu")
    kinds |= dict.fromkeys((torch.tanh, torch.tanh_, torch.Tensor.tanh, torch.Tensor.tanh_, functional.tanh), "tanh")
    kinds |= dict.fromkeys((torch.sigmoid, torch.sigmoid_, torch.Tensor.sigmoid, functional.sigmoid), "sigmoid")

    class Watching(TorchFunctionMode):
        """Shows each activation's output to a probe."""

        def __init__(self, probe: ActivationProbe) -> None:
            super().__init__()
            self._probe = probe

        def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
            out = func(*args, **(kwargs or {}))
            kind = kinds.get(func)
            if kind is not None:
                try:
                    self._probe.see(kind, out)
                except Exception:  # an odd shape costs this measurement, not the forward pass
                    return out
            return out

    return Watching
