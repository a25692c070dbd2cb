"""torchrl's CSVLogger: a file a metric below scalars/, rows of `step,value` without a header.

The name of a metric is the path of its file below that folder: scalars/train/reward.csv holds train/reward. The
layout is that of torchrl.record.loggers.csv; its hyperparameters stand in texts/hparams0.txt.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from forensics.readers.bytestream import ByteStream
from forensics.readers.reader import Reader, Reading, RunFile
from forensics.readers.tables.clocks import steps_of
from forensics.readers.tables.layout import first_lines
from forensics.readers.tables.readtable import read_table
from forensics.readers.tables.series import series_of
from forensics.readers.text.source import TextAccount
from forensics.safety.limits import Limits

NAME = "scalars"
_PATH = re.compile(r"(?:.*/)?scalars/(.+)\.csv", re.IGNORECASE)
_ROW = re.compile(r"\d{1,15},[-+]?(?:\d[\d.eE+-]{0,60}|nan|inf)")


def claims(name: str, head: bytes) -> bool:
    """Claim .csv below a folder `scalars` whose first lines are a step and a number."""
    if not _PATH.fullmatch(name):
        return False
    lines = first_lines(head)
    return bool(lines) and all(_ROW.fullmatch(line.strip()) for line in lines)


def read_scalars(files: Sequence[RunFile], limits: Limits) -> Reading:
    """Read each metric by itself."""
    reading = Reading()
    for file in files:
        with reading.guard(file, NAME), ByteStream(file, limits) as stream:
            account = TextAccount(file)
            table = read_table(file, stream, account, limits, names=["step", "value"])
            named = _PATH.fullmatch(file.logical)
            if named and "value" in table.columns:
                reading.series += series_of(table, steps_of(table), "csv", file.name, {"value": named[1]}, {})
            reading.files.append(account.close(stream, NAME))
            reading.issues += account.issues
    return reading


READER = Reader(name=NAME, rank=24, claims=claims, read=read_scalars)
