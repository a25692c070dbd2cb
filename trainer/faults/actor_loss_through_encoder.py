"""The actor's loss runs through the observation encoder: the critic judges what the actor's own encoder sees.

An encoder that can move Q directly needs no action: its gradient drives Q up, and the actor's head saturates.
The features are unbounded (trunk relu), so that Q is not bounded either; the critic was trained on no such features,
so `critic-on-foreign-features` is true as well.
"""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="actor-loss-through-encoder",
    also=("critic-on-foreign-features",),
    shows=("gradient-path-contradiction", "policy-q-power-law"),
    what="the critic judges the features of the actor's encoder, with gradient",
    base="--encoder separate --trunk relu",
    edits=(
        Edit(
            "trainer/td3.py",
            "        features = features.detach()\n        action = self.actor("
            "self._seen(self.actor, self.critic, images, state, features))\n",
            "        features = self._seen(self.actor, self.critic, images, state, features)\n"
            "        action = self.actor(features)\n",
        ),
    ),
)
