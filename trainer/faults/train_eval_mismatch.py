"""The evaluation acts on the frames that an episode began with: it never pushes the new ones."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="train-eval-mismatch",
    shows=("train-eval-gap",),
    what="evaluation leaves the stack of frames as it was at the reset",
    base="--total-steps 4500 --evaluation-interval 300 --evaluation-episodes 2",
    edits=(
        Edit(
            "trainer/evaluation.py",
            "            frame, state = layout.split(observation)\n"
            "            stack.push(frame)\n"
            "            episodic_return,",
            "            _, state = layout.split(observation)\n            episodic_return,",
        ),
    ),
)
