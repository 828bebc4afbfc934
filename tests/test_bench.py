"""The benchmark suite: it measures, notices a wrong result, does without a library that cannot be installed, and is told."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parent.parent
BENCHMARKS = ROOT / "benchmarks"
with pytest.MonkeyPatch.context() as patch:
    patch.syspath_prepend(BENCHMARKS)
    import bench
    import worker
    from peers import numpy as by_hand
    from peers import ours, value30
    from suite import plots, record, report, starts
    from suite.digest import TOLERANCE, difference, digest
    from suite.measure import Cell, Measurement, Row
    from suite.peers import PEERS, RIGHT, Peer, interpreter
    from suite.process import Failed, Process, TooLong
    from suite.workloads import WORKLOADS

    from tools import environment

SMALL = {1: 1, 64: 2, 100: 10, 1000: 3, 10_000: 64, 100_000: 50}  # sizes at which the workloads are compared here
ENVIRONMENT = os.environ | {"PYTHONPATH": str(ROOT)}


def suite(*arguments, folder=BENCHMARKS, **variables):
    """A finished run."""
    line = [sys.executable, str(folder / "bench.py"), "--quick", *map(str, arguments)]
    return subprocess.run(line, env=ENVIRONMENT | variables, capture_output=True, text=True, encoding="utf-8")


@pytest.fixture
def broken(tmp_path):
    """A copy of the benchmarks in which one library's sums are wrong by a hundred-thousandth."""
    shutil.copytree(BENCHMARKS, tmp_path / "benchmarks")
    file = tmp_path / "benchmarks" / "peers" / "value30.py"
    text = file.read_text("utf-8")
    assert text.count("(1.0, 1.0)") == 1
    file.write_text(text.replace("(1.0, 1.0)", "(1.00001, 1.0)"), "utf-8")
    return tmp_path / "benchmarks"


def test_a_quick_run_compares_measures_and_keeps_every_sample(tmp_path):
    path = tmp_path / "bench.json"
    done = suite("--peers", "numpy", "ours", "--only", "scalar_add_2", "chain-20", "importing", "--json", path)
    assert (done.returncode, done.stderr) == (0, "")
    head, *lines = done.stdout.splitlines()
    assert head.split() == ["chainrule", "by", "hand"]
    assert [line[:36].strip() for line in lines[:3]] == [
        "scalar add, two parents: record", "scalar add, two parents: differentia", "chain of 20 scalar operations: recor",
    ]  # fmt: skip
    found = json.loads(path.read_text("utf-8"))
    assert {"processor", "python", "numpy", "blas", "date"} <= set(found["machine"])
    assert [row["name"] for row in found["rows"]] == ["scalar_add_2", "chain-20", "importing"]
    for row in found["rows"]:
        for cell in row["cells"].values():
            for process in cell["samples"]:
                assert np.shape(process) == (len(process), len(row["phases"]), 2)
                assert np.min(process) >= 0 < np.max(process)
    recorded = {name: cell["samples"][0][0][0][1] for name, cell in found["rows"][0]["cells"].items()}
    assert recorded["ours"] > recorded["numpy"] > 0


def test_a_wrong_result_is_noticed(broken, tmp_path):
    options = "--json", tmp_path / "bench.json", "--only", "scalar_add_1", "square"
    done = suite("--peers", "value30", *options, folder=broken)
    assert done.returncode == 1
    assert done.stderr.startswith("scalar_add_1, 30 lines: wrong result: 4.0e-03 from the one by hand")
    _, record_line, differentiate_line, square_line, *_ = done.stdout.splitlines()
    assert record_line.endswith("wrong result")
    assert differentiate_line.endswith("wrong result")
    assert square_line.endswith((" µs", " ns"))


