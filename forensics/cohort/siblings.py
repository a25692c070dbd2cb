"""Which runs are seeds of one experiment, and which of them failed where the others learned. Pure.

Two runs are siblings where their names differ in a seed, a run number or a time alone, and where their settings, if
both are known, differ in the seed alone. A sibling's fate changes nothing in a run's own diagnosis: it is a finding
of the group.

References: Henderson et al. 2018, "Deep reinforcement learning that matters" (the seed alone makes runs of one
configuration differ); Agarwal et al. 2021 (arXiv 2108.13264).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median

from forensics.cohort.experiment import SEED_KEYS, are_run_numbers, experiment_of, number_in, settings_of

COMPARED = 3  # settings that two runs must both have before equal settings say anything
SHARED = 0.5  # share of the tags that siblings log: one program wrote them
HARDLY = 0.25  # of the siblings' median gain: less is no slower learning, it is none
WHOLE = 0.5  # of the siblings' median steps: a run that was stopped before had no chance to learn


@dataclass(frozen=True, slots=True)
class Course:
    """How the return of a run went: the medians of its first tenth and last fifth, and whether it clearly rises."""

    tag: str
    start: float
    end: float
    rises: bool


@dataclass(frozen=True, slots=True)
class Member:
    """What a comparison needs of one run. `course` is None where no return could be examined."""

    label: str
    algorithm: str = ""
    settings: Mapping[str, object] = field(default_factory=dict)
    tags: frozenset[str] = frozenset()
    last_step: int | None = None
    course: Course | None = None


@dataclass(frozen=True, slots=True)
class Siblings:
    """Seeds of one experiment: `name` is what their names share. `seeds` maps a label to its seed, where known."""

    name: str
    members: tuple[Member, ...]
    seeds: Mapping[str, str]
    learned: tuple[str, ...]
    failed: tuple[str, ...]

    @property
    def statement(self) -> str:
        """Say in one sentence what came of the seeds."""
        count = len(self.members)
        if not self.failed:
            examined = sum(member.course is not None for member in self.members)
            if not examined:
                return f"{count} seeds; no return of at least ten points tells whether they learned."
            return f"{len(self.learned)} of {examined} seeds learned, by a return that clearly rises."
        first = next(member for member in self.members if member.label == self.failed[0])
        assert first.course is not None
        gains = [_gain(member) for member in self.members if member.label in self.learned]
        return (
            f"{len(self.failed)} of {count} seeds failed where {len(self.learned)} learned: {first.course.tag} goes "
            f"from {first.course.start:.4g} to {first.course.end:.4g} in {', '.join(self.failed)}"
            f"{' (the first of them)' if len(self.failed) > 1 else ''}, while the others gain {median(gains):.4g} "
            "(median). The settings are the same, so the seed decides: the configuration is fragile, or a fault "
            "strikes by chance."
        )


def siblings_of(members: Iterable[Member]) -> list[Siblings]:
    """Return every group of at least two siblings, those in which a seed failed first, then by name."""
    by_name: dict[tuple[str, str], list[Member]] = {}
    for member in members:
        by_name.setdefault((experiment_of(member.label), member.algorithm), []).append(member)
    groups = [
        _compared(name, group)
        for (name, _), named in by_name.items()
        for group in _alike(named)
        if len(group) > 1 and _are_seeds(name, group)
    ]
    return sorted(groups, key=lambda group: (not group.failed, group.name, group.members[0].label))


def _alike(members: Sequence[Member]) -> list[list[Member]]:
    """Part runs of one name by their settings and tags."""
    groups: list[list[Member]] = []
    for member in members:
        home = next((group for group in groups if _same_experiment(group[0], member)), None)
        if home is None:
            groups.append([member])
        else:
            home.append(member)
    return groups


def _same_experiment(a: Member, b: Member) -> bool:
    mine, others = settings_of(a.settings), settings_of(b.settings)
    if (mine or others) and mine != others:
        return False
    both, either = len(a.tags & b.tags), len(a.tags | b.tags)
    return both >= SHARED * either


def _are_seeds(name: str, group: Sequence[Member]) -> bool:
    """Whether something says that the members differ in the seed: settings of some size, or numbers in the names."""
    if len(settings_of(group[0].settings)) >= COMPARED:
        return True
    return bool(name.strip("#/ ")) and are_run_numbers([member.label for member in group])


def _compared(name: str, members: Sequence[Member]) -> Siblings:
    learned = [member for member in members if member.course is not None and member.course.rises]
    failed = [member for member in members if _has_failed(member, learned)]
    return Siblings(
        name=name,
        members=tuple(members),
        seeds={member.label: seed for member in members if (seed := _seed(member))},
        learned=tuple(member.label for member in learned),
        failed=tuple(member.label for member in failed),
    )


def _has_failed(member: Member, learned: Sequence[Member]) -> bool:
    """Whether a run did not learn although it had the time in which its siblings did."""
    course = member.course
    others = [other for other in learned if other.course is not None and course and other.course.tag == course.tag]
    if course is None or course.rises or not others:
        return False
    steps = [other.last_step for other in others if other.last_step is not None]
    if member.last_step is not None and steps and member.last_step < WHOLE * median(steps):
        return False
    ends = [other.course.end for other in others if other.course is not None]
    return course.end < min(ends) and course.end - course.start < HARDLY * median(_gain(other) for other in others)


def _gain(member: Member) -> float:
    return member.course.end - member.course.start if member.course is not None else 0.0


def _seed(member: Member) -> str:
    for key, value in member.settings.items():
        if key.rsplit(".", 1)[-1].lower() in SEED_KEYS and isinstance(value, str | int | float):
            return str(value)
    return number_in(member.label)
