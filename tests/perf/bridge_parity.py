"""Our scores and those of lmms-eval for the same replies, on the twins of the data sets.

    python -m tests.perf.bridge_parity

Needs `mmeval bridge lmms install`. Each right answer is written in ten ways that models use; each reply is scored by our
default profile, by our profile in lmms-eval's way where there is one, and by the task's own code through the bridge.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from datasets import Dataset, Features, disable_progress_bars
from pyarrow import ArrowException

from mmeval import Benchmark, Reply, Sample
from mmeval.bridge.child import Child, TaskError
from mmeval.bridge.install import python
from mmeval.catalog import Catalog
from mmeval.errors import MMEvalError
from tests.benchmarks import test_clips, test_twins
from tests.benchmarks.twin import Twin, pic

TASKS = {
    "vqav2": "vqav2_val", "textvqa": "textvqa_val", "okvqa": "ok_vqa_val2014", "vizwiz": "vizwiz_vqa_val",
    "chartqa": "chartqa", "docvqa": "docvqa_val", "infovqa": "infovqa_val", "pope": "pope", "mme": "mme",
    "scienceqa_img": "scienceqa_img", "mmstar": "mmstar", "realworldqa": "realworldqa", "seedbench_img": "seedbench",
    "ocrbench": "ocrbench", "mmmu_val": "mmmu_val", "blink": "blink_counting", "mmvp": "mmvp",
    "muirbench": "muirbench", "ai2d": "ai2d", "chartqapro": "chartqapro",
    "countbenchqa": "countbenchqa", "crpe": "crpe_relation", "cvbench": "cv_bench",
    "embspatial": "embspatial", "erqa": "erqa", "geometry3k": "geometry3k", "mathvision": "mathvision_test",
    "kaleidoscope": "kaleidoscope_direct", "mindcube": "mindcube_full", "mme_realworld": "mmerealworld",
    "mmmu_pro_standard": "mmmu_pro_standard", "mmmu_pro_vision": "mmmu_pro_vision", "mmsi": "mmsi_bench",
    "pixmocount": "pixmo_count", "seedbench_2_plus": "seedbench_2_plus",
    "vlmsarebiased": "vlms_are_biased", "vlmsareblind": "vlmsareblind", "vstar": "vstar_bench_direct_attributes",
    "ocrbench_v2": "ocrbench_v2", "refcoco": "refcoco_bbox_val", "screenspot_v2": "screenspot_v2",
    "osworld_g": "osworld_g", "ccocr": "cc_ocr_multi_scene_ocr", "mvbench": "mvbench_action_antonym",
    "tomato": "tomato", "lvbench": "lvbench", "video_mme": "videomme", "egoschema": "egoschema_subset",
    "perceptiontest": "perceptiontest_val_mc", "mlvu": "mlvu_dev",
}  # fmt: skip
TWINS = test_twins.TWINS | test_clips.TWINS
TASKS_OF = {"mvbench": "action_antonym", "blink": "Counting"}
MORE = {"image": pic(1), "split": "val"}
"""What a row has where its source says it, and not its columns."""
FORMS = (
    "{0}", "{0}.", "({0})", "The answer is {0}.", "**{0}**", "Answer: {0}", "I think it is {0}.", "{0} or zebra",
    "zebra", "",
)  # fmt: skip


def told(sample: Sample) -> list[str]:
    """The right answer in every form."""
    target: Any = sample.target
    while isinstance(target, list | dict):
        target = next(iter(target.values() if isinstance(target, dict) else target), "")
    return [form.format(target) for form in FORMS]


def ours(benchmark: Benchmark, sample: Sample, reply: str, profile: str) -> float:
    """Our score."""
    return benchmark.score.rule(profile)(sample, Reply(text=reply, finish="stop")).value  # type: ignore[operator, union-attr]


def compared(name: str, task: str, room: Path) -> str:
    """A line of the table."""
    benchmark, twin = Catalog().benchmark(name), TWINS[name]
    rules = {name: rule for name, rule in benchmark.score.rules.items() if callable(rule)}  # without those of judges
    child = Child(python(), [{"op": "about", "task": task}, {"op": "open", **placed(twin, room / f"{name}.parquet")}])
    profiles = [benchmark.profile if benchmark.profile in rules else "mmeval"]
    profiles += [one for one in rules if one.startswith("lmms")][:1]
    same, total, differ = [0] * len(profiles), 0, dict[str, None]()
    try:
        if child.ask({"op": "count"}, seconds=60)["rows"] != len(twin.rows):
            return f"| `{name}` | `{task}` | | | it drops rows, so that they cannot be told apart |"
        for index, row in enumerate(twin.rows):
            whole = {column: row.get(column) for column in twin.columns}
            sample = benchmark.to_sample(
                {**MORE, "task": TASKS_OF.get(name, ""), "row": index, "folder": str(room), **whole}
            )
            for reply in told(sample) if sample else ():
                theirs = child.ask({"op": "score", "index": index, "reply": reply}, seconds=30)["value"]
                scores = [ours(benchmark, sample, reply, profile) for profile in profiles]
                same = [n + (abs(score - theirs) < 0.005) for n, score in zip(same, scores, strict=True)]
                total += 1
                if abs(scores[-1] - theirs) >= 0.005 or abs(scores[0] - theirs) >= 0.005:
                    differ[
                        f"`{' '.join(reply.split())}` {' '.join(f'{score:.3g}' for score in scores)} / {theirs:.3g}"
                    ] = None
    except TaskError as error:
        return f"| `{name}` | `{task}` | | | {str(error)[:90]} |"
    finally:
        child.close()
    second = f"{same[1]} of {total}" if len(same) > 1 else ""
    return f"| `{name}` | `{task}` | {same[0]} of {total} | {second} | {'; '.join(list(differ)[:3])} |"


def placed(twin: Twin, file: Path) -> dict[str, Any]:
    """The rows of a twin as a file that the bridge opens."""
    rows = [{name: row.get(name) for name in twin.columns} for row in twin.rows]
    Dataset.from_list(rows, features=Features(twin.columns)).to_parquet(file)
    return {"files": [str(file)], "format": "parquet", "split": "test"}


def main() -> None:
    disable_progress_bars()
    print("| ours | theirs | equal | equal, our lmms profile | first differences (reply, ours / theirs) |")
    print("| --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as room:
        for name, task in TASKS.items():
            try:
                print(compared(name, task, Path(room)), flush=True)
            except (ArithmeticError, LookupError, TypeError, ValueError, ArrowException, MMEvalError) as error:
                print(f"| `{name}` | `{task}` | | | twin: {type(error).__name__}: {str(error)[:80]} |", flush=True)


if __name__ == "__main__":
    main()
