"""Training source to facts, by abstract interpretation of its syntax tree. The source is never imported or run."""

from forensics.source.interpret import interpret
from forensics.source.read import read

__all__ = ["interpret", "read"]
