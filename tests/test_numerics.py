"""The slide rule: single-precision exp, log, logistic, quantile and cdf against scipy.

The bound asked for here is the one in each docstring. Every function is compiled and called
on float32 arrays, as the engine does.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pytest
import scipy.special as special

from jukushi import numerics
from jukushi.kernel import kernel

Floats: TypeAlias = npt.NDArray[np.float32]
COUNT = 2_000_001


# One loop per function: numba's cache needs the callee to be a plain global.
@kernel
def _exp(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.exp32(x[i])


@kernel
def _log(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.log32(x[i])


@kernel
def _logistic(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.logistic32(x[i])


@kernel
def _logit(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.logit32(x[i])


@kernel
def _quantile(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.normal_quantile32(x[i])


@kernel
def _cdf(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.normal_cdf32(x[i])


@kernel
def _sqrt(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.sqrt32(x[i])


@kernel
def _share(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.share(x[i])


@kernel
def _clip(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.clip(x[i], -1.5, 2.5)


@kernel
def _where(x: Floats, out: Floats) -> None:
    for i in range(x.shape[0]):
        out[i] = numerics.where(x[i] > 1.0, x[i], -x[i])


def over(loop: Callable[[Floats, Floats], None], x: npt.ArrayLike) -> Floats:
    """Run a compiled loop over float32 numbers."""
    values = np.ascontiguousarray(x, np.float32)
    out = np.full_like(values, np.nan)
    loop(values, out)
    return out


def line(low: float, high: float) -> Floats:
    return np.unique(np.linspace(low, high, COUNT).astype(np.float32))


def every_binade(low: float, high: float) -> Floats:
    """Floats from low to high at equal steps of their bits: every size is met."""
    first, last = (int(np.float32(x).view(np.int32)) for x in (low, high))
    return np.linspace(first, last, COUNT).astype(np.int64).astype(np.int32).view(np.float32)


def dice_grid() -> Floats:
    """Every uniform number that the dice can give."""
    return ((np.arange(2**23) + 0.5) / 2**23).astype(np.float32)


def bound(function: Any) -> float:
    """The error bound written in a docstring."""
    found = re.search(r"error below ([0-9e.-]+\d)", inspect.getdoc(function) or "")
    assert found, f"{function} gives no bound"
    return float(found.group(1))


def falls(y: Floats) -> float:
    """The greatest step down of a sequence."""
    return float(max(-np.diff(y.astype(np.float64)).min(), 0.0))


def test_exp_over_its_whole_range() -> None:
    x = line(-87, 88)
    y = over(_exp, x)
    error = np.abs(y / np.exp(x.astype(np.float64)) - 1)
    assert error.max() < bound(numerics.exp32)
    assert falls(y) == 0
    assert (y > 0).all()


def test_exp_is_clipped_and_keeps_nan() -> None:
    y = over(_exp, [-np.inf, -1000, -87, 88, 1000, np.inf, np.nan])
    assert y[0] == y[1] == y[2] > 0
    assert y[3] == y[4] == y[5] < np.inf
    assert np.isnan(y[6])


def test_exp_of_zero_is_one() -> None:
    assert over(_exp, [0.0, -0.0]).tolist() == [1.0, 1.0]


@pytest.mark.parametrize(("low", "high"), [(1e-30, 3.4e38), (0.25, 4.0), (0.999, 1.001)])
def test_log_over_its_whole_range(low: float, high: float) -> None:
    x = every_binade(low, high)
    y = over(_log, x)
    right = np.log(x.astype(np.float64))
    assert (np.abs(y - right) / (1 + np.abs(right))).max() < bound(numerics.log32)
    assert falls(y) == 0


def test_log_near_one_is_relatively_right() -> None:
    """Where the logarithm vanishes the bound of the docstring would allow any sign."""
    x = every_binade(0.99, 1.01)
    y, right = over(_log, x), np.log(x.astype(np.float64))
    assert (np.sign(y) == np.sign(right)).all()
    inner = right != 0
    assert np.abs(y[inner] / right[inner] - 1).max() < 2e-7


def test_log_is_cut_below() -> None:
    y = over(_log, [1e-30, 1e-38, 0.0, -5.0, -np.inf])
    assert (y == y[0]).all()
    assert y[0] == pytest.approx(np.log(1e-30), rel=1e-6)
    assert over(_log, [1.0])[0] == 0


def test_exp_and_log_undo_one_another() -> None:
    x = line(-60, 60)
    assert np.abs(over(_log, over(_exp, x)) - x).max() < 1e-5


def test_logistic_over_its_whole_range() -> None:
    x = line(-100, 100)
    y = over(_logistic, x)
    assert np.abs(y - special.expit(x.astype(np.float64))).max() < bound(numerics.logistic32)
    assert falls(y) == 0
    assert (y >= 0).all()
    assert (y <= 1).all()


def test_logistic_is_symmetric() -> None:
    x = line(0, 100)
    assert np.abs(over(_logistic, x) + over(_logistic, -x) - 1).max() <= 2**-23
    assert over(_logistic, [0.0])[0] == 0.5


def test_logit_over_its_whole_range() -> None:
    p = np.unique(np.concatenate([line(1e-6, 0.999999), every_binade(1e-6, 0.5)]))
    y = over(_logit, p)
    low, high = np.float32(1e-6), np.float32(0.999999)
    right = special.logit(np.clip(p, low, high).astype(np.float64))
    assert (np.abs(y - right) / (1 + np.abs(right))).max() < bound(numerics.logit32)
    assert falls(y) == 0


def test_logit_is_cut_at_both_ends_as_its_docstring_says() -> None:
    y = over(_logit, [-1, 0, 1e-6, 0.999999, 1, 2])
    assert y[0] == y[1] == y[2]
    assert y[3] == y[4] == y[5]
    assert y[0] == pytest.approx(-13.8155, abs=1e-4)
    assert y[5] == pytest.approx(13.8023, abs=1e-4)


def test_logistic_undoes_logit() -> None:
    p = line(1e-5, 0.99999)
    assert np.abs(over(_logistic, over(_logit, p)) - p).max() < 3e-7


def test_quantile_of_every_number_the_dice_can_give() -> None:
    u = dice_grid()
    y = over(_quantile, u)
    right = special.ndtri(u.astype(np.float64))
    error = np.abs(y - right)
    assert error.max() < bound(numerics.normal_quantile32)
    assert (error / np.abs(right)).max() < 4e-7
    assert np.isfinite(y).all()


def test_quantile_rises_strictly_and_is_odd() -> None:
    y = over(_quantile, dice_grid())
    assert (np.diff(y) > 0).all()
    assert (y == -y[::-1]).all()


def test_quantile_moments_are_those_of_the_normal_law() -> None:
    y = over(_quantile, dice_grid()).astype(np.float64)
    assert y.mean() == pytest.approx(0, abs=1e-9)
    assert y.var() == pytest.approx(1, abs=1e-5)
    assert (y**4).mean() == pytest.approx(3, abs=1e-3)


def test_cdf_over_its_whole_range() -> None:
    x = line(-14, 14)
    y = over(_cdf, x)
    assert np.abs(y - special.ndtr(x.astype(np.float64))).max() < bound(numerics.normal_cdf32)
    # Beyond -13 the numbers are denormal and may step down by the smallest float there is.
    assert falls(y) < 1e-38
    assert (y >= 0).all()
    assert (y <= 1).all()


def test_cdf_is_symmetric_and_goes_to_the_ends() -> None:
    x = line(0, 14)
    assert np.abs(over(_cdf, x) + over(_cdf, -x) - 1).max() <= 2**-23
    assert over(_cdf, [-np.inf, np.inf]).tolist() == [0.0, 1.0]


def test_cdf_undoes_the_quantile() -> None:
    u = dice_grid()[::16]
    assert np.abs(over(_cdf, over(_quantile, u)) - u).max() < 6e-7


def test_sqrt_is_correctly_rounded_and_zero_below_zero() -> None:
    x = every_binade(1e-38, 3.4e38)
    assert (over(_sqrt, x) == np.sqrt(x)).all()
    assert over(_sqrt, [-1.0, -np.inf, 0.0]).tolist() == [0.0, 0.0, 0.0]


def test_share_clip_and_where_choose_as_written() -> None:
    x = line(-4, 4)
    assert (over(_share, x) == np.clip(x, 0, 1)).all()
    assert (over(_clip, x) == np.clip(x, np.float32(-1.5), np.float32(2.5))).all()
    assert (over(_where, x) == np.where(x > 1, x, -x)).all()


def test_literals_of_a_kernel_are_single_precision() -> None:
    """0.1 in a kernel is the float32 0.1: a double would give other bits in a float64 slot."""
    out = np.zeros(1, np.float64)
    _tenth(out)
    assert out[0] == np.float64(np.float32(0.1))
    assert out[0] != 0.1


@kernel
def _tenth(out: npt.NDArray[np.float64]) -> None:
    out[0] = 0.1
