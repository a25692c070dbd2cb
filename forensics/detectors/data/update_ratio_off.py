"""The number of updates for each environment step differs from the configured one, or is far from ordinary.

Observes: the slope of the update counter over environment steps, against gradient_steps / train_freq (or the
update-to-data ratio) of the configuration.

Why it matters: many updates on few data overfit the critic to its own bootstrap; far fewer than meant leave the agent
untrained.

Evidence: an update counter on environment steps, or the configuration.

How it can be wrong: parallel environments divide the ratio by their number (allowed for where it is configured);
REDQ and DroQ use twenty updates a step on purpose.

References: Nikishin 2022 (primacy bias, arXiv 2205.07802); Chen 2021 (REDQ, 20 updates a step with an ensemble of
ten, arXiv 2101.05982); fault catalogue, wrong-update-ratio; identity I9.
"""

from __future__ import annotations

from forensics.detectors.meta import Meta
from forensics.model.finding import Finding, Number, Threshold
from forensics.model.meaning import Quantity
from forensics.signals.figure import figure
from forensics.signals.signals import Signals

META = Meta(
    code="DAT104",
    name="update-ratio-off",
    fired="The update ratio is off",
    clear="The update ratio is as configured or ordinary",
    group="update-count",
    needs=("update counter on environment steps, or the configured update ratio, of an off-policy method",),
    leak=(2, 100),
    leak_reason="High ratios are used on purpose with ensembles or resets.",
    how_to_log='writer.add_scalar("train/n_updates", updates, env_step)',
)
THRESHOLDS = {
    "high": Threshold(
        10.0, "updates per step", "Nikishin 2022: plain SAC overfits early data from some ten updates a step"
    ),
    "differs": Threshold(1.5, "times", "the slope is exact to a few per cent; a factor 1.5 is another schedule"),
}
MADE_FOR_MANY = ("redq", "droq", "aqe", "bro", "crossq", "simba")  # ensembles, dropout or norms against overfitting


def detect(signals: Signals) -> Finding:
    """Compare updates per environment step with the configured and the ordinary ratio."""
    seen, meant = signals.number("updates_per_step"), _configured(signals)
    if not signals.select(Quantity.Q_VALUE) or (seen is None and meant is None):
        return META.not_applicable()
    counter = signals.first(Quantity.UPDATE_COUNT)
    evidence = [counter.ref()] if counter is not None else []
    ratio = seen if seen is not None else meant
    assert ratio is not None
    values: dict[str, Number] = {"updates_per_step": seen, "configured": meant}
    span = (
        f" from step {counter.steps[0]} to {counter.steps[-1]} ({len(counter)} points)" if counter is not None else ""
    )
    told = f"{ratio:.4g} updates an environment step{span}"
    if seen is not None and meant is not None and not _agree(seen, meant, signals.config("n_envs", "num_envs") or 1.0):
        return META.fire(
            f"{told}: {seen:.4g} against {meant:.4g} configured.",
            values=values,
            evidence=evidence,
            figure=None if counter is None else figure("Updates", [counter]),
            onset=None if counter is None else int(counter.steps[0]),
        )
    if ratio >= THRESHOLDS["high"].value and signals.algorithm.lower().startswith(MADE_FOR_MANY):
        return META.inconclusive(f"{told}, for which {signals.algorithm} is made.", values=values, evidence=evidence)
    if ratio >= THRESHOLDS["high"].value:
        return META.fire(
            f"{told}: {ratio:.4g} against {THRESHOLDS['high'].value:g}.",
            values=values,
            evidence=evidence,
            onset=None if counter is None else int(counter.steps[0]),
        )
    return META.pass_(f"{told}: {ratio:.4g} against {THRESHOLDS['high'].value:g}.", values=values, evidence=evidence)


def _configured(signals: Signals) -> float | None:
    ratio = signals.config("utd", "utd_ratio", "updates_per_step", "update_to_data_ratio")
    if ratio is not None:
        return ratio
    updates, every = signals.config("gradient_steps"), signals.config("train_freq", "train_frequency") or 1.0
    if updates is None or every <= 0:
        return None
    return 1.0 if updates < 0 else updates / every  # SB3: -1 means as many updates as steps were made


def _agree(seen: float, meant: float, environments: float) -> bool:
    if meant <= 0:
        return True
    return any(
        1 / THRESHOLDS["differs"].value <= seen / wanted <= THRESHOLDS["differs"].value
        for wanted in (meant, meant / environments)
    )
