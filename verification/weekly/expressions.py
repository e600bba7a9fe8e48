"""Expressions of the tables, over arrays: the grammar of docs/how-to-write-a-case.md."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from datetime import date
from functools import cache, reduce
from typing import Any

import numpy as np

_BINARY = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_COMPARE = {ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge}
_CALLS = {
    "min": lambda *values: reduce(np.minimum, values),
    "max": lambda *values: reduce(np.maximum, values),
    "log": lambda value: np.log(np.maximum(value, 1e-30)),
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def truth(value: Any) -> Any:
    """A number is true above one half (switches are 0 or 1)."""
    return value if np.asarray(value).dtype == bool else np.asarray(value) > 0.5


def evaluate(text: str, names: Mapping[str, Any], start: date) -> Any:
    """Work out an expression; conditions come back as arrays of bool."""
    return _value(_parsed(text), names, start)


def _value(node: ast.expr, names: Mapping[str, Any], start: date) -> Any:
    def inner(part: ast.expr) -> Any:
        return _value(part, names, start)

    match node:
        case ast.Constant(value=number):
            return float(number)
        case ast.Name(id=name):
            return names[name]
        case ast.BinOp(left=left, op=sign, right=right):
            return _BINARY[type(sign)](inner(left), inner(right))
        case ast.UnaryOp(op=ast.USub(), operand=part):
            return -inner(part)
        case ast.UnaryOp(op=ast.Not(), operand=part):
            return ~truth(inner(part))
        case ast.Compare(left=left, ops=[sign], comparators=[right]):
            return _COMPARE[type(sign)](inner(left), inner(right))
        case ast.BoolOp(op=sign, values=parts):
            both = np.logical_and if isinstance(sign, ast.And) else np.logical_or
            return reduce(both, (truth(inner(part)) for part in parts))
        case ast.Call(func=ast.Name(id="where"), args=[condition, yes, no]):
            return np.where(truth(inner(condition)), inner(yes), inner(no))
        case ast.Call(func=ast.Name(id="date"), args=[ast.Constant(value=day)]):
            return (date.fromisoformat(str(day)) - start).days / 7.0
        case ast.Call(func=ast.Name(id=name), args=parts):
            return _CALLS[name](*(inner(part) for part in parts))
    raise ValueError(ast.dump(node))
