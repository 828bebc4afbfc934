"""The environment that run.py works in: where it is, whether it is whole, how it is made. Standard library alone."""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Settings that would send packages elsewhere, or leave some out; mirrors, proxies and caches stay as the user has them.
MISLEADING = (
    "PIP_TARGET PIP_PREFIX PIP_ROOT PIP_DRY_RUN PIP_NO_DEPS PIP_PYTHON UV_SYSTEM_PYTHON PYTHONHOME PYTHONPATH".split()
)


class SetupError(Exception):
    """There is no environment; the message says why, and what to do."""


@dataclass(frozen=True)
class Place:
    """Where an environment is, or will be."""

    folder: Path

    @property
    def python(self) -> Path:
        return self.folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")

    @property
    def stamp(self) -> Path:
        return self.folder / "installed-for"

    def finished(self) -> bool:
        """Whether the environment was made to its end, for this Python and this checkout, and its Python is still there."""
        return self.python.exists() and self.stamp.is_file() and self.stamp.read_bytes() == mark().encode()

    def unmet(self, wanted: list[str]) -> list[str]:
        """The requirements that the environment does not meet; all of them if it cannot be asked."""
        line = [str(self.python), "-I", str(ROOT / "tools" / "installed.py"), *wanted]
        try:
            return subprocess.run(line, capture_output=True, text=True, check=True).stdout.splitlines()
        except (subprocess.CalledProcessError, OSError):
            return wanted

    def whole(self, wanted: list[str]) -> bool:
        return self.finished() and not self.unmet(wanted)


def ready(extras: list[str]) -> Place:
    """A place where the project and these extras are installed: as it is, repaired or made now.

    It is `.venv` in the checkout, or a folder in the user's cache if nothing can be written there.
    """
    wanted = requirements(extras)
    place = Place(ROOT / ".venv")
    if place.whole(wanted):
        return place
    if not writable(ROOT):
        place = Place(cache() / "venv")
        if not writable(place.folder.parent):
            raise SetupError(
                f"neither {ROOT} nor {place.folder.parent} can be written to: copy the checkout to a folder of yours, or "
                "name one for caches by the variable XDG_CACHE_HOME (on Windows LOCALAPPDATA)"
            )
    if place.whole(wanted):
        return place
    with lock(place.folder.with_name(place.folder.name + ".lock")):
        if place.finished() and (lacking := place.unmet(wanted)) and lacking != wanted:
            repair(place, wanted, lacking)
        if not place.whole(wanted):
            make(place, wanted)
    return place


