"""The documents tell the truth: examples run, commands exist, links lead somewhere.

A fenced block that begins with ```` ```python run ```` is executed; the blocks of one page share
their names. Lines of shell blocks and code spans that begin with ``jukushi`` are parsed by the
command line itself, without being run.
"""

from __future__ import annotations

import json
import re
import runpy
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from copy import deepcopy
from html import escape
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer

import jukushi
from jukushi import errors
from jukushi.engine.observe import OUTCOME
from jukushi.faces.cli import app, run_command
from jukushi.faces.progress import without_nan
from jukushi.study.store import Plan

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
HISTORIES = 2_560
PAGES = sorted(
    page
    for pattern in ("*.md", "changelog.d/*.md", "bench/*.md", "docs/**/*.md")
    for page in ROOT.glob(pattern)
)
EXECUTED = [ROOT / "README.md", DOCS / "tutorial.md"]
TWO_COMMANDS = (
    "pip install uv && uv run jukushi why kantokuen",
    "pip install uv && uv run pytest",
)
#: Written in pieces, so that this file does not hold what it forbids.
REGISTRIES = [
    ".".join(parts)
    for parts in (
        ("pypi", "org"),
        ("files", "pythonhosted"),
        ("registry", "npmjs"),
        ("deb", "debian", "org"),
    )
]
PLACES = ["/".join(("", "work", "")), "/".join(("", "tmp", "jc"))]

