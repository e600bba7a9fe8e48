"""Boosted trees as plain numbers: exported from scikit-learn, evaluated with numpy alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["boost", "export_boosting"]

Floats = npt.NDArray[np.float64]


def export_boosting(model: Any, start: float) -> dict[str, Any]:
    """Return a fitted gradient boosting of scikit-learn as plain numbers.

    Parameters
    ----------
    model : GradientBoostingClassifier or GradientBoostingRegressor
        Fitted, with one tree a stage.
    start : float
        Raw prediction before the first tree (mean, or log odds of the base rate).
    """
    return {
        "start": start,
        "rate": float(model.learning_rate),
        "trees": [_export_tree(stage[0].tree_) for stage in model.estimators_],
    }


def _export_tree(tree: Any) -> dict[str, list[Any]]:
    return {
        "feature": tree.feature.tolist(),
        "threshold": [_short(x) for x in tree.threshold],
        "left": tree.children_left.tolist(),
        "right": tree.children_right.tolist(),
        "value": [_short(x) for x in tree.value[:, 0, 0]],
    }


def _short(value: float) -> float:
    """Round to nine significant digits, more than the features' single precision holds."""
    return float(f"{value:.9g}")


def boost(document: Mapping[str, Any], x: Floats) -> Floats:
    """Return the raw predictions of an exported boosting, ``float64[n]``."""
    single = x.astype(np.float32)
    total = np.full(len(x), float(document["start"]))
    for tree in document["trees"]:
        total += float(document["rate"]) * _leaf_values(tree, single)
    return total


def _leaf_values(tree: Mapping[str, Any], x: npt.NDArray[np.float32]) -> Floats:
    """Walk all rows down one tree together; a leaf has no left child (-1)."""
    feature, threshold = np.array(tree["feature"]), np.array(tree["threshold"])
    left, right = np.array(tree["left"]), np.array(tree["right"])
    node = np.zeros(len(x), dtype=np.int64)
    rows = np.arange(len(x))
    while (inner := left[node] >= 0).any():
        goes_left = x[rows, np.maximum(feature[node], 0)] <= threshold[node]
        node = np.where(inner, np.where(goes_left, left[node], right[node]), node)
    return np.asarray(np.array(tree["value"])[node], dtype=np.float64)
