"""The staff's estimate: how likely its plan is to succeed against what it believes.

A response surface fitted to campaigns on the map (`jukushi fit CASE --surface`): the log odds
of success are a quadratic in six numbers that the staff has an opinion on. A case without a
surface falls back on a curve of the ratio of strengths.

Theory: docs/mechanisms/assessment.md
"""

from __future__ import annotations

import numpy as np

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Parameters
from jukushi.numerics import clip, log32, logistic32, where

__all__ = ["believed_success", "success_chance", "true_success"]

#: Season left to an attack that opens when the campaigning season is over, in hundred days.
_NO_SEASON = 0.0


@kernel
def success_chance(
    force: float, men: float, tanks: float, aircraft: float, quality: float, season: float,
    p: Parameters,
) -> float:  # fmt: skip
    """Chance of success on the fitted surface.

    `force`, `men`, `tanks`, `aircraft` are logs of the hunter's force and of the prey's arms
    over those of the order of battle that was simulated; `quality` the log quality of the
    hunter's men less the prey's; `season` hundreds of days from the opening to the day by
    which success is asked. Each is held inside the range that was simulated.
    """
    force = clip(force, -0.7, 0.7)
    men = clip(men, -2.0, 0.7)
    tanks = clip(tanks, -2.3, 0.7)
    aircraft = clip(aircraft, -2.3, 0.7)
    quality = clip(quality, -0.8, 1.2)
    # The last days of the season count for more than the first: a log bends as chances do.
    season = log32(0.1 + clip(season, 0.0, 1.6))
    z = p.surface_one
    z = z + p.surface_force * force
    z = z + p.surface_men * men
    z = z + p.surface_tanks * tanks
    z = z + p.surface_aircraft * aircraft
    z = z + p.surface_quality * quality
    z = z + p.surface_season * season
    z = z + p.surface_force_force * force * force
    z = z + p.surface_force_men * force * men
    z = z + p.surface_force_tanks * force * tanks
    z = z + p.surface_force_aircraft * force * aircraft
    z = z + p.surface_force_quality * force * quality
    z = z + p.surface_force_season * force * season
    z = z + p.surface_men_men * men * men
    z = z + p.surface_men_tanks * men * tanks
    z = z + p.surface_men_aircraft * men * aircraft
    z = z + p.surface_men_quality * men * quality
    z = z + p.surface_men_season * men * season
    z = z + p.surface_tanks_tanks * tanks * tanks
    z = z + p.surface_tanks_aircraft * tanks * aircraft
    z = z + p.surface_tanks_quality * tanks * quality
    z = z + p.surface_tanks_season * tanks * season
    z = z + p.surface_aircraft_aircraft * aircraft * aircraft
    z = z + p.surface_aircraft_quality * aircraft * quality
    z = z + p.surface_aircraft_season * aircraft * season
    z = z + p.surface_quality_quality * quality * quality
    z = z + p.surface_quality_season * quality * season
    z = z + p.surface_season_season * season * season
    return logistic32(z)


@kernel
def season_left(opening_week: float, p: Parameters) -> float:
    """Hundreds of days from an opening to the day of success in the same year."""
    # Weeks count from the first Monday of the case; the year of 365.25 days is near enough.
    day = opening_week * 7.0 + p.surface_first_yearday
    year = day / 365.25
    left = p.surface_yearday - (year - np.floor(year)) * 365.25
    return where(left > 0.0, 0.01 * left, _NO_SEASON)


@kernel
def believed_success(
    force_divisions: float, enemy_divisions: float, enemy_tanks: float, enemy_aircraft: float,
    quality_of_prey: float, opening_week: float, p: Parameters,
) -> float:  # fmt: skip
    """Chance of success as the staff sees it, from its beliefs in their own units."""
    return success_chance(
        log32(max(force_divisions, 0.1) / p.surface_divisions),
        log32(max(enemy_divisions, 0.1) * p.theatre_believed_men / p.surface_prey_men),
        log32(max(enemy_tanks, 1.0) / p.surface_prey_tanks),
        log32(max(enemy_aircraft, 1.0) / p.surface_prey_aircraft),
        -quality_of_prey,
        season_left(opening_week, p),
        p,
    )


@kernel
def true_success(s: Block, lane: int, left: float, opening_week: float, p: Parameters) -> float:
    """Chance of success of an attack on the garrison as it is, on the same surface.

    `left` is the share of the garrison that still fights after a collapse of its state. Divisions
    raised since the war began count by their quality, as in a campaign.
    """
    divisions = s.old_divisions[lane] + s.new_divisions[lane]
    quality = (s.old_divisions[lane] + s.new_quality[lane]) / max(divisions, 0.1)
    men = s.garrison_men[lane] * 1000.0 * p.theatre_fighting_share * quality * left
    return success_chance(
        log32(max(s.available_divisions[lane], 0.1) / p.surface_divisions),
        log32(max(men, 1000.0) / p.surface_prey_men),
        log32(max(s.garrison_tanks[lane] * left, 1.0) / p.surface_prey_tanks),
        log32(max(s.garrison_aircraft[lane] * left, 1.0) / p.surface_prey_aircraft),
        -p.true_quality,
        season_left(opening_week, p),
        p,
    )
