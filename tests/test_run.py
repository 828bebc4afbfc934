"""run.py: its environment is made once, noticed when it is broken, and left whole or not at all. Installers are fakes here."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import run
from tools import environment, installed

ROOT = Path(__file__).resolve().parent.parent
posix = pytest.mark.skipif(os.name != "posix", reason="signals are sent")


@pytest.fixture
def checkout(tmp_path, monkeypatch):
    """A checkout that run.py takes for its own, and what was installed there; the fake environment's Python is this one."""
    root = tmp_path / "a b é" / "checkout"
    root.mkdir(parents=True)
    (root / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text("utf-8"), "utf-8")
    monkeypatch.setattr(environment, "ROOT", root)
    monkeypatch.setattr(environment, "cache", lambda: tmp_path / "cache")
    monkeypatch.setattr(environment, "create", fake_environment)
    monkeypatch.setattr(environment, "install", lambda place, wanted: installations(place).append(wanted))
    monkeypatch.setattr(environment.Place, "unmet", lambda place, wanted: [])
    INSTALLED.clear()
    return root


INSTALLED: dict[Path, list[list[str]]] = {}


def installations(place):
    return INSTALLED.setdefault(place.folder, [])


def fake_environment(place):
    place.python.parent.mkdir(parents=True)
    place.python.symlink_to(sys.executable)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    (place.folder / ("Lib" if os.name == "nt" else f"lib/{version}") / "site-packages").mkdir(parents=True)


def test_an_environment_is_made_once(checkout, capsys):
    place = environment.ready(["all"])
    assert place.folder == checkout / ".venv"
    assert environment.ready(["all"]) == place
    assert installations(place) == [environment.requirements(["all"])]
    assert capsys.readouterr().out.count("Installing into") == 1


def test_the_checkout_is_on_the_path_of_its_environment(checkout):
    (path,) = environment.ready(["all"]).folder.rglob("checkout.pth")
    code = f"import sys; exec({path.read_text()!r}); print(ascii(sys.path[-1]))"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == ascii(str(checkout))


def test_requirements_are_those_of_the_extras_and_of_the_extras_in_them():
    lines = environment.requirements(["all", "test", "lint", "docs"])
    for name in ("numpy", "graphviz", "pytest", "matplotlib", "dask", "mkdocs-material", "ruff"):
        assert any(line.startswith(name) for line in lines), name
    assert not any(line.startswith(("chainrule", "torch", "micrograd")) for line in lines)


def python_is_gone(place):
    place.python.unlink()


def python_was_deleted(place):
    place.python.unlink()
    place.python.symlink_to("/nowhere/python")


def another_python(place):
    place.stamp.write_text(place.stamp.read_text().replace(sys.version.split()[0], "3.9.1"))


def moved_checkout(place):
    place.stamp.write_text(place.stamp.read_text().replace("checkout", "elsewhere"))


def not_text(place):
    place.stamp.write_bytes(b"\xff\xfe")


def broken_off(place):
    place.stamp.write_text("unfinished")


@pytest.mark.parametrize(
    "damage", [python_is_gone, python_was_deleted, another_python, moved_checkout, not_text, broken_off]
)
def test_what_cannot_be_used_is_made_anew(checkout, damage):
    place = environment.ready(["all"])
    damage(place)
    assert not place.finished()
    environment.ready(["all"])
    assert place.finished()
    assert len(installations(place)) == 2


def test_a_package_that_is_missing_is_installed_and_nothing_else_made_anew(checkout, monkeypatch, capsys):
    place = environment.ready(["all"])
    (place.folder / "mine").touch()
    monkeypatch.setattr(environment.Place, "unmet", lambda place, wanted: ["tqdm"][len(installations(place)) - 1 :])
    environment.ready(["all"])
    assert "Installing tqdm" in capsys.readouterr().out
    assert place.finished()
    assert (place.folder / "mine").exists()


def test_a_repair_that_fails_leaves_the_environment_as_it_was(checkout, monkeypatch):
    place = environment.ready(["all"])
    monkeypatch.setattr(environment.Place, "unmet", lambda place, wanted: ["mkdocs-material"])

    def offline(place, wanted):
        raise environment.SetupError("offline")

    monkeypatch.setattr(environment, "install", offline)
    with pytest.raises(environment.SetupError, match="offline"):
        environment.ready(["all", "docs"])
    assert place.finished()


