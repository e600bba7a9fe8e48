"""The decoder of the original coding, against the tidy rows of the same battles."""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import numpy as np
import pytest

from jukushi.calibration.battles import Battles, battles_from
from jukushi.calibration.original import decode, is_original, training_families
from jukushi.calibration.rows import BattlesError, Row, read_rows

#: The tidy rows name the attacker's side for this British defender ("BR 56TH INF DIV").
KNOWN_DIFFERENCE = ("418", "armies_defender")

#: Columns of both files that no model uses but that the decoder fills.
ALSO = (
    "name",
    "war",
    "campaign",
    "location",
    "date_start",
    "date_end",
    "precip",
    "climate",
    "attacker_force",
    "defender_force",
    "scheme_d1",
)


@pytest.fixture(scope="module")
def decoded(original_file: Path) -> list[Row]:
    return decode(read_rows(original_file))


def test_every_field_of_every_training_battle_agrees(decoded: list[Row], training: Battles) -> None:
    found = battles_from(decoded)
    differences = []
    for field in fields(Battles):
        one, other = getattr(found, field.name), getattr(training, field.name)
        if isinstance(one, np.ndarray):
            assert np.array_equal(one, other, equal_nan=True) or np.allclose(
                one, other, rtol=1e-12, equal_nan=True
            ), field.name
        else:
            pairs = zip(training.ids, one, other, strict=True)
            differences += [(battle, field.name) for battle, a, b in pairs if a != b]
    assert differences == [KNOWN_DIFFERENCE]


def test_other_columns_agree_but_for_relabelled_wars(
    decoded: list[Row], training_file: Path
) -> None:
    tidy = {row.text("id"): row for row in read_rows(training_file)}
    different = {
        (column, row.text("id"))
        for row in decoded
        for column in ALSO
        if row.text(column) != tidy[row.text("id")].text(column)
    }
    assert {column for column, _ in different} <= {"war"}
    assert len(different) == 10


def test_the_holdout_is_left_out_unless_asked_for(original_file: Path) -> None:
    rows = read_rows(original_file)
    strange = replace(rows[0], cells=dict(rows[0].cells) | {"ISQNO": "9000"})
    ancient = replace(rows[0], cells=dict(strange.cells) | {"ATPBYR1": "1815"})
    assert len(decode([*rows, strange, ancient])) == len(rows)
    assert len(decode([*rows, strange, ancient], keep_holdout=True)) == len(rows) + 1
    with pytest.raises(BattlesError, match="no training battle"):
        decode([strange])


def test_the_battles_of_1944_and_45_are_put_in_their_war(original_file: Path) -> None:
    row = read_rows(original_file)[0]
    moved = replace(row, cells=dict(row.cells) | {"ISQNO": "516", "LOCN": "MANCHURIA"})
    assert decode([moved], keep_holdout=True)[0].text("war") == "WORLD WAR II (MANCHURIA)"


@pytest.mark.parametrize(
    ("column", "value"), [("ATPBDA1", "31x"), ("ATPBMN1", "13"), ("ATPEYR1", "1066")]
)
def test_a_bad_date_is_named(original_file: Path, column: str, value: str) -> None:
    row = read_rows(original_file)[0]
    with pytest.raises(BattlesError, match="original_coding_train_rows"):
        decode([replace(row, cells=dict(row.cells) | {column: value})])


def test_a_missing_column_is_named(original_file: Path) -> None:
    row = read_rows(original_file)[0]
    cells = {name: cell for name, cell in row.cells.items() if name != "TERRA1"}
    assert is_original(cells)
    with pytest.raises(BattlesError, match="TERRA1"):
        decode([replace(row, cells=cells)])


def test_the_training_list_is_the_training_file(training: Battles) -> None:
    families = training_families()
    assert tuple(families) == training.ids
    assert tuple(families.values()) == training.families
