"""The command line. Nothing heavy is imported at the top: `forensics --help` answers at once."""

from __future__ import annotations

import errno
import sys
import warnings
from pathlib import Path
from typing import Annotated, Any

import typer

from forensics import __version__, settings
from forensics.command import streams
from forensics.command.batch import DEFAULT_FORMATS, FORMATS, ExitCode, Request, analyze_all, report_defect
from forensics.errors import ForensicsError, UsageError

app = typer.Typer(
    name="forensics",
    help="Find out what went wrong in a training run, from the files that it left behind.",
    epilog="Exit codes: 0 analysed; 1 a standing cause of the kind named by --fail-on; 2 usage; "
    "3 no readable evidence in any of the runs; 4 a defect of forensics.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)

Runs = Annotated[
    list[Path], typer.Argument(metavar="RUN", help="Run directories, single files, or folders of many runs.")
]
OneRun = Annotated[Path, typer.Argument(metavar="RUN", help="A run directory, or a single file of a run.")]
ReaderFlag = Annotated[settings.Reader | None, typer.Option(help="Who reads event files. [default: native]")]
TagFlag = Annotated[
    list[str] | None,
    typer.Option(
        "--tag",
        metavar="NAME=MEANING",
        help="What a tag means: quantity, then fields. E.g. loss/pi=loss,network=actor or score=episodic_return or "
        "x/grad=gradient_norm,clip_stage=pre or eval/ret=axis=update. `forensics signals RUN` lists the words.",
    ),
]
SourceFlag = Annotated[
    Path | None,
    typer.Option(
        "--source",
        metavar="DIR",
        exists=True,
        help="The training source as it ran: folder, file or archive. [default: source.tar.gz of the run]",
    ),
]
CommitFlag = Annotated[
    str | None,
    typer.Option(
        "--source-commit", metavar="REV", help="With --source REPO: read its files as of this commit, by git itself."
    ),
]


@app.command()
def analyze(
    runs: Runs,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Where the report goes. [default: forensics-report/<run name>]"
        ),
    ] = None,
    formats: Annotated[
        str | None,
        typer.Option("--format", metavar="LIST", help="Any of html, json, md and sarif. [default: html,json]"),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the diagnosis on standard output, and nothing else there.")
    ] = False,
    tag: TagFlag = None,
    reader: ReaderFlag = None,
    fail_on: Annotated[
        settings.FailOn | None, typer.Option(help="Exit with 1 if such a cause stands. [default: never]")
    ] = None,
    previous: Annotated[
        Path | None, typer.Option(metavar="JSON", help="An earlier diagnosis.json: say why the verdict changed.")
    ] = None,
    source: SourceFlag = None,
    source_commit: CommitFlag = None,
    all_figures: Annotated[
        bool, typer.Option("--all-figures", help="Draw every figure, not only those that standing causes cite.")
    ] = False,
) -> int:
    """Find the probable cause of each run and write the report.

    Everything in a run directory is read, every known fault is tested against it, nothing is written to it.

    A folder that holds many runs is taken apart: each run is examined by itself, one process a core, and a table and
    index.html show what needs attention first, seeds that failed among siblings that learned included.

    With --json alone no file is written; name --format or --output to have both.
    """
    chosen = _settings(runs, reader=reader, fail_on=fail_on, tags=tag, source=source, source_commit=source_commit)
    silent = as_json and formats is None and output is None
    wanted = () if silent else DEFAULT_FORMATS if formats is None else _formats(formats)
    return analyze_all(Request(tuple(runs), chosen, wanted, output, as_json, _names(tag), previous, all_figures))


