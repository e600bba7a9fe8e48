"""The staff's estimate: fitted to what the case now says, near fresh runs, and sensible."""

from __future__ import annotations

import numpy as np
import pytest

from jukushi.calibration.surface import check_surface, design, inputs_hash, terms_of
from jukushi.mechanisms.staff import success_chance
from jukushi.world.parameters import PARAMETERS, ParameterSpace
from jukushi.world.surface import FEATURES, TERMS
from jukushi.world.vocabulary import open_case

f32 = np.float32


@pytest.fixture(scope="module")
def surface():
    found = open_case("kantokuen").surface
    assert found is not None
    return found


def parameters():
    space = ParameterSpace(open_case("kantokuen"))
    flat = np.ascontiguousarray(space.centres(), np.float32)
    return flat.view(PARAMETERS)[0, 0]


def test_the_shipped_surface_belongs_to_the_shipped_case(surface) -> None:
    stale = "run `jukushi fit kantokuen --surface`: the case or the combat model has changed"
    assert surface.inputs == inputs_hash(open_case("kantokuen")), stale


def test_the_kernel_is_the_polynomial(surface) -> None:
    points = design(200, 5)
    one = surface.coefficients["one"]
    logit = one + terms_of(points) @ np.array([surface.coefficients[t] for t in TERMS[1:]])
    p = parameters()
    found = [success_chance(*(f32(x) for x in point), p) for point in points]
    np.testing.assert_allclose(found, 1.0 / (1.0 + np.exp(-logit)), atol=2e-4)


@pytest.mark.slow
def test_fresh_runs_agree_within_the_stored_error(surface) -> None:
    fresh = check_surface(
        open_case("kantokuen"), dict(surface.coefficients), seed=77, threads=2, points=24, each=128
    )
    assert fresh["root_mean_square"] < 1.5 * surface.error.root_mean_square + 0.02
    assert abs(fresh["bias"]) < 0.05


@pytest.mark.parametrize(
    ("name", "sign"),
    [("force", 1), ("men", -1), ("tanks", -1), ("quality", 1), ("season", 1)],
)
def test_the_estimate_moves_as_a_staff_would_expect(name: str, sign: int) -> None:
    """Along each axis through what Tokyo could believe in 1941; a dip below 3 points is noise."""
    centre = {"force": 0.0, "men": -0.5, "tanks": -0.6, "aircraft": -0.6, "quality": 0.4,
              "season": 0.45}  # fmt: skip
    span = {"force": (-0.4, 0.4), "men": (-1.2, 0.3), "tanks": (-1.5, 0.2), "quality": (-0.2, 0.8),
            "season": (0.1, 1.2)}[name]  # fmt: skip
    p = parameters()
    chances = []
    for value in np.linspace(*span, 9):
        point = {**centre, name: float(value)}
        chances.append(success_chance(*(f32(point[feature]) for feature in FEATURES), p))
    steps = sign * np.diff(chances)
    assert steps.min() > -0.03
    assert sign * (chances[-1] - chances[0]) > 0.02
