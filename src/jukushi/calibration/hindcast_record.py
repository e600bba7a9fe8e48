"""Hindcast of a case: what the model foretells of the later record, scored beside naive forecasts.

Theory and meaning of the scores: docs/how-to/hindcast.md
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from jukushi.calibration.predictive import Predictive, predictive_of
from jukushi.calibration.record_misses import misses_of
from jukushi.calibration.record_rows import month_rows, value_rows
from jukushi.calibration.record_scores import score_members
from jukushi.calibration.record_totals import (
    coverage_of,
    event_totals,
    groups_of,
    pit_of,
    value_totals,
)
from jukushi.case.knowledge import POSTERIOR_FILE, widened
from jukushi.case.load import Case
from jukushi.case.posterior import posterior_of
from jukushi.case.targets import record_of
from jukushi.draws import LANES
from jukushi.engine.run import Engine
from jukushi.errors import UndefinedAnswer
from jukushi.study.provenance import package_version, provenance

__all__ = ["DEFINITIONS", "LEAST_DRAWS", "USUAL_DRAWS", "hindcast_record", "knowledges"]

USUAL_DRAWS, LEAST_DRAWS = 512, 32
#: Share of observations that the 5-95 % range must hold for the hindcast to count as good.
WANTED = 0.85
#: Batches of draws from which the Monte Carlo error is told.
_BATCHES = 8

Tell = Callable[[str, float], None]

#: What the figures are.
DEFINITIONS = {
    "crps": "continuous ranked probability score in the unit of the series; small is good",
    "crps_in_errors": "the same over the error of the series, so that series can be added up",
    "log": "minus the log density at what was observed, per error of the series; of a month minus "
    "the log of the probability of what happened; null where infinite",
    "brier": "squared error of the probability that the event comes in the month",
    "rank": "probability that the forecast gives to less than what was observed",
    "range": "what the histories show, with error and discrepancy of the series; "
    "without_discrepancy: with the error alone",
    "width": "of the 50 and 90 % range in errors of the series; of several: the median",
    "figure": "mean with 5 and 95 % of 2000 resamples of whole clusters (series or events; "
    "calendar years of them where there are fewer than four); no ends with fewer clusters",
    "difference": "score of the model less that of the naive forecast on the same observations: "
    "below 0 the model is better",
    "better": "model or naive where the interval of the difference leaves out 0, else with _unsure",
    "histories": "whose attack had not opened by then; of a month also: in which the event had not "
    "come",
    "no_change": "the last value by the split with the error of the record; it does not come",
    "no_change_point": "the last value by the split as a point",
    "random_walk": "the last value, with steps as large as those by the split",
    "trend": "the same with the mean step by the split",
    "constant_hazard": "constant and unknown, Jeffreys' prior, learned from months without it",
    "base_rate": "entries a month of powers that could have joined a war, weighed to all wars",
    "rule": "the documented rule on the figures of the record, without simulation",
}


def knowledges(case: Case) -> tuple[Case, ...]:
    """Return the states of knowledge that are scored, the main one first.

    A case with its priors is scored with the posterior of wider priors first, if it ships with
    one, and with the wider priors, since its own were set with later figures in view; a case with
    other knowledge is scored as it is.

    Raises
    ------
    PosteriorError
        If the posterior is damaged, or of other numbers.
    """
    if case.knowledge.numbers != "prior":
        return (case,)
    wide = widened(case)
    fitted = (posterior_of(wide),) if (case.folder / POSTERIOR_FILE).is_file() else ()
    return (*fitted, wide, case)


def hindcast_record(
    case: Case,
    draws: int = USUAL_DRAWS,
    seed: int = 1,
    threads: int | None = None,
    cases: Sequence[Case] | None = None,
    tell: Tell = lambda _step, _share: None,
) -> dict[str, Any]:
    """Score what the model foretells of the part of the record that came after the split.

    Parameters
    ----------
    case : Case
    draws : int
        Parameter draws, 64 histories of each.
    seed : int
    threads : int, optional
    cases : sequence of Case, optional
        The case with other knowledge, the main one first; `knowledges` of it if none is given.
    tell : callable, optional
        Told the name of the step and the share that is done.

    Returns
    -------
    dict
        Of schema ``jukushi.hindcast/1``.

    Raises
    ------
    UsageError
        If the case has no record.
    UndefinedAnswer
        If there are too few draws for a tail of 5 %.
    """
    started = time.perf_counter()
    record = record_of(case)
    if draws < LEAST_DRAWS:
        raise UndefinedAnswer(
            f"{draws} parameter draws give no 5-95 % range",
            cause="its ends would rest on one draw or none",
            hint=f"at least {LEAST_DRAWS}",
        )
    known = tuple(cases) if cases else knowledges(case)
    answers, used = [], 1
    for number, one in enumerate(known):
        foretold = predictive_of(one, draws, seed, threads, tell=_share(tell, number, len(known)))
        answers.append(_assessed(foretold))
        used = foretold.threads
        tell("score", (number + 1) / len(known))
    main = answers[0]
    return {
        "schema": "jukushi.hindcast/1",
        "version": package_version(),
        "case": case.id,
        "case_hash": known[0].hash,
        "seed": seed,
        "draws": draws,
        "histories": draws * LANES,
        "split": {
            "until": record.split.until.isoformat(),
            "decided": record.split.decided.isoformat(),
            "rule": record.split.rule.model_dump(),
        },
        "knowledge": _knowledge(known, answers),
        **main,
        "second_split": _second_split(case, answers, known, draws, seed, threads),
        "definitions": DEFINITIONS,
        "provenance": provenance(time.perf_counter() - started, used, ""),
    }


def _second_split(
    case: Case,
    answers: Sequence[dict[str, Any]],
    known: Sequence[Case],
    draws: int,
    seed: int,
    threads: int | None,
) -> dict[str, Any] | None:
    """Score the kinds that the second split does not fit: before that fit and after it.

    Naive forecasts are not set against it: they would go by the first split.

    Returns
    -------
    dict or None
        None unless the case ships with a posterior of that split.
    """
    places = {one.knowledge.numbers: place for place, one in enumerate(known)}
    if "widened_posterior" not in places or "widened" not in places:
        return None
    rule = record_of(case).split
    fitted = predictive_of(posterior_of(widened(case), "kind"), draws, seed, threads)
    rows = {
        "widened": answers[places["widened"]]["scores"],
        "widened_posterior": value_rows(fitted),
    }
    return {
        "kinds_fitted": list(rule.by_kind),
        "until": rule.by_kind_until.isoformat(),
        "numbers": [
            {"numbers": name, **_of_other_kinds(found, rule.by_kind)}
            for name, found in rows.items()
        ],
    }


def _of_other_kinds(rows: Sequence[dict[str, Any]], fitted: Sequence[str]) -> dict[str, Any]:
    """Return the sums of numbers whose kind was not fitted; months of events are left out."""
    chosen = [
        row
        for row in rows
        if "series" in row["observation"] and row["observation"]["kind"] not in fitted
    ]
    totals, cover = value_totals(chosen), coverage_of(chosen)["model"]
    return {
        "observations": totals["observations"],
        "crps_in_errors": totals["crps_in_errors"],
        "log": totals["log"],
        "inside_90": cover["inside_90"],
        "width_90": cover["width_90"],
    }


def _share(tell: Tell, number: int, parts: int) -> Callable[[float], None]:
    """Return what is told the share of one part, of which scoring is a fifth."""
    return lambda share: tell("run", (number + 0.8 * share) / parts)


def _knowledge(known: Sequence[Case], answers: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the totals under each state of knowledge."""
    return [
        {
            "numbers": one.knowledge.numbers,
            "case_hash": one.hash,
            "set_by_later_figures": sum(
                item.informed_by == "score" for item in one.parameters.values()
            ),
            "totals": answer["totals"],
            "coverage": answer["coverage"],
            "done": answer["done"],
        }
        for one, answer in zip(known, answers, strict=True)
    ]


