"""Sources of rows: the Hugging Face hub, local files and generated sets. Sources are pinned and stream their rows.

A row is a mapping. Images stay encoded, as `{"bytes", "path"}` mappings.
"""

from mmeval.data.ablate import Ablation, ablate
from mmeval.data.archives import unpacked
from mmeval.data.combined import chained, each, gathered, joined, zipped
from mmeval.data.families import mme_realworld
from mmeval.data.files import csv, jsonl, parquet, tsv
from mmeval.data.generated import Make, generated
from mmeval.data.hub import hub
from mmeval.data.matrices import matrices
from mmeval.data.pins import pinned
from mmeval.data.questions import from_file
from mmeval.data.remote import annotated, supplied, vlmevalkit
from mmeval.data.rows import (
    beside,
    film,
    lettered,
    picture,
    pictures,
    placed,
    present,
    recording,
    seen,
    size,
    sound,
    spelled,
    spoken,
    still,
    stills,
    tags,
    vlmevalkit_sample,
)
from mmeval.data.samples import samples
from mmeval.data.variants import Variant, varied
from mmeval.data.videomme import video_mme, video_mme_v2

__all__ = [
    "Ablation", "Make", "Variant", "ablate", "annotated", "beside", "chained", "csv", "each", "film", "from_file",
    "gathered", "generated", "hub", "joined", "jsonl", "lettered", "matrices", "mme_realworld", "parquet", "picture",
    "pictures",
    "pinned", "placed", "present", "recording", "samples", "seen", "size", "sound", "spelled", "spoken", "still",
    "stills", "supplied", "tags", "tsv", "unpacked", "varied", "video_mme", "video_mme_v2", "vlmevalkit",
    "vlmevalkit_sample", "zipped",
]  # fmt: skip
