"""Keeping the reader's home and keys out of a document that gets passed around."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from forensics.model.diagnosis import Diagnosis

HIDDEN = "[redacted]"

# A number beside one of these is no secret (`max_token: 512`); beside the others it may well be.
_KEY_WORDS = frozenset({"key", "apikey", "token", "auth", "authorization", "bearer", "cookie"})
_PASSWORD_WORDS = frozenset({"secret", "password", "passwd", "pwd", "passphrase", "credential", "credentials"})
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+")
_PLAIN = re.compile(r"(?:[-+]?[0-9.]{1,12}(?:e[-+]?[0-9]{1,3})?|true|false|none|null|)", re.IGNORECASE)
_HOME = re.compile(
    r"(?:/home|/Users)/[^/\s\"'<>:;,]{1,64}|(?<![\w/.])/root(?![\w.-])|[A-Za-z]:[\\/]{1,2}Users[\\/]{1,2}[^\\/\s\"'<>:;,]{1,64}"
)
_SECRETS = re.compile(
    r"(?P<name>\b(?i:api[_-]?key|access[_-]?key|auth[_-]?token|access[_-]?token|password|passwd|secret)[\"']?\s{0,3}[=:]\s{0,3})"
    r"[^\s,;&]{1,200}"
    r"|(?P<scheme>\b[a-z][a-z0-9+.-]{1,15}://)[^/\s:@]{1,64}:[^/\s@]{1,128}(?=@)"
    r"|\b(?:sk-[A-Za-z0-9_-]{20,200}|(?:hf|ghp|gho|ghs)_[A-Za-z0-9]{30,100}|glpat-[A-Za-z0-9_-]{20,64}|AKIA[A-Z0-9]{16})"
    r"|\beyJ[A-Za-z0-9_-]{10,400}\.[A-Za-z0-9_.-]{10,400}"
)


def redact(diagnosis: Diagnosis) -> Diagnosis:
    """Return the diagnosis with home folders written as ~ and values that look like secrets left out."""
    plain = walk(msgspec.to_builtins(diagnosis))
    plain["config"] = [_row(row) for row in plain["config"]]
    return msgspec.convert(plain, Diagnosis)


def text(value: str) -> str:
    """Return one text with home folders written as ~ and secrets left out."""
    return _SECRETS.sub(_hide, _HOME.sub("~", value))


def hides(key: str, value: str | None) -> bool:
    """Whether the value of this configuration key is not to be shown."""
    words = {word.lower() for word in _WORD.findall(key)}
    if not value or words.isdisjoint(_KEY_WORDS | _PASSWORD_WORDS):
        return False
    return not words.isdisjoint(_PASSWORD_WORDS) or _PLAIN.fullmatch(value) is None


def walk(value: Any) -> Any:
    """Return plain data with every text in it redacted as by `text`."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list):
        return value if value and isinstance(value[0], int | float) else [walk(item) for item in value]
    if isinstance(value, dict):
        return {text(key): walk(item) for key, item in value.items()}
    return value


def _row(row: dict[str, Any]) -> dict[str, Any]:
    hidden = {field: HIDDEN for field in ("declared", "effective") if hides(row["key"], row[field])}
    return row | hidden


def _hide(found: re.Match[str]) -> str:
    return (found["name"] or found["scheme"] or "") + HIDDEN
