"""How large a base install is and how fast the command line starts: `python -m tests.perf.install_size`.

Builds a virtual environment with the base install alone (no torch, no SDK) and measures it.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
RUNS = 9


def megabytes(folder: Path) -> float:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file() and not file.is_symlink()) / 1e6


def milliseconds(*command: str) -> float:
    """Median wall time of a command, without the interpreter's own start."""

    def once(words: tuple[str, ...]) -> float:
        start = time.perf_counter()
        subprocess.run(words, check=True, capture_output=True)
        return time.perf_counter() - start

    bare = statistics.median(once((command[0], "-c", "pass")) for _ in range(RUNS))
    return 1000 * (statistics.median(once(command) for _ in range(RUNS)) - bare)


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        venv.create(home, with_pip=True)
        python = str(Path(home) / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--constraint", str(ROOT / "constraints.txt"), str(ROOT)]
        subprocess.run(pip, check=True)
        site = next(Path(home).glob("lib/python*/site-packages"))
        print(f"base install      {megabytes(site):6.0f} MB in {site}")
        print(f"import mmeval     {milliseconds(python, '-c', 'import mmeval'):6.0f} ms over the bare interpreter")
        print(f"mmeval --help     {milliseconds(python, '-m', 'mmeval', '--help'):6.0f} ms over the bare interpreter")


if __name__ == "__main__":
    sys.exit(main())
