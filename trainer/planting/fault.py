"""What a fault is: a small edit of the source or a setting, and the base on which its signature shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from trainer.errors import ConfigError

STRENGTH = "STRENGTH"


@dataclass(frozen=True)
class Edit:
    """Replace `before`, which must stand exactly once in the file, by `after`."""

    file: str
    """Below the folder that holds trainer/ and forensics/."""
    before: str
    after: str

    def apply(self, root: Path, strength: str) -> None:
        """Edit the file below `root`. Raises ConfigError where the text to replace is not there once."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        if text.count(self.before) != 1:
            raise ConfigError(
                f"{self.file} has changed: what a fault edits stands there {text.count(self.before)} times"
            )
        path.write_text(text.replace(self.before, self.after.replace(STRENGTH, strength)), encoding="utf-8")


@dataclass(frozen=True)
class Fault:
    """One mistake. The word STRENGTH in edits and overrides stands for the strength that was asked for."""

    cause: str
    """What a diagnosis should name: an id of the fault catalogue."""
    what: str
    """What is changed, in one line."""
    shows: tuple[str, ...]
    """The findings that are its signature: what a run with it must leave in its log."""
    edits: tuple[Edit, ...] = ()
    base: str = ""
    """Flags of `trainer train` that the run and its healthy twin share, so that the signature can show."""
    override: str = ""
    """Flags that are the fault."""
    strength: str = ""
    """The usual strength; empty where there is nothing to scale."""
    also: tuple[str, ...] = ()
    """Other ids of the catalogue that the same mistake makes true."""

    def flags(self, strength: str) -> list[str]:
        """Return the flags that are the fault, at a strength."""
        return self.override.replace(STRENGTH, strength).split()
