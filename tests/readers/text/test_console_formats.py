"""Numbers that training programs print, in the punctuation of many projects: the right tags at the right steps."""

from __future__ import annotations

from pathlib import Path

import pytest

from forensics.model.evidence import Run
from tests.readers.run_files import load, only

Curve = dict[int, float]


def printed(tmp_path: Path, line: str, count: int = 6) -> Run:
    """Return the run of a log in which the line is printed again and again.

    In it {n} counts from 1, {k} thousands, {c} thousands with separators; {v} is a value, {u} goes up and down.
    """
    up_and_down = [30, 12, 50, 9, 41, 22]
    text = "".join(
        line.format(n=n, k=1000 * n, c=f"{1000 * n:,}", v=n + 0.5, u=up_and_down[n % 6]) + "\n"
        for n in range(1, count + 1)
    )
    return load(tmp_path, {"train.log": "Using cpu device\n" + text})


BY_EPISODE = [float(n) for n in range(1, 7)]
BY_STEP = [1000.0 * n for n in range(1, 7)]


@pytest.mark.parametrize(
    ("line", "tag", "steps", "axis"),
    [
        ("Ep   {n} | reward    {v} | steps  {u} | eps 0.05", "reward", BY_EPISODE, "episode"),
        ("Episode: {n}, Steps: {u}, Reward: {v}", "reward", BY_EPISODE, "episode"),
        ("Episode: {n}, total numsteps: {k}, episode steps: {u}, reward: {v}", "reward", BY_STEP, ""),
        ("  {k}/50000: episode: {n}, duration: 1.2s, episode steps: {u}, episode reward: {v}",
         "episode_reward", BY_EPISODE, "episode"),
        ("Updates {n}, num timesteps {k}, FPS 99 \n Last 10 training episodes: mean/median reward {v}/{u}, x",
         "mean_reward", BY_STEP, "env_step"),
        ("Time 00h 01m 04s, num steps {k}, FPS 200, episode reward {v}, episode length 8",
         "episode_reward", BY_STEP, ""),
        ("fps step: {u} fps total: 200 epoch: {n}/500 frames: {k} mean rewards: {v}", "mean_rewards", BY_STEP,
         "env_step"),
        ("[INFO] Ball. Step: {k}. Time Elapsed: 3.5 s. Mean Reward: {v}. Std of Reward: 1.5. Training.",
         "mean_reward", BY_STEP, ""),
        ("[Learner] Critic Loss = {v} | Policy Loss = -3.000 | Steps = {k}", "critic_loss", BY_STEP, ""),
        ("step = {k}: Average Return = {v}", "average_return", BY_STEP, ""),
        ("[Evaluate] Step_{k:07d}: mean_reward:{v}", "mean_reward", BY_STEP, ""),
        ("Step {c} / 5,000,000 - mean reward: {v} - x: 1", "mean_reward", BY_STEP, ""),
        ("Exp x updates 0/6 episodes, total num timesteps {k}/20000, FPS 9.\n\naverage episode rewards is {v}",
         "average_episode_rewards", BY_STEP, "env_step"),
        (" iteration   {k}/  50000 | time per iteration (ms): 2.1 | lm loss: {v}E+00 |", "lm_loss", BY_STEP, ""),
        ("Epoch: [{n}][  10/5005]\tTime  0.5 ( 0.6)\tLoss {v}e+00 (7.0e+00)\tAcc@1 0.5 ( 0.1)", "loss", BY_EPISODE,
         "epoch"),
        ("Epoch: [{n}]  [  10/1251]  eta: 0:20:00  lr: 0.000001  loss: {v} (6.95)  time: 0.6", "loss", BY_EPISODE,
         "epoch"),
        ("[2021-03-27 20:17:36 net](main.py 204): INFO Train: [{n}/300][0/1251]\teta 1:00:00 lr 0.001\tloss {v} (6.9)"
         "\tgrad_norm 2.2 (2.2)\tmem 7MB", "loss", BY_EPISODE, "epoch"),
        ("[{n}/25][10/391]\tLoss_D: {v}\tLoss_G: 3.5", "loss_d", BY_EPISODE, "epoch"),
        ("2021-01-01 10:00:00 | INFO | train | epoch 001:  {k} / 9000 loss={v}, num_updates={k}, lr=0.1", "loss",
         BY_STEP, "update"),
        ('2021-01-01 10:00:00 | INFO | train | {{"update": {n}.0, "loss": "{v}", "num_updates": "{k}"}}', "loss",
         BY_STEP, "update"),
        ("##########\n     Learning iteration {n}/1500 \n\n    Mean reward: {v}\n  Total timesteps: {k}\n---------",
         "mean_reward", BY_EPISODE, ""),
        ("[INFO 12:00:01] my_main Recent Stats | t_env:          {k} | Episode:     {n}\nq: 1.5\treturn_mean:     {v}",
         "return_mean", BY_STEP, "env_step"),
    ],
)  # fmt: skip
def test_the_value_stands_at_the_step_of_its_line(
    tmp_path: Path, line: str, tag: str, steps: list[float], axis: str
) -> None:
    series = only(printed(tmp_path, line), tag)
    assert (series.declared or {}).get("axis", "") == axis
    assert dict(zip(series.steps.tolist(), series.values.tolist(), strict=True)) == {
        int(step): n + 0.5 for n, step in enumerate(steps, 1)
    }


@pytest.mark.parametrize(
    ("line", "tag"),
    [
        ("T={k} Episode Num: {n}\n-----\nEvaluation over 10 episodes: {v}\n-----", "evaluation_over_episodes"),
        ("T={k} Episode Num: {n}\nTest Episodes: 10, Avg. Reward: {v}", "test/avg._reward"),
        ("step {k}/18865 | train loss 11.0 | norm 15.5\nval loss {v}", "val_loss"),
        (
            "| Epoch | 3 |\n| TotalEnvInteracts | {k} |\n\nTest set: Average loss: {v}, Accuracy: 9850/10000",
            "test/average_loss",
        ),
    ],
)
def test_a_report_of_how_it_goes_belongs_to_the_step_named_last(tmp_path: Path, line: str, tag: str) -> None:
    series = only(printed(tmp_path, line), tag)
    assert series.steps.tolist() == [int(step) for step in BY_STEP]
    assert series.values.tolist() == [n + 0.5 for n in range(1, 7)]


def test_a_report_before_any_step_is_no_series(tmp_path: Path) -> None:
    run = load(tmp_path, {"train.log": "eval_freq: 5000\nTest episodes: 10\neval_freq: 5000\n"})
    assert not run.series


def test_two_losses_on_one_line_keep_their_names(tmp_path: Path) -> None:
    run = printed(tmp_path, "Steps = {k} | Critic Loss = {v} | Policy Loss = -{v}")
    assert only(run, "critic_loss").values[0] == 1.5
    assert only(run, "policy_loss").values[0] == -1.5


def test_values_parted_by_tabs_are_no_sections(tmp_path: Path) -> None:
    run = printed(tmp_path, "[INFO 12:00:01] Stats | t_env: {k}\nwon_mean:   0.5\tep_length_mean:   {v}")
    assert {series.tag for series in run.series} == {"won_mean", "ep_length_mean"}


def test_the_line_of_a_source_file_is_no_value(tmp_path: Path) -> None:
    run = printed(tmp_path, "[06-23 13:31:27 MainThread @train.py:98]  episode:{n}    Test reward:{v}")
    assert {series.tag for series in run.series} == {"test_reward"}
