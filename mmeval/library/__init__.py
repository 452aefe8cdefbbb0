"""mmeval from Python: what the command line does, as calls. The names are those of `import mmeval`."""

from mmeval.library.decisions import Comparison, Verdict, compare, gate
from mmeval.library.models import model
from mmeval.library.running import arun, run
from mmeval.library.runs import Runs, load

__all__ = ["Comparison", "Runs", "Verdict", "arun", "compare", "gate", "load", "model", "run"]
