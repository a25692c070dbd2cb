"""Pages and lists about detectors and causes, written from their own files: `explain` shows them, docs/ holds them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from forensics.advice.block import Block, compose, frameworks, measurable
from forensics.advice.measurements import table
from forensics.causes.cause import Cause
from forensics.causes.library import load as causes
from forensics.detectors.registry import Detector, detectors
from forensics.errors import UsageError
from forensics.settings import nearest


def explanation(name: str) -> str:
    """Return the page of a detector (by code or name), of a cause (by id), or both where they share the name.

    The name of a framework gives the page of what to log in it.

    Raises UsageError with the nearest name if there is none of this name.
    """
    wanted = name.lower()
    pages = [detector_page(each) for each in detectors() if wanted in (each.meta.code.lower(), each.meta.name)]
    pages += [cause_page(each) for each in causes() if wanted == each.id]
    pages += [framework_page(each) for each in frameworks() if wanted == each]
    if pages:
        return "\n---\n\n".join(pages)
    known = [key for each in detectors() for key in (each.meta.code, each.meta.name)]
    known += [*(each.id for each in causes()), *frameworks()]
    close = nearest(name, tuple(known))
    hint = close if "did you mean" in close else " (`forensics detectors` and `forensics causes` list what there is)"
    raise UsageError(f"there is no detector or cause {name!r}{hint}")


def detector_page(detector: Detector) -> str:
    """Return the Markdown page of one detector."""
    meta = detector.meta
    alarms, runs = meta.leak
    lines = [
        f"# {meta.code} {meta.name}",
        "",
        detector.doc.strip(),
        "",
        "| | |",
        "|---|---|",
        f"| When it fires | {_cell(meta.fired)} |",
        f"| When it is clear | {_cell(meta.clear)} |",
        f"| Family | {detector.family} |",
        f"| Line of evidence | {meta.group}: findings of one line count as one |",
        f"| Needs | {_cell('; '.join(meta.needs))} |",
        f"| False alarms | {alarms:g} in {runs:g} healthy runs: {_cell(meta.leak_reason)} |",
        "",
    ]
    if detector.thresholds:
        lines += ["## Thresholds", "", "| threshold | value | unit | source |", "|---|---|---|---|"]
        lines += [
            f"| {_cell(name)} | {limit.value:g} | {_cell(limit.unit)} | {_cell(limit.source)} |"
            for name, limit in detector.thresholds.items()
        ]
        lines += [""]
    lines += ["## How to log what it needs", "", *(_lines_for(meta.name) or [*_code(meta.how_to_log), ""])]
    if predicting := _predicting(meta.name):
        lines += ["## Causes that predict it", ""]
        lines += [f"- {_link(cause.id)}: {chance:.2f}" for cause, chance in predicting]
        lines += [""]
    return _document(lines)


def cause_page(cause: Cause) -> str:
    """Return the Markdown page of one cause."""
    lines = [f"# {cause.title}", "", f"`{cause.id}`, {cause.kind}; harm {cause.harm:g} ({cause.harm_word}).", ""]
    if cause.unexamined:
        lines += [f"**Not examined yet:** {cause.unexamined.strip()}", ""]
    if cause.needs_tier != "T1":
        lines += [f"Examined from evidence tier {cause.needs_tier} on.", ""]
    lines += [cause.summary.strip(), "", "## Mechanism", "", cause.mechanism.strip(), ""]
    lines += ["## What it predicts", "", "| finding | chance that it fires | why |", "|---|---|---|"]
    lines += [f"| {_finding(each.finding)} | {each.p:.2f} | {_cell(each.reason)} |" for each in cause.predicts]
    lines += ["", f"Before any evidence: {cause.prior.p:.3f}. {cause.prior.reason.strip()}", ""]
    lines += _section(
        "Ruled out by", (_exclusion(each.finding, each.status, each.reason) for each in cause.excluded_by)
    )
    lines += _section("Rivals", (_rival(each.id, each.tiers, each.separated_by) for each in cause.rivals))
    lines += _section(
        "Leads to", (f"{_link(each.cause)} ({each.probability:.2f}): {each.reason.strip()}" for each in cause.leads_to)
    )
    lines += _section(
        "Tempting, but wrong", (f"{_finding(each.finding)}: {each.answer.strip()}" for each in cause.tempting)
    )
    lines += ["## Decisive test", "", cause.decisive_test.strip(), ""]
    remedy = cause.remedy
    lines += ["## Remedy", "", remedy.action.strip(), ""]
    lines += [f"- Expected: {remedy.expected_result.strip()}", f"- To verify: {remedy.how_to_verify.strip()}"]
    lines += [f"- Cost: {remedy.cost}", ""]
    lines += _section("Sources", (each.strip() for each in cause.citations))
    return _document(lines)


def framework_page(framework: str) -> str:
    """Return the Markdown page of what can be logged in a framework: one block for each kind of learner."""
    lines = [f"# What to log: {framework}", "", "A report holds of these lines those that its run lacks.", ""]
    for learner in frameworks()[framework]:
        lines += [f"## {learner}", "", *_code(_whole(framework, learner).code), ""]
    return _document(lines)


def detector_lines() -> list[str]:
    """Return one line a detector, ordered by code."""
    return [f"{each.meta.code}  {each.meta.name:<32}  {each.family:<10}  {each.meta.fired}" for each in detectors()]


def cause_lines() -> list[str]:
    """Return one line a cause, ordered by id; one that no detector can show yet is marked."""
    return [
        f"{each.id:<36}  {each.kind:<14}  {each.title}{' (not examined yet)' if each.unexamined else ''}"
        for each in causes()
    ]


def _lines_for(observation: str) -> list[str]:
    """Return the lines that log what an observation needs, for each framework and learner that has them."""
    needs, lines = table().observation.get(observation, ()), []
    for framework, learners in frameworks().items():
        for learner in learners:
            block = _whole(framework, learner)
            own = [text for name in needs if (text := block.lines(name))]
            if own:
                lines += [f"[{framework}](../logging/{framework}.md), {learner}:", "", *_code("\n".join(own)), ""]
    if lines:
        lines += [
            "The helpers that these lines call, and where they stand: `forensics explain` with the framework.",
            "",
        ]
    return lines


@cache
def _whole(framework: str, learner: str) -> Block:
    """Return the block of all that can be measured, in the order of the table."""
    able = measurable(framework, learner)
    return compose(framework, learner, [name for name in table().measurement if name in able])


@cache
def _codes() -> dict[str, str]:
    return {detector.meta.name: detector.meta.code for detector in detectors()}


def _predicting(finding: str) -> list[tuple[Cause, float]]:
    pairs = [(cause, cause.p(finding)) for cause in causes() if cause.p(finding)]
    return sorted(pairs, key=lambda pair: (-pair[1], pair[0].id))


def _finding(name: str) -> str:
    """Name a finding with a link to its page, or say that no detector makes it yet."""
    if name not in _codes():
        return f"{name} (no detector yet)"
    return f"[{_codes()[name]} {name}](../detectors/{_codes()[name]}.md)"


def _link(cause: str) -> str:
    return f"[{cause}](../causes/{cause}.md)"


def _exclusion(finding: str, status: str, reason: str) -> str:
    return f"{_finding(finding)} {status}: {reason.strip()}"


def _rival(cause: str, tiers: list[str], separated_by: list[str]) -> str:
    together = f"together at {', '.join(tiers)}" if tiers else "apart at every tier"
    by = f"; told apart by {', '.join(map(_finding, separated_by))}" if separated_by else ""
    return f"{_link(cause)}: {together}{by}"


def _section(title: str, items: Iterable[str]) -> list[str]:
    lines = [f"- {' '.join(item.split())}" for item in items]
    return [f"## {title}", "", *lines, ""] if lines else []


def _document(lines: list[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(text: str) -> list[str]:
    # Without a language: a formatter of Python would rewrite the page, and the test against drift would object.
    return ["```", text.strip(), "```"]
