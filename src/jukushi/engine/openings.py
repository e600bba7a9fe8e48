"""How a campaign opens: from its recorded or planned forces, or from a history's own state."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.draws import DICE_PER_DRAW
from jukushi.engine.campaigns import Jobs
from jukushi.war.plan import Theatre
from jukushi.war.records import OPENING
from jukushi.world.parameters import PARAMETERS, ParameterSpace

__all__ = ["fill_from_parameters", "new_openings", "planned_jobs"]


def new_openings(count: int) -> npt.NDArray[Any]:
    """Return openings at the strength of the order of battle."""
    openings = np.zeros(count, OPENING)
    for name in ("men", "tanks", "guns", "aircraft", "supply"):
        openings[name] = 1.0
    return openings


def fill_from_parameters(
    openings: npt.NDArray[Any], theatre: Theatre, parameters: npt.NDArray[Any], hunter: str
) -> None:
    """Set what a campaign takes from its parameter draw: surprise, quality, blood, air, sea.

    Parameters
    ----------
    openings : OPENING[n]
        Written here.
    theatre : Theatre
    parameters : PARAMETERS[n]
        The draw of each campaign.
    hunter : str
        The power whose quality is subtracted in the parameters.
    """
    campaign = theatre.campaign
    # Parameters speak of the prey less the hunter, openings of the attacker less the defender.
    sign = -1.0 if campaign.attacker == hunter else 1.0
    openings["surprise"] = parameters[campaign.surprise]
    openings["quality"] = sign * parameters[campaign.quality]
    openings["air_quality"] = sign * parameters[campaign.air_quality]
    openings["blood"] = parameters["theatre_blood"]
    sea = parameters[campaign.sea]
    openings["sea"] = sea if campaign.attacker == hunter else 1.0 - sea


def planned_jobs(case: Case, theatre: Theatre, seed: int, first_history: int, count: int) -> Jobs:
    """Return campaigns from the recorded or planned forces, one a history.

    Every history has its own dice and, with the others of its parameter draw, its own
    parameters, as in a study of the weeks before the war.
    """
    space = ParameterSpace(case)
    first = first_history // DICE_PER_DRAW
    last = (first_history + count - 1) // DICE_PER_DRAW
    flat = np.ascontiguousarray(space.draw(seed, np.arange(first, last + 1)), np.float32)
    parameters = flat.view(PARAMETERS)[:, 0]
    histories = np.arange(first_history, first_history + count, dtype=np.uint64)
    rows = histories.astype(np.int64) // DICE_PER_DRAW - first
    openings = new_openings(count)
    openings["day"] = (theatre.campaign.opens - case.header.period.start).days
    fill_from_parameters(openings, theatre, parameters[rows], case.power_of("hunter").id)
    days = np.full(count, theatre.campaign.days, np.int64)
    return Jobs(openings, histories, rows, parameters, days)
