"""What the sandbox promises (docs/teaching.md): whatever an answer does, it does not pass by it, and the next one is checked."""

import errno
import io
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from autograd.exercises import server
from autograd.exercises.book import LESSONS, built_in
from autograd.exercises.guard import FILE_SIZE, FILES, MEMORY, hook, limit
from autograd.exercises.runner import LONGEST_SOURCE, Runner, check_file, read
from autograd.exercises.sandbox import LONGEST, Result, check_source, clean
from autograd.exercises.server import GRACE

SIGMOID = built_in()["sigmoid"]
RIGHT = SIGMOID.file(SIGMOID.solution)
forks = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
DEF = "def sigmoid_vjp(g, out, x):\n    "


@pytest.fixture(scope="module")
def runner():
    with Runner() as runner:
        yield runner


def inside(*lines):
    """A function that does something and then gives the right answer."""
    return DEF + "\n    ".join([*lines, "return g * out * (1 - out)"]) + "\n"


# The source, and words of the message. Where these are empty the answer is right: what it tried has done nothing.
HOSTILE = {
    # code that does not run
    "syntax": ("def sigmoid_vjp(g, out, x)\n    return g\n", "line 2"),
    "misspelt": ("def sigmoid_vpj(g, out, x):\n    return g\n", "defines no sigmoid_vjp"),
    "division": ("1 / 0\n", "ZeroDivisionError"),
    "nul": ("x = 1\0\n", "null bytes"),
    "tabs": ("if 1:\n\tx = 1\n        y = 2\n", "cannot read"),
    "nested brackets": ("(" * 1000 + ")" * 1000, "cannot read"),
    "nested minus": ("x = " + "-" * 50_000 + "1", ""),
    "warning as error": ("import warnings\nwarnings.simplefilter('error')\nwarnings.warn('x')\n", "UserWarning"),
    # ends of the process
    "exit": ("import sys\nsys.exit(3)\n", "ended the program"),
    "quit": (inside("quit()"), "ended the program"),
    "_exit": ("import os\nos._exit(3)\n", "ended the Python process"),
    "_exit 0": ("import os\nos._exit(0)\n", "ended the Python process"),
    "abort": ("import os\nos.abort()\n", "ended the Python process"),
    "signal": ("import signal\nsignal.raise_signal(signal.SIGKILL)\n", "ended the Python process"),
    "interrupt": ("raise KeyboardInterrupt\n", "KeyboardInterrupt"),
    "generator": ("raise GeneratorExit\n", "GeneratorExit"),
    "base": ("class Mine(BaseException): pass\nraise Mine('x')\n", "Mine: x"),
    "atexit": ("import atexit, os\natexit.register(lambda: os._exit(0))\n" + DEF + "return g\n", "the chain rule"),
    # memory and recursion
    "memory error": ("raise MemoryError\n", "memory"),
    "memory": (inside("np.ones(2**40)"), "memory"),
    "growing": (inside("a = []", "while True: a.append(np.empty(10**8))"), "memory"),
    "recursion": (DEF + "return sigmoid_vjp(g, out, x)\n", "calls itself"),
    "deep repr": ("x = []\nfor _ in range(10**5): x = [x]\nraise ValueError(x)\n", ""),
    # errors that are hostile themselves
    "bad str": ("class E(Exception):\n    def __str__(self): return 1 / 0\nraise E\n", "cannot be shown"),
    "long message": ("raise ValueError('x' * 10**7)\n", "ValueError: xxx"),
    "escape codes": ("raise ValueError('\\x1b[2J\\x07')\n", "ValueError"),
    "bad name": ("E = type('E' * 10**5, (Exception,), {})\nraise E\n", "EEE"),
    # results that are hostile
    "none": (DEF + "pass\n", "return"),
    "object": (DEF + "return object()\n", ""),
    "bad array": ("class A:\n    def __array__(self, *a, **k): raise SystemExit\n" + DEF + "return A()\n", ""),
    "always equal": ("class A:\n    def __eq__(self, o): return True\n    def __float__(self): return 0.0\n"
                     "    __hash__ = None\n" + DEF + "return A()\n", ""),
    "subclass": ("class A(np.ndarray):\n    def __sub__(self, o): return 0 * self\n    __rsub__ = __sub__\n"
                 + DEF + "return g.view(A)\n", ""),
    # files
    "write outside": ("open('/var/tmp/chainrule-hostile', 'w')\n", "may not write outside"),
    "write beside": ("open('../verdict', 'w')\n", "may not write outside"),
    "read": ("open('/etc/hostname').read()\n", "may not read"),
    "os.open": ("import os\nos.open('/etc/hostname', os.O_RDONLY)\n", "may not read"),
    "list": ("import os\nos.listdir('/')\n", "may not read"),
    "scan": ("import pathlib\nlist(pathlib.Path('/').iterdir())\n", "may not read"),
    "remove": ("import os\nos.remove('/var/tmp/x')\n", "may not write outside"),
    "rename": ("import os\nos.rename('a', '/var/tmp/x')\n", "may not write outside"),
    "link": ("import os\nos.symlink('/etc/hostname', 'a')\n", "may not write outside"),
    "tree": ("import shutil\nshutil.rmtree('/var/tmp/x')\n", "may not"),
    "chmod": ("import os\nos.chmod('/var/tmp', 0o777)\n", "may not write outside"),
    "solution": (f"import pathlib\npathlib.Path({str(LESSONS / 'sigmoid' / 'solution.py')!r}).read_text()\n", "may not read"),
    "a hundred files": ("for i in range(200): open(f'f{i}', 'w')\n", f"more than {FILES} files"),
    "large file": ("f = open('f', 'wb')\nwhile True: f.write(b'x' * 10**6)\n", "without end"),
    "mmap": ("import mmap\nmmap.mmap(-1, 4096)\n", "may not"),
    # processes and threads
    "fork": ("import os\nos.fork()\n", "may not start a process"),
    "system": ("import os\nos.system('true')\n", "may not start a process"),
    "subprocess": ("import subprocess, sys\nsubprocess.run(['true'])\n", "may not start a process"),
    "exec": ("import os\nos.execv('/bin/true', ['true'])\n", "may not start a process"),
    "spawn": ("import os\nos.posix_spawn('/bin/true', ['true'], {})\n", "may not start a process"),
    "multiprocessing": ("import multiprocessing as m\nm.get_context('fork').Process(target=print).start()\n", "may not"),
    "kill": ("import os\nos.kill(os.getppid(), 9)\n", "may not end a process"),
    "killpg": ("import os\nos.killpg(os.getpgid(os.getppid()), 9)\n", "may not end a process"),
    "thread": ("import threading\nthreading.Thread(target=lambda: [0 for _ in iter(int, 1)]).start()\n", ""),
    # network
    "socket": ("import socket\nsocket.socket()\n", "may not speak to the network"),
    "name": ("import socket\nsocket.getaddrinfo('localhost', 80)\n", "may not speak to the network"),
    "url": ("import urllib.request\nurllib.request.urlopen('http://localhost')\n", "may not"),
    # Python itself
    "ctypes": ("import ctypes\nctypes.CDLL(None)\n", "may not look into Python"),
    "ctypes memory": ("import ctypes\nctypes.string_at(id(1), 8)\n", "may not look into Python"),
    "gc": ("import gc\ngc.get_objects()\n", "may not look into Python"),
    "limits": ("import resource\nresource.setrlimit(resource.RLIMIT_CPU, (99, 99))\n", "may not look into Python|ValueError"),
    "hooks": ("import sys\nsys.addaudithook(print)\n", ""),
    "trace": ("import sys\nsys.settrace(print)\n", "may not look into Python"),
    # the checker
    "derivative": ("import sys\nm = sys.modules['autograd.exercises.lessons.sigmoid.check']\n"
                   "from autograd.exercises.exercise import Finding\nm.derivative = lambda *a, **k: Finding(True, 'fine')\n"
                   + RIGHT, "changed autograd.exercises.lessons.sigmoid.check.derivative,"),
    "report": ("import autograd.check.report as r\nr.Report.__bool__ = lambda self: True\n" + RIGHT,
               "changed autograd.check.report.Report.__bool__,"),
    "code": ("import autograd.check.checker as c\nc._verdict.__code__ = (lambda comparison, answers: 'pass').__code__\n"
             + RIGHT, "changed autograd.check.checker._verdict.__code__,"),
    "numpy": ("import numpy\nnumpy.exp = numpy.ones_like\n" + RIGHT, ""),
    "json": ("import json\njson.dumps = lambda x, **k: '{}'\n" + RIGHT, "changed json.dumps,"),
    "open": ("import builtins\nbuiltins.float = int\n" + RIGHT, ""),
    "os.write": ("import os\nos.write = lambda *a: 0\n" + RIGHT, "changed os.write,"),
    "points": ("import sys\nsys.modules['autograd.exercises.lessons.sigmoid.check'].POINTS[:] = 0\n" + DEF
               + "return g / 4\n", "changed autograd.exercises.lessons.sigmoid.check.POINTS,"),
    "verdict": ("import os\nfor f in range(3, 64):\n    try: os.write(f, b'{\"state\": \"passed\", \"findings\": []}')\n"
                "    except OSError: pass\nos._exit(0)\n", "ended the Python process"),
    "closed": ("import os\nos.closerange(3, 64)\n" + RIGHT, ""),
    "no output": ("import sys\nsys.stdout = sys.stderr = sys.stdin = None\n" + DEF + "return g\n", ""),
    "input": (inside("input()"), "nobody is there to type"),
}  # fmt: skip


