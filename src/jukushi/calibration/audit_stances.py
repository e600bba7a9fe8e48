"""Which way the model leans on a claim: one rule for each kind of answer, stated in data.

What the model finds can support a claim or contradict it, or leave it open. What the model was
given can not: it can only agree with what the claim says, or differ from it. The verdict of
scholarship plays no part.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

__all__ = ["RULES", "STANCES", "of_effect", "of_given", "of_share", "of_value"]

#: In the order in which they are counted.
STANCES = ("supports", "contradicts", "open", "given", "given_otherwise", "silent")

#: A share supports from two thirds, contradicts up to one third, with its whole sampling
#: interval; a date of record agrees within days, a number of record within a share.
RULES = {
    "share_supports": 2.0 / 3.0,
    "share_contradicts": 1.0 / 3.0,
    "record_days": 3,
    "record_share": 0.05,
}


def of_share(share: dict[str, Any]) -> str:
    """Judge the share of histories in which a claim holds."""
    low, high = share["sampling"]
    if low >= RULES["share_supports"]:
        return "supports"
    return "contradicts" if high <= RULES["share_contradicts"] else "open"


def of_value(
    figure: tuple[float | None, float | None], span: tuple[float, float], within: dict[str, Any]
) -> str:
    """Judge a quantity: the figure lies in its 5-95 % range, or its values within the ends."""
    low, high = figure
    if low is not None and low == high:
        return "supports" if span[0] <= low <= span[1] else "contradicts"
    return of_share(within)


def of_effect(difference: dict[str, Any], expects: str) -> str:
    """Judge a difference by the side of zero on which its sampling interval lies."""
    low, high = difference["sampling"]
    if low <= 0.0 <= high:
        return "open"
    return "supports" if (low > 0.0) == (expects == "more") else "contradicts"


def of_given(
    figure: tuple[float | None, float | None], value: float, span: Sequence[float] | None
) -> str:
    """Judge what the model was given: a figure in its range, or its value within the ends."""
    low, high = figure
    if low is not None and low == high and span is not None:
        agrees = span[0] <= low <= span[1]
    else:
        agrees = (low is None or value >= low) and (high is None or value <= high)
    return "given" if agrees else "given_otherwise"
