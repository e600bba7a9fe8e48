"""From the checked expressions of a case to the arrays that a lane program is made of."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from jukushi.case.doctrines import DOCTRINE, Table
from jukushi.case.expressions import Expression, Step
from jukushi.case.load import Case
from jukushi.doctrines.program import STACK_DEPTH, Operation
from jukushi.errors import UsageError, nearest
from jukushi.mechanisms.decisions import Action
from jukushi.world.calendar import WEEK_FIELDS
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELD_INDEX

__all__ = ["CompiledTables", "acts_at_conferences_only", "compile_tables", "table_of"]

_OPERATIONS = {
    "add": Operation.ADD,
    "subtract": Operation.SUBTRACT,
    "multiply": Operation.MULTIPLY,
    "divide": Operation.DIVIDE,
    "min": Operation.MINIMUM,
    "max": Operation.MAXIMUM,
    "less": Operation.LESS,
    "less_equal": Operation.LESS_EQUAL,
    "and": Operation.AND,
    "or": Operation.OR,
    "negate": Operation.NEGATE,
    "not": Operation.NOT,
    "log": Operation.LOG,
    "exp": Operation.EXP,
    "sqrt": Operation.SQRT,
    "abs": Operation.ABS,
    "where": Operation.CHOOSE,
}


@dataclass(frozen=True)
class CompiledTables:
    """The tables of a case as arrays.

    Attributes
    ----------
    hunter_program, prey_program : int32[n, 2]
        Operations and operands.
    constants : float32[n]
        Literals of both programs.
    hunter_rows, prey_rows : int32[n, 2]
        Output row and action of each rule.
    gate_scales : float32[n_gates]
        Unit of distance of each gate's margin; gate g's margin is output row g.
    n_outputs : int
        Rows of the output table.
    hunter_quantities, prey_quantities : mapping of str to int
        Output row of each named quantity of the two tables.
    """

    hunter_program: npt.NDArray[np.int32]
    prey_program: npt.NDArray[np.int32]
    constants: npt.NDArray[np.float32]
    hunter_rows: npt.NDArray[np.int32]
    prey_rows: npt.NDArray[np.int32]
    gate_scales: npt.NDArray[np.float32]
    n_outputs: int
    hunter_quantities: Mapping[str, int] = field(default_factory=dict)
    prey_quantities: Mapping[str, int] = field(default_factory=dict)


class _Writer:
    """Writes lane programs that share one list of constants and one table of outputs."""

    def __init__(self, space: ParameterSpace) -> None:
        self.weeks = {name: index for index, (name, _, _) in enumerate(WEEK_FIELDS)}
        self.parameters = space.index
        self.outputs: dict[str, int] = {}
        self.constants: list[float] = []
        self.program: list[tuple[int, int]] = []
        self.count = 0

    def constant(self, number: float) -> None:
        if number not in self.constants:
            self.constants.append(number)
        self.program.append((Operation.CONSTANT, self.constants.index(number)))

    def name(self, name: str) -> None:
        # No name stands in two of these: the checker refuses a case where one does.
        for operation, places in (
            (Operation.OUTPUT, self.outputs),
            (Operation.STATE, FIELD_INDEX),
            (Operation.WEEK, self.weeks),
            (Operation.PARAMETER, self.parameters),
        ):
            if name in places:
                self.program.append((operation, places[name]))
                return
        raise AssertionError(f"unchecked name {name}")

    def expression(self, expression: Expression) -> int:
        """Append an expression and a STORE; return the output row."""
        depth = deepest = 0
        for step in expression.steps:
            self._step(step)
            depth += _growth(step)
            deepest = max(deepest, depth)
        if deepest > STACK_DEPTH:
            raise UsageError(f"expression needs a stack of {deepest}: {expression.text[:60]}")
        self.program.append((Operation.STORE, self.count))
        self.count += 1
        return self.count - 1

    def gate_is_open(self, margin_row: int) -> int:
        """Append ``0 <= margin``; return the output row of its truth."""
        self.constant(0.0)
        self.program.append((Operation.OUTPUT, margin_row))
        self.program.append((Operation.LESS_EQUAL, 0))
        self.program.append((Operation.STORE, self.count))
        self.count += 1
        return self.count - 1

    def take(self) -> npt.NDArray[np.int32]:
        program = np.array(self.program, np.int32).reshape(-1, 2)
        self.program = []
        return program

    def _step(self, step: Step) -> None:
        if step.operation == "constant":
            self.constant(step.number)
        elif step.operation == "name":
            self.name(step.name)
        else:
            self.program.append((_OPERATIONS[step.operation], 0))


def _growth(step: Step) -> int:
    if step.operation in ("constant", "name"):
        return 1
    if step.operation == "where":
        return -2
    return 0 if _OPERATIONS[step.operation] >= Operation.NEGATE else -1


def compile_tables(
    case: Case, space: ParameterSpace, hunter: str = DOCTRINE, prey: str = DOCTRINE
) -> CompiledTables:
    """Write the gates, and one table of each power, as lane programs.

    Parameters
    ----------
    case : Case
    space : ParameterSpace
    hunter, prey : str
        Identifiers of the tables by which the two decide.

    Returns
    -------
    CompiledTables
        The gates come first whichever tables are chosen: margin g is output row g.

    Raises
    ------
    UsageError
        If a power has no such table.
    """
    writer = _Writer(space)
    gates = case.doctrines.gates
    margins = [writer.expression(case.margins[gate.id]) for gate in gates]
    opened = [writer.gate_is_open(row) for row in margins]
    writer.outputs = {gate.id: row for gate, row in zip(gates, opened, strict=True)}
    hunter_quantities, hunter_rows = _table(case, writer, table_of(case, "hunter", hunter))
    hunter_program = writer.take()
    writer.outputs = {}
    prey_quantities, prey_rows = _table(case, writer, table_of(case, "prey", prey))
    prey_program = writer.take()
    return CompiledTables(
        hunter_program=hunter_program,
        prey_program=prey_program,
        constants=np.array(writer.constants or [0.0], np.float32),
        hunter_rows=hunter_rows,
        prey_rows=prey_rows,
        gate_scales=np.array([gate.scale for gate in gates], np.float32),
        n_outputs=writer.count,
        hunter_quantities=hunter_quantities,
        prey_quantities=prey_quantities,
    )


def table_of(case: Case, role: str, name: str) -> Table:
    """Return a table of the power that plays `role`; raises UsageError with the nearest name."""
    tables = case.rule_tables(role)
    if name in tables:
        return tables[name]
    close = nearest(name, tables)
    raise UsageError(
        f"the {role} of the case {case.id!r} has no table {name!r}",
        hint=f"did you mean {close!r}?" if close else "tables: " + ", ".join(tables),
    )


#: Words of the calendar that are on only in weeks with a conference.
_CONFERENCES = {"conference", "liaison", "imperial"}


def acts_at_conferences_only(case: Case, hunter: str = DOCTRINE) -> bool:
    """Tell whether every rule of a hunter's table that does something demands a conference.

    Then the table need not be consulted in the weeks between.
    """
    rows = table_of(case, "hunter", hunter).rows
    return all(row.action == "hold" or _demands(row.when) & _CONFERENCES for row in rows)


def _demands(condition: str) -> set[str]:
    """Names that stand alone in the outermost ``and`` of a condition (checked before)."""
    body = ast.parse(condition, mode="eval").body
    parts = body.values if isinstance(body, ast.BoolOp) and isinstance(body.op, ast.And) else [body]
    return {part.id for part in parts if isinstance(part, ast.Name)}


def _table(
    case: Case, writer: _Writer, table: Table
) -> tuple[dict[str, int], npt.NDArray[np.int32]]:
    """Append a table: its quantities in order, then its rows."""
    quantities: dict[str, int] = {}
    for quantity in table.quantities:
        row = writer.expression(case.quantities[table.power, table.id, quantity.id])
        quantities[quantity.id] = writer.outputs[quantity.id] = row
    rows = [
        (
            writer.expression(case.conditions[table.power, table.id, row.id]),
            int(Action[row.action.upper()]),
        )
        for row in table.rows
    ]
    return quantities, np.array(rows, np.int32).reshape(-1, 2)
