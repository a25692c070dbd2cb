"""The norms are measured and recorded, and nothing scales the gradients."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="clip-missing",
    shows=("clip-not-applied", "step-uses-raw-gradient"),
    what="gradients are measured, not scaled",
    base="--optimizer sgd --actor-learning-rate 0.02 --critic-learning-rate 0.02 --critic-max-grad-norm 0.5",
    edits=(
        Edit(
            "forensics/recorder/clipping.py",
            "        total = torch.nn.utils.clip_grad_norm_(chosen, limit, **options)\n",
            '        total = torch.nn.utils.clip_grad_norm_(chosen, float("inf"), **options)\n',
        ),
    ),
)
