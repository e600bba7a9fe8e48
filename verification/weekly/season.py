"""docs/mechanisms/season.md."""

from __future__ import annotations

from types import SimpleNamespace as Names

import numpy as np

from verification.weekly.laws import Array, clip


def shifted(f: float, before: float, after: float, late: Array) -> Array:
    """Movement factor of a season that comes late by a share of two weeks."""
    return np.where(late > 0, f + late * (before - f), f - late * (after - f))


def step(s: Names, p: Names, w: Names, d: Names, once: Names) -> None:
    """Movement on the distant front and in the theatre."""
    winters = (once.winter_1941, once.winter_1942, once.winter_1943, once.winter_1944)
    late = 0.5 * clip(p.season_spread * winters[w.winter], -2.0, 2.0)

    def movement(f: Array) -> Array:
        return 1.0 - p.season_severity * (1.0 - f)

    s.mobility = movement(shifted(w.mobility, w.mobility_before, w.mobility_after, late))
    s.theatre_mobility = movement(shifted(w.theatre, w.theatre_before, w.theatre_after, late))
    s.theatre_later = movement(w.theatre_later)
