"""The workshop of the contract test: headers, plausible states, and one way to run a mechanism."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.schema import Change
from jukushi.dice import DICE, LANES, ONCE, ONCE_DRAWS, WEEKLY_DRAWS
from jukushi.engine import week as week_module
from jukushi.engine.run import Engine, World
from jukushi.engine.settings import Order
from jukushi.mechanisms.decisions import HUNTER_ACTIONS, PREY_ACTIONS
from jukushi.mechanisms.order import WEEK_ORDER
from jukushi.world.parameters import PARAMETERS
from jukushi.world.state import FIELD_INDEX, FIELDS, NEVER, STATE
from jukushi.world.vocabulary import open_case

REPOSITORY = Path(__file__).resolve().parents[2]
NAMES = tuple(step.name for step in WEEK_ORDER)
#: Every draw that a mechanism may be given: weekly and once-only, by name.
WEEKLY = tuple(name for name in DICE.names or ())
ONCE_ONLY = tuple(name for name in ONCE.names or ())
DRAWS = WEEKLY + ONCE_ONLY
UNIFORM = frozenset(draw.name for draw in WEEKLY_DRAWS + ONCE_DRAWS if not draw.normal)
#: Fields that hold a date: perturbed by whole weeks, or set to "not so far".
DATES = frozenset(field.name for field in FIELDS if field.unit == "week")
SWITCHES = frozenset(field.name for field in FIELDS if field.unit == "switch")
BOUNDED = frozenset(field.name for field in FIELDS if field.unit in ("share", "probability"))


@dataclass(frozen=True)
class Header:
    """What the docstring of a mechanism promises."""

    reads: frozenset[str]
    writes: frozenset[str]
    draws: frozenset[str]


@dataclass(frozen=True)
class Situation:
    """Everything that a mechanism is given, for one block and one week."""

    label: str
    state: npt.NDArray[Any]
    p: npt.NDArray[Any]
    c: Any
    dice: npt.NDArray[Any]
    once: npt.NDArray[Any]
    outputs: npt.NDArray[np.float32]

    def copy(self) -> Situation:
        """Return a situation of its own memory (parameters and calendar are only read)."""
        parts = (self.dice.copy(), self.once.copy(), self.outputs.copy())
        return Situation(self.label, self.state.copy(), self.p, self.c, *parts)


def module_of(name: str) -> Any:
    """Return the module of a mechanism; the expected-value decision-maker is a doctrine."""
    place = "doctrines" if name == "expected_value" else "mechanisms"
    return importlib.import_module(f"jukushi.{place}.{name}")


@cache
def header_of(name: str) -> Header:
    """Parse ``Reads:``, ``Writes:`` and ``Draws:`` of a mechanism's docstring.

    A list may run over several lines; it ends at an empty line or at the next keyword.
    """
    text = inspect.getdoc(module_of(name)) or ""
    lists = {}
    for key in ("Reads", "Writes", "Draws"):
        found = re.search(rf"^{key}:(.*?)(?=^\w+:|^\s*$|\Z)", text, re.MULTILINE | re.DOTALL)
        assert found, f"{name} has no line `{key}:` in its header"
        names = [word for word in re.split(r"[,\s]+", found.group(1)) if word]
        assert len(names) == len(set(names)), f"{name} promises something twice under {key}"
        lists[key] = frozenset(names) - {"none"}
    return Header(lists["Reads"], lists["Writes"], lists["Draws"])


@cache
def engine() -> Engine:
    """Return the engine of the real case."""
    return Engine(open_case("kantokuen"), seed=20410702, threads=1)


def run(name: str, at: Situation, first: int = 0, last: int = LANES) -> npt.NDArray[np.float32]:
    """Run a mechanism on a copy of a situation; return the flat state after it."""
    work = at.copy()
    s = work.state[0]
    if name == "decisions":
        _decide(work, first, last)
    else:
        mechanism: Callable[..., None] = getattr(module_of(name), name)
        mechanism(s, work.p[0], work.c, work.dice[0], work.once[0], first, last)
    return flat(work.state)


def _decide(work: Situation, first: int, last: int) -> None:
    """Decisions are given the truth of the case's rows instead of dice.

    As in the week: a power does what a question makes it do, or its script, or its rows.
    """
    module, tables = module_of("decisions"), engine().tables
    s, p = work.state[0], work.p[0]
    if p["forced_north"] > 0.5:
        module.force_north(s, p, work.c, first, last)
    elif p["decider"] > 1.5:
        module.act_as_ordered(s, p, work.c, first, last)
    else:
        module.act_hunter(s, p, work.c, tables.hunter_rows, work.outputs, first, last)
    if p["prey_decider"] > 1.5:
        module.prey_as_ordered(s, p, work.c, first, last)
    else:
        module.act_prey(s, p, work.c, tables.prey_rows, work.outputs, first, last)


def flat(state: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    """View the record of a block as a table of fields and lanes."""
    return state.view(np.float32).reshape(len(FIELDS), LANES)


#: Worlds whose histories are taken apart; together they reach every branch of the week.
WORLDS: tuple[World, ...] = (
    World("as it was"),
    World(
        "other eyes",
        (
            Change(parameter="perfect_intelligence", set=1.0),
            Change(parameter="placebo_dice", set=1.0),
            Change(parameter="decider", set=1.0),
            # A prize so large that the expected-value decision-maker sometimes takes it.
            Change(parameter="north_gain", times=3.0),
            Change(parameter="china_settled", set=1.0),
        ),
    ),
    World(
        "weak prey",
        (
            Change(parameter="soviet_men_start", times=0.5),
            Change(parameter="collapse_scale", times=20.0),
            Change(parameter="khasan_fought", set=0.0),
        ),
    ),
    World(
        "strong prey",
        (
            Change(parameter="initial_divisions", times=1.3),
            Change(parameter="counted_at_start", times=1.3),
            Change(parameter="soviet_inflow_scale", times=1.3),
        ),
    ),
    World(
        "an attack that is done",
        (
            Change(parameter="forced_north", set=1.0),
            Change(parameter="forced_north_week", set=300.0),
        ),
    ),
    World(
        "by script",
        (
            Change(parameter="decider", set=2.0),
            Change(parameter="prey_decider", set=2.0),
        ),
        orders=tuple(
            Order(week, role, actions[week % len(actions)])
            for week in range(236, 460)
            for role, actions in (("hunter", HUNTER_ACTIONS), ("prey", PREY_ACTIONS))
        ),
    ),
)


@cache
def situations(count: int = 96) -> tuple[Situation, ...]:
    """Return plausible situations: weeks of real histories, as they were and shaken.

    Battles, recounts and conferences are rare in the calendar, so the weeks are chosen to
    hold enough of each.
    """
    rng = np.random.default_rng(7)
    weeks = _chosen_weeks(rng, count)
    traces = [(world, engine().trace(LANES * 4 * i, world)) for i, world in enumerate(WORLDS)]
    pool = np.concatenate([trace.state[200:].transpose(0, 2, 1) for _, trace in traces])
    pool = pool.reshape(-1, len(FIELDS))
    found = []
    for number, week in enumerate(weeks):
        world, trace = traces[number % len(traces)]
        state = np.zeros(1, STATE)
        flat(state)[:] = trace.state[max(week - 1, 0)]
        if number % 3 == 1:
            flat(state)[:] = pool[rng.integers(len(pool), size=LANES)].T
        if number % 3 == 2:
            shake(state, rng)
        parameters = np.ascontiguousarray(trace.parameters, np.float32).view(PARAMETERS)
        dice, once = throw(rng)
        found.append(
            Situation(
                f"week {week} of the world {world.name!r}, situation {number}",
                state,
                parameters,
                engine().rules_of(world)[2][week],
                dice,
                once,
                _truths(rng),
            )
        )
    return tuple(found)


def _chosen_weeks(rng: np.random.Generator, count: int) -> list[int]:
    weeks = engine().weeks
    first = engine().first_running
    # The weeks around the freeze are the only ones in which the embargo's lag shows.
    freeze = int(engine().space.centre["freeze_week"])
    marked = [freeze - 1, freeze, freeze, freeze + 1, freeze + 1, freeze + 2]
    for name in ("khasan", "khalkhin", "recount", "conference", "agent_window"):
        among = np.flatnonzero(weeks[name] > 0.5)
        marked += [int(week) for week in rng.choice(among, size=8)]
    free = rng.integers(first, len(weeks), size=count - len(marked))
    return [*marked, *(int(week) for week in free)]


def throw(rng: np.random.Generator) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """Throw dice of the right kinds, with more small uniforms than chance would give."""
    dice, once = np.zeros(1, DICE), np.zeros(1, ONCE)
    for record in (dice, once):
        for name in record.dtype.names or ():
            record[name][0] = draw_values(name, rng)
    return dice, once


def draw_values(name: str, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return one value per lane of a draw: uniform (often small) or standard normal."""
    if name not in UNIFORM:
        return rng.standard_normal(LANES).astype(np.float32)
    power = np.where(rng.random(LANES) < 0.3, 4.0, 1.0)
    return np.clip(rng.random(LANES) ** power, 1e-6, 1 - 1e-6).astype(np.float32)


