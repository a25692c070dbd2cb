"""Healthy runs whose settings or scales are uncommon, and right for their task."""

from __future__ import annotations

import numpy as np

from tests.healthy_runs import Tags, at, decay, healthy, noisy, rise, smooth


@healthy(lr=1e-3, freeze_backbone=True, optimizer="adam")
def transfer_with_a_frozen_backbone(rng: np.random.Generator) -> Tags:
    t = at(6000, 200)
    return {
        "train/loss": (t, noisy(rng, decay(t, 2.4, 0.4, 6), 0.1)),
        "val/accuracy": (at(6000, 20), noisy(rng, rise(at(6000, 20), 0.2, 0.88, 0.1, 0.1), 0.01)),
        "param_norm/backbone": (t, np.full(200, 61.30418)),
        "param_norm/head": (t, noisy(rng, rise(t, 5.0, 9.0), 0.002)),
        "grad_norm/head": (t, noisy(rng, decay(t, 1.5, 0.5), 0.3)),
        "grad_norm/backbone": (t, np.zeros(200)),
    }


@healthy(lr=3e-4, gamma=0.99, tau=0.005, batch_size=256)
def energy_costs_in_hundreds_a_step(rng: np.random.Generator) -> Tags:
    t = at(3e5, 300)
    q = rise(t, -3.5e4, -9e3, 0.4) * np.minimum(t / 3e4, 1)
    return {
        "train/episode_reward": (t, noisy(rng, rise(t, -5.2e5, -9.5e4, 0.35), 0.06)),
        "train/episode_length": (t, np.full(300, 1000.0)),
        "loss/critic_1": (t, noisy(rng, decay(t, 9e5, 6e4, 2), 0.5)),
        "loss/critic_2": (t, noisy(rng, decay(t, 9e5, 6e4, 2), 0.5)),
        "loss/policy": (t, -noisy(rng, q, 0.03)),
        "alpha": (t, rise(t, 0.9, 60, 0.2)),
        "q1": (t, noisy(rng, q, 0.03)),
        "q2": (t, noisy(rng, q, 0.03)),
    }


@healthy(policy_lr=3e-4, q_lr=1e-3, gamma=0.99)
def twin_critics_before_the_first_reward(rng: np.random.Generator) -> Tags:
    t, e = at(5e5, 500, 2000), at(5e5, 1000)
    found = rise(t, 0, 0.6, 0.75, 0.03)
    return {
        "charts/episodic_return": (e, (rng.random(1000) < rise(e, 0, 0.9, 0.7, 0.03) - 0.01).astype(np.float64)),
        "charts/episodic_length": (e, noisy(rng, np.full(1000, 100.0), 0.01).round()),
        "charts/SPS": (t, noisy(rng, np.full(500, 150.0), 0.02).round()),
        "losses/qf1_values": (t, noisy(rng, found, 0.05, 0.002)),
        "losses/qf2_values": (t, noisy(rng, found, 0.05, 0.002)),
        "losses/qf1_loss": (t, noisy(rng, 1e-6 + 0.004 * found, 0.6)),
        "losses/qf2_loss": (t, noisy(rng, 1e-6 + 0.004 * found, 0.6)),
        "losses/actor_loss": (t, -noisy(rng, found, 0.05, 0.002)),
        "losses/alpha": (t, decay(t, 0.9, 3e-4, 20)),
        "losses/alpha_loss": (t, noisy(rng, np.zeros(500), 0, 0.3)),
    }


@healthy(learning_rate=5e-4, num_levels=200, distribution_mode="easy")
def levels_never_seen_in_training(rng: np.random.Generator) -> Tags:
    t = at(2.5e7, 380)
    return {
        "train/mean_episode_reward": (t, noisy(rng, rise(t, 2.5, 9.4, 0.25), 0.02)),
        "test/mean_episode_reward": (t, noisy(rng, rise(t, 2.4, 6.1, 0.25), 0.04)),
        "loss/total_loss": (t, noisy(rng, decay(t, 0.08, 0.02), 0.2)),
        "loss/pg_loss": (t, noisy(rng, np.full(380, -0.003), 0, 0.001)),
        "loss/value_loss": (t, noisy(rng, decay(t, 0.6, 0.15), 0.2)),
        "loss/entropy": (t, noisy(rng, decay(t, 2.7, 0.35, 3), 0.02)),
        "loss/approxkl": (t, noisy(rng, np.full(380, 0.008), 0.2)),
        "loss/clipfrac": (t, noisy(rng, np.full(380, 0.09), 0.2)),
    }


