"""The facts of forensics.source against the golden facts of public code bases.

python -m tests.source.score SOURCES [GOLDEN ...]

SOURCES holds one folder for each code base, named as its golden file, into which the archive was unpacked (see
golden/README.md). GOLDEN are the files to score; by default all that are not held out.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from forensics.model.source import Confidence, EventKind, SourceFact, SourceReport, TagFact, UpdateEvent
from forensics.source import interpret
from forensics.source.roots import DEFECT

GOLDEN = Path(__file__).parent / "golden"
LINES = 10_000


@dataclass
class Score:
    """Counts of one code base. `misses` and `wrong` are lines for a person to look up."""

    counts: Counter[str] = field(default_factory=Counter)
    misses: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def found(self, what: str, hit: bool, text: str) -> None:
        self.counts[f"{what} golden"] += 1
        if hit:
            self.counts[f"{what} hit"] += 1
        else:
            self.misses.append(f"{what}: {text}")

    def claimed(self, what: str, right: bool, fact: SourceFact, text: str) -> None:
        self.counts[f"{what} claimed"] += 1
        if right:
            self.counts[f"{what} right"] += 1
            return
        self.wrong.append(f"{what}: {text} ({fact.confidence})")
        self.counts["wrong exact"] += fact.confidence is Confidence.EXACT


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", type=Path)
    parser.add_argument("golden", type=Path, nargs="*")
    parser.add_argument("--show", action="store_true", help="print what was missed and what was wrong")
    told = parser.parse_args()
    total: Counter[str] = Counter()
    print(HEAD)
    for path in told.golden or sorted(GOLDEN.glob("*.toml")):
        golden = tomllib.loads(path.read_text(encoding="utf-8"))
        root = told.sources / golden["code_base"] / golden["root"]
        if not root.is_dir():
            print(f"{golden['code_base']}: not in {told.sources}", file=sys.stderr)
            continue
        score = of(golden, texts(root))
        print(row(golden["code_base"], score.counts))
        total += score.counts
        if told.show:
            print(*(f"    missed {line}" for line in score.misses), sep="\n")
            print(*(f"    wrong  {line}" for line in score.wrong), sep="\n")
    print(row("all", total))


def texts(root: Path) -> dict[str, str]:
    """Python files below a folder, by path relative to it."""
    return {
        str(path.relative_to(root)): path.read_text(encoding="utf-8", errors="replace")
        for path in sorted(root.rglob("*.py"))
        if path.is_file() and not path.is_symlink()
    }


HEAD = (
    "| code base | events: recall | precision | paths: recall | precision | constant tags | wrapped tags "
    "| optimizers | targets | wrong though exact | s per 10,000 lines |\n" + "|---" * 11 + "|"
)


def row(name: str, counts: Mapping[str, int]) -> str:
    """One line of the table."""

    def share(part: str, whole: str) -> str:
        return f"{counts[part]}/{counts[whole]}" if counts[whole] else "-"

    cells = [
        name,
        share("event hit", "event golden"),
        share("event right", "event claimed"),
        share("path hit", "path golden"),
        share("path right", "path claimed"),
        share("constant tag hit", "constant tag golden"),
        share("wrapped tag hit", "wrapped tag golden"),
        share("optimizer hit", "optimizer golden"),
        share("target hit", "target golden"),
        str(counts["wrong exact"]),
        f"{counts['ms'] / 1000 / max(counts['lines'], 1) * LINES:.2f}",
    ]
    return "| " + " | ".join(cells) + " |"


def of(golden: Mapping[str, Any], files: Mapping[str, str]) -> Score:
    """Score one code base."""
    begin = time.process_time()
    report = interpret(files)
    score = Score()
    score.counts["ms"] = round((time.process_time() - begin) * 1000)
    score.counts["lines"] = report.lines
    score.wrong += [f"defect: {one.message}" for one in report.unread if DEFECT in one.message]
    algorithms = [Algorithm(one, files) for one in golden["algorithm"]]
    for algorithm in algorithms:
        algorithm.recall(report, score)
    precision(algorithms, report, score)
    return score


class Algorithm:
    """One [[algorithm]] of a golden file."""

    def __init__(self, golden: Mapping[str, Any], files: Mapping[str, str]) -> None:
        self.golden, self.name, self.file = golden, golden["name"], golden["file"]
        entries = golden["entry"] if isinstance(golden["entry"], list) else [golden["entry"]]
        self.entries = [span for entry in entries if (span := span_of(entry, files)) is not None]
        self.complete = set(golden.get("complete", ()))

    def place(self, at: int | str) -> tuple[str, int]:
        if isinstance(at, int):
            return self.file, at
        path, _, line = at.rpartition(":")
        return path, int(line)

    def covers(self, fact: SourceFact) -> bool:
        """Whether a fact stands in an entry, or was reached from one."""
        places = [(fact.file, fact.line), *((one.file, one.line) for one in fact.via)]
        return any(
            file == path and first <= line <= last for file, line in places for path, first, last in self.entries
        )

    def recall(self, report: SourceReport, score: Score) -> None:
        for one in self.golden.get("events", ()):
            if not one.get("optional") and not one.get("buffers"):
                score.found("event", any(self.same_event(one, fact) for fact in report.events), f"{self.name} {one}")
        for one in self.golden.get("paths", ()):
            if not one.get("optional"):
                score.found("path", self.path_found(one, report), f"{self.name} {one}")
        for one in self.golden.get("optimizers", ()):
            if not one.get("optional"):
                hit = any(at(fact, self.place(one["at"])) and held(one, fact) for fact in report.optimizers)
                score.found("optimizer", hit, f"{self.name} {one}")
        for one in self.golden.get("targets", ()):
            if not one.get("optional") and one.get("init") != "separate":
                hit = any(
                    same(one["target"], [fact.network]) and same(one["online"], [fact.copy_of])
                    for fact in report.targets
                )
                score.found("target", hit, f"{self.name} {one}")
        for one in self.golden.get("tags", ()):
            if not one.get("optional"):
                kind = "wrapped tag" if "wrapped" in one or "*" in one["tag"] else "constant tag"
                score.found(kind, any(self.same_tag(one, fact) for fact in report.tags), f"{self.name} {one}")

    def same_event(self, one: Mapping[str, Any], fact: UpdateEvent) -> bool:
        if fact.kind != one["kind"] or not at(fact, self.place(one["at"])):
            return False
        names = [fact.subject, fact.holder, *fact.networks, *fact.parts]
        if fact.kind in (EventKind.ZERO_GRAD, EventKind.STEP, EventKind.UNSCALE):
            return same(one.get("optimizer", one.get("module", "")), [fact.subject, *names])
        if fact.kind is EventKind.BACKWARD:
            return same_loss(one["loss"], fact)
        if fact.kind is EventKind.CLIP:
            limit = "limit" not in one or same_text(str(one["limit"]), fact.limit)
            return limit and all(same(name, names) for name in one.get("set", ()))
        if fact.kind is EventKind.TARGET_UPDATE:
            return same(one["online"], fact.online) and same(one["target"], fact.target)
        return True

    def losses(self, one: Mapping[str, Any], report: SourceReport) -> Iterator[UpdateEvent]:
        name = one.get("part_of", one["loss"])
        for fact in report.events:
            if fact.kind is EventKind.BACKWARD and self.covers(fact) and same_loss(name, fact):
                yield fact

    def path_found(self, one: Mapping[str, Any], report: SourceReport) -> bool:
        for fact in self.losses(one, report):
            for path in fact.paths:
                named = same(one["module"], [path.part] if one.get("inside") else [path.network, path.part])
                if named and same_hops(one.get("via", ()), path.hops):
                    return True
        return False

    def same_tag(self, one: Mapping[str, Any], fact: TagFact) -> bool:
        if not at(fact, self.place(one["at"])):
            return False
        pattern = ".*".join(re.escape(part) for part in one["tag"].split("*"))
        return fact.tag == one["tag"] or ("*" in one["tag"] and re.fullmatch(pattern, fact.tag) is not None)


def precision(algorithms: list[Algorithm], report: SourceReport, score: Score) -> None:
    """Claims within what golden facts list exhaustively: right if any algorithm of the code base states them."""
    for fact in report.events:
        owners = [one for one in algorithms if one.covers(fact)]
        if fact.setup or not any("events" in one.complete for one in owners):
            continue
        stated = any(one.same_event(golden, fact) for one in algorithms for golden in one.golden.get("events", ()))
        score.claimed("event", stated, fact, f"{fact.kind} {fact.place} {fact.subject} {fact.networks} {fact.limit}")
        if fact.kind is not EventKind.BACKWARD or not any("paths" in one.complete for one in owners):
            continue
        for network, hops in sorted({(path.network, path.hops) for path in fact.paths}):
            parts = [path.part for path in fact.paths if path.network == network and path.hops == hops]
            right = any(stated_path(one, fact, [network, *parts], hops) for one in algorithms)
            score.claimed("path", right, fact, f"{fact.place} {fact.subject}: {network} {parts} via {hops}")


def stated_path(algorithm: Algorithm, fact: UpdateEvent, names: list[str], hops: tuple[str, ...]) -> bool:
    return any(
        same_loss(one.get("part_of", one["loss"]), fact)
        and same(one["module"], names)
        and same_hops(one.get("via", ()), hops)
        for one in algorithm.golden.get("paths", ())
    )


def at(fact: SourceFact, place: tuple[str, int]) -> bool:
    """Whether a fact stands at a place, or was reached through it."""
    return (fact.file, fact.line) == place or any((one.file, one.line) == place for one in fact.via)


def held(one: Mapping[str, Any], fact: Any) -> bool:
    """Whether an optimizer holds what it should."""
    wanted = [*one.get("modules", ()), *one.get("tensors", ())]
    return all(same(name, [*fact.networks, *fact.parts]) for name in wanted)


def same(name: str, names: Iterable[str]) -> bool:
    """Whether one of the spellings of a name is among names; a leading owner (`agent.`, `self.`) does not count."""
    spellings = {tail for spelling in name.split("|") for tail in tails(spelling.strip())}
    return any(tail in spellings for known in names for tail in tails(known))


def tails(name: str) -> list[str]:
    name = re.sub(r"\[[^]]*\]", "", name.removeprefix("self."))
    parts = name.split(".")
    return [".".join(parts[place:]) for place in range(len(parts))][
        : max(1, len(parts) - 1) if len(parts) > 2 else None
    ]


def same_text(one: str, other: str) -> bool:
    """Whether two expressions are the same but for spaces, quotes and `self.`."""
    return any(plain(spelling) == plain(other) for spelling in one.split("|"))


def same_loss(name: str, fact: UpdateEvent) -> bool:
    """Whether a loss is the one of a backward pass; `function:name` tells apart two of one name."""
    function, _, loss = name.rpartition(":")
    return same_text(loss, fact.subject) and (not function or fact.function.rpartition(".")[2] == function)


def plain(text: str) -> str:
    return re.sub(r"\s|self\.", "", text).replace('"', "'").strip("()")


def same_hops(wanted: Sequence[str], hops: Sequence[str]) -> bool:
    """Whether hops are the same, each in one of its spellings."""
    return len(wanted) == len(hops) and all(
        plain_hop(hop) in {plain_hop(spelling) for spelling in one.split("|")}
        for one, hop in zip(wanted, hops, strict=True)
    )


def plain_hop(hop: str) -> str:
    """A hop without the owner before the network: `critic.q1_forward[1]`, `critic[0]`."""
    return plain(hop).replace(".forward[", "[").replace(".__call__[", "[")


def span_of(entry: str, files: Mapping[str, str]) -> tuple[str, int, int] | None:
    """Return file, first and last line of `path:qualified.name`."""
    path, _, name = entry.partition(":")
    if path not in files:
        return None
    if name == "<module>":
        return path, 1, files[path].count("\n") + 1
    body: list[ast.stmt] = ast.parse(files[path]).body
    found: ast.stmt | None = None
    for part in name.split("."):
        named = (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        found = next((one for one in walk(body) if isinstance(one, named) and one.name == part), None)
        if found is None:
            return None
        body = getattr(found, "body", [])
    assert found is not None
    return path, found.lineno, found.end_lineno or found.lineno


def walk(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for statement in body:
        yield statement
        if isinstance(statement, ast.If | ast.Try):
            yield from walk([one for one in ast.iter_child_nodes(statement) if isinstance(one, ast.stmt)])


if __name__ == "__main__":
    main()
