"""The target networks are never updated: the critic regresses on the values of random networks."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="target-network-frozen",
    shows=("target-stands-still",),
    what="the update of the targets is left out",
    edits=(
        Edit(
            "trainer/td3.py",
            "                metrics |= self.update_actor(images, batch.state, features)\n"
            "            self.update_targets()\n",
            "                metrics |= self.update_actor(images, batch.state, features)\n",
        ),
    ),
)
