"""The command line. Stdout holds the answer, stderr everything else.

Exit codes: 0 answered; 1 ran but failed; 2 wrong usage; 3 a threshold asked for with
--fail-if was crossed; 4 a bad case or damaged data; 130 interrupted.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from jukushi.draws import DEFAULT_HISTORIES
from jukushi.errors import CaseError, Interrupted, JukushiError, UsageError
from jukushi.faces.cli_audit import register as register_audit
from jukushi.faces.cli_best import register as register_best
from jukushi.faces.cli_campaigns import Asked, answer_campaign
from jukushi.faces.cli_campaigns import register as register_campaigns
from jukushi.faces.cli_card import register as register_card
from jukushi.faces.cli_discover import register as register_discover
from jukushi.faces.cli_explain import register as register_explain
from jukushi.faces.cli_frontier import register as register_frontier
from jukushi.faces.cli_knowable import register as register_knowable
from jukushi.faces.cli_replay import register as register_replay
from jukushi.faces.cli_sensitivity import register as register_sensitivity
from jukushi.faces.cli_tip import register as register_tip
from jukushi.faces.cli_weigh import register as register_weigh
from jukushi.faces.cli_whatif import register as register_whatif
from jukushi.faces.knowledge import knowing, known_of
from jukushi.faces.knowledge import opened as opened_as_asked
from jukushi.faces.options import (
    Campaign,
    CaseArgument,
    Collapse,
    Do,
    FailIf,
    Json,
    Language,
    Maker,
    Out,
    Precision,
    Quiet,
    Resume,
    Seed,
    Threads,
)
from jukushi.faces.output import (
    pairs_of,
    precision_of,
    print_json,
    print_view,
    stop_if_crossed,
    threshold_of,
)

__all__ = ["app", "run_command"]

app = typer.Typer(
    name="jukushi",
    help="A laboratory for wars that did not happen.",
    epilog="Example: jukushi why kantokuen",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

_RESUME = "run the same command with --resume to go on"


def run_command(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; no traceback ever reaches the user.

    Raises
    ------
    BrokenPipeError
        If the reader of the output went away.
    """
    as_json = "--json" in arguments
    try:
        command = typer.main.get_command(app)
        code = command.main(list(arguments), prog_name="jukushi", standalone_mode=False)
        if code == Interrupted.exit_code:  # typer turns Ctrl-C into this code by itself
            return _interrupted(as_json)
        return code if isinstance(code, int) else 0
    except JukushiError as error:
        _complain(error, as_json)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted(as_json)
    except BrokenPipeError:
        raise  # the reader of our output went away: for the process to deal with
    except Exception as error:
        return _usage_or_bug(error, as_json)


def _interrupted(as_json: bool) -> int:
    told = Interrupted("stopped; the complete parts of the study are kept", hint=_RESUME)
    _complain(told, as_json)
    return Interrupted.exit_code


def _usage_or_bug(error: Exception, as_json: bool) -> int:
    """Typer's own usage errors carry a message and an exit code; anything else is a bug."""
    if type(error).__name__ == "Abort":
        return _interrupted(as_json)
    if type(error).__name__ == "Exit":
        return int(getattr(error, "exit_code", 0))
    if type(error).__name__ == "NoArgsIsHelpError":
        print(error, file=sys.stderr)
        return UsageError.exit_code
    message = getattr(error, "format_message", None)
    if callable(message):
        _complain(UsageError(str(message()), hint="jukushi --help"), as_json)
        return UsageError.exit_code
    if os.environ.get("JUKUSHI_TRACEBACK"):
        raise error
    told = JukushiError(
        f"something went wrong that should not: {type(error).__name__}: {error}",
        hint="run again with JUKUSHI_TRACEBACK=1 and report what it prints",
    )
    _complain(told, as_json)
    return 1


def _complain(error: JukushiError, as_json: bool) -> None:
    if as_json:
        problems = [str(problem) for problem in getattr(error, "problems", ())]
        told = {
            "schema": "jukushi.error/1",
            "error": error.message,
            "cause": error.cause,
            "hint": error.hint,
            "exit_code": error.exit_code,
        }
        if problems:
            told["problems"] = problems
        print(json.dumps(told, ensure_ascii=False, indent=1))
        return
    if isinstance(error, CaseError):
        for problem in error.problems:
            print(problem, file=sys.stderr)
    print(f"error: {error.message}", file=sys.stderr)
    if error.cause:
        print(f"cause: {error.cause}", file=sys.stderr)
    if error.hint:
        print(f"hint: {error.hint}", file=sys.stderr)


@app.command("cases")
def command_cases(as_json: Json = False, language: Language = "en") -> None:
    """List the cases that are here, with one line each."""
    from jukushi.case.load import list_cases
    from jukushi.views.words import Words
    from jukushi.world.vocabulary import open_case

    words = Words(language)
    found = [open_case(folder) for folder in list_cases()]
    if as_json:
        rows = [{"id": case.id, "title": case.header.title.model_dump()} for case in found]
        print_json({"schema": "jukushi.cases/1", "cases": rows})
        return
    for case in found:
        print(words("cases.line", id=case.id, title=case.header.title.to(language)))


@app.command("check")
def command_check(case: CaseArgument, as_json: Json = False) -> None:
    """Say what is wrong in a case, by file and line; nothing is run."""
    from jukushi.world.vocabulary import open_case

    try:
        checked = open_case(case)
    except CaseError as error:
        error.hint = ""  # it would name the command that has just been run
        raise
    if as_json:
        print_json({"schema": "jukushi.check/1", "case": checked.id, "problems": []})
        return
    print(f"{checked.id}: no problem found ({len(checked.parameters)} parameters)")


