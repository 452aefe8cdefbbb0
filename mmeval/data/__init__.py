"""Where rows come from: the hub, local files and drawn sets; pinned, lazy, streaming.

A source yields rows as mappings. Pictures stay the bytes they came in, as `{"bytes", "path"}`
mappings that nobody has decoded.
"""

from mmeval.data.ablate import Ablation, ablate
from mmeval.data.files import csv, jsonl, parquet, tsv
from mmeval.data.generated import Make, generated
from mmeval.data.hub import hub
from mmeval.data.samples import samples

__all__ = ["Ablation", "Make", "ablate", "csv", "generated", "hub", "jsonl", "parquet", "samples", "tsv"]
