"""Oil: a stock that an embargo drains and a conquest may refill.

Theory: docs/mechanisms/oil.md

Reads: oil, embargo, settled, south_war, south_war_week
Writes: oil, oil_months
Draws: none
"""

from __future__ import annotations

from jukushi.kernel import kernel
from jukushi.mechanisms.types import Block, Dice, Once, Parameters, Week
from jukushi.numerics import clip, share, where


@kernel
def weekly_use_mbbl(base_mbbl: float, china_settled: float, at_war: float) -> float:
    """Oil used in a week, million barrels: less without the China war, more in a great war."""
    return base_mbbl * (1.0 - 0.15 * china_settled) * where(at_war > 0.5, 1.1, 1.0)


@kernel
def months_left(stock_mbbl: float, drain_mbbl_per_week: float) -> float:
    """Months that the stock lasts at a weekly drain, at most 120."""
    return clip(stock_mbbl / max(drain_mbbl_per_week, 0.01) / 4.345, 0.0, 120.0)


@kernel
def oil(s: Block, p: Parameters, c: Week, d: Dice, o: Once, first: int, last: int) -> None:
    """Burn, produce, import; conquest yields after a delay and fades with the tanker fleet."""
    for lane in range(first, last):
        use = weekly_use_mbbl(p.oil_use, p.china_settled, s.south_war[lane])
        cut = s.embargo[lane] * (1.0 - s.settled[lane])
        trade = where(s.south_war[lane] > 0.5, 0.0, 1.0) * p.oil_import
        trade = trade * (1.0 - p.embargo_cut * cut)
        since = max(c.week - s.south_war_week[lane], 0.0)
        fields = s.south_war[lane] * p.southern_oil * share((since - 20.0) / 30.0)
        fields = fields * c.tanker_share
        stock = max(s.oil[lane] - use + p.oil_domestic + trade + fields, 0.0)
        s.oil[lane] = stock
        s.oil_months[lane] = months_left(stock, use - p.oil_domestic - trade - fields)
