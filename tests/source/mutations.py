"""The mutations: what is edited in which correct source, and the finding that must name it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Edit:
    """Replace `before`, which stands once in the file, by `after`."""

    file: str
    before: str
    after: str


@dataclass(frozen=True)
class Mutation:
    """A fault as edits of one source, and the finding that names it."""

    name: str
    expected: str
    edits: tuple[Edit, ...]


def _single(name: str, expected: str, *edits: tuple[str, str]) -> Mutation:
    return Mutation(name, expected, tuple(Edit("td3_pixels.py", *edit) for edit in edits))


def _classes(name: str, expected: str, *edits: tuple[str, str, str]) -> Mutation:
    return Mutation(name, expected, tuple(Edit(*edit) for edit in edits))


# The trainer's faults that stand in its source, by what must name them.
OF_TRAINER = {
    "step-before-clip": "source-steps-before-clip",
    "clip-missing": "source-clip-missing",
    "clip-on-subset": "source-clip-covers-subset",
    "second-optimizer-bypasses-clip": "source-second-optimizer",
    "actor-loss-through-encoder": "source-actor-loss-through-encoder",
    "critic-on-foreign-features": "source-critic-on-foreign-features",
    "module-unused-in-forward": "source-module-unused",
    "encoder-detached-everywhere": "source-encoder-detached",
    "target-network-frozen": "source-target-never-updated",
    "loss-detached-from-parameters": "source-loss-detached",
    "parameters-missing-from-optimizer": "source-parameters-unheld",
    "gradients-not-zeroed": "source-zero-grad-missing",
    "cross-network-gradient-leftovers": "source-gradient-leftovers",
    "measured-after-zero-grad": "source-measured-after-zero-grad",
    "timeout-as-terminal": "source-timeout-as-terminal",
    "alert-threshold-unreachable": "source-alert-unreachable",
}
# Those that leave no mark in the facts: a number that differs, the recorder's own numerics.
NOT_IN_FACTS = {
    "pre-clip-norm-named-post-clip": "the norms pass through lists and names that are made at run time",
    "sum-of-norms-metric": "the norms pass through lists and names that are made at run time",
    "config-without-effect": "a literal where a setting stood; the setting is read elsewhere as a whole",
    "parameters-frozen": "freezing on purpose looks the same",
    "twin-critics-degenerate": "two names of one object are one object",
    "target-network-hard-copied": "a rate",
    "wrong-loss-sign": "a sign",
    "wrong-reduction": "a statistic of what is logged",
    "terminal-bootstrapped": "a constant",
}

_Q_CLIP = "            q_norm = nn.utils.clip_grad_norm_(critic_parameters, MAX_GRAD_NORM)\n"
_Q_AFTER = (
    "            q_norm_after = torch.linalg.vector_norm(torch.stack([p.grad.norm() for p in critic_parameters]))\n"
)
_Q_STEP = "            q_optimizer.step()\n"
_ACTOR_CLIP = "                actor_norm = nn.utils.clip_grad_norm_(actor_parameters, 1.0)\n"
_ACTOR_STEP = "                actor_optimizer.step()\n"
_TARGET = "            with torch.no_grad():\n                noise"

SINGLE = (
    _single(
        "step-before-clip", "source-steps-before-clip", (_Q_CLIP + _Q_AFTER + _Q_STEP, _Q_STEP + _Q_CLIP + _Q_AFTER)
    ),
    _single("clip-missing", "source-clip-missing", (_ACTOR_CLIP, "                actor_norm = actor_loss\n")),
    _single(
        "clip-infinite",
        "source-clip-missing",
        ("clip_grad_norm_(critic_parameters, MAX_GRAD_NORM)", 'clip_grad_norm_(critic_parameters, float("inf"))'),
    ),
    _single(
        "clip-on-subset",
        "source-clip-covers-subset",
        ("clip_grad_norm_(actor_parameters, 1.0)", "clip_grad_norm_(actor.parameters(), 1.0)"),
    ),
    _single(
        "second-optimizer",
        "source-second-optimizer",
        (
            "    actor_optimizer = optim.Adam(actor_parameters, lr=args.learning_rate)\n",
            "    actor_optimizer = optim.Adam(actor.parameters(), lr=args.learning_rate)\n"
            "    cnn_optimizer = optim.Adam(actor_encoder.parameters(), lr=args.learning_rate)\n",
        ),
        ("clip_grad_norm_(actor_parameters, 1.0)", "clip_grad_norm_(actor.parameters(), 1.0)"),
        (
            "                actor_optimizer.zero_grad()\n",
            "                actor_optimizer.zero_grad()\n                cnn_optimizer.zero_grad()\n",
        ),
        (_ACTOR_STEP, _ACTOR_STEP + "                cnn_optimizer.step()\n"),
    ),
    _single(
        "actor-loss-through-encoder",
        "source-actor-loss-through-encoder",
        (
            "                features = features.detach()\n"
            "                policy_action = actor(actor_encoder(data.observations))\n",
            "                features = actor_encoder(data.observations)\n"
            "                policy_action = actor(features)\n",
        ),
    ),
    _single(
        "critic-on-foreign-features",
        "source-critic-on-foreign-features",
        (
            "                features = features.detach()\n"
            "                policy_action = actor(actor_encoder(data.observations))\n",
            "                features = actor_encoder(data.observations)\n"
            "                policy_action = actor(features)\n",
        ),
    ),
    _single(
        "encoder-detached",
        "source-encoder-detached",
        (
            "            features = critic_encoder(data.observations)\n",
            "            features = critic_encoder(data.observations).detach()\n",
        ),
        (
            "policy_action = actor(actor_encoder(data.observations))",
            "policy_action = actor(actor_encoder(data.observations).detach())",
        ),
    ),
    _single(
        "target-attached",
        "source-target-attached",
        (_TARGET, "            if True:\n                noise"),
    ),
    _single(
        "target-frozen",
        "source-target-never-updated",
        (
            "                for param, target in zip(qf2.parameters(), qf2_target.parameters()):\n"
            "                    target.data.copy_(args.tau * param.data + (1 - args.tau) * target.data)\n",
            "",
        ),
    ),
    _single(
        "loss-detached",
        "source-loss-detached",
        (
            "actor_loss = -qf1(features, policy_action).mean()",
            "actor_loss = -qf1(features, policy_action.detach()).mean()",
        ),
    ),
    _single(
        "parameters-missing",
        "source-parameters-unheld",
        ("optim.Adam(critic_parameters, lr", "optim.Adam(list(qf1.parameters()) + list(qf2.parameters()), lr"),
    ),
    _single("zero-grad-missing", "source-zero-grad-missing", ("            q_optimizer.zero_grad()\n", "")),
    _single(
        "gradient-leftovers",
        "source-gradient-leftovers",
        ("            q_optimizer.zero_grad()\n", ""),
        (_Q_STEP, _Q_STEP + "            q_optimizer.zero_grad()\n"),
    ),
    _single(
        "sum-of-norms",
        "source-sum-of-norms",
        (_Q_AFTER, "            q_norm_after = sum(p.grad.norm() for p in critic_parameters)\n"),
    ),
    _single("norm-misnamed", "source-norm-misnamed", (_Q_AFTER, "            q_norm_after = q_norm\n")),
    _single(
        "measured-after-zero-grad",
        "source-measured-after-zero-grad",
        (_Q_AFTER + _Q_STEP, _Q_STEP + "            q_optimizer.zero_grad()\n" + _Q_AFTER),
    ),
    _single("alert-unreachable", "source-alert-unreachable", ("NORM_ALERT = 8.0", "NORM_ALERT = 1000.0")),
    _single(
        "timeout-as-terminal",
        "source-timeout-as-terminal",
        (
            "rb.add(obs, next_obs, action, reward, terminated, info)",
            "rb.add(obs, next_obs, action, reward, terminated or truncated, info)",
        ),
    ),
    _single(
        "evaluation-shares",
        "source-evaluation-shares-environment",
        ("evaluate(eval_env, actor, actor_encoder, device)", "evaluate(env, actor, actor_encoder, device)"),
    ),
    _single(
        "module-unused",
        "source-module-unused",
        ("        x = F.relu(self.fc2(x))\n", ""),
    ),
)

_POLICIES, _TD3, _UTILS = "policies.py", "td3.py", "utils.py"
_UNSCALE = "            self.scaler.unscale_(self.critic.optimizer)\n"
_CLIP = "            critic_norm = th.nn.utils.clip_grad_norm_(self.critic.parameters(), self.max_grad_norm)\n"
_LOGGED = (
    '            self.logger.record("train/critic_grad_norm_before_clip", critic_norm.item())\n'
    '            self.logger.record("train/critic_grad_norm_after_clip", self._grad_norm(self.critic))\n'
)
_STEP = "            self.scaler.step(self.critic.optimizer)\n"
_POLICY_CLIP = "                th.nn.utils.clip_grad_norm_(self.actor.parameters(), self.max_grad_norm)\n"
_FORWARD = (
    "        with th.no_grad():\n            features = self.extract_features(obs)\n        return self.q_networks[0]"
)

CLASSES = (
    _classes("step-before-clip", "source-steps-before-clip", (_TD3, _CLIP + _LOGGED + _STEP, _STEP + _CLIP + _LOGGED)),
    _classes("clip-missing", "source-clip-missing", (_TD3, _POLICY_CLIP, "")),
    _classes("clip-before-unscale", "source-clip-before-unscale", (_TD3, _UNSCALE + _CLIP, _CLIP)),
    _classes("unscale-after-clip", "source-clip-before-unscale", (_TD3, _UNSCALE + _CLIP, _CLIP + _UNSCALE)),
    _classes(
        "clip-on-subset",
        "source-clip-covers-subset",
        (
            _TD3,
            "clip_grad_norm_(self.critic.parameters(), self",
            "clip_grad_norm_(self.critic.q_networks.parameters(), self",
        ),
    ),
    _classes(
        "actor-loss-through-encoder",
        "source-actor-loss-through-encoder",
        (_POLICIES, _FORWARD, "        features = obs\n        return self.q_networks[0]"),
        (
            _TD3,
            "                actor_loss = -self.critic.q1_forward(replay_data.observations, "
            "self.actor(replay_data.observations)).mean()\n",
            "                seen = self.actor.extract_features(replay_data.observations)\n"
            "                actor_loss = -self.critic.q1_forward(seen, self.actor.mu(seen)).mean()\n",
        ),
    ),
    _classes(
        "encoder-detached",
        "source-encoder-detached",
        (
            _POLICIES,
            "        return self.features_extractor(obs.float() / 255.0)\n",
            "        with th.no_grad():\n            return self.features_extractor(obs.float() / 255.0)\n",
        ),
    ),
    _classes(
        "target-attached",
        "source-target-attached",
        (
            _TD3,
            "            with th.no_grad():\n                noise",
            "            with th.enable_grad():\n                noise",
        ),
    ),
    _classes(
        "target-frozen",
        "source-target-never-updated",
        (
            _TD3,
            "                polyak_update(self.critic.parameters(), self.critic_target.parameters(), self.tau)\n",
            "",
        ),
    ),
    _classes(
        "loss-detached",
        "source-loss-detached",
        (_TD3, "self.actor(replay_data.observations)).mean()", "self.actor(replay_data.observations).detach()).mean()"),
    ),
    _classes(
        "parameters-missing",
        "source-parameters-unheld",
        (
            _POLICIES,
            "optimizer_class(self.critic.parameters(), lr",
            "optimizer_class(self.critic.q_networks.parameters(), lr",
        ),
    ),
    _classes(
        "zero-grad-missing",
        "source-zero-grad-missing",
        (_TD3, "                self.actor.optimizer.zero_grad()\n", ""),
    ),
    _classes(
        "gradient-leftovers",
        "source-gradient-leftovers",
        (_TD3, "            self.critic.optimizer.zero_grad()\n", ""),
        (_TD3, _STEP, _STEP + "            self.critic.optimizer.zero_grad()\n"),
    ),
    _classes(
        "sum-of-norms",
        "source-sum-of-norms",
        (
            _TD3,
            "            total += p.grad.norm(2).item() ** 2\n        return total ** 0.5",
            "            total += p.grad.norm(2).item()\n        return total",
        ),
    ),
    _classes(
        "norm-misnamed",
        "source-norm-misnamed",
        (
            _TD3,
            '"train/critic_grad_norm_after_clip", self._grad_norm(self.critic))',
            '"train/critic_grad_norm_after_clip", critic_norm.item())',
        ),
    ),
    _classes(
        "timeout-as-terminal",
        "source-timeout-as-terminal",
        (_TD3, "action, reward, terminated)", "action, reward, terminated or truncated)"),
    ),
    _classes(
        "module-unused",
        "source-module-unused",
        (_POLICIES, "        return self.linear(self.cnn(observations))\n", "        return self.cnn(observations)\n"),
    ),
)

BY_PROGRAM = {"single": SINGLE, "classes": CLASSES}
