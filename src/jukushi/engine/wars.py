"""The war inside a history: from the state in which it opens to its campaign, and what it did."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from jukushi.case.load import Case
from jukushi.case.schema import Outcome
from jukushi.engine.campaigns import Jobs, run_campaigns
from jukushi.engine.openings import fill_from_parameters, new_openings
from jukushi.war.plan import Theatre, build_theatre
from jukushi.world.combat import COMBAT_NAMES

__all__ = ["Openings", "OutcomeWar", "openings_of_histories"]


@dataclass(frozen=True)
class Openings:
    """The states in which the wars of a range of histories opened.

    Attributes
    ----------
    states : OPENED[n_worlds, n]
    parameters : PARAMETERS[n_worlds, n_draws]
    draws : int64[n]
        Parameter draw of each history, as a row of `parameters`.
    first_history : int
    """

    states: npt.NDArray[Any]
    parameters: npt.NDArray[Any]
    draws: npt.NDArray[np.int64]
    first_history: int


class OutcomeWar:
    """The campaign that an outcome asks about.

    Parameters
    ----------
    case : Case
    outcome : Outcome
        One with a campaign.
    drawdown : float32[n_weeks]
        The schedule by which the hunter's army in the theatre was drawn down.
    """

    def __init__(self, case: Case, outcome: Outcome, drawdown: npt.NDArray[np.float32]) -> None:
        self.case = case
        self.drawdown = drawdown
        self.outcome = outcome
        self.theatre = build_theatre(case, str(outcome.campaign))
        #: The event of a history that opens the war.
        self.event = str(self.theatre.campaign.opens_with)
        self.last_day = (outcome.by - case.header.period.start).days

    def fight(
        self, events: npt.NDArray[np.int16], openings: Openings, seed: int, threads: int
    ) -> None:
        """Replace the week of the opening by the week of the outcome (-1 where it did not come).

        A history that goes to war from the same state in several worlds fights once: same
        state, same parameters, same dice, same campaign.

        Parameters
        ----------
        events : int16[n_worlds, n]
            Week in which the war opened, or -1; written over.
        openings : Openings
        """
        worlds, lanes = np.nonzero(events >= 0)
        if not len(worlds):
            return
        records = openings_of_histories(
            self.case, self.theatre, openings, worlds, lanes, self.drawdown
        )
        histories = (openings.first_history + lanes).astype(np.uint64)
        rows, sets = _sets_of_parameters(openings.parameters)
        which = sets[worlds, openings.draws[lanes]]
        unique, inverse = _distinct(records, which, histories)
        days = np.minimum(
            self.last_day - records["day"][unique], self.theatre.campaign.days
        ).astype(np.int64)
        jobs = Jobs(
            records[unique], histories[unique], which[unique], rows, np.maximum(days, 0),
        )  # fmt: skip
        results = run_campaigns(self.theatre, jobs, seed, threads)[inverse]
        events[worlds, lanes] = self._weeks(results, records["day"])

    def _weeks(
        self, results: npt.NDArray[Any], opened: npt.NDArray[np.float32]
    ) -> npt.NDArray[np.int16]:
        """Week in which the outcome came, by campaign."""
        if self.outcome.event == "taken":
            place = self.theatre.campaign.objectives.index(str(self.outcome.place))
            days = results["taken"][:, place]
            came = days >= 0.0
        else:
            days = results["broken_day"][:, 1]
            came = (days >= 0.0) & (days <= float(self.outcome.within_days or 0))
        came &= opened + days <= self.last_day
        return np.where(came, np.floor((opened + days) / 7.0), -1.0).astype(np.int16)


def _sets_of_parameters(
    parameters: npt.NDArray[Any],
) -> tuple[npt.NDArray[Any], npt.NDArray[np.int64]]:
    """Return one of each kind of parameters, by what a campaign reads, and the kind of each.

    Worlds that differ in other things alone share a kind: the rest of what the world does to a
    campaign stands in its opening.
    """
    flat = parameters.reshape(-1)
    read = [name for name in flat.dtype.names or () if name.startswith("theatre_")]
    table = np.stack([flat[name] for name in (*read, *COMBAT_NAMES)], axis=1)
    _, first, inverse = np.unique(_keys(table), return_index=True, return_inverse=True)
    return flat[first], inverse.reshape(parameters.shape).astype(np.int64)


def _keys(table: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return one sortable key for each row of a table."""
    rows = np.ascontiguousarray(table).view(np.uint8).reshape(len(table), -1)
    return rows.view(np.dtype((np.void, rows.shape[1])))[:, 0]


