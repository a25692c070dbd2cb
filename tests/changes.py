"""Changes to a run that must not change its diagnosis: other names, other steps, fewer points, noise, a restart."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from forensics.model.evidence import Run, Series

# The archived CARLA runs' tags as a user of stable-baselines3 or CleanRL would have written them.
SB3_NAMES = {
    r"^gradients/(actor|critic)_cnn_norm$": r"train/\1_features_extractor_grad_norm",
    r"^gradients/(actor|critic)_mlp_norm$": r"train/\1_head_grad_norm",
    r"^debug/(actor|critic)_cnn_grad_norm_AFTER_clip$": r"train/\1_features_extractor_grad_norm_post_clip",
    r"^debug/(actor|critic)_mlp_grad_norm_AFTER_clip$": r"train/\1_head_grad_norm_post_clip",
    r"^debug/(actor|critic)_grad_norm_AFTER_clip$": r"train/\1_grad_norm_post_clip",
    r"^debug/(actor|critic)_grad_norm_BEFORE_clip$": r"train/\1_grad_norm_pre_clip",
    r"^debug/(actor|critic)_grad_clip_ratio$": r"train/\1_grad_clip_coef",
    r"^debug/actor_q_(\w+)$": r"train/policy_q_\1",
    r"^debug/(q[12]|target_q|reward)_(\w+)$": r"train/\1_\2",
    r"^debug/action_(\w+)_(\w+)$": r"train/action_\1_\2",
    r"^train/(q[12])_value$": r"train/\1_mean",
    r"^agent/(actor|critic)_cnn_param_(\w+)$": r"train/\1_features_extractor_param_\2",
    r"^agent/(actor|critic)_param_(\w+)$": r"train/\1_param_\2",
    r"^agent/(actor|critic)_lr$": r"train/\1_learning_rate",
    r"^agent/total_iterations$": "train/n_updates",
    r"^train/episode_reward$": "rollout/ep_rew",
    r"^train/episode_length$": "rollout/ep_len",
    r"^progress/buffer_size$": "train/replay_buffer_size",
    r"^progress/current_reward$": "train/step_reward",
    r"^progress/speed_kmh$": "custom/speed",
}
CLEANRL_NAMES = {
    r"^gradients/(actor|critic)_cnn_norm$": r"losses/\1_encoder_grad_norm",
    r"^gradients/(actor|critic)_mlp_norm$": r"losses/\1_mlp_grad_norm",
    r"^debug/(actor|critic)_cnn_grad_norm_AFTER_clip$": r"losses/\1_encoder_grad_norm_clipped",
    r"^debug/(actor|critic)_mlp_grad_norm_AFTER_clip$": r"losses/\1_mlp_grad_norm_clipped",
    r"^debug/(actor|critic)_grad_norm_AFTER_clip$": r"losses/\1_grad_norm_clipped",
    r"^debug/(actor|critic)_grad_norm_BEFORE_clip$": r"losses/\1_grad_norm_unclipped",
    r"^debug/(actor|critic)_grad_clip_ratio$": r"losses/\1_grad_clip_coef",
    r"^debug/actor_q_mean$": "losses/actor_qf_values",
    r"^debug/actor_q_(\w+)$": r"losses/actor_qf_\1",
    r"^debug/q([12])_(\w+)$": r"losses/qf\1_\2",
    r"^debug/target_q_(\w+)$": r"losses/target_qf_\1",
    r"^train/q([12])_value$": r"losses/qf\1_values",
    r"^train/(actor|critic)_loss$": r"losses/\1_loss",
    r"^train/episode_reward$": "charts/episodic_return",
    r"^train/episode_length$": "charts/episodic_length",
    r"^train/exploration_noise$": "charts/exploration_noise",
    r"^agent/(actor|critic)_cnn_param_(\w+)$": r"params/\1_encoder_weight_\2",
    r"^agent/(actor|critic)_param_(\w+)$": r"params/\1_weight_\2",
    r"^agent/(actor|critic)_lr$": r"charts/\1_learning_rate",
    r"^agent/total_iterations$": "charts/n_updates",
    r"^progress/buffer_size$": "charts/replay_size",
    r"^progress/current_reward$": "charts/step_reward",
}
# What can be taken away, by the beginning of the tags that carry it.
EVIDENCE_GROUPS = {
    "module gradients": r"^gradients/|_grad_norm_|_grad_clip_",
    "Q on the batch": r"^train/q[12]_value|^debug/q[12]_|^debug/target_q",
    "parameter statistics": r"^agent/.*_param_",
    "actions": r"^debug/action_",
}

Change = Callable[[Run], Run]


def _each(run: Run, change: Callable[[Series], Series]) -> Run:
    return replace(run, series=tuple(change(series) for series in run.series))


def renamed(names: Mapping[str, str]) -> Change:
    """Give tags the names that patterns say; the rest keep theirs."""

    def name(tag: str) -> str:
        for pattern, value in names.items():
            if re.search(pattern, tag):
                return re.sub(pattern, value, tag)
        return tag

    return lambda run: _each(run, lambda series: replace(series, tag=name(series.tag), id=name(series.id)))


def shifted(by: int) -> Change:
    """Add to every step, as a run that was counted on from another does."""
    return lambda run: _each(run, lambda series: replace(series, steps=series.steps + by))


def _rows(series: Series, keep: np.ndarray) -> Series:
    columns = ("steps", "wall_times", "values", "segment", "superseded", "offsets", "file_index")
    return replace(series, **{name: getattr(series, name)[keep] for name in columns})


def halved(run: Run) -> Run:
    """Drop every second point of every tag that has more than eight."""
    return _each(run, lambda s: _rows(s, np.arange(len(s)) % 2 == 0) if len(s) > 8 else s)


def noisy(share: float, seed: int = 0) -> Change:
    """Multiply every value by 1 + share x normal noise. Zeros, counters and flags keep their values."""

    def change(run: Run) -> Run:
        rng = np.random.default_rng(seed)

        def spoil(series: Series) -> Series:
            if np.array_equal(series.values, np.round(series.values)):
                return series
            return replace(series, values=series.values * (1 + share * rng.normal(size=len(series))))

        return _each(run, spoil)

    return change


def restarted(run: Run) -> Run:
    """Append a resume: the last third of each tag is logged again, later and in a second file."""

    def again(series: Series) -> Series:
        if len(series) < 6:
            return series
        part = np.arange(len(series) - len(series) // 3, len(series))
        both = np.concatenate([np.arange(len(series)), part])
        more = _rows(series, both)
        late = np.arange(len(both)) >= len(series)
        span = float(np.ptp(series.wall_times)) + 600.0
        return replace(
            more,
            wall_times=more.wall_times + late * span,
            segment=more.segment + late.astype(np.int32),
            superseded=~late & np.isin(np.arange(len(both)), part),
            file_index=late.astype(np.int32),
            files=(*series.files, "events.out.tfevents.9999999999.host"),
        )

    return _each(run, again)


def without(pattern: str) -> Change:
    """Take away every tag that matches."""
    return lambda run: replace(run, series=tuple(s for s in run.series if not re.search(pattern, s.tag)))
