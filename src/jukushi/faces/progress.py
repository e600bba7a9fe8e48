"""Progress on stderr: a bar where a person looks, the early answer that sharpens."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jukushi.errors import Interrupted
from jukushi.views.words import Words

__all__ = ["announce_compilation", "stepping", "watching", "without_nan"]


@contextmanager
def watching(words: Words, quiet: bool, out: Path | None, resume: bool) -> Iterator[Any]:
    """Yield the options of a study that reports to stderr.

    A bar is drawn only on a terminal; the one line about compilation is always written
    when the kernels are not yet compiled, since it explains a wait of half a minute.
    """
    if not quiet:
        announce_compilation()
    from jukushi.study.conduct import Options

    def say(text: str) -> None:
        print(text, file=sys.stderr)

    if quiet or not sys.stderr.isatty():
        yield Options(folder=out, resume=resume, say=say)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[early]}"),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        # How much there is to do is not known before the first part: no column may format it.
        task = bar.add_task(words("progress.running"), total=None, count="", early="")

        def progress(done: int, total: int, early: float) -> None:
            text = words("progress.early", percent=words.percent(early))
            count = f"{words.number(done)}/{words.number(total)}"
            bar.update(task, completed=done, total=total, count=count, early=text)

        yield Options(folder=out, resume=resume, say=say, progress=progress)


@contextmanager
def stepping(words: Words, section: str, quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """Yield what is told the name of a step and the share that is done; nothing is kept on Ctrl-C.

    Names of steps are the texts ``<section>.step_<name>``.
    """
    if not quiet:
        announce_compilation()
    try:
        if quiet or not sys.stderr.isatty():
            yield lambda _step, _share: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task(words("progress.running"), total=1.0)
            yield lambda step, share: bar.update(
                task, completed=share, description=words(f"{section}.step_{step}")
            )
    except KeyboardInterrupt:
        raise Interrupted("stopped; nothing is kept", hint="run the same command again") from None


def announce_compilation() -> None:
    """Say once why the first run waits."""
    from jukushi.kernel import CACHE_WAS_WARM, cache_folder

    if not CACHE_WAS_WARM:
        text = f"compiling the kernels, once (about half a minute); kept in {cache_folder()}"
        print(text, file=sys.stderr)


def without_nan(value: Any) -> Any:
    """Return an answer with undefined numbers as None, as JSON needs."""
    if isinstance(value, dict):
        return {key: without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [without_nan(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
