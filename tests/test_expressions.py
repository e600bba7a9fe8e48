"""The grammar room: what a rule may say, and that machine and textbook read it alike.

The judge of the lane programs is a few lines of Python below that walk the syntax tree and
know nothing of steps, stacks or operations.
"""

from __future__ import annotations

import ast
from dataclasses import dataclass
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jukushi.case import expressions
from jukushi.case.expressions import Expression, ExpressionError, UnknownNameError, parse
from jukushi.case.load import Case
from jukushi.case.units import DIMENSIONLESS, divide, multiply, parse_unit, show
from jukushi.dice import LANES
from jukushi.doctrines.compile import _Writer, compile_tables
from jukushi.doctrines.program import STACK_DEPTH, evaluate
from jukushi.world.calendar import WEEK_FIELDS
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELD_INDEX, FIELDS

START = date(1937, 1, 4)
UNITS = {
    "old_divisions": parse_unit("divisions"),
    "garrison_men": parse_unit("thousand_men"),
    "week": parse_unit("week"),
    "ready_week": parse_unit("week"),
    "axis_pace": parse_unit("km/week"),
    "front_km": parse_unit("km"),
    "threat_belief": DIMENSIONLESS,
    "embargo": DIMENSIONLESS,
    "oil_worry": DIMENSIONLESS,
}


def week_of(day: date) -> float:
    return (day - START).days / 7.0


def read(text: str) -> Expression:
    return parse(text, UNITS, week_of)


# What may be said


@pytest.mark.parametrize(
    ("text", "unit", "condition"),
    [
        ("1", "1", False),
        ("old_divisions", "divisions", False),
        ("-old_divisions + 2", "divisions", False),
        ("old_divisions * 2 - 3", "divisions", False),
        ("axis_pace * week", "km", False),
        ("front_km / axis_pace", "week", False),
        ("old_divisions / old_divisions", "1", False),
        ("2 / week", "1/week", False),
        ("min(old_divisions, 4)", "divisions", False),
        ("abs(front_km)", "km", False),
        ("where(embargo, front_km, 0)", "km", False),
        ("log(threat_belief) + exp(1) + sqrt(2)", "1", False),
        ('week - date("1941-08-10")', "week", False),
        ("old_divisions < 3", "1", True),
        ("3 >= old_divisions", "1", True),
        ("embargo and not threat_belief < 1 or week > ready_week", "1", True),
    ],
)
def test_unit_and_kind(text: str, unit: str, condition: bool) -> None:
    expression = read(text)
    assert expression.unit == parse_unit(unit)
    assert expression.is_condition == condition


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("old_divisions < week", "units do not match"),
        ("old_divisions + garrison_men", "units do not match"),
        ("axis_pace < front_km", "units do not match"),
        ("max(week, front_km)", "units do not match"),
        ("where(embargo, week, front_km)", "units do not match"),
        ("log(week)", "a quantity with a unit"),
        ("exp(front_km)", "a quantity with a unit"),
        ("sqrt(front_km)", "a quantity with a unit"),
        ("week and embargo", "where a condition is needed"),
        ("embargo or front_km", "where a condition is needed"),
        ("not week", "where a condition is needed"),
        ("where(week, 1, 2)", "where a condition is needed"),
        ("1 < 2 < 3", "chained"),
        ("week == 3", "comparison is not allowed"),
        ("week != 3", "comparison is not allowed"),
        ("embargo is 1", "comparison is not allowed"),
        ("week in week", "comparison is not allowed"),
        ("2 ** 3", "operator is not allowed"),
        ("7 % 2", "operator is not allowed"),
        ("7 // 2", "operator is not allowed"),
        ("1 << 9", "operator is not allowed"),
        ("~1", "operator is not allowed"),
        ("+week", "operator is not allowed"),
        ("week if embargo else 2", "not allowed"),
        ("[1, 2]", "not allowed"),
        ("{1: 2}", "not allowed"),
        ("(1, 2)", "not allowed"),
        ("[x for x in week]", "not allowed"),
        ("week.real", "not allowed"),
        ("week[0]", "not allowed"),
        ("lambda: 1", "not allowed"),
        ("(x := 1)", "not allowed"),
        ("f'{week}'", "not allowed"),
        ("await week", "not allowed"),
        ("...", "only numbers"),
        ("None", "only numbers"),
        ("True", "only numbers"),
        ("'week'", "only numbers"),
        ("b'week'", "only numbers"),
        ("1j", "only numbers"),
        ("1e31", "out of range"),
        ("9" * 500, "out of range"),
        ("eval('1')", "function is not allowed"),
        ("__import__('os').system('true')", "function is not allowed"),
        ("week()", "function is not allowed"),
        ("min(1, 2, 3)", "takes 2 values"),
        ("date(1941)", "ISO date"),
        ("date(week)", "ISO date"),
        ("date('yesterday')", "ISO date"),
        ("import os", "cannot be parsed"),
        ("1 +", "cannot be parsed"),
        ("", "cannot be parsed"),
        ("1\n2", "cannot be parsed"),
        ("1 + " * 150 + "1", "too long"),
        ("-" * 60 + "1", "nested too deeply"),
    ],
)
def test_what_may_not_be_said(text: str, words: str) -> None:
    with pytest.raises(ExpressionError, match=words):
        read(text)


