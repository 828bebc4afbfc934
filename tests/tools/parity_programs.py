"""Runs the programs in tests/programs_torch/ with PyTorch and keeps their figures: ``python -m tests.tools.parity_programs``.

Needs torch==2.13.0 (extra `fuzz`), and only where a program has changed. Everything is computed in float64. Then it looks
whether the page names every layer, loss and optimiser of PyTorch's that nn does not have.
"""

from __future__ import annotations

import inspect
import json
import re

import torch

import nn
from tests.programs import DATA, PROGRAMS, figures, weights
from tests.translation import PAGE


def start(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(weights(name, tuple(parameter.shape))))


def unnamed() -> list[str]:
    """The classes of PyTorch's that are neither in nn nor on the page."""
    page = PAGE.read_text(encoding="utf-8")
    kinds = re.compile("3d$|^Lazy|Pad[12]d$|^Uninitialized|Base$|Options$|^Container$|^Buffer$")
    pairs = [(torch.nn, nn), (torch.optim, nn.optim)]
    return [
        name
        for theirs, ours in pairs
        for name, _ in inspect.getmembers(theirs, inspect.isclass)
        if not (hasattr(ours, name) or f"`{name}`" in page or kinds.search(name))
    ]


def main() -> None:
    assert not unnamed(), unnamed()
    torch.set_default_dtype(torch.float64)
    found = {path.stem: figures(path, path.read_text(encoding="utf-8"), start) for path in PROGRAMS}
    text = json.dumps({"torch": torch.__version__.split("+")[0], **found}, indent=0)
    (DATA / "programs.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
