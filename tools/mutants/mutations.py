"""All mutants of a file: small changes of its code, never of messages, docstrings or annotations."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import libcst as cst
import libcst.matchers as m
from libcst.metadata import MetadataWrapper, ParentNodeProvider, PositionProvider
from mutmut.mutation import mutators

#: mutmut's operators that change what is computed. Those that put None in the place of a value or an
#: argument are left out: almost any test stops at them, and they would only raise the share that is caught.
FROM_MUTMUT = (
    (cst.BaseNumber, mutators.operator_number),
    (cst.Name, mutators.operator_name),
    (cst.AugAssign, mutators.operator_augmented_assignment),
    (cst.UnaryOperation, mutators.operator_remove_unary_ops),
    (cst.CSTNode, mutators.operator_keywords),
    (cst.CSTNode, mutators.operator_swap_op),
)

#: Functions that give the same with their arguments exchanged, or only another message.
SYMMETRIC = {"maximum", "minimum", "equal", "max", "min", "logaddexp", "swapaxes", "same_shape"}


@dataclass(frozen=True)
class Mutant:
    """One change of one file."""

    file: Path
    function: str  # as in __qualname__; empty outside functions
    line: int
    before: str
    after: str
    source: str  # of the whole file, changed

    def __str__(self) -> str:
        return f"{self.file}:{self.line}\n    - {self.before}\n    + {self.after}"


# ------------------------------------------------------------------ operators of our own


def without_statement(node: cst.SimpleStatementLine) -> Iterator[cst.CSTNode]:
    """Leave out a call, an update or a refusal: what stands on its own or changes something in place."""
    statement = node.body[0]
    changes = m.AugAssign() | m.Raise() | m.Expr(m.Call())
    changes |= m.Assign(targets=[m.AssignTarget(m.Subscript() | m.Attribute())])
    if len(node.body) == 1 and m.matches(statement, changes):
        yield node.with_changes(body=[cst.Pass()])


def swapped_arguments(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Exchange two arguments that follow each other."""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if isinstance(name, cst.Name) and name.value in SYMMETRIC:
        return
    plain = [i for i, arg in enumerate(node.args) if arg.keyword is None and not arg.star]
    plain = [i for i in plain if not m.matches(node.args[i].value, m.SimpleString())]  # parts of messages
    for i, j in pairwise(plain):
        a, b = node.args[i], node.args[j]
        if not a.value.deep_equals(b.value):
            args = list(node.args)
            args[i], args[j] = a.with_changes(value=b.value), b.with_changes(value=a.value)
            yield node.with_changes(args=args)


def swapped_factors(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """Exchange the factors of a matrix product."""
    if isinstance(node.operator, cst.MatrixMultiply) and not node.left.deep_equals(node.right):
        yield node.with_changes(left=node.right, right=node.left)


def not_transposed(node: cst.Attribute) -> Iterator[cst.CSTNode]:
    """Leave out a transpose."""
    if node.attr.value == "T":
        yield node.value


def open_slice(node: cst.Slice) -> Iterator[cst.CSTNode]:
    """Drop a bound of a slice."""
    for bound in ("lower", "upper", "step"):
        if getattr(node, bound) is not None:
            yield node.with_changes(**{bound: None})


def negated_condition(node: cst.If | cst.IfExp) -> Iterator[cst.CSTNode]:
    """Negate a condition that is neither a comparison nor a negation: those have operators of their own."""
    if not m.matches(node.test, m.Comparison() | m.UnaryOperation() | m.BooleanOperation()):
        inner = node.test.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])
        yield node.with_changes(test=cst.UnaryOperation(cst.Not(), inner))


#: Kinds of nodes, and what yields changed ones.
Operators = Sequence[tuple[Any, Callable[[Any], Iterable[cst.CSTNode]]]]

