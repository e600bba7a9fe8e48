"""The command line as a person or a script meets it: answers, exit codes, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from jukushi.faces.cli import run_command

SMALL = ["--histories", "2560", "-q"]


class Said:
    """What a command printed and how it ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


@pytest.fixture
def say(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> object:
    """Run a command in this process, in an empty folder of its own."""
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> Said:
        capsys.readouterr()
        code = run_command(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    return command


def test_cases_and_check(say: object) -> None:
    assert "kantokuen" in say("cases").out  # type: ignore[operator]
    checked = say("check", "kantokuen")  # type: ignore[operator]
    assert checked.code == 0
    assert "no problem" in checked.out


def test_check_of_a_bad_case_says_all_and_exits_4(say: object, copy: Path) -> None:
    for name in ("outcomes.yaml", "pacts.yaml"):
        file = copy / name
        file.write_text(file.read_text().replace("status:", "state:").replace("event:", "evnt:"))
    said = say("check", str(copy))  # type: ignore[operator]
    assert said.code == 4
    assert said.out == ""
    lines = [line for line in said.err.splitlines() if ".yaml:" in line]
    assert {line.split(":")[0] for line in lines} == {"outcomes.yaml", "pacts.yaml"}
    as_json = json.loads(say("check", str(copy), "--json").out)  # type: ignore[operator]
    assert len(as_json["problems"]) == len(lines)
    assert as_json["exit_code"] == 4


@pytest.mark.parametrize("command", ["why", "run", "replay", "show"])
def test_nothing_is_run_on_a_bad_case(say: object, copy: Path, command: str) -> None:
    (copy / "outcomes.yaml").write_text("outcomes: 3\n")
    extra = ["7"] if command == "replay" else []
    assert say(command, str(copy), *extra).code == 4  # type: ignore[operator]


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["why", "kantoken"], "kantokuen"),
        (["why", "kantokuen", "--factors", "chinawar"], "china_war"),
        (["why", "kantokuen", "--outcome", "attack_by_end_1941x"], "attack_by_end_1941"),
        (["why", "kantokuen", "--decision-maker", "doctrin"], "doctrine"),
        (["why", "kantokuen", "--lang", "de"], "en"),
        (["why", "kantokuen", "--reading", "china_war"], "reading"),
        (["why", "kantokuen", "--histories", "many"], "help"),
        (["run", "kantokuen", "--fail-if", "0.1", *SMALL], ">0.1"),
        (["replay", "kantokuen", "-5"], "help"),
        (["replay", "kantokuen", "7", "--without", "season=spring"], "no_deadline"),
        (["show", "kantokuen", "--section", "parametres"], "parameters"),
        (["whyy", "kantokuen"], "help"),
        (["new", "Bad Name"], "letter"),
    ],
)
def test_wrong_usage_exits_2_with_a_next_step(say: object, words: list[str], hint: str) -> None:
    said = say(*words)  # type: ignore[operator]
    assert said.code == 2
    assert "error:" in said.err
    assert hint in said.err


def test_too_few_histories_exit_1_and_say_how_many(say: object) -> None:
    said = say("why", "kantokuen", "--histories", "100", "-q")  # type: ignore[operator]
    assert said.code == 1
    assert "2560" in said.err


def test_threshold_crossed_exits_3_after_the_answer(say: object) -> None:
    said = say("run", "kantokuen", "--fail-if", "<0.99", *SMALL)  # type: ignore[operator]
    assert said.code == 3
    assert said.out
    assert say("run", "kantokuen", "--fail-if", ">0.99", *SMALL).code == 0  # type: ignore[operator]


def test_errors_as_json(say: object) -> None:
    told = json.loads(say("why", "kantoken", "--json").out)  # type: ignore[operator]
    assert told["exit_code"] == 2
    assert "kantokuen" in told["hint"]


def test_new_makes_a_case_that_checks(say: object) -> None:
    assert say("new", "my-case").code == 0  # type: ignore[operator]
    assert say("check", "my-case/").code == 0  # type: ignore[operator]
    assert say("new", "my-case").code == 2  # type: ignore[operator]


@pytest.mark.parametrize("language", ["en", "fr"])
def test_why_in_words(say: object, language: str) -> None:
    said = say("why", "kantokuen", "--lang", language, *SMALL)  # type: ignore[operator]
    assert said.code == 0
    assert {"en": "In this model", "fr": "Dans ce modèle"}[language] in said.out
    assert {"en": "not for prediction", "fr": "non pour prédire"}[language] in " ".join(
        said.out.split()
    )


def test_equal_runs_differ_in_provenance_alone(say: object) -> None:
    answers = [json.loads(say("run", "kantokuen", "--json", *SMALL).out) for _ in range(2)]  # type: ignore[operator]
    for answer in answers:
        assert "seconds" in answer.pop("provenance")
    assert answers[0] == answers[1]


def test_replay_says_which_rule_fired_and_on_what(say: object) -> None:
    said = say("replay", "kantokuen", "3")  # type: ignore[operator]
    assert said.code == 0
    assert "rule" in said.out
    assert "embargo_week" in said.out
    same = say("replay", "kantokuen", "3")  # type: ignore[operator]
    assert same.out == said.out
    other = say("replay", "kantokuen", "3", "--without", "oil_embargo")  # type: ignore[operator]
    assert other.out != said.out


def test_show_counts_every_kind_of_evidence(say: object) -> None:
    said = say("show", "kantokuen", "--json")  # type: ignore[operator]
    evidence = json.loads(said.out)["evidence"]
    assert sum(row["share"] for row in evidence.values()) == pytest.approx(1.0)
    assert "required_ratio" in say("show", "kantokuen", "--section", "parameters").out  # type: ignore[operator]


def test_output_without_a_terminal_has_no_colour_and_stderr_no_bar(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "jukushi", "run", "kantokuen", "--histories", "2560"]
    done = subprocess.run(
        command, capture_output=True, text=True, check=True, env={**os.environ}, cwd=tmp_path
    )
    assert "\x1b[" not in done.stdout + done.stderr


def test_a_closed_pipe_is_no_error(tmp_path: Path) -> None:
    command = f"{sys.executable} -m jukushi show kantokuen --section parameters | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command], capture_output=True, text=True, cwd=tmp_path
    )
    assert "Traceback" not in done.stderr
    assert "Error" not in done.stderr


@pytest.mark.parametrize("command", ["cases", "check", "--help"])
def test_commands_that_simulate_nothing_do_not_compile(command: str, tmp_path: Path) -> None:
    """A newcomer's first look must not wait for the compiler."""
    words = [command] if command != "check" else ["check", "kantokuen"]
    cache = tmp_path / "cache"
    subprocess.run(
        [sys.executable, "-m", "jukushi", *words],
        check=True, capture_output=True, cwd=tmp_path,
        env={**os.environ, "JUKUSHI_CACHE": str(cache)},
    )  # fmt: skip
    assert not list(cache.rglob("*.nbc"))