@forks
@pytest.mark.parametrize("name", HOSTILE)
def test_no_hostile_answer_passes_and_the_next_one_is_checked(name, runner):
    source, words = HOSTILE[name]
    start = time.monotonic()
    result = runner.check(
        SIGMOID, source if source.startswith("import sys\nm") else "import numpy as np\n" + source, "a", 5.0
    )
    assert time.monotonic() - start < 20
    assert not result.passed, name
    assert result.state in ("error", "failed")
    said = " ".join([result.message, *(finding.message for finding in result.findings)])
    assert any(part in said for part in words.split("|")), said[:500]
    assert len(said) < 10 * LONGEST
    assert all(c.isprintable() or c == "\n" for c in said)


@forks
def test_the_runner_lives_on(runner):
    assert runner.check(SIGMOID, RIGHT, "a").passed


HARMLESS = {
    "a file of its own": inside("open('mine.txt', 'w').write('x')", "open('mine.txt').read()"),
    "a temporary file": inside("import tempfile", "tempfile.TemporaryFile().close()"),
    "imports": "import json, random, math, decimal, statistics, itertools, scipy\n" + RIGHT
    if "scipy" in sys.modules
    else RIGHT,
    "prints": inside("print(x)", "import sys", "sys.stderr.write('x')"),
    "warns": inside("import warnings", "warnings.warn('x')"),
    "lists where it is": inside("import os", "os.listdir()", "os.mkdir('d')", "os.rmdir('d')"),
}


