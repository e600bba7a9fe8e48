"""`python -m jukushi` and the `jukushi` command."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    from jukushi.faces.cli import run_command

    sys.exit(run_command(sys.argv[1:]))


if __name__ == "__main__":
    main()
