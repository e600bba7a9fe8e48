"""Checked expressions over arrays of histories, in plain numpy.

The engine runs the rules of a case compiled and in single precision; what is asked of finished
histories is worked out here, in double precision, from the same parsed steps.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.expressions import Expression

__all__ = ["evaluate"]

Array = npt.NDArray[np.float64]

_BINARY: dict[str, Callable[[Any, Any], Any]] = {
    "add": np.add,
    "subtract": np.subtract,
    "multiply": np.multiply,
    "divide": np.divide,
    "min": np.minimum,
    "max": np.maximum,
    "less": np.less,
    "less_equal": np.less_equal,
    "and": lambda a, b: (a > 0.5) & (b > 0.5),
    "or": lambda a, b: (a > 0.5) | (b > 0.5),
}
_UNARY: dict[str, Callable[[Any], Any]] = {
    "negate": np.negative,
    "not": lambda a: a <= 0.5,
    "log": np.log,
    "exp": np.exp,
    "sqrt": np.sqrt,
    "abs": np.abs,
}


def evaluate(expression: Expression, values: Mapping[str, Array]) -> Array:
    """Return the value of an expression in every history; conditions are 0 or 1.

    Parameters
    ----------
    expression : Expression
    values : mapping of name to float64[n]
        Every name that the expression reads.

    Returns
    -------
    float64[n]
        Not finite where a history divides by zero or takes the log of what is not positive.
    """
    stack: list[Array] = []
    with np.errstate(all="ignore"):
        for step in expression.steps:
            if step.operation == "constant":
                stack.append(np.float64(step.number))  # type: ignore[arg-type]
            elif step.operation == "name":
                stack.append(values[step.name])
            elif step.operation in _UNARY:
                stack.append(_number(_UNARY[step.operation](stack.pop())))
            elif step.operation == "where":
                other, one, condition = stack.pop(), stack.pop(), stack.pop()
                stack.append(np.where(condition > 0.5, one, other))
            else:
                second, first = stack.pop(), stack.pop()
                stack.append(_number(_BINARY[step.operation](first, second)))
    size = max((np.size(value) for value in values.values()), default=1)
    return np.broadcast_to(_number(stack.pop()), size).copy()


def _number(value: Any) -> Array:
    return np.asarray(value, np.float64)