@app.command()
def compare(
    runs: Annotated[
        list[Path], typer.Argument(metavar="A B [C ...]", help="Two to six run directories or diagnosis.json files.")
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", metavar="DIR", help="Where it is written. [default: forensics-report/compare-<A>-<B>]"
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the comparison on standard output, and nothing else there.")
    ] = False,
    tag: TagFlag = None,
    reader: ReaderFlag = None,
) -> int:
    """Hold runs against the first of them: did the fix work?

    Says what differs in configuration, source, meanings, causes and findings, and when no fix is in the run at all.

    The exit code is 0 whatever the answer is; 2 for a wrong path or an unreadable diagnosis.json; 3 if one of the runs
    holds no readable evidence. The answer for a program is in compare.json.
    """
    from forensics.command.compare import compare_all

    return compare_all(runs, _settings(runs, reader=reader, tags=tag), output, as_json=as_json)


@app.command()
def signals(run: OneRun, tag: TagFlag = None, reader: ReaderFlag = None) -> int:
    """Show what each tag of a run means, and why.

    A field of a meaning is claimed (by the name), established (by the numbers) or contested. The last lines say how
    to mend a wrong reading, and with which words.
    """
    from forensics.command.signals import lines, one_run
    from forensics.command.tag_meanings import absent
    from forensics.pipeline import analyze as diagnose

    chosen = _settings([run], reader=reader, tags=tag)
    one_run(run, chosen.limits)
    diagnosis = diagnose(run, chosen)
    for warning in absent(_names(tag), [diagnosis]):
        streams.note(warning)
    streams.write("\n".join(lines(diagnosis)) + "\n")
    return ExitCode.ANALYSED


