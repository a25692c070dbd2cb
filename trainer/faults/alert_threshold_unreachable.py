"""An alert on the critic's gradient looks at the norm after the clip, and its limit lies far above the clip's."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="alert-threshold-unreachable",
    shows=("alert-cannot-fire",),
    what="the alert compares the clipped norm with a thousand times its limit",
    edits=(
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer.step()\n        return metrics, images, features\n",
            "        self.critic_optimizer.step()\n"
            "        norm = torch.nn.utils.get_total_norm([p.grad for p in self.critic.parameters()])\n"
            '        metrics["critic_gradient_explosion"] = (norm > ALERT_NORM).float()\n'
            "        return metrics, images, features\n",
        ),
        Edit(
            "trainer/td3.py",
            "Metrics = dict[str, Tensor]\n",
            "Metrics = dict[str, Tensor]\nALERT_NORM = 1e4\n",
        ),
        Edit(
            "trainer/telemetry.py",
            '    "policy_action": "actions/policy_action",\n',
            '    "policy_action": "actions/policy_action",\n'
            '    "critic_gradient_explosion": "alerts/critic_gradient_explosion",\n',
        ),
    ),
)
