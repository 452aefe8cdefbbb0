"""Commands that go wrong, and what they say: `python -m tests.cli.messages` writes messages.golden anew.

Read the difference before you commit it, as somebody who has never seen mmeval.
"""

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest

from mmeval.engine.options import Settings
from mmeval.runner import jobs, run_one
from tests.cli.test_verbs import command

GOLDEN = Path(__file__).with_name("messages.golden")
FILES: dict[str, str | bytes] = {
    "q.csv": "id,question,answer,A,B\n1,Which colour is grass?,B,red,green\n2,What is 2+3?,5,,\n3,Capital of France?,Paris,,\n",
    "semicolons.csv": "id;question;answer\n1;a;b\n",
    "latin.csv": "question,answer\nStra\u00dfe?,ja\n".encode("cp1252"),
    "chinese.csv": "question,answer\n\u989c\u8272,\u7ea2\n".encode("gb18030"),
    "excel.csv": "question,answer\na,b\n".encode("utf-16"),
    "short.csv": "question,answer\na\n",
    "quote.csv": 'question,answer\n"a,b\n',
    "empty.csv": "",
    "header.csv": "question,answer\n",
    "nothing.csv": "frage,antwort\na,b\n",
    "twice.csv": "id,question,answer\n1,a,b\n1,c,d\n",
    "target.csv": "question,answer,A,B\na,F,x,y\n",
    "blank.csv": "question,answer\n,b\n",
    "torn.jsonl": '{"question": "a", "answer"\n',
    "list.jsonl": "[1]\n",
    "list.json": "[]",
    "missing.jsonl": '{"question": "a", "answer": "b", "image": "no.png"}\n',
    "outside.jsonl": '{"question": "a", "answer": "b", "image": "../../etc/passwd"}\n',
    "address.jsonl": '{"question": "a", "answer": "b", "image": "https://example.org/a.png"}\n',
    "words.toml": 'limit = "twenty"\n',
    "typo.toml": "limt = 3\n",
    "broken.toml": "limit =\n",
    "gate.txt": "version: 1\nbenchmarks: {}\n",
    "typo.yaml": "version: 1\nbenchmarks: {q.csv: {marign: 1}}\n",
    "notes.txt": "hello\n",
}
RUN = "run q.csv -m mock/echo"
COMMANDS = (
    "rnu", "--verson",
    "run", "run q.csv", "run q.csv -m mock", "run q.csv -m mok/echo", "run q.csv -m mock/ecko",
    "run chartq -m mock/echo", "run nope.csv -m mock/echo", "run bad/nope.json -m mock/echo",
    "run list.json -m mock/echo",
    f"{RUN} --limt 3", f"{RUN} --limit x", f"{RUN} --limit 0", f"{RUN} --limit", f"{RUN} --shard 3/2",
    f"{RUN} --shard half", f"{RUN} --cache maybe", f"{RUN} --max-error-rate 5", f"{RUN} --timeout 0",
    f"{RUN} --profile offical", f"{RUN} --ablate no", f"{RUN} --judge nobody", f"{RUN} --columns x",
    f"{RUN} --columns colour=x", f"{RUN} --columns question=x", f"{RUN} --path nowhere", f"{RUN} --results q.csv",
    f"{RUN} --log no/such/folder/x", f"{RUN} --config missing.toml", f"{RUN} --config words.toml",
    f"{RUN} --config typo.toml", f"{RUN} --config broken.toml",
    f"{RUN} -o reply", f"{RUN} -o replly=x", f"{RUN} -o limit=3", f"{RUN} -o temperature=hot", f"{RUN} -o script=x",
    "run q.csv -m mock/scripted", "run q.csv -m mock/scripted -o script=missing.json",
    "run q.csv -m openai/gpt-4o", "run q.csv -m openai/gpt-4o -o base_url=gpt", "run q.csv -m vllm/x -o gpus=x",
    *(f"run {name} -m mock/echo" for name in (
        "semicolons.csv", "latin.csv", "chinese.csv", "excel.csv", "short.csv", "quote.csv", "empty.csv", "header.csv",
        "nothing.csv", "twice.csv", "target.csv", "blank.csv", "torn.jsonl", "list.jsonl", "missing.jsonl",
        "outside.jsonl", "address.jsonl")),
    "run q.csv -m mock/scripted --cache off -o script={\"*\":{\"error\":\"auth\"}}",
    "run q.csv -m mock/flaky --cache off -o bad_request_rate=0.4",
    f"{RUN} --recipe qwen3vl", f"{RUN} --recipe qwen3-vl", f"{RUN} --image most=few", "recipe gemma",
    "list nonsense", "list runs --match zzz", "list runs --results q.csv", "list runs --results nowhere",
    "show zzz", "show mock", "show zzz --results nowhere", "show emptied --wrong", "show other --wrong",
    "diff one", "diff one zzz", "diff one --profiles mmeval", "diff one --profiles mmeval,x",
    "diff moved --profiles mmeval,lmms-0.7.3", "diff changed --profiles mmeval,lmms-0.7.3",
    "diff one other", "rescore one --profile x", "rescore emptied --profile mmeval",
    "merge one", "merge zzz", "repair zzz", "view zzz", "view one --port 99999",
    "data check q.csv", "data check target.csv nothing.csv", "data check nope.csv", "data check chartq",
    "data fetch q.csv", "judge agreement nope.csv", "judge agreement q.csv",
    "import nope.json", "import notes.txt", "export submission zzz", "export submission one",
    "cache prune", "new", "new board x", "new benchmark Bad", "site build --results q.csv", "site serve --out nowhere",
    "gate run -c nope.yaml", "gate run -c gate.txt", "gate run -c typo.yaml",
    "doctor --results q.csv", "quickstart --results q.csv",
)  # fmt: skip
"""Run in this order, each in the folder that the ones before have left."""
VARIES = (
    (re.compile(r"\b\d+ ms\b|\b\d+ s\b"), "N s"),
    (re.compile(r"/[0-9a-f]{12}\b"), "/RUN"),
    (re.compile(r"(?<=\S) {2,}"), "  "),
)


