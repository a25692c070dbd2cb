"""The norm before the clip is recorded under the name of the norm after it.

This is what one gets from recording the return value of `clip_grad_norm_` as the clipped norm.
"""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="pre-clip-norm-named-post-clip",
    shows=("clip-exceeded",),
    what="the norms before the clip are recorded as those after it too",
    base="--optimizer sgd --actor-learning-rate 0.02 --critic-learning-rate 0.02 --critic-max-grad-norm 0.5",
    edits=(
        Edit(
            "forensics/recorder/clipping.py",
            "        before = self._measure(chosen, name, is_due)\n"
            "        total = torch.nn.utils.clip_grad_norm_(chosen, limit, **options)\n"
            "        if before is not None:\n"
            "            self._measure_again(name, float(limit), *before)\n",
            "        before = self._measure(chosen, name, is_due)\n"
            "        if before is not None:\n"
            "            self._measure_again(name, float(limit), *before)\n"
            "        total = torch.nn.utils.clip_grad_norm_(chosen, limit, **options)\n",
        ),
    ),
)
