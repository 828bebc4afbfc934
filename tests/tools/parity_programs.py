"""Runs the programs in tests/programs_torch/ with PyTorch and keeps their figures: ``python -m tests.tools.parity_programs``.

Needs torch==2.13.0 (extra `fuzz`), and only where a program has changed. Everything is computed in float64.
"""

from __future__ import annotations

import json

import torch

from tests.programs import DATA, PROGRAMS, figures, weights


def start(model: torch.nn.Module) -> None:
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(torch.from_numpy(weights(name, tuple(parameter.shape))))


def main() -> None:
    torch.set_default_dtype(torch.float64)
    found = {path.stem: figures(path, path.read_text(encoding="utf-8"), start) for path in PROGRAMS}
    text = json.dumps({"torch": torch.__version__.split("+")[0], **found}, indent=0)
    (DATA / "programs.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
