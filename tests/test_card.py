"""The model card: it is what the code makes, it hides nothing, and it needs no checkout."""

from __future__ import annotations

import ast
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import numpy as np
import pytest
import yaml
from cards import DOCS, elsewhere, with_posterior

import jukushi
from jukushi.calibration.card import card
from jukushi.calibration.card_mechanisms import mechanisms
from jukushi.calibration.card_numbers import posterior
from jukushi.calibration.card_pages import items, table_rows
from jukushi.calibration.card_places import Places, usual_places
from jukushi.calibration.card_sources import works_of
from jukushi.case.load import Case
from jukushi.case.posterior import posterior_of
from jukushi.faces.cli import run_command
from jukushi.mechanisms.order import WEEK_ORDER
from jukushi.views.card_markdown import anchor
from jukushi.views.card_page import card_page
from jukushi.views.words import Words
from jukushi.world.parameters import ParameterSpace
from jukushi.world.state import FIELDS
from jukushi.world.vocabulary import open_case

ROOT = Path(__file__).resolve().parents[1]
CARDS = {"en": DOCS / "model-card.md", "fr": DOCS / "model-card.fr.md"}
AGAIN = "write it again: just card (jukushi card kantokuen --out docs/model-card.md)"


@cache
def answer() -> dict[str, Any]:
    """The card of the shipped case, as JSON gives it."""
    return json.loads(json.dumps(jukushi.load("kantokuen").card(), allow_nan=False))  # type: ignore[no-any-return]


def page(language: str = "en") -> str:
    return card_page(answer(), Words(language))


@pytest.fixture(scope="module")
def fitted(tmp_path_factory: pytest.TempPathFactory, kantokuen: Case) -> Case:
    """The shipped case with a posterior of its own numbers."""
    return with_posterior(kantokuen, tmp_path_factory.mktemp("fitted"))


# The committed cards


@pytest.mark.parametrize("language", CARDS)
def test_the_committed_card_is_what_the_code_makes(language: str) -> None:
    assert CARDS[language].read_text(encoding="utf-8") == page(language), AGAIN


def test_equal_cases_give_equal_cards_but_for_provenance() -> None:
    again = json.loads(json.dumps(jukushi.load("kantokuen").card()))
    assert {**again, "provenance": 0} == {**answer(), "provenance": 0}
    assert list(again)[-1] == "provenance"


@pytest.mark.parametrize("language", CARDS)
def test_purpose_use_and_limits_stand_on_the_first_screen(language: str) -> None:
    words, lines = Words(language), page(language).splitlines()
    first = "\n".join(lines[:26])
    for key in ("motto", "for", "not_for", "worth_one"):
        assert words(f"card.{key}") in first
    assert answer()["case_hash"] in first


@pytest.mark.parametrize("language", CARDS)
def test_contents_name_every_section_in_order(language: str) -> None:
    text = re.sub(r"^```.*?^```$", "", page(language), flags=re.MULTILINE | re.DOTALL)
    named = re.findall(r"^- \[(.*)\]\(#(.*)\)$", text, re.MULTILINE)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    assert [title for title, _ in named] == headings[2:]
    assert all(anchor(title) == target for title, target in named)


@pytest.mark.parametrize("language", CARDS)
def test_every_table_is_whole(language: str) -> None:
    """A row that was cut, or a stray bar, would show as another number of cells."""
    size = 0
    for line in page(language).splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in (0, size) or size == 0, line
        size = cells