def requirements(extras: list[str]) -> list[str]:
    """What pyproject.toml asks for: its dependencies and these extras, also those that an extra names by the project's name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    optional, found = project["optional-dependencies"], list(project["dependencies"])
    names = list(extras)
    for name in names:  # grows as it is walked
        for line in optional[name]:
            if own := re.fullmatch(rf"{project['name']}\[(.*)\]", line):
                names += [each.strip() for each in own[1].split(",")]
            else:
                found.append(line)
    return list(dict.fromkeys(found))


def mark() -> str:
    """The stamp of a finished environment: for which Python, and for which checkout."""
    return ascii((sys.version, str(ROOT)))


def repair(place: Place, wanted: list[str], lacking: list[str]) -> None:
    """Install what is missing. If pip fails the environment is as it was; if it is broken off, it will be made anew."""
    say(f"Installing {', '.join(lacking)} …")
    place.stamp.write_text("unfinished")
    try:
        install(place, wanted)
    except SetupError:
        place.stamp.write_text(mark())
        raise
    place.stamp.write_text(mark())


def make(place: Place, wanted: list[str]) -> None:
    """A new environment. The stamp comes last, and one that is broken off is removed."""
    clear(place)
    say(f"Installing into {place.folder} (once; it takes a minute or two) …")
    try:
        place.stamp.write_text("unfinished")
        create(place)
        install(place, wanted)
        if lacking := place.unmet(wanted):
            raise SetupError(
                f"pip has ended well, but {', '.join(lacking)} is not in {place.folder}: do PIP_… variables or pip's "
                "configuration send it elsewhere? (pip config list)"
            )
        # Escaped, and run as code: the encoding in which a .pth file is read depends on the Python and on the machine.
        base = {"base": str(place.folder), "platbase": str(place.folder)}
        path = Path(sysconfig.get_path("purelib", "venv", base)) / "checkout.pth"
        path.write_text(f"import sys; sys.path.append({str(ROOT)!a})\n")
        place.stamp.write_text(mark())
    except BaseException:
        remove(place)
        raise


def clear(place: Place) -> None:
    """An empty folder for a new environment. What run.py has not made is moved aside, never deleted."""
    if place.folder.is_dir() and (place.stamp.exists() or not any(place.folder.iterdir())):
        remove(place)
    elif os.path.lexists(place.folder):
        asides = (place.folder.with_name(f"{place.folder.name}-{number}") for number in count(1))
        aside = next(path for path in asides if not os.path.lexists(path))
        place.folder.rename(aside)
        say(f"{place.folder} was not made by run.py: it is {aside.name} now")
    place.folder.mkdir(exist_ok=True)


def remove(place: Place) -> None:
    folder = place.folder.resolve()
    shutil.rmtree(folder, ignore_errors=True)
    if place.folder.is_symlink():  # stays, and leads to an empty folder
        folder.mkdir(exist_ok=True)


def create(place: Place) -> None:
    """A virtual environment with pip, or the exact way to get one."""
    python = getattr(sys, "_base_executable", sys.executable)  # not the one of the environment that is being replaced
    if uv := shutil.which("uv"):
        return step([uv, "venv", "--quiet", "--seed", "--allow-existing", "--python", python, str(place.folder)])
    try:
        return step([python, "-m", "venv", str(place.folder)])
    except SetupError as error:
        if "ensurepip" not in str(error) and "No module named venv" not in str(error):
            raise
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetupError(
            f"{error}\nThis Python cannot make virtual environments. On Debian and Ubuntu:  sudo apt-get install "
            f"python{version}-venv   On Fedora:  sudo dnf install python3-libs   Or install uv "
            "(https://docs.astral.sh/uv) and run the command again."
        ) from None


def install(place: Place, wanted: list[str]) -> None:
    uv = shutil.which("uv")
    pip = [uv, "pip"] if uv else [str(place.python), "-I", "-m", "pip"]
    options = ["--python", str(place.python)] if uv else ["--disable-pip-version-check", "--no-input"]
    step([*pip, "install", "--quiet", *options, *wanted])


def step(line: list[str]) -> None:
    """A step of an installation, in a session of its own: with run.py all its processes end.

    Raises:
        SetupError: with its own words.
    """
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING} | {"PIP_USER": "0"}
    with subprocess.Popen(
        line,
        env=kept,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
        close_fds=False,  # for the lock: an installer that outlives a killed run.py still has it
    ) as child:
        try:
            said, _ = child.communicate()
        except BaseException:
            child.kill() if sys.platform == "win32" else os.killpg(child.pid, signal.SIGKILL)
            raise
    if child.returncode:
        raise SetupError(f"the installation failed at:  {shlex.join(line)}\n{said.strip()}\n{reason(said)}".rstrip())


def reason(said: str) -> str:
    """What an installer's words come down to, where that is plain."""
    if re.search(r"No space left|Errno 28|Disk quota", said):
        return "The disk is full."
    if re.search(
        r"NewConnection|NameResolution|ConnectTimeout|ConnectionError|ProxyError|dns error|error sending req", said
    ):
        return (
            "The package index cannot be reached: is this machine offline? A mirror is named by PIP_INDEX_URL, "
            "a folder of wheels by PIP_FIND_LINKS (with PIP_NO_INDEX=1); uv has UV_INDEX_URL and UV_FIND_LINKS."
        )
    return ""


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """One run.py at a time; the system lets go of the lock when its holder ends, in whatever way."""
    with path.open("a") as file:
        os.set_inheritable(file.fileno(), True)
        waiting = False
        while not taken(file.fileno()):
            if not waiting:
                say(f"Another run.py is installing into {path.with_suffix('')}: waiting for it …")
            waiting = True
            time.sleep(0.2)
        yield


def taken(file: int) -> bool:
    """Whether the lock on a file is ours now."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(file, 0, os.SEEK_SET)
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:  # a file system without locks
        return True
    return True


def writable(folder: Path) -> bool:
    """Whether files can be made there, asked by making one: permissions do not tell of a file system mounted for reading."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        tempfile.TemporaryFile(dir=folder).close()
    except OSError:
        return False
    return True


def cache() -> Path:
    """This checkout's folder in the user's cache."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or "~/AppData/Local"
    elif sys.platform == "darwin":
        base = "~/Library/Caches"
    else:
        base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    key = hashlib.sha256(os.fsencode(ROOT)).hexdigest()[:12]
    return Path(base).expanduser().absolute() / "chainrule" / f"{ROOT.name}-{key}"


def variables() -> dict[str, str]:
    """The environment variables of a command: it imports this checkout before all else, and writes where that can be done."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    found = os.environ | {"PYTHONPATH": path, "NO_MKDOCS_2_WARNING": "1"}
    found.pop("PYTHONHOME", None)
    if not writable(ROOT):
        cache().mkdir(parents=True, exist_ok=True)
        found |= {
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTEST_ADDOPTS": f"{os.environ.get('PYTEST_ADDOPTS', '')} -p no:cacheprovider",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(cache() / "hypothesis"),
            "COVERAGE_FILE": str(cache() / "coverage"),
            "RUFF_NO_CACHE": "true",
            "MYPY_CACHE_DIR": str(cache() / "mypy"),
            "CHAINRULE_OUT": str(cache() / "out"),
            "CHAINRULE_SITE": str(cache() / "site"),
        }
    return found


def say(message: str) -> None:
    print(message, flush=True)
