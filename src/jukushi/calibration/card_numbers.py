"""The numbers of a case as a card lists them: value, prior, rivals, and what a fit made of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.knowledge import widened
from jukushi.case.load import Case
from jukushi.case.posterior import (
    POSTERIOR_FILE,
    FittedPart,
    PosteriorError,
    digest_of,
    read_posterior,
)
from jukushi.case.quantities import distribution
from jukushi.case.schema import Parameter
from jukushi.world.parameters import ParameterSpace

__all__ = ["RANGE", "parameters", "posterior"]

#: Quantiles that bound a range, and its middle.
RANGE = np.array([0.05, 0.5, 0.95])


def parameters(case: Case) -> list[dict[str, Any]]:
    """Return every parameter with its prior, in the order of the case."""
    centre = ParameterSpace(case).centre
    return [_parameter(item, centre[name]) for name, item in case.parameters.items()]


def _parameter(item: Parameter, centre: float) -> dict[str, Any]:
    spread = getattr(item.range, item.range.kind)
    drawn = None if item.range.fixed else _summary(distribution(item, centre, RANGE))
    return {
        "id": item.id,
        "group": item.group,
        "title": item.title.model_dump(),
        "unit": item.unit,
        "centre": centre,
        "prior": {
            "kind": item.range.kind,
            "numbers": _numbers(spread),
            "relative": item.relative,
            "range": drawn,
        },
        "status": item.status,
        "source": item.source,
        "confidence": item.confidence,
        "evidence_date": item.evidence_date.isoformat(),
        "informed_by": item.informed_by,
        "earlier": [
            {
                "kind": row.range.kind,
                "source": row.source,
                "evidence_date": row.evidence_date.isoformat(),
            }
            for row in item.earlier
        ],
        "rivals": [row.model_dump(mode="json") for row in item.rivals],
    }


def _numbers(spread: Any) -> list[float]:
    """Return the figures of a range; what is fixed has none."""
    if spread is True:
        return []
    return list(spread) if isinstance(spread, tuple) else [float(spread)]


def _summary(values: npt.NDArray[np.float64]) -> dict[str, float]:
    low, median, high = (float(value) for value in values)
    return {"low": low, "median": median, "high": high}


def posterior(case: Case) -> dict[str, Any]:
    """Return what the posterior that ships with a case says, or why it says nothing.

    ``state`` is ``fits``; ``other_numbers`` if a prior or the fitted record has changed since;
    ``none`` if there is no file; or ``damaged``.
    """
    path = case.folder / POSTERIOR_FILE
    if not path.is_file():
        return {"state": "none"}
    try:
        read = read_posterior(path)
    except PosteriorError:
        return {"state": "damaged"}
    told = {
        "state": "fits",
        "version": read.version,
        "case_hash": read.case_hash,
        "seed": read.seed,
        "draws": read.draws,
    }
    if read.case != case.id or read.made_of != digest_of(case):
        return {**told, "state": "other_numbers"}
    bases = {"prior": case, "widened": widened(case)}
    return {**told, "fits": [_fit(part, bases[part.base]) for part in read.fits]}


def _fit(part: FittedPart, case: Case) -> dict[str, Any]:
    """Return the 5-95 % range of each fitted number, before the fit and after it."""
    centre, quantiles = ParameterSpace(case).centre, np.array(part.quantiles)
    rows = []
    for place, name in enumerate(part.names):
        item = case.parameters[name]
        drawn = distribution(item, centre[name], quantiles[:, place])
        rows.append(
            {
                "id": name,
                "before": _summary(distribution(item, centre[name], RANGE)),
                "after": _summary(np.quantile(drawn, RANGE)),
            }
        )
    return {
        "split": part.split,
        "base": part.base,
        "effective": part.effective,
        "parameters": rows,
    }
