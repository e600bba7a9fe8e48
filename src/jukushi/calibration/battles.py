"""Battles: what was known before each fight, and apart from it what came out.

Theory: docs/calibration/battles.md

One row of a tidy CSV is one battle. Judgements made after the fact (columns ``J1_``, ``J2_``)
and the achievement of the missions are never read.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.calibration.armies import army, era, theatre
from jukushi.calibration.rows import BattlesError, Row, read_rows
from jukushi.errors import nearest

__all__ = [
    "CONDITIONS",
    "OPTIONAL",
    "REQUIRED",
    "Battles",
    "battles_from",
    "read_battles",
]

Floats = npt.NDArray[np.float64]

#: The situation's terms, in the order of the columns of `Battles.conditions`.
CONDITIONS = (
    "surprise",
    "air",
    "prepared",
    "fortified",
    "delay",
    "rugged",
    "flat",
    "wood",
    "bare",
    "desert",
    "wet",
    "winter",
    "river",
)

#: Columns without which a file is refused.
REQUIRED = ("id", "year", "attacker", "defender", "str_a", "str_d")

#: Columns that are read when present; an empty or absent cell is unknown.
OPTIONAL = (
    "name",
    "war",
    "campaign",
    "location",
    "family",
    "tank_a",
    "tank_d",
    "gun_a",
    "gun_d",
    "air_sup",
    "posture",
    "terrain_relief",
    "terrain_cover",
    "wet",
    "temp",
    "season",
    "surprise",
    "front_a",
    "front_d",
    "scheme_a1",
    "scheme_a2",
    "days",
    "cas_a",
    "cas_d",
    "advance_km",
    "km_day",
    "winner",
)

#: Guns per 1000 men where the count is unknown (medians of the training battles by era).
GUNS_PER_1000 = {"1900s": 3.0, "WW1": 7.8, "1920s": 2.0, "WW2": 8.5, "post45": 4.5}
#: Tanks where the count is unknown: all such training battles but two are of 1917-18.
TANKS_UNKNOWN = 0.0
#: Days of a battle whose length is unknown (median of the training battles).
DAYS_UNKNOWN = 3.0
#: Defenders per km of front where the front is unknown (median of the training battles).
DENSITY_UNKNOWN = 1550.0
#: A front shorter than this, in km, is taken as unknown.
SHORTEST_FRONT = 0.01
#: Men where one side's strength is unknown: the other side's times this (training median 1.9).
RATIO_UNKNOWN = 1.9
#: Men of either side where both strengths are unknown (the reference size of the form).
MEN_UNKNOWN = 20_000.0
#: Least advance counted, km a day: a retreat of the attacker counts as none.
ADVANCE_OFFSET = 0.1


@dataclass(frozen=True)
class Battles:
    """Battles as arrays of one length; known before the fight first, results last.

    Attributes
    ----------
    ids, families : tuple of str
        Battles and the families of records of one fight (never split by a fold).
    armies_attacker, armies_defender, theatres, campaigns : tuple of str
        Names under which quality, bloodiness and mobility are learned.
    men_attacker, men_defender, tanks_attacker, ... : float64[n]
        Engaged strengths; unknown ones imputed as the module's constants say.
    conditions : float64[n, 13]
        Columns as in `CONDITIONS`; unknown counts as the reference situation.
    ww1, post45 : float64[n]
        Era, 1 or 0.
    density : float64[n]
        Defenders per km of front, in thousands.
    days : float64[n]
        Length, at least 1: exposure, known only afterwards.
    winner : float64[n]
        1 attacker, 0 draw, -1 defender, NaN unknown.
    loss_attacker, loss_defender : float64[n]
        ln(share of the men engaged lost), NaN where unknown.
    advance : float64[n]
        ln(km a day + 0.1), retreats as 0 km; NaN where unknown.
    """

    ids: tuple[str, ...]
    families: tuple[str, ...]
    armies_attacker: tuple[str, ...]
    armies_defender: tuple[str, ...]
    theatres: tuple[str, ...]
    campaigns: tuple[str, ...]
    men_attacker: Floats
    men_defender: Floats
    tanks_attacker: Floats
    tanks_defender: Floats
    guns_attacker: Floats
    guns_defender: Floats
    conditions: Floats
    ww1: Floats
    post45: Floats
    density: Floats
    days: Floats
    winner: Floats
    loss_attacker: Floats
    loss_defender: Floats
    advance: Floats

    def __len__(self) -> int:
        return len(self.ids)

    def pick(self, index: npt.ArrayLike) -> Battles:
        """Return the battles at these positions (integers) or where true (booleans)."""
        chosen = np.arange(len(self))[np.asarray(index)]
        picked: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            whole = isinstance(value, np.ndarray)
            picked[field.name] = value[chosen] if whole else tuple(value[i] for i in chosen)
        return Battles(**picked)


def read_battles(path: Path | str) -> Battles:
    """Read battles from a CSV in the tidy columns."""
    return battles_from(read_rows(path))


def battles_from(rows: Sequence[Row]) -> Battles:
    """Turn tidy rows into battles.

    Raises
    ------
    BattlesError
        A required column is missing, or a cell is not what its column holds.
    """
    _check_columns(rows[0])
    records = [_record(row) for row in rows]
    columns: dict[str, Any] = {}
    for field in fields(Battles):
        values = [record[field.name] for record in records]
        text = isinstance(values[0], str)
        columns[field.name] = tuple(values) if text else np.array(values, dtype=np.float64)
    _check_ids(rows)
    return Battles(**columns)


def _check_columns(row: Row) -> None:
    for column in REQUIRED:
        if column not in row.cells:
            near = nearest(column, row.cells)
            raise BattlesError(
                f"{row.path}:1: the required column {column!r} is missing"
                + (f", nearest column: {near!r}" if near else ""),
                hint="required: " + ", ".join(REQUIRED),
            )


def _check_ids(rows: Sequence[Row]) -> None:
    seen: dict[str, int] = {}
    for row in rows:
        first = seen.setdefault(row.text("id"), row.line)
        if first != row.line:
            raise row.wrong("id", f"an id not used before (line {first} has it)")


def _record(row: Row) -> dict[str, Any]:
    """Return the fields of `Battles` for one row."""
    for column in ("id", "year", "attacker", "defender"):
        if not row.text(column):
            raise row.wrong(column, "a value (this column may not be empty)")
    year = int(row.number("year"))
    place = theatre(row.text("war"), row.text("location"), year)
    men_a, men_d = _men(row)
    days = row.number("days")
    days = max(days, 1.0) if math.isfinite(days) else DAYS_UNKNOWN
    guns = GUNS_PER_1000[era(year)] / 1000.0
    winner = row.number("winner")
    return {
        "ids": row.text("id"),
        "families": row.text("family") or row.text("id"),
        "armies_attacker": army(row.text("attacker"), year),
        "armies_defender": army(row.text("defender"), year),
        "theatres": place,
        "campaigns": _campaign(place, row.text("campaign")),
        "men_attacker": men_a,
        "men_defender": men_d,
        "tanks_attacker": _or(row.number("tank_a"), TANKS_UNKNOWN),
        "tanks_defender": _or(row.number("tank_d"), TANKS_UNKNOWN),
        "guns_attacker": _or(row.number("gun_a"), guns * men_a),
        "guns_defender": _or(row.number("gun_d"), guns * men_d),
        "conditions": _conditions(row),
        "ww1": float(year < 1936),
        "post45": float(year > 1945),
        "density": _density(row, men_d),
        "days": days,
        "winner": winner,
        "loss_attacker": _log_loss(row.number("cas_a"), row.number("str_a")),
        "loss_defender": _log_loss(row.number("cas_d"), row.number("str_d")),
        "advance": _log_advance(row, days),
    }


def _campaign(place: str, name: str) -> str:
    """Return the name under which a campaign's bloodiness is learned, empty where unknown."""
    return f"{place}: {name.title()}" if name else ""


