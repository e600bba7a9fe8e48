"""A formula of a few terms for the odds: binomial logit, terms chosen forward by cross-validation.

Rows are worlds (a parameter draw under some intervention), each with its count of events in K
histories. Draws, not rows, are the unit: worlds of one draw share parameters and dice, so
folds and errors go by draws.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlogy

from jukushi.questions.intervals import Z90

__all__ = ["Fit", "Rows", "Score", "choose", "deviance", "fit", "predict", "score"]

Array = npt.NDArray[np.float64]

_FOLDS = 5
#: Candidates whose first step promises most, fitted in full at each step.
_TRIED = 8
#: A term stays if it saves this share of the deviance that the constant leaves to be saved.
_LEAST_GAIN = 0.01
#: A little shrinkage keeps the fit defined where a term separates the events.
_RIDGE = 1e-3
_STEPS = 50
_RESAMPLES = 400


@dataclass(frozen=True)
class Rows:
    """Worlds and what came of them.

    Attributes
    ----------
    terms : float64[n, k]
        Value of each candidate term.
    events : float64[n]
        Histories with the event.
    dice : int
        Histories of each world.
    draws : int64[n]
        Parameter draw of each world.
    """

    terms: Array
    events: Array
    dice: int
    draws: npt.NDArray[np.int64]

    def take(self, kept: npt.NDArray[np.bool_]) -> Rows:
        """Return some of the rows."""
        return Rows(self.terms[kept], self.events[kept], self.dice, self.draws[kept])


@dataclass(frozen=True)
class Fit:
    """A fitted formula.

    Attributes
    ----------
    columns : tuple of int
        Terms, in the order in which they were chosen.
    coefficients : float64[1 + n_terms]
        The constant first.
    half : float64[1 + n_terms]
        Half widths of 90 % intervals, draws as clusters.
    """

    columns: tuple[int, ...]
    coefficients: Array
    half: Array


@dataclass(frozen=True)
class Score:
    """How far a formula is from the big model's odds, on worlds it has not seen.

    Attributes
    ----------
    error : float
        Root mean square difference from the true odds, the dice taken out.
    seen_error : float
        The same from the frequencies, as they are.
    dice_error : float
        What the true odds themselves would show: the noise floor of K dice.
    constant_error : float
        Of the constant, the dice taken out.
    explained : float
        Share of the variance of the true odds that is explained: 1 - error^2 / constant_error^2.
    explained_interval : (float, float)
        90 %, from draws drawn anew.
    deviance_explained : float
        Share of the constant's deviance that the formula saves.
    bias : float
        Mean of the formula's odds less the mean of the frequencies.
    """

    error: float
    seen_error: float
    dice_error: float
    constant_error: float
    explained: float
    explained_interval: tuple[float, float]
    deviance_explained: float
    bias: float


def _design(rows: Rows, columns: Sequence[int]) -> Array:
    return np.column_stack([np.ones(len(rows.events)), rows.terms[:, list(columns)]])


def predict(found: Fit, rows: Rows) -> Array:
    """Return the formula's odds of each row."""
    odds: Array = expit(_design(rows, found.columns) @ found.coefficients)
    return odds


def deviance(events: Array, dice: int, odds: Array) -> float:
    """Return the binomial deviance, without the part that depends on the counts alone."""
    inside = np.clip(odds, 1e-9, 1.0 - 1e-9)
    return float(-2.0 * (xlogy(events, inside) + xlogy(dice - events, 1.0 - inside)).sum())


def _solve(design: Array, events: Array, dice: int) -> Array:
    """Maximise the binomial likelihood by Newton steps; returns the coefficients."""
    start = (events.sum() + 0.5) / (dice * len(events) + 1.0)
    b = np.zeros(design.shape[1])
    b[0] = np.log(start / (1.0 - start))
    shrink = np.full(len(b), _RIDGE)
    shrink[0] = 0.0
    for _ in range(_STEPS):
        odds = expit(design @ b)
        weight = dice * odds * (1.0 - odds) + 1e-12
        step = np.linalg.solve(
            (design.T * weight) @ design + np.diag(shrink),
            design.T @ (events - dice * odds) - shrink * b,
        )
        b += np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-8:
            break
    return b


def fit(rows: Rows, columns: Sequence[int]) -> Fit:
    """Fit a formula of chosen terms, with errors that allow for draws as clusters."""
    design = _design(rows, columns)
    b = _solve(design, rows.events, rows.dice)
    odds = expit(design @ b)
    bread = np.linalg.pinv((design.T * (rows.dice * odds * (1.0 - odds))) @ design)
    _, place = np.unique(rows.draws, return_inverse=True)
    scores = np.zeros((place.max() + 1, design.shape[1]))
    np.add.at(scores, place, design * (rows.events - rows.dice * odds)[:, None])
    n = len(scores)
    covariance = bread @ (scores.T @ scores) @ bread * n / max(n - 1, 1)
    return Fit(tuple(columns), b, Z90 * np.sqrt(np.diag(covariance)))