_FENCE = re.compile(r"^```(\w*)([^\n]*)\n(.*?)^```\s*$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_SPAN = re.compile(r"`((?:uv run )?jukushi [^`]+)`")

every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def fences(page: Path) -> list[tuple[str, str, str]]:
    """Return (language, rest of the opening line, text) of every fenced block."""
    return [
        (match[1], match[2].strip(), match[3])
        for match in _FENCE.finditer(page.read_text(encoding="utf-8"))
    ]


def prose(page: Path) -> str:
    """Return a page without its fenced blocks."""
    return _FENCE.sub("", page.read_text(encoding="utf-8"))


def commands(page: Path) -> Iterator[list[str]]:
    """Yield the words after ``jukushi`` of every example on a page."""
    lines = [
        line
        for language, _, text in fences(page)
        if language in ("sh", "console", "bash")
        for line in text.splitlines()
    ]
    for line in [*lines, *_SPAN.findall(prose(page))]:
        lexer = shlex.shlex(line, posix=True, punctuation_chars=True)
        lexer.whitespace_split = True
        words: list[str] = []
        for word in [*lexer, ";"]:
            if set(word) <= set("&|;<>()"):
                if words[:2] == ["uv", "run"]:
                    words = words[2:]
                if words[:1] == ["jukushi"]:
                    yield words[1:]
                words = []
            else:
                words.append(word)


def parse(words: list[str]) -> None:
    """Parse a command without running it; an assertion says what the command line would."""
    group = typer.main.get_command(app)
    if words[0] in ("--help", "..."):
        return
    command = group.commands.get(words[0])  # type: ignore[attr-defined]
    assert command is not None, f"there is no command {words[0]!r}"
    options = {name for item in command.params for name in (*item.opts, *item.secondary_opts)}
    options |= {"-h", "--help"}
    for word in words[1:]:
        if word.startswith("-"):
            assert word.split("=")[0] in options, f"{words[0]} has no option {word}"
    if any(word.isupper() or word == "..." for word in words[1:]) or len(words) == 1:
        return  # a mention, or a pattern with places to fill in
    try:
        command.make_context("jukushi", list(words[1:]))
    except Exception as error:
        said = getattr(error, "format_message", None)
        if said is None:
            raise
        raise AssertionError(f"jukushi {shlex.join(words)}: {said()}") from error


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder to work in and a cache of studies of its own, so that nothing else is touched."""
    folder = tmp_path_factory.mktemp("documents")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("JUKUSHI_CACHE", str(folder / "cache"))
        patch.chdir(folder)
        yield folder


@pytest.fixture(scope="module")
def why_answer(workshop: Path) -> dict[str, Any]:
    """A small answer of `why`, as JSON gives it."""
    answer: dict[str, Any] = without_nan(jukushi.load("kantokuen").why(histories=HISTORIES))
    return json.loads(json.dumps(answer, allow_nan=False))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def run_answer(workshop: Path) -> dict[str, Any]:
    """A small answer of `run`, as JSON gives it."""
    answer: dict[str, Any] = without_nan(jukushi.load("kantokuen").run(histories=HISTORIES))
    return json.loads(json.dumps(answer, allow_nan=False))  # type: ignore[no-any-return]


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads((DOCS / "formats" / name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


# Examples


@pytest.mark.parametrize("page", EXECUTED, ids=lambda page: page.name)
def test_python_blocks_run(page: Path, workshop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blocks = [
        text for language, rest, text in fences(page) if (language, rest) == ("python", "run")
    ]
    assert blocks, "no block is marked to be run"
    names: dict[str, Any] = {}
    for text in blocks:
        exec(compile(text, str(page), "exec"), names)
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("page", EXECUTED, ids=lambda page: page.name)
def test_every_python_block_is_marked(page: Path) -> None:
    marks = [rest for language, rest, _ in fences(page) if language == "python"]
    assert marks == ["run"] * len(marks)


@every_page
def test_commands_exist(page: Path) -> None:
    for words in commands(page):
        parse(words)


def test_documents_hold_commands() -> None:
    assert len(list(commands(DOCS / "tutorial.md"))) > 12


@pytest.mark.parametrize(
    "words",
    [
        ["wyh", "kantokuen"],
        ["why", "kantokuen", "--historeis", "2560"],
        ["why", "kantokuen", "--histories", "many"],
        ["replay", "kantokuen"],
    ],
)
def test_a_wrong_command_would_be_found(words: list[str]) -> None:
    with pytest.raises(AssertionError):
        parse(words)


def test_the_tutorial_builds_a_case(workshop: Path) -> None:
    assert run_command(["new", "my-case"]) == 0
    assert run_command(["check", "my-case"]) == 0
    rules = workshop / "my-case" / "doctrines.yaml"
    text = rules.read_text(encoding="utf-8")
    assert "resolve" in text
    rules.write_text(text.replace("resolve", "resolv"), encoding="utf-8")
    assert run_command(["check", "my-case"]) == 4


# The README


@pytest.mark.parametrize("command", TWO_COMMANDS)
def test_readme_has_the_two_commands(command: str) -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"```sh\n{command}\n```" in text


def test_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


def test_picture_is_drawn_from_an_answer(why_answer: dict[str, Any]) -> None:
    drawn = runpy.run_path(str(DOCS / "make_picture.py"))["picture"](why_answer)
    for factor in why_answer["factors"]:
        assert f">{escape(factor['title']['en'], quote=False)}<" in drawn
    assert drawn.count('class="line"') == len(why_answer["factors"])
    assert "prefers-color-scheme: dark" in drawn


def test_picture_refers_to_nothing_outside() -> None:
    text = (DOCS / "why.svg").read_text(encoding="utf-8")
    assert not re.search(r"href|url\(|@import|<image|<script", text)
    assert text.count("http") == 1  # the name of the SVG format itself


# Links


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as code hosts make them."""
    found = set()
    for line in _FENCE.sub("", page.read_text(encoding="utf-8")).splitlines():
        if line.startswith("#"):
            title = re.sub(r"[^\w\- ]", "", line.lstrip("#").strip().lower())
            found.add(title.replace(" ", "-"))
    return found


@every_page
def test_links_resolve(page: Path) -> None:
    for target in _LINK.findall(prose(page)):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{target} leads nowhere"
        if anchor:
            assert anchor in anchors(file), f"{target}: there is no such heading"


def test_justfile_runs_files_that_exist() -> None:
    text = (ROOT / "justfile").read_text(encoding="utf-8")
    for name in re.findall(r"\b[\w/]+\.(?:py|svg)\b", text):
        assert (ROOT / name).is_file(), name


# Formats


def test_why_answers_by_its_schema(why_answer: dict[str, Any]) -> None:
    validator("why.schema.json").validate(why_answer)


def test_run_answers_by_its_schema(run_answer: dict[str, Any]) -> None:
    validator("run.schema.json").validate(run_answer)


def _broken(answer: dict[str, Any], path: list[Any], value: Any) -> dict[str, Any]:
    """Return a copy with one value replaced, or removed if it is ``...``."""
    copy = deepcopy(answer)
    place: Any = copy
    for key in path[:-1]:
        place = place[key]
    if value is ...:
        del place[path[-1]]
    else:
        place[path[-1]] = value
    return copy


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["probability", "estimate"], 1.2),
        (["probability", "estimate"], None),
        (["probability", "ignorance"], ...),
        (["locks", 0, "closed", "sampling"], [0.1]),
        (["factors", 0, "shapley_se"], None),
        (["factors", 0, "rewrite"], "huge"),
        (["structures", 0, "probability", "sampling"], ...),
        (["do"], ...),
        (["do"], ["attack@1941"]),
        (["surprise"], 1),
    ],
)
def test_schema_of_why_refuses(why_answer: dict[str, Any], path: list[Any], value: Any) -> None:
    assert not validator("why.schema.json").is_valid(_broken(why_answer, path, value))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["outcomes", 0, "probability", "estimate"], -0.1),
        (["outcomes", 0, "probability", "sampling"], ...),
        (["outcomes", 0, "happened"], None),
        (["do"], ...),
        (["do"], "attack@1941-08-29"),
        (["surprise"], 1),
    ],
)
def test_schema_of_run_refuses(run_answer: dict[str, Any], path: list[Any], value: Any) -> None:
    assert not validator("run.schema.json").is_valid(_broken(run_answer, path, value))


@pytest.mark.parametrize("name", ["why", "run"])
def test_page_names_every_key_of_its_schema(name: str) -> None:
    page = (DOCS / "formats" / f"{name}.md").read_text(encoding="utf-8")
    for key in validator(f"{name}.schema.json").schema["properties"]:
        assert f"`{key}`" in page, key


def test_page_of_a_study_names_every_column_and_key() -> None:
    page = (DOCS / "formats" / "study.md").read_text(encoding="utf-8")
    for name in ("history", "worlds", *(OUTCOME.names or ()), *Plan.__dataclass_fields__):
        assert f"`{name}`" in page, name


def test_page_of_errors_names_every_error_and_code() -> None:
    page = (DOCS / "formats" / "errors.md").read_text(encoding="utf-8")
    rows = {
        int(match[1]): match[0] for match in re.finditer(r"^\| (\d+) \|.*$", page, re.MULTILINE)
    }
    assert set(rows) == {0, 1, 2, 3, 4, 130}
    for name in errors.__all__:
        error = getattr(errors, name)
        if isinstance(error, type) and issubclass(error, errors.JukushiError):
            assert f"`{name}`" in rows[error.exit_code], name


def test_error_as_json_has_the_keys_of_its_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["check", "kantokuem", "--json"]) == 2
    told = json.loads(capsys.readouterr().out)
    page = (DOCS / "formats" / "errors.md").read_text(encoding="utf-8")
    assert told["schema"] == "jukushi.error/1"
    for key in told:
        assert f"`{key}`" in page, key


# The repository


def repository_files() -> list[Path]:
    """Return every file that is, or would be, in the repository."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout")
    names = [name for name in listed.decode().split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


def test_no_file_names_a_registry_or_a_machine() -> None:
    found = []
    for file in repository_files():
        text = file.read_bytes().decode("utf-8", errors="ignore")
        found += [(file.name, word) for word in [*REGISTRIES, *PLACES] if word in text]
    assert not found


def test_pins_are_the_same_twice() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pins = project["tool"]["uv"]["constraint-dependencies"]
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    repeated = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    assert sorted(repeated) == sorted(pins)
    assert all("==" in pin for pin in pins)


if __name__ == "__main__":
    sys.exit(pytest.main([__file__]))
