"""What is recorded of the actor's loss is the sum over the batch; what is minimised is the mean."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="wrong-reduction",
    shows=("actor-loss-not-minus-q",),
    what="the actor's loss is recorded as a sum",
    edits=(
        Edit(
            "trainer/td3.py",
            '            "actor_loss": actor_loss.detach(),\n',
            '            "actor_loss": -policy_q.detach().sum(),\n',
        ),
    ),
)
