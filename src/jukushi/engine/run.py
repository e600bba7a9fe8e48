"""Many blocks on many threads: the compiled engine behind every study.

The engine is given a range of histories and a list of worlds (`jukushi.engine.settings`) and
returns their outcomes; world 0 is the one that is watched. It knows nothing of files or
questions.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.dice import DICE_PER_DRAW, LANES
from jukushi.doctrines.compile import (
    CompiledTables,
    acts_at_conferences_only,
    compile_tables,
)
from jukushi.doctrines.policy import no_policy
from jukushi.engine.block import run_block, run_worlds, throw_dice
from jukushi.engine.bundles import Course, Notes, Rules, Settings, film, new_desk, no_notes
from jukushi.engine.fate import draws_of, once_known, thrown_of
from jukushi.engine.likeness import pasts_of
from jukushi.engine.observe import OPENED, OUTCOME
from jukushi.engine.settings import Fate, World, shock_table
from jukushi.engine.wars import Openings, OutcomeWar
from jukushi.engine.weeks import weeks_of, write_orders
from jukushi.errors import NumericalError, UsageError
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.state import FIELD_INDEX, FIELDS

__all__ = ["EVENTS", "Engine", "Group", "Results", "Trace", "World", "thread_count"]

#: Points of the parameter space that are run together (their parameters lie in memory).
_POINTS_AT_ONCE = 4096

#: Events a question may ask about, and their codes in the kernel.
EVENTS = {"north": 0, "south": 1, "entry": 2, "collapse": 3, "ally_defeat": 4, "surrender": 5}


def thread_count(asked: int | None = None) -> int:
    """Return the number of threads: asked for, or all cores this process may use."""
    if asked:
        return max(asked, 1)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@dataclass
class Results:
    """Outcomes of a range of histories.

    Attributes
    ----------
    first_history : int
    outcome : structured array [n]
        Outcome of each history in world 0 (`jukushi.engine.observe.OUTCOME`).
    events : int16[n_worlds, n]
        Week of the event asked about, -1 where it did not happen by the horizon.
    """

    first_history: int
    outcome: npt.NDArray[Any]
    events: npt.NDArray[np.int16]


@dataclass
class Trace:
    """The whole course of one block.

    Attributes
    ----------
    first_history : int
    state : float32[n_weeks, n_fields, LANES]
        State after each week.
    outputs : float32[n_weeks, n_outputs, LANES]
        Margins of gates and truth of rows.
    parameters : float64[width]
        The flat parameters of the block.
    """

    first_history: int
    state: npt.NDArray[np.float32]
    outputs: npt.NDArray[np.float32]
    parameters: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Group:
    """Worlds that share rules and weeks, and their places in the list of worlds."""

    places: npt.NDArray[np.int64]
    rules: Rules
    course: Course
    settings: Settings
    n_outputs: int


class Engine:
    """Runs histories of one case.

    Parameters
    ----------
    case : Case
    seed : int
        Seed of the study, 0 <= seed < 2**64.
    threads : int, optional
        Threads to use; the outcome does not depend on it.
    """

    def __init__(self, case: Case, seed: int, threads: int | None = None) -> None:
        self.case = case
        self.seed = seed
        self.threads = thread_count(threads)
        #: Histories that are like the record so far, if the case asks for them.
        self.pasts = pasts_of(case, seed, threads)
        self.space = ParameterSpace(case, self.pasts.histories if self.pasts else None)
        self.tables: CompiledTables = compile_tables(case, self.space)
        self.first_running = case.first_running_week
        self._once_known = once_known(case, self.space)
        self.weeks = weeks_of(case)
        self._rules: dict[tuple[Any, ...], tuple[Rules, int, npt.NDArray[Any]]] = {}
        self.near_until = np.float32(
            case.week_of(case.header.period.runs_from.replace(month=12, day=31))
        )

    def last_week(self, outcome: str) -> int:
        """Index of the last week that `outcome` asks about."""
        return int(self.case.week_of(self.case.outcomes[outcome].by))

    def settings(
        self, worlds: Sequence[World], draws: npt.NDArray[np.int64]
    ) -> tuple[Settings, npt.NDArray[np.float64]]:
        """Draw the parameters of some parameter draws and apply each world's changes.

        Returns
        -------
        (Settings, float64[n_worlds, n_stages, n_draws, width])
            The second are the same parameters before rounding.
        """
        base = self.space.draw(self.seed, draws)
        stages = max(len(world.later) for world in worlds) + 1
        begins = np.full((len(worlds), stages), 32767, np.int32)
        values = np.zeros((len(worlds), stages, *base.shape))
        for row, world in enumerate(worlds):
            here = self.space.changed(base, world.changes, self.seed, draws)
            begins[row, 0] = 0
            values[row] = here
            for stage, later in enumerate(world.later, 1):
                here = self.space.changed(here, later.changes, self.seed, draws)
                begins[row, stage] = later.week
                values[row, stage:] = here
        with np.errstate(over="ignore"):  # an overflow is found, and named, in the state
            flat = np.ascontiguousarray(values, np.float32)
        records = flat.view(PARAMETERS).reshape(flat.shape[:3])
        return Settings(records, flat, begins, shock_table(worlds, FIELD_INDEX)), values

    def run(
        self,
        worlds: Sequence[World],
        first_history: int,
        count: int,
        outcome: str,
        horizon: int | None = None,
        fate: Fate | None = None,
    ) -> Results:
        """Run `count` histories from `first_history` (a multiple of `LANES`) in every world.

        Parameters
        ----------
        worlds : sequence of World
            World 0 is watched: its outcomes and locks are kept whole.
        first_history, count : int
            Range of histories.
        outcome : str
            Identifier of the outcome asked about.
        horizon : int, optional
            Last week to run; by default the outcome's own.
        fate : Fate, optional
            Whose dice are thrown; by default every history's own.

        Returns
        -------
        Results

        Raises
        ------
        NumericalError
            If a number of the state became NaN or infinite, naming field, history and week.
        """
        last = self.last_week(outcome) if horizon is None else horizon
        asked = self.case.outcomes[outcome]
        war = OutcomeWar(self.case, asked, self.weeks["drawdown"]) if asked.campaign else None
        event = EVENTS[war.event if war else asked.event]
        n_rows = -(-count // LANES) * LANES
        results = np.zeros(n_rows, OUTCOME)
        events = np.full((len(worlds), n_rows), -1, np.int16)
        # One parameter draw for all futures of one history, else one for 128 histories.
        draws, row_of_draw = draws_of(first_history, n_rows, fate)
        for group in self.groups(worlds, draws, last, event if war else -1):
            found = np.full((len(group.places), n_rows), -1, np.int16)
            openings = np.zeros((len(group.places), n_rows if war else 0), OPENED)
            self._run_group(
                group, worlds, first_history, row_of_draw, fate, event, results, found, openings,
                no_notes(len(self.weeks)),
            )  # fmt: skip
            if war:
                # A war is fought with the parameters of the last stage of its world.
                part = Openings(
                    openings[:, :count], group.settings.params[:, -1], row_of_draw[:count],
                    first_history,
                )  # fmt: skip
                war.fight(found[:, :count], part, self.seed, self.threads)
            events[group.places] = found
        results["asked_week"] = events[0]
        return Results(first_history, results[:count], events[:, :count])

    def observe(
        self,
        world: World,
        first_history: int,
        count: int,
        fields: Sequence[str],
        weeks: Sequence[int],
        horizon: int,
        fate: Fate | None = None,
        stride: int = LANES,
    ) -> npt.NDArray[np.float32]:
        """Run histories of one world and return fields of the state after chosen weeks.

        Parameters
        ----------
        world, first_history, count, horizon, fate
            As for `run`.
        fields : sequence of str
        weeks : sequence of int
        stride : int
            Histories from one block to the next: `DICE_PER_DRAW` runs the first block of each
            parameter draw alone.

        Returns
        -------
        float32[n_weeks, n_fields, count]
        """
        n_rows = -(-count // LANES) * LANES
        place = np.full(len(self.weeks), -1, np.int32)
        place[np.asarray(weeks, np.int64)] = np.arange(len(weeks), dtype=np.int32)
        rows = np.array([FIELD_INDEX[name] for name in fields], np.int32)
        notes = Notes(rows, place, np.zeros((len(weeks), len(fields), n_rows), np.float32))
        draws, row_of_draw = draws_of(first_history, n_rows // LANES * stride, fate)
        group = self.groups([world], draws, horizon, -1)[0]
        self._run_group(
            group, [world], first_history, row_of_draw, fate, 0, np.zeros(n_rows, OUTCOME),
            np.full((1, n_rows), -1, np.int16), np.zeros((1, 0), OPENED), notes, stride=stride,
        )  # fmt: skip
        return notes.values[:, :, :count]

    def observe_futures(
        self,
        world: World,
        history: int,
        branches: Sequence[Fate],
        count: int,
        fields: Sequence[str],
        weeks: Sequence[int],
        horizon: int,
    ) -> npt.NDArray[np.float32]:
        """Branch one history several times and observe `count` futures of each branch.

        Parameters
        ----------
        world : World
        history : int
        branches : sequence of Fate
            Their `past` is set to `history`.
        count : int
            A multiple of `LANES`.
        fields, weeks, horizon
            As for `observe`.

        Returns
        -------
        float32[n_branches, n_weeks, n_fields, count]
        """
        place = np.full(len(self.weeks), -1, np.int32)
        place[np.asarray(weeks, np.int64)] = np.arange(len(weeks), dtype=np.int32)
        rows = np.array([FIELD_INDEX[name] for name in fields], np.int32)
        kept = np.zeros((len(branches), len(weeks), len(fields), count), np.float32)
        draws = np.array([history // DICE_PER_DRAW])
        group = self.groups([world], draws, horizon, -1)[0]
        for number, branch in enumerate(branches):
            fate = Fate(branch.from_week, branch.redraw, history)
            self._run_group(
                group, [world], 0, np.zeros(count, np.int64), fate, 0, np.zeros(count, OUTCOME),
                np.full((1, count), -1, np.int16), np.zeros((1, 0), OPENED),
                Notes(rows, place, kept[number]),
            )  # fmt: skip
        return kept

    def run_points(
        self,
        points: npt.NDArray[np.float64],
        outcome: str,
        dice: int = DICE_PER_DRAW,
        first_history: int = 0,
        world: World | None = None,
    ) -> npt.NDArray[np.int16]:
        """Run the same dice under many points of the parameter space.

        Parameters
        ----------
        points : float64[n_points, width]
            Whole parameter records, as `ParameterSpace.draw` makes them.
        outcome : str
            It must not need a campaign.
        dice : int
            Histories of each point, a multiple of `LANES`.
        first_history : int
        world : World, optional
            By whose tables, orders, policy and calendar the points are run; by default the
            documented tables. Its changes are not applied: the points hold them already.

        Returns
        -------
        int16[n_points, dice]
            Week of the outcome's event, -1 where it did not come by the outcome's day.

        Raises
        ------
        UsageError
            If the outcome is one of a campaign, `dice` is not a multiple of `LANES`, or the world
            changes at a date: a point has one record for all weeks.
        """
        asked = self.case.outcomes[outcome]
        if self.pasts is not None:
            raise UsageError(
                "points of the parameter space cannot be held to the record so far",
                cause="their numbers are set, not drawn with a past",
                hint="leave --like-record-until away",
            )
        if asked.campaign is not None or dice % LANES:
            raise UsageError(
                f"points are run for outcomes of the weeks only, on a multiple of {LANES} dice",
                cause=f"asked: {outcome}, {dice} dice",
            )
        world = world or World("points")
        if world.later or world.shocks:
            raise UsageError(
                "points are run in a world that is one from its first week to its last"
            )
        events = np.full((len(points), dice), -1, np.int16)
        rows = np.zeros(dice, np.int64)
        rules, n_outputs, weeks = self.rules_of(world)
        course = self.course(self.last_week(outcome), weeks)
        for start in range(0, len(points), _POINTS_AT_ONCE):
            part = points[start : start + _POINTS_AT_ONCE]
            with np.errstate(over="ignore"):
                flat = np.ascontiguousarray(part[:, None, None, :], np.float32)
            settings = Settings(
                flat.view(PARAMETERS).reshape(flat.shape[:3]), flat,
                np.zeros((len(part), 1), np.int32), np.zeros((len(part), 0, 4), np.float32),
            )  # fmt: skip
            group = Group(np.arange(len(part)), rules, course, settings, n_outputs)
            self._run_group(
                group, [world] * len(part), first_history, rows, None, EVENTS[asked.event],
                np.zeros(dice, OUTCOME), events[start : start + len(part)],
                np.zeros((len(part), 0), OPENED), no_notes(len(self.weeks)), watch=False,
            )  # fmt: skip
        return events

    def _run_group(
        self,
        group: Group,
        worlds: Sequence[World],
        first_history: int,
        row_of_draw: npt.NDArray[np.int64],
        fate: Fate | None,
        event: int,
        results: npt.NDArray[Any],
        events: npt.NDArray[np.int16],
        openings: npt.NDArray[Any],
        notes: Notes,
        watch: bool = True,
        stride: int = LANES,
    ) -> None:
        """Run all blocks of worlds that share their rules; write into the arrays given."""
        n_blocks = events.shape[1] // LANES
        watched = bool(watch and group.places[0] == 0)
        known = self._once_known
        unfilmed = film()

        def work(blocks: range) -> tuple[int, int]:
            """Run some blocks; return the history and place of a bad number, or -1 twice."""
            desk = new_desk(len(group.course.weeks) - self.first_running, group.n_outputs)
            for block in blocks:
                history = first_history + block * stride
                thrown = thrown_of(self.seed, history, fate, known, self.pasts)
                bad = run_worlds(
                    desk, group.rules, group.course, group.settings,
                    int(row_of_draw[block * stride]), thrown, event, watched, results, events,
                    openings, block * LANES, unfilmed, notes,
                )  # fmt: skip
                if bad >= 0:
                    return history, int(bad)
            return -1, -1

        for history, bad in self._spread(work, n_blocks):
            if bad >= 0:
                world = worlds[int(group.places[bad // 65536])]
                self._complain(world, history, bad % 65536, fate)

    def groups(
        self, worlds: Sequence[World], draws: npt.NDArray[np.int64], horizon: int, opens_with: int
    ) -> list[Group]:
        """Sort worlds by the rules they need; world 0 comes first of its group."""
        by_rules: dict[tuple[Any, ...], list[int]] = {}
        for place, world in enumerate(worlds):
            by_rules.setdefault(world.rules_key, []).append(place)
        groups = []
        for places in by_rules.values():
            rules, n_outputs, weeks = self.rules_of(worlds[places[0]])
            settings, _ = self.settings([worlds[place] for place in places], draws)
            course = self.course(horizon, weeks)._replace(opens_with=opens_with)
            groups.append(Group(np.array(places), rules, course, settings, n_outputs))
        return groups

    def rules_of(self, world: World) -> tuple[Rules, int, npt.NDArray[Any]]:
        """Return the rules of a world, the size of their outputs, and its weeks."""
        key = world.rules_key
        if key not in self._rules:
            case = world.case or self.case
            tables = compile_tables(case, self.space, world.hunter_table, world.prey_table)
            weeks = weeks_of(case) if world.case else self.weeks.copy()
            if not acts_at_conferences_only(case, world.hunter_table):
                weeks["rules_due"] = 1.0
            write_orders(weeks, world.orders)
            policy = (
                world.policy.codes(len(weeks), FIELD_INDEX)
                if world.policy
                else no_policy(len(weeks))
            )
            rules = Rules(
                tables.hunter_program, tables.prey_program, tables.constants,
                tables.hunter_rows, tables.prey_rows, tables.gate_scales, policy,
            )  # fmt: skip
            self._rules[key] = rules, tables.n_outputs, weeks
        return self._rules[key]

    def _spread(
        self, work: Callable[[range], tuple[int, int]], n_blocks: int
    ) -> list[tuple[int, int]]:
        """Share blocks among the threads; the kernels release the interpreter lock."""
        if self.threads == 1 or n_blocks == 1:
            return [work(range(n_blocks))]
        shares = [range(start, n_blocks, self.threads) for start in range(self.threads)]
        with ThreadPoolExecutor(self.threads) as pool:
            return list(pool.map(work, shares))

    def course(self, horizon: int, weeks: npt.NDArray[Any] | None = None) -> Course:
        """Return the weeks up to a horizon."""
        table = self.weeks if weeks is None else weeks
        flat = table.view(np.float32).reshape(len(table), -1)
        return Course(table, flat, self.first_running, horizon, self.near_until)

    def trace(
        self, history: int, world: World, horizon: int | None = None, fate: Fate | None = None
    ) -> Trace:
        """Run the block that holds `history` and keep the state after every week."""
        first = history // LANES * LANES
        last = self.case.n_weeks - 1 if horizon is None else max(horizon, self.first_running)
        draws, _ = draws_of(first, LANES, fate)
        group = self.groups([world], draws, last, -1)[0]
        desk = new_desk(len(group.course.weeks) - self.first_running, group.n_outputs)
        thrown = thrown_of(self.seed, first, fate, self._once_known, self.pasts)
        throw_dice(desk, group.course, thrown)
        kept = film(last + 1, group.n_outputs)
        run_block(
            desk, group.rules, group.course, group.settings, 0, 0, True, kept,
            no_notes(len(self.weeks)), 0,
        )  # fmt: skip
        changed = self.settings([world], draws)[1][0, -1, 0]
        return Trace(first, kept.state, kept.outputs, changed)

    def _complain(self, world: World, history: int, week: int, fate: Fate | None = None) -> None:
        """Find the first bad field of a block and raise with a command that replays it."""
        trace = self.trace(history, world, week, fate)
        bad = np.argwhere(~np.isfinite(trace.state[: week + 1]))
        week, row, lane = (int(number) for number in bad[0]) if len(bad) else (week, 0, 0)
        number = trace.first_history + lane
        raise NumericalError(
            f"the field {FIELDS[row].name!r} is not a finite number after week {week} "
            f"of history {number} in the world {world.name!r}",
            hint=f"jukushi replay {self.case.id} {number} --seed {self.seed}",
        )
