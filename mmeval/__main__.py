"""The program `mmeval`, and `python -m mmeval`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line."""
    try:
        from mmeval.cli import main as run
    except KeyboardInterrupt:  # while modules load, before anything is asked
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
