"""What is noted of a history while it runs: gates, locks by month, the nearest moment.

Observation reads the state and never writes it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.dice import LANES
from jukushi.kernel import kernel
from jukushi.numerics import where

__all__ = [
    "COLLAPSE_BIT",
    "DECIDED_BIT",
    "LOCK_MONTHS",
    "OPENED",
    "OPENED_LANES",
    "OUTCOME",
    "WATCH",
    "note_opening",
    "note_outcome",
    "watch",
]

#: Most months that the locks table can hold.
LOCK_MONTHS = 19
#: Bits of a month's mask beside those of the gates.
COLLAPSE_BIT = 13
DECIDED_BIT = 14
_FAR = 1.0e9

#: What is kept of one history (weeks are -1 where the event did not happen).
OUTCOME = np.dtype(
    [
        ("north_week", np.int16),
        ("north_trigger", np.int8),
        ("south_choice_week", np.int16),
        ("south_week", np.int16),
        ("collapse_week", np.int16),
        ("ally_defeat_week", np.int16),
        ("entry_week", np.int16),
        ("surrender_week", np.int16),
        ("khasan", np.int8),
        ("khalkhin_gol", np.int8),
        ("nearest_week", np.int16),
        ("nearest_distance", np.float32),
        ("nearest_mask", np.int16),
        ("ratio_week", np.int16),
        ("ratio_least", np.float32),
        ("sent_1941", np.float32),
        ("asked_week", np.int16),
        ("lock_masks", np.int16, (LOCK_MONTHS,)),
    ]
)

#: Scratch record of the watch over one block.
WATCH = np.dtype(
    [
        ("distance", np.float32, (LANES,)),
        ("mask", np.int16, (LANES,)),
        ("month_distance", np.float32, (LANES,)),
        ("month_mask", np.int16, (LANES,)),
        ("nearest_distance", np.float32, (LANES,)),
        ("nearest_week", np.int16, (LANES,)),
        ("nearest_mask", np.int16, (LANES,)),
        ("ratio_least", np.float32, (LANES,)),
        ("ratio_week", np.int16, (LANES,)),
        ("sent", np.float32, (LANES,)),
        ("months", np.int16, (LOCK_MONTHS, LANES)),
    ]
)


#: What a history hands to its campaign: the state in the week in which the war opens.
_HANDED_OVER = (
    "week", "old_divisions", "new_divisions", "new_quality", "garrison_men", "garrison_tanks",
    "garrison_aircraft", "hunter_divisions", "available_divisions", "redeployed",
    "collapse_week",
)  # fmt: skip
OPENED = np.dtype([(name, np.float32) for name in _HANDED_OVER])
#: The same for a block.
OPENED_LANES = np.dtype([(name, np.float32, (LANES,)) for name in _HANDED_OVER])


@kernel
def note_opening(h: Any, s: Any, c: Any, by_prey: bool) -> None:
    """Keep the state of every lane in which the war has opened this week."""
    for lane in range(LANES):
        open_now = s.entered[lane] if by_prey else s.at_war[lane]
        fresh = (open_now > 0.5) and (h.week[lane] < 0.0)
        # The hunter's day is its own; the prey strikes in the week of its decision.
        week = c.week if by_prey else s.north_week[lane]
        h.old_divisions[lane] = where(fresh, s.old_divisions[lane], h.old_divisions[lane])
        h.new_divisions[lane] = where(fresh, s.new_divisions[lane], h.new_divisions[lane])
        h.new_quality[lane] = where(fresh, s.new_quality[lane], h.new_quality[lane])
        h.garrison_men[lane] = where(fresh, s.garrison_men[lane], h.garrison_men[lane])
        h.garrison_tanks[lane] = where(fresh, s.garrison_tanks[lane], h.garrison_tanks[lane])
        h.garrison_aircraft[lane] = where(
            fresh, s.garrison_aircraft[lane], h.garrison_aircraft[lane]
        )
        h.hunter_divisions[lane] = where(fresh, s.hunter_divisions[lane], h.hunter_divisions[lane])
        h.available_divisions[lane] = where(
            fresh, s.available_divisions[lane], h.available_divisions[lane]
        )
        h.redeployed[lane] = where(fresh, s.redeployed[lane], h.redeployed[lane])
        h.collapse_week[lane] = where(fresh, s.collapse_week[lane], h.collapse_week[lane])
        h.week[lane] = where(fresh, week, h.week[lane])


@kernel
def hand_over(out: npt.NDArray[Any], first: int, h: Any) -> None:
    """Write the openings of a block into ``out[first : first + LANES]``."""
    for lane in range(LANES):
        record = out[first + lane]
        record.week = h.week[lane]
        record.old_divisions = h.old_divisions[lane]
        record.new_divisions = h.new_divisions[lane]
        record.new_quality = h.new_quality[lane]
        record.garrison_men = h.garrison_men[lane]
        record.garrison_tanks = h.garrison_tanks[lane]
        record.garrison_aircraft = h.garrison_aircraft[lane]
        record.hunter_divisions = h.hunter_divisions[lane]
        record.available_divisions = h.available_divisions[lane]
        record.redeployed = h.redeployed[lane]
        record.collapse_week = h.collapse_week[lane]


@kernel
def watch_begin(w: Any) -> None:
    """Forget everything before a new block."""
    for lane in range(LANES):
        w.month_distance[lane] = _FAR
        w.month_mask[lane] = np.int16(0)
        w.nearest_distance[lane] = _FAR
        w.nearest_week[lane] = np.int16(-1)
        w.nearest_mask[lane] = np.int16(0)
        w.ratio_least[lane] = _FAR
        w.ratio_week[lane] = np.int16(-1)
        w.sent[lane] = 0.0
    for month in range(LOCK_MONTHS):
        for lane in range(LANES):
            w.months[month, lane] = np.int16(0)


@kernel
def watch(
    w: Any,
    s: Any,
    c: Any,
    outputs: npt.NDArray[np.float32],
    scales: npt.NDArray[np.float32],
    near_until: float,
    month: int,
) -> None:
    """Note the gates of this week: which are closed, how far the whole is from open.

    The distance is the sum over gates of the missing margin, each in the gate's own scale.
    """
    for lane in range(LANES):
        w.distance[lane] = 0.0
        w.mask[lane] = np.int16(0)
    for gate in range(scales.shape[0]):
        margin = outputs[gate]
        bit = np.int16(1 << gate)
        scale = scales[gate]
        for lane in range(LANES):
            short = max(-margin[lane], 0.0)
            w.distance[lane] = w.distance[lane] + min(short / scale, 1000.0)
            w.mask[lane] = np.int16(w.mask[lane] | (bit if margin[lane] < 0.0 else np.int16(0)))
    for lane in range(LANES):
        decided = s.north_decided[lane] > 0.5
        # Before the South is chosen: when did war come nearest?
        open_choice = (s.south_decided[lane] < 0.5) and (c.week <= near_until) and not decided
        nearer = open_choice and (w.distance[lane] < w.nearest_distance[lane])
        if nearer:
            w.nearest_distance[lane] = w.distance[lane]
            w.nearest_week[lane] = np.int16(c.week)
            w.nearest_mask[lane] = w.mask[lane]
        if open_choice and (s.ratio[lane] < w.ratio_least[lane]):
            w.ratio_least[lane] = s.ratio[lane]
            w.ratio_week[lane] = np.int16(c.week)
        if c.week <= near_until:
            w.sent[lane] = s.sent_total[lane]
        if month > 0:
            extra = np.int16((1 << COLLAPSE_BIT) if s.collapse_known[lane] > 0.5 else 0)
            mask = np.int16(w.mask[lane] | extra)
            if decided:
                w.months[month - 1, lane] = np.int16((1 << DECIDED_BIT) | extra)
            elif w.distance[lane] < w.month_distance[lane]:
                w.month_distance[lane] = w.distance[lane]
                w.months[month - 1, lane] = mask


@kernel
def month_begin(w: Any) -> None:
    """Start the search for the nearest moment of a new month."""
    for lane in range(LANES):
        w.month_distance[lane] = _FAR


@kernel
def event_week(happened: float, week: float, ended: float, horizon: float) -> np.int16:
    """Week of an event, or -1 if it did not happen before the history ended."""
    counts = (happened > 0.5) and (week <= ended) and (week <= horizon)
    return np.int16(where(counts, week, -1.0))


@kernel
def note_outcome(out: npt.NDArray[Any], first: int, s: Any, w: Any, horizon: float) -> None:
    """Write the outcome of a finished block into ``out[first : first + LANES]``."""
    for lane in range(LANES):
        record = out[first + lane]
        # A history ends where the attack opens: what would follow is not reported.
        ended = where(s.at_war[lane] > 0.5, s.north_week[lane], 9999.0)
        opening = np.floor(s.north_week[lane])
        record.north_week = event_week(s.at_war[lane], opening, 9999.0, horizon)
        record.north_trigger = np.int8(where(record.north_week >= 0, s.north_trigger[lane], 0.0))
        record.south_choice_week = event_week(
            s.south_decided[lane], s.south_choice_week[lane], ended, horizon
        )
        record.south_week = event_week(s.south_war[lane], s.south_war_week[lane], ended, horizon)
        record.collapse_week = event_week(s.collapsed[lane], s.collapse_week[lane], ended, horizon)
        record.ally_defeat_week = event_week(
            s.ally_defeated[lane], s.ally_defeat_week[lane], ended, horizon
        )
        record.entry_week = event_week(s.entered[lane], s.entry_week[lane], ended, horizon)
        record.surrender_week = event_week(
            s.hunter_surrendered[lane], s.hunter_surrender_week[lane], ended, horizon
        )
        record.khasan = np.int8(s.khasan_result[lane])
        record.khalkhin_gol = np.int8(s.khalkhin_result[lane])
        record.nearest_week = w.nearest_week[lane]
        record.nearest_distance = w.nearest_distance[lane]
        record.nearest_mask = w.nearest_mask[lane]
        record.ratio_week = w.ratio_week[lane]
        record.ratio_least = w.ratio_least[lane]
        record.sent_1941 = w.sent[lane]
        for month in range(LOCK_MONTHS):
            record.lock_masks[month] = w.months[month, lane]