def project(folder: Path) -> None:
    """The files, and a run that each name in COMMANDS finds."""
    for name, content in FILES.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for name in ("one", "other", "emptied", "moved", "changed"):
        file = folder / f"{name}.csv"
        file.write_text(f"question,answer\nIs this {name}?,yes\n", encoding="utf-8")
        settings = Settings(results=folder / "results", cache="off", options={"reply": "no"})
        (made,) = jobs([str(file)], settings)
        run = run_one(made.benchmark, "mock/echo", settings)
        if name == "emptied":
            run.files.journal.write_bytes(b"")
        if name == "other":
            run.files.journal.unlink()
        if name == "changed":
            file.write_text("question,answer\nIs this new?,yes\n", encoding="utf-8")
        if name == "moved":
            file.unlink()


def said(line: str, folder: Path) -> str:
    """The command with its exit code and what it prints, without what differs from day to day."""
    out = command(*line.split(), cwd=folder)
    text = (out.stdout + out.stderr).replace(str(folder.resolve()), "DIR").replace(str(folder), "DIR")
    for pattern, word in VARIES:
        text = pattern.sub(word, text)
    shown = "\n".join(row.rstrip() for row in text.splitlines() if row.strip())
    return f"$ mmeval {line}\n{shown}\n[{out.returncode}]\n"


def everything(folder: Path) -> str:
    """All of COMMANDS, as in the golden file."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY"):
            patch.delenv(name, raising=False)
        project(folder)
        return "\n".join(said(line, folder) for line in COMMANDS)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as made:
        GOLDEN.write_text(everything(Path(made)), encoding="utf-8")
