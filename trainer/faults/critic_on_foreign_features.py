"""The critic judges features of an encoder that it never trained on; they are detached, so nothing leaks."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="critic-on-foreign-features",
    shows=("policy-q-off-batch-q",),
    what="the critic judges the features of the actor's encoder, without gradient",
    base="--encoder separate --trunk relu",
    edits=(
        Edit(
            "trainer/td3.py",
            "        features = features.detach()\n        action = self.actor("
            "self._seen(self.actor, self.critic, images, state, features))\n",
            "        features = self._seen(self.actor, self.critic, images, state, features)\n"
            "        action = self.actor(features)\n        features = features.detach()\n",
        ),
    ),
)
