"""The minus before the mean of Q is lost: the actor descends what it should climb."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="wrong-loss-sign",
    shows=("actor-loss-not-minus-q",),
    what="the minus in the actor's loss is left out",
    edits=(
        Edit(
            "trainer/td3.py",
            "        actor_loss = -policy_q.mean()\n",
            "        actor_loss = policy_q.mean()\n",
        ),
    ),
)
