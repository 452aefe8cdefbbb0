"""The results folder: file names, formats, reading, writing and validation are here and nowhere else.

A run folder holds `run.json`, an append-only `records.jsonl`, and the small `scores.csv` that is committed;
`mmeval.store.layout` has the names and places of everything.
"""

from mmeval.store.adopt import adopt
from mmeval.store.atomic import replacing, write_atomic
from mmeval.store.generated import save_media
from mmeval.store.info import (
    SCHEMA,
    Bounds,
    Measures,
    Number,
    RunInfo,
    RunStatus,
    Spec,
    Summary,
    Totals,
    canonical,
)
from mmeval.store.labelled import Labelled, agreement_of, read_labelled, write_labelled
from mmeval.store.layout import (
    SAMPLES,
    Files,
    benchmark_folder,
    run_path,
    samples_path,
    slug,
    thumbnail_path,
    unpublished,
)
from mmeval.store.lines import (
    COLUMNS,
    WAY_OUT,
    ScoreRow,
    StoredPart,
    StoredSample,
    dump_line,
    dump_record,
    dump_reply,
    dump_sample,
    load_record,
    read_journal,
    read_records,
    read_samples,
    read_scores,
    write_journal,
    write_scores,
)
from mmeval.store.runs import (
    DamagedError,
    Problem,
    Run,
    asking_order,
    copy_run,
    is_run,
    list_runs,
    read_measures,
    read_run,
    write_info,
)
from mmeval.store.statuses import COVERAGE, OPEN, REFUSALS, UNMEASURED, counted
from mmeval.store.verified import (
    Mark,
    Verdict,
    Verification,
    bound_files,
    file_sha256,
    mark,
    read_verification,
    write_verification,
)

__all__ = [
    "COLUMNS", "COVERAGE", "OPEN", "REFUSALS", "SAMPLES", "SCHEMA", "UNMEASURED", "WAY_OUT", "Bounds",
    "DamagedError", "Files", "Labelled", "Mark", "Measures", "Number", "Problem", "Run", "RunInfo", "RunStatus",
    "ScoreRow", "Spec", "StoredPart", "StoredSample", "Summary", "Totals", "Verdict", "Verification", "adopt",
    "agreement_of", "asking_order", "benchmark_folder", "bound_files", "canonical", "copy_run", "counted",
    "dump_line", "dump_record", "dump_reply", "dump_sample", "file_sha256", "is_run", "list_runs",
    "load_record", "mark", "read_journal", "read_labelled", "read_measures", "read_records", "read_run",
    "read_samples", "read_scores", "read_verification", "replacing", "run_path", "samples_path", "save_media",
    "slug", "thumbnail_path", "unpublished", "write_atomic", "write_info", "write_journal", "write_labelled",
    "write_scores", "write_verification",
]  # fmt: skip
