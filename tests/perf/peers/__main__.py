"""What a run costs with other harnesses, beside ours and the floor, in one session.

    python -m tests.perf.peers                                   # all of them at 32, 128 and 512 in flight
    python -m tests.perf.peers --peer inspect helm --in-flight 128 --repeat 3
    python -m tests.perf.peers --kill --in-flight 32 --repeat 3  # kill -9 half-way, then each tool's own resume

Each peer gets an environment of its own under --venvs, pinned, the first time. It reads the same 2,000 questions with
the same JPEG files in the form that it likes best, and its own command line asks our loopback provider. How each is
set is said in its file here. Nothing of a peer is patched.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.perf.drawn import parquet
from tests.perf.measuring import HEAD, Command, Failed, Measured, floor, measure, median, ours, provider
from tests.perf.peers import evalscope_peer, helm_peer, inspect_peer, lm_eval_peer, lmms_peer
from tests.perf.peers.killed import HEAD_KILLED, killed
from tests.perf.peers.peer import Job, Peer, installed, prepared

PEERS = {one.PEER.name: one.PEER for one in (inspect_peer, evalscope_peer, helm_peer, lmms_peer, lm_eval_peer)}
Make = Callable[[Path, int], Command]


@dataclass(frozen=True)
class Program:
    """From an empty folder and the requests in flight to a command; None where it cannot resume."""

    start: Make
    resume: Make | None


def main() -> None:
    given = arguments()
    data = parquet(given.data / f"{given.n}.parquet", given.n)
    print("left out: VLMEvalKit: it is not on PyPI")
    with provider(given.delay, *["--tell"] * given.kill) as url:
        programs = dict(programs_of(given, data, url))
        print(f"in flight | program | {HEAD_KILLED if given.kill else HEAD + ' | CPU over floor'}")
        for in_flight in given.in_flight:
            (crashed if given.kill else timed)(programs, in_flight, given, url)


def arguments() -> argparse.Namespace:
    scratch = Path(tempfile.gettempdir())
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peer", nargs="*", choices=tuple(PEERS), default=list(PEERS))
    parser.add_argument("--in-flight", nargs="+", type=int, default=[32, 128, 512])
    parser.add_argument("--n", type=int, default=2000)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--kill", action="store_true", help="kill -9 half-way and resume instead of timing")
    parser.add_argument("--data", type=absolute, default=scratch / "mmeval-perf")
    parser.add_argument("--venvs", type=absolute, default=scratch / "mmeval-peers")
    return parser.parse_args()


def absolute(path: str) -> Path:
    """The peers run in folders of their own."""
    return Path(path).resolve()


def programs_of(given: argparse.Namespace, data: Path, url: str) -> Iterator[tuple[str, Program]]:
    def whole(run: Path, in_flight: int) -> Command:
        return ours("openai/m", f"{url}/v1", data, in_flight, run)

    yield "floor", Program(lambda run, in_flight: floor("openai", url, data, in_flight, run), None)
    yield "mmeval", Program(whole, whole)
    for name in given.peer:
        try:
            yield name, program_of(PEERS[name], given, data, url)
        except Failed as problem:
            print(f"left out: {name}: {problem}")


def program_of(peer: Peer, given: argparse.Namespace, data: Path, url: str) -> Program:
    at = installed(peer, given.venvs)
    questions = prepared(peer, data, given.data / f"{peer.name}-{given.n}", at)

    def job(run: Path, in_flight: int) -> Job:
        return Job(
            bin=at, file=data, data=questions, run=run, url=url, in_flight=in_flight, n=given.n, resumable=given.kill
        )

    return Program(lambda run, k: peer.run(job(run, k)), lambda run, k: peer.resume(job(run, k)))


def timed(programs: dict[str, Program], in_flight: int, given: argparse.Namespace, url: str) -> None:
    ideal, least = max(given.n * given.delay / in_flight, given.delay), None
    for name, program in programs.items():
        with failing(name, in_flight):
            found = median([once(program, in_flight, given, url, ideal, name) for _ in range(given.repeat)])
            least = least or found.cpu_ms  # the floor is the first
            print(f"{in_flight} | {name} | {found} | {found.cpu_ms / least:.1f}", flush=True)


def once(program: Program, in_flight: int, given: argparse.Namespace, url: str, ideal: float, name: str) -> Measured:
    with tempfile.TemporaryDirectory() as run:
        command = program.start(Path(run), in_flight)
        return measure(command, url, n=given.n, ideal=ideal, log=given.data / f"{name}.log")


def crashed(programs: dict[str, Program], in_flight: int, given: argparse.Namespace, url: str) -> None:
    """Each repeat is a row: answers come in bursts one delay apart, and the repeats are killed evenly between two."""
    for name, program in programs.items():
        if program.resume is None:
            continue
        for repeat in range(given.repeat):
            with failing(name, in_flight), tempfile.TemporaryDirectory() as run:
                again, log = partial(program.resume, Path(run), in_flight), given.data / f"{name}.log"
                after = given.delay * (repeat + 0.5) / given.repeat
                row = killed(program.start(Path(run), in_flight), again, url, given.n, after=after, log=log)
                print(f"{in_flight} | {name} | {row}", flush=True)


@contextmanager
def failing(name: str, in_flight: int) -> Iterator[None]:
    """A program that fails is a line of its own and does not end the others."""
    try:
        yield
    except Failed as problem:
        print(f"{in_flight} | {name} | failed: {problem}", flush=True)


if __name__ == "__main__":
    main()
