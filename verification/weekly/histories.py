"""Histories from the start of the case: first state, order of the week, kept states."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace

import numpy as np
import numpy.typing as npt
import yaml

from jukushi.case.load import Case
from jukushi.case.schema import Change
from jukushi.draws import DICE_PER_DRAW
from jukushi.world.parameters import ParameterSpace, parameters_dtype
from jukushi.world.state import FIELDS, NEVER
from verification.weekly import (
    assessment,
    build_up,
    dice,
    diplomacy,
    distant_front,
    garrison,
    intelligence,
    lessons,
    oil,
    redeployment,
    season,
)
from verification.weekly.calendar import Calendar
from verification.weekly.decisions import Tables, step


def parameters(
    case: Case, seed: int, histories: npt.NDArray[np.int64], changes: Sequence[Change] = ()
) -> SimpleNamespace:
    """The values of the parameter draws, in single precision as the model states them."""
    draws, place = np.unique(histories // DICE_PER_DRAW, return_inverse=True)
    space = ParameterSpace(case)
    drawn = space.changed(space.draw(seed, draws), changes, seed, draws)
    flat = drawn[place].astype(np.float32).astype(np.float64)
    names = [name for name in parameters_dtype().names or () if name != "spare"]
    columns = space.index | {name: column for column, name in enumerate(names)}
    return SimpleNamespace(**{name: flat[:, column] for name, column in columns.items()})


def first_state(p: SimpleNamespace, count: int) -> SimpleNamespace:
    """The state before the first week of the case."""
    s = SimpleNamespace(**{field.name: np.zeros(count) for field in FIELDS})
    for field in FIELDS:
        if field.name.endswith("_week") and field.unit == "week":
            setattr(s, field.name, np.full(count, NEVER))
    s.front_km = s.front_lag_1 = s.front_lag_2 = s.deepest_km = p.front_start_km
    s.pace_lag_1 = s.pace_lag_2 = p.quick_victory_pace
    s.axis_men, s.soviet_men, s.axis_supply = (
        p.axis_men_start,
        p.soviet_men_start,
        p.axis_supply_start,
    )
    s.axis_offensive = s.axis_drive = s.soviet_drive = s.posture = np.ones(count)
    s.old_divisions, s.garrison_men = p.initial_divisions, p.garrison_men_start
    s.garrison_tanks, s.garrison_aircraft = p.garrison_tanks_start, p.garrison_aircraft_start
    s.oil = p.oil_start
    s.lesson_quality, s.lesson_variance = p.lesson_quality_start, p.lesson_sd_start**2
    s.lesson_blood_variance = np.full(count, 0.25)
    s.believed_divisions = s.believed_before = p.counted_at_start
    s.believed_variance = p.count_noise**2
    s.believed_tanks, s.believed_aircraft = p.tanks_counted_at_start, p.aircraft_counted_at_start
    s.victory_logit = p.optimism
    return s


def one_week(
    tables: Tables, s: SimpleNamespace, p: SimpleNamespace, w: SimpleNamespace,
    d: SimpleNamespace, once: SimpleNamespace,
) -> None:  # fmt: skip
    """The twelve steps of docs/mechanisms/README.md."""
    season.step(s, p, w, d, once)
    distant_front.step(s, p, w, d, once)
    garrison.step(s, p, w, d)
    build_up.step(s, p, w)
    diplomacy.step(s, p, w, once)
    oil.step(s, p, w)
    intelligence.step(s, p, w, d)
    assessment.step(s, p, w, d, once)
    step(tables, s, p, w, d)
    redeployment.step(s, p)


def observe(
    case: Case,
    seed: int,
    histories: npt.NDArray[np.int64],
    weeks: Sequence[int],
    changes: Sequence[Change] = (),
) -> npt.NDArray[np.float64]:
    """Run histories; return the whole state in some weeks, float64[n_weeks, n_fields, n]."""
    calendar = Calendar(case.folder)
    tables = Tables(
        yaml.safe_load((case.folder / "doctrines.yaml").read_text(encoding="utf-8")), calendar.start
    )
    p = parameters(case, seed, histories, changes)
    s = first_state(p, len(histories))
    thrown = dice.once(seed, histories)
    wanted = {week: place for place, week in enumerate(weeks)}
    kept = np.zeros((len(weeks), len(FIELDS), len(histories)))
    for index in range(max(weeks) + 1):
        w = calendar.week(index) if index >= calendar.first else None
        if w is None:
            lessons.step(s, p, calendar.battles(index), thrown)
        else:
            one_week(tables, s, p, w, dice.weekly(seed, histories, index), thrown)
        if index in wanted:
            kept[wanted[index]] = [getattr(s, field.name) for field in FIELDS]
    return kept
