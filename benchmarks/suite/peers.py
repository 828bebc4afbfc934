"""Who is measured, and the environments in which they are installed."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from tools import environment

ROOT = Path(__file__).resolve().parent.parent.parent
OURS, RIGHT = "ours", "numpy"  # the second is what results are compared with


@dataclass(frozen=True)
class Peer:
    """A file of `peers/`, what the tables call it, and what pip installs for it: nothing if this environment has it."""

    name: str
    title: str
    requirement: str = ""

    @property
    def distribution(self) -> str:
        return self.requirement.partition("==")[0]


PEERS = {
    peer.name: peer
    for peer in (
        Peer(OURS, "chainrule"),
        Peer(RIGHT, "by hand"),
        Peer("value30", "30 lines"),
        Peer("micrograd", "micrograd", "micrograd==0.1.0"),
        Peer("hips", "HIPS", "autograd"),
        Peer("mygrad", "MyGrad", "mygrad"),
        Peer("torch", "PyTorch", "torch==2.13.0"),
        Peer("jax", "jax.jit", "jax"),
    )
}


def cache() -> Path:
    """The folder of the peers' environments in the user's cache: one for every checkout."""
    return environment.cache().parent / "bench"


def interpreter(peer: Peer, folder: Path) -> list[str]:
    """The beginning of a command line in a peer's environment, which is made if it is not there.

    Another library's Python sees neither this project nor the user's packages: one of the libraries has our import name.

    Raises:
        environment.SetupError: the peer cannot be installed.
    """
    if not peer.requirement:
        return [sys.executable]
    wanted = [peer.requirement, f"numpy=={np.__version__}"]
    place = environment.Place(folder / f"{peer.name}-{sys.version_info.major}.{sys.version_info.minor}")
    stamp = "\n".join([sys.version, *wanted])
    place.folder.parent.mkdir(parents=True, exist_ok=True)
    with environment.lock(place.folder.with_suffix(".lock")):
        if not (place.python.exists() and place.stamp.is_file() and place.stamp.read_text("utf-8") == stamp):
            environment.say(f"Installing {peer.requirement} into {place.folder} (once) …")
            environment.clear(place)
            try:
                place.stamp.write_text("unfinished", "utf-8")
                environment.create(place)
                environment.install(place, wanted)
                place.stamp.write_text(stamp, "utf-8")
            except BaseException:
                environment.remove(place)
                raise
    return [str(place.python), "-E", "-s"]


def variables(keep_heap: bool) -> dict[str, str]:
    """One thread, and on demand an allocator that keeps what was freed."""
    found = dict(os.environ)
    for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
        found[name] = "1"
    found["XLA_FLAGS"] = "--xla_cpu_multi_thread_eigen=false"
    found["JAX_PLATFORMS"] = "cpu"
    if keep_heap:
        found |= {"MALLOC_MMAP_THRESHOLD_": str(2**30), "MALLOC_TRIM_THRESHOLD_": str(2**31)}
    return found
