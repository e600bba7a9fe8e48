"""Campaigns and battles on the command line: told, drawn, fitted; no traceback, whatever comes.

When the model is changed on purpose: ``JUKUSHI_UPDATE=1 uv run pytest
tests/test_campaign_cli.py``, then read what changed before committing it.
"""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest

from jukushi.faces.cli import run_command
from jukushi.faces.progress import without_nan
from jukushi.views.battles import fit_view, hindcast_view
from jukushi.views.terminal import plain
from jukushi.views.words import Words

FORMATS = Path(__file__).resolve().parents[1] / "docs" / "formats"
GOLDEN = Path(__file__).parent / "chronicles"
STORM = ["--campaign", "august_storm"]
SMALL = ["--histories", "2560", "-q"]

Say = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Say:
    """Run a command in this process, in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_command(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return command


def validate(name: str, answer: Any) -> None:
    schema = json.loads((FORMATS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(answer)


# Campaigns


def test_run_prints_the_answer_and_looks_at_success(say: Say) -> None:
    code, out, _ = say("run", "kantokuen", *STORM, *SMALL, "--json", "--fail-if", "<0.999")
    assert code == 3
    validate("campaign", json.loads(out))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_run_in_words(say: Say, language: str) -> None:
    code, out, err = say("run", "kantokuen", *STORM, *SMALL, "--lang", language)
    assert code == 0
    assert {"en": "Record against model", "fr": "Les faits et le modèle"}[language] in out
    assert "\x1b[" not in out + err


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["run", "kantokuen", "--campaign", "august_strom"], "august_storm"),
        (["run", "kantokuen", *STORM, "--out", "x"], "keeps nothing"),
        (["run", "kantokuen", *STORM, "--resume"], "keeps nothing"),
        (["run", "kantokuen", *STORM, "--no-collapse"], "--collapse"),
        (["run", "kantokuen", *STORM, "--decision-maker", "doctrine"], "--decision-maker"),
        (["run", "kantokuen", *STORM, "--fail-if", "0.1"], ">0.1"),
        (["run", "kantokuen", *STORM, "--lang", "de"], "en"),
        (["replay", "kantokuen", "3", "--campaign", "august"], "august_storm"),
        (["replay", "kantokuen", "3", *STORM, "--without", "season"], "--without"),
        (["replay", "kantokuen", "3", *STORM, "--all"], "--all"),
        (["replay", "kantokuen", "3", *STORM, "--week", "99"], "weeks"),
        (["replay", "kantokuen", "3", *STORM, "--svg", "no/folder/x.svg"], "folder"),
        (["replay", "kantokuen", "3", "--svg", "x.svg"], "--campaign"),
        (["replay", "kantokuen", "-1", *STORM], "help"),
    ],
)
def test_wrong_usage_exits_2_with_a_next_step(say: Say, words: list[str], hint: str) -> None:
    code, out, err = say(*words)
    assert code == 2, err
    assert out == ""
    assert "error:" in err
    assert hint in err


def test_too_few_histories_exit_1(say: Say) -> None:
    code, _, err = say("run", "kantokuen", *STORM, "-n", "100", "-q")
    assert code == 1
    assert "2560" in err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("storm", ["7", *STORM, "--week", "2"]),
        ("kantokuen_22", ["3", "--campaign", "kantokuen_22", "--week", "9", "--lang", "fr"]),
    ],
)
def test_the_campaign_reads_as_it_did(say: Say, name: str, words: list[str]) -> None:
    code, out, _ = say("replay", "kantokuen", *words)
    assert code == 0
    file = GOLDEN / f"campaign_{name}.txt"
    if os.environ.get("JUKUSHI_UPDATE"):
        file.write_text(out, encoding="utf-8")
    assert out == file.read_text(encoding="utf-8")


def test_replay_as_json_holds_every_week(say: Say) -> None:
    code, out, _ = say("replay", "kantokuen", "7", *STORM, "--json")
    assert code == 0
    told = json.loads(out)
    assert told["schema"] == "jukushi.campaign_replay/1"
    assert [row["number"] for row in told["weeks"]] == list(range(1, len(told["weeks"]) + 1))
    assert told["weeks"][0]["week"] == "1945-08-09"
    assert all(row["events"] for row in told["weeks"])


def test_both_languages_tell_the_same_events(say: Say) -> None:
    weeks = [
        json.loads(say("replay", "kantokuen", "7", *STORM, "--json", "--lang", language)[1])
        for language in ("en", "fr")
    ]
    counts = [[len(row["events"]) for row in told["weeks"]] for told in weeks]
    assert counts[0] == counts[1]


@pytest.mark.parametrize("more", [[], ["--week", "3"], ["--week", "1", "--lang", "fr"]])
def test_the_maps_are_sound_svg(say: Say, tmp_path: Path, more: list[str]) -> None:
    file = tmp_path / "maps.svg"
    file.write_text("an older one")
    code, _, err = say("replay", "kantokuen", "7", *STORM, "--svg", "maps.svg", *more)
    assert code == 0
    assert "maps.svg" in err
    tree = ET.fromstring(file.read_text(encoding="utf-8"))
    assert tree.tag.endswith("svg")
    assert len([node for node in tree.iter() if "data-men" in node.attrib]) > 10


# Battles


@pytest.fixture(scope="module")
def battles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Sixty battles of no real war."""
    rng = np.random.default_rng(4)
    file = tmp_path_factory.mktemp("battles") / "made_up.csv"
    rows = [
        "id,year,attacker,defender,str_a,str_d,tank_a,gun_a,posture,days,cas_a,cas_d,km_day,winner"
    ]
    for number in range(60):
        ratio = rng.normal(0.4, 0.6)
        men_a, men_d = int(20_000 * np.exp(ratio)), 20_000
        won = 1 if ratio + rng.normal(0, 0.8) > 0.3 else -1
        lost_a, lost_d = (int(men * 0.05 * np.exp(rng.normal(0, 0.4))) for men in (men_a, men_d))
        armies = ("Germany", "USSR") if number % 2 else ("USSR", "Germany")
        rows.append(
            f"{number},1943,{armies[0]},{armies[1]},{men_a},{men_d},{number},{40 + number},HD,"
            f"{1 + number % 5},{lost_a},{lost_d},{max(won, 0) * 2.5},{won}"
        )
    file.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return file


