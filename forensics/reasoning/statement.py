"""The verdict in sentences, filled from the numbers of the findings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from forensics.model.diagnosis import Kind, Weight
from forensics.model.finding import Finding
from forensics.reasoning.belief import Belief
from forensics.reasoning.words import in_words, listed

SHOWN = 2


def fault(belief: Belief, fired: Mapping[str, Finding]) -> str:
    """Say what went wrong in one sentence, and by the titles of the weightiest findings what shows it."""
    titles = [fired[item.finding].title for item in _own_first(belief)[:SHOWN]]
    return f"{belief.cause.summary} What shows it: {'; '.join(_inside(title) for title in titles)}."


def shown(belief: Belief) -> list[str]:
    """Return the sentences of the findings that weigh most for a cause, signs of its own first."""
    return [item.statement for item in _own_first(belief)[:SHOWN] if item.statement]


def _own_first(belief: Belief) -> list[Weight]:
    return sorted(belief.supports, key=lambda item: item.finding not in belief.cause.signature)


def _inside(title: str) -> str:
    """Return a title as it stands inside a sentence: a name keeps its capital."""
    first = title.split(" ", 1)[0]
    named = first[1:] != first[1:].lower() or first == "Q"
    return title if named else title[0].lower() + title[1:]


def indistinguishable(beliefs: Sequence[Belief]) -> str:
    """Say which explanations fit, and what would decide between them."""
    names = [item.cause.title for item in beliefs]
    first = beliefs[0]
    return (
        f"One of these is at work, and nothing that was logged tells them apart: {listed(names, 'or')}. "
        + " ".join(shown(first))
        + f" This would decide: {first.cause.decisive_test}"
    )


def undetermined(outcomes: Sequence[Belief], seen: Sequence[Finding], suspects: Sequence[Belief]) -> str:
    """Say what is known, and that why is not."""
    parts = [" ".join([item.cause.summary, *shown(item)[:1]]) for item in outcomes]
    parts += [f"{finding.title}: {finding.statement}" for finding in seen[: SHOWN - min(SHOWN, len(outcomes))]]
    if suspects:
        names = [f"{item.cause.title} ({in_words(item.likelihood)})" for item in suspects[:3]]
        nearest = (
            f"the evidence is shared by {listed(names)}" if len(names) > 1 else f"what comes nearest is {names[0]}"
        )
        parts.append(f"Why is not established; {nearest}.")
    else:
        parts.append("Why is not established: no mechanism reaches an even chance on what was logged.")
    return " ".join(parts)


def insufficient(informative: int, missing: int) -> str:
    """Say that too little was logged to judge."""
    count = "No observation" if not informative else f"Only {informative} observation{'s' * (informative > 1)}"
    return f"{count} about the training itself could be made, and {missing} could not: too little to judge the run."


def no_fault(standing: Sequence[Belief], examined: int, missing: int, undecided: int) -> str:
    """Say that nothing was found, in how much, and what else is worth knowing."""
    open_ends = f", {undecided} decided nothing" if undecided else ""
    parts = [
        f"No known fault of the training was found in {examined} observations; {missing} could not be made{open_ends}."
    ]
    instrument = [item.cause.title for item in standing if item.cause.kind is Kind.MEASUREMENT]
    if instrument:
        parts.append(f"What the run logged about itself is not to be taken at its word: {listed(instrument)}.")
    rest = [item.cause.title for item in standing if item.cause.kind is not Kind.MEASUREMENT]
    if rest:
        parts.append(f"Noted besides: {listed(rest)}.")
    return " ".join(parts)
