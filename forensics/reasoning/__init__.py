"""Weighs findings for and against the known causes. Pure functions, numpy only."""

from forensics.reasoning.judge import reason
from forensics.reasoning.judgement import Judgement

__all__ = ["Judgement", "reason"]
