"""Rivals: simpler or freer forecasts of the same battles, shipped as plain numbers.

Theory: docs/calibration/battles.md

Each rival sees only what was known before the fight (the losses also the days). Fitting needs
scikit-learn; foretelling needs numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from jukushi.calibration.battles import CONDITIONS, Battles
from jukushi.calibration.scores import RESULTS, Forecast
from jukushi.calibration.trees import boost, export_boosting

__all__ = ["FEATURES", "RIVALS", "fit_rivals", "foretell_rivals"]

Floats = npt.NDArray[np.float64]

#: Columns of the physical facts; `days` is used for losses and advance only.
FEATURES = (
    "ratio",
    "size",
    "tanks_attacker",
    "tanks_defender",
    "guns_attacker",
    "guns_defender",
    "density",
    "ww1",
    "post45",
    *CONDITIONS,
    "days",
)
_SEED = 1939
_POSTURES = ("prepared", "fortified", "delay")


def features(battles: Battles) -> Floats:
    """Return the physical facts known before the fight, columns as in `FEATURES`."""
    a, d = battles.men_attacker, battles.men_defender
    facts = [
        np.log(a / d),
        0.5 * np.log(a * d / 4e8),
        np.log1p(1e3 * battles.tanks_attacker / a),
        np.log1p(1e3 * battles.tanks_defender / d),
        np.log1p(1e3 * battles.guns_attacker / a),
        np.log1p(1e3 * battles.guns_defender / d),
        np.log(battles.density),
        battles.ww1,
        battles.post45,
        *battles.conditions.T,
        np.log(battles.days),
    ]
    return np.stack(facts, axis=1)


def _columns(*names: str) -> list[int]:
    return [FEATURES.index(name) for name in names]


_ALL = list(range(len(FEATURES)))
_BEFORE = _ALL[:-1]
_RATIO = _columns("ratio")
_RATIO_POSTURE = _columns("ratio", *_POSTURES)


def fit_rivals(battles: Battles) -> dict[str, Any]:
    """Fit every rival; the content of rivals.json without its head."""
    x = features(battles)
    return {name: fit(battles, x) for name, (fit, _) in RIVALS.items()}


def foretell_rivals(models: Mapping[str, Any], battles: Battles) -> dict[str, Forecast]:
    """Return the forecast of every rival."""
    x = features(battles)
    return {name: foretell(models[name], x) for name, (_, foretell) in RIVALS.items()}


# --- linear rivals ---------------------------------------------------------------------------


def _linear(model: Any, columns: list[int]) -> dict[str, Any]:
    """Return a fitted linear model of scikit-learn, scaled or not, as plain numbers."""
    scale, last = model[0], model[-1]
    weights = np.ravel(last.coef_) / scale.scale_
    constant = float(np.ravel(last.intercept_)[0]) - float(scale.mean_ @ weights)
    return {"constant": constant, "columns": columns, "weights": weights.tolist()}


def _score(model: Mapping[str, Any], x: Floats) -> Floats:
    columns = np.array(model["columns"], dtype=np.int64)
    return np.asarray(float(model["constant"]) + x[:, columns] @ np.array(model["weights"]))


def _logistic(battles: Battles, x: Floats, columns: list[int], strength: float) -> dict[str, Any]:
    """Fit who won, among decisive battles, by penalised logistic regression."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    decisive = np.abs(battles.winner) == 1.0
    model = make_pipeline(StandardScaler(), LogisticRegression(C=strength, max_iter=1000))
    model.fit(x[decisive][:, columns], battles.winner[decisive] > 0.0)
    return _linear(model, columns)


def _ridge(target: Floats, x: Floats, columns: list[int], penalty: float) -> dict[str, Any]:
    """Fit one result that is a number by ridge regression."""
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    known = np.isfinite(target)
    model = make_pipeline(StandardScaler(), Ridge(alpha=penalty))
    model.fit(x[known][:, columns], target[known])
    return _linear(model, columns)


def _foretell_linear(model: Mapping[str, Any], x: Floats) -> Forecast:
    rest = [_score(model[name], x) if model.get(name) else None for name in RESULTS]
    return Forecast(expit(_score(model["winner"], x)), *rest)


def _fit_base_rate(battles: Battles, x: Floats) -> dict[str, Any]:
    decisive = battles.winner[np.abs(battles.winner) == 1.0]
    share = float((decisive > 0.0).mean())
    found = {"winner": _constant(float(np.log(share / (1.0 - share))))}
    return found | {name: _constant(float(np.nanmean(getattr(battles, name)))) for name in RESULTS}


