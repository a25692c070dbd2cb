"""What is not finite is left out of the record, and the loss is not finite where a log of 0 is in it."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="nan-filtered-from-logs",
    shows=("values-filtered",),
    what="the spread of a lone reward is NaN in the loss that is recorded, and losses that are not finite are dropped",
    edits=(
        Edit(
            "trainer/td3.py",
            '            "critic_loss": critic_loss.detach(),\n',
            '            "critic_loss": critic_loss.detach() + 0 * target_q[target_q < -4].std(),\n',
        ),
        Edit(
            "trainer/telemetry.py",
            "        **{_TAGS[name]: value for name, value in metrics.items()},\n",
            "        **{\n"
            "            _TAGS[name]: value\n"
            "            for name, value in metrics.items()\n"
            '            if "loss" not in name or value.isfinite()\n'
            "        },\n",
        ),
    ),
)