@pytest.mark.parametrize("words", [b"", b"#!/bin/sh\nexit 1\n", b"\x7fELF"])
def test_a_python_that_does_not_start_meets_nothing(tmp_path, words):
    place = environment.Place(tmp_path)
    place.python.parent.mkdir()
    place.python.write_bytes(words)
    place.python.chmod(0o755)
    assert place.unmet(["numpy"]) == ["numpy"]


@pytest.mark.parametrize("step", ["create", "install"])
@pytest.mark.parametrize("end", [KeyboardInterrupt, environment.SetupError("no"), SystemExit(143), OSError(28, "full")])
def test_an_installation_that_is_broken_off_leaves_nothing(checkout, monkeypatch, step, end):
    def stop(*_):
        raise end

    with monkeypatch.context() as patch:
        patch.setattr(environment, step, stop)
        with pytest.raises(type(end) if isinstance(end, BaseException) else end):
            environment.ready(["all"])
    assert not (checkout / ".venv").exists()
    assert environment.ready(["all"]).finished()


def test_packages_that_went_elsewhere_are_an_error(checkout, monkeypatch):
    monkeypatch.setattr(environment.Place, "unmet", lambda place, wanted: ["numpy>=2.3"])
    with pytest.raises(environment.SetupError, match=r"numpy>=2\.3 is not in"):
        environment.ready(["all"])
    assert not (checkout / ".venv").exists()


def a_file(path):
    path.write_text("mine")


def a_link_to_nowhere(path):
    path.symlink_to(path.with_name("nowhere"))


def an_environment_of_the_users(path):
    path.mkdir()
    (path / "pyvenv.cfg").touch()


@pytest.mark.parametrize("found", [a_file, a_link_to_nowhere, an_environment_of_the_users])
def test_what_is_not_ours_is_moved_aside(checkout, capsys, found):
    found(checkout / ".venv")
    (checkout / ".venv-1").touch()
    assert environment.ready(["all"]).finished()
    assert os.path.lexists(checkout / ".venv-2")
    assert "not made by run.py: it is .venv-2 now" in capsys.readouterr().out


def test_a_link_to_a_folder_stays_a_link(checkout, tmp_path):
    (tmp_path / "large disk").mkdir()
    (checkout / ".venv").symlink_to(tmp_path / "large disk")
    place = environment.ready(["all"])
    broken_off(place)
    assert environment.ready(["all"]).finished()
    assert place.folder.is_symlink()
    assert (tmp_path / "large disk" / "installed-for").exists()


# -- read-only ---------------------------------------------------------------------------------------------------


def test_a_checkout_that_cannot_be_written_to_has_its_environment_in_the_cache(checkout, tmp_path, monkeypatch):
    monkeypatch.setattr(environment, "writable", lambda folder: folder != checkout)
    (tmp_path / "cache").mkdir()
    assert environment.ready(["all"]).folder == tmp_path / "cache" / "venv"
    assert not list(checkout.glob(".venv*"))
    variables = environment.variables()
    assert variables["PYTHONDONTWRITEBYTECODE"] == "1"
    assert "-p no:cacheprovider" in variables["PYTEST_ADDOPTS"]
    for name in ("HYPOTHESIS_STORAGE_DIRECTORY", "COVERAGE_FILE", "MYPY_CACHE_DIR", "CHAINRULE_OUT", "CHAINRULE_SITE"):
        assert Path(variables[name]).is_relative_to(tmp_path / "cache")


def test_nowhere_to_write(checkout, monkeypatch):
    monkeypatch.setattr(environment, "writable", lambda folder: False)
    with pytest.raises(environment.SetupError, match=r"neither .* nor .* can be written to.*XDG_CACHE_HOME"):
        environment.ready(["all"])


def test_writable_is_asked_by_writing(tmp_path):
    assert environment.writable(tmp_path / "new")
    (tmp_path / "file").touch()
    assert not environment.writable(tmp_path / "file")
    assert not list((tmp_path / "new").iterdir())


def test_checkouts_of_one_name_have_different_caches(monkeypatch):
    first = environment.cache()
    monkeypatch.setattr(environment, "ROOT", Path("/elsewhere") / environment.ROOT.name)
    assert environment.cache().parent == first.parent
    assert environment.cache() != first