def _constant(value: float) -> dict[str, Any]:
    return {"constant": value, "columns": [], "weights": []}


def _fit_force_ratio(battles: Battles, x: Floats) -> dict[str, Any]:
    found = {"winner": _logistic(battles, x, _RATIO, 1e6)}
    return found | {name: _ridge(getattr(battles, name), x, _RATIO, 1e-6) for name in RESULTS}


def _fit_physical(battles: Battles, x: Floats) -> dict[str, Any]:
    found = {"winner": _logistic(battles, x, _BEFORE, 0.1)}
    return found | {name: _ridge(getattr(battles, name), x, _ALL, 15.0) for name in RESULTS}


# --- Lanchester ------------------------------------------------------------------------------


def _lanchester(slope: dict[str, tuple[float, float]]) -> Callable[[Battles, Floats], Any]:
    """Return the fit of a Lanchester law with a rate by posture.

    `slope` gives, for each side's losses, the fixed exponents of (ratio, size) in ln(share).
    """

    def fit(battles: Battles, x: Floats) -> dict[str, Any]:
        found: dict[str, Any] = {"winner": _logistic(battles, x, _RATIO_POSTURE, 1e6)}
        for name, (ratio, size) in slope.items():
            fixed = ratio * x[:, 0] + size * x[:, 1] + x[:, -1]
            rate = _ridge(getattr(battles, name) - fixed, x, _columns(*_POSTURES), 1e-6)
            rate["columns"] += _columns("ratio", "size", "days")
            rate["weights"] += [ratio, size, 1.0]
            found[name] = rate
        return found | {"advance": None}

    return fit


#: Square law: A loses in proportion to N_D, so its share lost goes with N_D/N_A.
_fit_square = _lanchester({"loss_attacker": (-1.0, 0.0), "loss_defender": (1.0, 0.0)})
#: Linear law: A loses in proportion to N_A N_D, so its share lost goes with N_D.
_fit_linear = _lanchester({"loss_attacker": (-0.5, 1.0), "loss_defender": (0.5, 1.0)})


# --- boosted trees ---------------------------------------------------------------------------


def _fit_boosting(battles: Battles, x: Floats) -> dict[str, Any]:
    from sklearn.ensemble import (
        GradientBoostingClassifier,
        GradientBoostingRegressor,
    )

    settings: dict[str, Any] = {
        "n_estimators": 80,
        "learning_rate": 0.06,
        "max_depth": 3,
        "min_samples_leaf": 8,
        "subsample": 0.7,
        "max_features": 0.4,
        "random_state": _SEED,
    }
    decisive = np.abs(battles.winner) == 1.0
    won = battles.winner[decisive] > 0.0
    found: dict[str, Any] = {"winner": _constant_class(won)}
    if won.any() and not won.all():
        classifier = GradientBoostingClassifier(**settings).fit(x[decisive][:, _BEFORE], won)
        share = float(won.mean())
        found["winner"] = export_boosting(classifier, float(np.log(share / (1.0 - share))))
    for name in RESULTS:
        target = getattr(battles, name)
        known = np.isfinite(target)
        model = GradientBoostingRegressor(**settings).fit(x[known], target[known])
        found[name] = export_boosting(model, float(target[known].mean()))
    return found


def _constant_class(won: npt.NDArray[np.bool_]) -> dict[str, Any]:
    """Return a boosting without trees, for samples in which one side won all."""
    return {"start": 5.0 if won.all() else -5.0, "rate": 0.0, "trees": []}


def _foretell_boosting(model: Mapping[str, Any], x: Floats) -> Forecast:
    p = expit(boost(model["winner"], x[:, _BEFORE]))
    return Forecast(p, *(boost(model[name], x) for name in RESULTS))


_Fit = Callable[[Battles, Floats], dict[str, Any]]
_Foretell = Callable[[Mapping[str, Any], Floats], Forecast]

#: Name, how it is fitted, how it foretells.
RIVALS: Mapping[str, tuple[_Fit, _Foretell]] = {
    "base_rate": (_fit_base_rate, _foretell_linear),
    "force_ratio": (_fit_force_ratio, _foretell_linear),
    "lanchester_square": (_fit_square, _foretell_linear),
    "lanchester_linear": (_fit_linear, _foretell_linear),
    "logistic": (_fit_physical, _foretell_linear),
    "boosting": (_fit_boosting, _foretell_boosting),
}
