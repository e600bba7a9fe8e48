"""Expected value with a quantal response: the hunter weighs north, south and waiting.

At each conference the values of the three are compared, each with a passing leaning
(taste) that lasts from conference to conference; the largest wins. Between conferences
nothing is valued.

Theory: docs/mechanisms/expected_value.md

Reads: theatre_later, north_decided, south_decided, believed_divisions, believed_trend,
    believed_tanks, believed_aircraft, available_divisions, lesson_quality, arms_share,
    victory_belief, oil_months, pact_in_force, embargo, opening_week, shipping_free,
    collapse_known, collapse_week, taste_north, taste_south, north_week, north_trigger,
    south_choice_week, value_north, value_south, value_wait, settled, may_north, may_south
Writes: value_north, value_south, value_wait, may_north, may_south, taste_north, taste_south,
    north_decided, north_week, north_trigger, south_decided, south_choice_week
Draws: taste_north_noise, taste_south_noise
"""

from __future__ import annotations

from jukushi.doctrines.valuation import value_courses
from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import where

#: Taste kept from one conference to the next (assumed; the stationary spread is kept).
TASTE_KEPT = 0.7
TASTE_FRESH = 0.714


@kernel
def expected_value(
    s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int
) -> None:
    """At a conference, value the three courses and take the best."""
    if c.conference < 0.5:
        return
    value_courses(s, p, c, first, last)
    scale = p.response_scale
    for lane in range(first, last):
        taste_n = TASTE_KEPT * s.taste_north[lane] + TASTE_FRESH * scale * d.taste_north_noise[lane]
        taste_s = TASTE_KEPT * s.taste_south[lane] + TASTE_FRESH * scale * d.taste_south_noise[lane]
        u_north = s.value_north[lane] + taste_n
        u_south = s.value_south[lane] + taste_s
        wait = s.value_wait[lane]
        best_north = where((u_north > u_south) and (u_north > wait), 1.0, 0.0)
        best_south = where((u_south >= u_north) and (u_south > wait), 1.0, 0.0)
        go_north = s.may_north[lane] * best_north
        go_south = s.may_south[lane] * best_south
        s.taste_north[lane] = taste_n
        s.taste_south[lane] = taste_s
        s.north_decided[lane] = s.north_decided[lane] + go_north
        s.north_week[lane] = where(go_north > 0.5, s.opening_week[lane], s.north_week[lane])
        s.north_trigger[lane] = where(
            go_north > 0.5, 1.0 + s.collapse_known[lane], s.north_trigger[lane]
        )
        s.south_decided[lane] = s.south_decided[lane] + go_south
        s.south_choice_week[lane] = where(go_south > 0.5, c.week, s.south_choice_week[lane])
