"""A stand-in for `vllm serve`, `sglang serve` and their modules; it needs the standard library.

It answers /health, what an engine says about itself, /v1/models and /v1/chat/completions, the last two only with the
key, and can misbehave as the real ones do.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("--host")
parser.add_argument("--port", type=int)
parser.add_argument("--served-model-name")
parser.add_argument("--generation-config")
parser.add_argument("--tensor-parallel-size")
parser.add_argument("--data-parallel-size")
parser.add_argument("--config", help="a YAML file with the key")
parser.add_argument("--marker", help="finds the process in the process table")
parser.add_argument("--slow", type=float, default=0.0, help="seconds until it is ready")
parser.add_argument("--crash", help="log this and exit with 1 instead of starting")
parser.add_argument("--hang", action="store_true", help="take connections, answer none")
parser.add_argument("--deaf", action="store_true", help="ignore SIGTERM")
parser.add_argument("--worker", action="store_true", help="start a child that ignores SIGTERM")
parser.add_argument("--answers", type=int, default=os.environ.get("FAKE_ANSWERS"), help="exit with 0 after so many")
parser.add_argument("--strays", action="store_true", help="start a child in a session of its own")
parser.add_argument("--busy", help="a file: the first start finds its port taken")
parser.add_argument("--untaught", action="store_true", help="the model has no chat template")
parser.add_argument("--seen", help="append one line per chat request to this file")

DEAF = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
UNTAUGHT = (
    "As of transformers v4.44, default chat template is no longer allowed, so you must provide a chat template if the"
    " tokenizer does not define one.",
    "Cannot use chat template functions because tokenizer.chat_template is not set and no template argument was passed!",
)
"""What vLLM and SGLang say."""
LOCK = threading.Lock()
KEY = os.environ.get("VLLM_API_KEY")


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    args: argparse.Namespace
    ready = 0.0

    def log_message(self, *about: object) -> None:
        pass

    def reply(self, status: int, value: object = None) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        if self.args.hang:
            time.sleep(600)
        elif self.path in ("/version", "/server_info"):
            self.reply(200, {"version": "0.32.0-fake"})
        elif self.path == "/v1/models":
            self.reply(*self.denied() or (200, {"data": [{"id": self.args.served_model_name or "x"}]}))
        else:
            self.reply(200 if self.path == "/health" and time.monotonic() >= self.ready else 503)

    def denied(self) -> tuple[int, object] | None:
        if self.headers["Authorization"] == f"Bearer {KEY}":
            return None
        return 401, {"error": {"message": "Unauthorized"}}

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if denied := self.denied():
            self.reply(*denied)
            return
        if self.args.untaught:
            self.reply(400, {"error": {"message": UNTAUGHT[bool(self.args.config)]}})
            return
        with LOCK:
            if body.get("max_tokens") != 1:  # the question before the run, for one token
                self.count(body)
        choice = {"message": {"role": "assistant", "content": "A"}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 5, "completion_tokens": 1}
        self.reply(200, {"model": body["model"], "choices": [choice], "usage": usage})

    def count(self, body: dict[str, object]) -> None:
        if self.args.seen:
            with open(self.args.seen, "a") as file:
                file.write(json.dumps({"path": self.path, **body}) + "\n")
        if self.args.answers == 0:
            print("ERROR EngineCore encountered a fatal error: CUDA out of memory", flush=True)
            os._exit(0)
        if self.args.answers:
            self.args.answers -= 1


def main(argv: list[str]) -> None:
    global KEY
    args, _ = parser.parse_known_args(argv)
    if args.config:
        with open(args.config) as file:
            KEY = json.loads(file.read().removeprefix("api-key: "))
    if args.deaf:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if args.worker:
        subprocess.Popen([sys.executable, "-c", DEAF, args.marker])
    if args.strays:
        subprocess.Popen([sys.executable, "-c", DEAF, args.marker], start_new_session=True)
    print(
        f"INFO Initializing a V1 LLM engine with config: dtype=torch.bfloat16, seed=0, host={os.environ.get('VLLM_HOST_IP')}"
    )
    print("INFO loading weights 1/3", flush=True)
    if args.crash:
        print("Traceback (most recent call last):\nINFO bye", args.crash, "INFO shutting down", sep="\n", flush=True)
        sys.exit(1)
    if args.busy and not os.path.exists(args.busy):
        open(args.busy, "w").close()
        sys.exit("OSError: [Errno 98] Address already in use")
    Handler.args, Handler.ready = args, time.monotonic() + args.slow
    ThreadingHTTPServer.request_queue_size = 128
    ThreadingHTTPServer((args.host, args.port), Handler).serve_forever()


if __name__ == "__main__":
    main(sys.argv[1:])
