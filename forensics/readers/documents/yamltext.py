"""YAML of a stranger, read as yaml.safe_load would type it, but bounded and never constructing an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forensics.readers.flatten import TooMuchError
from forensics.safety.limits import Limits

if TYPE_CHECKING:
    import yaml

_PREFIX = "tag:yaml.org,2002:"
_MERGE = _PREFIX + "merge"
# Plain data in the clothes of Python: a mapping written as pairs (Stable-Baselines3 Zoo), and tuples.
_PAIRS = _PREFIX + "python/object/apply:collections.OrderedDict"
_HARMLESS = (_PAIRS, _PREFIX + "python/tuple", _PREFIX + "python/unicode", _PREFIX + "python/str")


class Refused(dict[str, Any]):
    """Stands for a node whose tag asks for an object; it is empty, so nothing of the node is read."""


def read_yaml(text: str, limits: Limits) -> tuple[Any, tuple[str, ...]]:
    """Return the first document of `text` and the tags that were refused.

    Scalars get the types of YAML 1.1 as PyYAML gives them (`1e-3` is a string, `no` is False, `010` is 8): what the
    training code saw. Dates stay text. Built from the event stream, so nothing recurses and an alias costs nothing.
    Raises ValueError where the text is not YAML, TooMuchError where it is nested beyond the limit.
    """
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    builder = _Builder(limits)
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.DocumentEndEvent):
                break
            builder.take(event)
    except yaml.YAMLError as failure:
        where = getattr(failure, "problem_mark", None)
        place = f" at line {where.line + 1}" if where is not None else ""
        raise ValueError(f"{getattr(failure, 'problem', None) or 'not YAML'}{place}") from None
    return builder.document, tuple(sorted(builder.refused))


class _Builder:
    """Grows the document from parser events, with an explicit stack."""

    def __init__(self, limits: Limits) -> None:
        import yaml

        self.document: Any = None
        self.refused: set[str] = set()
        self._limits = limits
        self._typing: Any = yaml.SafeLoader("")
        self._anchors: dict[str, Any] = {}
        self._open: list[tuple[Any, str]] = []  # a dict or list being filled, and its tag
        self._keys: list[Any] = []  # per open dict: the key that waits for its value, or _NONE

    def take(self, event: yaml.Event) -> None:
        import yaml

        if isinstance(event, yaml.ScalarEvent):
            self._place(self._remember(event.anchor, self._scalar(event)))
        elif isinstance(event, yaml.AliasEvent):
            self._place(self._anchors.get(event.anchor or ""))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            if len(self._open) >= self._limits.nesting:
                raise TooMuchError(f"nested more than {self._limits.nesting} deep")
            filled: Any = {} if isinstance(event, yaml.MappingStartEvent) else []
            self._open.append((self._remember(event.anchor, filled), event.tag or ""))
            self._keys.append(_NONE)
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            self._keys.pop()
            self._place(self._finished(*self._open.pop()))

    def _remember(self, anchor: str | None, value: Any) -> Any:
        if anchor is not None:
            self._anchors[anchor] = value
        return value

    def _finished(self, value: Any, tag: str) -> Any:
        if tag == _PAIRS and isinstance(value, list):
            pairs = value[0] if len(value) == 1 and isinstance(value[0], list) else []
            return {_key(pair[0]): pair[1] for pair in pairs if isinstance(pair, list) and len(pair) == 2}
        return self._allowed(tag, value)

    def _allowed(self, tag: str, value: Any) -> Any:
        if not tag or tag in _HARMLESS or (tag.startswith(_PREFIX) and "/" not in tag):
            return value
        self.refused.add(tag.replace(_PREFIX, "!!")[:200])
        return Refused()

    def _place(self, value: Any) -> None:
        if not self._open:
            self.document = value
            return
        holder = self._open[-1][0]
        if isinstance(holder, list):
            holder.append(value)
        elif self._keys[-1] is _NONE:
            self._keys[-1] = _key(value)
        else:
            key, self._keys[-1] = self._keys[-1], _NONE
            if key == "<<" and isinstance(value, dict | list):
                for merged in value if isinstance(value, list) else [value]:
                    if isinstance(merged, dict):
                        holder.update({k: v for k, v in merged.items() if k not in holder})
            else:
                holder[key] = value

    def _scalar(self, event: yaml.ScalarEvent) -> Any:
        import yaml

        tag = event.tag if event.tag and event.tag != "!" else None
        if tag is not None and self._allowed(tag, tag) is not tag:
            return Refused()
        known = tag if tag in self._typing.yaml_constructors else None
        found = known or self._typing.resolve(yaml.ScalarNode, event.value, event.implicit)
        if found == _MERGE or found.endswith(("timestamp", "binary")):
            return event.value
        try:
            return self._typing.yaml_constructors[found](self._typing, yaml.ScalarNode(found, event.value))
        except (KeyError, ValueError, AttributeError, yaml.YAMLError):
            return event.value


_NONE = object()


def _key(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool) or value is None else repr(value)[:100]
