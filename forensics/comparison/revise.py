"""Why a verdict is not what it was."""

from __future__ import annotations

from collections.abc import Iterator

from forensics.model.diagnosis import CauseVerdict, Diagnosis
from forensics.model.finding import Finding
from forensics.model.revision import MovedCause, MovedFinding, Revision

_NOTABLE = 0.05  # nats: what one decimal of a weight shows


def revise(earlier: Diagnosis, now: Diagnosis) -> Revision:
    """Return the present verdict against the earlier one, with the findings, files and settings that moved it."""
    before, after = earlier.verdict, now.verdict
    named = dict.fromkeys([before.cause, after.cause, *before.indistinguishable, *after.indistinguishable])
    return Revision(
        before=before,
        after=after,
        is_revised=(before.status, before.cause, set(before.indistinguishable))
        != (after.status, after.cause, set(after.indistinguishable)),
        causes=[_cause(name, earlier, now) for name in named if name is not None],
        evidence=list(_evidence(earlier, now)),
        tool=list(_tool(earlier, now)),
        other_run="" if _same_run(earlier, now) else earlier.run.name,
    )


def _cause(name: str, earlier: Diagnosis, now: Diagnosis) -> MovedCause:
    before, after = _verdict(name, earlier), _verdict(name, now)
    known = after or before
    return MovedCause(
        id=name,
        title=known.title if known else name,
        likelihood_before=before.likelihood if before else None,
        likelihood_after=after.likelihood if after else None,
        findings=_moved(before, after, _by_name(earlier), _by_name(now)),
    )


def _moved(
    before: CauseVerdict | None, after: CauseVerdict | None, then: dict[str, Finding], now: dict[str, Finding]
) -> list[MovedFinding]:
    """Return the findings whose weight or status changed, by how much they moved the cause."""
    old, new = _weights(before, then), _weights(after, now)
    found = []
    for name in dict.fromkeys([*old, *new]):
        earlier, present = then.get(name), now.get(name)
        known = present or earlier
        status = (earlier.status if earlier else None, present.status if present else None)
        if abs(old.get(name, 0.0) - new.get(name, 0.0)) < _NOTABLE and status[0] is status[1]:
            continue
        found.append(
            MovedFinding(
                code=known.code if known else name,
                name=known.name if known else name,
                before=status[0],
                after=status[1],
                weight_before=old.get(name),
                weight_after=new.get(name),
                statement=known.statement if known else "",
            )
        )
    return sorted(found, key=lambda each: (-abs((each.weight_after or 0.0) - (each.weight_before or 0.0)), each.code))


def _weights(cause: CauseVerdict | None, findings: dict[str, Finding]) -> dict[str, float]:
    """Return the signed weight of each finding by its name."""
    if cause is None:
        return {}
    signed = [*((item, 1) for item in cause.supports), *((item, -1) for item in cause.contradicts)]
    return {
        findings[item.finding].name if item.finding in findings else item.finding: abs(item.weight) * sign
        for item, sign in signed
    }


def _by_name(diagnosis: Diagnosis) -> dict[str, Finding]:
    return {key: finding for finding in diagnosis.findings for key in (finding.code, finding.name)}


def _verdict(name: str, diagnosis: Diagnosis) -> CauseVerdict | None:
    return next((cause for cause in diagnosis.causes if cause.id == name), None)


def _evidence(earlier: Diagnosis, now: Diagnosis) -> Iterator[str]:
    before = {file.path: file for file in earlier.run.files}
    after = {file.path: file for file in now.run.files}
    for path in sorted({*before, *after}):
        old, new = before.get(path), after.get(path)
        if old is None:
            yield f"{path} is new"
        elif new is None:
            yield f"{path} is gone"
        elif (old.bytes, old.sha256) != (new.bytes, new.sha256) and (old.sha256 or old.bytes != new.bytes):
            yield f"{path} changed ({old.bytes:,} to {new.bytes:,} bytes)"
        elif old.reader != new.reader:
            yield f"{path} is read as {new.reader}, not as {old.reader}"


def _tool(earlier: Diagnosis, now: Diagnosis) -> Iterator[str]:
    for name, old, new in (
        ("version", earlier.tool.version, now.tool.version),
        ("parameters of the causes", earlier.tool.weights_version, now.tool.weights_version),
    ):
        if old != new:
            yield f"{name}: {old} -> {new}"
    for key in sorted({*earlier.tool.settings, *now.tool.settings} - {"fail_on"}):
        settings = earlier.tool.settings.get(key, ""), now.tool.settings.get(key, "")
        if settings[0] != settings[1]:
            yield f"setting {key}: {settings[0] or '(none)'} -> {settings[1] or '(none)'}"


def _same_run(earlier: Diagnosis, now: Diagnosis) -> bool:
    """Whether both are of one run: its name, or a file of it, is the same (a run that goes on changes its files)."""
    hashes = [{file.sha256 for file in diagnosis.run.files if file.sha256} for diagnosis in (earlier, now)]
    return earlier.run.name == now.run.name or not hashes[0].isdisjoint(hashes[1])
