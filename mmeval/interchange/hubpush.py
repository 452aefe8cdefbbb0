"""Upload runs to a data set of the Hugging Face hub, with their samples where the licence allows it.

Folders are those of a results folder, so a clone of the data set is one. The token is the one that `hf auth login` or
HF_TOKEN gives to huggingface_hub; it is never written, printed or taken from the command line.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmeval import store
from mmeval.errors import RunFailedError, UsageError
from mmeval.interchange.tables import write_parquet

CARD = """---
tags:
- mmeval
configs:
- config_name: samples
  data_files: results/*/*/*/samples.parquet
- config_name: scores
  data_files: results/*/*/*/scores.csv
---

# Results of mmeval

`results/` holds one folder per run: `run.json` (how it was made, and its numbers), `scores.csv` (one row per sample and
epoch), and `samples.parquet` (questions, targets and replies) where the licence of the data allows sharing them.
"""
"""The README of a new data set."""


@dataclass(frozen=True, slots=True)
class Upload:
    """What one run adds to the data set."""

    files: Mapping[str, Path]
    """Paths in the data set, and the files here."""
    withheld: str | None
    """Why the samples stay here; None if they are among the files."""


def prepare(
    run: store.Run, rows: Iterable[Mapping[str, Any]], columns: Sequence[str], folder: Path, *, shared: bool
) -> Upload:
    """The files of a run; its samples are written to a table in `folder`.

    Args:
        run: the run, with its scores checked.
        rows: its flat rows.
        columns: their names.
        folder: room for the table.
        shared: whether the licence of its data allows sharing them.
    """
    spec = run.info.spec
    place = f"results/{store.slug(spec.model)}/{store.benchmark_folder(spec)}/{run.spec_digest[:12]}"
    files = {f"{place}/run.json": run.files.info, f"{place}/scores.csv": run.files.scores}
    if not shared:
        return Upload(files, f"the licence of {spec.benchmark} is not known to allow sharing its samples")
    table = folder / f"{run.spec_digest}.parquet"
    write_parquet(table, rows, columns)
    return Upload({**files, f"{place}/samples.parquet": table}, None)


def push(repo: str, files: Mapping[str, Path], *, public: bool) -> str:
    """Upload all files in one commit, make the data set if there is none, and return its address.

    Raises:
        UsageError: there is no token, it may not write there, the name is wrong, the data set is public although
            `public` is False, or a file holds the token.
        RunFailedError: the hub cannot be reached, or it failed.
    """
    import httpx2  # huggingface_hub lets the exceptions of its HTTP client through
    from huggingface_hub import CommitOperationAdd, HfApi, get_token
    from huggingface_hub.errors import HfHubHTTPError, HFValidationError

    token = get_token()
    if not token:
        raise UsageError("the hub needs a token: `hf auth login`, or set HF_TOKEN")
    leaking = next((name for name, file in files.items() if token.encode() in file.read_bytes()), None)
    if leaking:
        raise UsageError(f"{leaking} holds your token; nothing was uploaded")
    api = HfApi(token=token)
    try:
        new = _made(api, repo, public=public)
        card = {"README.md": CARD.encode()} if new else {}
        content: dict[str, Any] = {**files, **card}
        operations = [CommitOperationAdd(name, one) for name, one in content.items()]
        api.create_commit(repo, operations, commit_message="Add runs of mmeval", repo_type="dataset")
    except HFValidationError as error:
        raise UsageError(f"--repo {repo}: {str(error).splitlines()[0]}") from None
    except HfHubHTTPError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise UsageError(f"--repo {repo}: the hub does not let this token write there ({status})") from None
        raise RunFailedError(f"--repo {repo}: the hub answered {status}; nothing was uploaded") from None
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
        raise RunFailedError(f"--repo {repo}: the hub cannot be reached: {type(error).__name__}") from None
    return f"{api.endpoint}/datasets/{repo}"


def _made(api: Any, repo: str, *, public: bool) -> bool:
    """Make the data set unless it exists; whether it is new. An existing one has to be as private as asked for."""
    from huggingface_hub.errors import RepositoryNotFoundError

    try:
        found = api.repo_info(repo, repo_type="dataset")
    except RepositoryNotFoundError:
        api.create_repo(repo, repo_type="dataset", private=not public)
        return True
    if not found.private and not public:
        raise UsageError(f"--repo {repo}: the data set is public; pass --public to publish there")
    return False
