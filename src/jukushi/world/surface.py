"""The staff's response surface of a case, as numbers of the parameter record."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case

__all__ = ["FEATURES", "SURFACE_NAMES", "TERMS", "surface_values"]

#: What the surface is a function of (`jukushi.mechanisms.staff.success_chance`).
FEATURES = ("force", "men", "tanks", "aircraft", "quality", "season")

#: Its terms in order: a constant, each feature, each product of two.
TERMS: tuple[str, ...] = (
    "one",
    *FEATURES,
    *(f"{a}_{b}" for place, a in enumerate(FEATURES) for b in FEATURES[place:]),
)

_REFERENCES = (
    "known", "divisions", "prey_men", "prey_tanks", "prey_aircraft", "yearday", "first_yearday",
)  # fmt: skip

#: Fields of the parameter record.
SURFACE_NAMES: tuple[str, ...] = tuple(f"surface_{name}" for name in (*_REFERENCES, *TERMS))


def surface_values(case: Case) -> npt.NDArray[np.float64]:
    """Return the numbers of a case's surface in the order of `SURFACE_NAMES`.

    Without a surface ``surface_known`` is 0 and the references are 1, so that nothing divides
    by zero.
    """
    surface = case.surface
    first = float(case.header.period.start.timetuple().tm_yday)
    if surface is None:
        return np.array([0.0, 1.0, 1.0, 1.0, 1.0, 1.0, first, *([0.0] * len(TERMS))])
    reference = surface.reference
    terms = [surface.coefficients[name] for name in TERMS]
    return np.array(
        [
            1.0, reference.divisions, reference.prey_men, reference.prey_tanks,
            reference.prey_aircraft, surface.by.timetuple().tm_yday, first, *terms,
        ]
    )  # fmt: skip