@app.command("show")
def command_show(
    case: CaseArgument,
    section: Annotated[
        str | None, typer.Option(help="One section: parameters, factors, tables ...")
    ] = None,
    as_json: Json = False,
    language: Language = "en",
) -> None:
    """Show a case in words: powers, plans, rules, numbers with sources and ranges."""
    from jukushi.views.show import show_data, show_lines
    from jukushi.views.words import Words
    from jukushi.world.vocabulary import open_case

    opened = open_case(case)
    if as_json:
        print_json(show_data(opened))
        return
    for line in show_lines(opened, Words(language), section):
        print(line)


@app.command("new")
def command_new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the new case folder.")],
) -> None:
    """Make a case folder to start from (a copy of kantokuen under another name)."""
    from jukushi.faces.new import new_case

    folder = new_case(name)
    print(f"{folder}: a case to start from; `jukushi check {folder}` says what is wrong in it")


@app.command("run")
@knowing
def command_run(
    case: CaseArgument,
    histories: Annotated[
        int | None,
        typer.Option(
            "--histories",
            "-n",
            min=1,
            max=100_000_000,
            help="How many (100,000; of a campaign 4,096).",
        ),
    ] = None,
    seed: Seed = 1,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
    outcome: Annotated[
        str | None, typer.Option(help="One outcome alone; needed for those on the map.")
    ] = None,
    do: Do = None,
    campaign: Campaign = None,
    fail_if: FailIf = None,
    precision: Precision = None,
) -> None:
    """Print odds and dates of every outcome, or what a campaign brings, with intervals."""
    if campaign is not None:
        refused = {
            "--out": out, "--resume": resume, "--decision-maker": decision_maker,
            "--collapse": collapse, "--outcome": outcome, "--do": do, "--precision": precision,
        }  # fmt: skip
        asked_for = Asked(case, campaign, seed, as_json, language, refused)
        answer_campaign(asked_for, histories, threads, quiet, fail_if)
        return
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    threshold, sharp = threshold_of(fail_if), precision_of(precision)
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.odds import odds

        answer = odds(
            opened, histories, seed, threads, decision_maker, collapse, options,
            outcome, do or (), sharp,
        )  # fmt: skip
    if as_json:
        print_json(answer)
    else:
        from jukushi.views.terminal import odds_view

        print_view(odds_view(answer, opened, words), known_of(answer, opened, words))
    asked = outcome or opened.header.defaults.outcome
    row = next(row for row in answer["outcomes"] if row["id"] == asked)
    stop_if_crossed(row["probability"]["estimate"], threshold)


@app.command("why")
@knowing
def command_why(
    case: CaseArgument,
    histories: Annotated[
        int | None,
        typer.Option(
            "--histories",
            "-n",
            min=1,
            max=100_000_000,
            help=f"How many ({DEFAULT_HISTORIES}; fewer for an outcome on the map).",
        ),
    ] = None,
    seed: Seed = 1,
    outcome: Annotated[str | None, typer.Option(help="Outcome asked about.")] = None,
    factors: Annotated[str | None, typer.Option(help="Factors, comma separated.")] = None,
    reading: Annotated[
        list[str] | None, typer.Option(help="factor=reading; may be given several times.")
    ] = None,
    do: Do = None,
    given: Annotated[
        list[str] | None, typer.Option(help="Refused: it would compare different survivors.")
    ] = None,
    compare: Annotated[bool, typer.Option(help="Full shares under every structure.")] = False,
    readings: Annotated[bool, typer.Option(help="Full shares under every reading.")] = False,
    as_json: Json = False,
    language: Language = "en",
    out: Out = None,
    resume: Resume = False,
    threads: Threads = None,
    quiet: Quiet = False,
    decision_maker: Maker = None,
    collapse: Collapse = None,
    fail_if: FailIf = None,
    precision: Precision = None,
) -> None:
    """Say why the war did not come: locks, factors with shares and errors, three histories."""
    from jukushi.faces.progress import watching
    from jukushi.views.words import Words

    words = Words(language)
    threshold, sharp = threshold_of(fail_if), precision_of(precision)
    opened = opened_as_asked(case)
    with watching(words, quiet, out, resume) as options:
        from jukushi.questions.interventions import refuse_given
        from jukushi.questions.why import Question, why

        refuse_given(given or [])
        question = Question(
            outcome, decision_maker, collapse,
            [name.strip() for name in factors.split(",") if name.strip()] if factors else None,
            pairs_of(reading or [], "="), histories, seed, threads, compare,
            readings, do or (), sharp,
        )  # fmt: skip
        answer = why(opened, question, options)
    if as_json:
        print_json(answer)
    else:
        from jukushi.views.stories import told_stories
        from jukushi.views.terminal import why_view

        print_view(
            why_view(answer, opened, words, told_stories(answer, opened, words)),
            known_of(answer, opened, words),
        )
    stop_if_crossed(answer["probability"]["estimate"], threshold)


register_replay(app)
register_campaigns(app)
register_whatif(app)
register_frontier(app)
register_tip(app)
register_sensitivity(app)
register_discover(app)
register_explain(app)
register_best(app)
register_audit(app)
register_knowable(app)
register_card(app)
register_weigh(app)
