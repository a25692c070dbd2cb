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

_NETS, _LEARNER, _MAIN = "nets.py", "learner.py", "main.py"
_BACKWARD = "    loss.backward()\n    raw = clip_grad_norm_(held, CLIP)\n"
_MEASURED = "    clipped = grad_norm(held)\n"
_CRITIC_STEP = '    optimizer.step()\n    return {"critic/loss"'
_WITHOUT = '    with torch.no_grad():\n        hidden = bundle.encoder(batch["pixels"])\n'
_POLICY_CLIP = "    raw = clip_grad_norm_(bundle.policy.parameters(), CLIP)\n"
_ZEROED = "    optimizer.zero_grad(set_to_none=True)\n    loss.backward()\n    raw = clip_grad_norm_(held, CLIP)\n"
_BOTH = "itertools.chain(bundle.encoder.parameters(), bundle.critic.parameters())"
_OF_POLICY = '"policy": torch.optim.AdamW(bundle.policy.parameters(), lr=lr)'

BUNDLE = (
    _classes(
        "step-before-clip",
        "source-steps-before-clip",
        (_LEARNER, _BACKWARD, "    loss.backward()\n    optimizer.step()\n    raw = clip_grad_norm_(held, CLIP)\n"),
        (_LEARNER, _MEASURED + "    optimizer.step()\n", _MEASURED),
    ),
    _classes("clip-missing", "source-clip-missing", (_LEARNER, _POLICY_CLIP, "    raw = loss\n")),
    _classes(
        "clip-on-subset",
        "source-clip-covers-subset",
        (_LEARNER, "clip_grad_norm_(held, CLIP)", "clip_grad_norm_(bundle.critic.parameters(), CLIP)"),
    ),
    _classes(
        "second-optimizer",
        "source-second-optimizer",
        (
            _LEARNER,
            f'        "critic": torch.optim.AdamW({_BOTH}, lr=lr),\n',
            '        "critic": torch.optim.AdamW(bundle.critic.parameters(), lr=lr),\n'
            '        "encoder": torch.optim.AdamW(bundle.encoder.parameters(), lr=lr),\n',
        ),
        (_LEARNER, "def critic_step(bundle, optimizer, batch):", "def critic_step(bundle, optimizer, other, batch):"),
        (_LEARNER, 'optimizers["critic"], batch)', 'optimizers["critic"], optimizers["encoder"], batch)'),
        (
            _LEARNER,
            "    held = [*bundle.encoder.parameters(), *bundle.critic.parameters()]\n",
            "    held = list(bundle.critic.parameters())\n    other.zero_grad()\n",
        ),
        (_LEARNER, _CRITIC_STEP, "    other.step()\n" + _CRITIC_STEP),
    ),
    _classes(
        "actor-loss-through-encoder",
        "source-actor-loss-through-encoder",
        (_LEARNER, _WITHOUT, '    hidden = bundle.encoder(batch["pixels"])\n'),
        (
            _LEARNER,
            _OF_POLICY,
            '"policy": torch.optim.AdamW([*bundle.encoder.parameters(), *bundle.policy.parameters()], lr=lr)',
        ),
    ),
    _classes(
        "critic-on-foreign-features",
        "source-critic-on-foreign-features",
        (_LEARNER, "        hidden = bundle.encoder(batch", "        hidden = bundle.encoder_target(batch"),
    ),
    _classes(
        "encoder-detached",
        "source-encoder-detached",
        (
            _LEARNER,
            'bundle.critic(bundle.encoder(batch["pixels"]), batch',
            'bundle.critic(bundle.encoder(batch["pixels"]).detach(), batch',
        ),
    ),
    _classes("target-attached", "source-target-attached", (_LEARNER, "@torch.no_grad()\n", "")),
    _classes(
        "target-frozen",
        "source-target-never-updated",
        (_LEARNER, "        follow(bundle.critic, bundle.critic_target)\n", ""),
    ),
    _classes(
        "loss-detached",
        "source-loss-detached",
        (_LEARNER, "bundle.critic(hidden, bundle.policy(hidden))", "bundle.critic(hidden, bundle.policy(hidden).data)"),
    ),
    _classes("parameters-missing", "source-parameters-unheld", (_LEARNER, _BOTH, "bundle.critic.parameters()")),
    _classes(
        "zero-grad-missing",
        "source-zero-grad-missing",
        (_LEARNER, _ZEROED, _BACKWARD),
    ),
    _classes(
        "gradient-leftovers",
        "source-gradient-leftovers",
        (_LEARNER, _ZEROED, _BACKWARD),
        (_LEARNER, _CRITIC_STEP, '    optimizer.step()\n    optimizer.zero_grad()\n    return {"critic/loss"'),
    ),
    _classes(
        "sum-of-norms",
        "source-sum-of-norms",
        (
            _LEARNER,
            "torch.stack([p.grad.pow(2).sum() for p in parameters if p.grad is not None]).sum().sqrt()",
            "sum(p.grad.norm() for p in parameters if p.grad is not None)",
        ),
    ),
    _classes("norm-misnamed", "source-norm-misnamed", (_LEARNER, '_clipped": clipped}', '_clipped": raw}')),
    _classes(
        "measured-after-zero-grad",
        "source-measured-after-zero-grad",
        (
            _LEARNER,
            _MEASURED + "    optimizer.step()\n",
            "    optimizer.step()\n    optimizer.zero_grad()\n" + _MEASURED,
        ),
    ),
    _classes("alert-unreachable", "source-alert-unreachable", (_LEARNER, "ALARM = 4.0", "ALARM = 40.0")),
    _classes(
        "timeout-as-terminal",
        "source-timeout-as-terminal",
        (
            _MAIN,
            "memory.push(pixels, action, reward, next_pixels, terminated)",
            "memory.push(pixels, action, reward, next_pixels, terminated or truncated)",
        ),
    ),
    _classes(
        "evaluation-shares",
        "source-evaluation-shares-environment",
        (_MAIN, "evaluate(exam, bundle)", "evaluate(world, bundle)"),
    ),
    _classes(
        "module-unused",
        "source-module-unused",
        (_NETS, "torch.tanh(self.norm(self.project(flat)))", "torch.tanh(self.project(flat))"),
    ),
)

BY_PROGRAM = {"single": SINGLE, "classes": CLASSES, "bundle": BUNDLE}
