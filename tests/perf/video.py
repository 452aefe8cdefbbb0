"""200 questions about 70 films against a loopback server, beside a plain loop that decodes them.

    python -m tests.perf.video [--questions 200 --clips 70 --seconds 20 --in-flight 32 --repeat 3]

The floor is a plain PyAV loop in as many processes as there are cores: it decodes each film once, and writes the frames
that the policy takes as JPEG. It does not jump from key frame to key frame, as mmeval does, so that less than 1 is
possible. Both use the same cores, and take turns. A run is measured from its first
request to its last answer, and the time of the first film is added, which is decoded before; `run s` is the whole
process. `decoded` counts the films that workers have decoded: one per film and policy, whatever the number of questions.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from tests.perf.measuring import CORES, KEYS, ROOT, provider, stats

FRAMES, FPS, SIZE = 16, 24, (640, 360)


def films(folder: Path, clips: int, seconds: int) -> list[Path]:
    """Films of moving noise, as hard to decode as real ones."""
    import numpy as np
    from PIL import Image

    from mmeval import animate

    made = []
    for number in range(clips):
        path = folder / f"film{number:03d}.mp4"
        noise = np.random.default_rng(number).integers(
            0, 255, (SIZE[1] // 8, SIZE[0] // 8 + seconds * FPS, 3), np.uint8
        )
        frames = (
            Image.fromarray(noise[:, i : i + SIZE[0] // 8]).resize(SIZE, Image.Resampling.BILINEAR)
            for i in range(seconds * FPS)
        )
        path.write_bytes(animate.film(frames, fps=FPS, keys=48))
        made.append(path)
    return made


def plain(path: str) -> int:
    """Decode the frames of one film, and write them as JPEG; the number of frames."""
    import av

    with tempfile.TemporaryDirectory() as out, av.open(path) as film:
        stream = film.streams.video[0]
        stream.codec_context.thread_count = 1
        count = stream.frames
        wanted = {(2 * i + 1) * count // (2 * FRAMES) for i in range(FRAMES)}
        for number, frame in enumerate(film.decode(stream)):
            if number in wanted:
                frame.to_image().save(f"{out}/{number}.jpg", "JPEG", quality=92)
        return len(wanted)


def floor(paths: list[Path]) -> float:
    """Seconds of the plain loop, its processes being there already."""
    with ProcessPoolExecutor(len(CORES), mp_context=get_context("spawn")) as pool:
        list(pool.map(plain, map(str, paths[: len(CORES)])))
        begin = time.monotonic()
        assert sum(pool.map(plain, map(str, paths))) == FRAMES * len(paths)
        return time.monotonic() - begin


def memory(pid: int) -> int:
    """Bytes that a process and its children hold together."""
    command = ["ps", "-o", "rss=", "--pid", str(pid), "--ppid", str(pid)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    return sum(1024 * int(one) for one in told.split())


def ours(data: Path, url: str, home: Path, in_flight: int) -> tuple[float, float, float, dict[str, Any]]:
    """Seconds of the whole process and from its first request to its last answer, peak MB, and run.json."""
    stats(url)
    command = [
        sys.executable, "-m", "mmeval", "run", str(data), "-m", "openai/m", "-o", f"base_url={url}/v1", "--video", f"frames={FRAMES}",
        "--concurrency", str(in_flight), "--results", str(home / "results"), "--cache", "off",
    ]  # fmt: skip
    env = {**os.environ, **KEYS, "MMEVAL_MEDIA": str(home / "media")}
    peaks = [0]
    begin = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ended = threading.Event()

    def watch() -> None:
        while not ended.wait(0.1):
            peaks.append(memory(process.pid))

    watching = threading.Thread(target=watch)
    watching.start()
    _, said = process.communicate()
    wall = time.monotonic() - begin
    ended.set()
    watching.join()
    if process.returncode:
        raise SystemExit(said.decode())
    run = json.loads(next((home / "results").glob("openai__m/*/*/run.json")).read_text())
    seen = stats(url)
    return wall, seen["last"] - seen["first"], max(peaks) / 1e6, run


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--clips", type=int, default=70)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--delay", type=float, default=0.2)
    parser.add_argument("--repeat", type=int, default=3)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch, provider(given.delay) as url:
        home = Path(scratch)
        paths = films(home, given.clips, given.seconds)
        draw = random.Random(0)
        asked = [i % given.clips for i in range(given.questions)]
        draw.shuffle(asked)
        rows = [
            {"id": str(n), "video": paths[i].name, "question": f"What? {n}", "answer": "x"} for n, i in enumerate(asked)
        ]
        (home / "q.jsonl").write_text("\n".join(map(json.dumps, rows)))
        ratios = []
        print("floor s | run s | answering s | over floor | peak MB | decoded | clips")
        for turn in range(given.repeat):
            least = floor(paths)
            place = home / str(turn)
            place.mkdir()
            wall, answering, peak, run = ours(home / "q.jsonl", url, place, given.in_flight)
            assert run["counts"] == {"ok": given.questions}, run["counts"]
            media = run["provenance"]["media"]
            ratios.append(answering / least + len(CORES) / given.clips)
            print(
                f"{least:.1f} | {wall:.1f} | {answering:.1f} | {ratios[-1]:.2f} | {peak:.0f} | {media['decoded']} | {media['clips']}",
                flush=True,
            )
        print(f"median over floor: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
