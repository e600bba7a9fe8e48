"""Lane programs: how a rule written in a case is run a million times without being Python.

A condition of a doctrine table is parsed to a whitelisted syntax tree
(`jukushi.case.expressions`), checked for names and units, and written down as a list of
(operation, operand) pairs in postfix order. The kernel below runs such a list over all
lanes of a block at once, one operation after the other, so that the cost of choosing the
operation is shared by `LANES` histories and a changed case needs no compilation.
"""

from __future__ import annotations

from enum import IntEnum

import numpy as np
import numpy.typing as npt

from jukushi.kernel import kernel
from jukushi.numerics import exp32, log32, sqrt32

__all__ = ["STACK_DEPTH", "Operation", "evaluate"]

#: Deepest nesting of a condition.
STACK_DEPTH = 24


class Operation(IntEnum):
    """What one step of a lane program does."""

    STATE = 0
    PARAMETER = 1
    WEEK = 2
    CONSTANT = 3
    OUTPUT = 4
    ADD = 10
    SUBTRACT = 11
    MULTIPLY = 12
    DIVIDE = 13
    MINIMUM = 14
    MAXIMUM = 15
    LESS = 16
    LESS_EQUAL = 17
    AND = 18
    OR = 19
    NEGATE = 20
    NOT = 21
    LOG = 22
    EXP = 23
    SQRT = 24
    ABS = 25
    CHOOSE = 26
    STORE = 27


_FIRST_BINARY = int(Operation.ADD)
_FIRST_UNARY = int(Operation.NEGATE)
_LAST_UNARY = int(Operation.ABS)


@kernel
def _copy(to: npt.NDArray[np.float32], source: npt.NDArray[np.float32]) -> None:
    for lane in range(to.shape[0]):
        to[lane] = source[lane]


@kernel
def _spread(to: npt.NDArray[np.float32], value: float) -> None:
    for lane in range(to.shape[0]):
        to[lane] = value


@kernel
def _binary(operation: int, a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> None:
    if operation == Operation.ADD:
        for lane in range(a.shape[0]):
            a[lane] = a[lane] + b[lane]
    elif operation == Operation.SUBTRACT:
        for lane in range(a.shape[0]):
            a[lane] = a[lane] - b[lane]
    elif operation == Operation.MULTIPLY:
        for lane in range(a.shape[0]):
            a[lane] = a[lane] * b[lane]
    elif operation == Operation.DIVIDE:
        for lane in range(a.shape[0]):
            a[lane] = a[lane] / b[lane]
    elif operation == Operation.MINIMUM or operation == Operation.AND:
        for lane in range(a.shape[0]):
            a[lane] = min(a[lane], b[lane])
    elif operation == Operation.MAXIMUM or operation == Operation.OR:
        for lane in range(a.shape[0]):
            a[lane] = max(a[lane], b[lane])
    elif operation == Operation.LESS:
        for lane in range(a.shape[0]):
            a[lane] = 1.0 if a[lane] < b[lane] else 0.0
    else:
        for lane in range(a.shape[0]):
            a[lane] = 1.0 if a[lane] <= b[lane] else 0.0


@kernel
def _unary(operation: int, a: npt.NDArray[np.float32]) -> None:
    if operation == Operation.NEGATE:
        for lane in range(a.shape[0]):
            a[lane] = -a[lane]
    elif operation == Operation.NOT:
        for lane in range(a.shape[0]):
            a[lane] = 1.0 - a[lane]
    elif operation == Operation.LOG:
        for lane in range(a.shape[0]):
            a[lane] = log32(a[lane])
    elif operation == Operation.EXP:
        for lane in range(a.shape[0]):
            a[lane] = exp32(a[lane])
    elif operation == Operation.SQRT:
        for lane in range(a.shape[0]):
            a[lane] = sqrt32(a[lane])
    else:
        for lane in range(a.shape[0]):
            a[lane] = abs(a[lane])


@kernel
def _choose(
    a: npt.NDArray[np.float32], b: npt.NDArray[np.float32], c: npt.NDArray[np.float32]
) -> None:
    for lane in range(a.shape[0]):
        a[lane] = b[lane] if a[lane] > 0.5 else c[lane]


@kernel
def evaluate(
    program: npt.NDArray[np.int32],
    constants: npt.NDArray[np.float32],
    state: npt.NDArray[np.float32],
    parameters: npt.NDArray[np.float32],
    week: npt.NDArray[np.float32],
    stack: npt.NDArray[np.float32],
    outputs: npt.NDArray[np.float32],
) -> None:
    """Run a lane program.

    Parameters
    ----------
    program : int32[n, 2]
        Pairs (operation, operand index).
    constants : float32[n_constants]
        Literals of the program.
    state, parameters, week : float32[n_fields, LANES], float32[n], float32[n]
        What the program may read, as flat views of the records.
    stack : float32[STACK_DEPTH, LANES]
        Scratch space.
    outputs : float32[n_outputs, LANES]
        Results (margins of gates, truth of rows), written by STORE.
    """
    top = -1
    for step in range(program.shape[0]):
        operation = program[step, 0]
        operand = program[step, 1]
        if operation < _FIRST_BINARY:
            top += 1
            if operation == Operation.STATE:
                _copy(stack[top], state[operand])
            elif operation == Operation.PARAMETER:
                _spread(stack[top], parameters[operand])
            elif operation == Operation.WEEK:
                _spread(stack[top], week[operand])
            elif operation == Operation.CONSTANT:
                _spread(stack[top], constants[operand])
            else:
                _copy(stack[top], outputs[operand])
        elif operation < _FIRST_UNARY:
            top -= 1
            _binary(operation, stack[top], stack[top + 1])
        elif operation <= _LAST_UNARY:
            _unary(operation, stack[top])
        elif operation == Operation.CHOOSE:
            top -= 2
            _choose(stack[top], stack[top + 1], stack[top + 2])
        else:
            _copy(outputs[operand], stack[top])
            top -= 1
