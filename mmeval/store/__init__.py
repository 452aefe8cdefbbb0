"""The run folder: `run.json`, an append-only `records.jsonl`, and the small `scores.csv` that is committed.

results/<model>/<benchmark>@<version>[+<variant>]/<run>/{run.json, records.jsonl, scores.csv}
results/_samples/<benchmark>@<version>[+<variant>]/<digest>.jsonl   prompts by sample, shared by all models
results/_samples/<benchmark>@<version>[+<variant>]/thumbs/<sha256>.webp
results/<model>/.../<run>/media/<sha256>.<ext>   what the model made
"""

from mmeval.store.adopt import adopt
from mmeval.store.generated import save_media
from mmeval.store.info import SCHEMA, Number, RunInfo, RunStatus, Spec, Totals, canonical
from mmeval.store.lines import (
    COLUMNS,
    ScoreRow,
    StoredPart,
    StoredSample,
    dump_record,
    dump_reply,
    dump_sample,
    load_record,
    read_records,
    read_samples,
    read_scores,
    write_scores,
)
from mmeval.store.runs import (
    Problem,
    Run,
    asking_order,
    benchmark_folder,
    list_runs,
    read_run,
    replacing,
    run_path,
    samples_path,
    slug,
    thumbnail_path,
    write_atomic,
    write_info,
)

__all__ = [
    "COLUMNS",
    "SCHEMA",
    "Number",
    "Problem",
    "Run",
    "RunInfo",
    "RunStatus",
    "ScoreRow",
    "Spec",
    "StoredPart",
    "StoredSample",
    "Totals",
    "adopt",
    "asking_order",
    "benchmark_folder",
    "canonical",
    "dump_record",
    "dump_reply",
    "dump_sample",
    "list_runs",
    "load_record",
    "read_records",
    "read_run",
    "read_samples",
    "read_scores",
    "replacing",
    "run_path",
    "samples_path",
    "save_media",
    "slug",
    "thumbnail_path",
    "write_atomic",
    "write_info",
    "write_scores",
]  # fmt: skip