def _truths(rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """Random margins and truths for the output rows of the tables."""
    rows = engine().tables.n_outputs
    return (rng.random((rows, LANES)) < 0.3).astype(np.float32)


def shake(state: npt.NDArray[Any], rng: np.random.Generator) -> None:
    """Perturb every field of a state within what the field can be."""
    for field in FIELDS:
        state[field.name][0] = other_values(field.name, state[field.name][0], rng)
    # Two variances bound their covariance; beyond that a state is not plausible but absurd.
    limit = 0.9 * np.sqrt(state["lesson_variance"] * state["lesson_blood_variance"])
    state["lesson_covariance"] = np.clip(state["lesson_covariance"], -limit, limit)


def other_values(
    name: str, values: npt.NDArray[np.float32], rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """Return other plausible values of one field.

    Switches are thrown anew, dates move or are forgotten, shares move within [0, 1], stocks
    are scaled and stay positive, signed numbers are scaled and shifted.
    """
    field = FIELDS[FIELD_INDEX[name]]
    if name in SWITCHES:
        changed = (rng.random(LANES) < 0.5).astype(np.float64)
    elif name in DATES:
        changed = np.where(rng.random(LANES) < 0.3, NEVER, rng.integers(150, 470, LANES))
    elif name in BOUNDED:
        changed = np.clip(values + rng.normal(0.0, 0.3, LANES), 0.0, 1.0)
    elif field.stock:
        changed = values * rng.lognormal(0.0, 0.4, LANES) + rng.exponential(0.05, LANES)
    else:
        spread = 0.3 * float(np.std(values)) + 0.2
        changed = values * rng.lognormal(0.0, 0.2, LANES) + rng.normal(0.0, spread, LANES)
    return np.asarray(changed, np.float32)


def calls_of_the_week() -> Iterator[str]:
    """Names of the functions called in the body of `running_week`, in order of the text."""
    tree = ast.parse(inspect.getsource(week_module))
    bodies: Mapping[str, ast.FunctionDef] = {
        node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)
    }
    yield from _calls_in(bodies, "running_week")


def _calls_in(bodies: Mapping[str, ast.FunctionDef], name: str) -> Iterator[str]:
    """Names called in a function, those of the week's own helper in its place."""
    calls = [node for node in ast.walk(bodies[name]) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(call.func, ast.Name) and call.func.id == "decide_for_hunter":
            yield from _calls_in(bodies, call.func.id)
        elif isinstance(call.func, ast.Name):
            yield call.func.id
