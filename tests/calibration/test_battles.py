"""Files of battles: what is read, what is refused, and that nothing known later slips in."""

from __future__ import annotations

import csv
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jukushi.calibration.armies import army, theatre
from jukushi.calibration.battles import CONDITIONS, DAYS_UNKNOWN, OPTIONAL, REQUIRED, read_battles
from jukushi.calibration.hindcast import hindcast_battles, load_battles
from jukushi.calibration.rows import BattlesError
from jukushi.errors import JukushiError

ROW = {
    "id": "1",
    "year": "1938",
    "attacker": "USSR",
    "defender": "Japan",
    "str_a": "20000",
    "str_d": "8000",
    "war": "THE MANCHURIAN INCIDENT (1938-1939)",
    "location": "MANCHURIA",
    "posture": "PD",
    "terrain_relief": "G",
    "terrain_cover": "M",
    "wet": "0",
    "temp": "T",
    "season": "summer",
    "surprise": "0",
    "air_sup": "1",
    "tank_a": "200",
    "tank_d": "",
    "front_d": "10",
    "scheme_a1": "RC",
    "days": "5",
    "cas_a": "4000",
    "cas_d": "1100",
    "km_day": "0.2",
    "winner": "1",
}


def write(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "battles.csv"
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_a_row_is_read(tmp_path: Path) -> None:
    battles = read_battles(write(tmp_path, ROW))
    on = {z for z, value in zip(CONDITIONS, battles.conditions[0], strict=True) if value}
    assert on == {"air", "prepared", "rugged", "river"}
    assert battles.armies_attacker == ("USSR WW2",)
    assert battles.theatres == ("Manchuria WW2",)
    assert battles.loss_attacker[0] == pytest.approx(math.log(0.2))
    assert battles.advance[0] == pytest.approx(math.log(0.3))
    assert battles.density[0] == pytest.approx(0.8)
    assert battles.tanks_defender[0] == 0.0


def test_the_required_columns_suffice(tmp_path: Path) -> None:
    battles = read_battles(write(tmp_path, {name: ROW[name] for name in REQUIRED}))
    assert battles.days[0] == DAYS_UNKNOWN
    assert np.isnan(battles.winner[0])
    assert not battles.conditions.any()


@pytest.mark.parametrize("missing", REQUIRED)
def test_a_missing_required_column_is_named(tmp_path: Path, missing: str) -> None:
    row = {name: cell for name, cell in ROW.items() if name != missing}
    with pytest.raises(BattlesError, match=f"required column '{missing}'") as caught:
        read_battles(write(tmp_path, row))
    assert caught.value.exit_code == 4


def test_judgements_made_after_the_fact_are_never_read() -> None:
    assert not [name for name in OPTIONAL if name.startswith(("J1_", "J2_", "mission"))]


@pytest.mark.parametrize(
    ("column", "value", "expected"),
    [
        ("str_a", "many", "a number"),
        ("str_a", "0", "a number from 1"),
        ("str_a", "-5", "a number from 1"),
        ("str_a", "nan", "a number from"),
        ("str_a", "inf", "a number from"),
        ("winner", "0.5", "a whole number"),
        ("winner", "2", "from -1 to 1"),
        ("posture", "PX", "HD, PD, FD, DL, WD"),
        ("year", "", "may not be empty"),
        ("attacker", " ", "may not be empty"),
    ],
)
def test_a_bad_cell_is_named(tmp_path: Path, column: str, value: str, expected: str) -> None:
    with pytest.raises(BattlesError) as caught:
        read_battles(write(tmp_path, ROW, ROW | {"id": "2", column: value}))
    assert f"battles.csv:3: column '{column}'" in caught.value.message
    assert expected in caught.value.message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "no battle"),
        (b"id,year\n", "no battle"),
        (b"\xff\xfe\x00", "UTF-8"),
        (b"id,year\n1,2,3\n", "3 cells"),
        (b"id\n" + b"x" * 200_000 + b"\n", "not a CSV line"),
    ],
)
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes, what: str) -> None:
    path = tmp_path / "battles.csv"
    path.write_bytes(content)
    with pytest.raises(BattlesError, match=what):
        read_battles(path)


def test_a_missing_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    with pytest.raises(BattlesError, match="cannot be read"):
        read_battles(tmp_path / "none.csv")
    with pytest.raises(BattlesError, match="cannot be read"):
        read_battles(tmp_path)


def test_an_id_used_twice_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BattlesError, match="line 2 has it"):
        read_battles(write(tmp_path, ROW, ROW))


SLOW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SLOW
@given(content=st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(content)
    with pytest.raises(JukushiError):
        load_battles(path)


CELL = st.one_of(
    st.sampled_from(["", "0", "1", "-1", "1e8", "1e-9", "PD", "C", "1943", '"', "FD,"]),
    st.text(max_size=6),
    st.floats(allow_nan=True, allow_infinity=True).map(str),
)


@SLOW
@given(changes=st.dictionaries(st.sampled_from(sorted(ROW)), CELL, max_size=5))
def test_any_cells_are_read_or_refused(tmp_path: Path, changes: dict[str, str]) -> None:
    """What is read is finite where it must be, and can be scored."""
    try:
        battles = read_battles(write(tmp_path, ROW | changes))
    except JukushiError:
        return
    for name in ("men_attacker", "tanks_defender", "guns_attacker", "density", "days"):
        assert np.isfinite(getattr(battles, name)).all()
        assert (getattr(battles, name) >= 0.0).all()
    assert np.isfinite(np.log(battles.density)).all()


@pytest.mark.parametrize("winner", ["", "0", "1"])
def test_one_row_can_be_scored(tmp_path: Path, winner: str) -> None:
    report = hindcast_battles(write(tmp_path, ROW | {"winner": winner, "attacker": "Atlantis"}))
    brier = report["winner"]["brier"]
    assert report["winner"]["n"] == int(winner == "1")
    assert (brier["estimate"] is None) == (winner != "1")
    assert report["loss_attacker"]["r2"]["estimate"] is None
    assert report["loss_attacker"]["r2"]["reason"]
    assert report["loss_attacker"]["mdae"]["estimate"] > 0.0
    assert "Atlantis WW2" in report["battles"]["unknown_armies"]
    json.dumps(report, allow_nan=False)


def test_names_of_armies_and_theatres() -> None:
    assert army("Japan", 1938) == army("Japan", 1945) == "Japan WW2"
    assert army("USSR", 1920) != army("USSR", 1941)
    assert theatre("WORLD WAR II", "TUNISIA", 1943) == "North Africa WW2"
    assert theatre("WORLD WAR II (EUROPEAN THEATER)", "ITALY", 1944) == "Italy WW2"
    assert theatre("WORLD WAR I", "AUSTRIA", 1916) == "Italy WW1"
    assert theatre("A WAR OF ITS OWN", "MARS", 1950) == "A War Of Its Own"