def test_hindcast_by_its_schema_and_in_words(say: Say, battles: Path) -> None:
    code, out, err = say("hindcast", "--battles", str(battles), "--json")
    assert code == 0
    assert "scoring 60 battles" in err
    answer = json.loads(out)
    validate("hindcast", answer)
    for language in ("en", "fr"):
        text = plain(hindcast_view(answer, Words(language)), 80)
        assert all(len(line) <= 80 for line in text.splitlines())
        assert "logistic" in text


def test_fit_by_its_schema_and_in_words(say: Say, battles: Path, tmp_path: Path) -> None:
    words = ["--battles", str(battles), "--no-validate", "--out", "made", "--json", "-q"]
    code, out, err = say("fit", *words)
    assert code == 0
    assert err == ""
    answer = json.loads(out)
    validate("fit", answer)
    assert answer == without_nan(answer)
    assert sorted(file.name for file in (tmp_path / "made").iterdir()) == answer["written"]
    for language in ("en", "fr"):
        text = plain(fit_view(answer, Words(language)), 80)
        assert all(len(line) <= 80 for line in text.splitlines())
        assert "combat.json" in text


def test_fit_into_a_file_is_refused(say: Say, battles: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    words = ["--battles", str(battles), "--no-validate", "--out", "taken", "-q"]
    code, _, err = say("fit", *words)
    assert code == 2
    assert "cannot be written" in err


@pytest.mark.parametrize("command", ["fit", "hindcast"])
@pytest.mark.parametrize(
    ("content", "code", "hint"),
    [
        (None, 4, "cannot be read"),
        ("", 4, "no battle"),
        ("id,year\n1,1941\n", 4, "str_a"),
        ("id,year,attacker,defender,str_a,str_d\n1,1941,A,B,many,3\n", 4, "bad.csv:2"),
        ("\x00\x01\xff", 4, "bad.csv"),
    ],
)
def test_bad_files_exit_4(
    say: Say, tmp_path: Path, command: str, content: str | None, code: int, hint: str
) -> None:
    file = tmp_path / "bad.csv"
    if content is not None:
        file.write_bytes(content.encode("latin-1"))
    found, out, err = say(command, "--battles", str(file), "-q")
    assert found == code
    assert out == ""
    assert hint in err
    told = json.loads(say(command, "--battles", str(file), "-q", "--json")[1])
    assert told["exit_code"] == code


@pytest.mark.parametrize("command", ["fit", "hindcast"])
def test_a_file_of_battles_is_needed_and_no_case(say: Say, command: str) -> None:
    code, _, err = say(command)
    assert code == 2
    assert "--battles" in err
    code, _, err = say(command, "kantokuen", "--battles", "some.csv")
    assert code == 2
    assert {"fit": "for now", "hindcast": "not both"}[command] in err


def test_too_few_battles_for_a_fit(say: Say, battles: Path, tmp_path: Path) -> None:
    few = tmp_path / "few.csv"
    few.write_text("\n".join(battles.read_text().splitlines()[:8]) + "\n")
    code, _, err = say("fit", "--battles", str(few), "-q")
    assert code == 4
    assert "needs" in err
