"""The returns are discounted by 1 - gamma: the critic sees hardly beyond the next reward."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="wrong-discount",
    shows=("discount-mismatch",),
    what="a step is discounted by 1 - gamma",
    edits=(
        Edit(
            "trainer/ring.py",
            "        discount = np.full(len(positions), gamma)\n",
            "        discount = np.full(len(positions), 1 - gamma)\n",
        ),
    ),
)