@forks
@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_allowed(name, runner):
    result = runner.check(SIGMOID, "import numpy as np\n" + HARMLESS[name], "a")
    assert result.passed, result


LOOPS = {
    "import": ("x = 1\nwhile True: pass\n", "line 2, in <module>:  while True: pass"),
    "in the answer": (
        DEF + "while True:\n        try:\n            out\n        except Exception:\n            pass\n",
        "in sigmoid_vjp:",
    ),
    "a loop in a loop": (
        "def wait():\n    while True:\n        for i in range(9):\n            pass\nwait()\n",
        "inside of the loop of line 2:  while True:",
    ),
    "deaf": ("import signal\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True:\n    pass\n", ""),
    "swallows all": ("while True:\n    try:\n        while True: pass\n    except BaseException: pass\n", ""),
    "sleeps": ("import time\ntime.sleep(99)\n", "line 2, in <module>:  time.sleep(99)"),
    "one long call": ("9 ** 9 ** 9\nx = 9\ny = x ** x ** x\n", ""),
    "stops itself": ("import os, signal\nsignal.raise_signal(signal.SIGSTOP)\n", ""),
    "keeps the pipe full": (
        "import os\nwhile True:\n    try: os.write(1, b'x' * 10**6)\n    except OSError: pass\n",
        "",
    ),
}