@healthy(lr=3e-4, fp16=True, max_grad_norm=1.0)
def mixed_precision_finding_its_scale(rng: np.random.Generator) -> Tags:
    t = at(20000, 400)
    scale = np.power(2.0, np.concatenate([[16, 15, 14, 13, 13], np.repeat(np.arange(13, 18), 79)]))
    norm = noisy(rng, decay(t, 3, 0.8, 9), 0.3)
    norm[:3] = np.inf  # steps that the scaler skips
    return {
        "train/loss": (t, noisy(rng, decay(t, 10.8, 3.2, 6), 0.02)),
        "train/grad_norm": (t, norm),
        "train/loss_scale": (t, scale),
        "train/lr": (t, 3e-4 * np.minimum(t / 1000, 1)),
    }


@healthy(algo="rainbow", lr=1e-4, noisy=True, epsilon_start=0.0, gamma=0.99)
def exploration_by_noisy_layers(rng: np.random.Generator) -> Tags:
    t = at(5e6, 250)
    return {
        "train/episode_reward": (t, noisy(rng, rise(t, 2, 290, 0.4), 0.15)),
        "train/epsilon": (t, np.zeros(250)),
        "train/loss": (t, noisy(rng, decay(t, 3.4, 1.6), 0.05)),
        "train/q_mean": (t, noisy(rng, rise(t, 0.05, 6, 0.4), 0.03)),
    }


@healthy(algo="droq", utd_ratio=20, lr=3e-4, gamma=0.99, tau=0.005, batch_size=256)
def twenty_updates_a_step_by_design(rng: np.random.Generator) -> Tags:
    t = at(1e5, 200)
    return {
        "train/episode_reward": (t, noisy(rng, rise(t, 20, 4200, 0.4), 0.08)),
        "train/n_updates": (t, 20 * t),
        "train/critic_loss": (t, noisy(rng, rise(t, 1, 25), 0.3)),
        "train/q1": (t, noisy(rng, rise(t, 1, 330, 0.4), 0.03)),
        "train/actor_loss": (t, -noisy(rng, rise(t, 2, 335, 0.4), 0.03)),
        "train/ent_coef": (t, 0.05 + decay(t, 0.9, 0.02, 9)),
    }


@healthy(memory_size=2000, batch_size=32, gamma=0.95, learning_rate=1e-3)
def small_memory_for_a_small_task(rng: np.random.Generator) -> Tags:
    n = at(400, 400)
    length = np.minimum(noisy(rng, rise(n, 18, 460, 0.35), 0.3).round(), 500)
    return {
        "episode_reward": (n, length),
        "epsilon": (n, np.maximum(0.01, 0.985**n)),
        "loss": (n, noisy(rng, rise(n, 0.3, 1.5), 0.6)),
        "memory_size": (n, np.minimum(np.cumsum(length), 2000)),
        "q_values": (n, noisy(rng, rise(n, 0.5, 19, 0.35), 0.04)),
        "total_steps": (n, np.cumsum(length)),
    }


@healthy(learning_rate=2.5e-4)
def pixels_divided_inside_the_network(rng: np.random.Generator) -> Tags:
    t = at(1e7, 300)
    return {
        "obs/max": (t, np.full(300, 255.0)),
        "obs/min": (t, np.zeros(300)),
        "obs/mean": (t, noisy(rng, np.full(300, 61.0), 0.03)),
        "charts/episodic_return": (t, noisy(rng, rise(t, 2, 370, 0.4), 0.2)),
        "losses/value_loss": (t, noisy(rng, rise(t, 0.01, 0.4), 0.4)),
        "losses/policy_loss": (t, noisy(rng, np.zeros(300), 0, 0.01)),
        "losses/approx_kl": (t, noisy(rng, np.full(300, 0.006), 0.3)),
    }


@healthy(lr=1e-3)
def regression_that_converges_to_nothing(rng: np.random.Generator) -> Tags:
    t = at(20000, 400)
    return {
        "train/mse": (t, noisy(rng, decay(t, 3, 1e-6, 16), 0.3)),
        "val/mse": (t, noisy(rng, decay(t, 3, 2e-6, 16), 0.1)),
        "grad_norm": (t, noisy(rng, decay(t, 8, 1e-4, 12), 0.4)),
        "param_norm": (t, noisy(rng, rise(t, 12, 19, 0.1), 1e-4)),
        "update_ratio": (t, noisy(rng, decay(t, 4e-3, 1e-5, 8), 0.2)),
    }


