"""The actor's own encoder is built, counted and optimized; what the actor sees comes from the critic's."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="module-unused-in-forward",
    shows=("idle-module-unseen",),
    what="the actor's encoder is never called",
    base="--encoder separate",
    edits=(
        Edit(
            "trainer/td3.py",
            "        if actor.encoder is not None:\n            return actor.encode(images, state)\n",
            "",
        ),
    ),
)
