"""Where the numbers of a case come from: every entry with evidence, counted and by work."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import BaseModel

from jukushi.case.load import Case

__all__ = ["CONFIDENCES", "STATUSES", "Entry", "entries", "sources", "works_of"]

STATUSES = ("sourced", "recalled", "assumption")
CONFIDENCES = ("high", "medium", "low")
#: Parts of a case that hold entries with evidence, by the name of their file.
_PARTS = (
    "parameters", "schedules", "pacts", "plans", "calendar", "doctrines", "decision_makers",
    "levers", "campaigns", "operations", "surface", "record", "claims",
)  # fmt: skip
#: Words that belong to a status, not to the name of a work.
_PREFIX = re.compile(r"^(recalled|sourced|assumption|fit on|km|opening|strength)\s*:\s*", re.I)
_ADDRESS = re.compile(r"\w\.[a-z]{2,}\b")
_BRACKETS = re.compile(r"\s*\([^()]*\)")
#: Page, chapter or document of a work, and all that follows.
_PLACE = re.compile(r",?\s+(pp?\.?\s*\d|ch\.?\s*[\dIVX]|d\d|online\b|codes\b).*$")


@dataclass(frozen=True)
class Entry:
    """One thing that a case says on somebody's word."""

    part: str
    name: str
    status: str
    source: str
    confidence: str
    evidence_date: date | None


def entries(case: Case) -> list[Entry]:
    """Return every entry of a case that carries a status and a source."""
    found = [entry for part in _PARTS for entry in _walk(getattr(case, part), part, "")]
    for table, rows in case.tables.items():
        for row in rows:
            found += _walk(row, f"tables/{table}", "")
    return found


def _walk(value: Any, part: str, name: str) -> Iterator[Entry]:
    if isinstance(value, BaseModel):
        name = str(getattr(value, "id", None) or name)
        status, source = (getattr(value, key, None) for key in ("status", "source"))
        if status is not None and source is not None:
            confidence = getattr(value, "confidence", None) or ""
            day = getattr(value, "evidence_date", None)
            yield Entry(part, name, status, source, confidence, day)
        for key in type(value).model_fields:
            # What a number was before is evidence of its own.
            inner = f"{part}/earlier" if key == "earlier" else part
            yield from _walk(getattr(value, key), inner, name)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _walk(item, part, name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _walk(item, part, name)


def works_of(source: str) -> list[str]:
    """Return the works that a source names, as it names them.

    Works of one source are divided by semicolons outside brackets; what follows a colon says
    what was taken from the work. A part that begins with a small letter or a figure and holds no
    address is a remark, not a work.
    """
    works = []
    for part in _split(source, ";"):
        short = part.strip()
        while _PREFIX.match(short):
            short = _PREFIX.sub("", short).strip()
        work = _split(short, ":")[0].strip()
        if work and (work[0].isupper() or _ADDRESS.search(work)):
            works.append(work)
    return list(dict.fromkeys(works))


def _title(work: str) -> str:
    """Return a work without pages, chapters and addresses, so that it is listed once."""
    short = _BRACKETS.sub("", work).strip()
    short = _PLACE.sub("", short).strip(" ,")
    return short or work


def _split(text: str, sign: str) -> list[str]:
    """Split a text at a sign followed by a space or the end, but not inside brackets."""
    depth, parts, current = 0, [], ""
    for place, letter in enumerate(text):
        depth += (letter == "(") - (letter == ")")
        if letter == sign and depth <= 0 and text[place + 1 : place + 2] in ("", " "):
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current]


def sources(case: Case) -> dict[str, Any]:
    """Return counts of all entries by status, confidence and age, and the works they name."""
    found = entries(case)
    parameters = [entry for entry in found if entry.part == "parameters"]
    return {
        "entries": len(found),
        "parts": [
            {"part": part, "entries": sum(counts.values()), **_all(counts, STATUSES)}
            for part, counts in _by(found, lambda entry: entry.part).items()
        ],
        "parameters_by_confidence": {
            status: _all(
                Counter(item.confidence for item in parameters if item.status == status),
                CONFIDENCES,
            )
            for status in STATUSES
        },
        "decades": _decades(found),
        "works": _works(found),
    }


def _by(found: Sequence[Entry], key: Any) -> dict[Any, Counter[str]]:
    counts: dict[Any, Counter[str]] = {}
    for entry in found:
        counts.setdefault(key(entry), Counter())[entry.status] += 1
    return counts


def _all(counts: Counter[str], names: Sequence[str]) -> dict[str, int]:
    return {name: counts[name] for name in names}


def _decades(found: Sequence[Entry]) -> list[dict[str, Any]]:
    dated = [entry for entry in found if entry.evidence_date is not None]
    counts = _by(dated, lambda entry: entry.evidence_date.year // 10 * 10)
    return [{"decade": decade, **_all(counts[decade], STATUSES)} for decade in sorted(counts)]


def _works(found: Sequence[Entry]) -> list[dict[str, Any]]:
    """Return every work once, with what it supports; assumptions name none."""
    works: dict[str, dict[str, Any]] = {}
    for entry in found:
        if entry.status == "assumption":
            continue
        for cited in works_of(entry.source):
            title = _title(cited)
            row = works.setdefault(title.casefold(), _unread(title))
            row[entry.status] += 1
            row["parts"][entry.part] = row["parts"].get(entry.part, 0) + 1
            for key, value in (("cited", cited), ("parameters", entry.name)):
                if value not in row[key] and (key == "cited" or entry.part == "parameters"):
                    row[key].append(value)
    return [works[title] for title in sorted(works)]


def _unread(title: str) -> dict[str, Any]:
    row: dict[str, Any] = {"work": title, "cited": [], "sourced": 0, "recalled": 0}
    return row | {"parts": {}, "parameters": []}
