"""Export: each layer and each example net as ONNX and as a program of XLA's, with an open batch size, run by others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from autograd import ShapeError, UnsupportedError, grad
from nn import layers

jax = pytest.importorskip("jax")
pytest.importorskip("tests.xla_rows")  # its flags for the compiler
from autograd import export  # noqa: E402
from autograd.export import as_onnx  # noqa: E402

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "export.md").read_text()
RNG = np.random.default_rng(0)


def normal(*shape):
    return RNG.normal(size=shape).astype(np.float32)


def codes(*shape):
    return RNG.integers(0, 5, shape)


ALONG = "CELU ELU GELU SELU Hardsigmoid Hardswish Hardtanh LeakyReLU LogSigmoid Mish ReLU ReLU6 SiLU Sigmoid Softplus Softsign "
ALONG += "Tanh PReLU Dropout"
# Each layer: how it is made, and the shapes of its inputs, or the inputs; the batch comes first, and its size is open.
LAYERS = {
    **{name: (f"nn.{name}()", (2, 3, 4)) for name in ALONG.split()},
    **{name: (f"nn.{name}()", (2, 3, 4, 4)) for name in ("Flatten", "Dropout2d", "Identity")},
    **{name: (f"nn.{name}(dim=1)", (2, 3)) for name in ("Softmax", "LogSoftmax")},
    **{f"{name}1d": (f"nn.{name}1d(3, stride=2)", (2, 3, 7)) for name in ("AvgPool", "MaxPool")},
    **{f"{name}2d": (f"nn.{name}2d(3, stride=2, padding=1)", (2, 3, 7, 6)) for name in ("AvgPool", "MaxPool")},
    **{f"Adaptive{name}1d": (f"nn.Adaptive{name}1d(3)", (2, 3, 7)) for name in ("AvgPool", "MaxPool")},
    **{f"Adaptive{name}2d": (f"nn.Adaptive{name}2d((2, 5))", (2, 3, 7, 6)) for name in ("AvgPool", "MaxPool")},
    **{f"{name}1d": (f"nn.{name}1d(3)", (2, 3, 5)) for name in ("BatchNorm", "InstanceNorm")},
    **{f"{name}2d": (f"nn.{name}2d(3)", (2, 3, 5, 4)) for name in ("BatchNorm", "InstanceNorm")},
    **{name: (f"nn.{name}(3, 4, 2, bidirectional=True, batch_first=True)", (2, 5, 3)) for name in ("RNN", "LSTM", "GRU")},
    **{f"{name}Cell": (f"nn.{name}Cell(3, 4)", (2, 3)) for name in ("RNN", "LSTM", "GRU")},
    "GLU": ("nn.GLU()", (2, 4)),
    "Dropout1d": ("nn.Dropout1d()", (2, 3, 4)),
    "Linear": ("nn.Linear(3, 4)", (2, 5, 3)),
    "Dense": ("nn.Dense(3, 4)", (2, 3)),
    "Bilinear": ("nn.Bilinear(3, 2, 4)", (2, 3), (2, 2)),
    "Embedding": ("nn.Embedding(5, 3, padding_idx=2)", codes(2, 4)),
    "Conv1d": ("nn.Conv1d(4, 2, 3, stride=2, padding=1, groups=2)", (2, 4, 7)),
    "Conv2d": ("nn.Conv2d(2, 3, (2, 3), padding='same', padding_mode='circular')", (2, 2, 6, 5)),
    "ConvTranspose1d": ("nn.ConvTranspose1d(4, 2, 3, stride=2, output_padding=1)", (2, 4, 7)),
    "ConvTranspose2d": ("nn.ConvTranspose2d(2, 3, 3, stride=2, padding=1, dilation=2)", (2, 2, 4, 5)),
    "GroupNorm": ("nn.GroupNorm(2, 4)", (2, 4, 5)),
    "LayerNorm": ("nn.LayerNorm(4)", (2, 3, 4)),
    "RMSNorm": ("nn.RMSNorm(4)", (2, 3, 4)),
    "MultiheadAttention": ("nn.MultiheadAttention(4, 2, batch_first=True)", (2, 3, 4), (2, 5, 4), (2, 5, 4)),
    "PixelShuffle": ("nn.PixelShuffle(2)", (2, 4, 3, 2)),
    "PixelUnshuffle": ("nn.PixelUnshuffle(2)", (2, 2, 4, 6)),
    "TransformerEncoderLayer": ("nn.TransformerEncoderLayer(4, 2, 6, batch_first=True)", (2, 3, 4)),
    "TransformerEncoder": ("nn.TransformerEncoder(nn.TransformerEncoderLayer(4, 2, 6, batch_first=True), 2)", (2, 3, 4)),
    "Unflatten": ("nn.Unflatten(1, (2, 3))", (2, 6)),
    "Upsample": ("nn.Upsample(scale_factor=2, mode='bilinear')", (2, 3, 4, 5)),
}  # fmt: skip


def nets():
    """Each example net, and its inputs."""
    sys.path.append(str(ROOT / "examples" / "networks"))
    import autoencoder
    import char_lstm
    import fine_tuning
    import gan_two_moons
    import lenet
    import lr_finder
    import mlp_batch_norm
    import small_gpt
    import vae

    images = normal(2, 1, 28, 28)
    return {
        "autoencoder": (autoencoder.Autoencoder(), normal(2, 784)),
        "char_lstm": (char_lstm.CharLSTM(5), codes(2, 6)),
        "fine_tuning": (fine_tuning.network(), images),
        "gan_two_moons": (gan_two_moons.mlp(2, 1), normal(2, 2)),
        "lenet": (lenet.lenet(), images),
        "lr_finder": (lr_finder.network(), images),
        "mlp_batch_norm": (mlp_batch_norm.mlp(True), images),
        "small_gpt": (small_gpt.GPT(5, 6, width=16, heads=2, layers=1), codes(2, 6)),
        "vae, its decoder": (vae.VAE(8).decoder, normal(2, 2)),
        "policy_gradient, two_moons": (nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 1)), normal(2, 4)),
    }


def layer(name):
    made, *inputs = LAYERS[name]
    return eval(made, {"nn": nn}), tuple(normal(*x) if isinstance(x, tuple) else x for x in inputs)


def session(path):
    runtime = pytest.importorskip("onnxruntime")
    return runtime.InferenceSession(path, providers=["CPUExecutionProvider"])


def test_the_table_has_every_layer():
    assert set(LAYERS) == {*layers.__all__, "Identity"}


def drifted(net):
    """With statistics that are not those which a layer begins with, and in training: what is written is in use."""
    for part in net.modules():
        for key, buffer in part.named_buffers(recurse=False):
            if buffer.dtype.kind == "f":
                setattr(part, key, (buffer + RNG.uniform(0.2, 0.5, buffer.shape)).astype(buffer.dtype))
    return net.float().train()


@pytest.mark.unmeasured
def test_each_layer_and_example_net_in_onnx(tmp_path):
    """`export.onnx` itself compares onnxruntime's numbers with the net's, for the batch here and a larger one."""
    pytest.importorskip("jax2onnx")
    for name, (net, inputs) in {**{name: layer(name) for name in LAYERS}, **nets()}.items():
        path = tmp_path / "net.onnx"
        export.onnx(drifted(net), inputs, path, "batch")
        assert net.training
        assert [x.shape[0] for x in session(path).get_inputs()] == ["batch"] * len(session(path).get_inputs()), name
        path.unlink()


@pytest.mark.unmeasured
@pytest.mark.parametrize("name", ["LSTM", "Conv2d", "MaxPool2d", "TransformerEncoderLayer", "BatchNorm1d"])
def test_layers_as_programs_of_xla(name, tmp_path):
    net, inputs = layer(name)
    export.xla(drifted(net), inputs, tmp_path / "net.xla", "batch")


def test_a_program_of_xlas_runs_without_this_package(tmp_path):
    net, inputs = layer("Dense")
    export.xla(net.float(), inputs, tmp_path / "net.xla", "batch")
    x = normal(5, 3)
    np.save(tmp_path / "x.npy", x)
    code = """
