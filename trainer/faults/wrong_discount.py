"""A discount that somebody tried and left in the code: with 0.03 the critic sees hardly beyond the next reward.

With a strength of 1 the values of episodes that a limit cuts off have no bound.
"""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="wrong-discount",
    shows=("discount-mismatch",),
    what="a step is discounted by STRENGTH",
    strength="0.03",
    edits=(
        Edit(
            "trainer/ring.py",
            "        discount = np.full(len(positions), gamma)\n",
            "        discount = np.full(len(positions), STRENGTH)\n",
        ),
    ),
)