# -- several at once ---------------------------------------------------------------------------------------------


def test_the_second_waits_and_uses_what_the_first_has_made(checkout, monkeypatch, capsys):
    started = threading.Event()

    def slowly(place, wanted):
        installations(place).append(wanted)
        started.set()
        time.sleep(0.5)

    monkeypatch.setattr(environment, "install", slowly)
    first = threading.Thread(target=environment.ready, args=(["all"],))
    first.start()
    started.wait(10)
    place = environment.ready(["all"])
    first.join()
    assert len(installations(place)) == 1
    assert "Another run.py is installing" in capsys.readouterr().out


@posix
def test_a_holder_that_is_killed_lets_go(tmp_path):
    path = str(tmp_path / "lock")
    code = f"from tools.environment import *\nwith lock(Path({path!r})): print('has', flush=True); time.sleep(60)"
    with subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE) as holder:
        assert holder.stdout.readline() == b"has\n"
        with (tmp_path / "lock").open("a") as file:
            assert not environment.taken(file.fileno())
            holder.kill()
            holder.wait()
            assert environment.taken(file.fileno())


# -- steps and their failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "advice"),
    [
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("NewConnectionError: Temporary failure in name resolution", "offline"),
        ("error: dns error: failed to lookup address", "offline"),
        ("ResolutionImpossible", "ResolutionImpossible"),
    ],
)
def test_a_step_that_fails_says_so_in_its_own_words(words, advice):
    with pytest.raises(environment.SetupError) as caught:
        environment.step([sys.executable, "-c", f"import sys; sys.exit({words!r})"])
    assert words in str(caught.value)
    assert advice in str(caught.value)


def test_settings_that_send_packages_elsewhere_are_left_out(monkeypatch):
    for name in environment.MISLEADING:
        monkeypatch.setenv(name, "x") if not name.startswith("PYTHON") else None
    monkeypatch.setenv("PIP_INDEX_URL", "mirror")
    code = (
        "import os, sys; sys.exit(' '.join(f'{k}={v};' for k, v in os.environ.items() if k.startswith(('PIP', 'UV_'))))"
    )
    with pytest.raises(environment.SetupError) as caught:
        environment.step([sys.executable, "-c", code])
    assert "PIP_INDEX_URL=mirror;" in str(caught.value)
    assert "PIP_USER=0;" in str(caught.value)
    assert not any(f"{name}=x;" in str(caught.value) for name in environment.MISLEADING)


def test_no_module_venv_is_told_how_to_get_it(tmp_path, monkeypatch):
    def step(line):
        raise environment.SetupError("The virtual environment was not created because ensurepip is not available.")

    monkeypatch.setattr(environment, "step", step)
    monkeypatch.setattr(environment.shutil, "which", lambda name: None)
    with pytest.raises(environment.SetupError, match="apt-get install python3"):
        environment.create(environment.Place(tmp_path))


# -- what is installed -------------------------------------------------------------------------------------------


def package(site, name, version, requires=(), record=True, folder=True):
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    lines = [f"Name: {name}", f"Version: {version}", *(f"Requires-Dist: {line}" for line in requires)]
    (info / "METADATA").write_text("\n".join(lines) + "\n\nVersion: of the description\n")
    if record:
        (info / "RECORD").write_text(f"{name}/__init__.py,,\n{info.name}/METADATA,,\n")
    if folder:
        (site / name).mkdir()


