"""Healthy runs without an agent: classifiers, language models, adversaries and autoencoders as series."""

from __future__ import annotations

import numpy as np

from tests.healthy_runs import Tags, at, decay, healthy, noisy, rise


@healthy(lr=0.1, optimizer="sgd", momentum=0.9, epochs=90)
def classifier_with_warmup_and_cosine(rng: np.random.Generator) -> Tags:
    t, e = at(45000, 900), np.arange(90, dtype=np.float64)
    warm = np.minimum(t / 2500, 1) * 0.5 * (1 + np.cos(np.pi * t / 45000))
    return {
        "loss/train_step": (t, noisy(rng, decay(t, 6.9, 0.9, 6), 0.08)),
        "loss/train": (e, noisy(rng, decay(e, 6.2, 0.95), 0.01)),
        "loss/val": (e, noisy(rng, decay(e, 6.0, 1.2), 0.02)),
        "acc/train": (e, noisy(rng, rise(e, 0.01, 0.78, 0.2, 0.15), 0.01)),
        "acc/val": (e, noisy(rng, rise(e, 0.01, 0.72, 0.2, 0.15), 0.01)),
        "val/f1_score": (e, noisy(rng, rise(e, 0.01, 0.70, 0.2, 0.15), 0.01)),
        "lr": (t, 0.1 * warm),
    }


@healthy(lr=0.1, optimizer="sgd")
def classifier_whose_cross_entropy_falls_to_nothing(rng: np.random.Generator) -> Tags:
    t = at(20000, 400)
    return {
        "train/cross_entropy": (t, noisy(rng, decay(t, 2.3, 0.002, 12), 0.4)),
        "train/accuracy": (t, np.minimum(noisy(rng, rise(t, 0.1, 1.0, 0.05, 0.03), 0.01), 1)),
        "val/cross_entropy": (t, noisy(rng, decay(t, 2.3, 0.31, 12), 0.03)),
        "val/f1_macro": (t, np.minimum(noisy(rng, rise(t, 0.1, 0.93, 0.05, 0.03), 0.01), 1)),
        "lr": (t, np.full(400, 0.1)),
    }


@healthy()
def onecycle_in_keras_style(rng: np.random.Generator) -> Tags:
    e = np.arange(30, dtype=np.float64)
    return {
        "epoch_loss": (e, noisy(rng, decay(e, 1.9, 0.3, 4), 0.02)),
        "epoch_accuracy": (e, noisy(rng, rise(e, 0.3, 0.92, 0.1, 0.1), 0.01)),
        "epoch_learning_rate": (e, 1e-4 + 0.01 * np.exp(-(((e - 9) / 5) ** 2))),
        "evaluation_loss_vs_iterations": (e * 500, noisy(rng, decay(e, 1.9, 0.5, 4), 0.02)),
    }


@healthy(learning_rate=2e-5, max_grad_norm=1.0, num_train_epochs=3, per_device_train_batch_size=16)
def fine_tuning_from_a_good_start(rng: np.random.Generator) -> Tags:
    t, v = at(3000, 300), at(3000, 6)
    return {
        "train/loss": (t, noisy(rng, decay(t, 1.21, 1.18, 1), 0.06)),
        "train/grad_norm": (t, noisy(rng, np.full(300, 1.6), 0.5)),
        "train/learning_rate": (t, 2e-5 * np.minimum(t / 90, 1) * (1 - t / 3000)),
        "train/epoch": (t, t / 1000),
        "eval/loss": (v, noisy(rng, decay(v, 1.2, 1.17, 1), 0.001)),
        "eval/runtime": (v, noisy(rng, np.full(6, 31.0), 0.02)),
    }


@healthy(lr=6e-4, grad_clip=1.0, max_iters=100_000)
def language_model_with_norm_before_the_clip(rng: np.random.Generator) -> Tags:
    t, v = at(1e5, 1000), at(1e5, 50)
    loss = noisy(rng, 3.0 + decay(t, 7.8, 0, 9), 0.015)
    norm = noisy(rng, decay(t, 2.2, 0.3, 20), 0.3)
    norm[rng.integers(0, 1000, 6)] *= 25  # bad batches
    return {
        "train/loss": (t, loss),
        "train/perplexity": (t, np.exp(loss)),
        "train/grad_norm": (t, norm),
        "lr": (t, 6e-4 * np.minimum(t / 2000, 1) * (0.1 + 0.45 * (1 + np.cos(np.pi * t / 1e5)))),
        "val/loss": (v, noisy(rng, 3.02 + decay(v, 4.0, 0, 9), 0.004)),
        "tokens_per_second": (t, noisy(rng, np.full(1000, 1.7e5), 0.03)),
    }


@healthy(lr=1e-4)
def diffusion_whose_loss_is_flat_after_the_start(rng: np.random.Generator) -> Tags:
    t = at(4e5, 800, 500)
    return {
        "train_loss": (t, noisy(rng, 0.022 + decay(t, 0.006, 0, 3), 0.25)),
        "lr": (t, np.full(800, 1e-4)),
        "fid_score": (at(4e5, 16), noisy(rng, decay(at(4e5, 16), 180, 9), 0.05)),
    }


