"""`python -m jukushi` and the `jukushi` command."""

from __future__ import annotations

import os
import sys


def main() -> None:
    """Run the command line."""
    from jukushi.faces.cli import run_command

    try:
        code = run_command(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:
        # Not an error of ours; what is still buffered must go nowhere when Python ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    sys.exit(code)


if __name__ == "__main__":
    main()
