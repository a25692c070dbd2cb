"""Renders a diagnosis as Markdown short enough for a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from forensics.model.diagnosis import CauseVerdict, Diagnosis, VerdictStatus, Weight
from reports.marktext import code, text
from reports.redact import redact
from reports.selection import Selection
from reports.words import ROLES, likelihood, number, progress, signed

BUDGET = 65_536  # characters that GitHub takes in one comment
LISTED = 5
EVIDENCE = 3
_CUT = "The rest stands in the report."
VERDICT = 1200  # characters of the verdict: its last sentence says what to do

HEADINGS = {
    VerdictStatus.FAULT: "Probable cause",
    VerdictStatus.NO_FAULT_FOUND: "No fault found",
    VerdictStatus.UNDETERMINED: "Undetermined",
    VerdictStatus.INDISTINGUISHABLE: "Indistinguishable",
    VerdictStatus.INSUFFICIENT_EVIDENCE: "Insufficient evidence",
}


def render(diagnosis: Diagnosis) -> str:
    """Return the verdict, the causes, what was ruled out and not examined, and the next test, in GitHub's Markdown.

    The same diagnosis gives the same text, of at most BUDGET characters. Text of the run appears as text only.
    """
    shown = redact(diagnosis)
    selection = Selection(shown)
    blocks = [
        *_verdict(shown, selection),
        *_first_action(shown, selection),
        *_causes(selection),
        *_evidence(shown, selection),
        *_list("Measurement faults", (_standing(cause) for cause in selection.standing_measurement)),
        *_list("Ruled out", _ruled_out(selection)),
        *_not_examined(shown, selection),
        *_next_test(shown, selection),
    ]
    return "\n\n".join(_within(blocks)) + "\n"


def _within(blocks: Iterable[str]) -> Iterator[str]:
    """Yield the blocks that BUDGET has room for; only a run written to be long fills it."""
    room = BUDGET - len(_CUT) - 2
    for block in blocks:
        room -= len(block) + 2
        if room < 0:
            yield _CUT
            return
        yield block


def _verdict(diagnosis: Diagnosis, selection: Selection) -> Iterator[str]:
    run, verdict = diagnosis.run, diagnosis.verdict
    yield f"## {HEADINGS[verdict.status]}"
    yield f"**{text(verdict.statement, VERDICT)}**"
    likely = f"{text(verdict.likelihood_words)} ({likelihood(verdict.likelihood)})"
    measures = [f"Likelihood: **{likely}**"] if verdict.likelihood is not None else []
    reasons = "; ".join(text(reason.rstrip(".")) for reason in verdict.evidence_quality_reasons[:LISTED])
    measures.append(f"evidence quality: **{verdict.evidence_quality}**" + (f" ({reasons})" if reasons else ""))
    yield _sentence("; ".join(measures))
    what = [text(part, 80) for part in (run.algorithm or run.framework, run.backend, progress(run)) if part]
    ended = f", ended: {text(run.ended, 80)}" if run.ended != "unknown" else ""
    examined = f"{diagnosis.coverage.examined} of {selection.looked_for} observations made"
    yield f"Run {code(run.name)}: {', '.join(what)}{ended}; {examined}."
    if verdict.indistinguishable:
        titles = {cause.id: cause.title for cause in diagnosis.causes}
        yield "The evidence at hand cannot tell these apart:"
        yield _items(text(titles.get(name, name)) for name in verdict.indistinguishable)


def _first_action(diagnosis: Diagnosis, selection: Selection) -> Iterator[str]:
    for first in diagnosis.recommendations[:1]:
        yield "### " + ("Do this first" if selection.calls_for_action else "What would show more")
        yield text(first.action)
        after = [("Expect", first.expected_result), ("Verify", first.how_to_verify), ("Cost", first.cost)]
        told = [f"{name}: {text(words)}" for name, words in after if words]
        if told:
            yield _items(told)


def _causes(selection: Selection) -> Iterator[str]:
    if not selection.ranked:
        return
    yield "### Causes"
    rows = [
        f"| {text(cause.title, 120)} | {ROLES[cause.role][1]} | {likelihood(cause.likelihood)} "
        f"{text(cause.likelihood_words)} | {len(cause.supports)} | {len(cause.contradicts)} | {len(cause.missing)} |"
        for cause in selection.ranked
    ]
    head = ["| Cause | Role | Likelihood | For | Against | Missing |", "|---|---|---|--:|--:|--:|"]
    yield "\n".join([*head, *rows])


def _evidence(diagnosis: Diagnosis, selection: Selection) -> Iterator[str]:
    named = {diagnosis.verdict.cause, *diagnosis.verdict.indistinguishable}
    for cause in [cause for cause in selection.ranked if cause.id in named]:
        lines = [
            f"{words} ({signed(abs(weight.weight) * direction)}), {_finding(weight, selection)}"
            for words, weights, direction in (("for", cause.supports, 1), ("against", cause.contradicts, -1))
            for weight in sorted(weights, key=lambda each: -abs(each.weight))[:EVIDENCE]
        ]
        yield from _list(f"Evidence: {text(cause.title, 120)}", lines, 2 * EVIDENCE)


def _finding(weight: Weight, selection: Selection) -> str:
    known = selection.by_name.get(weight.finding)
    said = weight.statement or (known.statement if known else "")
    return f"{code(known.code if known else weight.finding)}: {text(said)}"


def _ruled_out(selection: Selection) -> Iterator[str]:
    yield from map(text, selection.answers)
    for cause in selection.ruled_out:
        if not cause.answers:
            yield text(f"{cause.title}: {cause.reason}" if cause.reason else cause.title)


def _not_examined(diagnosis: Diagnosis, selection: Selection) -> Iterator[str]:
    missing = diagnosis.coverage.not_examined
    if not missing:
        return
    supplied = [item for item in missing if item.how_to_log] or missing  # of the others the learner has no such thing
    kinds = list(dict.fromkeys(kind for item in supplied for kind in item.missing))
    named = "; ".join(text(kind, 120) for kind in kinds[:LISTED])
    more = f"; and {len(kinds) - LISTED} more" if len(kinds) > LISTED else ""
    yield "### Not examined"
    yield f"{number(len(missing))} of {selection.looked_for} observations, for want of: {named}{more}."


def _next_test(diagnosis: Diagnosis, selection: Selection) -> Iterator[str]:
    head = [cause.decisive_test for cause in selection.causes if cause.id == diagnosis.verdict.cause]
    yield from _list("Next test", (text(test) for test in selection.decisive_tests or head if test))


def _standing(cause: CauseVerdict) -> str:
    return text(f"{cause.title}: {cause.likelihood_words} ({likelihood(cause.likelihood)})")


def _list(heading: str, lines: Iterable[str], most: int = LISTED) -> Iterator[str]:
    found = list(lines)
    if found:
        yield f"### {heading}"
        more = [f"and {len(found) - most} more in the report"] if len(found) > most else []
        yield _items([*found[:most], *more])


def _items(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _sentence(words: str) -> str:
    return f"{words[0].upper()}{words[1:]}."
