"""The weeks of a case as the compiled engine reads them, with the orders of a script."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.engine.settings import Order
from jukushi.world.calendar import WEEK, WEEK_FIELDS, build_weeks

__all__ = ["weeks_of", "write_orders"]


def weeks_of(case: Case) -> npt.NDArray[Any]:
    """Return the weeks of a case in single precision; rules are due at conferences."""
    exact = build_weeks(case)
    weeks = np.zeros(len(exact), WEEK)
    for name, _, _ in WEEK_FIELDS:
        weeks[name] = exact[name]
    weeks["rules_due"] = weeks["conference"]
    return weeks


def write_orders(weeks: npt.NDArray[Any], orders: Sequence[Order]) -> None:
    """Write the acts of a script into the weeks."""
    for order in orders:
        weeks[f"ordered_{order.role}"][order.week] = float(order.action)
