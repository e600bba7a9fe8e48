"""The main job: why the event came or did not come.

Every history is run in all 2**n worlds of n factors present or absent, on the same dice.
From these come the probability with its intervals, the locks, each factor's Shapley share
and but-for effect with paired errors, the interaction of pairs, the smallest sets of
factors whose absence brings the event, and the ranks over readings and structures.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.draws import DEFAULT_HISTORIES
from jukushi.engine.run import Engine, Results
from jukushi.errors import UsageError
from jukushi.questions import shares
from jukushi.questions.intervals import Z90, ClusterMean, ClusterRatio
from jukushi.questions.interventions import changes_of
from jukushi.questions.locks import LockTable, lock_months
from jukushi.questions.odds import (
    LEAST_HISTORIES,
    Probability,
    check_histories,
    draw_starts,
    outcome_of,
    quantile_weeks,
    structure_of,
    week_date,
)
from jukushi.questions.worlds import STRUCTURES, Design, Structure, factor_of, reading_of
from jukushi.study.conduct import Options, conduct, plan_of
from jukushi.study.provenance import package_version, provenance
from jukushi.study.store import default_folder

__all__ = ["Question", "why"]

_NAMED_SETS = 12


@dataclass(frozen=True)
class Question:
    """What a "why" asks.

    Attributes
    ----------
    outcome, decision_maker, collapse
        None means the case's default.
    factors : sequence of str, optional
    readings : mapping of factor to reading
        Readings other than the default one.
    histories, seed, threads
    compare : bool
        Full shares under every structure as well.
    all_readings : bool
        Full shares under every reading of each factor as well.
    do : sequence of str
        What is done in every world, such as ``attack@1941-08-29``.
    """

    outcome: str | None = None
    decision_maker: str | None = None
    collapse: bool | None = None
    factors: Sequence[str] | None = None
    readings: Mapping[str, str] = field(default_factory=dict)
    histories: int | None = None
    seed: int = 1
    threads: int | None = None
    compare: bool = False
    all_readings: bool = False
    do: Sequence[str] = ()


def why(
    case: Case, question: Question | None = None, options: Options | None = None
) -> dict[str, Any]:
    """Answer why the event came or did not come.

    Parameters
    ----------
    case : Case
    question : Question, optional
    options : Options, optional

    Returns
    -------
    dict
        As described in ``docs/formats/why.md`` and ``why.schema.json``.

    Raises
    ------
    UsageError
        If outcome, factor or reading do not exist or do not apply.
    UndefinedAnswer
        If there are too few histories for the intervals.
    """
    question = _sized(case, question or Question())
    options = options or Options()
    histories = question.histories or 0
    check_histories(histories)
    started = time.perf_counter()
    engine = Engine(case, question.seed, question.threads)
    tally = _Tally(case, question, engine)
    design = tally.design
    for _, results in conduct(engine, design.worlds, tally.outcome, histories, options):
        tally.add(results)
        done = results.first_history + len(results.outcome)
        early = float(tally.worlds.means.mean()[design.lattice[0]])
        options.progress(done, histories, early)
    answer = tally.answer()
    plan = plan_of(engine, design.worlds, tally.outcome)
    folder = options.folder or default_folder(plan)
    answer["provenance"] = provenance(time.perf_counter() - started, engine.threads, str(folder))
    return answer


def _sized(case: Case, question: Question) -> Question:
    """Fill in how many histories are run where nothing is said: a war on the map is dear."""
    if question.histories is not None:
        return question
    outcome = case.outcomes[_outcome_of(case, question.outcome)]
    size = LEAST_HISTORIES if outcome.campaign else DEFAULT_HISTORIES
    return replace(question, histories=size)


def _outcome_of(case: Case, name: str | None) -> str:
    return outcome_of(case, name or case.header.defaults.outcome).id


class _Tally:
    """Adds up what the answer needs, one part at a time; memory does not grow with histories."""

    def __init__(self, case: Case, question: Question, engine: Engine) -> None:
        self.case = case
        self.question = question
        self.engine = engine
        self.outcome = _outcome_of(case, question.outcome)
        structure = structure_of(case, question.decision_maker, question.collapse)
        self.design = _design(case, question, structure)
        self.n = len(self.design.factors)
        self.worlds = Probability(len(self.design.worlds))
        self.effects = ClusterMean(2 * self.n + len(shares.pairs(self.n)))
        self.extra = {
            key: ClusterMean(int(np.log2(len(places)))) for key, places in self.design.extra.items()
        }
        self.bases = np.array(self.design.bases())
        self.against_base = ClusterMean(len(self.design.worlds))
        # Shares of quiet histories: by the number of factors that must go, then by smallest set.
        self.ways = ClusterRatio(self.n + 2 + len(self.design.lattice))
        gates = [gate.id for gate in case.doctrines.gates]
        self.locks = LockTable(gates, lock_months(case, engine.last_week(self.outcome)))
        self.nearest = np.zeros(case.n_weeks, np.int64)
        self.ratio = np.zeros(case.n_weeks, np.int64)
        self.stories = _Stories(self.n)

    def add(self, results: Results) -> None:
        """Add one part."""
        hits = results.events >= 0
        starts = draw_starts(results.first_history, hits.shape[1])
        self.worlds.add(hits, starts)
        lattice = hits[self.design.lattice]
        sizes = np.diff(np.append(starts, hits.shape[1])).astype(np.float64)
        every = np.add.reduceat(hits.astype(np.float64), starts, axis=1) / sizes
        means = every[self.design.lattice]
        effects = [shares.shapley(means), shares.but_for(means), shares.interactions(means)]
        self.effects.add(np.concatenate(effects).T, sizes)
        self.against_base.add((every - every[self.bases]).T, sizes)
        for key, places in self.design.extra.items():
            self.extra[key].add(shares.shapley(every[places]).T, sizes)
        self._add_ways(lattice, starts)
        self.locks.add(results.outcome, starts)
        for counts, column in ((self.nearest, "nearest_week"), (self.ratio, "ratio_week")):
            weeks = results.outcome[column]
            counts += np.bincount(weeks[weeks >= 0], minlength=len(counts))
        self.stories.add(results, lattice)

    def _add_ways(self, lattice: npt.NDArray[np.bool_], starts: npt.NDArray[np.int64]) -> None:
        quiet = ~lattice[0]
        fewest, minimal = shares.minimal_sets(lattice)
        numbers = np.arange(self.n + 2)[:, None] == fewest
        parts = np.concatenate([numbers, minimal]) & quiet
        counts = np.add.reduceat(parts.astype(np.float64), starts, axis=1)
        self.ways.add(counts.T, np.add.reduceat(quiet.astype(np.float64), starts))

    def answer(self) -> dict[str, Any]:
        """Return the answer without its provenance."""
        design, question = self.design, self.question
        means, errors = self.effects.mean(), self.effects.error()
        self._gain, self._gain_error = self.against_base.mean(), self.against_base.error()
        everything = self.worlds.answer(design.lattice[-1])
        difference = everything["estimate"] - self.worlds.means.mean()[design.lattice[0]]
        return {
            "schema": "jukushi.why/1",
            "version": package_version(),
            "case": self.case.id,
            "case_hash": self.case.hash,
            "seed": question.seed,
            "histories": question.histories,
            "outcome": self.outcome,
            "do": list(question.do),
            "decision_maker": design.structure.decision_maker,
            "collapse": design.structure.collapse,
            "probability": self.worlds.answer(design.lattice[0]),
            "all_absent": everything,
            "locks": self.locks.rows(),
            "triggers": self.locks.triggers(),
            "factors": self._factors(means, errors),
            "residual": float(difference - means[: self.n].sum()),
            "interactions": self._interactions(means, errors),
            "fewest": self._fewest(),
            "smallest_sets": self._sets(),
            "nearest_to_ripe": {
                "all_gates": self._week_range(self.nearest),
                "ratio": self._week_range(self.ratio),
            },
            "structures": self._structures(),
            "reading_shares": self._reading_shares(),
            "stories": self.stories.answer(design.factors),
        }

    def _effect(self, place: int) -> tuple[float, float]:
        """Effect of a world against its structure's baseline, with its paired error."""
        return float(self._gain[place]), float(self._gain_error[place])

    def _factors(
        self, means: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]
    ) -> list[dict[str, Any]]:
        ranks = self._rank_ranges()
        rows: list[dict[str, Any]] = []
        for place, name in enumerate(self.design.factors):
            factor = factor_of(self.case, name)
            reading = reading_of(factor, self.design.readings[name])
            share, alone = place, self.n + place
            effect, error = float(means[alone]), float(errors[alone])
            rows.append(
                {
                    "id": name,
                    "title": factor.title.model_dump(),
                    "hypothesis": factor.hypothesis.model_dump(),
                    "reading": reading.id,
                    "reading_title": reading.title.model_dump(),
                    "since": reading.since.isoformat(),
                    "rewrite": reading.rewrite,
                    "leaves": reading.leaves.model_dump(),
                    "shapley": float(means[share]),
                    "shapley_se": float(errors[share]),
                    "but_for": effect,
                    "but_for_se": error,
                    "rank_range": list(ranks[name]),
                    "sign_warning": bool(
                        effect < -Z90 * error or means[share] < -Z90 * errors[share]
                    ),
                    "placebo": factor.placebo,
                }
            )
        rows.sort(key=lambda row: (-abs(row["shapley"]), row["id"]))
        return rows

    def _structure_effects(
        self, structure: Structure, readings: Mapping[str, str]
    ) -> dict[str, tuple[float, float]]:
        design = self.design
        return {
            name: self._effect(design.place(structure, [(name, readings[name])]))
            for name in design.applicable(structure)
        }

    def _rank_ranges(self) -> dict[str, tuple[int, int]]:
        """Range of each factor's rank by but-for effect over readings and structures."""
        ranges: dict[str, list[int]] = {name: [] for name in self.design.factors}
        for structure in STRUCTURES:
            settings = [dict(self.design.readings)]
            settings += [
                {**self.design.readings, name: reading}
                for name, reading in self.design.alternatives()
                if name in self.design.applicable(structure)
            ]
            for readings in settings:
                for name, rank in _ranks(self._structure_effects(structure, readings)).items():
                    ranges[name].append(rank)
        return {
            name: (min(found), max(found)) if found else (0, 0) for name, found in ranges.items()
        }

    def _structures(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for structure in STRUCTURES:
            effects = self._structure_effects(structure, self.design.readings)
            ranks = _ranks(effects)
            row = {
                "decision_maker": structure.decision_maker,
                "collapse": structure.collapse,
                "probability": self.worlds.answer(self.design.place(structure, [])),
                "factors": [
                    {"id": name, "but_for": effect, "but_for_se": error, "rank": ranks[name]}
                    for name, (effect, error) in effects.items()
                ],
                "shapley": self._full_shares(
                    (structure.name, ""), self.design.applicable(structure)
                ),
            }
            rows.append(row)
        return rows

    def _reading_shares(self) -> list[dict[str, Any]] | None:
        if not self.question.all_readings:
            return None
        return [
            {
                "factor": name,
                "reading": reading,
                "shapley": self._full_shares(
                    (self.design.structure.name, f"{name}:{reading}"), self.design.factors
                ),
            }
            for name, reading in self.design.alternatives()
        ]

    def _full_shares(self, key: tuple[str, str], factors: Sequence[str]) -> dict[str, Any] | None:
        """Shapley shares under another structure or reading; None if they were not asked for."""
        if key not in self.extra:
            return None
        values, errors = self.extra[key].mean(), self.extra[key].error()
        return {
            name: {"shapley": float(values[i]), "shapley_se": float(errors[i])}
            for i, name in enumerate(factors)
        }

    def _interactions(
        self, means: npt.NDArray[np.float64], errors: npt.NDArray[np.float64]
    ) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = []
        for number, (i, j) in enumerate(shares.pairs(self.n)):
            place = 2 * self.n + number
            rows.append(
                {
                    "factors": [self.design.factors[i], self.design.factors[j]],
                    "interaction": float(means[place]),
                    "interaction_se": float(errors[place]),
                }
            )
        rows.sort(key=lambda row: (-abs(row["interaction"]), row["factors"]))
        return rows

    def _fewest(self) -> dict[str, Any]:
        """Share of quiet histories by how many factors must go at least."""
        return {
            "histories": int(self.ways.whole),
            "by_number": [
                {"factors": number, "share": self.ways.answer(number)}
                for number in range(1, self.n + 1)
            ],
            "never": self.ways.answer(self.n + 1),
        }

    def _sets(self) -> list[dict[str, Any]]:
        """The subsets that most often bring the event while none of their own subsets does."""
        counts = self.ways.part[self.n + 2 :]
        order = np.argsort(-counts, kind="stable")[:_NAMED_SETS]
        return [
            {
                "factors": [
                    name for bit, name in enumerate(self.design.factors) if subset >> bit & 1
                ],
                "share": self.ways.answer(self.n + 2 + subset),
                "probability": self.worlds.answer(self.design.lattice[subset]),
            }
            for subset in map(int, order)
            if counts[subset] > 0
        ]

    def _week_range(self, counts: npt.NDArray[np.int64]) -> dict[str, Any] | None:
        quantiles = quantile_weeks(counts, (0.5, 0.05, 0.95))
        if quantiles is None:
            return None
        names = ("median", "low", "high")
        return {
            name: week_date(self.case, week) for name, week in zip(names, quantiles, strict=True)
        }


def _design(case: Case, question: Question, structure: Structure) -> Design:
    if question.factors is not None:
        factors = list(dict.fromkeys(question.factors))
    else:
        factors = [
            name
            for name in case.header.defaults.factors
            if structure.decision_maker in case.factors[name].deciders
        ]
    for name in question.readings:
        if name not in factors:
            factor_of(case, name)
            raise UsageError(
                f"a reading is given for {name!r}, which is not among the factors asked about",
                hint=f"add --factors {','.join([*factors, name])}",
            )
    readings = {
        name: reading_of(factor_of(case, name), question.readings.get(name)).id for name in factors
    }
    outcome = case.outcomes[_outcome_of(case, question.outcome)]
    done = changes_of(case, question.do, outcome)
    design = Design(case, structure, factors, readings, done)
    design.singles()
    if question.compare:
        for other in STRUCTURES:
            places = design.subsets(other, design.applicable(other), readings)
            design.extra[(other.name, "")] = places
    if question.all_readings:
        for name, reading in design.alternatives():
            places = design.subsets(structure, factors, {**readings, name: reading})
            design.extra[(structure.name, f"{name}:{reading}")] = places
    return design


def _ranks(effects: Mapping[str, tuple[float, float]]) -> dict[str, int]:
    """Rank factors by signed but-for effect, 1 the largest; equal effects share the better rank."""
    values = [effect for effect, _ in effects.values()]
    return {
        name: 1 + sum(other > effect for other in values) for name, (effect, _) in effects.items()
    }


class _Stories:
    """Picks the histories to be told: the typical one, the nearest miss, a pair of twins.

    The typical one is sought in the first part alone: it only has to be typical.
    """

    def __init__(self, n_factors: int) -> None:
        self.nearest_miss = -1
        self.distance = np.inf
        self.twin_of = [-1] * n_factors
        self.typical: int | None = None

    def add(self, results: Results, lattice: npt.NDArray[np.bool_]) -> None:
        first, outcome = results.first_history, results.outcome
        quiet = ~lattice[0]
        candidates = np.where(
            quiet & (outcome["nearest_week"] >= 0), outcome["nearest_distance"], np.inf
        )
        best = int(np.argmin(candidates))
        if candidates[best] < self.distance:
            self.distance = float(candidates[best])
            self.nearest_miss = first + best
        for factor in range(len(self.twin_of)):
            if self.twin_of[factor] < 0:
                flips = np.flatnonzero(quiet & lattice[1 << factor])
                if len(flips):
                    self.twin_of[factor] = first + int(flips[0])
        if first == 0:
            self.typical = _typical(outcome, quiet)

    def answer(self, factors: Sequence[str]) -> dict[str, Any]:
        twins = [
            {"factor": name, "history": number}
            for name, number in zip(factors, self.twin_of, strict=True)
            if number >= 0
        ]
        return {
            "typical": self.typical,
            "nearest_miss": self.nearest_miss if self.nearest_miss >= 0 else None,
            "twins": twins,
        }


def _typical(outcome: npt.NDArray[Any], quiet: npt.NDArray[np.bool_]) -> int | None:
    """Number of the quiet history that is most like the others.

    Battles, the southern war and collapse go with the majority; among those left the one
    closest to the medians of dates, least ratio and divisions sent (in spreads) is taken.
    """
    rows = np.flatnonzero(quiet)
    if not len(rows):
        return None
    for column in ("khalkhin_gol", "south_week", "collapse_week"):
        values = outcome[column][rows]
        kind = values if column == "khalkhin_gol" else values >= 0
        kinds, counts = np.unique(kind, return_counts=True)
        rows = rows[kind == kinds[np.argmax(counts)]]
    table = np.stack(
        [
            outcome[column][rows].astype(np.float64)
            for column in ("south_choice_week", "nearest_week", "ratio_least", "sent_1941")
        ]
    )
    spread = table.std(axis=1, keepdims=True)
    away = np.abs(table - np.median(table, axis=1, keepdims=True)) / np.where(spread > 0, spread, 1)
    return int(rows[int(np.argmin(away.sum(axis=0)))])
