"""The target takes the larger of the two estimates, and the errors feed on themselves."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="q-overestimation",
    shows=("q-overestimates-both",),
    what="the target is the larger of the two Q values",
    edits=(
        Edit(
            "trainer/td3.py",
            "            target_q: Tensor = batch.n_step_reward + batch.discount * torch.min(q1, q2).float()\n",
            "            target_q: Tensor = batch.n_step_reward + batch.discount * torch.max(q1, q2).float()\n",
        ),
    ),
)
