"""Conditions and margins written in a case: parsed, whitelisted, never run as Python.

An expression is read with Python's own parser (only the parser: nothing is compiled or
evaluated), checked node by node against a short list of what is allowed, checked for
names and units, and written down as a list of symbolic steps in postfix order.

Allowed: numbers; names; ``+ - * /``; ``< <= > >=``; ``and or not``; ``min max log exp sqrt
abs where``; ``date("1941-08-10")``.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from jukushi.case.units import DIMENSIONLESS, Unit, divide, multiply, parse_unit, show
from jukushi.errors import nearest

__all__ = ["Expression", "ExpressionError", "Step", "UnknownNameError", "parse"]

_MAX_CHARACTERS = 600
_MAX_DEPTH = 20
#: `jukushi.doctrines.program.STACK_DEPTH`, which lies in a layer above; a test keeps the two equal.
_MAX_STACK = 24

_BINARY: dict[type[ast.operator], str] = {
    ast.Add: "add",
    ast.Sub: "subtract",
    ast.Mult: "multiply",
    ast.Div: "divide",
}
_FUNCTIONS = {"min": 2, "max": 2, "log": 1, "exp": 1, "sqrt": 1, "abs": 1, "where": 3, "date": 1}
_ALLOWED = "numbers, names, + - * /, comparisons, and/or/not and the listed functions"
_WEEK = parse_unit("week")


class ExpressionError(ValueError):
    """An expression is not allowed; `nearest_name` may hold the nearest valid name."""

    def __init__(self, what: str, *, value: str = "", expected: str = "", near: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.value = value
        self.expected = expected
        self.nearest_name = near


class UnknownNameError(ExpressionError):
    """An expression names what does not exist or may not be read."""


@dataclass(frozen=True)
class Step:
    """One step in postfix order: an operation with a name or a number where it needs one."""

    operation: str
    name: str = ""
    number: float = 0.0


@dataclass(frozen=True)
class Expression:
    """A checked expression: its text, its steps, the names it reads, unit and truth value."""

    text: str
    steps: tuple[Step, ...]
    names: tuple[str, ...]
    unit: Unit
    is_condition: bool


@dataclass(frozen=True)
class _Typed:
    """What the checker knows of a node: its unit (None for a bare number) and if it is a truth."""

    unit: Unit | None
    truth: bool = False


class _Checker:
    """Walk the syntax tree once: whitelist, names, units, postfix steps."""

    def __init__(self, names: Mapping[str, Unit], week_of: Callable[[date], float]) -> None:
        self.known = names
        self.week_of = week_of
        self.steps: list[Step] = []
        self.names: list[str] = []

    def visit(self, node: ast.expr, depth: int = 0) -> _Typed:
        if depth > _MAX_DEPTH:
            raise ExpressionError("expression is nested too deeply", expected="at most 20 levels")
        handler = getattr(self, f"visit_{type(node).__name__.lower()}", None)
        if handler is None:
            raise ExpressionError(
                "expression uses something that is not allowed",
                value=type(node).__name__,
                expected=_ALLOWED,
            )
        result: _Typed = handler(node, depth + 1)
        return result

    def visit_constant(self, node: ast.Constant, depth: int) -> _Typed:
        if isinstance(node.value, bool) or not isinstance(node.value, int | float):
            raise ExpressionError("only numbers may be written", value=repr(node.value))
        if abs(node.value) > 1e30:
            raise ExpressionError("number is out of range", expected="at most 1e30")
        self.steps.append(Step("constant", number=float(node.value)))
        return _Typed(None)

    def visit_name(self, node: ast.Name, depth: int) -> _Typed:
        if node.id not in self.known:
            raise UnknownNameError(
                "expression names what does not exist or may not be read here",
                value=node.id,
                expected="a belief, an own affair, a calendar word, a parameter or a gate",
                near=nearest(node.id, self.known),
            )
        self.steps.append(Step("name", name=node.id))
        self.names.append(node.id)
        return _Typed(self.known[node.id])

    def visit_binop(self, node: ast.BinOp, depth: int) -> _Typed:
        operation = _BINARY.get(type(node.op))
        if operation is None:
            raise ExpressionError("operator is not allowed", value=type(node.op).__name__)
        left, right = self.visit(node.left, depth), self.visit(node.right, depth)
        self.steps.append(Step(operation))
        if operation in ("add", "subtract"):
            return _Typed(self._same(left, right))
        combine = multiply if operation == "multiply" else divide
        if left.unit is None and right.unit is None:
            return _Typed(None)
        return _Typed(combine(left.unit or DIMENSIONLESS, right.unit or DIMENSIONLESS))

    def visit_unaryop(self, node: ast.UnaryOp, depth: int) -> _Typed:
        inner = self.visit(node.operand, depth)
        if isinstance(node.op, ast.Not):
            self._truth(inner)
            self.steps.append(Step("not"))
            return _Typed(DIMENSIONLESS, truth=True)
        if isinstance(node.op, ast.USub):
            self.steps.append(Step("negate"))
            return inner
        raise ExpressionError("operator is not allowed", value=type(node.op).__name__)

    def visit_compare(self, node: ast.Compare, depth: int) -> _Typed:
        if len(node.ops) != 1:
            raise ExpressionError("comparisons may not be chained", expected="a < b and b < c")
        operator = node.ops[0]
        first, second = node.left, node.comparators[0]
        if isinstance(operator, ast.Gt | ast.GtE):
            first, second = second, first
        if not isinstance(operator, ast.Lt | ast.LtE | ast.Gt | ast.GtE):
            raise ExpressionError(
                "comparison is not allowed", value=type(operator).__name__, expected="< <= > >="
            )
        self._same(self.visit(first, depth), self.visit(second, depth))
        strict = isinstance(operator, ast.Lt | ast.Gt)
        self.steps.append(Step("less" if strict else "less_equal"))
        return _Typed(DIMENSIONLESS, truth=True)

    def visit_boolop(self, node: ast.BoolOp, depth: int) -> _Typed:
        operation = "and" if isinstance(node.op, ast.And) else "or"
        self._truth(self.visit(node.values[0], depth))
        for value in node.values[1:]:
            self._truth(self.visit(value, depth))
            self.steps.append(Step(operation))
        return _Typed(DIMENSIONLESS, truth=True)

    def visit_call(self, node: ast.Call, depth: int) -> _Typed:
        name = node.func.id if isinstance(node.func, ast.Name) else "?"
        if name not in _FUNCTIONS or node.keywords:
            raise ExpressionError(
                "function is not allowed",
                value=name,
                expected=", ".join(_FUNCTIONS),
                near=nearest(name, _FUNCTIONS),
            )
        if len(node.args) != _FUNCTIONS[name]:
            raise ExpressionError(
                f"{name}() takes {_FUNCTIONS[name]} values", value=str(len(node.args))
            )
        if name == "date":
            return self._date(node.args[0])
        kinds = [self.visit(argument, depth) for argument in node.args]
        self.steps.append(Step(name))
        if name in ("min", "max"):
            return _Typed(self._same(kinds[0], kinds[1]))
        if name == "where":
            self._truth(kinds[0])
            return _Typed(self._same(kinds[1], kinds[2]))
        if name in ("log", "exp", "sqrt") and kinds[0].unit:
            raise ExpressionError(
                f"{name}() of a quantity with a unit",
                value=show(kinds[0].unit),
                expected="a pure number",
            )
        return kinds[0] if name == "abs" else _Typed(DIMENSIONLESS)

    def _date(self, node: ast.expr) -> _Typed:
        text = node.value if isinstance(node, ast.Constant) else None
        try:
            day = date.fromisoformat(text) if isinstance(text, str) else None
        except ValueError:
            day = None
        if day is None:
            raise ExpressionError("date() needs an ISO date", expected='date("1941-08-10")')
        self.steps.append(Step("constant", number=self.week_of(day)))
        return _Typed(_WEEK)

    @staticmethod
    def _truth(kind: _Typed) -> None:
        """Refuse a quantity with a unit where only a switch or a comparison makes sense."""
        if kind.unit:
            raise ExpressionError(
                "a quantity stands where a condition is needed",
                value=show(kind.unit),
                expected="a switch or a comparison",
            )

    @staticmethod
    def _same(left: _Typed, right: _Typed) -> Unit | None:
        if left.unit is None:
            return right.unit
        if right.unit is None or left.unit == right.unit:
            return left.unit
        raise ExpressionError(
            "units do not match", value=f"{show(left.unit)} with {show(right.unit)}"
        )


def parse(text: str, names: Mapping[str, Unit], week_of: Callable[[date], float]) -> Expression:
    """Parse and check one expression.

    Parameters
    ----------
    text : str
        At most 600 characters.
    names : mapping of str to Unit
        What may be read here, with units.
    week_of : callable
        Turns a date into weeks since the start of the case.

    Returns
    -------
    Expression

    Raises
    ------
    ExpressionError
        If anything outside the whitelist, an unknown name or a unit clash is met.
    """
    if len(text) > _MAX_CHARACTERS:
        raise ExpressionError(
            "expression is too long", expected=f"at most {_MAX_CHARACTERS} characters"
        )
    try:
        tree = ast.parse(text.strip(), mode="eval")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise ExpressionError("expression cannot be parsed", value=text[:60]) from error
    checker = _Checker(names, week_of)
    kind = checker.visit(tree.body)
    if _stack_needed(checker.steps) > _MAX_STACK:
        limit = f"at most {_MAX_STACK}"
        raise ExpressionError("expression holds too many open values", expected=limit)
    return Expression(
        text.strip(),
        tuple(checker.steps),
        tuple(dict.fromkeys(checker.names)),
        kind.unit or DIMENSIONLESS,
        kind.truth,
    )


def _stack_needed(steps: Sequence[Step]) -> int:
    """Most values that are open at once while the steps are run in order."""
    takes = {"constant": 0, "name": 0, "where": 3, "negate": 1, "not": 1}
    takes |= {name: count for name, count in _FUNCTIONS.items() if name not in takes}
    depth = deepest = 0
    for step in steps:
        depth += 1 - takes.get(step.operation, 2)
        deepest = max(deepest, depth)
    return deepest
