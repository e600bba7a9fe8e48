"""Season: how far mud, winter and monsoon slow movement, on the front and in the theatre.

Theory: docs/mechanisms/season.md

Reads: none
Writes: mobility, theatre_mobility, theatre_later
Draws: winter_1941, winter_1942, winter_1943, winter_1944
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, where


@kernel
def shifted(before: float, now: float, after: float, late_weeks: float) -> float:
    """Movement factor when the season comes `late_weeks` late (negative: early), -2 to 2.

    `before` and `after` are the factors two weeks earlier and later.
    """
    late = 0.5 * clip(late_weeks, -2.0, 2.0)
    return now + where(late > 0.0, late * (before - now), -late * (after - now))


@kernel
def softened(movement_share: float, severity_share: float) -> float:
    """Movement factor when the season counts only by `severity_share` (1 as it was, 0 none)."""
    return 1.0 - severity_share * (1.0 - movement_share)


@kernel
def season(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Set this week's movement factors, with each winter early or late by a draw."""
    for lane in range(first, last):
        early_years = where(c.winter < 0.5, o.winter_1941[lane], o.winter_1942[lane])
        late_years = where(c.winter < 2.5, o.winter_1943[lane], o.winter_1944[lane])
        late = p.season_spread * where(c.winter < 1.5, early_years, late_years)
        front = shifted(c.mobility_before, c.mobility, c.mobility_after, late)
        theatre = shifted(c.theatre_before, c.theatre, c.theatre_after, late)
        s.mobility[lane] = softened(front, p.season_severity)
        s.theatre_mobility[lane] = softened(theatre, p.season_severity)
        s.theatre_later[lane] = softened(c.theatre_later, p.season_severity)
