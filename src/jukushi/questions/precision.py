"""Running a study until its answer is sharp enough, or until a limit of histories.

The half width of the 90 % sampling interval is looked at after every part of a study. A study
that was stopped so is the beginning of the longer one: same seed, same precision, same bytes.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from jukushi.case.schema import Outcome
from jukushi.errors import UsageError
from jukushi.questions.probability import LEAST_HISTORIES, Probability, check_histories
from jukushi.study.store import PART

__all__ = ["MOST_HISTORIES", "MOST_ON_MAP", "Stopping"]

#: Upper limit of histories where a precision is asked for and no number is given.
MOST_HISTORIES = 1_000_000
#: The same for an outcome of a campaign, each history of which may fight a war on the map.
MOST_ON_MAP = 8 * PART


class Stopping:
    """How many histories a study runs, and when it has run enough of them.

    Parameters
    ----------
    histories : int, optional
        How many; with a precision the upper limit.
    precision : float, optional
        Half width of the 90 % sampling interval to be reached, as a fraction of one.
    usual : int
        How many where nothing is said.
    outcomes : Outcome
        What is asked about; a limit is lower where one needs a campaign.

    Attributes
    ----------
    limit : int
        Histories that are run at most.

    Raises
    ------
    UsageError
        If the precision does not lie between 0 and one half.
    UndefinedAnswer
        If the limit is too small for the intervals.
    """

    def __init__(
        self, histories: int | None, precision: float | None, usual: int, *outcomes: Outcome
    ) -> None:
        if precision is not None and not 0.0 < precision < 0.5:
            raise UsageError(
                f"a precision of {precision!r} makes no sense",
                cause="it is the half width of an interval of a probability",
                hint="write 0.5pp, or 0.005, for half a percentage point",
            )
        on_map = any(outcome.campaign for outcome in outcomes)
        most = MOST_ON_MAP if on_map else MOST_HISTORIES
        self.asked = precision
        self.limit = histories if histories is not None else most if precision else usual
        self.reached = math.nan
        check_histories(self.limit)

    def rule(
        self,
        probability: Probability,
        *indices: int,
        other: Callable[[], float] = lambda: 0.0,
    ) -> Callable[[], bool] | None:
        """Return what `conduct` asks after each part, or None where no precision is asked for.

        Of several probabilities the widest interval counts, and with them half the width that
        `other` tells, such as that of a difference.
        """
        asked = self.asked
        if asked is None:
            return None

        def enough() -> bool:
            halves = [probability.half_width(index) for index in indices]
            self.reached = max(*halves, other())
            return probability.histories >= LEAST_HISTORIES and self.reached <= asked

        return enough

    def answer(self) -> dict[str, Any] | None:
        """Return what was asked and what came of it, or None where nothing was asked."""
        if self.asked is None:
            return None
        return {"asked": self.asked, "reached": self.reached}
