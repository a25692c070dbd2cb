"""A claim in the words in which it was understood, so that a reader can see a misunderstanding."""

from __future__ import annotations

from forensics.claims.claim import (
    AlertLimit,
    Alerts,
    Between,
    Claim,
    Elsewhere,
    NonFinite,
    Points,
    Relation,
    Stage,
    StageLogged,
    Total,
    Travel,
    Trend,
    Value,
    Word,
)
from forensics.model.meaning import ClipStage

_STAGES = {ClipStage.PRE: "before clipping", ClipStage.POST: "after clipping"}


def told(claim: Claim) -> str:
    """Return the claim as it was understood."""
    said = claim.subject.said if claim.subject else ""
    match claim.says:
        case Value() as value:
            return _value(said, value)
        case Between(low, high, _):
            return f"{said}: between {low.text} and {high.text}"
        case Travel(start, end):
            return f"{said}: from {start.text} to {end.text}"
        case Trend(course, negated):
            return f"{said}: {'not ' if negated else ''}{course.value}"
        case Stage(stage):
            return f"{said}: {_STAGES[stage]}"
        case StageLogged(stage):
            return f"no gradient metric is logged {_STAGES[stage]}"
        case Alerts(fired, words):
            return f"{' '.join([*words, said or 'alert'])}: {'fired' if fired else 'never fired'}"
        case AlertLimit(number, words):
            return f"{' '.join([*words, 'alert threshold'])}: {number.text}"
        case Points(number):
            return f"{said}: {number.text} points"
        case Total(number, noun):
            return f"the run: {number.text} {'env steps' if noun == 'env' else noun + 's'}"
        case NonFinite(present):
            return f"{said}: {'' if present else 'never '}not finite"
        case Word(word):
            return f"{said} = {word}"
        case Elsewhere():
            return claim.quote if not said else f"{said}: {claim.quote}"


def _value(said: str, value: Value) -> str:
    which = f"{value.stat.value} " if value.stat else ""
    relation = "" if value.relation is Relation.EQUAL else f"{value.relation.value} "
    at = f" at {value.step_noun} {value.step.text}" if value.step else ""
    points = (
        f" at all {value.points.text} {value.points_noun}" if value.points else " at every point" if value.every else ""
    )
    reached = "reached " if value.reached and not value.every else ""
    return f"{said}: {'not ' if value.negated else ''}{reached}{which}{relation}{value.number.text}{at}{points}"
