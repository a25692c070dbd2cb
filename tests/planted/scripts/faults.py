"""Mistakes in the training scripts: edits of their source and flags, by strength."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ScriptFault:
    """One mistake; `edits` replace text that stands once in the script, for both strengths or (mild, strong)."""

    script: str
    edits: tuple[tuple[str, str | tuple[str, str]], ...] = ()
    flags: tuple[str, str] = ("", "")
    base: str = ""
    """Flags that the run and its healthy twin share."""
    also: tuple[str, ...] = ()

    @property
    def scaled(self) -> bool:
        """Whether mild and strong differ."""
        return self.flags[0] != self.flags[1] or any(isinstance(after, tuple) for _, after in self.edits)


_LOSS = "            loss = F.cross_entropy(logits.float(), labels)\n"
_ZERO = "        optimizer.zero_grad()\n"
_BUILT = "    model = Classifier(args.classes)\n"

SCRIPT_FAULTS: dict[str, ScriptFault] = {
    "loss-plateau": ScriptFault(
        "classify",
        edits=(
            (
                "images, labels = train_x[rows], train_y[rows]",
                (
                    "images, labels = train_x[rows], train_y[rows.roll(1)]",
                    "images, labels = train_x[rows], torch.randint(args.classes, rows.shape)",
                ),
            ),
        ),
    ),
    "amp-skips-steps": ScriptFault(
        "classify",
        base="--amp",
        edits=(
            (
                _LOSS,
                tuple(  # type: ignore[arg-type]
                    f"{_LOSS}            pairs = torch.randint(args.batch_size, ({count},))\n"
                    f"            apart = (logits[:{count}] - logits[pairs]).float().pow(2).sum(1).sqrt()\n"
                    "            loss = loss + 1e-3 * apart.mean()\n"
                    for count in (4, 64)
                ),
            ),
        ),
    ),
    "clip-before-unscale": ScriptFault(
        "classify",
        also=("loss-plateau",),  # without Adam the steps are too small to learn anything
        base="--amp",
        flags=("--optimizer adam --lr 0.001", ""),
        edits=(("        scaler.unscale_(optimizer)\n", ""),),
    ),
    "gradients-not-zeroed": ScriptFault(
        "classify",
        edits=((_ZERO, (f"        if step % 100 == 1:\n    {_ZERO}", "")),),
        flags=("--max-grad-norm 1e9", "--max-grad-norm 1e9"),
    ),
    "module-unused-in-forward": ScriptFault(
        "classify",
        edits=(
            ("        context = self.context(images.flatten(1))\n", "        context = images.flatten(1)[:, :32]\n"),
        ),
    ),
    "parameters-frozen": ScriptFault(
        "classify",
        edits=(
            (
                _BUILT,
                (
                    f"{_BUILT}    model.features.requires_grad_(False)\n",
                    f"{_BUILT}    for part in (model.features, model.hidden, model.context):\n"
                    "        part.requires_grad_(False)\n",
                ),
            ),
        ),
    ),
    "dead-units": ScriptFault(
        "classify",
        edits=(
            (
                _BUILT,
                (
                    f"{_BUILT}    nn.init.constant_(model.hidden[0].bias, -3.0)\n",
                    f"{_BUILT}    nn.init.constant_(model.hidden[0].bias, -30.0)\n",
                ),
            ),
        ),
    ),
    "learning-rate-too-high": ScriptFault(
        "classify", flags=("--lr 0.5 --max-grad-norm 1e9", "--lr 5 --max-grad-norm 1e9")
    ),
    "nan-filtered-from-logs": ScriptFault(
        "classify",
        also=("non-finite-values",),
        edits=(
            (_LOSS, _LOSS.replace("logits.float()", "logits.float() / (1 - step / 600)")),
            (
                '            writer.add_scalar("train/loss", loss.item(), step)\n',
                (
                    "            shown = loss.item() if torch.isfinite(loss) else shown\n"
                    '            writer.add_scalar("train/loss", shown, step)\n',
                    "            if torch.isfinite(loss):\n"
                    '                writer.add_scalar("train/loss", loss.item(), step)\n',
                ),
            ),
        ),
    ),
    "q-divergence-offline": ScriptFault(
        "offline_td3",
        flags=("--bc-weight 0", "--bc-weight 0 --alpha 0"),
        edits=(
            (
                "scale = args.alpha / policy_q.abs().mean().detach()",
                "scale = args.alpha / policy_q.abs().mean().detach() if args.alpha else 1.0",
            ),
        ),
    ),
}