def test_a_library_that_cannot_be_installed_is_reported(tmp_path):
    nowhere = {
        "PIP_NO_INDEX": "1",
        "PIP_CONFIG_FILE": os.devnull,
        "PIP_FIND_LINKS": "",
        "UV_OFFLINE": "1",
        "UV_NO_CACHE": "1",
    }
    options = "--cache", tmp_path / "cache", "--json", tmp_path / "bench.json", "--only", "square"
    done = suite("--peers", "micrograd", *options, **nowhere)
    assert (done.returncode, done.stderr) == (0, "")
    assert "micrograd could not be installed, and is left out:" in done.stdout
    assert "absent" in done.stdout.splitlines()[-3]
    assert json.loads((tmp_path / "bench.json").read_text("utf-8"))["peers"]["micrograd"]["absent"]
    assert not list((tmp_path / "cache").glob("micrograd*/bin"))


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT")
def test_an_interrupt_ends_all_processes_without_a_word(tmp_path):
    line = [
        sys.executable,
        str(BENCHMARKS / "bench.py"),
        "--peers",
        "ours",
        "--only",
        "moons",
        "--json",
        str(tmp_path / "j"),
    ]
    with subprocess.Popen(line, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        assert "chainrule" in run.stdout.readline()
        time.sleep(0.3)
        children = Path(f"/proc/{run.pid}/task/{run.pid}/children")
        below = children.read_text().split() if children.exists() else []
        run.send_signal(signal.SIGINT)
        assert (run.wait(20), run.stderr.read()) == (130, "")
        assert not [pid for pid in below if Path(f"/proc/{pid}").exists()]


def test_options_that_make_no_sense_are_refused(capsys):
    for arguments, word in (
        (["--only", "nothing"], "no row nothing"),
        (["--write-docs", "--only", "chain"], "whole table"),
    ):
        with pytest.raises(SystemExit) as refused:
            bench.parse(arguments)
        assert refused.value.code == 2
        assert word in capsys.readouterr().err
    assert [size for _, size in bench.parse(["--only", "chain-20", "chain-200"]).rows] == [20, 200]


# Each result of ours and of the thirty lines is that of the derivatives by hand, on all workloads at a small size.


def tiny_gpt(batch):
    return starts.gpt(batch, layers=2, width=8, context=6, letters=5)


def results(peer, workload, size):
    phases = getattr(peer, workload.name)(tiny_gpt(size) if workload.name == "gpt" else workload.start(size))
    return digest(worker.sample(phases)[1])


@pytest.mark.parametrize("workload", [w for w in WORKLOADS if not w.name.startswith("importing")], ids=lambda w: w.name)
def test_results_agree(workload):
    size = 20 if workload.grows else SMALL.get(workload.sizes[0], workload.sizes[0])
    right = results(by_hand, workload, size)
    for peer in (ours, value30):
        if hasattr(peer, workload.name):
            assert difference(results(peer, workload, size), right) < 1e-5


def small(name):
    """The start of a network, small and in float64, and the arrays in it."""
    if name in ("gpt", "lenet", "convnet"):
        start = tiny_gpt(1) if name == "gpt" else getattr(starts, name)(2)
        start.p = [a.astype(float) for a in start.p]
        start.x = start.x[..., :8, :8] if name == "convnet" else getattr(start, "x", None)  # fewer kinks
        return start, start.p
    start = next(w for w in WORKLOADS if w.name == name).start(4)
    if name == "scalar_gpt":
        return start, list(start.p.values())
    start.layers = [tuple(a.astype(float) for a in layer) for layer in start.layers]
    return start, [a for layer in start.layers for a in layer]


@pytest.mark.parametrize("name", ["moons", "scalar_gpt", "gpt", "lenet", "convnet"])
def test_the_derivatives_by_hand_are_those_of_finite_differences(name):
    start, arrays = small(name)
    rng = np.random.default_rng(0)
    directions = [rng.standard_normal(a.shape) for a in arrays]

    def step(h):
        for a, v in zip(arrays, directions, strict=True):
            a += h * v
        loss, *gradients = getattr(by_hand, name)(start)[0]()
        for a, v in zip(arrays, directions, strict=True):
            a -= h * v
        return loss, np.concatenate([np.ravel(g) for g in gradients])

    slope = step(0)[1] @ np.concatenate([v.ravel() for v in directions])
    assert slope == pytest.approx((step(1e-6)[0] - step(-1e-6)[0]) / 2e-6, rel=1e-5)


def test_a_difference_is_seen_in_an_element_a_norm_and_a_shape():
    right = [np.linspace(-1, 1, 1000), 3.0]
    for change in (0, 10, 501, 999):
        wrong = right[0].copy()
        wrong[change] += 0.2
        assert difference(digest([wrong, 3.0]), digest(right)) > TOLERANCE
    assert difference(digest([right[0], 3.001]), digest(right)) > TOLERANCE
    assert difference(digest([right[0]]), digest(right)) == np.inf
    assert difference(digest([right[0] * np.nan, 3.0]), digest(right)) == np.inf
    assert difference(digest([right[0] * (1 + 1e-6), 3.0]), digest(right)) < TOLERANCE


# The processes.


def process(name="value30", limit=20.0):
    return Process([sys.executable], name, -1, ENVIRONMENT, limit)


def test_a_process_that_does_not_answer_or_cannot_is_told_apart():
    once = {"size": 1, "seconds": 0, "least": 1, "most": 1}
    alive = process(limit=0.05)
    try:
        assert "moons" in alive.hello()["offers"]
        with pytest.raises(TooLong):
            alive.ask(**once | {"name": "moons", "size": 100, "seconds": 5})
        with pytest.raises((TooLong, Failed)):
            alive.ask(name="square", **once)
    finally:
        alive.end()
    for name, question, said in (
        ("nobody", None, "No module named 'peers.nobody'"),
        ("value30", "gpt", "AttributeError"),
    ):
        alive = process(name)
        try:
            with pytest.raises(Failed, match=said):
                alive.hello() if question is None else alive.hello() and alive.ask(name=question, **once)
        finally:
            alive.end()
        alive.end()
        assert alive.child.returncode is not None


def test_an_environment_is_made_once_and_left_whole_or_not_at_all(tmp_path, monkeypatch):
    made = []

    def create(place):
        place.python.parent.mkdir(parents=True)
        place.python.touch()

    def install(place, wanted):
        made.append(wanted)
        if "broken" in wanted:
            raise environment.SetupError("no such thing")

    monkeypatch.setattr(environment, "create", create)
    monkeypatch.setattr(environment, "install", install)
    old, new = Peer("some", "Some", "some==1"), Peer("some", "Some", "some==2")
    for peer, count in ((old, 1), (old, 1), (new, 2), (new, 2)):
        python, *flags = interpreter(peer, tmp_path)
        assert Path(python).is_relative_to(tmp_path)
        assert flags == ["-E", "-s"]  # neither this project nor the user's packages
        assert len(made) == count
        assert made[-1] == [peer.requirement, f"numpy=={np.__version__}"]
    with pytest.raises(environment.SetupError, match="no such thing"):
        interpreter(Peer("some", "Some", "broken"), tmp_path)
    assert not list(tmp_path.glob("some*/*"))
    assert interpreter(PEERS["ours"], tmp_path) == [sys.executable]


# What is told.


def rows_of(times, name="elementwise"):
    """Rows of one workload: what a made-up library took at each size."""
    workload = next(w for w in WORKLOADS if w.name == name)
    phases = len(workload.phases)
    return [
        Row(workload, n, {"ours": Cell([[[(2 * t, t)] * phases] * 3], [n * 100]), RIGHT: Cell(fault="> 15 s")})
        for n, t in times.items()
    ]


def test_where_the_cost_is_not_linear_is_said():
    linear = rows_of({10: 1e-5, 100: 2e-5, 1000: 1.2e-4, 10_000: 1.2e-3})
    assert report.growth(linear) == []
    (line,) = report.growth([*linear, *rows_of({100_000: 2.4e-2})])
    assert line == "elementwise, chainrule: more than linear from 10,000 to 100,000: 120 ns → 240 ns each"


@pytest.mark.parametrize(
    ("t", "text"),
    [
        (5.334e-7, "533 ns"),
        (1.2345e-6, "1.23 µs"),
        (0.0999, "99.9 ms"),
        (2.0, "2.00 s"),
        (0.0, "0.00 ns"),
        (1234.5, "1234 s"),
    ],
)
def test_times_have_three_digits(t, text):
    assert report.seconds(t) == text


def test_the_page_has_the_tables_between_its_marks(tmp_path):
    shutil.copy(ROOT / "docs" / "benchmarks.md", tmp_path)
    before = (tmp_path / "benchmarks.md").read_text("utf-8")
    rows = [*rows_of({10: 1e-5, 100: 1e-4}), *rows_of({20_000: 1e-2, 200_000: 1e-1}, "chain")]
    measurement = Measurement(bench.plan(bench.parse(["--quick"])))
    measurement.versions["ours"], measurement.absent["jax"] = {"numpy": "2.4"}, "no network"
    for _ in range(2):  # the second run replaces the first
        record.write_page(tmp_path, measurement, rows, ["ours", RIGHT, "jax"])
    page = (tmp_path / "benchmarks.md").read_text("utf-8")
    assert page.partition(record.BEGIN)[0] == before.partition(record.BEGIN)[0]
    assert page.count("| | chainrule | by hand | jax.jit |") == 1
    assert "n = 10 | 10.0 µs | > 15 s | absent |" in page
    assert "operations: memory of each | 100 B | – | absent |" in page
    assert "jax.jit could not be installed" in page
    for workload in plots.TITLES:
        assert f"(images/benchmark_{workload}.svg)" in page
        assert (tmp_path / "images" / f"benchmark_{workload}.svg").read_text("utf-8").count("<path") > 10
    (tmp_path / "benchmarks.md").write_text("no marks", "utf-8")
    with pytest.raises(ValueError, match="lacks the lines"):
        record.write_page(tmp_path, measurement, rows, ["ours"])


def test_every_library_has_its_file_and_every_name_its_workload():
    assert {path.stem for path in (BENCHMARKS / "peers").glob("*.py")} >= set(PEERS)
    assert len({row for w in WORKLOADS for row in map(w.row, w.sizes)}) == sum(len(w.sizes) for w in WORKLOADS)
    for workload in WORKLOADS:
        assert hasattr(ours, workload.name)
