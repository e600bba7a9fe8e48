"""The contract that every mechanism of the week inherits, proved by fuzzing its header.

A header's `Reads:` are the fields on which the outcome depends; a field that a mechanism
writes only sometimes is read, since its old value may stay.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import pytest
from mechanisms import (
    DRAWS,
    NAMES,
    ONCE_ONLY,
    REPOSITORY,
    WEEKLY,
    Situation,
    calls_of_the_week,
    draw_values,
    flat,
    header_of,
    other_values,
    run,
    situations,
)

from jukushi.dice import DICE, LANES, ONCE
from jukushi.mechanisms.order import WEEK_ORDER
from jukushi.world.state import FIELD_INDEX, FIELDS

ALL_FIELDS = tuple(FIELD_INDEX)
every_mechanism = pytest.mark.parametrize("name", NAMES)


def same(a: npt.NDArray[np.float32], b: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Compare bytes, so that a NaN equals itself and -0 differs from 0."""
    return np.asarray(a.view(np.uint32) == b.view(np.uint32))


def changed_fields(before: npt.NDArray[np.float32], after: npt.NDArray[np.float32]) -> set[str]:
    """Names of the fields whose bytes differ in any lane."""
    rows = np.flatnonzero(~same(before, after).all(axis=1))
    return {FIELDS[row].name for row in rows}


def rows_of(names: Iterable[str]) -> list[int]:
    return [FIELD_INDEX[name] for name in sorted(names)]


def with_other_fields(at: Situation, names: Iterable[str], seed: int) -> Situation:
    """Return a situation in which some fields hold other plausible values."""
    rng = np.random.default_rng(seed)
    changed = at.copy()
    for name in sorted(names):
        changed.state[name][0] = other_values(name, changed.state[name][0], rng)
    return changed


def with_other_draws(at: Situation, names: Iterable[str], seed: int) -> Situation:
    """Return a situation in which some dice fell otherwise."""
    rng = np.random.default_rng(seed)
    changed = at.copy()
    for name in sorted(names):
        record = changed.dice if name in WEEKLY else changed.once
        record[name][0] = draw_values(name, rng)
    return changed


def depends(name: str, at: Situation, other: Situation, base: npt.NDArray[np.float32]) -> set[str]:
    """Fields written by `name` that come out differently in `other`."""
    written = rows_of(header_of(name).writes)
    after = run(name, other)
    different = ~same(base[written], after[written]).all(axis=1)
    return {FIELDS[written[i]].name for i in np.flatnonzero(different)}


@every_mechanism
def test_the_header_names_what_exists(name: str) -> None:
    header = header_of(name)
    assert header.reads <= set(ALL_FIELDS)
    assert header.writes <= set(ALL_FIELDS)
    assert header.draws <= set(DICE.names or ()) | set(ONCE.names or ())
    assert not any(draw.startswith("unused_") for draw in header.draws)
    assert header.writes, "a mechanism that writes nothing is no mechanism"


@every_mechanism
def test_it_writes_only_what_it_promises(name: str) -> None:
    for at in situations():
        surplus = changed_fields(flat(at.state), run(name, at)) - header_of(name).writes
        assert not surplus, f"{name} writes {sorted(surplus)} unpromised ({at.label})"


@every_mechanism
def test_it_writes_all_that_it_promises(name: str) -> None:
    touched: set[str] = set()
    for at in situations():
        touched |= changed_fields(flat(at.state), run(name, at))
    idle = header_of(name).writes - touched
    assert not idle, f"{name} promises to write {sorted(idle)} and never does"


@every_mechanism
def test_it_reads_only_what_it_promises(name: str) -> None:
    silent = set(ALL_FIELDS) - header_of(name).reads
    for seed, at in enumerate(situations()):
        base = run(name, at)
        if depends(name, at, with_other_fields(at, silent, seed), base):
            guilty = {
                field: depends(name, at, with_other_fields(at, [field], seed), base)
                for field in silent
            }
            guilty = {field: found for field, found in guilty.items() if found}
            pytest.fail(f"{name} reads unpromised fields, which move: {guilty} ({at.label})")


@every_mechanism
def test_it_reads_all_that_it_promises(name: str) -> None:
    unread = set(header_of(name).reads)
    for seed, at in enumerate(situations()):
        base = run(name, at)
        for field in sorted(unread):
            for attempt in range(2):
                other = with_other_fields(at, [field], 1000 * attempt + seed)
                if depends(name, at, other, base):
                    unread.discard(field)
    assert not unread, f"{name} promises to read {sorted(unread)} and never does"