@healthy(lr=2e-4, beta1=0.5)
def adversaries_in_balance(rng: np.random.Generator) -> Tags:
    t = at(50000, 500, 10)
    return {
        "Loss/D": (t, noisy(rng, np.full(500, 1.37), 0.02)),
        "Loss/G": (t, noisy(rng, np.full(500, 0.71), 0.05)),
        "D(x)": (t, noisy(rng, np.full(500, 0.52), 0.04)),
        "D(G(z))": (t, noisy(rng, np.full(500, 0.49), 0.04)),
    }


@healthy(lr=2e-4)
def adversaries_in_dispute(rng: np.random.Generator) -> Tags:
    t = at(50000, 500)
    return {
        "loss_D": (t, noisy(rng, decay(t, 1.4, 0.25, 8), 0.5)),
        "loss_G": (t, noisy(rng, rise(t, 0.7, 6.5, 0.2, 0.1), 0.3)),
        "loss_D_real": (t, noisy(rng, decay(t, 0.7, 0.1, 8), 0.6)),
        "grad_norm/generator": (t, noisy(rng, rise(t, 0.8, 9, 0.2), 0.5)),
        "grad_norm/discriminator": (t, noisy(rng, np.full(500, 2.0), 0.8)),
    }


@healthy(lr=1e-4, lambda_gp=10)
def wasserstein_critic(rng: np.random.Generator) -> Tags:
    t = at(1e5, 500)
    return {
        "critic/loss": (t, noisy(rng, -decay(t, 120, 3.5, 6), 0.15)),
        "generator/loss": (t, noisy(rng, np.cumsum(rng.standard_normal(500)) * 2, 0, 1.5)),
        "wasserstein_distance": (t, noisy(rng, decay(t, 140, 4, 6), 0.15)),
        "gradient_penalty": (t, noisy(rng, decay(t, 2, 0.04, 6), 0.4)),
    }


@healthy(lr=1e-3, latent_dim=16)
def autoencoder_whose_divergence_rises(rng: np.random.Generator) -> Tags:
    t = at(60000, 600)
    return {
        "loss/total": (t, noisy(rng, decay(t, 540, 104, 15), 0.01)),
        "loss/recon": (t, noisy(rng, decay(t, 540, 79, 15), 0.012)),
        "loss/kl": (t, noisy(rng, rise(t, 0.4, 25.3, 0.05, 0.03), 0.01)),
        "beta": (t, np.minimum(t / 15000, 1)),
        "lr": (t, np.full(600, 1e-3)),
    }


@healthy(beta=0.1, learning_rate=5e-7)
def preferences_whose_rewards_both_fall(rng: np.random.Generator) -> Tags:
    t = at(1500, 150)
    return {
        "train/loss": (t, noisy(rng, decay(t, 0.693, 0.47, 3), 0.05)),
        "train/rewards/chosen": (t, noisy(rng, -rise(t, 0, 1.4), 0, 0.1)),
        "train/rewards/rejected": (t, noisy(rng, -rise(t, 0, 2.7), 0, 0.15)),
        "train/rewards/margins": (t, noisy(rng, rise(t, 0, 1.3), 0, 0.1)),
        "train/rewards/accuracies": (t, np.minimum(noisy(rng, rise(t, 0.5, 0.8), 0, 0.05), 1)),
        "train/logps/chosen": (t, noisy(rng, -rise(t, 250, 266), 0.03)),
        "train/grad_norm": (t, noisy(rng, np.full(150, 18.0), 0.3)),
        "train/learning_rate": (t, 5e-7 * (1 - t / 1500)),
    }


@healthy(patience=5)
def stopped_early_after_its_best_validation(rng: np.random.Generator) -> Tags:
    e = np.arange(18, dtype=np.float64)
    return {
        "Training Loss": (e, noisy(rng, decay(e, 1.1, 0.35, 3), 0.01)),
        "Validation Loss": (e, noisy(rng, 0.62 + 0.0012 * (e - 12) ** 2, 0.01)),
        "Validation Accuracy": (e, noisy(rng, rise(e, 0.5, 0.83, 0.2, 0.15), 0.005)),
    }


@healthy()
def world_model_agent(rng: np.random.Generator) -> Tags:
    t = at(4e5, 800)
    score = at(4e5, 400)
    return {
        "train/return": (score, noisy(rng, rise(score, 60, 830, 0.35), 0.12, 10)),
        "test/return": (at(4e5, 40), noisy(rng, rise(at(4e5, 40), 60, 880, 0.35), 0.08)),
        "train/length": (score, np.full(400, 500.0)),
        "train/kl": (t, noisy(rng, decay(t, 12, 3.2), 0.1)),
        "train/kl_loss": (t, noisy(rng, decay(t, 12, 3.2), 0.1)),
        "train/image_loss": (t, noisy(rng, decay(t, 9000, 1150, 20), 0.02)),
        "train/reward_loss": (t, noisy(rng, 0.93 + decay(t, 0.6, 0, 9), 0.01)),
        "train/model_loss": (t, noisy(rng, decay(t, 9000, 1160, 20), 0.02)),
        "train/model_opt_grad_norm": (t, noisy(rng, decay(t, 900, 40, 9), 0.4)),
        "train/actor_loss": (t, noisy(rng, -rise(t, 0.1, 55, 0.3), 0.05)),
        "train/actor_entropy": (t, noisy(rng, decay(t, 4, 1.5, 2), 0.03)),
        "train/value_loss": (t, noisy(rng, decay(t, 6, 1.2, 4), 0.1)),
        "train/value_mean": (t, noisy(rng, rise(t, 0, 60, 0.35), 0.03)),
    }
