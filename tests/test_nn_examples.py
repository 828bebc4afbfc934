"""The programs in examples/networks run, at reduced size, and learn; two of them lose as PyTorch's twins do."""

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn import interchange
from tests.tools import parity_curves

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
NETWORKS = EXAMPLES / "networks"
NAMES = sorted(path.stem for path in NETWORKS.glob("[a-z]*.py"))
pytestmark = pytest.mark.unmeasured

# Each program: its arguments, and what must be true of the figures that it returns.
REDUCED = {
    "autoencoder": (["--epochs", "15", "--rows", "1000"], lambda f: f["linear error"] < 0.04 < f["error"] < 0.063),
    "char_lstm": (
        ["--epochs", "2", "--batches", "10", "--characters", "20"],
        lambda f: f["loss"] < f["first loss"] < 3.7 and f["held-out loss"] < 3.2,
    ),
    "fine_tuning": (
        ["--epochs", "6"],
        lambda f: f["upright, as loaded"] == 0.971 and f["slanted, all layers"] > f["slanted, as loaded"] + 0.05,
    ),
    "gan_two_moons": (
        ["--steps", "200"],
        lambda f: f["from the data to what is made"] < 0.6 * f["from the data to noise"],
    ),
    "lenet": (["--epochs", "3", "--rows", "1000"], lambda f: f["val_accuracy"] > 0.8),
    "lr_finder": (["--epochs", "1"], lambda f: 0.01 < f["rate"] < 0.3 and f["found"] > f["a thirtieth"] + 0.1),
    "mlp_batch_norm": (["--epochs", "3", "--rows", "2000"], lambda f: f["with: val_accuracy"] > 0.85),
    "policy_gradient": (["--updates", "30"], lambda f: f["last ten"] > 2 * f["first"]),
    "small_gpt": (
        ["--epochs", "2", "--batches", "5", "--characters", "20"],
        lambda f: f["loss"] < f["first loss"] < 4.2 and f["held-out loss"] < 3.4,
    ),
    "two_moons": (["--steps", "4"], lambda f: min(f.values()) > 0.75),
    "vae": (["--epochs", "4", "--rows", "1000"], lambda f: f["training"] < f["first"] - 50 and f["held-out"] < 300),
}


@pytest.fixture
def program(monkeypatch, tmp_path):
    """A function that imports a program, which writes into a folder of the test's own."""
    monkeypatch.syspath_prepend(NETWORKS)
    monkeypatch.syspath_prepend(EXAMPLES)
    for name in ["_common", "_shared", "_text", *NAMES]:
        monkeypatch.delitem(sys.modules, name, raising=False)
    monkeypatch.setattr(importlib.import_module("_common"), "OUT", tmp_path)
    monkeypatch.setattr("nn.random._default", type(nn.random._default)("of this test", default=None))
    return importlib.import_module


def test_every_program_is_in_the_table_and_in_the_documentation():
    assert sorted(REDUCED) == NAMES
    page = (EXAMPLES.parent / "docs" / "examples.md").read_text()
    assert [name for name in NAMES if f"`{name}.py`" not in page] == []


@pytest.mark.parametrize("name", NAMES)
def test_a_program_learns(name, program, tmp_path, capsys):
    arguments, learnt = REDUCED[name]
    figures = program(name).main(arguments)
    assert learnt(figures), figures
    written = re.findall(r"wrote (\S+)", capsys.readouterr().out)
    assert sorted(written) == sorted(str(path) for path in tmp_path.iterdir())
    assert all(Path(path).read_bytes().startswith(b"\x89PNG") for path in written)
    assert bool(written) == (name not in ("char_lstm", "small_gpt"))


def test_the_language_models_write_on(program, capsys):
    program("char_lstm").main(["--epochs", "1", "--batches", "1", "--characters", "20"])
    text = capsys.readouterr().out.partition("Shall I ")[2]
    assert len(text.removesuffix("\n")) == 20


@pytest.mark.parametrize(("name", "model"), [("char_lstm", "CharLSTM"), ("small_gpt", "GPT")])
def test_the_losses_are_those_of_pytorch(name, model, program):
    module = program(name)
    characters = len(parity_curves.ALPHABET)
    size = (characters,) if name == "char_lstm" else (characters, parity_curves.LENGTH)
    net = getattr(module, model)(*size).float().eval()  # eval: no dropout
    shapes = {key: array.shape for key, array in interchange.to_torch(net).items()}
    interchange.from_torch(net, parity_curves.weights(shapes))
    optimizer = nn.optim.AdamW(net.parameters(), lr=parity_curves.RATES[name])
    losses = []
    for codes, targets in parity_curves.batches():
        loss = module.next_character_loss(net(codes), targets)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(net.parameters(), 1.0)
        optimizer.step()
        losses.append(loss.item())
    expected = json.loads(parity_curves.PLACE.read_text())[name]
    assert len(losses) == len(expected) == 50
    assert np.abs(np.subtract(losses, expected)).max() < 1e-4
    assert losses[-1] < losses[0] - 0.3


class Broken(Exception):
    """What ends a program in the middle."""


def test_a_run_of_lenet_that_was_broken_off_goes_on(program, tmp_path, monkeypatch, capsys):
    lenet = program("lenet")
    arguments = ["--epochs", "2", "--rows", "320"]
    whole = lenet.main(arguments)
    arguments += ["--checkpoint", str(tmp_path / "run.npz")]

    def end_in_the_second_epoch(line):
        if isinstance(line, nn.Epoch) and line.number == 2:
            raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(lenet, "print", end_in_the_second_epoch, raising=False)
        with pytest.raises(Broken):
            lenet.main(arguments)
    capsys.readouterr()
    assert lenet.main(arguments) == whole
    assert re.findall(r"^epoch +(\d)", capsys.readouterr().out, re.MULTILINE) == ["2"]


def test_the_cart_moves_as_mechanics_has_it(program):
    """The accelerations solve the two equations of Lagrange, of the place and of the angle, for a rod of moment 4/3 m l²."""
    carts = program("policy_gradient").CartPole(50, np.random.default_rng(0))
    before = carts.state = np.random.default_rng(1).uniform(-0.2, 0.2, (50, 4))
    push = np.random.default_rng(2).random(50) < 0.5
    carts.step(push)
    after = (carts.state - before) / carts.tick
    for (_, speed, angle, turning), moved, force in zip(before, after, np.where(push, 10.0, -10.0), strict=True):
        lever = carts.pole * carts.half
        masses = [[carts.cart + carts.pole, lever * np.cos(angle)], [lever * np.cos(angle), 4 / 3 * lever * carts.half]]
        forces = [force + lever * turning**2 * np.sin(angle), lever * carts.gravity * np.sin(angle)]
        drive, swing = np.linalg.solve(masses, forces)
        np.testing.assert_allclose(moved, [speed, drive, turning, swing], rtol=1e-10, atol=1e-12)


def test_a_cart_that_is_out_stays_where_it_is(program):
    carts = program("policy_gradient").CartPole(2, np.random.default_rng(0))
    carts.state[0, 2] = 0.3
    carts.step(np.ones(2, bool))
    assert list(carts.up) == [False, True]
    out = carts.state[0].copy()
    carts.step(np.ones(2, bool))
    assert (carts.state[0] == out).all()