def test_an_unknown_name_gets_the_nearest() -> None:
    with pytest.raises(UnknownNameError) as caught:
        read("old_division < 3")
    assert caught.value.value == "old_division"
    assert caught.value.nearest_name == "old_divisions"


def test_names_are_listed_once_and_in_order() -> None:
    assert read("week + ready_week < 2 * week").names == ("week", "ready_week")


def test_a_date_is_weeks_since_the_start() -> None:
    (step,) = read('date("1937-01-18")').steps
    assert (step.operation, step.number) == ("constant", 2.0)


@given(st.text(max_size=80) | st.from_regex(r"[a-z_()<>=+*/ 0-9.,\"'-]{0,60}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_any_text_is_parsed_or_refused(text: str) -> None:
    """Nothing but an ExpressionError may come of a stranger's text."""
    try:
        read(text)
    except ExpressionError as error:
        assert error.what  # noqa: PT017


def test_the_stack_of_the_engine_holds_every_allowed_expression() -> None:
    assert expressions._MAX_STACK == STACK_DEPTH
    fits = "where(embargo, 2, " * 11 + "3" + ")" * 11
    assert read(fits)
    with pytest.raises(ExpressionError, match="too many open values"):
        read("where(embargo, 2, " * 12 + "3" + ")" * 12)


# Units


def test_the_algebra_of_units() -> None:
    km, week = parse_unit("km"), parse_unit("week")
    assert divide(km, week) == parse_unit("km/week")
    assert multiply(divide(km, week), week) == km
    assert divide(km, km) == DIMENSIONLESS
    assert parse_unit("share") == parse_unit("probability") == parse_unit("1") == DIMENSIONLESS
    assert parse_unit("division") == parse_unit("divisions")
    assert parse_unit("thousand_men") != parse_unit("million_men")
    assert parse_unit("months") != parse_unit("weeks")
    assert show(parse_unit("km/week")) == "km weeks^-1"
    assert show(DIMENSIONLESS) == "a pure number"


@pytest.mark.parametrize("text", ["", "weeks/", "/week", "KM", "km*week", "km/weak"])
def test_unknown_units_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        parse_unit(text)


units = st.lists(
    st.sampled_from(["km", "weeks", "divisions", "Mt", "share"]), min_size=1, max_size=4
)


@given(units, units)
def test_dividing_undoes_multiplying(a: list[str], b: list[str]) -> None:
    one, two = parse_unit("/".join(a)), parse_unit("/".join(b))
    assert divide(multiply(one, two), two) == one
    assert multiply(one, two) == multiply(two, one)


# Machine and textbook


@dataclass
class World:
    """One random place to read names from, the same for the machine and the textbook."""

    state: npt.NDArray[np.float32]
    parameters: npt.NDArray[np.float32]
    week: npt.NDArray[np.float32]
    space: Any

    @classmethod
    def random(cls, seed: int, space: Any, width: int) -> World:
        # Coarse numbers, so that equalities and ties happen; none is zero.
        def coarse(*shape: int) -> npt.NDArray[np.float32]:
            source = np.random.default_rng([seed, *shape])
            sign = np.where(source.random(shape) < 0.3, -1, 1)
            return (sign * source.integers(1, 9, shape) / 4).astype(np.float32)

        return cls(coarse(len(FIELDS), LANES), coarse(width), coarse(len(WEEK_FIELDS)), space)

    def of(self, name: str) -> npt.NDArray[np.float32]:
        """Value of a name on every lane: state first, then calendar, then parameters."""
        calendar = [word for word, _, _ in WEEK_FIELDS]
        if name in FIELD_INDEX:
            return self.state[FIELD_INDEX[name]]
        if name in calendar:
            return np.full(LANES, self.week[calendar.index(name)])
        return np.full(LANES, self.parameters[self.space.index[name]])

    def run(self, expression: Expression) -> npt.NDArray[np.float32]:
        """Compile and evaluate one expression as the engine does."""
        writer = _Writer(self.space)
        row = writer.expression(expression)
        outputs = np.zeros((writer.count, LANES), np.float32)
        self.evaluate(writer.take(), np.array(writer.constants or [0.0], np.float32), outputs)
        return outputs[row]

    def evaluate(self, program: Any, constants: Any, outputs: npt.NDArray[np.float32]) -> None:
        stack = np.full((STACK_DEPTH, LANES), np.nan, np.float32)
        evaluate(program, constants, self.state, self.parameters, self.week, stack, outputs)


class Textbook:
    """Reads a syntax tree node by node; `doubtful` marks lanes that no textbook decides."""

    def __init__(self, names: Any) -> None:
        self.names = names
        self.doubtful = np.zeros(LANES, bool)

    def read(self, text: str) -> npt.NDArray[np.float32]:
        with np.errstate(all="ignore"):
            value = self.value(ast.parse(text.strip(), mode="eval").body)
        self.doubtful |= ~np.isfinite(value)
        return value

    def value(self, node: Any) -> npt.NDArray[np.float32]:
        if isinstance(node, ast.Constant):
            return np.full(LANES, node.value, np.float32)
        if isinstance(node, ast.Name):
            return np.array(self.names(node.id), np.float32)
        if isinstance(node, ast.BoolOp):
            parts = np.array([self.value(part) for part in node.values])
            return parts.min(0) if isinstance(node.op, ast.And) else parts.max(0)
        if isinstance(node, ast.UnaryOp):
            inner = self.value(node.operand)
            return np.float32(1) - inner if isinstance(node.op, ast.Not) else -inner
        if isinstance(node, ast.Compare):
            return self.compare(node)
        if isinstance(node, ast.Call):
            return self.call(node)
        return self.arithmetic(node)

    def arithmetic(self, node: ast.BinOp) -> npt.NDArray[np.float32]:
        a, b = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Div):
            self.doubtful |= b == 0
            return a / b
        if isinstance(node.op, ast.Mult):
            return a * b
        return a + b if isinstance(node.op, ast.Add) else a - b

    def compare(self, node: ast.Compare) -> npt.NDArray[np.float32]:
        a, b = self.value(node.left), self.value(node.comparators[0])
        self.doubtful |= np.isnan(a) | np.isnan(b)
        names = {ast.Lt: a < b, ast.LtE: a <= b, ast.Gt: a > b, ast.GtE: a >= b}
        return names[type(node.ops[0])].astype(np.float32)

    def call(self, node: Any) -> npt.NDArray[np.float32]:
        if node.func.id == "date":
            day = date.fromisoformat(node.args[0].value)
            return np.full(LANES, week_of(day), np.float32)
        a, *rest = (self.value(argument) for argument in node.args)
        self.doubtful |= np.isnan(a)
        if node.func.id == "where":
            return np.where(a > 0.5, *rest)
        if node.func.id in ("min", "max"):
            return np.minimum(a, rest[0]) if node.func.id == "min" else np.maximum(a, rest[0])
        if node.func.id == "sqrt":
            return np.sqrt(np.maximum(a, 0))
        if node.func.id == "log":
            return np.log(np.maximum(a, np.float32(1e-30)))
        if node.func.id == "exp":
            return np.exp(np.clip(a, -87, 88))
        return np.abs(a)


PURE = dict.fromkeys(("oil", "fleet", "ratio", "resolve", "week", "mud_limit"), DIMENSIONLESS)


def grow(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Texts one level deeper. exp and log have their own test: they may differ in a last bit."""
    pair = st.tuples(inner, inner)
    return st.one_of(
        st.tuples(st.sampled_from("+-*/"), pair).map(lambda t: f"({t[1][0]} {t[0]} {t[1][1]})"),
        st.tuples(st.sampled_from(["<", "<=", ">", ">="]), pair).map(
            lambda t: f"({t[1][0]} {t[0]} {t[1][1]})"
        ),
        st.tuples(st.sampled_from(["and", "or"]), pair).map(
            lambda t: f"({t[1][0]} {t[0]} {t[1][1]})"
        ),
        st.tuples(st.sampled_from(["min", "max"]), pair).map(
            lambda t: f"{t[0]}({t[1][0]}, {t[1][1]})"
        ),
        st.tuples(inner, inner, inner).map(lambda t: f"where({t[0]}, {t[1]}, {t[2]})"),
        inner.map(lambda t: f"(not {t})"),
        inner.map(lambda t: f"(-{t})"),
        inner.map(lambda t: f"abs({t})"),
        inner.map(lambda t: f"sqrt({t})"),
    )


leaves = st.sampled_from([*PURE, "1", "0.5", "2", "0.25", "3"])
texts = st.recursive(leaves, grow, max_leaves=12).filter(lambda text: len(text) < 500)
SPACE = SimpleNamespace(index={"mud_limit": 3, "oil_worry": 1})


def judge(text: str, seed: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32], Any]:
    """Read a text twice: by the lane program and by the textbook."""
    world = World.random(seed, SPACE, 8)
    book = Textbook(world.of)
    right = book.read(text)
    got = world.run(parse(text, PURE, week_of))
    return got, right, ~book.doubtful


@given(texts, st.integers(0, 9))
@settings(max_examples=300, deadline=None)
def test_lane_programs_agree_with_the_textbook(text: str, seed: int) -> None:
    got, right, sure = judge(text, seed)
    assert (got[sure] == right[sure]).all(), text


@given(st.sampled_from(["log", "exp"]), texts, st.integers(0, 9))
@settings(max_examples=100, deadline=None)
def test_log_and_exp_agree_with_the_textbook(name: str, text: str, seed: int) -> None:
    got, right, sure = judge(f"{name}({text})", seed)
    assert np.allclose(got[sure], right[sure], rtol=2e-6, atol=2e-6), text


@pytest.mark.parametrize(
    "text",
    [
        "oil - fleet - ratio",
        "oil / fleet / ratio",
        "oil - (fleet - ratio)",
        "2 * oil + fleet * ratio",
        "oil < fleet or ratio < 1 and resolve > 0",
        "not oil < fleet",
        "oil >= oil",
        "oil > oil",
        "where(oil < 1, fleet, ratio)",
        "mud_limit * week",
    ],
)
def test_order_and_precedence(text: str) -> None:
    got, right, sure = judge(text, 1)
    assert sure.all()
    assert (got == right).all()
    assert len(set(got.tolist())) > 1 or text in ("oil >= oil", "oil > oil", "mud_limit * week")


def names_of(world: World, gates: dict[str, npt.NDArray[np.float32]]) -> Any:
    """Own gates first, then what the world holds."""
    return lambda name: gates[name] if name in gates else world.of(name)


def test_the_tables_of_the_case_read_as_they_are_written(kantokuen: Case) -> None:
    """Every gate and rule of the shipped case, on random worlds, against the textbook."""
    space = ParameterSpace(kantokuen)
    tables = compile_tables(kantokuen, space)
    gates = kantokuen.doctrines.gates
    met: set[float] = set()
    for seed in range(20):
        world = World.random(seed, space, space.width)
        outputs = np.zeros((tables.n_outputs, LANES), np.float32)
        for program in (tables.hunter_program, tables.prey_program):
            world.evaluate(program, tables.constants, outputs)
        margins = {gate.id: Textbook(world.of).read(gate.margin) for gate in gates}
        for row, gate in enumerate(gates):
            right = margins[gate.id]
            sure = np.isfinite(right)
            assert np.allclose(outputs[row][sure], right[sure], rtol=1e-5, atol=1e-5), gate.id
        near = np.any([~(np.abs(margin) > 1e-4) for margin in margins.values()], axis=0)
        opened = {name: (margin >= 0).astype(np.float32) for name, margin in margins.items()}
        rows = {"japan": tables.hunter_rows, "ussr": tables.prey_rows}
        for table in kantokuen.doctrines.tables:
            own = opened if table.power == "japan" else {}
            book = Textbook(names_of(world, own))
            for (output, _), rule in zip(rows[table.power], table.rows, strict=True):
                right = book.read(rule.when)
                sure = ~(near | book.doubtful)
                assert ((outputs[output] > 0.5) == (right > 0.5))[sure].all(), rule.id
                met |= set((right[sure] > 0.5).tolist())
    assert met == {False, True}
