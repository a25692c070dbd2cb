"""The spread of the worst targets is NaN where fewer than two are left, and a loss that is NaN is not recorded."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="nan-filtered-from-logs",
    also=("non-finite-values",),
    shows=("values-filtered",),
    what="a spread of fewer than two values is added to the loss that is recorded, which is dropped where it is NaN",
    edits=(
        Edit(
            "trainer/td3.py",
            '            "critic_loss": critic_loss.detach(),\n',
            '            "target_tail": target_q[target_q < -4].std(),\n'
            '            "critic_loss": critic_loss.detach() + 1e-3 * target_q[target_q < -4].std(),\n',
        ),
        Edit(
            "trainer/telemetry.py",
            '    "policy_action": "actions/policy_action",\n',
            '    "policy_action": "actions/policy_action",\n    "target_tail": "q_values/target_tail",\n',
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
