"""The programs in tests/programs_torch/: what they begin with, whoever runs them."""

from __future__ import annotations

import zlib
from pathlib import Path
from typing import Any

import numpy as np

PROGRAMS = sorted((Path(__file__).parent / "programs_torch").glob("*.py"))
DATA = Path(__file__).parent / "data" / "parity" / "training"


def weights(name: str, shape: tuple[int, ...]) -> Any:
    """The numbers that a parameter of this name and of this shape in PyTorch begins with."""
    drawn = np.random.default_rng(zlib.crc32(name.encode())).uniform(-1, 1, shape)
    return 1 + drawn / 4 if len(shape) == 1 and name.endswith("weight") else drawn / np.sqrt(shape[-1] if shape else 1)


def figures(path: Path, source: str, start: Any) -> list[float]:
    """What a program leaves in `figures`. It calls ``start(model)`` where its weights are to be those above."""
    scope: dict[str, Any] = {"start": start, "WEIGHTS": str(DATA / "convnet.safetensors"), "__name__": "__main__"}
    exec(compile(source, str(path), "exec"), scope)
    return [float(figure) for figure in scope["figures"]]
