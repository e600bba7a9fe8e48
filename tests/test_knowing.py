"""The options that every question shares, from the command line and from Python."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

import pytest
import typer

import jukushi
from jukushi.errors import UsageError
from jukushi.faces.cli import app, run_command

SMALL = ["-n", "2560", "-q", "--json"]

#: Commands that ask a question of a case, and what makes each quick.
QUESTIONS = {
    "run": SMALL, "why": [*SMALL, "--factors", "german_stall"], "discover": SMALL,
    "whatif": [*SMALL, "--set", "optimism=0.2"], "replay": ["3", "--json"],
}  # fmt: skip


def ask(*arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert run_command(arguments) == 0
    answer: dict[str, Any] = json.loads(capsys.readouterr().out)
    return answer


def test_every_question_takes_them() -> None:
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    asked = {"run", "why", "replay", "whatif", "frontier", "best", "tip", "sensitivity",
             "discover", "explain"}  # fmt: skip
    for name in asked:
        options = {option for item in commands[name].params for option in item.opts}
        assert {"--posterior", "--widened", "--like-record-until"} <= options, name


@pytest.mark.slow
@pytest.mark.parametrize("name", ["run", "whatif", "why"])
def test_an_answer_says_what_it_was_asked_with(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    plain = ask(name, "kantokuen", *QUESTIONS[name], capsys=capsys)
    wide = ask(name, "kantokuen", *QUESTIONS[name], "--widened", capsys=capsys)
    fitted = ask(name, "kantokuen", *QUESTIONS[name], "--posterior", capsys=capsys)
    numbers = [answer["knowledge"]["numbers"] for answer in (plain, wide, fitted)]
    assert numbers == ["prior", "widened", "posterior"]
    assert len({answer["case_hash"] for answer in (plain, wide, fitted)}) == 3
    assert plain["knowledge"]["like_record"] is None


@pytest.mark.slow
def test_why_shows_priors_and_posterior_beside_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    plain = ask("why", "kantokuen", *QUESTIONS["why"], capsys=capsys)
    fitted = ask("why", "kantokuen", *QUESTIONS["why"], "--posterior", capsys=capsys)
    assert plain["beside"] == {"numbers": "posterior", "probability": fitted["probability"]}
    assert fitted["beside"] == {"numbers": "prior", "probability": plain["probability"]}


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
def test_histories_like_the_record_are_named_with_how_many_count(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    held = ["--like-record-until", "1941-08-01", "-q", "--lang", language]
    assert run_command(["run", "kantokuen", "-n", "2560", *held]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert re.search(r"1 August 1941|1er août 1941|1 août 1941", shown)
    answer = ask("run", "kantokuen", *SMALL, "--like-record-until", "1941-08-01", capsys=capsys)
    like = answer["knowledge"]["like_record"]
    assert like["until"] == "1941-08-01"
    assert 100 <= like["effective"] <= like["bank"]
    from_python = jukushi.load("kantokuen", like_record_until=date(1941, 8, 1)).run(2_560)
    assert from_python["outcomes"] == answer["outcomes"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "kantokuen", "--like-record-until", "August"], "is no day"),
        (["run", "kantokuen", "--like-record-until", "1940-01-01"], "cannot be held"),
        (["sensitivity", "kantokuen", "--posterior"], "depend on each other"),
        (["run", "kantokuen", "--campaign", "kantokuen_22", "--like-record-until", "1941-08-01"],
         "no past to hold"),
    ],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*arguments, "-q"]) != 0
    assert words in capsys.readouterr().err


def test_a_case_without_a_record_cannot_be_held_to_it(tmp_path: Any) -> None:
    import shutil

    from jukushi.world.vocabulary import open_case

    folder = tmp_path / "kantokuen"
    shutil.copytree(open_case("kantokuen").folder, folder)
    for file in ("record.yaml", "base_rates.yaml"):  # the second names events of the first
        (folder / file).unlink()
    with pytest.raises(UsageError, match="no dated record"):
        jukushi.load(folder, like_record_until=date(1941, 8, 1)).run(2_560)
