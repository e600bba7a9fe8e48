"""What pydantic finds wrong with a file of a case, as problems with file, line and value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from jukushi.case.documents import Document
from jukushi.case.schema import FAULT
from jukushi.case.sections import SECTIONS
from jukushi.errors import Problem, nearest

__all__ = ["printable", "validate", "validate_rows"]


def validate(document: Document, problems: list[Problem]) -> Any:
    """Validate one YAML file; None if it is unusable."""
    if document.data is None:
        return None
    try:
        return SECTIONS[document.path].model_validate(document.data)
    except ValidationError as error:
        found = [_problem(document, item) for item in _without_twins(error)]
        problems += found
        return None


def _without_twins(error: ValidationError) -> list[Any]:
    """Errors of a file; a value that may be a number or a date is blamed once, not twice."""
    found: list[Any] = []
    for item in error.errors(include_url=False):
        *start, last = item["loc"] or ("",)
        if last in ("float", "date", "int") and len(start) > 1:
            item = {**item, "loc": tuple(start)}
            if found and found[-1]["loc"] == item["loc"]:
                found[-1] = {**found[-1], "msg": f"{found[-1]['msg']} (or an ISO date)"}
                continue
        found.append(item)
    return found


def _named(document: Document, where: tuple[str | int, ...]) -> str:
    """Write a place with the identifier of its entry instead of its number."""
    shown: list[str] = []
    here: Any = document.data
    for part in where:
        here = here[part] if _holds(here, part) else None
        named = isinstance(part, int) and isinstance(here, dict) and isinstance(here.get("id"), str)
        shown.append(here["id"] if named else str(part))
    return ".".join(shown) or "file"


def _holds(value: Any, part: str | int) -> bool:
    if isinstance(part, int):
        return isinstance(value, list) and part < len(value)
    return isinstance(value, dict) and part in value


def validate_rows(
    document: Document, row: type[BaseModel], problems: list[Problem]
) -> list[tuple[int, Any]]:
    """Validate the rows of one table; return (line, row) pairs of the good ones."""
    good = []
    for index, cells in enumerate(document.data or []):
        try:
            good.append((document.lines[(index,)], row.model_validate(cells)))
        except ValidationError as error:
            for item in error.errors(include_url=False):
                located = {**item, "loc": (index, *item["loc"])}
                problems.append(_problem(document, located))
    return good


def _problem(document: Document, item: Mapping[str, Any]) -> Problem:
    """Turn one pydantic error into a `Problem` with its line."""
    where = tuple(part for part in item["loc"] if isinstance(part, str | int))
    if item["type"] == FAULT:  # a rule over several keys says which one it blames
        where = (*where, item["ctx"]["key"])
    kind = str(item["type"])
    shown = _named(document, where)
    value = "" if kind == "missing" else _short(item.get("input"))
    message = str(item["msg"]).removeprefix("Value error, ")
    close = ""
    if kind == "extra_forbidden":
        message, value = "unknown key", str(where[-1]) if where else ""
        close = nearest(value, _siblings(document, where))
    elif kind == "missing":
        message = "key is missing"
    elif kind == "literal_error":
        allowed = str(item.get("ctx", {}).get("expected", ""))
        close = nearest(
            str(item.get("input")), allowed.replace("'", "").replace(" or ", ", ").split(", ")
        )
    return Problem(document.path, document.line(where), f"{shown}: {message}", value, "", close)


def _siblings(document: Document, where: tuple[str | int, ...]) -> list[str]:
    """Keys that the schema knows anywhere in this file (for a suggestion)."""
    model = SECTIONS.get(document.path)
    if model is None:
        return []
    text = model.model_json_schema()
    names: set[str] = set(text.get("properties", {}))
    for definition in text.get("$defs", {}).values():
        names |= set(definition.get("properties", {}))
    return sorted(names)


def _short(value: Any) -> str:
    text = value if isinstance(value, str) else repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "..."


def printable(problem: Problem) -> Problem:
    """Keep line breaks and terminal codes of a stranger's file out of the report."""

    def clean(text: str) -> str:
        return "".join(mark if mark.isprintable() else " " for mark in text).strip()

    return Problem(
        clean(problem.path),
        problem.line,
        clean(problem.what),
        clean(problem.value),
        clean(problem.expected),
        clean(problem.nearest),
    )
