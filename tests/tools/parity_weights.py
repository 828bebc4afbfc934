"""Weights that PyTorch saved: ``python -m tests.tools.parity_weights`` (extra `fuzz`).

Writes tests/data/parity/training/weights.safetensors: the `state_dict` of a small network, an input, and the output there.
"""

from __future__ import annotations

from pathlib import Path

PLACE = Path(__file__).parent.parent / "data" / "parity" / "training" / "weights.safetensors"


def main() -> None:
    import torch
    from safetensors.torch import save_file

    torch.manual_seed(0)
    linear = torch.nn.Linear
    net = torch.nn.Sequential(
        linear(3, 5), torch.nn.Tanh(), torch.nn.Sequential(linear(5, 4), torch.nn.ReLU()), linear(4, 2, bias=False)
    )
    x = torch.randn(6, 3)
    save_file({**net.state_dict(), "input": x, "output": net(x).detach()}, PLACE)


if __name__ == "__main__":
    main()