import sys
sys.modules["autograd"] = sys.modules["nn"] = None  # whoever imports them fails
import numpy as np
from pathlib import Path
from jax import export
program = export.deserialize(bytearray(Path("net.xla").read_bytes()))
np.save("y.npy", program.call(np.load("x.npy"))[0])
"""
    subprocess.run([sys.executable, "-c", code], check=True, cwd=tmp_path)
    np.testing.assert_allclose(np.load(tmp_path / "y.npy"), net(x).data, rtol=1e-5)


def test_what_an_onnx_file_says_and_computes(tmp_path):
    onnx = pytest.importorskip("onnx")

    def loss(weights, x, scale):
        return {"loss": np.sum((x @ weights["w"] + weights["b"]) ** 2) * scale, "copy": x, "what": "a text"}

    weights = {"w": normal(3), "b": np.float32(0.5)}
    path = tmp_path / "loss.onnx"
    export.onnx(grad(lambda *given: loss(*given)["loss"]), (weights, normal(2, 3), 2), path, (None, {0: "rows"}, None))
    model = onnx.load(path)
    onnx.checker.check_model(model)
    known = {p.key: p.value for p in model.metadata_props}
    assert model.producer_name == "chainrule"
    assert {"function", "chainrule", "numpy", "jax", "jax2onnx"} == set(known)
    assert known["numpy"] == np.__version__
    run = session(path)
    assert [x.name for x in run.get_inputs()] == ["input_0_0", "input_0_1", "input_1"]
    x = normal(7, 3)
    given = {"input_0_0": weights["w"], "input_0_1": np.asarray(weights["b"]), "input_1": x}
    want = grad(lambda w: loss(w, x, 2)["loss"])(weights)
    for got, name in zip(run.run(None, given), ("w", "b"), strict=True):
        np.testing.assert_allclose(got, want[name], rtol=1e-5)
    assert not jax.config.jax_enable_x64
    export.onnx(loss, (weights, x, 2.0), path)
    run = session(path)
    assert [x.name for x in run.get_inputs()] == ["weights_0", "weights_1", "x"]
    assert [x.name for x in run.get_outputs()] == ["output_0", "output_1"]


class Lengths(nn.Module):
    def __init__(self):
        self.gru = nn.GRU(3, 4)

    def forward(self, x, lengths):
        return self.gru(x, lengths=lengths)[0]


# What cannot be exported, as docs/export.md says: how it is tried, and what the error says of it.
REFUSED = {
    "a mask as an index": (lambda x: x[x > 0], normal(4), None, "np.where"),
    "`Embedding(max_norm=…)`": (nn.Embedding(5, 3, max_norm=0.1).float(), codes(4), None, "depend on numbers"),
    "`lengths` as an input": (Lengths().float(), (normal(5, 2, 3), np.array([5, 3])), None, "close over these"),
    "random numbers": (lambda x: x + RNG.normal(size=x.shape).astype(np.float32), normal(3), None, "change from call to call"),
    "an open length that decides": (lambda x: x if len(x) > 2 else -x, normal(3), "batch", "open"),
    "`Conv2d` of images of an open size": (nn.Conv2d(1, 1, 3).float(), normal(2, 1, 5, 5), {2: "h"}, r"here: h"),
    "`BatchNorm` without running statistics, and an open batch": (
        nn.BatchNorm2d(3, track_running_stats=False).float(), normal(2, 3, 4, 4), "batch", "fewer lengths open"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_exported_is_said_and_listed(name, tmp_path):
    f, inputs, dynamic, says = REFUSED[name]
    with pytest.raises(UnsupportedError, match=says) as caught:
        export.xla(f, inputs, tmp_path / "file", dynamic)
    assert "test_export.py:" in str(caught.value)
    assert not list(tmp_path.iterdir())
    assert f"| {name} |" in PAGE


def test_float64_convolutions_are_not_onnxruntimes(tmp_path):
    pytest.importorskip("jax2onnx")
    with pytest.raises(UnsupportedError, match=r"model\.float\(\)"):
        export.onnx(nn.Conv2d(1, 1, 3), RNG.normal(size=(2, 1, 5, 5)), tmp_path / "file")
    export.onnx(nn.Linear(3, 2), RNG.normal(size=(2, 3)), tmp_path / "file")
    assert session(tmp_path / "file").get_inputs()[0].type == "tensor(double)"


def test_other_numbers_are_noticed(tmp_path, monkeypatch):
    monkeypatch.setattr(as_onnx, "_converted", lambda traced: b"")
    monkeypatch.setattr(as_onnx, "_runtime", lambda written: lambda arrays: [np.tanh(x) + 1e-4 for x in arrays])
    monkeypatch.setattr(as_onnx, "_NEEDED", ())
    with pytest.raises(UnsupportedError, match="other numbers; nothing has been written"):
        export.onnx(np.tanh, normal(3), tmp_path / "file")
    monkeypatch.setattr(as_onnx, "_NEEDED", ("no_such_package",))
    with pytest.raises(ImportError, match=r"needs no_such_package: pip install 'chainrule\[onnx\]'"):
        export.onnx(np.tanh, normal(3), tmp_path / "file")


@pytest.mark.parametrize(
    ("dynamic", "says"),
    [
        ({0: "n"}, r"axis 0 of x, of shape \(\), cannot be the open length 'n'"),
        (({1: "n"}, {0: "n"}), "the length is 3 elsewhere"),
        (("n",), "1 parts for 2 arguments"),
    ],
)
def test_open_lengths_that_do_not_fit(dynamic, says, tmp_path):
    with pytest.raises(ShapeError, match=says):
        export.xla(
            lambda w, x: w * x.sum(),
            (normal(2, 3), normal(4) if dynamic != {0: "n"} else normal()),
            tmp_path / "f",
            dynamic,
        )


def test_for_other_platforms_it_is_written_unseen(tmp_path):
    export.xla(np.tanh, normal(3), tmp_path / "f", platforms=("cuda",))
    assert (tmp_path / "f").stat().st_size > 100
