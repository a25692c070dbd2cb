"""Parts of a network that nothing reads after they were made: the forward pass never calls them."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from forensics.model.source import Confidence, UnusedModuleFact
from forensics.source.classes import Class
from forensics.source.names import CONTAINERS, LEAFLESS
from forensics.source.tree import FunctionNode, Tree, dotted

_NO_NETWORKS = frozenset("grad data torch th nn F np numpy".split())
"""What stands before a dot and is no network: `p.grad.norm()` does not use a layer called norm."""
_WHOLE = frozenset("children modules named_children named_modules __dict__".split())


def facts(tree: Tree, classes: list[Class]) -> tuple[UnusedModuleFact, ...]:
    """Return attributes of modules that hold layers and whose name is loaded nowhere in the tree.

    Parameters of such a part are in every optimizer that holds the network, and never get a gradient. A network that
    looks at its own children as a whole is left out: it may call any of them.
    """
    loaded: set[str] = set()
    for file in tree.files:
        for node in ast.walk(file.tree):
            if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load):
                if dotted(node.value).rpartition(".")[2] not in _NO_NETWORKS:
                    loaded.add(node.attr)
            elif isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value.isidentifier():
                loaded.add(node.value)
    names = {cls.name for cls in classes if cls.is_module}
    found: list[UnusedModuleFact] = []
    for cls in sorted(classes, key=lambda one: (one.file.path, one.node.lineno)):
        if cls.is_module and not _looks_at_all(cls):
            found += _of_class(cls, loaded, names)
    return tuple(found)


def _looks_at_all(cls: Class) -> bool:
    for one in cls.mro:
        for node in ast.walk(one.node):
            if isinstance(node, ast.Attribute) and node.attr in _WHOLE:
                return True
            if isinstance(node, ast.Call) and dotted(node.func) in ("getattr", "vars"):
                return True
    return False


def _of_class(cls: Class, loaded: set[str], modules: set[str]) -> Iterator[UnusedModuleFact]:
    for method in cls.methods.values():
        for attribute, kind, node in _made(method, modules):
            if attribute not in loaded:
                yield UnusedModuleFact(
                    file=cls.file.path,
                    line=node.lineno,
                    function=f"{cls.name}.{method.name}",
                    owner=cls.name,
                    attribute=attribute,
                    kind=kind,
                    confidence=Confidence.JOINED if kind.endswith("Parameter") else Confidence.EXACT,
                )


def _made(method: FunctionNode, modules: set[str]) -> Iterator[tuple[str, str, ast.stmt]]:
    for node in ast.walk(method):
        if not isinstance(node, ast.Assign) or not isinstance(node.value, ast.Call):
            continue
        name = dotted(node.value.func)
        head, _, last = name.rpartition(".")
        layer = head in ("nn", "torch.nn", "th.nn") and last[:1].isupper() and last not in LEAFLESS | CONTAINERS
        if not (layer or last in modules or (head.endswith("nn") and last == "Sequential")):
            continue
        for target in node.targets:
            if isinstance(target, ast.Attribute) and isinstance(target.value, ast.Name) and target.value.id == "self":
                yield target.attr, name, node
