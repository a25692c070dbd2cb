"""Norm formulas: what is made of gradients or parameters, one operation after the other.

A *tensor form* belongs to one parameter tensor at a time (in a loop or a comprehension over a parameter set); a
*total form* is one number for the whole set.
"""

from __future__ import annotations

from typing import Any, NamedTuple

TOTALS = {
    "l2": "l2",
    "sum_of_l2": "sum of l2",
    "sum_of_squares": "sum of squares",
    "max_of_l2": "max of l2",
    "mean_of_l2": "mean of l2",
    "max_abs": "max of absolute values",
    "mean_of_mean_abs": "mean of mean absolute values",
    "sum_of_abs": "sum of absolute values",
    "root_of_sum_of_l2": "square root of a sum of l2",
    "other": "other",
}
"""Forms of a whole parameter set, in words."""

_STEPS: dict[tuple[str, str], str] = {
    ("raw", "norm"): "norm",
    ("raw", "square"): "square_entries",
    ("raw", "abs"): "abs_entries",
    ("raw", "cat"): "all",
    ("square_entries", "sum"): "square",
    ("square_entries", "mean"): "mean_square",
    ("abs_entries", "max"): "max_abs_each",
    ("abs_entries", "mean"): "mean_abs_each",
    ("abs_entries", "sum"): "abs_each",
    ("max_abs_each", "max"): "max_abs",
    ("mean_abs_each", "mean"): "mean_of_mean_abs",
    ("abs_each", "sum"): "sum_of_abs",
    ("norm", "square"): "square",
    ("norm", "norm"): "l2",
    ("norm", "sum"): "sum_of_l2",
    ("norm", "max"): "max_of_l2",
    ("norm", "mean"): "mean_of_l2",
    ("square", "sqrt"): "norm",
    ("square", "sum"): "sum_of_squares",
    ("sum_of_squares", "sqrt"): "l2",
    ("sum_of_l2", "sqrt"): "root_of_sum_of_l2",
    ("l2", "square"): "sum_of_squares",
    ("all", "norm"): "l2",
    ("all", "square"): "all_square",
    ("all", "abs"): "all_abs",
    ("all_square", "sum"): "sum_of_squares",
    ("all_abs", "max"): "max_abs",
    ("all_abs", "sum"): "sum_of_abs",
}

_KEEPS = {"cat", "same"}


class Measure(NamedTuple):
    """A quantity ("grad" or "param") of some modules, in one form. `event` is the event that measured it, or None."""

    quantity: str
    modules: frozenset[Any]
    form: str
    event: int | None = None

    @property
    def total(self) -> bool:
        return self.form in TOTALS

    def after(self, operation: str) -> Measure:
        """Return the measure after `operation`: norm, square, sqrt, abs, sum, max, mean, cat or same."""
        form = _STEPS.get((self.form, operation))
        if form is None:
            if operation in _KEEPS or (self.total and operation in ("sum", "max", "mean", "abs")):
                return self
            form = "other"
        return self._replace(form=form)
