"""What tests/test_mesh.py runs in processes of their own: ``python tests/mesh_programs.py four``, or ``two``. They print JSON."""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

import numpy as np

import nn
from autograd import xla
from nn import training

RNG = np.random.default_rng(0)
X = RNG.normal(size=(26, 6)).astype(np.float32)
Y = (X[:, 0] * X[:, 1] > 0).astype(int)


def fitted(mesh, compile=True, seed=0, **more):
    """Figures and state of a training with batch norm, dropout, clipping and a last small batch."""
    nn.manual_seed(seed)
    net = nn.Sequential(
        nn.Linear(6, 8, bias=False), nn.BatchNorm1d(8), nn.Tanh(), nn.Dropout(0.3), nn.Linear(8, 2)
    ).float()
    callbacks = [training.GradientClipping(0.5), *more.pop("callbacks", ())]
    history = nn.fit(
        net, nn.CrossEntropyLoss(), nn.optim.AdamW(net.parameters(), 1e-2), nn.DataLoader(X, Y, batch_size=16, shuffle=True),
        nn.DataLoader(X, Y, batch_size=20), epochs=2, compile=compile, mesh=mesh, metric=nn.functional.accuracy,
        callbacks=callbacks, **more,
    ).as_dict()  # fmt: skip
    return [history[key] for key in ("loss", "accuracy", "val_loss", "val_accuracy")], net.state_dict()


def stepped(mesh):
    """Losses, the weight, and how it is laid out."""
    model = nn.Linear(6, 2, generator=0).float()
    moving = nn.SGD(model.parameters(), 0.1, momentum=0.9)
    step = nn.compile(model, nn.CrossEntropyLoss(), moving, mesh=mesh)
    losses = [float(step(X[:8], Y[:8])) for _ in range(3)]
    layout = list(getattr(model.weight.raw.array.sharding, "spec", []))
    seen = np.asarray(model.weight.raw).tolist()
    step.home()
    return {"losses": losses, "weight": seen, "home": model.weight.raw.tolist(), "layout": layout}


def difference(a, b):
    """The largest, of two nests of lists, arrays and dicts."""
    if isinstance(a, dict):
        return max(difference(a[key], b[key]) for key in a)
    return float(np.max(np.abs(np.asarray(a) - np.asarray(b))))


def four():
    """On four devices, against one and without compiling."""
    eager, shared = fitted(None, compile=False), fitted(xla.mesh())
    rules = {"weight": (None, "model"), "b*": "model"}
    one, table = stepped(None), stepped(xla.mesh(batch=2, model=2, parameters=rules))
    return {
        "fit": max(map(difference, eager, shared)),
        "steps": difference({k: table[k] for k in ("losses", "weight", "home")}, one),
        "layout": table["layout"],
    }


def two():
    """In two processes: the example; a weight that no process has whole; another seed in the second."""
    import many_machines

    found = {"example": many_machines.main(["--epochs", "2"])}
    mesh = xla.mesh(batch=1, model=2, parameters={"weight": "model"})
    found["steps"] = stepped(mesh)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{mesh.process}.npz"
        saving = training.Checkpoint(path, every=1, seconds=1e-9)
        csv = training.CSVLogger(path.with_suffix(".csv"))
        figures, state = fitted(xla.mesh(), seed=mesh.process, callbacks=[saving, csv])
        found["figures"], found["state"] = figures, {key: x.tolist() for key, x in state.items()}
        found["files"] = len(list(Path(folder).iterdir()))
    return found


if __name__ == "__main__":
    sys.path.append(str(Path(__file__).parent.parent / "examples"))
    result = json.dumps({"four": four, "two": two}[sys.argv[1]]())
    (Path(sys.argv[2]) / f"{xla.mesh().process}.json").write_text(result)
