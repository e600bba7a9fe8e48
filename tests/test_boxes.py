"""PRIM on boxes that are known, and on noise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from jukushi.questions.boxes import MOST_LIMITS, Box, Limit, find_box, inside, screen


def planted(
    seed: int, size: int = 800
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Points, cases, and the box in which nine of ten are cases: x3 above 0.6, x7 below 0.4."""
    random = np.random.default_rng(seed)
    points = random.random((size, 20))
    held = (points[:, 3] > 0.6) & (points[:, 7] < 0.4)
    return points, random.random(size) < np.where(held, 0.9, 0.03), held


def test_a_planted_box_is_found() -> None:
    points, cases, _ = planted(1)
    box = find_box(points, cases)
    assert box is not None
    limits = {limit.column: limit for limit in box.limits}
    assert set(limits) == {3, 7}
    assert abs(limits[3].low - 0.6) < 0.06
    assert limits[3].high == 1.0
    assert abs(limits[7].high - 0.4) < 0.05
    assert limits[7].low == 0.0
    assert max(limit.qp for limit in box.limits) < 1e-6
    fresh, fresh_cases, held = planted(2)
    caught = inside(box, fresh)
    assert fresh_cases[caught].mean() > 0.75
    assert (caught & fresh_cases).sum() > 0.75 * fresh_cases.sum()
    assert (caught != held).mean() < 0.05


def test_noise_gives_nothing_that_lasts() -> None:
    """On fresh draws what is found in noise, if anything, is as dense as everything else."""
    for seed in range(2):
        random = np.random.default_rng(seed)
        box = find_box(random.random((600, 20)), random.random(600) < 0.1)
        if box is None:
            continue
        fresh = np.random.default_rng(100 + seed)
        cases = fresh.random(100_000) < 0.1
        assert abs(cases[inside(box, fresh.random((100_000, 20)))].mean() - 0.1) < 0.02


def test_a_box_restricts_few_parameters() -> None:
    """Six parameters matter; a box names at most four of them."""
    random = np.random.default_rng(3)
    points = random.random((800, 8))
    cases = random.random(800) < 0.9 * (points[:, :6] > 0.35).all(axis=1)
    box = find_box(points, cases)
    assert box is not None
    assert 1 <= len(box.limits) <= MOST_LIMITS
    assert {limit.column for limit in box.limits} <= set(range(6))


def test_the_same_points_give_the_same_box() -> None:
    points, cases, _ = planted(4, 400)
    assert find_box(points, cases) == find_box(points.copy(), cases.copy())


def test_the_screen_sees_both_ends_of_a_parameter() -> None:
    """A parameter whose extremes matter has no correlation, and is found."""
    random = np.random.default_rng(5)
    points = random.random((4_000, 30))
    cases = np.abs(points[:, 11] - 0.5) > 0.4
    assert screen(points, cases, 1) == [11]


def test_inside_keeps_its_edges() -> None:
    box = Box((Limit(0, 0.2, 0.5, 0.01), Limit(1, 0.0, 0.9, 0.01)))
    points = np.array([[0.2, 0.9], [0.5, 0.0], [0.19, 0.5], [0.3, 0.91]])
    assert inside(box, points).tolist() == [True, True, False, False]