@app.command("check-claims")
def check_claims(
    document: Annotated[Path, typer.Argument(metavar="DOCUMENT", help="A diagnosis in Markdown, by whomever.")],
    run: OneRun,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the claims on standard output, and nothing else there.")
    ] = False,
    fail_on: Annotated[
        str, typer.Option(metavar="MARK", help="contradicted: exit with 1 if any claim is. [default: never]")
    ] = "never",
    tag: TagFlag = None,
    reader: ReaderFlag = None,
) -> int:
    """Hold the claims of a document against the run that it is about.

    Values, counts, trends, alerts, settings and "measured before clipping" are marked supported, contradicted or
    not checkable, with the evidence. What cannot be tied to one series with certainty is not checkable.
    """
    from forensics.command import check_claims as command

    if fail_on not in tuple(command.FailOnClaim):
        raise UsageError(f"--fail-on {fail_on!r} is not known{settings.nearest(fail_on, tuple(command.FailOnClaim))}")
    found = command.report(document, run, _settings([run], reader=reader, tags=tag))
    if as_json:
        import msgspec

        streams.write(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")
    else:
        streams.write("\n".join(command.lines(found, colour=command.coloured())) + "\n")
    return command.exit_code(found, command.FailOnClaim(fail_on))


@app.command()
def source(
    trees: Annotated[
        list[Path], typer.Argument(metavar="DIR [DIR]", help="A source folder, file or source.tar.gz; two to compare.")
    ],
) -> int:
    """Show what a training source does: update order, gradient paths, tags and their formulas, dead keys.

    The source is parsed, never imported or run. Of two, show the tags whose meaning changed under the same name.
    """
    from forensics.command.source import changes_between, facts_of

    if len(trees) > 2:
        raise UsageError(f"source takes one tree, or two to compare, not {len(trees)}")
    streams.write(facts_of(trees[0]) if len(trees) == 1 else changes_between(*trees))
    return ExitCode.ANALYSED


@app.command()
def explain(
    name: Annotated[
        str, typer.Argument(metavar="CODE|CAUSE|FINDING|FRAMEWORK", help="Such as CLP101, clip-missing or cleanrl.")
    ],
) -> int:
    """Explain a detector or a cause.

    Its page: what it looks for, its thresholds, what it predicts, how it can be wrong, its sources.
    """
    from forensics.command.handbook import explanation

    text = explanation(name)
    if sys.stdout.isatty():
        from rich.console import Console
        from rich.markdown import Markdown

        Console().print(Markdown(text))
    else:
        streams.write(text)
    return ExitCode.ANALYSED


@app.command()
def detectors() -> int:
    """List the detectors and what each observes."""
    from forensics.command.handbook import detector_lines

    streams.write("\n".join(detector_lines()) + "\n")
    return ExitCode.ANALYSED


@app.command()
def causes() -> int:
    """List the causes that a diagnosis can name."""
    from forensics.command.handbook import cause_lines

    streams.write("\n".join(cause_lines()) + "\n")
    return ExitCode.ANALYSED


@app.command()
def schema() -> int:
    """Print the JSON Schema of diagnosis.json."""
    import msgspec

    from forensics.model.diagnosis import schema as document

    streams.write(msgspec.json.format(msgspec.json.encode(document()), indent=2) + b"\n")
    return ExitCode.ANALYSED


@app.callback(invoke_without_command=True)
def _root(
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.", is_eager=True)] = False,
) -> None:
    if version:
        streams.write(f"forensics {__version__}\n")
        raise typer.Exit


def main() -> None:
    """Run the command line and leave with its exit code: the entry point `forensics`."""
    streams.prepare()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's warning tells a user nothing; ours are in the report
    code = run(sys.argv[1:])
    try:
        streams.write("")  # flushes: a failure to write must show in the exit code, not after it
    except ForensicsError as failure:
        streams.error(str(failure))
        code = failure.exit_code
    sys.exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. Every failure becomes one line on standard error."""
    try:
        code = int(app(arguments or ["--help"], standalone_mode=False, prog_name="forensics") or 0)
        if code == ExitCode.INTERRUPTED:
            streams.note("interrupted")
        return code
    except ForensicsError as failure:
        streams.error(str(failure))
        return failure.exit_code
    except (typer.Abort, KeyboardInterrupt):
        streams.note("interrupted")
        return ExitCode.INTERRUPTED
    except Exception as failure:
        if usage := _usage_message(failure):
            streams.error(usage)
            return ExitCode.USAGE
        if isinstance(failure, OSError) and failure.errno == errno.ENOSPC:  # the parser prints its help by itself
            streams.drop_stdout()
            streams.error(f"standard output cannot be written: {failure.strerror}")
            return ExitCode.USAGE
        report_defect(failure)
        return ExitCode.DEFECT


def _usage_message(failure: Any) -> str:
    """Return what the argument parser complains of. Its exceptions are typer's own or click's, by typer's version."""
    if not hasattr(failure, "format_message"):
        return ""
    context = getattr(failure, "ctx", None)
    command = context.command_path if context else "forensics"
    return f"{failure.format_message().rstrip('.')}; see `{command} --help`"


def _settings(
    runs: list[Path],
    *,
    reader: settings.Reader | None = None,
    fail_on: settings.FailOn | None = None,
    tags: list[str] | None = None,
    source: Path | None = None,
    source_commit: str | None = None,
) -> settings.Settings:
    from forensics.command.tag_meanings import check
    from forensics.training_source import check_commit

    here = Path.cwd()
    inside = next((run for run in runs if run.is_dir() and here.is_relative_to(run.resolve())), None)
    if inside is not None and (here / "pyproject.toml").exists():
        streams.note(f"pyproject.toml is not read: it belongs to the run directory {inside}, which is not trusted")
    base = settings.load(here) if inside is None else settings.Settings()
    chosen = settings.override(
        base, reader=reader, fail_on=fail_on, tags=tuple(tags or ()), source=source, source_commit=source_commit
    )
    check(chosen.tags)
    check_commit(chosen.source, chosen.source_commit)
    return chosen


def _names(flags: list[str] | None) -> tuple[str, ...]:
    return settings.tag_names(tuple(flags or ()))


def _formats(text: str) -> tuple[str, ...]:
    formats = tuple(dict.fromkeys(part.strip() for part in text.split(",")))
    for name in formats:
        if name not in FORMATS:
            raise UsageError(f"--format {name!r} is not known{settings.nearest(name, FORMATS)}")
    return formats
