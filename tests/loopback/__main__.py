"""The provider as a process of its own."""

from __future__ import annotations

import argparse
import threading

from tests.loopback.server import Faults, Provider


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--text", default="A", help="what the model always says")
    for name in ("rate-limit", "server", "hang", "reset", "malformed", "blank", "filtered", "length", "latency"):
        parser.add_argument(f"--{name}", type=float, default=0.0)
    parser.add_argument("--retry-after", type=float, default=1.0)
    parser.add_argument("--per-second", type=float)
    parser.add_argument("--hang-s", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    given = vars(parser.parse_args())
    port, text = given.pop("port"), given.pop("text")
    with Provider(faults=Faults(**given), say=lambda body, kind: text, port=port, keep=False) as provider:
        print(f"http://127.0.0.1:{provider.port}", flush=True)
        threading.Event().wait()


main()
