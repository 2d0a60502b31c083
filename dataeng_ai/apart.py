"""Work on what strangers have written, done in another process: it may crash, or eat all there is, and only that process dies.

A server is started once, which imports what is needed and does nothing else; for each piece of work it forks a child with limits.
Where this process is a command's own and has but one thread, the server is forked from it, and has at once what is imported here;
a person's process is left as it is: there an interpreter is started. The child answers in JSON, line by line: nothing that it says
is ever executed. Its scratch folder is made here and removed here, however it ends. Where there is no fork, the work is done in
this process.

Limits: memory, half of the machine's but at least 2 GiB, or `DATAENG_READ_MEMORY` MiB; time, an hour of processor time, or
`DATAENG_READ_SECONDS`; no file larger than 256 GiB, or `DATAENG_READ_DISK` MiB.

Long because both ends of one pipe stand here, and each says what the other hears.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pickle
import signal
import sys
from contextlib import suppress
from contextvars import Context
from importlib import import_module
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Lock
from typing import IO, TYPE_CHECKING, Any, Final, NoReturn

from dataeng_ai import process, progress
from dataeng_ai.diagnostics import Diagnostic, Edit, Problems, Related, Span, Text, Unreachable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_START: Final = "import sys; sys.path[:] = {path!r}; from dataeng_ai.apart import serve; serve(0, 1)"
_MIB: Final = 1 << 20
_LENGTH: Final = 8
_SAID: Final = "DATAENG_READ_"

Message = dict[str, Any]
"""What the child says: one key, `answer`, `step`, `problems`, `bug` or `ended`; a value of JSON."""


class BugError(RuntimeError):
    """Our own bug, in the other process; its traceback is the message."""


class _Server:
    """The process that forks. One piece of work at a time."""

    def __init__(self, modules: tuple[str, ...]) -> None:
        self.owner = os.getpid()
        self.modules = modules
        (heard, to), (from_, said) = _pipe(), _pipe()
        self.to, self.from_ = os.fdopen(to, "wb"), os.fdopen(from_, "rb")
        self.process = _forked(heard, said, (to, from_)) if process.forkable() else _started(heard, said)
        os.close(heard)
        os.close(said)
        self.asked = False
        self.send(json.dumps(modules).encode() + b"\n")

    def send(self, data: bytes) -> None:
        """Write to the server."""
        self.to.write(data)
        self.to.flush()

    def ask(self, data: bytes) -> None:
        """Have it do a piece of work."""
        self.asked = True
        self.send(len(data).to_bytes(_LENGTH) + data)

    def messages(self) -> Iterator[Message]:
        """Yield what the child says until it has ended."""
        while line := self.from_.readline():
            message: Message = json.loads(line)
            if "ended" in message:
                self.asked = False
            yield message
            if "ended" in message:
                return
        yield {"ended": -signal.SIGKILL}

    def gone(self) -> bool:
        """Say whether it has ended by itself."""
        try:
            return os.waitpid(self.process, os.WNOHANG) != (0, 0)
        except ChildProcessError:
            return True

    def stop(self) -> None:
        """End it and what it works on, at once: they are a group of processes, or it has not come so far yet."""
        for pipe in (self.to, self.from_):
            with suppress(OSError):
                pipe.close()
        for kill in (os.killpg, os.kill):
            with suppress(OSError):
                kill(self.process, signal.SIGKILL)
        with suppress(OSError):
            os.waitpid(self.process, 0)


def _pipe() -> tuple[int, int]:
    """Return both ends of a pipe, none of which is a standard stream that whoever started us has closed."""
    low: list[int] = []
    ends = os.pipe()
    while min(ends) <= 2:  # noqa: PLR2004  stdin, stdout, stderr
        low += ends
        ends = os.pipe()
    for end in low:
        os.close(end)
    return ends


def _started(heard: int, said: int) -> int:
    """Start an interpreter that serves, in a group of its own, which Ctrl-C does not reach, and return its process."""
    ends = [(os.POSIX_SPAWN_DUP2, heard, 0), (os.POSIX_SPAWN_DUP2, said, 1)]
    command = [sys.executable, "-c", _START.format(path=sys.path)]
    return os.posix_spawn(sys.executable, command, os.environ, file_actions=ends, setpgroup=0)


def _forked(heard: int, said: int, ours: tuple[int, int]) -> int:
    """Fork this process as one that serves, with nothing of what is asked of this one, and return it."""
    child = os.fork()
    if child:
        return child
    try:
        os.setsid()
        for end in ours:
            os.close(end)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        Context().run(serve, heard, said)  # nobody is asked or told anything here
    except Exception:  # noqa: BLE001  as an interpreter of its own would do
        from traceback import print_exc  # noqa: PLC0415  of what should never be

        print_exc()
    finally:
        os._exit(1)  # nothing may go on here as if this were the other process


_lock: Final = Lock()
_servers: Final[list[_Server]] = []
_inside: Final[list[bool]] = []
"""Not empty in a child: what it calls is done there."""


def possible() -> bool:
    """Say whether work can be done apart: not within such work, and not where no process can be forked."""
    return not _inside and hasattr(os, "fork")


def warm(*modules: str) -> None:
    """Start the server while this process still does something else."""
    if possible():
        with _lock:
            _server(modules)


def call(function: str, request: object, needed: str, meanwhile: Callable[[], object] | None = None) -> Iterator[Any]:  # Any: of JSON
    """Yield what `module:function` yields for a request, in another process, which imports the module `needed` before all.

    What is to be done `meanwhile` is done while the other process works.

    Raises:
        Problems: what the function raises; E306 the other process has died, or has reached a limit.
        BugError: anything else.
    """
    with _lock, TemporaryDirectory(prefix="dataeng-") as scratch:
        server = _server((needed,))
        try:
            data = pickle.dumps((function, request, dict(os.environ), str(Path.cwd()), scratch))
            server.ask(data)
            if meanwhile:
                meanwhile()
            for message in server.messages():
                if "answer" in message:
                    yield message["answer"]
                else:
                    _take(message)
        except BrokenPipeError:
            _drop(server)
            _died(-signal.SIGKILL)
        except (Problems, BugError):
            _finish(server)
            raise
        except BaseException:  # Ctrl-C, or nobody wants to hear more
            _drop(server)
            raise


def _server(modules: tuple[str, ...]) -> _Server:
    for old in list(_servers):
        if old.owner != os.getpid():
            _servers.remove(old)  # of the process that forked this one
        elif old.gone() or not set(modules) <= set(old.modules):
            _drop(old)
    if not _servers:
        _servers.append(_Server(modules))
    return _servers[0]


def _drop(server: _Server) -> None:
    server.stop()
    if server in _servers:
        _servers.remove(server)


def _finish(server: _Server) -> None:
    """Hear the child out after its last word."""
    if server.asked:
        for _ in server.messages():
            pass


@atexit.register
def _end() -> None:
    for server in _servers:
        if server.owner == os.getpid():
            server.stop()


def _take(message: Message) -> None:
    """Pass on a step; raise what went wrong.

    Raises:
        Problems: as `call`.
        BugError: as `call`.
    """
    if "step" in message:
        what, done, of, over = message["step"]
        if over:
            progress.tick(what)
        else:
            progress.say(what, done, of)
    elif "problems" in message:
        raise _problems(message["problems"])
    elif "bug" in message:
        raise BugError(message["bug"])
    elif message.get("ended"):
        _died(message["ended"])


_REASONS: Final = {
    -signal.SIGXCPU: "it took more processor time than reading may take",
    -signal.SIGKILL: "the system ended it, which it does when memory runs out",
    -signal.SIGABRT: "a library gave up, most likely for want of memory",
    -signal.SIGSEGV: "a library crashed over it",
    -signal.SIGBUS: "a library crashed over it",
}


def _died(status: int) -> NoReturn:
    reason = _REASONS.get(status, f"the process that read it ended with {status}")
    raise Problems(_limit(reason))


def _limit(reason: str) -> Diagnostic:
    hint = "nothing of it was loaded; a file that is meant so can be given more, see `spec why E306`"
    return Diagnostic("E306", f"the source could not be read to its end: {reason}", help=hint)


def _problems(said: Message) -> Problems:
    kind = Unreachable if said["outside"] else Problems
    texts = tuple(Text(**one) for one in said["texts"])
    return kind(*(_diagnostic(one) for one in said["diagnostics"]), texts=texts)


def _diagnostic(said: Message) -> Diagnostic:
    def span(found: Message | None) -> Span | None:
        return Span(**found) if found else None

    related = tuple(Related(Span(**one["span"]), one["label"]) for one in said["related"])
    hidden = tuple(Span(**one) for one in said["hidden"])
    edit = Edit(**said["edit"]) if said["edit"] else None
    rest = {"span": span(said["span"]), "notes": tuple(said["notes"]), "edit": edit, "related": related, "hidden": hidden}
    return Diagnostic(**{**said, **rest})


# --- in the server and in its children ---


def serve(asked: int, answers: int) -> NoReturn:
    """Be the server, between two pipes: import, then fork a child for each piece of work, until nobody is there any more."""
    heard, said = os.fdopen(asked, "rb"), os.fdopen(os.dup(answers), "wb", 0)
    os.dup2(2, answers)
    os.dup2(2, 1)  # what a library prints is no answer
    gc.disable()  # what is imported stays: to look through it for what is not needed any more only costs time
    for module in json.loads(heard.readline()):
        import_module(module)
    gc.freeze()
    while (size := heard.read(_LENGTH)) and (data := heard.read(int.from_bytes(size))):
        function, request, environment, folder, scratch = pickle.loads(data)  # noqa: S301  of the process that started this one
        ends, held = os.pipe()
        child = os.fork()
        if not child:
            os.close(ends)
            _work(function, request, environment, folder, scratch, said)
        os.close(held)
        alone = _left_alone(heard.fileno(), ends)
        if alone:
            os.kill(child, signal.SIGKILL)
        os.close(ends)
        _, status = os.waitpid(child, 0)
        if alone:
            rmtree(scratch, ignore_errors=True)
        _say(said, {"ended": os.waitstatus_to_exitcode(status)})
    os._exit(0)  # taking apart what is frozen, a library of C++ would call it leaked, aloud


def _left_alone(heard: int, ends: int) -> bool:
    """Wait until the child has ended, whose pipe then ends too; say whether whoever asked is gone before."""
    from select import select  # noqa: PLC0415  of the server alone

    ready, _, _ = select([heard, ends], [], [])
    return ends not in ready


def _say(said: IO[bytes], message: Message) -> None:
    with suppress(BrokenPipeError):
        said.write(json.dumps(message).encode() + b"\n")


def _work(function: str, request: Iterable[object], environment: dict[str, str], folder: str, scratch: str, said: IO[bytes]) -> NoReturn:
    """Do a piece of work in the child, and end."""
    _inside.append(True)
    gc.enable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a library that dies says why in its own words, which help nobody
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.environ["TMPDIR"] = scratch
        os.chdir(folder)
        _limits()
        module, _, name = function.partition(":")
        with progress.heard(lambda step: _say(said, {"step": [step.what, step.done, step.of, step.over]})):
            for answer in getattr(import_module(module), name)(*request):
                _say(said, {"answer": answer})
    except BaseException as error:  # noqa: BLE001  whatever it is, it is told
        _say(said, _told(error))
    os._exit(0)


def _told(error: BaseException) -> Message:
    """Return what is said of an error."""
    from dataclasses import asdict  # noqa: PLC0415  of a child alone
    from errno import EFBIG, ENOSPC  # noqa: PLC0415  likewise
    from traceback import format_exception  # noqa: PLC0415  likewise

    if isinstance(error, MemoryError):
        error = Problems(_limit("it takes more memory than reading may take"))
    elif isinstance(error, OSError) and error.errno in (EFBIG, ENOSPC):
        error = Problems(_limit("it unpacks to more than the disk holds, or than reading may write"))
    if isinstance(error, Problems):
        found = [asdict(one) for one in error.diagnostics]
        return {
            "problems": {"outside": isinstance(error, Unreachable), "diagnostics": found, "texts": [asdict(one) for one in error.texts]}
        }
    return {"bug": "".join(format_exception(error))}


def _limits() -> None:
    import resource  # noqa: PLC0415  not everywhere, and of a child alone
    import tempfile  # noqa: PLC0415  likewise

    tempfile.tempdir = None  # what was asked for in the server is of another folder
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    wanted = {
        resource.RLIMIT_DATA: _of("MEMORY", max(2048, pages // 2 // _MIB)) * _MIB,
        resource.RLIMIT_CPU: _of("SECONDS", 3600),
        resource.RLIMIT_FSIZE: _of("DISK", 256 << 10) * _MIB,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in wanted.items():
        hard = resource.getrlimit(limit)[1]
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (value if hard == resource.RLIM_INFINITY else min(value, hard), hard))
    with suppress(OSError), open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:  # noqa: PTH123  no path of a person
        score.write("800")  # when memory runs out, this process goes before the one that asks


def _of(word: str, usual: int) -> int:
    said = os.environ.get(_SAID + word, "")
    return int(said) if said.isdecimal() else usual
