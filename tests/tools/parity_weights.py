"""Weights that PyTorch saved, and whether it takes ours: ``python -m tests.tools.parity_weights`` (extra `fuzz`).

Writes tests/data/parity/training/*.safetensors, the `state_dict` of each architecture, and outputs.npz: an input and the output.
Then PyTorch loads what nn saves of the same weights, and must come to the same outputs; and they share memory by DLPack.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

import nn
from nn import interchange

DATA = Path(__file__).parent.parent / "data" / "parity" / "training"


def mlp(nn: Any) -> Any:
    inner = nn.Sequential(nn.Linear(5, 4), nn.ReLU())
    return nn.Sequential(nn.Linear(3, 5), nn.Tanh(), inner, nn.Linear(4, 2, bias=False))


def convnet(nn: Any) -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1, self.bn1, self.conv2 = nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Conv2d(4, 8, 3)
            self.fc1, self.fc2 = nn.Linear(32, 16), nn.Linear(16, 10)

        def forward(self, x: Any) -> Any:
            x = nn.functional.max_pool2d(nn.functional.relu(self.bn1(self.conv1(x))), 2)
            x = nn.functional.adaptive_avg_pool2d(nn.functional.relu(self.conv2(x)), 2)
            return self.fc2(nn.functional.relu(self.fc1(nn.Flatten()(x))))

    return Net()


def lstm(nn: Any) -> Any:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.rnn, self.out = nn.LSTM(3, 4, 2, batch_first=True, bidirectional=True), nn.Bilinear(8, 8, 2)

        def forward(self, x: Any) -> Any:
            x, _ = self.rnn(x)
            return self.out(x[:, 0], x[:, -1])

    return Net()


def transformer(nn: Any) -> Any:
    layer = nn.TransformerEncoderLayer(6, 2, 8, batch_first=True, norm_first=True)
    return nn.Sequential(
        nn.Linear(3, 6), nn.TransformerEncoder(layer, 2, enable_nested_tensor=False), nn.LayerNorm(6), nn.PReLU()
    )


# A function of torch.nn, or of nn, and the shape of an input.
ARCHITECTURES: dict[str, tuple[Any, tuple[int, ...]]] = {
    "mlp": (mlp, (6, 3)),
    "convnet": (convnet, (5, 1, 12, 12)),
    "lstm": (lstm, (2, 5, 3)),
    "transformer": (transformer, (2, 5, 3)),
}


def main() -> None:
    import torch
    from safetensors.torch import load_file, save_file

    torch.manual_seed(0)
    outputs = {}
    for name, (build, shape) in ARCHITECTURES.items():
        theirs = build(torch.nn)
        x = torch.randn(shape)
        theirs.train()(x)  # running statistics that are not those of the beginning
        y = theirs.eval()(x).detach()
        save_file(theirs.state_dict(), DATA / f"{name}.safetensors")
        outputs |= {f"{name}_x": x.numpy(), f"{name}_y": y.numpy()}

        ours, again = build(nn).float(), build(torch.nn).eval()
        interchange.from_torch(ours, {key: tensor.numpy() for key, tensor in theirs.state_dict().items()})
        with tempfile.TemporaryDirectory() as folder:
            nn.save(f"{folder}/ours.safetensors", interchange.to_torch(ours))
            again.load_state_dict(load_file(f"{folder}/ours.safetensors"))
        assert torch.equal(again(x), y), name
    np.savez(DATA / "outputs.npz", **outputs)

    array = ours[0].weight.data
    torch.from_dlpack(array)[0, 0] = 7.0
    assert array[0, 0] == 7.0
    assert np.shares_memory(np.from_dlpack(torch.from_dlpack(array)), array)


if __name__ == "__main__":
    main()
