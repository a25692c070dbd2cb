"""Sources that are right and look wrong: no detector of the source may fire on them."""

from __future__ import annotations

import pytest

from forensics.model.finding import Status
from tests.source.mutants import LIMITS, said_of, with_status

HEAD = """
import copy
import torch
from torch import nn
import torch.nn.functional as F

class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.convs = nn.Conv2d(3, 32, 3)

    def forward(self, pixels):
        return self.convs(pixels).flatten(1)

class Actor(nn.Module):
    def __init__(self):
        super().__init__()
        self.head = nn.Linear(50, 2)

    def forward(self, features):
        return torch.tanh(self.head(features))

class Critic(nn.Module):
    def __init__(self):
        super().__init__()
        self.q = nn.Linear(52, 1)

    def forward(self, features, action):
        return self.q(torch.cat([features, action], 1))
"""

DRQ = """
class Agent:
    def __init__(self):
        self.encoder, self.actor, self.critic = Encoder(), Actor(), Critic()
        self.critic_target = copy.deepcopy(self.critic)
        self.encoder_opt = torch.optim.Adam(self.encoder.parameters())
        self.actor_opt = torch.optim.Adam(self.actor.parameters())
        self.critic_opt = torch.optim.Adam(self.critic.parameters())

    def update_critic(self, h, action, reward, discount, next_h):
        with torch.no_grad():
            target = reward + discount * self.critic_target(next_h, self.actor(next_h))
        loss = F.mse_loss(self.critic(h, action), target)
        self.encoder_opt.zero_grad(set_to_none=True)
        self.critic_opt.zero_grad(set_to_none=True)
        loss.backward()
        self.critic_opt.step()
        self.encoder_opt.step()

    def update_actor(self, h):
        loss = -self.critic(h, self.actor(h)).mean()
        self.actor_opt.zero_grad(set_to_none=True)
        loss.backward()
        self.actor_opt.step()

    def update(self, batch):
        obs, action, reward, discount, next_obs = batch
        h = self.encoder(obs)
        with torch.no_grad():
            next_h = self.encoder(next_obs)
        self.update_critic(h, action, reward, discount, next_h)
        self.update_actor(h.detach())
        for p, t in zip(self.critic.parameters(), self.critic_target.parameters()):
            t.data.copy_(0.01 * p.data + 0.99 * t.data)

agent = Agent()
for batch in batches():
    agent.update(batch)
"""

STEP_AT_THE_TOP = """
net = Actor()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for x, y in batches():
    opt.step()
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
"""

ACCUMULATED = """
net = Actor()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
for index, (x, y) in enumerate(batches()):
    (F.mse_loss(net(x), y) / 4).backward()
    if (index + 1) % 4 == 0:
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
        opt.zero_grad()
"""

OPTIONAL_AMP = """
net = Actor()
opt = torch.optim.SGD(net.parameters(), lr=0.1)
scaler = torch.cuda.amp.GradScaler()
for x, y in batches():
    opt.zero_grad()
    loss = F.mse_loss(net(x), y)
    if use_amp:
        scaler.scale(loss).backward()
        scaler.unscale_(opt)
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        scaler.step(opt)
        scaler.update()
    else:
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        opt.step()
"""

TEMPERATURE = """
encoder, actor, critic = Encoder(), Actor(), Critic()
log_alpha = torch.zeros(1, requires_grad=True)
critic_parameters = list(encoder.parameters()) + list(critic.parameters())
critic_opt = torch.optim.Adam(critic_parameters)
actor_opt = torch.optim.Adam(actor.parameters())
alpha_opt = torch.optim.Adam([log_alpha])
for obs, action, target in batches():
    h = encoder(obs)
    critic_loss = F.mse_loss(critic(h, action), target)
    critic_opt.zero_grad()
    critic_loss.backward()
    nn.utils.clip_grad_norm_(critic_parameters, 0.5)
    critic_opt.step()
    new_action = actor(h.detach())
    actor_loss = (log_alpha.exp().detach() * new_action - critic(h.detach(), new_action)).mean()
    actor_opt.zero_grad()
    actor_loss.backward()
    nn.utils.clip_grad_norm_(actor.parameters(), 0.5)
    actor_opt.step()
    alpha_loss = -(log_alpha * (new_action + 2.0).detach()).mean()
    alpha_opt.zero_grad()
    alpha_loss.backward()
    alpha_opt.step()
"""

