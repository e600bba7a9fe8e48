"""Finding a case, reading all its files, and holding it together.

Nothing is run on a case with problems: `load_case` collects every problem of every file
and raises them as one `CaseError`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from jukushi.case import schema
from jukushi.case.campaigns import Campaign, OperationalTable, Surface
from jukushi.case.documents import Document, read_csv, read_yaml
from jukushi.case.expressions import Expression
from jukushi.case.schema import FAULT
from jukushi.case.sections import CAMPAIGN_FILES, SECTIONS
from jukushi.case.tables import TABLES
from jukushi.case.vocabulary import Vocabulary
from jukushi.errors import CaseError, Problem, UsageError, nearest

__all__ = ["Case", "case_roots", "find_case", "list_cases", "load_case"]

_PACKAGE = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Case:
    """A checked case.

    Attributes
    ----------
    folder : Path
        Where it was read from.
    hash : str
        Hash of the bytes of its files: same hash, same case.
    header, calendar, doctrines : models of `jukushi.case.schema`
    parameters, schedules, pacts, plans, factors, outcomes, beliefs, campaigns : dict by id
    operations : dict by id
        Tables of operational rules.
    surface : Surface or None
        The staff's estimate of success.
    tables : dict of lists of rows
    margins, conditions : dict
        Parsed expressions: gate id to margin; (power, row id) to condition.
    """

    folder: Path
    hash: str
    header: schema.CaseHeader
    calendar: schema.CalendarFile
    doctrines: schema.DoctrinesFile
    parameters: Mapping[str, schema.Parameter]
    schedules: Mapping[str, schema.Schedule]
    pacts: Mapping[str, schema.Pact]
    plans: Mapping[str, schema.Plan]
    beliefs: Mapping[str, schema.Belief]
    factors: Mapping[str, schema.Factor]
    outcomes: Mapping[str, schema.Outcome]
    campaigns: Mapping[str, Campaign]
    operations: Mapping[str, OperationalTable]
    surface: Surface | None
    tables: Mapping[str, list[Any]]
    margins: Mapping[str, Expression]
    conditions: Mapping[tuple[str, str], Expression]

    @property
    def id(self) -> str:
        """Identifier of the case."""
        return self.header.id

    def week_of(self, day: date) -> float:
        """Weeks (with fraction) from the start of the case to `day`."""
        return (day - self.header.period.start).days / 7.0

    @property
    def n_weeks(self) -> int:
        """Number of weeks of the period."""
        period = self.header.period
        return (period.end - period.start).days // 7 + 1

    @property
    def first_running_week(self) -> int:
        """Index of the week from which the world runs by itself."""
        return int(self.week_of(self.header.period.runs_from))

    def power_of(self, role: str) -> schema.Power:
        """Return the power that plays `role`."""
        return next(power for power in self.header.powers if power.role == role)


def case_roots() -> list[Path]:
    """Folders that hold cases: inside the package, and in the checkout it runs from."""
    roots = [_PACKAGE / "cases", _PACKAGE.parent.parent / "cases"]
    return [root for root in roots if root.is_dir()]


def list_cases() -> list[Path]:
    """Return the folders of all cases that come with the package."""
    found: dict[str, Path] = {}
    for root in case_roots():
        for folder in sorted(root.iterdir()):
            if (folder / "case.yaml").is_file():
                found.setdefault(folder.name, folder)
    return list(found.values())


def find_case(name: str) -> Path:
    """Turn a name or a path into the folder of a case; raises UsageError with the nearest name."""
    path = Path(name)
    try:
        if path.is_dir() and ((path / "case.yaml").is_file() or "/" in name or "\\" in name):
            return path
    except OSError:  # a name too long for the disk is no case either
        pass
    known = {folder.name: folder for folder in list_cases()}
    if name in known:
        return known[name]
    close = nearest(name, known)
    raise UsageError(
        f"there is no case {name!r}",
        cause="it is neither the name of a case nor a folder that holds a case.yaml",
        hint=f"did you mean {close!r}?" if close else "`jukushi cases` lists what is here",
    )


def load_case(folder: Path, vocabulary: Vocabulary) -> Case:
    """Read and check a case.

    Parameters
    ----------
    folder : Path
        The case folder.
    vocabulary : Vocabulary
        What expressions, factors and schedules may name.

    Returns
    -------
    Case

    Raises
    ------
    CaseError
        With every problem found, each with file and line.
    """
    from jukushi.case.check import cross_check

    documents, problems = _read_all(folder)
    models = {name: _validate(documents[name], problems) for name in SECTIONS}
    tables = {
        name: _validate_rows(documents[f"tables/{name}.csv"], row, problems)
        for name, (row, _) in TABLES.items()
    }
    margins, conditions = cross_check(models, tables, documents, vocabulary, problems)
    if problems:
        raise CaseError(folder.name, [_printable(problem) for problem in problems])
    return _assemble(folder, models, tables, margins, conditions)


def _read_all(folder: Path) -> tuple[dict[str, Document], list[Problem]]:
    documents: dict[str, Document] = {}
    problems: list[Problem] = []
    for name in SECTIONS:
        documents[name] = _present(folder, name) or read_yaml(folder / name, name)
    for table, (_, columns) in TABLES.items():
        name = f"tables/{table}.csv"
        documents[name] = _present(folder, name) or read_csv(folder / name, name, columns)
    for document in documents.values():
        problems += document.problems
    problems += _unknown_files(folder, documents)
    return documents, problems


#: What stands in for a file that a case without campaigns does not have.
_EMPTY: dict[str, Any] = {"campaigns.yaml": {}, "surface.yaml": None}


def _present(folder: Path, name: str) -> Document | None:
    if (folder / name).is_file():
        return None
    if name in CAMPAIGN_FILES:  # a case without campaigns on the map
        return Document(name, data=_EMPTY.get(name, []))
    return Document(
        name, problems=[Problem(name, 0, "file is missing", expected="every case has it")]
    )


def _unknown_files(folder: Path, known: Mapping[str, Document]) -> list[Problem]:
    problems = []
    for file in sorted([*folder.glob("*"), *folder.glob("tables/*")]):
        name = file.relative_to(folder).as_posix()
        if file.is_file() and name not in known and file.suffix not in (".md", ".txt"):
            problems.append(Problem(name, 0, "unknown section", nearest=nearest(name, known)))
    return problems


def _validate(document: Document, problems: list[Problem]) -> Any:
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


def _validate_rows(
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


def _printable(problem: Problem) -> Problem:
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


def _assemble(
    folder: Path,
    models: Mapping[str, Any],
    tables: Mapping[str, list[tuple[int, Any]]],
    margins: Mapping[str, Expression],
    conditions: Mapping[tuple[str, str], Expression],
) -> Case:
    def by_id(name: str, attribute: str) -> dict[str, Any]:
        return {item.id: item for item in getattr(models[name], attribute)}

    return Case(
        folder=folder,
        hash=_hash(folder),
        header=models["case.yaml"],
        calendar=models["calendar.yaml"],
        doctrines=models["doctrines.yaml"],
        parameters=by_id("parameters.yaml", "parameters"),
        schedules=by_id("schedules.yaml", "schedules"),
        pacts=by_id("pacts.yaml", "pacts"),
        plans=by_id("plans.yaml", "plans"),
        beliefs=by_id("beliefs.yaml", "beliefs"),
        factors=by_id("factors.yaml", "factors"),
        outcomes=by_id("outcomes.yaml", "outcomes"),
        tables={name: [row for _, row in rows] for name, rows in tables.items()},
        campaigns=by_id("campaigns.yaml", "campaigns"),
        operations=by_id("campaigns.yaml", "tables"),
        surface=models["surface.yaml"],
        margins=margins,
        conditions=conditions,
    )


def _hash(folder: Path) -> str:
    digest = hashlib.blake2s(digest_size=16)
    names = [*SECTIONS, *(f"tables/{name}.csv" for name in TABLES)]
    for name in names:
        if name in CAMPAIGN_FILES and not (folder / name).is_file():
            continue
        data = (folder / name).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
