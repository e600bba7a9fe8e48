"""Rows of a CSV of battles: cells that know where they stood, and errors that say so."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from jukushi.errors import JukushiError, nearest

__all__ = ["BattlesError", "Row", "read_rows"]

#: Least and greatest value allowed in a column of numbers.
_RANGES = {
    "str_a": (1.0, 1e8),
    "str_d": (1.0, 1e8),
    "days": (0.0, 5000.0),
    "year": (1500.0, 2100.0),
    "air_sup": (-1.0, 1.0),
    "surprise": (-3.0, 3.0),
    "wet": (0.0, 1.0),
    "winner": (-1.0, 1.0),
    "advance_km": (-1e5, 1e5),
    "km_day": (-1e4, 1e4),
}
_WORDS = {
    "posture": ("HD", "PD", "FD", "DL", "WD"),
    "terrain_relief": ("F", "R", "G"),
    "terrain_cover": ("B", "M", "W", "D"),
    "temp": ("H", "T", "C"),
    "season": ("winter", "spring", "summer", "fall"),
}
_WHOLE = ("year", "winner")


class BattlesError(JukushiError):
    """A file of battles is damaged or not what it should be."""

    exit_code = 4


@dataclass(frozen=True)
class Row:
    """One line of a CSV: where it stood, and its cells by column name."""

    path: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str:
        """Return the cell without surrounding blanks, empty where unknown."""
        return self.cells.get(column, "").strip()

    def number(self, column: str) -> float:
        """Return the cell as a number, NaN where unknown."""
        text = self.text(column)
        if not text:
            return math.nan
        low, high = _RANGES.get(column, (0.0, 1e9))
        try:
            value = float(text)
        except ValueError:
            raise self.wrong(column, "a number") from None
        if not (math.isfinite(value) and low <= value <= high):
            raise self.wrong(column, f"a number from {low:g} to {high:g}")
        if column in _WHOLE and value != round(value):
            raise self.wrong(column, "a whole number")
        return value

    def word(self, column: str) -> str:
        """Return the cell as one of the column's codes, empty where unknown."""
        text = self.text(column)
        valid = _WORDS[column]
        if text and text not in valid:
            raise self.wrong(column, "one of " + ", ".join(valid), nearest(text, valid))
        return text

    def wrong(self, column: str, expected: str, near: str = "") -> BattlesError:
        """Return the error that names file, line, column, value and what was expected."""
        value = self.text(column)[:40]
        tail = f", nearest valid name: {near}" if near else ""
        return BattlesError(
            f"{self.path}:{self.line}: column {column!r}: got {value!r}, expected {expected}{tail}"
        )


def read_rows(path: Path | str) -> list[Row]:
    """Read a CSV into rows.

    Raises
    ------
    BattlesError
        The file cannot be read, has no header or no row, or a line has too many cells.
    """
    path = Path(path)
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            return _rows(path.name, stream.read())
    except UnicodeDecodeError as error:
        cause = f"byte {error.start} is not UTF-8"
        raise BattlesError(f"{path.name} is not a text file in UTF-8", cause=cause) from None
    except OSError as error:
        cause = error.strerror or ""
        raise BattlesError(f"the file of battles cannot be read: {path}", cause=cause) from None


def _rows(name: str, text: str) -> list[Row]:
    reader = csv.reader(text.splitlines(keepends=True))
    rows: list[Row] = []
    try:
        header = [cell.strip() for cell in next(reader, [])]
        for cells in reader:
            if len(cells) > len(header):
                raise BattlesError(
                    f"{name}:{reader.line_num}: got {len(cells)} cells, expected {len(header)}"
                )
            if any(cell.strip() for cell in cells):
                cells += [""] * (len(header) - len(cells))
                rows.append(Row(name, reader.line_num, dict(zip(header, cells, strict=True))))
    except csv.Error as error:
        raise BattlesError(f"{name}:{reader.line_num}: not a CSV line", cause=str(error)) from None
    if not rows:
        raise BattlesError(f"{name} holds no battle", hint="expected a header and one row a battle")
    return rows
