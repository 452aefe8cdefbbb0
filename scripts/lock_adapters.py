"""Write adapters/lock.json, by which adapters are compared: python -m scripts.lock_adapters.

It refuses unless the tests of the adapters pass, which hold what each one sends.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping

from mmeval.catalog import Catalog, bundled

LOCK = bundled() / "adapters" / "lock.json"
COMMAND = "python -m scripts.lock_adapters"
Lock = Mapping[str, Mapping[str, str]]
"""By adapter: `version`, `code` (digest of its code now) and `identity` (that when the version was first locked)."""


def read() -> Lock:
    lock: Lock = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def current(lock: Lock) -> Lock:
    """The lock of today's code; an adapter whose version did not change keeps its identity."""
    catalog = Catalog()
    now = {}
    for name, found in sorted(catalog.adapters().items()):
        version, code = catalog.adapter(name).capabilities.version, found.digest
        before = lock.get(name, {})
        identity = before["identity"] if before.get("version") == version else code
        now[name] = {"version": version, "code": code, "identity": identity}
    return now


def main() -> None:
    tests = ["-m", "pytest", "-q", "tests/adapters", "--ignore=tests/adapters/test_lock.py"]  # it asks for this
    if subprocess.run([sys.executable, *tests], check=False).returncode:
        sys.exit("the lock stays as it is: the tests of the adapters fail")
    LOCK.write_text(json.dumps(current(read()), indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
