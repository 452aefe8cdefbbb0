"""Run docs/python.ipynb in a kernel and store its outputs: `python -m scripts.notebook`."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient

FILE = Path(__file__).parent.parent / "docs" / "python.ipynb"


def main() -> None:
    notebook = nbformat.read(FILE, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["MMEVAL_CACHE"] = f"{folder}/cache.sqlite"
        NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}}).execute()
    for number, cell in enumerate(notebook.cells, 1):
        cell.id = f"cell-{number}"
        cell.metadata.clear()
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if output.output_type == "execute_result"]
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(notebook, FILE)


if __name__ == "__main__":
    main()
