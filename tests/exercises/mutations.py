"""Small changes of a worked answer: those that `tools.mutants` plants in the reference, and more for arrays.

A worked answer is short, so these look at every node for all that could stand there
instead: another operator, axis, bound or function, the operands exchanged, one left out.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from itertools import pairwise

import libcst as cst
import libcst.matchers as m

from tools.mutants import mutations

ARITHMETIC = (cst.Add, cst.Subtract, cst.Multiply, cst.Divide)
INSTEAD = {
    **dict.fromkeys(ARITHMETIC, ARITHMETIC),
    cst.MatrixMultiply: (cst.Multiply,),
    cst.Power: (cst.Add,),
    cst.FloorDivide: (cst.Multiply,),
    cst.Modulo: (cst.FloorDivide,),
}
COMPARISONS = (cst.LessThan, cst.LessThanEqual, cst.GreaterThan, cst.GreaterThanEqual)

#: Functions and methods that are taken for one another.
TAKEN_FOR = (
    ("max", "min"),
    ("maximum", "minimum"),
    ("argmax", "argmin"),
    ("sum", "mean"),
    ("mean", "max"),
    ("exp", "log"),
    ("sqrt", "square"),
    ("tanh", "exp"),
    ("floor", "ceil"),
    ("zeros", "ones"),
    ("zeros_like", "ones_like"),
    ("empty", "zeros"),
    ("vstack", "hstack"),
    ("column_stack", "vstack"),
    ("column_stack", "stack"),
    ("var", "std"),
    ("abs", "square"),
    ("all", "any"),
    ("sigmoid", "tanh"),
    ("_sigmoid", "np.tanh"),
)
AXES = ("None", "0", "1", "-1", "-2", "(0, 1)")


def other_operator(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """Every other sign of arithmetic."""
    for other in INSTEAD.get(type(node.operator), ()):
        if not isinstance(node.operator, other):
            yield node.with_changes(operator=other())


def other_comparison(node: cst.ComparisonTarget) -> Iterator[cst.CSTNode]:
    """Every other comparison of size."""
    if isinstance(node.operator, COMPARISONS):
        for other in COMPARISONS:
            if not isinstance(node.operator, other):
                yield node.with_changes(operator=other())


def exchanged_operands(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """``b - a`` for ``a - b``."""
    ordered = cst.Subtract | cst.Divide | cst.Power | cst.FloorDivide
    if isinstance(node.operator, ordered) and not node.left.deep_equals(node.right):
        yield node.with_changes(left=_grouped(node.right), right=_grouped(node.left))


def one_operand(node: cst.BinaryOperation | cst.BooleanOperation) -> Iterator[cst.CSTNode]:
    """Leave out a term, a factor or a condition."""
    yield from (_grouped(node.left), _grouped(node.right))


def negated(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """Put a minus before a product or a quotient."""
    if isinstance(node.operator, cst.Multiply | cst.Divide | cst.MatrixMultiply):
        yield _minus(node)


def other_number(node: cst.Integer | cst.Float) -> Iterator[cst.CSTNode]:
    """One less, twice as much, half, the negative, none."""
    value = node.evaluated_value
    for other in (value - 1, 2 * value, value / 2, -value, type(value)(0), type(value)(1)):
        if other != value and not (isinstance(node, cst.Integer) and other % 1):
            yield _expression(repr(type(value)(other)))


def other_axis(node: cst.Arg) -> Iterator[cst.CSTNode]:
    """Another axis, by keyword."""
    if node.keyword is not None and node.keyword.value in ("axis", "axes"):
        for other in AXES:
            yield node.with_changes(value=_expression(other))


def without_keyword(node: cst.Call) -> Iterator[cst.CSTNode]:
    """Leave out a keyword: ``axis=``, ``keepdims=``."""
    for i, argument in enumerate(node.args):
        if argument.keyword is not None:
            yield node.with_changes(args=[*node.args[:i], *node.args[i + 1 :]])


def without_call(node: cst.Call) -> Iterator[cst.CSTNode]:
    """``x`` for ``f(x)`` and for ``x.f()``: no exp, no sum, no copy."""
    if isinstance(node.func, cst.Attribute) and not m.matches(node.func.value, m.Name("np")):
        yield _grouped(node.func.value)
    elif node.args and not m.matches(node.func, m.Name("range")):
        yield _grouped(node.args[0].value)


def other_function(node: cst.Call) -> Iterator[cst.CSTNode]:
    """A function or a method that is taken for this one: ``np.min``, ``x.min``."""
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    for pair in TAKEN_FOR:
        if isinstance(name, cst.Name) and name.value in pair:
            other = _expression(pair[1 - pair.index(name.value)])
            if isinstance(node.func, cst.Name):
                yield node.with_changes(func=other)
            elif isinstance(other, cst.Name):
                yield node.with_changes(func=node.func.with_changes(attr=other))


def moved_index(node: cst.Index) -> Iterator[cst.CSTNode]:
    """The entry before, the entry after."""
    if isinstance(node.value, cst.Name | cst.BinaryOperation | cst.Integer | cst.UnaryOperation):
        yield from (node.with_changes(value=value) for value in _neighbors(node.value))


def moved_bound(node: cst.Slice) -> Iterator[cst.CSTNode]:
    """A slice that begins or ends one sooner or later."""
    for bound in ("lower", "upper"):
        old = getattr(node, bound)
        for new in _neighbors(old) if old is not None else ():
            yield node.with_changes(**{bound: new})


def exchanged_axes(node: cst.Subscript) -> Iterator[cst.CSTNode]:
    """``x[:, i]`` for ``x[i, :]``."""
    places = [element.slice for element in node.slice]
    for i, j in pairwise(range(len(places))):
        if not places[i].deep_equals(places[j]):
            order = [*places[:i], places[j], places[i], *places[j + 1 :]]
            yield node.with_changes(slice=list(map(cst.SubscriptElement, order)))


def transposed(node: cst.BinaryOperation) -> Iterator[cst.CSTNode]:
    """A factor of a matrix product transposed."""
    if isinstance(node.operator, cst.MatrixMultiply):
        yield node.with_changes(left=cst.Attribute(_grouped(node.left), cst.Name("T")))
        yield node.with_changes(right=cst.Attribute(_grouped(node.right), cst.Name("T")))


def other_parts(node: cst.Tuple | cst.List) -> Iterator[cst.CSTNode]:
    """Two neighbors exchanged, one left out, or with another sign or size."""
    values = [part.value for part in node.elements]
    for i, value in enumerate(values):
        before, after = values[:i], values[i + 1 :]
        others = [[*before, *after]] if len(values) > 1 else []
        others += [[*before[:-1], value, before[-1], *after]] if i else []
        if not m.matches(value, m.Name("back") | m.Integer() | m.Float()):
            others += [[*before, other, *after] for other in _spoiled(value)]
        for other in others:
            yield node.with_changes(elements=list(map(cst.Element, other)))


def other_result(node: cst.Return) -> Iterator[cst.CSTNode]:
    """The result with another sign, size or order."""
    if node.value is not None and not isinstance(node.value, cst.Tuple):
        result = _grouped(node.value)
        for other in _spoiled(result):
            yield node.with_changes(value=other)
        for function in ("abs", "transpose", "flip", "sign"):
            called = cst.Call(_expression(f"np.{function}"), [cst.Arg(result)])
            yield node.with_changes(value=called)


def other_argument(node: cst.Call) -> Iterator[cst.CSTNode]:
    """An argument with another sign or transposed."""
    if m.matches(node.func, m.Name("len") | m.Name("range")):
        return
    for i, argument in enumerate(node.args):
        if argument.keyword is None and isinstance(argument.value, cst.Name):
            for other in (_minus(argument.value), cst.Attribute(argument.value, cst.Name("T"))):
                changed = argument.with_changes(value=other)
                yield node.with_changes(args=[*node.args[:i], changed, *node.args[i + 1 :]])


def other_branch(node: cst.IfExp) -> Iterator[cst.CSTNode]:
    """Always one branch, always the other."""
    yield from (_grouped(node.body), _grouped(node.orelse))


#: Where a variable is read.
READ = {
    cst.Arg: ("value",),
    cst.Attribute: ("value",),
    cst.BinaryOperation: ("left", "right"),
    cst.Comparison: ("left",),
    cst.ComparisonTarget: ("comparator",),
    cst.Element: ("value",),
    cst.Index: ("value",),
    cst.Slice: ("lower", "upper"),
    cst.Subscript: ("value",),
    cst.UnaryOperation: ("expression",),
}


def variables(source: str) -> list[str]:
    """List the arguments and variables of a function as they appear, those of its inner ones too."""
    nodes = sorted(
        (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.arg | ast.Name)),
        key=lambda node: (node.lineno, node.col_offset),
    )
    stored = (n for n in nodes if isinstance(n, ast.arg) or isinstance(n.ctx, ast.Store))
    return list(dict.fromkeys(n.arg if isinstance(n, ast.arg) else n.id for n in stored))


def other_variable(names: list[str]) -> Callable[[cst.CSTNode], Iterator[cst.CSTNode]]:
    """Return what puts a variable's neighbors in its place: rows for columns, i for j."""

    def changed(node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        for place in READ[type(node)]:
            name = getattr(node, place)
            if isinstance(name, cst.Name) and name.value in names:
                at = names.index(name.value)
                for other in dict.fromkeys((names[at - 1], names[(at + 1) % len(names)])):
                    yield node.with_changes(**{place: cst.Name(other)})

    return changed


def operators(source: str) -> mutations.Operators:
    """Return all operators for a function."""
    return (*OPERATORS, (tuple(READ), other_variable(variables(source))))


OPERATORS: mutations.Operators = (
    *mutations.OPERATORS,
    (cst.BinaryOperation, other_operator),
    (cst.ComparisonTarget, other_comparison),
    (cst.BinaryOperation, exchanged_operands),
    (cst.BinaryOperation | cst.BooleanOperation, one_operand),
    (cst.BinaryOperation, negated),
    (cst.Integer | cst.Float, other_number),
    (cst.Arg, other_axis),
    (cst.Call, without_keyword),
    (cst.Call, without_call),
    (cst.Call, other_function),
    (cst.Index, moved_index),
    (cst.Slice, moved_bound),
    (cst.Subscript, exchanged_axes),
    (cst.BinaryOperation, transposed),
    (cst.Tuple | cst.List, other_parts),
    (cst.Call, other_argument),
    (cst.Return, other_result),
    (cst.IfExp, other_branch),
)


def _expression(code: str) -> cst.BaseExpression:
    return cst.parse_expression(code)


def _grouped(node: cst.BaseExpression) -> cst.BaseExpression:
    """Return an expression that keeps its meaning wherever it is put."""
    if isinstance(node, cst.Name | cst.Call | cst.Attribute | cst.Subscript) or node.lpar:
        return node
    return node.with_changes(lpar=[cst.LeftParen()], rpar=[cst.RightParen()])


def _minus(node: cst.BaseExpression) -> cst.BaseExpression:
    return _grouped(cst.UnaryOperation(cst.Minus(), _grouped(node)))


def _spoiled(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    yield _minus(node)
    yield from (cst.BinaryOperation(cst.Integer(n), cst.Multiply(), _grouped(node)) for n in "02")
    yield cst.BinaryOperation(_grouped(node), cst.Add(), cst.Integer("1"))


def _neighbors(node: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
    for sign in (cst.Subtract, cst.Add):
        yield cst.BinaryOperation(_grouped(node), sign(), cst.Integer("1"))
