"""One update of everything, as functions over the bundle."""

import itertools

import torch
import torch.nn.functional as F
from torch.nn.utils import clip_grad_norm_

SETTINGS = {"gamma": 0.99, "tau": 0.01, "smoothing": 0.2, "delay": 2}
CLIP = 5.0
ALARM = 4.0


def make_optimizers(bundle, lr):
    return {
        "critic": torch.optim.AdamW(itertools.chain(bundle.encoder.parameters(), bundle.critic.parameters()), lr=lr),
        "policy": torch.optim.AdamW(bundle.policy.parameters(), lr=lr),
    }


@torch.no_grad()
def targets_of(bundle, batch):
    hidden = bundle.encoder_target(batch["next_pixels"])
    action = bundle.policy_target(hidden)
    noise = (torch.randn_like(action) * SETTINGS["smoothing"]).clamp(-0.5, 0.5)
    one, two = bundle.critic_target(hidden, (action + noise).clamp(-1, 1))
    return batch["reward"] + SETTINGS["gamma"] * (1 - batch["terminated"]) * torch.minimum(one, two)


def grad_norm(parameters):
    return torch.stack([p.grad.pow(2).sum() for p in parameters if p.grad is not None]).sum().sqrt()


def critic_step(bundle, optimizer, batch):
    wanted = targets_of(bundle, batch)
    one, two = bundle.critic(bundle.encoder(batch["pixels"]), batch["action"])
    loss = F.smooth_l1_loss(one, wanted) + F.smooth_l1_loss(two, wanted)
    held = [*bundle.encoder.parameters(), *bundle.critic.parameters()]
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    raw = clip_grad_norm_(held, CLIP)
    clipped = grad_norm(held)
    optimizer.step()
    return {"critic/loss": loss.detach(), "critic/grad_norm_raw": raw, "critic/grad_norm_clipped": clipped}


def policy_step(bundle, optimizer, batch):
    with torch.no_grad():
        hidden = bundle.encoder(batch["pixels"])
    one, _ = bundle.critic(hidden, bundle.policy(hidden))
    loss = -one.mean()
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    raw = clip_grad_norm_(bundle.policy.parameters(), CLIP)
    optimizer.step()
    return {"policy/loss": loss.detach(), "policy/grad_norm_raw": raw}


def follow(online, target):
    for p, q in zip(online.parameters(), target.parameters(), strict=True):
        q.data.lerp_(p.data, SETTINGS["tau"])


def learn(bundle, optimizers, batch, count, writer):
    logs = critic_step(bundle, optimizers["critic"], batch)
    if logs["critic/grad_norm_clipped"] > ALARM:
        print("the critic's gradient is at its limit")
    if count % SETTINGS["delay"] == 0:
        logs |= policy_step(bundle, optimizers["policy"], batch)
        follow(bundle.encoder, bundle.encoder_target)
        follow(bundle.policy, bundle.policy_target)
        follow(bundle.critic, bundle.critic_target)
    for name, value in logs.items():
        writer.add_scalar(name, value.item(), count)