ONE_OPTIMIZER = """
encoder, actor, critic = Encoder(), Actor(), nn.Linear(50, 1)
parameters = list(encoder.parameters()) + list(actor.parameters()) + list(critic.parameters())
opt = torch.optim.Adam(parameters)
for obs, advantage, returns in batches():
    features = encoder(obs)
    policy_loss = -(actor(features) * advantage).mean()
    value_loss = F.mse_loss(critic(features), returns)
    opt.zero_grad()
    (policy_loss + 0.5 * value_loss).backward()
    nn.utils.clip_grad_norm_(parameters, 0.5)
    opt.step()
"""

BEST_KEPT = """
net = Actor()
best_net = copy.deepcopy(net)
opt = torch.optim.Adam(net.parameters())
for x, y in batches():
    opt.zero_grad()
    F.mse_loss(net(x), y).backward()
    nn.utils.clip_grad_norm_(net.parameters(), 1.0)
    opt.step()
"""

LIGHTNING = """
import pytorch_lightning as pl

class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = Actor()

    def training_step(self, batch, batch_idx):
        x, y = batch
        loss = F.mse_loss(self.net(x), y)
        self.log("train/loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), lr=1e-3)

trainer = pl.Trainer(gradient_clip_val=0.5)
trainer.fit(Model(), loader)
"""

ON_POLICY_DONE = """
env = gymnasium.make("CartPole-v1")
net = Actor()
opt = torch.optim.Adam(net.parameters())
dones = []
for step in range(1000):
    obs, reward, terminated, truncated, info = env.step(net(obs))
    done = terminated or truncated
    dones.append(done)
    opt.zero_grad()
    (net(obs) * reward * (1 - done)).mean().backward()
    nn.utils.clip_grad_norm_(net.parameters(), 0.5)
    opt.step()
"""

SOURCES = {
    "one encoder, stepped by an optimizer of its own, detached from the actor": DRQ,
    "a step at the top of the loop, for the gradient of the turn before": STEP_AT_THE_TOP,
    "gradients of four batches accumulated": ACCUMULATED,
    "mixed precision as one of two branches": OPTIONAL_AMP,
    "a temperature that nothing clips": TEMPERATURE,
    "one optimizer for a shared encoder, policy and value": ONE_OPTIMIZER,
    "a copy that keeps the best policy": BEST_KEPT,
    "a framework that steps by itself": LIGHTNING,
    "the end of a rollout without a target network": ON_POLICY_DONE,
}


@pytest.mark.parametrize("name", SOURCES)
def test_it_is_not_accused(name: str) -> None:
    text = HEAD + SOURCES[name]
    said = said_of({"train.py": text}, LIMITS if "clip_grad_norm_" in text else {})
    assert with_status(said, Status.FIRED) == ()
    assert with_status(said, Status.ERROR) == ()


Q = """
import torch
from torch import nn

net = nn.Sequential(nn.Linear(4, 128), nn.ReLU(), nn.Linear(128, 2))
HOOK
optimizer = torch.optim.Adam(net.parameters())

def update(state, action, target):
    loss = nn.functional.smooth_l1_loss(net(state).gather(1, action), target)
    optimizer.zero_grad()
    loss.backward()
    for p in net.parameters():
        CLIP
    optimizer.step()
"""
BY_HAND = {
    "in its place": ("", "p.grad.data.clamp_(-1, 1)"),
    "by a factor": ("", "p.grad.mul_(min(1.0, 0.5 / norm))"),
    "anew": ("", "p.grad = torch.clamp(p.grad, -1, 1)"),
    "in a hook": ("for p in net.parameters():\n    p.register_hook(lambda grad: grad.clamp(-1, 1))", "pass"),
}


@pytest.mark.parametrize("way", BY_HAND)
def test_a_clip_by_hand_is_not_missed(way: str) -> None:
    hook, clip = BY_HAND[way]
    said = said_of({"train.py": Q.replace("HOOK", hook).replace("CLIP", clip)}, LIMITS)
    assert said["source-clip-missing"].status is not Status.FIRED
    without = said_of({"train.py": Q.replace("HOOK", "").replace("CLIP", "pass")}, LIMITS)
    assert without["source-clip-missing"].status is Status.FIRED


TRAINED_OUTSIDE = """
import torch
import pytorch_lightning as pl
from torch import nn

class Model(pl.LightningModule):
    def __init__(self):
        super().__init__()
        self.net = nn.Linear(4, 1)

    def training_step(self, batch, batch_idx):
        x, y = batch
        return nn.functional.mse_loss(self.net(x), y)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters())
"""


def test_an_update_that_a_trainer_makes_may_be_clipped_by_it() -> None:
    said = said_of({"train.py": TRAINED_OUTSIDE}, {"gradient_clip_val": 0.5})
    assert said["source-clip-missing"].status is not Status.FIRED