def choose(rows: Rows, most: int) -> list[int]:
    """Choose terms one by one, each the one that foretells left-out draws best.

    Parameters
    ----------
    rows : Rows
    most : int
        Most terms.

    Returns
    -------
    list of int
        Columns of the chosen terms; empty if none is worth having.
    """
    folds = rows.draws % _FOLDS
    if len(np.unique(folds)) < 2:
        return []
    chosen: list[int] = []
    best = _left_out(rows, chosen, folds)
    least = _LEAST_GAIN * (best - deviance(rows.events, rows.dice, rows.events / rows.dice))
    while len(chosen) < most:
        tried = [
            (_left_out(rows, [*chosen, column], folds), column)
            for column in _promising(rows, chosen)
        ]
        value, column = min(tried, default=(np.inf, -1))
        if best - value < least:
            break
        best = value
        chosen.append(column)
    return chosen


def _left_out(rows: Rows, columns: Sequence[int], folds: npt.NDArray[np.int64]) -> float:
    """Deviance of each fold under a fit to the others."""
    total = 0.0
    for fold in np.unique(folds):
        held = folds == fold
        others, left = rows.take(~held), rows.take(held)
        b = _solve(_design(others, columns), others.events, rows.dice)
        total += deviance(left.events, rows.dice, expit(_design(left, columns) @ b))
    return total


def _promising(rows: Rows, chosen: Sequence[int]) -> list[int]:
    """Return the terms with the largest score statistics, given those chosen."""
    design = _design(rows, chosen)
    odds = expit(design @ _solve(design, rows.events, rows.dice))
    weight = rows.dice * odds * (1.0 - odds)
    missing = rows.events - rows.dice * odds
    weighted = design.T * weight
    rest = rows.terms - design @ np.linalg.lstsq(weighted @ design, weighted @ rows.terms)[0]
    spread = weight @ rest**2
    varies = spread > 1e-9 * (weight @ rows.terms**2 + 1e-300)
    statistic = np.where(varies, (missing @ rest) ** 2 / np.where(varies, spread, 1.0), -1.0)
    order = np.argsort(-statistic, kind="stable")
    return [int(c) for c in order[:_TRIED] if varies[c] and c not in chosen]


def score(found: Fit, learnt: Rows, judged: Rows, seed: int) -> Score:
    """Judge a formula on worlds whose draws it has not seen.

    Parameters
    ----------
    found : Fit
    learnt : Rows
        What it was fitted to: the constant is their mean.
    judged : Rows
    seed : int
        Of the resampling.
    """
    share, odds = judged.events / judged.dice, predict(found, judged)
    constant = float(learnt.events.mean() / learnt.dice)
    # Per draw: squared difference of the formula, of the constant, and the dice's variance.
    parts = np.stack(
        [
            (odds - share) ** 2,
            (constant - share) ** 2,
            share * (1.0 - share) / (judged.dice - 1.0),
        ]
    )
    _, place = np.unique(judged.draws, return_inverse=True)
    n = place.max() + 1
    by_draw = np.stack([np.bincount(place, weights=row, minlength=n) for row in parts])
    seen, flat, dice = parts.mean(axis=1)
    weights = np.random.default_rng(seed).multinomial(n, np.full(n, 1.0 / n), _RESAMPLES)
    again = weights @ by_draw.T
    low, high = np.quantile(_explained(*again.T), [0.05, 0.95])
    lost = [
        deviance(judged.events, judged.dice, p)
        for p in (odds, np.full(len(share), constant), share)
    ]
    return Score(
        error=float(np.sqrt(max(seen - dice, 0.0))),
        seen_error=float(np.sqrt(seen)),
        dice_error=float(np.sqrt(dice)),
        constant_error=float(np.sqrt(max(flat - dice, 0.0))),
        explained=float(_explained(seen, flat, dice)),
        explained_interval=(float(low), float(high)),
        deviance_explained=(lost[1] - lost[0]) / max(lost[1] - lost[2], 1e-300),
        bias=float((odds - share).mean()),
    )


def _explained(seen: Array, flat: Array, dice: Array) -> Array:
    """Share of the variance of the true odds that is explained."""
    below = np.maximum(flat - dice, 1e-300)
    explained: Array = 1.0 - (seen - dice) / below
    return explained
