"""Single-precision mathematics that vectorises: exp, log, logistic, normal quantile and cdf.

``math.exp`` and ``math.log`` stop numba's loops from vectorising. These are branch-free
polynomials made of correctly rounded operations only, so that they give the same bytes on
every instruction set. Each docstring gives the error bound that
``tests/test_numerics.py`` checks against scipy over the whole range.

Without compilation (the reference run) the same source works in double precision; the
polynomials then keep their single-precision accuracy.
"""

from __future__ import annotations

import numpy as np

from jukushi.kernel import Scalar, kernel

__all__ = [
    "clip",
    "exp32",
    "log32",
    "logistic32",
    "logit32",
    "normal_cdf32",
    "normal_quantile32",
    "share",
    "sqrt32",
    "where",
]


@kernel
def where(condition: bool, if_true: float, if_false: float) -> float:
    """Choose between two values that are both already computed (a select, no branch)."""
    return if_true if condition else if_false


@kernel
def clip(x: float, low: float, high: float) -> float:
    """Limit `x` to the interval [low, high]."""
    return min(max(x, low), high)


@kernel
def share(x: float) -> float:
    """Limit `x` to [0, 1]."""
    return min(max(x, 0.0), 1.0)


@kernel
def sqrt32(x: float) -> float:
    """Square root of `x`, zero for negative `x` (correctly rounded)."""
    root: float = np.sqrt(max(x, 0.0))
    return root


@kernel
def _power_of_two(k: float) -> Scalar:
    """2**k for an integral k in [-126, 127], by building the exponent bits."""
    return np.int32((np.int32(k) + np.int32(127)) << np.int32(23)).view(np.float32)


@kernel
def exp32(x: float) -> float:
    """Exponential of `x`, clipped to [-87, 88]; relative error below 1e-7.

    Cody-Waite reduction and the polynomial of the Cephes library (S. Moshier, expf).
    """
    x = min(max(x, -87.0), 88.0)
    k: float = np.floor(x * 1.44269504088896341 + 0.5)
    r = x - k * 0.693359375
    r = r + k * 2.12194440e-4
    y = 1.9875691500e-4
    y = y * r + 1.3981999507e-3
    y = y * r + 8.3334519073e-3
    y = y * r + 4.1665795894e-2
    y = y * r + 1.6666665459e-1
    y = y * r + 5.0000001201e-1
    y = y * r * r + r + 1.0
    power: float = _power_of_two(k)
    return y * power


@kernel
def log32(x: float) -> float:
    """Natural logarithm of `x` (x below 1e-30 is taken as 1e-30); error below 1e-7 (1 + |log x|).

    The polynomial of the Cephes library (S. Moshier, logf).
    """
    bits = np.float32(max(x, 1.0e-30)).view(np.int32)
    exponent = (bits >> np.int32(23)) - np.int32(126)
    mantissa = np.int32((bits & np.int32(0x007FFFFF)) | np.int32(0x3F000000)).view(np.float32)
    low = mantissa < 0.707106781186547524
    whole: Scalar = np.float32(exponent)
    e: float = whole - where(low, 1.0, 0.0)
    m = where(low, mantissa + mantissa - 1.0, mantissa - 1.0)
    z = m * m
    y = 7.0376836292e-2
    y = y * m - 1.1514610310e-1
    y = y * m + 1.1676998740e-1
    y = y * m - 1.2420140846e-1
    y = y * m + 1.4249322787e-1
    y = y * m - 1.6668057665e-1
    y = y * m + 2.0000714765e-1
    y = y * m - 2.4999993993e-1
    y = y * m + 3.3333331174e-1
    y = y * m * z
    y = y - 2.12194440e-4 * e
    y = y - 0.5 * z
    return m + y + 0.693359375 * e


@kernel
def logistic32(x: float) -> float:
    """Logistic function 1 / (1 + exp(-x)); absolute error below 1e-7."""
    return 1.0 / (1.0 + exp32(-x))


@kernel
def logit32(probability: float) -> float:
    """Logit of a probability limited to [1e-6, 1 - 1e-6]; error below 1e-7 (1 + |logit|).

    The upper limit in single precision is 0.99999899, so that the logit of 1 is 13.8023
    and that of 0 is -13.8155.
    """
    p = clip(probability, 1.0e-6, 0.999999)
    return log32(p / (1.0 - p))


@kernel
def normal_quantile32(u: float) -> float:
    """Standard normal quantile of u = (k + 1/2) / 2**23, what the dice give; error below 1e-6.

    The relative error is below 4e-7. Below 2**-24 the answer is meaningless: 2 u - 1 is no
    longer exact.

    M. Giles, "Approximating the erfinv function", GPU Computing Gems, 2010 (single
    precision version), with both arms computed and selected.
    """
    x = u + u - 1.0
    w = -log32((1.0 - x) * (1.0 + x))
    a = w - 2.5
    p = 2.81022636e-08
    p = 3.43273939e-07 + p * a
    p = -3.5233877e-06 + p * a
    p = -4.39150654e-06 + p * a
    p = 0.00021858087 + p * a
    p = -0.00125372503 + p * a
    p = -0.00417768164 + p * a
    p = 0.246640727 + p * a
    p = 1.50140941 + p * a
    b = sqrt32(w) - 3.0
    q = -0.000200214257
    q = 0.000100950558 + q * b
    q = 0.00134934322 + q * b
    q = -0.00367342844 + q * b
    q = 0.00573950773 + q * b
    q = -0.0076224613 + q * b
    q = 0.00943887047 + q * b
    q = 1.00167406 + q * b
    q = 2.83297682 + q * b
    return 1.41421356237 * where(w < 5.0, p, q) * x


@kernel
def normal_cdf32(x: float) -> float:
    """Standard normal distribution function; absolute error below 4e-7.

    Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17 (error 7.5e-8
    before rounding).
    """
    z = abs(x)
    t = 1.0 / (1.0 + 0.2316419 * z)
    p = 1.330274429
    p = p * t - 1.821255978
    p = p * t + 1.781477937
    p = p * t - 0.356563782
    p = p * t + 0.319381530
    tail = 0.3989422804 * exp32(-0.5 * z * z) * p * t
    return where(x < 0.0, tail, 1.0 - tail)
