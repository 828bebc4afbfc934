"""Asks PyTorch what the table in tests/parity_cases.py comes to, and keeps the answers: ``python -m tests.tools.parity``.

Needs torch==2.13.0 (extra `fuzz`), and only where the table has changed. Everything is computed in float64; that float32
agrees to 1e-5 is checked here, and so a float32 of ours that agrees with the answers agrees with PyTorch's.
Names of files (`activations` …) make those alone.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from tests.parity_cases import DATA, Case, flat
from tests.parity_table import CASES

TORCH = "2.13.0"


class With(nn.Module):
    def __init__(self, call: Any, module: nn.Module) -> None:
        super().__init__()
        self.call, self.module = call, module

    def forward(self, *inputs: Any) -> Any:
        return self.call(self.module, *inputs)


def padded(module: nn.Module, x: torch.Tensor, lengths: torch.Tensor) -> Any:
    output, last = module(pack_padded_sequence(x, lengths, enforce_sorted=False))
    return pad_packed_sequence(output)[0], last


WORDS = {"nn": nn, "F": F, "A": torch.tensor, "With": With, "padded": padded}


def answer(case: Case, dtype: torch.dtype) -> dict[str, list[Any]]:
    """Outputs, first and (where PyTorch has them) second derivatives with respect to inputs and parameters, as arrays."""
    torch.set_default_dtype(dtype)
    call = eval(case.asked, WORDS)
    inputs = [torch.from_numpy(np.asarray(x)) for x in case.draw()]
    inputs = [x.to(dtype) if x.is_floating_point() else x for x in inputs]
    leaves = [x for x, spec in zip(inputs, case.inputs, strict=True) if not spec.fixed]
    if isinstance(call, nn.Module):
        with torch.no_grad():
            for name, parameter in call.named_parameters():
                parameter.copy_(torch.from_numpy(case.weight(name, tuple(parameter.shape))))
        leaves += call.parameters()
    for leaf in leaves:
        leaf.requires_grad_()
    outputs = flat(call(*inputs))
    found = {"outputs": outputs}
    if leaves:
        scalar = sum(
            (y * torch.from_numpy(case.probe(i, tuple(y.shape))).to(dtype)).sum() for i, y in enumerate(outputs)
        )
        found["first"] = gradients(scalar, leaves)
        squares = sum((g * g).sum() for g in found["first"])
        if squares.requires_grad:
            try:
                found["second"] = gradients(squares, leaves)
            except (RuntimeError, NotImplementedError) as error:  # PyTorch has no second derivative of some
                print(f"{case.expression}: {str(error).splitlines()[0]}")
    return {kind: [a.numpy(force=True) for a in arrays] for kind, arrays in found.items()}


def gradients(scalar: torch.Tensor, leaves: list[torch.Tensor]) -> list[torch.Tensor]:
    found = torch.autograd.grad(scalar, leaves, create_graph=True, allow_unused=True)
    return [torch.zeros_like(x) if g is None else g for x, g in zip(leaves, found, strict=True)]


def check_single(case: Case, double: dict[str, list[Any]]) -> None:
    for kind, arrays in answer(case, torch.float32).items():
        for a, b in zip(arrays, double[kind], strict=True):
            size = max(1.0, np.abs(b).max(initial=0.0, where=np.isfinite(b)))
            assert np.allclose(a, b, rtol=1e-5, atol=1e-5 * size, equal_nan=True), (case.expression, kind, a, b)


def main(names: list[str]) -> None:
    assert torch.__version__.startswith(TORCH), f"the answers are those of torch {TORCH}, not {torch.__version__}"
    torch.set_num_threads(1)
    for name in names or CASES:
        shapes, numbers = [], {}
        for i, case in enumerate(CASES[name]):
            found = answer(case, torch.float64)
            check_single(case, found)
            shapes.append([case.expression, {kind: [a.shape for a in arrays] for kind, arrays in found.items()}])
            numbers[str(i)] = np.concatenate([a.ravel() for arrays in found.values() for a in arrays])
        DATA.mkdir(parents=True, exist_ok=True)
        np.savez_compressed(
            DATA / f"{name}.npz", shapes=np.array(json.dumps(shapes)), numbers=np.concatenate(list(numbers.values()))
        )
        print(f"{name}: {len(shapes)} cases, {(DATA / f'{name}.npz').stat().st_size / 1024:.0f} KiB")


if __name__ == "__main__":
    main(sys.argv[1:])