def _distinct(
    records: npt.NDArray[Any], which: npt.NDArray[np.int64], histories: npt.NDArray[np.uint64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the first of each set of equal campaigns, and for each campaign its set."""
    table = np.concatenate(
        [
            np.ascontiguousarray(block).view(np.uint8).reshape(len(records), -1)
            for block in (records, which, histories)
        ],
        axis=1,
    )
    _, first, inverse = np.unique(_keys(table), return_index=True, return_inverse=True)
    return first, inverse


def openings_of_histories(
    case: Case,
    theatre: Theatre,
    openings: Openings,
    worlds: npt.NDArray[np.int64],
    lanes: npt.NDArray[np.int64],
    drawdown: npt.NDArray[np.float32],
) -> npt.NDArray[Any]:
    """Turn the states of histories at war into openings of campaigns.

    The order of battle of the campaign is scaled: the hunter's by the divisions it can bring to
    bear, the prey's by men, tanks and aircraft of its garrison (men count by the quality of
    the divisions raised since) and by what it has brought back. A prey whose state has
    collapsed fights with what has not yet melted away.

    Returns
    -------
    OPENING[n]
    """
    states = openings.states[worlds, lanes]
    parameters = openings.parameters[worlds, openings.draws[lanes]]
    records = new_openings(len(states))
    hunter = case.power_of("hunter").id
    fill_from_parameters(records, theatre, parameters, hunter)
    first = theatre.sides.index(hunter)
    second = 1 - first
    totals = theatre.totals
    records["day"] = np.floor(states["week"] * 7.0)
    own: npt.NDArray[Any]
    if theatre.campaign.opens_with == "north":
        own = states["available_divisions"] / max(totals["divisions"][first], 1.0)
    else:
        own = _of_its_own_schedule(drawdown, states, parameters)
    for arm in ("men", "tanks", "guns", "aircraft"):
        records[arm][:, first] = own
    _prey_strength(records, theatre, states, parameters, second)
    return records


def _of_its_own_schedule(
    drawdown: npt.NDArray[np.float32], states: npt.NDArray[Any], parameters: npt.NDArray[Any]
) -> npt.NDArray[np.float32]:
    """The hunter's divisions over those it kept in the record at that time."""
    weeks = np.clip(np.floor(states["week"]).astype(int), 0, len(drawdown) - 1)
    kept = parameters["committed_force"] * drawdown[weeks]
    result: npt.NDArray[np.float32] = (states["hunter_divisions"] / np.maximum(kept, 0.1)).astype(
        np.float32
    )
    return result


def _prey_strength(
    records: npt.NDArray[Any],
    theatre: Theatre,
    states: npt.NDArray[Any],
    parameters: npt.NDArray[Any],
    side: int,
) -> None:
    """Set the prey's scales from its garrison and what it has brought back."""
    totals = theatre.totals
    divisions = states["old_divisions"] + states["new_divisions"]
    worth = states["old_divisions"] + states["new_quality"]
    quality = worth / np.maximum(divisions, 0.1)
    men = states["garrison_men"] * 1000.0 * parameters["theatre_fighting_share"] * quality
    weeks = np.maximum(states["week"] - states["collapse_week"], 0.0)
    left = np.exp(-parameters["collapse_decay"] * weeks)
    if theatre.campaign.opens_with == "north":
        records["men"][:, side] = men * left / max(totals["men"][side], 1.0)
        records["guns"][:, side] = records["men"][:, side]
        records["tanks"][:, side] = states["garrison_tanks"] * left / max(totals["tanks"][side], 1)
        aircraft = states["garrison_aircraft"] * left
        records["aircraft"][:, side] = aircraft / max(totals["aircraft"][side], 1.0)
        return
    # The force of 1945 came by rail: its arms scale with its divisions.
    whole = (divisions + states["redeployed"]) / max(totals["divisions"][side], 1.0)
    for arm in ("men", "tanks", "guns", "aircraft"):
        records[arm][:, side] = whole
