"""The notation of docs/mechanisms/README.md: clip, share, positive part, logistic."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = Any


def clip(x: Array, low: float, high: float) -> Array:
    """Limit x to [low, high]."""
    return np.minimum(np.maximum(x, low), high)


def share(x: Array) -> Array:
    """Limit x to [0, 1]."""
    return clip(x, 0.0, 1.0)


def plus(x: Array) -> Array:
    """The positive part."""
    return np.maximum(x, 0.0)


def logistic(x: Array) -> Array:
    """1 / (1 + exp(-x))."""
    return 1.0 / (1.0 + np.exp(-x))
