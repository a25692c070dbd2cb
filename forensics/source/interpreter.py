"""The interpreter put together: each part of it in a file of its own."""

from __future__ import annotations

import ast
from typing import Any

from forensics.source import (
    attributes,
    binding,
    calls,
    conditions,
    expressions,
    functions,
    instances,
    scope,
    statements,
    symbols,
)
from forensics.source.classes import Class
from forensics.source.machine import Arguments, Machine
from forensics.source.tree import File
from forensics.source.values import Data, Function, Object, Value

_HANDLERS: dict[type[ast.expr], expressions.Handler] = {**expressions.HANDLERS, ast.Call: calls.call}


class Interpreter(Machine):
    """Evaluates expressions and statements to abstract values."""

    def evaluate(self, node: ast.expr) -> Value:
        self.work += 1
        self.work_left -= 1
        handler = _HANDLERS.get(type(node))
        return handler(self, node) if handler is not None else Data()

    def execute(self, body: list[ast.stmt]) -> Any:
        return statements.execute(self, body)

    def truth(self, node: ast.expr) -> bool | None:
        return conditions.truth(self, node)

    def assign(self, target: ast.expr, value: Value, node: ast.AST) -> None:
        binding.assign(self, target, value, node)

    def invoke(self, callee: Value, arguments: Arguments, node: ast.AST) -> Value:
        return calls.invoke(self, callee, arguments, node)

    def run(
        self, function: Function, receiver: Value | None, arguments: Arguments, node: ast.AST | None, doubt: int = 0
    ) -> Value:
        return functions.run(self, function, receiver, arguments, node, doubt)

    def attribute(self, value: Value, name: str, node: ast.AST) -> Value:
        return attributes.attribute(self, value, name, node)

    def lookup(self, name: str) -> Value:
        return scope.lookup(self, name)

    def global_of(self, file: File, name: str) -> Value | None:
        return scope.global_of(self, file, name)

    def make(self, cls: Class, arguments: Arguments, node: ast.AST) -> Value:
        return instances.make(self, cls, arguments, node)

    def symbol(self, annotation: ast.expr | None, file: File, name: str, within: Any = None) -> Value:
        return symbols.of_annotation(self, annotation, file, name, within)

    def instance(self, cls: Class, name: str) -> Object:
        return instances.symbolic(self, cls, name)

    def fill(self, value: Object) -> None:
        instances.fill(self, value)
