"""Pixels reach the encoder as they are stored, 0 to 255."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="observation-unnormalised",
    shows=("observation-range",),
    what="pixels are not scaled",
    edits=(
        Edit(
            "trainer/encoder.py",
            "    return out.copy_(ordered).div_(255.0).sub_(0.5)\n",
            "    return out.copy_(ordered)\n",
        ),
    ),
)
