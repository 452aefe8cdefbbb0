"""What a checkpoint consists of, read from its configuration and file headers: no weights are loaded."""

from mmeval.anatomy.checkpoint import Checkpoint, opened
from mmeval.anatomy.description import PRECISIONS, Description, describe
from mmeval.anatomy.parts import PARTS, part_of

__all__ = ["PARTS", "PRECISIONS", "Checkpoint", "Description", "describe", "opened", "part_of"]
