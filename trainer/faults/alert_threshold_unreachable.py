"""An alert on the critic's gradient looks at the norm after the clip, and its threshold lies above the clip's limit."""

from trainer.planting.fault import Edit, Fault

FAULT = Fault(
    cause="alert-threshold-unreachable",
    shows=("alert-cannot-fire",),
    what="the alert compares the clipped norm with twice its limit",
    edits=(
        Edit(
            "trainer/config.py",
            '    """Limit of the total gradient norm of the critic, its encoder included; inf: no clip."""\n',
            '    """Limit of the total gradient norm of the critic, its encoder included; inf: no clip."""\n'
            "    gradient_explosion_limit: float = 20.0\n"
            '    """Gradient norm of the critic from which on an explosion is recorded."""\n',
        ),
        Edit(
            "trainer/td3.py",
            "        self.critic_optimizer.step()\n        return metrics, images, features\n",
            "        self.critic_optimizer.step()\n"
            "        norm = torch.nn.utils.get_total_norm([p.grad for p in self.critic.parameters()])\n"
            "        is_large = norm > self.config.algorithm.gradient_explosion_limit\n"
            '        metrics["critic_gradient_explosion"] = is_large.float()\n'
            "        return metrics, images, features\n",
        ),
        Edit(
            "trainer/telemetry.py",
            '    "policy_action": "actions/policy_action",\n',
            '    "policy_action": "actions/policy_action",\n'
            '    "critic_gradient_explosion": "alerts/critic_gradient_explosion",\n',
        ),
    ),
)
