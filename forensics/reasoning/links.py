"""What brought what about, among the causes that stand."""

from __future__ import annotations

from forensics.model.diagnosis import Kind
from forensics.reasoning.belief import Belief

# Share of a cause's probability that its standing parents must supply before it is called their consequence.
EXPLAINED = 0.75


def explained_by(beliefs: dict[str, Belief]) -> dict[str, list[str]]:
    """Map each standing cause to the standing causes that brought it about, strongest edge first.

    A cause with a substantial prior of its own is not explained by a parent that seldom leads to it; an outcome
    is explained by any standing cause that leads to it.
    """
    parents: dict[str, list[tuple[float, str]]] = {name: [] for name, item in beliefs.items() if item.stands}
    for name in parents:
        for edge in beliefs[name].cause.leads_to:
            if edge.explains and edge.cause in parents:
                parents[edge.cause].append((edge.probability, name))
    return {
        name: [parent for _, parent in sorted(found, key=_strongest)]
        for name, found in parents.items()
        if _enough(beliefs[name], found)
    }


def explains(name: str, explained: dict[str, list[str]], beliefs: dict[str, Belief]) -> list[str]:
    """Return the standing outcomes that a cause brought about, directly or through its consequences."""
    reached = [name]
    for here in reached:
        reached += [child for child, parents in explained.items() if here in parents and child not in reached]
    return sorted(item for item in reached[1:] if beliefs[item].cause.kind is Kind.OUTCOME)


def _strongest(link: tuple[float, str]) -> tuple[float, str]:
    return -link[0], link[1]


def _enough(belief: Belief, parents: list[tuple[float, str]]) -> bool:
    if not parents:
        return False
    if belief.cause.kind is Kind.OUTCOME:
        return True
    neither = 1.0
    for probability, _ in parents:
        neither *= 1 - probability
    brought = 1 - neither
    return brought / (brought + belief.cause.prior.p * neither) >= EXPLAINED
