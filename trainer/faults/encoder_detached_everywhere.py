"""The shared encoder is detached from the critic's loss as well as from the actor's: nothing trains it."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="encoder-detached-everywhere",
    shows=("encoder-never-trained", "parameters-frozen"),
    what="the features are detached in the critic's loss too",
    edits=(
        Edit(
            "trainer/td3.py",
            "        features = self.critic.encode(images, state)\n",
            "        features = self.critic.encode(images, state).detach()\n",
        ),
    ),
)