def test_the_answer_by_its_schema() -> None:
    schema = json.loads((DOCS / "formats" / "card.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(answer())
    for key in schema["properties"]:
        broken = {name: value for name, value in answer().items() if name != key}
        assert not validator.is_valid(broken), key
        assert f"`{key}`" in (DOCS / "formats" / "card.md").read_text(encoding="utf-8"), key


# What it is made from


def test_all_fields_mechanisms_and_parameters_are_there(kantokuen: Case) -> None:
    assert [row["name"] for row in answer()["fields"]] == [field.name for field in FIELDS]
    steps = [row["name"] for row in answer()["mechanisms"] if row["step"]]
    assert steps == [step.name for step in WEEK_ORDER]
    assert [row["id"] for row in answer()["parameters"]] == list(kantokuen.parameters)
    rivals = sum(len(item.rivals) for item in kantokuen.parameters.values())
    table = page().split("\n## Appendix F")[1].split("\n## ")[0]
    assert len(re.findall(r"^\| `", table, re.MULTILINE)) == rivals


def test_every_page_of_theory_is_quoted() -> None:
    named = {row["name"] for row in answer()["mechanisms"]}
    assert named == {file.stem for file in (DOCS / "mechanisms").glob("*.md")} - {"README"}
    for row in answer()["mechanisms"]:
        assert row["equations"] or row["laws"], row["name"]
        theory = (DOCS / "mechanisms" / f"{row['name']}.md").read_text(encoding="utf-8")
        assert all(block["text"] in theory for block in row["equations"])


def test_every_weakness_on_a_page_is_in_the_card(tmp_path: Path, kantokuen: Case) -> None:
    places = elsewhere(tmp_path)
    assert places.documents is not None
    file = places.documents / "mechanisms" / "oil.md"
    said = "* A weakness that nobody\n  has seen before.\n"
    file.write_text(file.read_text(encoding="utf-8").rstrip("\n") + f"\n{said}", encoding="utf-8")
    text = card_page(card(kantokuen, places), Words("en"))
    assert "- A weakness that nobody has seen before.\n" in text
    counted = sum(
        len(re.findall(r"^\* ", part, re.MULTILINE))
        for page in (DOCS / "mechanisms").glob("*.md")
        for part in re.split(r"^## ", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
        if re.match(r"[^\n]*(limits|weaknesses)", part, re.IGNORECASE)
    )
    told = answer()["limits"]
    assert counted == sum(len(row["limits"]) + len(row["weaknesses"]) for row in told)


def test_contracts_are_those_of_the_headers() -> None:
    told = {row["name"]: row for row in mechanisms(usual_places())}
    assert told["oil"]["reads"] == ["oil", "embargo", "settled", "south_war", "south_war_week"]
    assert told["oil"]["writes"] == ["oil", "oil_months"]
    assert told["oil"]["draws"] == []
    assert [law["name"] for law in told["oil"]["laws"]] == ["weekly_use_mbbl", "months_left"]


def test_ranges_are_the_quantiles_of_the_draws(kantokuen: Case) -> None:
    """The 5-95 % of the card, against those of 20,000 draws by the engine's own way of drawing."""
    space = ParameterSpace(kantokuen)
    drawn = space.draw(7, np.arange(20_000))
    rows = {row["id"]: row["prior"]["range"] for row in answer()["parameters"]}
    for name, told in rows.items():
        column = drawn[:, space.index[name]]
        if told is None:
            assert np.ptp(column) == 0.0
            continue
        below = [(column <= told[key]).mean() for key in ("low", "median", "high")]
        above = [(column >= told[key]).mean() for key in ("low", "median", "high")]
        for share, other, wanted in zip(below, above, (0.05, 0.5, 0.95), strict=True):
            # What is cut at zero may have more than its share at the cut itself.
            assert share >= wanted - 0.02, name
            assert other >= 1.0 - wanted - 0.02, name


def test_posterior_is_that_of_the_draws(fitted: Case) -> None:
    space = ParameterSpace(posterior_of(fitted))
    drawn = space.draw(3, np.arange(20_000))
    fits = posterior(fitted)["fits"]
    usual = next(fit for fit in fits if (fit["split"], fit["base"]) == ("date", "prior"))
    for row in usual["parameters"]:
        column = drawn[:, space.index[row["id"]]]
        assert (column <= row["after"]["low"]).mean() == pytest.approx(0.05, abs=0.02)
        assert (column <= row["after"]["high"]).mean() == pytest.approx(0.95, abs=0.02)


def test_a_posterior_of_other_numbers_is_said_and_not_shown(tmp_path: Path, fitted: Case) -> None:
    assert posterior(fitted)["state"] == "fits"
    name = posterior(fitted)["fits"][0]["parameters"][0]["id"]
    item = fitted.parameters[name]
    other = item.model_copy(update={"value": 1.1, "record": None})
    changed = replace(fitted, parameters={**fitted.parameters, name: other})
    told = card(changed, elsewhere(tmp_path))
    assert told["posterior"]["state"] == "other_numbers"
    text = card_page(told, Words("en"))
    assert Words("en")("card.posterior_other_numbers") in text
    assert "→" not in text.split("## Parameters: prior")[1].split("\n## ")[0].split("None to")[1]


# Sources


def test_counts_are_those_of_the_files(kantokuen: Case) -> None:
    rows = yaml.safe_load((kantokuen.folder / "parameters.yaml").read_text(encoding="utf-8"))
    counts = Counter(row["status"] for row in rows["parameters"])
    told = next(row for row in answer()["sources"]["parts"] if row["part"] == "parameters")
    assert {key: told[key] for key in counts} == dict(counts)
    assert told["entries"] == sum(counts.values()) == len(kantokuen.parameters)
    by = answer()["sources"]["parameters_by_confidence"]
    assert {key: sum(by[key].values()) for key in counts} == dict(counts)


@pytest.mark.parametrize(
    ("source", "works"),
    [
        ("recalled: Coox; Shishkin", ["Coox", "Shishkin"]),
        (
            "Wikipedia (a.org; b.org): 250 aircraft; Coox p3",
            ["Wikipedia (a.org; b.org)", "Coox p3"],
        ),
        ("Bix, Hirohito; 25 divisions; by air", ["Bix, Hirohito"]),
        ("asset freeze summary (ww2cartoons.org)", ["asset freeze summary (ww2cartoons.org)"]),
        ("judgement", []),
    ],
)
def test_works_are_read_off_a_source(source: str, works: list[str]) -> None:
    assert works_of(source) == works


def test_a_work_is_listed_once_and_no_assumption_names_one(kantokuen: Case) -> None:
    works = answer()["sources"]["works"]
    titles = [row["work"].casefold() for row in works]
    assert len(set(titles)) == len(titles)
    supported = {name for row in works for name in row["parameters"]}
    assumed = {item.id for item in kantokuen.parameters.values() if item.status == "assumption"}
    assert not supported & assumed


# Tests


def test_tests_are_counted_without_running_them() -> None:
    """Against a count of lines by eye, as it were: functions at any depth that begin a test."""
    told = answer()["verification"]["tests"]
    counted = {
        file.relative_to(ROOT / "tests").as_posix(): len(
            re.findall(r"^\s*def test_\w+\(", file.read_text(encoding="utf-8"), re.MULTILINE)
        )
        for file in (ROOT / "tests").rglob("test_*.py")
    }
    assert {row["module"]: len(row["laws"]) for row in told["modules"]} == counted
    assert told["count"] == sum(counted.values())
    mine = next(row for row in told["modules"] if row["module"] == "test_card.py")
    assert mine["says"] == (ast.get_docstring(ast.parse(Path(__file__).read_text())) or "")
    assert "Tests are counted" not in [law["says"] for law in mine["laws"]]


# Places


def test_without_documents_the_card_says_what_is_missing(kantokuen: Case) -> None:
    told = card(kantokuen, Places("none"))
    text = card_page(told, Words("en"))
    for key in ("tests_none", "limits_nopages", "no_page", "audit_none"):
        assert Words("en")(f"card.{key}") in text
    assert not re.search(r"\]\((?!#)", text), "a link would lead nowhere"


def test_a_package_without_a_checkout_makes_its_card(tmp_path: Path) -> None:
    """Lay out what the wheel holds, by the list in pyproject.toml, and run it from there."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    for package in wheel["packages"]:
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(ROOT / package, tmp_path / Path(package).name, ignore=ignored)
    for source, target in wheel["force-include"].items():
        put = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
        put(ROOT / source, tmp_path / target)
    told = subprocess.run(
        [sys.executable, "-m", "jukushi", "card", "kantokuen", "--json", "--out", "card.md"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        check=True,
        encoding="utf-8",
    )
    found, whole = json.loads(told.stdout), answer()
    assert found["made_from"] == {"kind": "package", "documents": True, "tests": False}
    for key in ("case_hash", "mechanisms", "parameters", "posterior", "sources", "limits"):
        assert found[key] == whole[key], key
    assert found["validation"] == whole["validation"]
    text = (tmp_path / "card.md").read_text(encoding="utf-8")
    assert Words("en")("card.tests_none") in text
    assert not re.search(r"\]\((?!#)", text), "a link would lead nowhere"


def test_another_case_has_a_card_of_its_own(copy: Path) -> None:
    """A case without record, claims and posterior, in which a parameter has another source."""
    for name in ("record.yaml", "base_rates.yaml", "claims.yaml", "posterior.json"):
        (copy / name).unlink(missing_ok=True)
    file = copy / "parameters.yaml"
    text = file.read_text(encoding="utf-8")
    source = "judgement on how far mud, frost and thaw dates move between years"
    file.write_text(text.replace(source, "tea leaves"), encoding="utf-8")
    made = card_page(card(open_case(copy)), Words("en"))
    assert "| tea leaves |" in made
    assert Words("en")("card.no_record") in made
    assert Words("en")("card.posterior_none") in made
    assert Words("en")("card.state_stale") in made


# Pages and the command


def test_items_of_a_list_are_read_whole() -> None:
    body = "* one\n  and on\n* two:\n  * inner a;\n  * inner b.\nno item\n* three\n"
    assert items(body) == ["one and on", "two: inner a; inner b.", "three"]


def test_the_first_table_is_read() -> None:
    body = "text\n| a | b |\n|---|---|\n| 1 | 2 |\n\n| x |\n"
    assert table_rows(body) == [
        ["a", "b"],
        ["1", "2"],
    ]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "card.md"
    assert run_command(["card", "kantokuen", "--lang", "fr", "--out", str(file)]) == 0
    told = capsys.readouterr()
    assert told.out == ""
    assert str(file) in told.err
    assert file.read_text(encoding="utf-8") == page("fr")
    assert run_command(["card", "kantokuen"]) == 0
    assert capsys.readouterr().out == page()
    assert run_command(["card", "kantokuen", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["schema"] == "jukushi.card/1"


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["card", "kantokuem"], 2),
        (["card", "kantokuen", "--lang", "de"], 2),
        (["card", "kantokuen", "--out", "no/such/folder/card.md"], 2),
        (["card", "kantokuen", "--out", "."], 2),
    ],
)
def test_wrong_use(words: list[str], code: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(words) == code
    assert "Traceback" not in capsys.readouterr().err
