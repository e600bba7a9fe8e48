"""Policies: what the kernel makes of one, what it is judged by, and what a saved one must be."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jukushi.dice import LANES
from jukushi.doctrines.policy import HUNTER_BELIEFS, Policy, as_record, from_record, policy_values
from jukushi.doctrines.program import STACK_DEPTH
from jukushi.engine.run import Engine
from jukushi.errors import UsageError
from jukushi.mechanisms import staff
from jukushi.questions.policies import (
    SCHEMA,
    PolicyError,
    check_place,
    load_policy,
    save_policy,
)
from jukushi.questions.stopping import basis
from jukushi.world.parameters import PARAMETERS
from jukushi.world.state import FIELD_INDEX, FIELDS, STATE
from jukushi.world.vocabulary import open_case

EXAMPLES = settings(
    deadline=None,
    max_examples=100,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
)


@cache
def engine() -> Engine:
    return Engine(open_case("kantokuen"), seed=3, threads=1)


@cache
def centre() -> Any:
    """The record of central parameter values."""
    flat = np.ascontiguousarray(engine().space.centres(), np.float32)
    return flat.view(PARAMETERS).reshape(-1)[0]


def number(low: float, high: float) -> st.SearchStrategy[Any]:
    plain = st.floats(np.float32(low).item(), np.float32(high).item(), width=32)
    return plain.map(np.float32)


def made_up(fields: tuple[str, ...], rng: np.random.Generator, weeks: tuple[int, ...]) -> Policy:
    """A policy of random numbers."""
    width = len(fields)
    terms = 1 + width + width * (width + 1) // 2
    return Policy(
        weeks,
        fields,
        rng.normal(size=(len(weeks), width)),
        rng.uniform(0.5, 2.0, (len(weeks), width)),
        rng.normal(size=(len(weeks), 3, terms)),
    )


# What the kernel makes of it


@pytest.mark.parametrize("width", [1, 3, len(HUNTER_BELIEFS), 16])
def test_the_kernel_reckons_as_the_fit_did(width: int) -> None:
    """Scores in single precision are the basis of the fit times its coefficients."""
    rng = np.random.default_rng(width)
    fields = tuple(field.name for field in FIELDS[:width])
    policy = made_up(fields, rng, (200, 210))
    codes = policy.codes(300, FIELD_INDEX)
    flat = rng.normal(scale=4.0, size=(len(FIELDS), LANES)).astype(np.float32)
    stack = np.zeros((STACK_DEPTH, LANES), np.float32)
    for place in range(2):
        policy_values(codes, place, flat, stack)
        raw = flat[[FIELD_INDEX[name] for name in fields]].T.astype(np.float64)
        rows = basis(raw, policy.mean[place], policy.spread[place])
        wanted = rows @ policy.coefficients[place].T
        np.testing.assert_allclose(stack[16:19].T, wanted, rtol=1e-4, atol=2e-3)
    assert codes.place[200] == 0
    assert codes.place[210] == 1
    assert (np.delete(codes.place, [200, 210]) == -1).all()


# What it is judged by


def state_of(force: Any, men: Any, tanks: Any, aircraft: Any) -> Any:
    """A garrison of the prey and a force of the hunter."""
    state = np.zeros(1, STATE)
    state["available_divisions"], state["garrison_men"] = force, men
    state["garrison_tanks"], state["garrison_aircraft"] = tanks, aircraft
    state["old_divisions"] = 20.0
    return state


@EXAMPLES
@given(
    number(8, 40),
    number(300, 1200),
    number(300, 3500),
    number(300, 3500),
    number(0.1, 1),
    number(228, 245),
)
def test_true_chance_is_the_staffs_if_beliefs_are_the_truth(
    force: Any, men: Any, tanks: Any, aircraft: Any, left: Any, week: Any
) -> None:
    p = centre()
    state = state_of(force, men, tanks, aircraft)
    fighting = float(men) * 1000.0 * float(p["theatre_fighting_share"]) * float(left)
    believed = staff.believed_success(
        force,
        np.float32(fighting / float(p["theatre_believed_men"])),
        tanks * left,
        aircraft * left,
        p["true_quality"],
        week,
        p,
    )
    assert staff.true_success(state[0], 0, left, week, p) == pytest.approx(believed, abs=1e-4)


@EXAMPLES
@given(number(10, 36), number(1.02, 1.5), number(300, 1100), number(400, 2600), number(228, 240))
def test_true_chance_rises_with_the_force(
    force: Any, more: Any, men: Any, arms: Any, week: Any
) -> None:
    one = np.float32(1.0)
    few = staff.true_success(state_of(force, men, arms, arms)[0], 0, one, week, centre())
    many = staff.true_success(state_of(force * more, men, arms, arms)[0], 0, one, week, centre())
    assert 0.0 <= few <= many + 1e-6 <= 1.0 + 2e-6


@EXAMPLES
@given(number(10, 36), number(300, 1100), number(400, 2600), number(0.3, 0.9), number(0, 1))
def test_true_chance_counts_raised_divisions_by_their_worth(
    force: Any, men: Any, arms: Any, share: Any, worth: Any
) -> None:
    """Divisions raised since the war count by their quality, and a full one counts as an old."""
    one, week = np.float32(1.0), np.float32(230.0)
    old = state_of(force, men, arms, arms)
    mixed = old.copy()
    mixed["old_divisions"], mixed["new_divisions"] = 20.0 * (1 - share), 20.0 * share
    mixed["new_quality"] = 20.0 * share
    whole = staff.true_success(mixed[0], 0, one, week, centre())
    assert whole == pytest.approx(staff.true_success(old[0], 0, one, week, centre()), abs=1e-5)
    mixed["new_quality"] = 20.0 * share * worth
    thinned = old.copy()
    thinned["garrison_men"] = men * (1 - share + share * worth)
    weak = staff.true_success(mixed[0], 0, one, week, centre())
    wanted = staff.true_success(thinned[0], 0, one, week, centre())
    assert weak == pytest.approx(wanted, abs=1e-4)


# A saved one


def answer_with(policy: Policy) -> dict[str, Any]:
    head = {"version": "1", "case": "kantokuen", "case_hash": "0" * 32, "seed": 1, "power": "japan"}
    head |= {"until": "1943-12-27", "collapse": True, "fit_draws": 20}
    return {**head, "policy": as_record(policy)}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    rng = np.random.default_rng(1)
    save_policy(answer_with(made_up(("ratio", "oil_months"), rng, (235, 240))), tmp_path / "p.json")
    return tmp_path / "p.json"


def test_a_policy_comes_back_as_it_was(saved: Path) -> None:
    wanted = made_up(("ratio", "oil_months"), np.random.default_rng(1), (235, 240))
    found = load_policy(saved, engine().case)
    assert found.digest == wanted.digest
    assert from_record(as_record(found)).digest == wanted.digest


Damage = Callable[[dict[str, Any]], Any]


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda record: record.pop("mean"), "it has no mean"),
        (lambda record: record.update(weeks=[240, 235]), "in order"),
        (lambda record: record.update(weeks=[]), "shape"),
        (lambda record: record.update(weeks=[235, 100_000]), "lies after the case"),
        (lambda record: record.update(weeks=["a", "b"]), "a"),
        (lambda record: record.update(fields=["ratio", "ratio"]), "different"),
        (lambda record: record.update(fields=["ratio", "oil_month"]), "'oil_months'"),
        (lambda record: record.update(fields=["ratio", "garrison_men"]), "nothing that the hunter"),
        (lambda record: record["mean"].pop(), "shape"),
        (lambda record: record["spread"][0].__setitem__(0, 0.0), "positive"),
        (lambda record: record["mean"][0].__setitem__(0, 1e300), "not finite"),
        (lambda record: record["coefficients"][0].pop(), "shape"),
        (lambda record: record["coefficients"][1][0].__setitem__(0, "x"), "x"),
        (lambda record: record.update(coefficients=None), "shape"),
        (lambda record: record.update(weeks=5), "int"),
    ],
)
def test_a_damaged_policy_is_refused(saved: Path, damage: Damage, said: str) -> None:
    record = json.loads(saved.read_text(encoding="utf-8"))
    damage(record)
    saved.write_text(json.dumps(record), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_policy(saved, engine().case)
    assert said in caught.value.cause
    assert caught.value.exit_code == 4
    assert caught.value.hint


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "7", '{"schema": "jukushi.best/1"}', "[" * 100_000, "\x00"]
)
def test_a_foreign_file_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(PolicyError, match="no saved policy"):
        load_policy(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyError, match="no saved policy"):
        load_policy(path)


def test_a_policy_of_another_case_is_refused(saved: Path) -> None:
    record = json.loads(saved.read_text(encoding="utf-8"))
    assert record["schema"] == SCHEMA
    saved.write_text(json.dumps({**record, "case": "elsewhere"}), encoding="utf-8")
    with pytest.raises(PolicyError, match="another case"):
        load_policy(saved, engine().case)
    assert load_policy(saved).weeks == (235, 240)


def test_places_that_cannot_be_read_or_written(tmp_path: Path) -> None:
    case = engine().case
    with pytest.raises(UsageError, match="cannot be read"):
        load_policy(tmp_path / "nothing.json")
    with pytest.raises(UsageError, match="cannot be written"):
        check_place(tmp_path, case, None)
    with pytest.raises(UsageError, match="cannot be written"):
        check_place(tmp_path / "no" / "p.json", case, None)
    with pytest.raises(UsageError, match="only the hunter"):
        check_place(tmp_path / "p.json", case, "ussr")
    check_place(tmp_path / "p.json", case, "japan")
