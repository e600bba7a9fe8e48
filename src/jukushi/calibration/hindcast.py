"""Hindcast: the shipped coefficients against battles that happened.

Theory: docs/calibration/battles.md
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jukushi.calibration.battles import Battles, battles_from
from jukushi.calibration.forecast import foretell_combat
from jukushi.calibration.original import decode, is_original
from jukushi.calibration.rivals import foretell_rivals
from jukushi.calibration.rows import read_rows
from jukushi.calibration.scores import Forecast, paired_difference, resamples, score_table
from jukushi.calibration.shipped import Combat, read_combat, read_rivals, sha256_of

__all__ = ["DEFINITIONS", "hindcast_battles", "load_battles"]

Say = Callable[[str], None]

#: What the figures are.
DEFINITIONS = {
    "winner": "probability that the attacker wins given that one side does; decisive battles only",
    "loss_attacker": "natural log of the share of the attacker's men lost; days known",
    "loss_defender": "natural log of the share of the defender's men lost; days known",
    "advance": "ln(km a day + 0.1), a retreat of the attacker as 0 km; days known",
    "r2": "1 - sum of squared errors / sum of squares about the sample's own mean",
    "mdae": "median absolute error",
    "interval": "5 and 95 % of 1000 resamples of whole families, fixed seed",
    "quality": "armies and theatres not in training count 0",
    "versus_logistic": "score of the model less that of logistic; negative: the model is better",
}


def hindcast_battles(
    path: Path | str, *, keep_holdout: bool = False, say: Say | None = None
) -> dict[str, Any]:
    """Score a CSV of battles with the shipped coefficients.

    Parameters
    ----------
    path : path
        CSV in the tidy columns or in the original coding.
    keep_holdout : bool
        Score battles of the original coding that are not in the training list too.
    say : callable, optional
        Told what is being done.

    Returns
    -------
    dict
        Of schema ``jukushi.hindcast_battles/1``.

    Raises
    ------
    BattlesError
        The file is damaged.
    """
    tell = say or _silent
    tell("reading the battles")
    battles = load_battles(path, keep_holdout=keep_holdout)
    combat, rivals = read_combat(), read_rivals()
    tell(f"scoring {len(battles)} battles")
    forecast = foretell_combat(combat, battles)
    others = foretell_rivals(rivals["models"], battles)
    report = _scores(battles, forecast, others)
    return {
        "schema": "jukushi.hindcast_battles/1",
        "battles": _counted(battles, combat) | {"sha256": sha256_of(path)},
        **report,
        "provenance": dict(combat.provenance),
        "definitions": DEFINITIONS,
    }


def load_battles(path: Path | str, *, keep_holdout: bool = False) -> Battles:
    """Read battles from a CSV in the tidy columns or in the original coding."""
    rows = read_rows(path)
    if is_original(rows[0].cells):
        rows = decode(rows, keep_holdout=keep_holdout)
    return battles_from(rows)


def _silent(_: str) -> None:
    """Tell nobody."""


def _scores(
    battles: Battles, forecast: Forecast, others: dict[str, Forecast]
) -> dict[str, dict[str, Any] | None]:
    samples = resamples(battles)
    table = score_table(battles, forecast, samples)
    rivals = {name: score_table(battles, other, samples) for name, other in others.items()}
    difference = paired_difference(battles, forecast, others["logistic"], samples)
    return {**table, "rivals": rivals, "versus_logistic": difference}


def _counted(battles: Battles, combat: Combat) -> dict[str, Any]:
    """Return how many battles there are and whom the coefficients do not know."""
    armies = set(battles.armies_attacker) | set(battles.armies_defender)
    return {
        "n": len(battles),
        "families": len(set(battles.families)),
        "unknown_armies": sorted(armies - set(combat.armies)),
        "unknown_theatres": sorted(set(battles.theatres) - set(combat.blood)),
    }
