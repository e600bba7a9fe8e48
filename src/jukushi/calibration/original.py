"""The original coding of CDB90 (205 columns), decoded to the tidy columns.

Theory: docs/calibration/battles.md

The codes are those of the data base's own manual: -1 an unknown count, -9999 an unknown
advance, 9 and -9 unknown judgements, posture ``OO`` and terrain ``0`` unknown. The data base
names forces, not sides: the side is read from the first word of the attacker's and the
defender's force.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from importlib.resources import files

from jukushi.calibration.rows import BattlesError, Row

__all__ = ["FIRST_YEAR", "decode", "is_original", "training_families"]

#: First year of the battles that are used.
FIRST_YEAR = 1914
#: Most active time periods a row can hold.
_PERIODS = 10

#: Column of the original, tidy column, codes that mean unknown.
_NUMBERS = (
    ("STRA", "str_a", ("-1",)),
    ("STRD", "str_d", ("-1",)),
    ("TANKA", "tank_a", ("-1",)),
    ("TANKD", "tank_d", ("-1",)),
    ("ARTYA", "gun_a", ("-1",)),
    ("ARTYD", "gun_d", ("-1",)),
    ("CASA", "cas_a", ("-1",)),
    ("CASD", "cas_d", ("-1",)),
    ("WOFA1", "front_a", ("-1",)),
    ("WOFD1", "front_d", ("-1",)),
    ("KMDA", "advance_km", ("-9999",)),
    ("SURPA", "surprise", ("-9",)),
    ("AEROA", "air_sup", ("9", "-9")),
    ("WINA", "winner", ("-9",)),
)
_TEXTS = (
    ("ISQNO", "id"),
    ("NAME", "name"),
    ("CAMPGN", "campaign"),
    ("LOCN", "location"),
    ("NAMA", "attacker_force"),
    ("NAMD", "defender_force"),
    ("PRIA1", "scheme_a1"),
    ("PRIA2", "scheme_a2"),
    ("PRID1", "scheme_d1"),
)
_SEASONS = {"$": "spring", "S": "summer", "F": "fall", "W": "winter"}
_PERIOD_COLUMNS = tuple(f"ATP{part}1" for part in ("BYR", "BMN", "BDA", "EYR", "EMN", "EDA"))
_NEEDED = (*(n for n, _, _ in _NUMBERS), *(n for n, _ in _TEXTS), "WAR", "POST1", "TERRA1", "WX1")

#: Side by the first word of a force's name.
_SIDES = {
    "SOV": "USSR",
    "USSR": "USSR",
    "RUS": "Russia",
    "RUSS": "Russia",
    "POL": "Poland",
    "IT": "Italy",
    "ITAL": "Italy",
    "SP": "Spanish Republic",
    "JAP": "Japan",
    "FIN": "Finland",
    "GER": "Germany",
    "FR": "France",
    "BR": "Great Britain",
    "BRIT": "Great Britain",
    "AUS": "Austria",
    "SERB": "Serbia",
    "TK": "Ottoman Empire",
    "TURK": "Ottoman Empire",
    "GER-AUS": "Germany & Austria",
    "US": "USA",
    "AMER": "USA",
    "IS": "Israel",
    "ISR": "Israel",
    "JOR": "Jordan",
    "EG": "Egypt",
    "EGY": "Egypt",
    "PALES": "Palestine",
    "SYR": "Syria",
    "LEB": "Lebanon",
    "IRAQ": "Iraq",
    "NKOR": "North Korea",
    "SKOR": "South Korea",
    "NVN": "North Vietnam",
    "SVN": "South Vietnam",
    "ROM": "Romania",
    "BULG": "Bulgaria",
    "GR": "Greece",
}

#: Cells that the corrected tidy rows give otherwise (misprints; sides of coalitions).
_CORRECTIONS: Mapping[str, dict[str, str]] = {
    "328": {"str_d": "34400"},
    "338": {"str_a": "1940"},
    "359": {"attacker": "USA"},
    "362": {"attacker": "USA"},
    "373": {"attacker": "USA"},
    "450": {"str_d": "7695"},
    "515": {"str_d": "3782"},
    "642": {"tank_d": "75"},
}
#: Battles that the published rebuild puts in the wrong war.
_EASTERN = ("512", "513", "514", "515", "516")
_WARS = {
    "WORLD WAR II, EASTERN FRONT": "WORLD WAR II (EASTERN FRONT)",
    "WORLD WAR II, OKINAWA": "WORLD WAR II (PACIFIC)",
    "WORLD WAR II (PACIFIC, 1943-1945)": "WORLD WAR II (PACIFIC)",
    "ARAB-ISRAELI, 1967": "ARAB-ISRAELI WAR, 1967 (SIX-DAY WAR)",
}


def is_original(columns: Iterable[str]) -> bool:
    """Return whether these are the columns of the original coding."""
    return {"ISQNO", "STRA", "WINA"} <= set(columns)


def training_families() -> dict[str, str]:
    """Return the family of each training battle, by id."""
    text = files("jukushi.calibration").joinpath("training_ids.txt").read_text(encoding="utf-8")
    lines = [line.split() for line in text.splitlines() if line and not line.startswith("#")]
    return {line[0]: line[-1] for line in lines}


def decode(rows: Sequence[Row], *, keep_holdout: bool = False) -> list[Row]:
    """Decode rows of the original coding.

    Parameters
    ----------
    rows : sequence of Row
        As read, in the original's columns.
    keep_holdout : bool
        Keep battles from 1914 on that are not in the training list. They are left out
        otherwise, so that they stay unseen.

    Returns
    -------
    list of Row
        In the tidy columns, with the lines of the original; battles before 1914 are left out.

    Raises
    ------
    BattlesError
        A column is missing, a date is no date, or no battle is left.
    """
    _check_columns(rows[0])
    families = training_families()
    kept = []
    for row in rows:
        known = row.text("ISQNO") in families
        if known or (keep_holdout and _year(row) >= FIRST_YEAR):
            kept.append(_decode_row(row, families))
    if not kept:
        hint = "use --keep-holdout to fit battles that are not in the training list"
        raise BattlesError(f"{rows[0].path} holds no training battle", hint=hint)
    return kept


def _check_columns(row: Row) -> None:
    for column in (*_NEEDED, *_PERIOD_COLUMNS):
        if column not in row.cells:
            raise BattlesError(f"{row.path}:1: the column {column!r} of the original is missing")


def _decode_row(row: Row, families: Mapping[str, str]) -> Row:
    cells = {tidy: row.text(column) for column, tidy in _TEXTS}
    for column, tidy, unknown in _NUMBERS:
        text = row.text(column)
        cells[tidy] = "" if text in unknown else text
    days = _days(row)
    cells |= _ground(row) | _weather(row)
    cells |= {
        "family": families.get(cells["id"], cells["id"]),
        "war": _war(row, cells["id"]),
        "year": str(min(days).year),
        "date_start": min(days).isoformat(),
        "date_end": max(days).isoformat(),
        "days": str(len(days)),
        "attacker": _side(cells["attacker_force"]),
        "defender": _side(cells["defender_force"]),
    }
    return Row(row.path, row.line, cells | _CORRECTIONS.get(cells["id"], {}))


def _war(row: Row, battle: str) -> str:
    war = row.text("WAR")
    if battle in _EASTERN:
        manchuria = "MANCHURIA" in row.text("LOCN").upper()
        return "WORLD WAR II (MANCHURIA)" if manchuria else "WORLD WAR II (EASTERN FRONT)"
    return _WARS.get(war, war)


def _side(force: str) -> str:
    """Return the side that a force belongs to, from the first word of its name."""
    first = force.split()[0] if force.split() else ""
    return _SIDES.get(first, first.title() or "unknown")


def _ground(row: Row) -> dict[str, str]:
    posture, terrain = row.text("POST1"), row.text("TERRA1").ljust(3, "0")
    return {
        "posture": "" if posture == "OO" else posture,
        "terrain_relief": terrain[0].replace("0", ""),
        "terrain_cover": terrain[1].replace("0", ""),
    }


def _weather(row: Row) -> dict[str, str]:
    """Decode the first weather: wet or dry, precipitation, temperature, season, climate."""
    code = row.text("WX1").ljust(5, "0")
    return {
        "wet": {"W": "1", "D": "0"}.get(code[0], ""),
        "precip": code[1].replace("0", ""),
        "temp": code[2].replace("0", ""),
        "season": _SEASONS.get(code[3], ""),
        "climate": code[4].replace("0", ""),
    }


def _days(row: Row) -> set[date]:
    """Return the days of fighting: all days of all active time periods."""
    found: set[date] = set()
    for period in range(1, _PERIODS + 1):
        if row.text(f"ATPBYR{period}"):
            first = _date(row, "B", period, date(1, 1, 1))
            last = _date(row, "E", period, first)
            if not 0 <= (last - first).days <= 2000:
                raise row.wrong(f"ATPEDA{period}", f"a day not before {first} and within 2000 days")
            found |= {first + timedelta(days=day) for day in range((last - first).days + 1)}
    if not found:
        raise row.wrong("ATPBYR1", "the year of the first active time period")
    return found


def _year(row: Row) -> int:
    """Return the year in which the fighting began, 0 where it is no number."""
    text = row.text("ATPBYR1")
    return int(text) if text.isascii() and text.isdigit() else 0


def _date(row: Row, end: str, period: int, otherwise: date) -> date:
    """Return begin or end of a period; unknown parts (9999, 99) are those of `otherwise`."""
    columns = [f"ATP{end}{part}{period}" for part in ("YR", "MN", "DA")]
    parts = (otherwise.year, otherwise.month, otherwise.day)
    try:
        year, month, day = (
            part if row.text(column) in ("9999", "99") else int(row.text(column))
            for column, part in zip(columns, parts, strict=True)
        )
        return date(year, month, day)
    except ValueError:
        raise row.wrong(columns[2], "a date in " + ", ".join(columns)) from None