def _or(value: float, otherwise: float) -> float:
    return value if math.isfinite(value) else otherwise


def _men(row: Row) -> tuple[float, float]:
    """Return men engaged of both sides, imputed from the other side where unknown."""
    men_a, men_d = row.number("str_a"), row.number("str_d")
    if math.isnan(men_a) and math.isnan(men_d):
        return MEN_UNKNOWN, MEN_UNKNOWN
    return _or(men_a, men_d * RATIO_UNKNOWN), _or(men_d, men_a / RATIO_UNKNOWN)


def _conditions(row: Row) -> list[float]:
    posture, relief = row.word("posture"), row.word("terrain_relief")
    cover = row.word("terrain_cover")
    cold = row.word("temp") == "C" or row.word("season") == "winter"
    river = "RC" in (row.text("scheme_a1"), row.text("scheme_a2"))
    return [
        _or(row.number("surprise"), 0.0),
        _or(row.number("air_sup"), 0.0),
        float(posture == "PD"),
        float(posture == "FD"),
        float(posture in ("DL", "WD")),
        float(relief == "G"),
        float(relief == "F"),
        float(cover == "W"),
        float(cover == "B"),
        float(cover == "D"),
        _or(row.number("wet"), 0.0),
        float(cold),
        float(river),
    ]


def _density(row: Row, men_d: float) -> float:
    front = _or(row.number("front_d"), row.number("front_a"))
    if not front >= SHORTEST_FRONT:
        return DENSITY_UNKNOWN / 1000.0
    return men_d / front / 1000.0


def _log_loss(casualties: float, men: float) -> float:
    """Return ln(share lost); at least half a man and at most all men are lost."""
    if math.isnan(casualties) or math.isnan(men):
        return math.nan
    return math.log(min(max(casualties, 0.5) / men, 1.0))


def _log_advance(row: Row, days: float) -> float:
    km_day = row.number("km_day")
    if math.isnan(km_day):
        km_day = row.number("advance_km") / days
    return math.log(max(km_day, 0.0) + ADVANCE_OFFSET) if math.isfinite(km_day) else math.nan
