"""Build `torch_digits.safetensors`: the weights of a small network that PyTorch has trained to read digits.

    python examples/data/build_torch_digits.py

Needs torch==2.13.0 (extra `fuzz`) and safetensors. It trains on the images of `mnist_subset.npz`, and prints how many of the
test images it reads: what examples/networks/fine_tuning.py finds too.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn

HERE = Path(__file__).parent
TARGET = HERE / "torch_digits.safetensors"


def main() -> None:
    torch.manual_seed(0)
    torch.set_num_threads(1)
    net = nn.Sequential(
        nn.Conv2d(1, 4, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 8, 5), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(128, 10),
    )  # fmt: skip
    with np.load(HERE / "mnist_subset.npz") as subset:
        images, test_images = (
            torch.from_numpy(subset[f"{part}_images"][:, None].astype(np.float32) / 255) for part in ("train", "test")
        )
        labels, test_labels = (torch.from_numpy(subset[f"{part}_labels"]).long() for part in ("train", "test"))
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3, weight_decay=0.01)
    for _ in range(15):
        for batch in torch.randperm(len(images)).split(50):
            loss = nn.functional.cross_entropy(net(images[batch]), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    with torch.no_grad():
        right = (net(test_images).argmax(dim=1) == test_labels).sum().item()
    save_file(net.state_dict(), TARGET)
    print(f"wrote {TARGET} ({TARGET.stat().st_size / 1e3:.1f} kB); it reads {right} of {len(test_labels)} test images")


if __name__ == "__main__":
    main()