@forks
@pytest.mark.parametrize("name", LOOPS)
def test_whatever_takes_too_long_is_stopped(name, runner, monkeypatch):
    source, words = LOOPS[name]
    start = time.monotonic()
    result = runner.check(SIGMOID, source, "a.py", seconds=0.3)
    assert time.monotonic() - start < 10
    assert result.state == "error"
    assert "Stopped after 0.3 seconds: is there a loop that never ends?" in result.message
    assert words in result.message
    assert len(result.printed) < 1600


@forks
def test_nothing_of_an_answer_is_left_running(runner):
    """Not even what has started a process behind the hook's back: the group is killed."""
    parents = Path("/proc/self")
    if not parents.exists():
        pytest.skip("no /proc")
    runner.check(SIGMOID, RIGHT, "a")
    server_id = runner._process.pid
    children = Path(f"/proc/{server_id}/task/{server_id}/children")
    runner.check(
        SIGMOID, "import os\ntry: os.fork()\nexcept PermissionError: pass\nwhile True: pass\n", "a", seconds=0.1
    )
    assert not children.exists() or children.read_text().strip() == ""


# -- output ----------------------------------------------------------------------------------------------------------


@forks
def test_endless_prints_fill_no_disk(runner):
    result = runner.check(SIGMOID, "while True:\n    print('x' * 1000)\n", "a", seconds=10)
    assert result.state == "error"
    assert "prints (or writes) without end" in result.message
    assert len(result.printed) < 1600
    assert "characters more" in result.printed


@forks
def test_prints_are_shown_and_cut_after_some_lines(runner):
    assert runner.check(SIGMOID, "print('thinking')\n" + RIGHT, "a").printed == "thinking"
    printed = runner.check(SIGMOID, "for i in range(100):\n    print(i)\n", "a").printed.splitlines()
    assert printed[:2] == ["0", "1"]
    assert len(printed) == 13


def test_a_terminal_is_told_no_codes():
    assert clean("a\x1b[2Jb\x00\ud800\n") == "a [2Jb  \n"
    assert len(clean("x" * 10**6)) == LONGEST + 2


# -- files of a student ----------------------------------------------------------------------------------------------


@forks
def test_code_that_does_not_run_is_survived_in_a_file(tmp_path):
    path = tmp_path / "answer.py"
    path.write_text("1 / 0\n")
    result = check_file(SIGMOID, path)
    assert "ZeroDivisionError" in result.message
    assert "line 1, in <module>:  1 / 0" in result.message
    assert check_file(SIGMOID, tmp_path / "nothing.py").state == "missing"
    path.write_bytes(b"\xff\xfe\x00")
    assert "cannot be read as text" in check_file(SIGMOID, path).message


ENCODED = {
    "a mark": b"\xef\xbb\xbfx = '\xc3\xa9'",
    "latin-1": b"# -*- coding: latin-1 -*-\nx = '\xe9'",
    "plain": "x = 'é'".encode(),
    "Windows": b"x = '\xc3\xa9'\r\n",
}


@pytest.mark.parametrize("name", ENCODED)
def test_files_are_read_in_their_encoding(name, tmp_path):
    (tmp_path / "a.py").write_bytes(ENCODED[name])
    names = {}
    exec(read(tmp_path / "a.py"), names)
    assert names["x"] == "é"


