"""The commands about the parameter space: answers by their schemas, progress, wrong usage."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from jukushi.faces.cli import run_command

FORMATS = Path(__file__).resolve().parents[1] / "docs" / "formats"
HEAVY = ("SALib", "ema_workbench", "sklearn", "matplotlib", "seaborn", "statsmodels")
SMALL = {
    "sensitivity": ["--samples", "64"],
    "discover": ["--histories", "49152", "--above", "0.02", "--boxes", "1"],
    "explain": ["--histories", "16384"],
}
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)

    def command(*words: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run_command(words)
        out, err = capsys.readouterr()
        assert "Traceback" not in out + err
        return code, out, err

    return command


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((FORMATS / f"{name}.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


@pytest.mark.parametrize("name", SMALL)
def test_an_answer_is_as_its_schema_says(say: Run, name: str, tmp_path: Path) -> None:
    kept = [] if name == "sensitivity" else ["--out", str(tmp_path / "study")]
    code, out, _ = say(name, "kantokuen", *SMALL[name], *kept, "--json", "-q")
    assert code == 0
    answer: dict[str, Any] = json.loads(out)
    validator(name).validate(answer)
    assert list(answer)[-1] == "provenance"
    page = (FORMATS / f"{name}.md").read_text(encoding="utf-8")
    for key in answer:
        assert f"`{key}`" in page
    broken = {**answer, "good_luck": 1}
    with pytest.raises(jsonschema.ValidationError):
        validator(name).validate(broken)


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_person_gets_words(say: Run, name: str, language: str, tmp_path: Path) -> None:
    kept = [] if name == "sensitivity" else ["--out", str(tmp_path / "study")]
    code, out, _ = say(name, "kantokuen", *SMALL[name], *kept, "--lang", language, "-q")
    assert code == 0
    assert ("Kantokuen: " if language == "en" else "Kantokuen : ") in out
    assert "\x1b[" not in out


@pytest.mark.parametrize(
    ("words", "code", "hint"),
    [
        (["sensitivity", "kantokuen", "--samples", "100"], 2, "--samples 64"),
        (["sensitivity", "kantokuen", "--samples", "4"], 1, "--samples 64"),
        (["sensitivity", "kantokuen", "--month", "1941-13"], 2, "1941-1"),
        (["sensitivity", "kantokuen", "--scale", "probabilty"], 2, "probability"),
        (["sensitivity", "kantokuen", "--precision", "0.5%"], 2, "0.5pp"),
        (["discover", "kantokuen", "--above", "2"], 2, "0.1"),
        (["discover", "kantokuen", "--histories", "100"], 1, "2560"),
        (["explain", "kantokuen", "--worlds", "draw"], 2, "draws"),
        (["explain", "kantokuen", "--outcome", "attack_by_end_1914"], 2, "attack_by_end_194"),
    ],
)
def test_wrong_usage_says_the_next_step(say: Run, words: list[str], code: int, hint: str) -> None:
    found, out, err = say(*words, "-q")
    assert found == code
    assert out == ""
    assert hint in err


@pytest.mark.parametrize("name", SMALL)
def test_equal_inputs_give_equal_answers(say: Run, name: str, tmp_path: Path) -> None:
    answers = []
    for threads in ("1", "2"):
        kept = [] if name == "sensitivity" else ["--out", str(tmp_path / threads)]
        words = [name, "kantokuen", *SMALL[name], *kept, "--json", "-q", "--threads", threads]
        answer = json.loads(say(*words)[1])
        del answer["provenance"]
        answers.append(json.dumps(answer))
    assert answers[0] == answers[1]


def test_other_questions_do_not_load_the_heavy_libraries(tmp_path: Path) -> None:
    """SALib and ema_workbench take seconds to import: only those who ask for them wait."""
    asked = ["why", "kantokuen", "--histories", "2560", "-q", "--out", str(tmp_path / "study")]
    program = f"""
import sys
from jukushi.faces.cli import run_command
import jukushi.questions.sensitivity, jukushi.questions.discover, jukushi.questions.explain
import jukushi.views.sensitivity, jukushi.views.discover, jukushi.views.explain
assert run_command({asked!r}) == 0
print(sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert done.stderr.splitlines()[-1] == "[]"


def test_the_libraries_say_nothing_of_their_own(tmp_path: Path) -> None:
    """ema_workbench warns when it is imported; a reader of stderr must not see it."""
    words = [sys.executable, "-m", "jukushi", "discover", "kantokuen", *SMALL["discover"]]
    done = subprocess.run(
        [*words, "--out", str(tmp_path / "study")],
        capture_output=True, text=True, check=True, cwd=tmp_path, env={**os.environ},
    )  # fmt: skip
    lines = [line for line in done.stderr.splitlines() if "compiling" not in line]
    assert lines == []
