"""The recorded norm after the clip is the sum of the tensors' norms, where the limit holds for the norm of norms."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="sum-of-norms-metric",
    shows=("sum-of-norms",),
    what="norms after the clip are summed",
    base="--critic-max-grad-norm 0.5 --actor-max-grad-norm 0.1",
    edits=(
        Edit(
            "forensics/recorder/gradients.py",
            "        post = _total(second.get(place, 0.0) for place in places)\n",
            "        post = sum(second.get(place, 0.0) for place in places)\n",
        ),
    ),
)
