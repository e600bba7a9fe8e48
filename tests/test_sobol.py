"""Indices of Sobol: against SALib, closed forms, and exact expectations over the dice."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from SALib.analyze import sobol as salib_analyze
from SALib.sample import sobol as salib_sample
from SALib.test_functions import Ishigami

from jukushi.case.load import Case
from jukushi.questions.index_rows import WIDEST, index_of, rows_for_variance
from jukushi.questions.index_study import IndexStudy
from jukushi.questions.months import Month
from jukushi.questions.saltelli import Rows, base_points
from jukushi.questions.sobol_indices import IndexTally, Indices, exact_terms, hit_terms
from jukushi.questions.unit_cube import COMBAT, UnitCube, Variable
from jukushi.world.parameters import ParameterSpace

ISHIGAMI = {"num_vars": 3, "names": ["a", "b", "c"], "bounds": [[-np.pi, np.pi]] * 3}
#: Closed form for a = 7, b = 0.1 (Ishigami and Homma 1990).
ISHIGAMI_FIRST = [0.3139, 0.4424, 0.0]
ISHIGAMI_TOTAL = [0.5576, 0.4424, 0.2437]


@pytest.fixture(scope="module")
def ishigami() -> tuple[npt.NDArray[np.float64], Any, Indices]:
    """Outputs of Ishigami's function by rows, SALib's indices of them, and ours."""
    points = salib_sample.sample(ISHIGAMI, 2_048, calc_second_order=False, seed=1)
    outputs = Ishigami.evaluate(points)
    theirs = salib_analyze.analyze(
        ISHIGAMI, outputs, calc_second_order=False, num_resamples=400, conf_level=0.9, seed=3
    )
    rows = outputs.reshape(-1, 5)
    tally = IndexTally(3, 1, 1)
    tally.add(exact_terms(rows[:, :1], rows[:, -1:], rows[:, 1:-1, None]))
    return rows, theirs, tally.indices()


def test_estimators_are_those_of_salib(
    ishigami: tuple[npt.NDArray[np.float64], Any, Indices],
) -> None:
    rows, theirs, ours = ishigami
    centred = rows - rows[:, [0, -1]].mean()
    a, b = centred[:, 0], centred[:, -1]
    for i in range(3):
        first = salib_analyze.first_order(a, centred[:, i + 1], b)
        total = salib_analyze.total_order(a, centred[:, i + 1], b)
        assert ours.first[i, 0] == pytest.approx(float(first), abs=1e-12)
        assert ours.total[i, 0] == pytest.approx(float(total), abs=1e-12)
    # SALib centres on all points, we on A and B: that is all the difference there is.
    np.testing.assert_allclose(ours.first[:, 0], theirs["S1"], atol=0.01)
    np.testing.assert_allclose(ours.total[:, 0], theirs["ST"], atol=0.01)


def test_intervals_agree_with_salib_and_hold_the_closed_form(
    ishigami: tuple[npt.NDArray[np.float64], Any, Indices],
) -> None:
    _, theirs, ours = ishigami
    np.testing.assert_allclose(ours.first_half[:, 0], theirs["S1_conf"], rtol=0.35)
    np.testing.assert_allclose(ours.total_half[:, 0], theirs["ST_conf"], rtol=0.35)
    first = np.abs(ours.first[:, 0] - ISHIGAMI_FIRST)
    total = np.abs(ours.total[:, 0] - ISHIGAMI_TOTAL)
    assert (first <= 1.5 * ours.first_half[:, 0]).all()
    assert (total <= 1.5 * ours.total_half[:, 0]).all()


def test_the_design_is_salibs() -> None:
    problem = {"num_vars": 4, "names": list("abcd"), "bounds": [[0, 1]] * 4}
    whole = salib_sample.sample(problem, 64, calc_second_order=False, seed=7).reshape(64, 6, 4)
    a, b = base_points(4, 64, 7)
    np.testing.assert_array_equal(a, whole[:, 0])
    np.testing.assert_array_equal(b, whole[:, -1])
    for i in range(4):
        mixed = a.copy()
        mixed[:, i] = b[:, i]
        np.testing.assert_array_equal(mixed, whole[:, i + 1])


def test_a_longer_design_begins_with_the_shorter_one() -> None:
    for short, long in zip(base_points(5, 64, 3), base_points(5, 256, 3), strict=True):
        np.testing.assert_array_equal(short, long[:64])


def test_dice_are_taken_out_exactly() -> None:
    """Over every way in which two dice can fall, the terms have the expectations they should."""
    outcomes = list(itertools.product([False, True], repeat=3))  # at A, AB, B, for one die
    random = np.random.default_rng(4)
    chances = random.dirichlet(np.ones(8))
    p_a, p_mixed, p_b = (
        sum(p for p, seen in zip(chances, outcomes, strict=True) if seen[place])
        for place in range(3)
    )
    sums = dict.fromkeys(("square", "chance", "product", "step", "total"), 0.0)
    for (p, one), (q, two) in itertools.product(zip(chances, outcomes, strict=True), repeat=2):
        terms = hit_terms(np.array([one, two]).T[:, None, :])
        for name in sums:
            sums[name] += p * q * float(getattr(terms, name).squeeze())
    assert sums["square"] == pytest.approx((p_a**2 + p_b**2) / 2.0)
    assert sums["chance"] == pytest.approx((p_a * (1 - p_a) + p_b * (1 - p_b)) / 2.0)
    assert sums["step"] == pytest.approx(p_mixed - p_a)
    assert sums["product"] == pytest.approx(p_b * (p_mixed - p_a))
    assert sums["total"] == pytest.approx((p_mixed - p_a) ** 2 / 2.0)


def test_weights_do_not_depend_on_how_rows_are_handed_over() -> None:
    random = np.random.default_rng(2)
    a, b, mixed = (random.random(shape) for shape in ((40, 2), (40, 2), (40, 3, 2)))
    whole, pieces = IndexTally(3, 2, 9), IndexTally(3, 2, 9)
    whole.add(exact_terms(a, b, mixed))
    for part in (slice(0, 8), slice(8, 40)):
        pieces.add(exact_terms(a[part], b[part], mixed[part]))
    np.testing.assert_allclose(whole.indices().total_half, pieces.indices().total_half)


class PlainCube:
    """Four variables of which the world reads the first two."""

    def __init__(self) -> None:
        groups = ("made", "made", "idle", "placebo")
        self.variables = [Variable(f"x{i}", group, None, "ratio") for i, group in enumerate(groups)]
        self.size = 4

    def groups(self) -> dict[str, list[int]]:
        return {"made": [0, 1], "idle": [2], "placebo": [3]}

    def columns(self, place: int) -> list[int]:
        return [place]

    def drawn(self, points: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return points

    changed = drawn


class PlainEngine:
    """Worlds in which the event comes with probability x0 x1, in week 1 or 5."""

    seed = 5

    def run_points(
        self,
        points: npt.NDArray[np.float64],
        outcome: str,
        dice: int,
        first_history: int,
        world: None = None,
    ) -> npt.NDArray[np.int16]:
        random = np.random.default_rng([9, first_history])
        uniform, early = random.random(dice), random.random(dice) < 0.5
        came = uniform < (points[:, 0] * points[:, 1])[:, None]
        return np.where(came, np.where(early, 1, 5), -1).astype(np.int16)


MONTHS = {f"1941-0{i}": Month(None, week) for i, week in ((6, 0), (7, 3), (8, 9))}  # type: ignore[arg-type]


def study(samples: int, logit: bool = False, threads: int = 1) -> IndexStudy:
    cube: Any = PlainCube()
    engine: Any = PlainEngine()
    made = IndexStudy(Rows(engine, cube, "any", 64, samples, threads), MONTHS, "1941-08", logit, 1)
    made.run_to(samples, lambda _done, _early: None)
    return made


def test_a_product_has_the_indices_of_its_closed_form() -> None:
    """f = x0 x1: first 3/7 each, total 4/7 each, whatever the dice; chance 1 - V / (p (1 - p))."""
    found = study(2_048)
    indices = found.tally.indices()
    assert found.active == [0, 1]
    for values, halves, truth in (
        (indices.first[:2, 2], indices.first_half[:2, 2], 3 / 7),
        (indices.total[:2, 2], indices.total_half[:2, 2], 4 / 7),
    ):
        assert (np.abs(values - truth) < 1.5 * halves).all()
        assert (halves < 0.1).all()
    variance = 7 / 144
    assert indices.variance[2] == pytest.approx(variance, rel=0.05)
    assert indices.chance[2] == pytest.approx(1 - variance / (0.25 * 0.75), abs=0.02)
    group = found.column_of("made")
    assert group is not None
    assert indices.total[group, 2] == pytest.approx(1.0, abs=0.03)
    additive, half = found.tally.additive(2)
    assert abs(additive[2] - 6 / 7) < 1.5 * half[2]


def test_salibs_own_figures_are_near_where_the_dice_weigh_little() -> None:
    found = study(512)
    plain, ours = found.by_salib(), found.tally.indices()
    assert plain is not None
    np.testing.assert_allclose(plain["ST"], ours.total[:2, 2], atol=0.03)
    np.testing.assert_allclose(plain["S1"], ours.first[:2, 2], atol=0.03)
    assert not np.array_equal(plain["ST"], ours.total[:2, 2])


def test_a_variable_that_nothing_reads_has_index_zero() -> None:
    found = study(256)
    assert list(found.moved[2:]) == [0, 0]
    assert found.screened == 128
    assert found.column_of("placebo") is None
    first = study(64).tally.indices()  # before any screening
    assert (first.total[2:4] == 0.0)[:, 1:].all()
    assert (first.total_half[2:4] == 0.0)[:, 1:].all()


def test_without_an_event_nothing_is_told_but_how_many_rows_it_takes() -> None:
    found = study(128)
    indices = found.tally.indices()
    assert indices.mean[0] == 0.0
    needed, at_least = rows_for_variance(indices, 0, 128, True)
    assert (needed, at_least) == (1_024, True)
    told = index_of(float(indices.total[0, 0]), float(indices.total_half[0, 0]), 128, (1_024, True))
    assert told["estimate"] is None
    assert told["interval"] is None
    assert told["samples_needed"] == 1_024


def test_a_wide_index_is_refused_with_the_rows_that_would_do() -> None:
    wide = index_of(0.4, 2.0 * WIDEST, 256, (None, False))
    assert wide["estimate"] is None
    assert (wide["reason"], wide["samples_needed"]) == ("wide", 1_024)
    told = index_of(0.4, 0.2, 256, (None, False))
    assert told == {"estimate": 0.4, "interval": [pytest.approx(0.2), pytest.approx(0.6)]}


def test_the_promised_number_of_rows_keeps_its_promise() -> None:
    """Half widths shrink with the root of the rows."""
    halves = [float(study(rows).tally.indices().first_half[0, 2]) for rows in (256, 1_024)]
    assert halves[0] / halves[1] == pytest.approx(2.0, rel=0.35)


def test_threads_and_stops_on_the_way_change_nothing() -> None:
    whole, other = study(256), study(256, threads=3)
    cube: Any = PlainCube()
    engine: Any = PlainEngine()
    stopped = IndexStudy(Rows(engine, cube, "any", 64, 512, 1), MONTHS, "1941-08", False, 1)
    for size in (128, 256):
        stopped.run_to(size, lambda _done, _early: None)
    for field in ("first", "total", "total_half", "chance"):
        expected = getattr(whole.tally.indices(), field)
        np.testing.assert_array_equal(getattr(other.tally.indices(), field), expected)
        np.testing.assert_array_equal(getattr(stopped.tally.indices(), field), expected)


def test_on_the_logit_scale_the_indices_are_salibs() -> None:
    found = study(512, logit=True)
    plain, ours = found.by_salib(), found.tally.indices()
    assert plain is not None
    np.testing.assert_allclose(ours.total[:2, 2], plain["ST"], atol=0.02)
    np.testing.assert_allclose(ours.first[:2, 2], plain["S1"], atol=0.02)


def test_the_cube_holds_every_uncertain_number_once(kantokuen: Case) -> None:
    space = ParameterSpace(kantokuen)
    cube = UnitCube(kantokuen, space, 1)
    names = [variable.name for variable in cube.variables]
    free = [name for name, item in kantokuen.parameters.items() if not item.range.fixed]
    assert sorted(names) == sorted([*free, COMBAT])
    taken = [column for place in range(cube.size) for column in cube.columns(place)]
    assert len(taken) == len(set(taken))
    centres = space.centres()[0]
    np.testing.assert_array_equal(centres[cube.columns(cube.size - 1)], space.combat.values)
    assert sorted(place for places in cube.groups().values() for place in places) == list(
        range(cube.size)
    )


def test_a_point_of_the_cube_is_a_draw_of_the_parameters(kantokuen: Case) -> None:
    """The middle gives medians; points spread evenly give each parameter's own distribution."""
    space = ParameterSpace(kantokuen)
    cube = UnitCube(kantokuen, space, 1)
    middle = cube.drawn(np.full((1, cube.size), 0.5))[0]
    for place, variable in enumerate(cube.variables[:-1]):
        item = kantokuen.parameters[variable.name]
        if item.range.normal is not None or item.range.lognormal is not None:
            column = cube.columns(place)[0]
            assert middle[column] == pytest.approx(space.centre[variable.name], abs=1e-9)
    fixed = [space.index[n] for n, item in kantokuen.parameters.items() if item.range.fixed]
    np.testing.assert_array_equal(middle[fixed], space.centres()[0, fixed])
    edges = cube.drawn(np.array([[0.0] * cube.size, [1.0] * cube.size]))
    assert np.isfinite(edges).all()