@healthy(lr=1e-3, gamma=0.99)
def critic_gradients_that_grow_with_the_returns(rng: np.random.Generator) -> Tags:
    t, e = at(3e5, 300), at(3e5, 600)
    return {
        "Return/train": (e, noisy(rng, rise(e, -150, 2600, 0.4), 0.15, 30)),
        "Return/eval": (at(3e5, 30), noisy(rng, rise(at(3e5, 30), -120, 2900, 0.4), 0.08)),
        "Loss/critic": (t, noisy(rng, rise(t, 0.01, 240, 0.35), 0.5)),
        "Loss/actor": (t, -noisy(rng, rise(t, 0.05, 250, 0.4), 0.03)),
        "Q/mean": (t, noisy(rng, rise(t, 0.05, 245, 0.4), 0.03)),
        "grad_norm/critic": (t, noisy(rng, rise(t, 0.05, 420, 0.35), 0.5)),
        "grad_norm/policy": (t, noisy(rng, rise(t, 0.02, 6, 0.35), 0.5)),
        "target_q/mean": (t, noisy(rng, rise(t, 0.05, 245, 0.42), 0.03)),
    }


@healthy(lr_actor=1e-3, lr_critic=1e-3, gamma=0.9)
def values_that_pass_through_zero(rng: np.random.Generator) -> Tags:
    t = at(2e5, 400)
    q = rise(t, -45, 30, 0.5, 0.08)
    return {
        "episode_reward": (t, noisy(rng, rise(t, -320, 240, 0.5, 0.08), 0, 35)),
        "loss/actor": (t, -noisy(rng, q + 1.5, 0.02, 0.4)),
        "loss/critic": (t, noisy(rng, np.full(400, 6.0), 0.6)),
        "q/mean": (t, noisy(rng, q, 0.02, 0.4)),
        "q/std": (t, noisy(rng, np.full(400, 14.0), 0.1)),
        "noise_std": (t, decay(t, 0.4, 0.05, 3)),
    }


@healthy(learning_rate=1e-4, int_coef=1.0)
def curiosity_beside_the_reward(rng: np.random.Generator) -> Tags:
    t = at(1e8, 500)
    return {
        "charts/avg_episodic_return": (t, smooth(np.maximum(noisy(rng, rise(t, -5, 2500, 0.6), 0, 60), 0), 10)),
        "charts/episode_curiosity_reward": (t, noisy(rng, decay(t, 0.08, 0.004), 0.3)),
        "losses/fwd_loss": (t, noisy(rng, decay(t, 0.9, 0.002, 9), 0.3)),
        "losses/value_loss": (t, noisy(rng, np.full(500, 0.1), 0.4)),
        "losses/policy_loss": (t, noisy(rng, np.zeros(500), 0, 0.003)),
        "losses/entropy": (t, noisy(rng, decay(t, 2.88, 1.9, 2), 0.02)),
        "losses/approx_kl": (t, noisy(rng, np.full(500, 0.004), 0.4)),
    }


@healthy(num_epochs=3)
def looked_at_five_times(rng: np.random.Generator) -> Tags:
    t = at(5e4, 5)
    return {
        "eval/mean_reward": (t, np.array([12.0, 95.5, 88.25, 140.5, 133.0])),
        "train/actor_loss": (t, np.array([-1.0, -8.0, -14.0, -20.0, -24.0])),
        "train/critic_loss": (t, np.array([0.9, 2.0, 3.5, 3.1, 4.4])),
    }


@healthy(fp16=True, learning_rate=5e-5, max_grad_norm=1.0)
def half_precision_whose_scale_is_not_logged(rng: np.random.Generator) -> Tags:
    t = at(2000, 200)
    norm = noisy(rng, np.full(200, 1.2), 0.4)
    norm[[0, 1, 88]] = [np.inf, np.nan, np.inf]
    return {
        "train/loss": (t, noisy(rng, decay(t, 2.8, 1.9, 4), 0.05)),
        "train/grad_norm": (t, norm),
        "train/learning_rate": (t, 5e-5 * (1 - t / 2000)),
        "eval/loss": (at(2000, 4), noisy(rng, decay(at(2000, 4), 2.6, 1.95, 4), 0.005)),
    }


@healthy(exp_name="dqn", learning_rate=2.5e-4, tau=1.0, target_network_frequency=500, gamma=0.99, start_e=1, end_e=0.05)
def target_copied_whole_every_few_hundred_steps(rng: np.random.Generator) -> Tags:
    t, e = at(5e5, 400), at(5e5, 1500)
    return {
        "charts/episodic_return": (e, np.minimum(noisy(rng, rise(e, 20, 470, 0.4), 0.4).round(), 500)),
        "charts/episodic_length": (e, np.minimum(noisy(rng, rise(e, 20, 470, 0.4), 0.4).round(), 500)),
        "charts/SPS": (t, noisy(rng, np.full(400, 900.0), 0.03).round()),
        "charts/epsilon": (e, np.maximum(1 - e / 2.5e5, 0.05)),
        "losses/td_loss": (t, noisy(rng, rise(t, 0.05, 20, 0.3), 1.0)),
        "losses/q_values": (t, noisy(rng, rise(t, 1, 92, 0.35), 0.03)),
    }
