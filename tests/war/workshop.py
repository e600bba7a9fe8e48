"""The workshop of the campaign tests: real campaigns, small theatres, parameters, the audit."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.campaigns import Jobs, film_campaign
from jukushi.war.plan import Theatre, build_theatre
from jukushi.war.records import FIELD, WAR, LinkKind, Status
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.vocabulary import open_case

REPOSITORY = Path(__file__).resolve().parents[2]
CASE = REPOSITORY / "cases" / "kantokuen"
CAMPAIGNS = ("kantokuen_22", "august_storm")


@cache
def case() -> Case:
    return open_case(CASE)


@cache
def theatre(name: str) -> Theatre:
    return build_theatre(case(), name)


@cache
def audit_program() -> ModuleType:
    """Return verification/monotonicity.py as a module."""
    path = REPOSITORY / "verification" / "monotonicity.py"
    found = importlib.util.spec_from_file_location("monotonicity", path)
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["monotonicity"] = module
    found.loader.exec_module(module)
    return module


def jobs_of(name: str, count: int, days: int | None = None, seed: int = 1) -> Jobs:
    """Open a campaign `count` times, each with its own parameters and dice."""
    program = audit_program()
    rows = program.parameter_rows(case(), seed, count)
    jobs: Jobs = program.campaign_jobs(case(), theatre(name), rows)
    if days is not None:
        jobs.days[:] = days
    return jobs


@cache
def films(name: str, count: int, seed: int = 1) -> tuple[npt.NDArray[Any], ...]:
    """Return films of the first histories of a campaign."""
    jobs = jobs_of(name, count)
    return tuple(film_campaign(theatre(name), jobs, seed, n)[1] for n in range(count))


@cache
def _centre() -> npt.NDArray[np.float32]:
    return np.ascontiguousarray(ParameterSpace(case()).centres(), np.float32)


def parameters(**changes: float) -> npt.NDArray[Any]:
    """Return the central parameters, PARAMETERS[1], with some of them changed."""
    p = _centre().copy().view(PARAMETERS)[:, 0]
    for name, value in changes.items():
        p[name] = value
    return p


def drawn(count: int, seed: int = 5) -> npt.NDArray[Any]:
    """Return draws of the parameters, PARAMETERS[count]."""
    rows: npt.NDArray[Any] = audit_program().parameter_rows(case(), seed, count)
    return rows


@dataclass
class Ground:
    """A small theatre: its ground, and the memory in which a campaign stands on it."""

    field: npt.NDArray[Any]
    war: npt.NDArray[Any]

    @property
    def f(self) -> Any:
        return self.field[0]

    @property
    def w(self) -> Any:
        return self.war[0]

    def copy(self) -> Ground:
        return Ground(self.field.copy(), self.war.copy())


def ground(
    holders: Sequence[int],
    links: Sequence[tuple[int, int, LinkKind]],
    km: Sequence[float] | None = None,
    pairs: Sequence[float] | None = None,
    area: int = 0,
) -> Ground:
    """Lay out places with their holders and the links between them."""
    field, war = np.zeros(1, FIELD), np.zeros(1, WAR)
    f, w = field[0], war[0]
    n, m = len(holders), len(links)
    for record in (f, w):
        record["n_places"], record["n_links"] = n, m
    for number, (origin, destination, kind) in enumerate(links):
        f["origin"][number], f["destination"][number] = origin, destination
        f["kind"][number] = kind
    f["km"][:m] = 100.0 if km is None else km
    f["train_pairs"][:m] = 5.0 if pairs is None else pairs
    f["area"][:m] = area
    f["move_infantry"] = 1.0
    f["move_mechanised"] = 1.0
    f["port"] = -1.0
    f["ice_from"] = -1.0
    f["ice_until"] = -1.0
    ends = np.concatenate([f["origin"][:m], f["destination"][:m]])
    order = np.argsort(ends, kind="stable")
    f["first_link"][: n + 1] = np.searchsorted(ends[order], np.arange(n + 1))
    f["links_at"][: 2 * m] = np.tile(np.arange(m), 2)[order]
    w["places"]["holder"][:n] = holders
    w["places"]["first_holder"][:n] = holders
    w["places"]["taken_day"] = -1.0
    for number, (origin, destination, _) in enumerate(links):
        own = holders[origin] if holders[origin] == holders[destination] else -1
        w["links"]["gauge_of"][number] = own
    for side in range(2):
        w["sides"]["broken_day"][side] = -1.0
    return Ground(field, war)


def station(
    at: Ground, place: int, men: float, side: int = 0, stock_tons: float = 0.0, **more: Any
) -> int:
    """Put a formation at a place; return its number."""
    w = at.w
    index = int(w["n_formations"])
    w["n_formations"] = index + 1
    f = w["formations"][index]
    f["side"], f["place"], f["men"], f["men_first"] = side, place, men, men
    f["status"], f["stock_tons"], f["worth"], f["met"] = Status.PRESENT, stock_tons, 1.0, 1.0
    f["axis"], f["contact"], f["target"] = -1, -1, -1
    f["settled_days"] = f["since_attack"] = 30.0
    for name, value in more.items():
        f[name] = value
    return index


def formations(at: Ground) -> npt.NDArray[Any]:
    """Return the formations in use."""
    found: npt.NDArray[Any] = at.w["formations"][: int(at.w["n_formations"])]
    return found
