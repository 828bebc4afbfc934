"""Many devices and several processes: the losses of one device; a process that dies; where a batch's parts go."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import ShapeError, UnsupportedError

pytest.importorskip("jax")
import jax

from autograd import xla
from autograd.xla import launch
from tests.mesh_programs import X, Y, difference, fitted, stepped

ROOT = Path(__file__).parent.parent
EXAMPLE = ROOT / "examples" / "many_machines.py"
LAUNCH = [sys.executable, "-m", "autograd.xla.launch", "--processes", "2"]
# what is compiled here runs a few times only
FLAGS = "--xla_backend_optimization_level=0 --xla_force_host_platform_device_count="


def run(command, devices=1, **more):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "XLA_FLAGS": FLAGS + str(devices)}
    return subprocess.Popen(
        list(map(str, command)), env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **more
    )


def finished(process):
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


def losses(out):
    return re.search(r"losses (.*)$", out, re.MULTILINE).group(1)


def test_four_devices_come_to_the_numbers_of_one(tmp_path):
    code, _, err = finished(run([sys.executable, ROOT / "tests" / "mesh_programs.py", "four", tmp_path], devices=4))
    assert code == 0, err
    found = json.loads((tmp_path / "0.json").read_text())
    assert found["fit"] < 1e-5
    assert found["steps"] < 1e-6
    assert found["layout"] == [None, "model"]


@pytest.fixture(scope="module")
def two(tmp_path_factory):
    """What two processes have found, each, and what they have printed."""
    folder = tmp_path_factory.mktemp("two")
    code, out, err = finished(run([*LAUNCH, ROOT / "tests" / "mesh_programs.py", "two", folder]))
    assert code == 0, err
    return *(json.loads((folder / f"{i}.json").read_text()) for i in range(2)), out


def test_two_processes_come_to_the_numbers_of_one(two):
    first, second, _ = two
    assert first.pop("files") == 2  # a checkpoint, and the table of epochs
    assert second.pop("files") == 0
    assert first == second
    sys.path.append(str(EXAMPLE.parent))
    import many_machines

    np.testing.assert_allclose(first["example"], many_machines.main(["--epochs", "2"]), rtol=1e-12)
    one = stepped(None)
    assert difference({key: first["steps"][key] for key in ("losses", "weight", "home")}, one) < 1e-6
    assert first["steps"]["layout"] == ["model"]
    figures, state = fitted(None, compile=False)
    assert difference(first["figures"], figures) < 1e-5
    assert difference({key: np.array(x) for key, x in first["state"].items()}, state) < 1e-5


def test_a_process_that_dies_ends_the_others_and_the_run_goes_on_bit_equal(two, tmp_path):
    example = [EXAMPLE, "--epochs", 2, "--checkpoint", tmp_path / "state.npz"]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    machines = [[*LAUNCH, "--coordinator", f"127.0.0.1:{port}", "--process-id", i] for i in range(2)]
    started = [run([*machine, *example, "--die", 1]) for machine in machines]
    (first, _, told), (second, _, killed) = map(finished, started)
    assert (first, second) == (1, 1)
    assert "process 0 of 2 ends: another process has died" in told
    assert "Traceback" not in told
    assert "process 1 of 2 was killed (SIGKILL)" in killed
    code, out, err = finished(run([*LAUNCH, *example]))
    assert code == 0, err
    assert losses(out) == losses(two[2])  # and the weights' last bits


# -- in this process ------------------------------------------------------------------------------------------------


def test_a_mesh_of_one_device_changes_nothing():
    (figures, state), (others, same) = fitted(xla.mesh()), fitted(None, compile=False)
    assert difference(figures, others) < 1e-5
    assert difference(state, same) < 1e-5
    assert stepped(1)["losses"] == pytest.approx(stepped(None)["losses"], rel=1e-6)


def test_a_loss_that_is_not_finite_is_found_on_a_mesh():
    targets = X[:, :1].copy()
    targets[20] = np.inf
    model = nn.Linear(6, 1, generator=0).float()
    data = nn.DataLoader(X, targets, batch_size=5)
    with pytest.raises(ArithmeticError, match="at batch 5 of epoch 1"):
        nn.fit(model, nn.MSELoss(), nn.SGD(model.parameters(), 0.1), data, epochs=1, compile=True, mesh=1)


class Several:
    """A mesh of four devices, of which this process has the last two."""

    def __init__(self, monkeypatch):
        devices = jax.sharding.AbstractMesh((4,), ("batch",))
        self.mesh = xla.Mesh(devices, {})
        monkeypatch.setattr(
            jax.sharding.NamedSharding, "addressable_devices_indices_map",
            lambda s, shape: {i: (slice(i * shape[0] // 4, (i + 1) * shape[0] // 4),) for i in (2, 3)},
        )  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"shuffle": True, "generator": 0}, {"num_workers": 2}])
def test_each_process_fetches_its_share_of_a_batch(options, monkeypatch):
    mesh = Several(monkeypatch).mesh
    data = nn.DataLoader(X, Y, batch_size=8, **options)
    whole = list(nn.DataLoader(X, Y, batch_size=8, **options))
    data.share = mesh.rows
    shares = list(data)
    assert [(share.rows, len(share.part[0])) for share in shares] == [(8, 4), (8, 4), (8, 4), (2, 2)]
    for share, (x, y) in zip(shares[:3], whole, strict=False):
        np.testing.assert_array_equal(share.part[0], x[4:])
        np.testing.assert_array_equal(share.part[1], y[4:])


def placed(**rule):
    step = nn.compile(
        nn.Linear(6, 3), nn.CrossEntropyLoss(), nn.SGD(nn.Linear(6, 3).parameters(), 0.1), mesh=xla.mesh(**rule)
    )
    return step(X[:4], Y[:4])


REFUSED = {
    "7 devices are asked for, and there are": (UnsupportedError, lambda: xla.mesh(7)),
    "leave out 2": (UnsupportedError, lambda: xla.mesh(2, batch=1)),
    "must be called 'batch'": (UnsupportedError, lambda: xla.mesh(rows=1)),
    "names model, and the axes are batch": (UnsupportedError, lambda: xla.mesh(parameters={"*": "model"})),
    "matches no parameter. There are weight, bias": (UnsupportedError, lambda: placed(parameters={"w": "batch"})),
    "weight of shape": (ShapeError, lambda: placed(parameters={"weight": ("batch", None, None)})),
    "fit.*compile=True, mesh=": (ValueError, lambda: fitted(1, compile=False)),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_shared_out_is_refused(message):
    kind, call = REFUSED[message]
    with pytest.raises(kind, match=message):
        call()


def test_devices_that_several_processes_have_must_all_be_used(monkeypatch):
    monkeypatch.setattr(jax, "process_count", lambda: 2)
    monkeypatch.setattr(jax, "device_count", lambda: 4)
    with pytest.raises(UnsupportedError, match="2 devices of 4, in 2 processes"):
        xla.mesh(2)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--processes", "2", "--process-id", "0", "x.py"], "belong together"),
        (["--processes", "2", "--coordinator", "h:1", "--process-id", "2", "x.py"], "there are the processes 0 … 1"),
    ],
)
def test_a_wrong_command_is_told(arguments, message, capsys):
    with pytest.raises(SystemExit):
        launch.main(arguments)
    assert message in capsys.readouterr().err


PROGRAMS = {
    "import sys; sys.exit(3)": (1, "process 0 of 1 ends: its program has ended with status 3"),
    "1 / 0": (1, "process 0 of 1 ends: its program has raised an error"),
    "import sys; assert sys.argv[1:] == ['--more', '1']; sys.exit()": (0, ""),
}


@pytest.mark.parametrize("text", PROGRAMS)
def test_how_a_program_ends_is_told(text, tmp_path, capfd, monkeypatch):
    (tmp_path / "program.py").write_text(text)
    code, message = PROGRAMS[text]
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    assert launch.main(["--processes", "1", str(tmp_path / "program.py"), "--more", "1"]) == code
    told = capfd.readouterr().err
    assert message in told
    assert ("process 0 of 1 ended with exit status 1" in told) == bool(code)


def test_ctrl_c_ends_all_and_no_process_is_left(tmp_path):
    (tmp_path / "program.py").write_text("import os, time\nprint(os.getpid(), flush=True)\ntime.sleep(100)")
    started = run([*LAUNCH[:-1], 1, tmp_path / "program.py"], start_new_session=True)
    child = int(started.stdout.readline())
    os.killpg(started.pid, signal.SIGINT)
    assert finished(started)[0] == 130
    with pytest.raises(ProcessLookupError):
        os.kill(child, 0)
