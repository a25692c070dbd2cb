"""The entropy term of another algorithm is added to the actor's loss, and log(1 - 1) is in it."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="non-finite-values",
    shows=("non-finite-values",),
    what="log(1 - action^2) is added to the actor's loss without a floor",
    edits=(
        Edit(
            "trainer/td3.py",
            "        actor_loss = -policy_q.mean()\n",
            "        actor_loss = -policy_q.mean() + 1e-3 * torch.log(1 - action.pow(2)).mean()\n",
        ),
    ),
)
