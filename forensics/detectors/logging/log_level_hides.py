"""The log holds nothing at the level at which the evidence is written.

Observes: a configuration that asks for DEBUG (or a debug switch that is on) beside a log without a single DEBUG
record.

Why it matters: the records that would decide were computed and thrown away; their absence is not evidence that
nothing happened.

Evidence: a log with levels, and a configuration that names one.

How it can be wrong: the debug records may go to another file; a debug switch may mean something other than logging,
so only keys that name a log level or debug logging count.

References: Python's logging documentation (a handler drops what lies below its level, and the root logger starts at
WARNING); fault catalogue, evidence-not-logged.
"""

from __future__ import annotations

from forensics.detectors.config.lookup import place
from forensics.detectors.meta import Meta
from forensics.model.evidence import ConfigFact
from forensics.model.finding import Finding, Number, Threshold
from forensics.signals.signals import Signals

META = Meta(
    code="LOG106",
    name="log-level-hides",
    fired="The log level hides evidence",
    clear="The log holds what its level promises",
    group="log-level",
    needs=("log of at least twenty records with levels", "configured log level"),
    leak=(3, 100),
    leak_reason="A debug switch that means something else, or debug records that go elsewhere.",
    how_to_log="logging.basicConfig(level=logging.DEBUG, handlers=[file_handler])",
)
THRESHOLDS = {"records": Threshold(20, "records", "fewer may hold no debug record by chance")}
LEVEL_KEYS = ("log_level", "logging_level", "loglevel", "level")
SWITCHES = ("debug_logging", "log_debug", "debug_log", "verbose_debug")


def detect(signals: Signals) -> Finding:
    """Compare the configured level with the levels seen."""
    leveled = [record for record in signals.run.logs if record.level]
    if len(leveled) < THRESHOLDS["records"].value:
        return META.not_applicable(META.needs[0])
    rows = [row for row in signals.run.config if _names_level(row)]
    if not rows:
        return META.not_applicable(META.needs[1])
    seen = sum(record.level.upper() in ("DEBUG", "TRACE") for record in leveled)
    asked = [row for row in rows if _asks_debug(row)]
    values: dict[str, Number] = {"records": len(leveled), "debug_records": seen}
    sentence = f"{rows[0].key} = {rows[0].value}, and {seen} of {len(leveled)} log records are of level DEBUG."
    evidence = [place(rows[0]), leveled[0].ref()]
    if asked and not seen:
        return META.fire(
            f"{asked[0].key} = {asked[0].value}, yet 0 of {len(leveled)} log records are of level DEBUG, against one.",
            values=values,
            evidence=[place(asked[0]), leveled[0].ref()],
        )
    return META.pass_(sentence, values=values, evidence=evidence)


def _names_level(row: ConfigFact) -> bool:
    path = row.key.lower()
    last = path.rsplit(".", 1)[-1]
    if last == "level":
        return "log" in path
    return last in LEVEL_KEYS or last in SWITCHES


def _asks_debug(row: ConfigFact) -> bool:
    return row.value is True or (isinstance(row.value, str) and row.value.upper() == "DEBUG")
