"""What a newcomer does wrong: every error says what happened and what to do, and nothing has changed."""

from __future__ import annotations

import numpy as np
import pytest

import nn
from autograd import no_grad
from nn import functional as F
from nn import optim, training
from nn.optim import lr_scheduler

X, Y = np.random.default_rng(0).normal(size=(6, 4)), np.array([0, 1, 2, 0, 1, 2])


class Places:
    """The words of the statements below."""

    def __init__(self) -> None:
        self.net = nn.Sequential(nn.Linear(4, 5, generator=0), nn.ReLU(), nn.Linear(5, 3, generator=1))
        self.optimizer = optim.SGD(self.net.parameters(), lr=0.1)
        self.loss = nn.CrossEntropyLoss()


class With(nn.Module):
    def __init__(self, function):
        self.function = function

    def forward(self, x):
        return self.function(x)


def fit(p, *data, **more):
    arguments = {"model": p.net, "loss": p.loss, "optimizer": p.optimizer, "train": nn.DataLoader(*data), "epochs": 1}
    return nn.fit(**{**arguments, **more})


WRONG = {
    # attributes that would change nothing
    "rate": (lambda p: setattr(p.optimizer, "lr", 1.0), r"for group in optimizer.param_groups: group\['lr'\] = 1.0"),
    "frozen": (lambda p: setattr(p.net, "requires_grad", False), r"requires_grad_\(…\) does it for every parameter"),
    # shapes and dtypes
    "width": (lambda p: p.net(X[:, :3]), r"linear: inputs of shape \(6, 3\) do not fit .*\(4, 5\).*\(…, 4\)"),
    "width of arrays": (lambda p: F.linear(X, np.ones((3, 2))), r"linear: inputs of shape \(6, 4\) do not fit"),
    "a number": (lambda p: p.net(3.0), r"linear: inputs of shape \(\) do not fit"),
    "tied": (
        lambda p: F.linear(X, np.ones((5, 4)), np.ones(5)),
        r"\(5, 4\), \(inputs, outputs\), which takes \(…, 5\)",
    ),
    "bias": (lambda p: F.linear(X, np.ones((4, 5)), np.ones(3)), "broadcast"),
    "one column of logits": (
        lambda p: p.loss(p.net(X)[:, 0], Y),
        r"those of one example.*logits of shape \(N, classes\)",
    ),
    "smoothing": (lambda p: F.cross_entropy(p.net(X), Y, label_smoothing=2), r"label_smoothing=2 must be a share"),
    "pos_weight": (
        lambda p: nn.BCEWithLogitsLoss(pos_weight=[1.0, 2.0])(p.net(X), np.ones((6, 3))),
        r"pos_weight has shape \(2,\), which does not broadcast to .* \(6, 3\)",
    ),
    "weight": (
        lambda p: nn.BCELoss(weight=np.ones((2, 6, 3)))(p.net(X).sigmoid(), np.ones((6, 3))),
        r"weight has shape \(2, 6, 3\)",
    ),
    "batch of one": (lambda p: nn.BatchNorm1d(4)(X[:1]), r"no variance.*drop_last=True.*model.eval\(\)"),
    "states": (
        lambda p: nn.GRU(4, 3)(X[None], (np.ones((1, 6, 3)), np.ones((1, 6, 3)))),
        r"1 first state\(s\) of shape \(1, 6, 3\) are needed, and these have \[\(1, 6, 3\), \(1, 6, 3\)\]",
    ),
    "queries": (lambda p: F.scaled_dot_product_attention(X, X[:, :2], X), r"\(6, 4\), \(6, 2\) and \(6, 4\)"),
    "values": (lambda p: F.scaled_dot_product_attention(X, X, X[:2]), r"\(6, 4\), \(6, 4\) and \(2, 4\)"),
    "mask": (
        lambda p: F.scaled_dot_product_attention(X, X, X, attn_mask=np.ones((3, 3), bool)),
        r"attn_mask has shape \(3, 3\), and \(…, 6, 6\) is needed",
    ),
    "accuracy": (lambda p: F.accuracy(p.net(X), Y[:3]), r"shape \(6, 3\) do not fit targets of shape \(3,\)"),
    "a list": (
        lambda p: nn.Conv2d(1, 1, 1)([[[[1.0]]]]),
        r"Conv2d computes with arrays, and got a list: np.asarray\(x\)",
    ),
    "a list, inside": (lambda p: nn.Sequential(nn.BatchNorm1d(1))([[1.0], [2.0]]), "BatchNorm1d computes with arrays"),
    "another mistake": (lambda p: With(lambda x: np.missing)([1.0]), "has no attribute 'missing'"),
    "class numbers": (lambda p: F.one_hot(Y, 2), "the 2 rows have the numbers 0 to 1, and the input has 0 to 2"),
    "hot floats": (lambda p: F.one_hot(X), r"float64: x.astype\(int\)"),
    "flatten": (lambda p: p.net(X).flatten(1), r"order=1 is no order; x.reshape"),
    # layers
    "features": (lambda p: nn.Linear("4", 3), "in_features='4' is a number of features"),
    "negative": (lambda p: nn.Linear(3, -1), "out_features=-1 is a number of features"),
    "kernel": (lambda p: nn.Conv2d(1, 2, 3.0), "kernel_size=3.0: a number of at least 1 is needed"),
    "a class": (lambda p: nn.Sequential(nn.Linear(4, 3), nn.ReLU), r"got a class: ReLU\(\) is a module"),
    "no list": (lambda p: nn.ModuleList(nn.Linear(4, 3)), "is made of a list, and got a Linear"),
    "no parameter": (lambda p: p.net.register_parameter("a", np.ones(3)), "was to be a Parameter, and is a ndarray"),
    "no module": (lambda p: p.net[0].add_module("a", np.tanh), "was to be a Module, and is a ufunc"),
    "a function": (lambda p: p.net.add_module("a", np.tanh), "is made of modules"),
    "a device": (lambda p: p.net.to("cuda"), "to\\('cuda'\\): that is no dtype, and the only device is 'cpu'"),
    "in place": (
        lambda p: exec("w = p.net[0].weight\nw -= 1", {"p": p}),
        r"weight was to be changed in place.*no_grad",
    ),
    "in place, of another shape": (
        lambda p: no_grad()(lambda: exec("w = p.net[0].bias\nw += x", {"p": p, "x": np.ones((2, 5))}))(),
        r"bias has shape \(5,\), and was to be changed to \(2, 5\)",
    ),
    "init of a layer": (
        lambda p: nn.init.xavier_uniform_(p.net[0]),
        "a parameter, such as layer.weight, and not a Linear",
    ),
    "init of None": (lambda p: nn.init.zeros_(None), "not a NoneType"),
    # optimisers and schedules
    "a model to move": (lambda p: optim.SGD(p.net), r"got Linear: pass model.parameters\(\)"),
    "named parameters": (lambda p: optim.SGD(p.net.named_parameters()), r"got tuple: pass model.parameters\(\)"),
    "misspelt group": (lambda p: optim.SGD([{"param": p.net.parameters()}]), r"and this has \['param'\]"),
    "lr of text": (lambda p: optim.SGD(p.net.parameters(), lr="0.1"), "lr='0.1' must not be negative, and be a number"),
    "lr of nan": (lambda p: optim.SGD(p.net.parameters(), lr=float("nan")), "lr=nan must not"),
    "one beta": (lambda p: optim.Adam(p.net.parameters(), betas=0.9), "betas=0.9 must be"),
    "no steps": (lambda p: lr_scheduler.StepLR(p.optimizer, 0), "step_size=0 must be at least 1"),
    "no period": (lambda p: lr_scheduler.CosineAnnealingLR(p.optimizer, 0), "T_max=0 must be positive"),
    "clip a model": (lambda p: nn.utils.clip_grad_norm_(p.net, 1.0), r"pass model.parameters\(\)"),
    "clip to less": (
        lambda p: nn.utils.clip_grad_norm_(p.net.parameters(), -1.0),
        "max_norm=-1.0 must not be negative",
    ),
    "clip values": (lambda p: nn.utils.clip_grad_value_(p.net.parameters(), -1), "clip_value=-1 must not be negative"),
    # states and files
    "state of a list": (
        lambda p: p.net.load_state_dict(p.net.parameters()),
        "loads a dict of arrays by name, and got a list",
    ),
    "state from PyTorch": (
        lambda p: p.net.load_state_dict(nn.interchange.to_torch(p.net)),
        r"0.weight has shape \(4, 5\), and the state's has \(5, 4\)\n.*\n.*nn.interchange.from_torch loads",
    ),
    "save a model": (lambda p: nn.save("x.npz", p.net), r"a dict is saved, such as model.state_dict\(\)"),
    "save the other way round": (lambda p: nn.save(p.net.state_dict(), "x.npz"), "the path stands first"),
    "save .pt": (lambda p: nn.save("x.pt", p.net.state_dict()), r"ends neither in .*pickle"),
    # data
    "no data": (lambda p: nn.DataLoader(), r"the shapes \[\]"),
    "None for data": (lambda p: nn.DataLoader(None), r"the shapes \[\(\)\]"),
    "batch size by position": (lambda p: nn.DataLoader(X, Y, 32), "the rest by name: batch_size=32"),
    "half a batch": (lambda p: nn.DataLoader(X, Y, batch_size=2.5), "batch_size=2.5 is a number of examples"),
    "ragged": (
        lambda p: next(iter(nn.DataLoader([(np.ones(2), 0), (np.ones(3), 1)]))),
        r"examples of shapes \(2,\), \(3,\) cannot be stacked: a collate_fn can pad them",
    ),
    # training
    "inputs alone": (lambda p: fit(p, X), r"a batch is a pair \(inputs, targets\), and this is 1 of them"),
    "arrays for a loader": (lambda p: fit(p, X, train=(X, Y)), r"of type ndarray: nn.DataLoader\(x, y\) makes pairs"),
    "no batches": (lambda p: fit(p, X[:0], Y[:0]), "the data had no batches"),
    "nothing to validate on": (lambda p: fit(p, X, Y, validation=[]), "the data had no batches"),
    "a class for a loss": (lambda p: fit(p, X, Y, loss=nn.MSELoss), r"such as nn.MSELoss\(\)"),
    "loss and optimiser exchanged": (lambda p: fit(p, X, Y, loss=p.optimizer), "must be a function of"),
    "another model's optimiser": (lambda p: fit(p, X, Y, model=nn.Linear(4, 3)), "holds parameters of another model"),
    "optimiser for a schedule": (lambda p: training.LRSchedule(p.optimizer), "steps a schedule, and got an optimiser"),
    "checkpoint of another kind": (lambda p: training.Checkpoint("run.pt"), "ends neither in"),
    "best of another kind": (lambda p: training.Checkpoint("run.npz", best="best.pt"), "ends neither in"),
    "one callback": (lambda p: fit(p, X, Y, callbacks=training.EarlyStopping("loss")), "must be a list of objects"),
    "a class for a callback": (lambda p: fit(p, X, Y, callbacks=[training.EarlyStopping]), "must be a list of objects"),
}


@pytest.mark.parametrize(("call", "words"), WRONG.values(), ids=list(WRONG))
def test_the_error_says_what_to_do(call, words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    places = Places()
    before = places.net.state_dict()
    with pytest.raises((ValueError, TypeError, IndexError, RuntimeError, AttributeError), match=f"(?s){words}"):
        call(places)
    after = places.net.state_dict()
    assert after.keys() == before.keys()
    if words != "the data had no batches":  # of the validation: the training before it was right
        assert all(np.array_equal(after[name], array) for name, array in before.items())
    assert list(tmp_path.iterdir()) == []
