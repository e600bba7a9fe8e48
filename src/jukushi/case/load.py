"""Finding a case, reading all its files, and holding it together.

Nothing is run on a case with problems: `load_case` collects every problem of every file
and raises them as one `CaseError`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from jukushi.case import schema
from jukushi.case.base_rates import BaseRatesFile
from jukushi.case.campaigns import Campaign, OperationalTable, Surface
from jukushi.case.check_rules import ParsedRules
from jukushi.case.claims import Claim
from jukushi.case.doctrines import (
    EXPECTED_VALUE,
    DecisionMakersFile,
    DoctrinesFile,
    Table,
)
from jukushi.case.documents import Document, read_csv, read_yaml
from jukushi.case.expressions import Expression
from jukushi.case.hypotheses import Hypothesis
from jukushi.case.knowledge import POSTERIOR_FILE, Knowledge
from jukushi.case.levers import Lever
from jukushi.case.record import RecordFile
from jukushi.case.sections import OPTIONAL_FILES, SECTIONS
from jukushi.case.tables import TABLES
from jukushi.case.validate import printable, validate, validate_rows
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
        Hash of the bytes of its files and of what is taken to be known: same hash, same case.
    header, calendar : models of `jukushi.case.schema`
    doctrines, decision_makers : models of `jukushi.case.doctrines`
    parameters, schedules, pacts, plans, factors, outcomes, beliefs, campaigns : dict by id
    operations : dict by id
        Tables of operational rules.
    surface : Surface or None
        The staff's estimate of success.
    levers : dict by id
        Quantities that a question may turn.
    record : RecordFile or None
        What was observed when, for fits and scores.
    claims : dict by id
        Claims of a text about the case, and `claims_of`, the text (None where there are none).
    base_rates : BaseRatesFile
        What naive forecasts of its events go by.
    hypotheses : dict by id
        Rival explanations, each as a change of the case.
    tables : dict of lists of rows
    margins, conditions, quantities : dict
        Parsed expressions: gate id to margin; (power, table id, row id) to condition;
        (power, table id, quantity id) to quantity.
    knowledge : Knowledge
        Whether its numbers are the priors, or what `jukushi.case.knowledge` made of them.
    file_hash : str
        Hash of the bytes of its files, if what is known is not what they say.
    plain : dict of parameters by id, or None
        Those of its files, if others stand in `parameters`.
    """

    folder: Path
    hash: str
    header: schema.CaseHeader
    calendar: schema.CalendarFile
    doctrines: DoctrinesFile
    decision_makers: DecisionMakersFile
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
    levers: Mapping[str, Lever]
    record: RecordFile | None
    claims: Mapping[str, Claim]
    claims_of: schema.Words | None
    base_rates: BaseRatesFile
    hypotheses: Mapping[str, Hypothesis]
    tables: Mapping[str, list[Any]]
    margins: Mapping[str, Expression]
    conditions: Mapping[tuple[str, str, str], Expression]
    quantities: Mapping[tuple[str, str, str], Expression]
    knowledge: Knowledge = field(default_factory=Knowledge)
    file_hash: str = ""
    plain: Mapping[str, schema.Parameter] | None = None

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

    def rule_tables(self, role: str) -> dict[str, Table]:
        """Return the tables of the power that plays `role` by identifier, the doctrine first."""
        power = self.power_of(role).id
        listed = [*self.doctrines.tables, *self.decision_makers.tables]
        return {table.id: table for table in listed if table.power == power}

    def decider_names(self, role: str) -> tuple[str, ...]:
        """Return what a question calls the decision-makers of a role, the doctrine first."""
        doctrine, *others = (table.name for table in self.rule_tables(role).values())
        own = (EXPECTED_VALUE,) if role == "hunter" else ()
        return (doctrine, *own, *others)


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
    models = {name: validate(documents[name], problems) for name in SECTIONS}
    tables = {
        name: validate_rows(documents[f"tables/{name}.csv"], row, problems)
        for name, (row, _) in TABLES.items()
    }
    parsed = cross_check(models, tables, documents, vocabulary, problems)
    if problems:
        raise CaseError(folder.name, [printable(problem) for problem in problems])
    return _assemble(folder, models, tables, parsed)


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


#: What stands in for a file that a case may leave out; an empty table for all others.
_EMPTY: dict[str, Any] = {
    "campaigns.yaml": {},
    "surface.yaml": None,
    "decision_makers.yaml": {},
    "levers.yaml": {},
    "record.yaml": None,
    "claims.yaml": {},
    "base_rates.yaml": {},
    "hypotheses.yaml": {},
}


def _present(folder: Path, name: str) -> Document | None:
    if (folder / name).is_file():
        return None
    if name in OPTIONAL_FILES:
        return Document(name, data=_EMPTY.get(name, []))
    return Document(
        name, problems=[Problem(name, 0, "file is missing", expected="every case has it")]
    )


def _unknown_files(folder: Path, known: Mapping[str, Document]) -> list[Problem]:
    problems = []
    for file in sorted([*folder.glob("*"), *folder.glob("tables/*")]):
        name = file.relative_to(folder).as_posix()
        if (
            file.is_file()
            and name not in {*known, POSTERIOR_FILE}
            and file.suffix not in (".md", ".txt")
        ):
            problems.append(Problem(name, 0, "unknown section", nearest=nearest(name, known)))
    return problems


def _assemble(
    folder: Path,
    models: Mapping[str, Any],
    tables: Mapping[str, list[tuple[int, Any]]],
    parsed: ParsedRules,
) -> Case:
    def by_id(name: str, attribute: str) -> dict[str, Any]:
        return {item.id: item for item in getattr(models[name], attribute)}

    case = Case(
        folder=folder,
        hash=_hash(folder),
        header=models["case.yaml"],
        calendar=models["calendar.yaml"],
        doctrines=models["doctrines.yaml"],
        decision_makers=models["decision_makers.yaml"],
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
        levers=by_id("levers.yaml", "levers"),
        record=models["record.yaml"],
        claims=by_id("claims.yaml", "claims"),
        claims_of=models["claims.yaml"].text,
        base_rates=models["base_rates.yaml"],
        hypotheses=by_id("hypotheses.yaml", "hypotheses"),
        margins=parsed.margins,
        conditions=parsed.conditions,
        quantities=parsed.quantities,
    )
    return replace(case, factors=_with_deciders(case))


def _with_deciders(case: Case) -> dict[str, schema.Factor]:
    """Factors of a case, with all decision-makers named where a factor names none."""
    everyone = list(case.decider_names("hunter"))
    return {
        name: factor.model_copy(update={"deciders": factor.deciders or everyone})
        for name, factor in case.factors.items()
    }


def _hash(folder: Path) -> str:
    digest = hashlib.blake2s(digest_size=16)
    names = [*SECTIONS, *(f"tables/{name}.csv" for name in TABLES)]
    for name in names:
        if name in OPTIONAL_FILES and not (folder / name).is_file():
            continue
        data = (folder / name).read_bytes().replace(b"\r\n", b"\n")
        digest.update(f"{name}:{len(data)}:".encode())
        digest.update(data)
    return digest.hexdigest()