OPERATORS: Operators = (
    *FROM_MUTMUT,
    (cst.SimpleStatementLine, without_statement),
    (cst.Call, swapped_arguments),
    (cst.BinaryOperation, swapped_factors),
    (cst.Attribute, not_transposed),
    (cst.Slice, open_slice),
    ((cst.If, cst.IfExp), negated_condition),
)


# ------------------------------------------------------------------ walking over a file


class _Places(cst.CSTVisitor):
    """Collect every changed node with the function it stands in."""

    METADATA_DEPENDENCIES = (PositionProvider, ParentNodeProvider)

    def __init__(self, operators: Operators) -> None:
        super().__init__()
        self.operators = operators
        self.scope: list[str] = []
        self.found: list[tuple[cst.CSTNode, cst.CSTNode, str]] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if self._skipped(node):
            return False
        for kind, operator in self.operators:
            if isinstance(node, kind):
                self.found += [(node, changed, self._function()) for changed in operator(node)]
        if isinstance(node, cst.FunctionDef | cst.ClassDef):
            self.scope.append(node.name.value + (".<locals>" if isinstance(node, cst.FunctionDef) else ""))
        return not isinstance(node, cst.Raise)

    def on_leave(self, original_node: cst.CSTNode) -> None:
        if isinstance(original_node, cst.FunctionDef | cst.ClassDef) and not self._skipped(original_node):
            self.scope.pop()

    def _function(self) -> str:
        """Name of the innermost function, or nothing in the body of a class or of the file."""
        inside = self.scope and self.scope[-1].endswith(".<locals>")
        return ".".join(self.scope).removesuffix(".<locals>") if inside else ""

    def _skipped(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.FunctionDef):
            return "repr" in node.name.value
        if isinstance(node, cst.BinaryOperation) and not self.scope and isinstance(node.operator, cst.BitOr):
            return True  # an alias of types
        skipped = m.Import() | m.ImportFrom() | m.Annotation() | m.Decorator() | m.FormattedString()
        skipped |= m.Assign(targets=[m.AssignTarget(m.Name("__all__") | m.Name("__slots__"))])
        return m.matches(node, skipped)


@dataclass(frozen=True)
class Change:
    """A mutant not yet written out, which takes longer than finding it."""

    file: Path
    module: cst.Module
    node: cst.CSTNode
    changed: cst.CSTNode
    function: str

    def written(self) -> Mutant | None:
        """Write the changed file, and say which lines differ; None where none does."""
        source = self.module.deep_replace(self.node, self.changed).code
        old, new = self.module.code.splitlines(), source.splitlines()
        first = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), None)
        if first is None:
            return None
        same_end = 0
        while same_end < min(len(old), len(new)) - first and old[-1 - same_end] == new[-1 - same_end]:
            same_end += 1
        before, after = (_joined(text[first : len(text) - same_end]) for text in (old, new))
        return Mutant(self.file, self.function, first + 1, before, after, source)


def of_source(source: str, file: Path, operators: Operators = OPERATORS) -> list[Change]:
    """List all changes of a file, in its order."""
    wrapper, places = MetadataWrapper(cst.parse_module(source)), _Places(operators)
    wrapper.visit(places)
    return [Change(file, wrapper.module, *found) for found in places.found]


def of_package(root: Path, package: Path) -> list[Change]:
    """List all changes of the files of a package, given relative to the root."""
    files = sorted((root / package).rglob("*.py"))
    return [change for file in files for change in of_source(file.read_text(), file.relative_to(root))]


def drawn(changes: list[Change], n: int, seed: int) -> list[Mutant]:
    """Draw n changes and write them out, ordered by place."""
    order = random.Random(seed).sample(changes, len(changes))
    mutants: list[Mutant] = []
    for change in order:
        if len(mutants) == n:
            break
        if mutant := change.written():
            mutants.append(mutant)
    return sorted(mutants, key=lambda mutant: (str(mutant.file), mutant.line))


def _joined(lines: Iterable[str]) -> str:
    return " ".join(line.strip() for line in lines)