def test_what_is_no_file_is_refused(tmp_path):
    with pytest.raises(OSError, match="is not a file"):
        read(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is not a file"):
        read(tmp_path / "pipe")
    (tmp_path / "long.py").write_bytes(b"#" * (LONGEST_SOURCE + 1))
    with pytest.raises(ValueError, match="an answer has"):
        read(tmp_path / "long.py")
    (tmp_path / "odd.py").write_bytes(b"# coding: klingon\n")
    with pytest.raises(SyntaxError, match="klingon"):
        read(tmp_path / "odd.py")


# -- the parts, in this process --------------------------------------------------------------------------------------


def test_limits(monkeypatch):
    resource = pytest.importorskip("resource")
    bounds = {}
    monkeypatch.setattr(
        resource, "getrlimit", lambda what: (0, 1000 if what == resource.RLIMIT_AS else resource.RLIM_INFINITY)
    )
    monkeypatch.setattr(resource, "setrlimit", lambda what, pair: bounds.update({what: pair}))
    monkeypatch.delattr(resource, "RLIMIT_NPROC")
    limit(7.0)
    assert bounds[resource.RLIMIT_AS] == (1000, 1000)
    assert bounds[resource.RLIMIT_FSIZE] == (FILE_SIZE, FILE_SIZE)
    assert bounds[resource.RLIMIT_CPU] == (12, 12)
    assert MEMORY <= 4 * 2**30
    monkeypatch.setitem(sys.modules, "resource", None)
    limit(1.0)


EVENTS = {
    "a descriptor": ("open", (3, "w", 0), True),
    "a device": ("open", ("/dev/null", "r", 0), True),
    "its own": ("open", ("HERE/x", "w", 0), True),
    "Python's": ("open", (np.__file__, "r", 0), True),
    "written by Python": ("open", (np.__file__, "w", 0), False),
    "another": ("open", ("/etc/hostname", "r", 0), False),
    "by flags": ("open", (np.__file__, None, os.O_RDWR), False),
    "beside this package": ("open", (__file__, "r", 0), False),
    "this package": ("open", (server.__file__, "r", 0), True),
    "hidden": ("open", (str(LESSONS / "order.toml"), "r", 0), False),
    "a sibling with a longer name": ("open", ("HERE2", "w", 0), False),
    "a move out": ("os.rename", ("HERE/x", "/var/tmp/x", -1, -1), False),
    "a move within": ("os.rename", ("HERE/x", "HERE/y", -1, -1), True),
    "where one is": ("os.listdir", (None,), True),
    "no path": ("glob.glob", (), True),
    "an import": ("import", ("x",), True),
    "a socket": ("socket.bind", (), False),
}  # fmt: skip


@pytest.mark.parametrize("name", EVENTS)
def test_the_hook(name, tmp_path):
    event, arguments, allowed = EVENTS[name]
    here = tmp_path / "here"
    audit = hook(here, (LESSONS,))
    arguments = tuple(a.replace("HERE", str(here)) if isinstance(a, str) else a for a in arguments)
    if allowed:
        audit(event, arguments)
    else:
        with pytest.raises(PermissionError, match="may not"):
            audit(event, arguments)


def test_the_hook_counts_files(tmp_path):
    audit = hook(tmp_path)
    for i in range(FILES):
        audit("open", (str(tmp_path / str(i)), "w", 0))
    with pytest.raises(PermissionError, match="files"):
        audit("open", (str(tmp_path / "one more"), "w", 0))


def served(orders, monkeypatch, **changes):
    """What the server replies, in this very process and without a fork."""
    monkeypatch.delattr(os, "fork", raising=False)
    monkeypatch.setattr(sys, "addaudithook", lambda hook: None)  # one cannot be taken out again
    replies = io.StringIO()
    server.serve(io.StringIO("".join(json.dumps(order) + "\n" for order in orders)), replies)
    return [json.loads(line) for line in replies.getvalue().splitlines()]


def order(tmp_path, **changes):
    common = {"exercise": str(SIGMOID.folder), "source": RIGHT, "name": "a.py", "work": str(tmp_path), "seconds": 5.0}
    return common | changes


def test_without_a_fork_one_answer_is_served(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    replies = served([order(tmp_path), order(tmp_path)], monkeypatch)
    assert [json.loads(reply["result"])["state"] for reply in replies] == ["passed"]


def test_an_exercise_that_is_broken_is_no_fault_of_the_student(tmp_path, monkeypatch):
    (reply,) = served([order(tmp_path, exercise=str(tmp_path / "gone"))], monkeypatch)
    assert "The check itself stopped with FileNotFoundError" in reply["result"]


def test_without_alarms_nothing_is_stopped_from_inside(monkeypatch):
    monkeypatch.delattr(signal, "setitimer")
    assert check_source(SIGMOID, RIGHT, "a.py", seconds=5.0).passed


def test_an_alarm_stops_a_loop():
    result = check_source(SIGMOID, "while True: pass\n", "a.py", seconds=0.2)
    assert "line 1, in <module>:  while True: pass" in result.message


FORGED = {
    "no json": "x",
    "no token": '{"state": "passed", "findings": []}',
    "a state": "TOKEN\n" + json.dumps({"state": "excellent", "findings": [], "message": ""}),
    "a list": "TOKEN\n[]",
    "a finding": "TOKEN\n" + json.dumps({"state": "passed", "findings": [3], "message": ""}),
    "deep": "TOKEN\n" + "[" * 10**5,
}


@pytest.mark.parametrize("name", FORGED)
def test_a_verdict_that_is_none_is_not_believed(name, tmp_path, monkeypatch):
    monkeypatch.setattr(server.secrets, "token_hex", lambda: "secret")
    sent = FORGED[name].replace("TOKEN", "secret")
    monkeypatch.setattr(server, "_received", lambda pipe, seconds: (sent, False))
    text, reason = server._forked(server.Order(**order(tmp_path)), lambda *_: os._exit(3))
    result = server._read(text, reason)
    assert (result.state, result.message) == ("error", server._ended(result_code(reason)))
    assert server._read(Result("passed", "fine").json(), reason).passed


def result_code(reason):
    return int(re.search(r"-?\d+", reason).group())


def test_a_verdict_that_is_long_is_cut():
    out, into = os.pipe()
    os.set_blocking(into, False)
    os.write(into, b"x" * 1000)
    assert server._received(out, 0.05) == ("", True)
    os.write(into, b"y")
    os.close(into)
    assert server._received(out, 1.0) == ("y", False)
    os.close(out)


def test_a_server_that_dies_is_started_again(runner):
    runner.check(SIGMOID, RIGHT, "a")
    runner._process.kill()
    runner._process.wait()
    assert "ended the process that checks it" in runner.check(SIGMOID, RIGHT, "a").message
    assert runner.check(SIGMOID, RIGHT, "a").passed


def test_a_server_that_does_not_answer_is_ended(monkeypatch):
    silent = ["-c", "import time; time.sleep(99)"]
    whole = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda command, **k: whole([command[0], *silent], **k))
    monkeypatch.setattr("autograd.exercises.runner._START", -GRACE)
    with Runner() as runner:
        assert "Stopped after 0.2 seconds" in runner.check(SIGMOID, RIGHT, "a", 0.2).message
        assert runner._process is None


def test_without_a_fork_each_answer_has_a_server(monkeypatch):
    monkeypatch.delattr(os, "fork", raising=False)
    with Runner() as runner:
        assert runner.check(SIGMOID, RIGHT, "a").passed
        assert runner._process is None


def test_advice_for_a_full_disk():
    from autograd.exercises.advice import advice

    assert advice(KeyError("x")) == ""
    assert "without end" in advice(OSError(errno.EFBIG, "File too large"))