def _assessed(foretold: Predictive) -> dict[str, Any]:
    """Return rows, sums and misses of one state of knowledge."""
    centres = Engine(foretold.case, 1, 1).space.centre
    values, months = value_rows(foretold), month_rows(foretold, centres)
    counted = [row for row in months if row["counted"]]
    groups = groups_of(values)
    totals = {
        "series": {name: value_totals(rows) for name, rows in groups.items() if rows},
        "events": {name: event_totals(rows) for name, rows in groups_of(counted).items() if rows},
    }
    coverage = {name: coverage_of(rows) for name, rows in groups.items() if rows}
    events = _events(foretold, months)
    return {
        "scores": [*values, *months],
        "totals": totals,
        "coverage": coverage,
        "pit": {name: pit_of(rows) for name, rows in groups.items()},
        "kinds": _kinds(values),
        "series": _series(foretold.case, values),
        "events": events,
        "misses": misses_of(foretold, values, events),
        "monte_carlo_se": _monte_carlo(foretold),
        "done": _done(totals, coverage),
    }


def _kinds(values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    names = list(dict.fromkeys(row["observation"]["kind"] for row in values))
    return [
        {
            "kind": name,
            **value_totals([row for row in values if row["observation"]["kind"] == name]),
        }
        for name in sorted(names)
    ]


def _series(case: Case, values: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sums of each series, and which naive forecasts are ahead of the model there."""
    found = []
    for series in record_of(case).series:
        rows = [row for row in values if row["observation"]["series"] == series.id]
        if not rows:
            continue
        totals = value_totals(rows)
        ahead = [
            name
            for name, row in totals["naive"].items()
            if row is not None and row["crps_in_errors_difference"]["estimate"] > 0.0
        ]
        found.append(
            {
                "id": series.id,
                "title": series.title.model_dump(),
                "kind": series.kind,
                "unit": series.unit,
                "error": series.error,
                "scripted": series.scripted,
                "script": series.script.model_dump() if series.script else None,
                "inside_90": sum(row["model"]["inside_90"] for row in rows),
                "crps": float(np.mean([row["model"]["crps"] for row in rows])),
                "totals": totals,
                "naive_ahead": ahead,
            }
        )
    return found


def _events(foretold: Predictive, months: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the sums of each event, and where in the forecast its month lies."""
    found = []
    for item in foretold.months:
        rows = [row for row in months if row["observation"]["event"] == item.event.id]
        totals = event_totals(rows)
        happened = item.event.happened_on
        found.append(
            {
                "id": item.event.id,
                "title": item.event.title.model_dump(),
                "counted": item.event.use == "score",
                "scripted": item.event.scripted,
                "happened_on": happened.isoformat() if happened else None,
                "by": item.event.by.isoformat(),
                "rank": _rank(rows) if happened else None,
                "totals": totals,
                "naive_ahead": [
                    name
                    for name, row in totals["naive"].items()
                    if row is not None and row["brier_difference"]["estimate"] > 0.0
                ],
            }
        )
    return found


def _rank(rows: list[dict[str, Any]]) -> float:
    """Return the probability that it comes before its month, and half of that of the month."""
    hazards = [row["model"]["probability"] for row in rows]
    waited = float(np.prod([1.0 - hazard for hazard in hazards[:-1]]))
    return 1.0 - waited + 0.5 * waited * float(hazards[-1])


def _monte_carlo(foretold: Predictive) -> float:
    """Return the standard error that finitely many draws leave in the mean CRPS in errors.

    From batches of draws, each scored alone.
    """
    batches = np.array_split(np.arange(foretold.seen.shape[1] // LANES), _BATCHES)
    means = []
    for batch in batches:
        lanes = (batch[:, None] * LANES + np.arange(LANES)).ravel()
        scores = []
        for number, target in enumerate(foretold.targets):
            kept = foretold.seen[number, lanes][~foretold.ended[number, lanes]]
            scale = target.series.error
            name = f"{target.series.id}@{target.observation.date}"
            scores.append(
                score_members(kept, target.spread, target.value, scale, name).crps / scale
            )
        means.append(np.mean(scores))
    return float(np.std(means, ddof=1) / np.sqrt(_BATCHES))


def _done(totals: dict[str, Any], coverage: dict[str, Any]) -> dict[str, Any]:
    """Tell whether the hindcast is as good as was asked for before it was made."""
    share = coverage["all"]["model"]["inside_90"]["estimate"]
    naive = totals["series"]["all"]["naive"]
    beaten = {
        name: naive[name]["crps_in_errors_difference"]["estimate"] < 0.0
        for name in ("no_change", "no_change_point")
    }
    return {
        "inside_90": share,
        "wanted": WANTED,
        "enough_inside": share >= WANTED,
        "beats": beaten,
        "met": share >= WANTED and all(beaten.values()),
    }