def test_what_is_not_met_is_found(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    package(tmp_path, "aa", "1.0", ["bb>=2", "cc; extra == 'more'", "gone; python_version < '3'"])
    package(tmp_path, "bb", "2.1", ["aa"])
    package(tmp_path, "halffolder", "1", folder=False)
    package(tmp_path, "halfrecord", "1", record=False)
    assert installed.unmet(["aa", "bb"]) == []
    assert installed.unmet(["aa<1"]) == ["aa<1"]
    assert installed.unmet(["aa[more]"]) == ["cc; extra == 'more'"]
    assert installed.unmet(["halffolder", "halfrecord", "absent"]) == ["halffolder", "halfrecord", "absent"]


def test_this_environment_has_what_the_tests_need():
    place = environment.Place(Path(sys.prefix))
    assert place.unmet(["numpy>=2.3", "pytest"]) == []
    assert place.unmet(["numpy<2", "no-such-package"]) == ["numpy<2", "no-such-package"]


# -- the command -------------------------------------------------------------------------------------------------


@posix
@pytest.mark.parametrize("everyone", [True, False], ids=["terminal", "kill"])
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupt_ends_the_child_quietly(tmp_path, everyone, number, code):
    """The child ignores what it can; it is ended within the grace, cut short here."""
    child = "import os, signal, time; signal.signal(2, lambda *_: None); print(os.getpid(), flush=True); time.sleep(60)"
    program = f"""
import sys, run, signal
from tools import environment
environment.ready = lambda extras: environment.Place(__import__('pathlib').Path({str(tmp_path)!r}))
run.GRACE = 0.2
run.COMMANDS['test'] = ('', [['-c', {child!r}]])
signal.signal(signal.SIGTERM, run.terminated)
sys.exit(run.main(['test']))
"""
    fake = environment.Place(tmp_path)
    fake.python.parent.mkdir(parents=True)
    fake.python.symlink_to(sys.executable)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, start_new_session=True, **pipes) as started:
        pid = int(started.stdout.readline())
        (os.killpg if everyone else os.kill)(started.pid, number)
        _, said = started.communicate(timeout=30)
    assert started.returncode == code
    assert said == ("run.py: interrupted\n" if code == 130 else "")
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@posix
def test_an_interrupted_installer_ends_with_all_its_processes(tmp_path):
    grandchild = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {grandchild!r}])"
    program = f"from tools.environment import *\nstep([sys.executable, '-c', {child!r}])"
    with subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stderr=subprocess.DEVNULL) as started:
        deadline = time.monotonic() + 30
        while not ((tmp_path / "pid").exists() and (pid := (tmp_path / "pid").read_text())):
            assert time.monotonic() < deadline
            time.sleep(0.02)
        started.send_signal(signal.SIGINT)
        started.wait(30)
    for _ in range(100):  # the system reaps an orphan when it comes to it
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.02)
    pytest.fail("the installer's child lives on")


def test_exercises_lie_where_the_student_is_who_is_told_what_to_type(monkeypatch, tmp_path, capfd):
    monkeypatch.setattr(environment, "ready", lambda extras: environment.Place(Path(sys.prefix)))
    monkeypatch.chdir(tmp_path)
    assert run.main(["exercises", "start", "--only", "tanh"]) == 0
    assert (tmp_path / "exercises" / "01_tanh.py").exists()
    said = capfd.readouterr().out
    typed = re.search(r"  (python3 (\S+) exercises) check", said)
    assert typed, said
    assert (tmp_path / typed[2]).resolve() == Path(run.__file__).resolve()


@pytest.mark.parametrize("code", [0, 3])
def test_the_exit_code_is_the_commands(monkeypatch, tmp_path, code):
    fake = environment.Place(tmp_path)
    fake.python.parent.mkdir(parents=True)
    fake.python.symlink_to(sys.executable)
    monkeypatch.setattr(environment, "ready", lambda extras: fake)
    assert run.main(["python", "-c", f"raise SystemExit({code})"]) == code


@posix
def test_a_command_that_a_signal_ended_has_the_shells_code():
    assert run.call([sys.executable, "-c", "import os; os.kill(os.getpid(), 9)"], dict(os.environ)) == 137


def test_no_environment_is_told_in_a_line(monkeypatch, capsys):
    def ready(extras):
        raise environment.SetupError("why")

    monkeypatch.setattr(environment, "ready", ready)
    assert run.main(["test"]) == 1
    assert capsys.readouterr().err == "run.py: why\n"


def test_an_old_python_is_told(monkeypatch, capsys):
    monkeypatch.setattr(run.sys, "version_info", (3, 10, 4))
    assert run.main(["test"]) == 1
    assert "Python 3.11 or newer is needed" in capsys.readouterr().err


@pytest.mark.parametrize(("arguments", "code"), [([], 0), (["--help"], 0), (["tset"], 2)])
def test_usage(arguments, code, capsys):
    assert run.main(arguments) == code
    said = capsys.readouterr().out
    assert all(name in said for name in run.COMMANDS)