@every_mechanism
def test_it_throws_only_the_dice_it_promises(name: str) -> None:
    silent = set(DRAWS) - header_of(name).draws
    for seed, at in enumerate(situations()):
        base = run(name, at)
        moved = depends(name, at, with_other_draws(at, silent, seed), base)
        if moved:
            guilty = [
                draw
                for draw in sorted(silent)
                if depends(name, at, with_other_draws(at, [draw], seed), base)
            ]
            pytest.fail(f"{name} uses unpromised draws {guilty}, which move {moved} ({at.label})")


@every_mechanism
def test_it_throws_all_the_dice_it_promises(name: str) -> None:
    unused = set(header_of(name).draws)
    for seed, at in enumerate(situations()):
        base = run(name, at)
        for draw in sorted(unused):
            if depends(name, at, with_other_draws(at, [draw], seed), base):
                unused.discard(draw)
    assert not unused, f"{name} promises the draws {sorted(unused)} and never uses them"


@every_mechanism
def test_stocks_never_become_negative(name: str) -> None:
    stocks = rows_of(field.name for field in FIELDS if field.stock)
    for at in situations():
        after = run(name, at)[stocks]
        low = {FIELDS[stocks[i]].name for i in np.flatnonzero((after < 0.0).any(axis=1))}
        assert not low, f"{name} makes {sorted(low)} negative ({at.label})"


@every_mechanism
def test_every_number_stays_finite(name: str) -> None:
    for at in situations():
        bad = ~np.isfinite(run(name, at)).all(axis=1)
        names = {FIELDS[i].name for i in np.flatnonzero(bad)}
        assert not names, f"{name} makes {sorted(names)} infinite or undefined ({at.label})"


@every_mechanism
def test_one_lane_alone_is_the_lane_among_others(name: str) -> None:
    for at in situations()[::4]:
        before, whole = flat(at.state), run(name, at)
        for lane in (0, 5, LANES - 1):
            alone = run(name, at, lane, lane + 1)
            others = np.arange(LANES) != lane
            assert same(alone[:, others], before[:, others]).all(), "another lane moved"
            assert same(alone[:, lane], whole[:, lane]).all(), "a lane depends on its company"


@every_mechanism
def test_lanes_in_another_order_give_the_same_histories(name: str) -> None:
    for seed, at in enumerate(situations()[::4]):
        order = np.random.default_rng(seed).permutation(LANES)
        mixed = at.copy()
        flat(mixed.state)[:] = flat(at.state)[:, order]
        mixed.outputs[:] = at.outputs[:, order]
        for draw in WEEKLY:
            mixed.dice[draw][0] = at.dice[draw][0][order]
        for draw in ONCE_ONLY:
            mixed.once[draw][0] = at.once[draw][0][order]
        assert same(run(name, mixed), run(name, at)[:, order]).all()


@every_mechanism
def test_a_block_in_pieces_is_the_block(name: str) -> None:
    for at in situations()[::4]:
        pieces = at.copy()
        for first, last in ((0, 3), (3, 3), (3, 20), (20, LANES)):
            flat(pieces.state)[:] = run(name, pieces, first, last)
        assert same(flat(pieces.state), run(name, at)).all()


def test_the_week_calls_the_mechanisms_in_the_numbered_order() -> None:
    expected = []
    for step in WEEK_ORDER:
        acts = [
            "force_north", "act_hunter", "act_as_ordered", "value_courses", "true_worth",
            "act_by_policy", "act_prey", "prey_as_ordered",
        ]  # fmt: skip
        expected += acts if step.name == "decisions" else [step.name]
    called = [name for name in calls_of_the_week() if name != "evaluate"]
    assert called == expected


def test_the_tables_are_evaluated_before_anyone_acts() -> None:
    called = list(calls_of_the_week())
    last_evaluation = max(i for i, name in enumerate(called) if name == "evaluate")
    assert called.index("assessment") < called.index("evaluate")
    assert last_evaluation < called.index("force_north") < called.index("act_hunter")


def test_each_step_says_why_it_stands_there() -> None:
    assert len(set(NAMES)) == len(NAMES)
    assert all(step.why for step in WEEK_ORDER)


@every_mechanism
def test_every_mechanism_has_a_page(name: str) -> None:
    page = REPOSITORY / "docs" / "mechanisms" / f"{name}.md"
    assert page.is_file(), f"write docs/mechanisms/{name}.md"
