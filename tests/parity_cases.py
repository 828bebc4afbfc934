"""The table of what `nn` and PyTorch are both asked to compute: an expression, and how its inputs are drawn.

The expression names a module or a function in the words that both have: `nn`, `F` (nn.functional), `A`, which makes an
array of a list, ``With(f, module)`` for a call ``f(module, *inputs)``, and `padded`, which runs a module over sequences of
several lengths. tests/tools/parity.py evaluates it with PyTorch's and keeps the answers in tests/data/parity/;
tests/test_nn_parity.py evaluates it with ours. Weights and inputs are drawn on both sides, from `numpy.random.RandomState`,
whose streams never change.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

DATA = Path(__file__).parent / "data" / "parity"
Draw = Callable[[np.random.RandomState], Any]


@dataclass(frozen=True)
class Input:
    """How an input is drawn; a `fixed` one has no derivative. Integers and booleans are, too."""

    draw: Draw
    fixed: bool = False


def normal(*shape: int) -> Input:
    return Input(lambda r: r.standard_normal(shape))


def uniform(low: float, high: float, *shape: int) -> Input:
    return Input(lambda r: r.uniform(low, high, shape))


def integers(high: int, *shape: int) -> Input:
    return Input(lambda r: r.randint(0, high, shape), fixed=True)


def signs(*shape: int) -> Input:
    return Input(lambda r: r.choice([-1.0, 1.0], shape), fixed=True)


def given(numbers: Any) -> Input:
    return Input(lambda r: np.array(numbers), fixed=True)


def fixed(spec: Input) -> Input:
    return Input(spec.draw, fixed=True)


def shares(*shape: int) -> Input:
    """Distributions over axis 1."""

    def draw(r: np.random.RandomState) -> Any:
        e = np.exp(r.standard_normal(shape))
        return e / e.sum(axis=1, keepdims=True)

    return Input(draw, fixed=True)


@dataclass(frozen=True)
class Case:
    """One call: an expression, and its inputs."""

    expression: str
    inputs: tuple[Input, ...]
    theirs: str = ""  # what PyTorch is asked, where it computes the expression itself with a mistake

    @property
    def asked(self) -> str:
        return self.theirs or self.expression

    @property
    def is_module(self) -> bool:
        return self.expression.startswith("nn.")

    def draw(self) -> list[Any]:
        """The inputs, in float64 or integers."""
        return [spec.draw(self.stream(f"input {i}")) for i, spec in enumerate(self.inputs)]

    def weight(self, name: str, shape: tuple[int, ...]) -> Any:
        """The numbers of the parameter of this name, and of PyTorch's shape."""
        return 0.6 * self.stream(name).standard_normal(shape)

    def probe(self, i: int, shape: tuple[int, ...]) -> Any:
        """What the output number `i` is multiplied with, for a scalar to differentiate."""
        return self.stream(f"probe {i}").standard_normal(shape)

    def stream(self, name: str) -> np.random.RandomState:
        return np.random.RandomState(zlib.crc32(f"{self.expression} {name}".encode()))


def case(expression: str, *inputs: Input, theirs: str = "") -> Case:
    return Case(expression, inputs, theirs)


def flat(output: Any) -> list[Any]:
    """The arrays in an output: one, or a nest of tuples."""
    if isinstance(output, tuple):
        return [array for part in output for array in flat(part)]
    return [] if output is None else [output]


_ACTIVATIONS = """
ReLU() ReLU6() LeakyReLU() LeakyReLU(0.2) PReLU() PReLU(3) ELU() ELU(0.7) SELU() CELU() CELU(0.5) GELU()
GELU(approximate='tanh') SiLU() Mish() Hardswish() Hardtanh() Hardtanh(-0.5,0.3) Softplus() Softplus(2.0,1.5)
Softsign() Tanh() Sigmoid() LogSigmoid() Softmax(dim=1) Softmax(dim=0) LogSoftmax(dim=1) Identity()
""".split()

ACTIVATIONS = [
    *(case(f"nn.{name}", normal(2, 3, 2)) for name in _ACTIVATIONS),
    # PyTorch's own derivative of it multiplies by a sixth in float32, whatever the dtype.
    case("nn.Hardsigmoid()", normal(2, 3, 2), theirs="lambda x: F.relu6(x + 3) / 6"),
    case("F.hardsigmoid", normal(2, 5), theirs="lambda x: F.relu6(x + 3) / 6"),
    case("nn.PReLU(4)", normal(2, 4)),
    case("nn.GLU()", normal(3, 4)),
    case("nn.GLU(0)", normal(4, 3)),
    *(
        case(f"F.{name}", normal(2, 5))
        for name in "relu relu6 leaky_relu elu selu celu gelu silu mish hardswish hardtanh softplus softsign tanh "
        "sigmoid logsigmoid glu".split()
        if name != "glu"
    ),
    case("lambda x: F.softmax(x, -1)", normal(2, 5)),
    case("lambda x: F.log_softmax(x, 0)", normal(2, 5)),
    case("lambda x: F.glu(x, 0)", normal(2, 5)),
    case("F.prelu", normal(2, 3, 2), normal(3)),
    case("lambda x: F.softplus(x, 3.0, 0.5)", normal(2, 5)),
]

LINEAR = [
    case("nn.Linear(3, 4)", normal(2, 3)),
    case("nn.Linear(3, 4, bias=False)", normal(2, 2, 3)),
    case("nn.Linear(3, 4)", normal(3)),
    case("nn.Bilinear(3, 2, 4)", normal(5, 3), normal(5, 2)),
    case("nn.Bilinear(3, 2, 4, bias=False)", normal(2, 2, 3), normal(2, 2, 2)),
    case("nn.Embedding(7, 3)", integers(7, 2, 4)),
    case("nn.Embedding(7, 3, padding_idx=2)", given([[0, 2, 2], [6, 0, 2]])),
    case("nn.Embedding(7, 3, padding_idx=-1)", given([[0, 6], [6, 0]])),
    case("nn.Embedding(7, 3, max_norm=0.5)", integers(7, 5)),
    case("nn.Embedding(7, 3, max_norm=0.8, norm_type=1.0)", integers(7, 5)),
    case("F.embedding", integers(5, 2, 2), normal(5, 3)),
    case("nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Sequential(nn.Linear(4, 2), nn.Tanh()))", normal(5, 3)),
    case("F.cosine_similarity", normal(3, 4), normal(3, 4)),
    case("lambda x, y: F.cosine_similarity(x, y, dim=0)", normal(3, 4), normal(3, 4)),
    case("F.pairwise_distance", normal(3, 4), normal(3, 4)),
    case("lambda x, y: F.pairwise_distance(x, y, p=3.0, keepdim=True)", normal(3, 4), normal(3, 4)),
    case("lambda x, y: F.pairwise_distance(x, y, p=float('inf'))", normal(3, 4), normal(3, 4)),
]


def _reductions(expression: str, *inputs: Input) -> list[Case]:
    """The loss with each reduction, which is the last of its arguments."""
    glue = "" if expression.endswith("(") else ", "
    return [case(f"{expression}{glue}reduction='{r}')", *inputs) for r in ("mean", "sum", "none")]


_WEIGHTS = "weight=A([0.5, 2.0, 1.5])"
_CLASSES = given([0, 2, -100, 1, 2])
_LENGTHS = (given([6, 5, 4]), given([3, 2, 1]))
_CTC = "lambda x, t, n, m: F.ctc_loss(F.log_softmax(x, 2), t, n, m"

LOSSES = [
    *_reductions("nn.MSELoss(", normal(3, 2), normal(3, 2)),
    *_reductions("nn.L1Loss(", normal(3, 2), normal(3, 2)),
    *_reductions("nn.SmoothL1Loss(beta=0.8", normal(3, 4), normal(3, 4)),
    case("nn.SmoothL1Loss(beta=0.0)", normal(3, 2), normal(3, 2)),
    *_reductions("nn.HuberLoss(delta=0.8", normal(3, 4), normal(3, 4)),
    *_reductions("nn.BCELoss(", uniform(0.05, 0.95, 3, 2), fixed(uniform(0, 1, 3, 2))),
    case("nn.BCELoss(weight=A([0.5, 2.0]))", uniform(0.05, 0.95, 3, 2), fixed(uniform(0, 1, 3, 2))),
    *_reductions("nn.BCEWithLogitsLoss(", normal(3, 2), fixed(uniform(0, 1, 3, 2))),
    case(
        "nn.BCEWithLogitsLoss(weight=A([0.5, 2.0]), pos_weight=A([3.0, 0.2]))", normal(3, 2), fixed(uniform(0, 1, 3, 2))
    ),
    *_reductions("nn.CrossEntropyLoss(", normal(5, 3), integers(3, 5)),
    *_reductions(f"nn.CrossEntropyLoss({_WEIGHTS}", normal(5, 3), _CLASSES),
    *_reductions("nn.CrossEntropyLoss(label_smoothing=0.2", normal(5, 3), _CLASSES),
    *_reductions(
        f"nn.CrossEntropyLoss({_WEIGHTS}, label_smoothing=0.2, ignore_index=1", normal(5, 3), given([0, 1, 2, 2, 1])
    ),
    *_reductions(f"nn.CrossEntropyLoss({_WEIGHTS}, label_smoothing=0.2", normal(5, 3), shares(5, 3)),
    *_reductions("nn.CrossEntropyLoss(", normal(2, 3, 2, 2), integers(3, 2, 2, 2)),
    *_reductions(f"nn.CrossEntropyLoss({_WEIGHTS}", normal(2, 3, 4), shares(2, 3, 4)),
    *_reductions("nn.CrossEntropyLoss(", normal(3), given(2)),
    case("nn.CrossEntropyLoss()", normal(2, 3, 4), shares(2, 3, 4)),
    *_reductions("nn.NLLLoss(", normal(5, 3), integers(3, 5)),
    *_reductions(f"nn.NLLLoss({_WEIGHTS}", normal(5, 3), _CLASSES),
    *_reductions("nn.NLLLoss(ignore_index=0", normal(2, 3, 4), integers(3, 2, 4)),
    *_reductions("nn.KLDivLoss(", normal(3, 4), shares(3, 4)),
    *_reductions("nn.KLDivLoss(log_target=True", normal(3, 4), fixed(normal(3, 4))),
    case("nn.KLDivLoss(reduction='batchmean')", normal(3, 4), given([[0.5, 0.0, 0.5, 0.0]] * 3)),
    *_reductions("nn.HingeEmbeddingLoss(margin=0.7", normal(3, 4), signs(3, 4)),
    *_reductions("nn.MarginRankingLoss(margin=0.3", normal(6), normal(6), signs(6)),
    *_reductions("nn.SoftMarginLoss(", normal(3, 2), signs(3, 2)),
    *_reductions("nn.MultiMarginLoss(", normal(4, 3), integers(3, 4)),
    *_reductions(f"nn.MultiMarginLoss(p=2, margin=0.6, {_WEIGHTS}", normal(4, 3), integers(3, 4)),
    case("nn.MultiMarginLoss()", normal(3), given(1)),
    *_reductions("nn.MultiLabelMarginLoss(", normal(2, 4), given([[3, 0, -1, 1], [2, -1, -1, -1]])),
    case("nn.MultiLabelMarginLoss()", normal(4), given([1, 3, -1, 0])),
    *_reductions("nn.CosineEmbeddingLoss(margin=0.1", normal(4, 3), normal(4, 3), signs(4)),
    *_reductions("nn.TripletMarginLoss(", normal(4, 3), normal(4, 3), normal(4, 3)),
    case("nn.TripletMarginLoss(margin=0.5, p=3.0, swap=True)", normal(4, 3), normal(4, 3), normal(4, 3)),
    *_reductions("nn.PoissonNLLLoss(", normal(3, 2), fixed(uniform(0, 4, 3, 2))),
    *_reductions("nn.PoissonNLLLoss(log_input=False, full=True", uniform(0.2, 3, 3, 2), fixed(uniform(0, 4, 3, 2))),
    *_reductions("nn.GaussianNLLLoss(", normal(3, 2), fixed(normal(3, 2)), uniform(0.2, 2, 3, 2)),
    case("nn.GaussianNLLLoss(full=True)", normal(3, 2), fixed(normal(3, 2)), uniform(0.2, 2, 3, 1)),
    case("nn.GaussianNLLLoss(eps=0.5)", normal(3, 2), fixed(normal(3, 2)), uniform(0.2, 2, 3)),
    *_reductions(_CTC, normal(6, 3, 4), given([[1, 2, 2], [3, 1, 0], [2, 0, 0]]), *_LENGTHS),
    case(f"{_CTC}, blank=3)", normal(6, 3, 4), given([0, 1, 1, 2, 0, 2]), *_LENGTHS),
    case(
        f"{_CTC}, reduction='sum')",
        normal(6, 3, 4),
        given([[1, 2, 2], [3, 1, 0], [0, 0, 0]]),
        given([6, 5, 4]),
        given([3, 2, 0]),
    ),
    case(
        f"{_CTC}, zero_infinity=True, reduction='none')",
        normal(3, 2, 3),
        given([[1, 1, 1], [2, 1, 2]]),
        given([3, 3]),
        given([3, 3]),
    ),
    case(
        "nn.CTCLoss(zero_infinity=True)",
        fixed(normal(3, 2, 3)),
        given([[1, 1, 1], [2, 1, 2]]),
        given([3, 3]),
        given([3, 3]),
    ),
]

_OPTIONS = [
    "",
    ", bias=False",
    ", num_layers=2",
    ", bidirectional=True",
    ", num_layers=2, bidirectional=True, batch_first=True, bias=False",
]


def _recurrent(kind: str, states: int, option: str = "") -> list[Case]:
    """Layers and cells, without and with a state to begin with; without a batch; a padded batch of several lengths."""
    layer, cell, call = (
        f"nn.{kind}(3, 4",
        f"nn.{kind}Cell(3, 4",
        f"lambda m, x, *s: m(x, {'s' if states > 1 else 's[0]'})",
    )
    return [
        *(case(f"{layer}{options}{option})", normal(5, 2, 3)) for options in _OPTIONS),
        case(f"{layer}{option})", normal(5, 3)),
        case(f"With({call}, {layer}, num_layers=2{option}))", normal(5, 3, 3), *[normal(2, 3, 4)] * states),
        case(f"With({call}, {layer}, num_layers=2{option}))", normal(5, 3), *[normal(2, 4)] * states),
        case(f"With(padded, {layer}, num_layers=2, bidirectional=True{option}))", normal(5, 3, 3), given([5, 2, 3])),
        case(f"{cell}{option})", normal(2, 3)),
        case(f"{cell}, bias=False{option})", normal(3)),
        case(f"With({call}, {cell}{option}))", normal(2, 3), *[normal(2, 4)] * states),
    ]


RECURRENT = [
    *_recurrent("RNN", 1),
    *_recurrent("RNN", 1, ", nonlinearity='relu'"),
    *_recurrent("LSTM", 2),
    *_recurrent("GRU", 1),
]

_QKV = (normal(2, 3, 4), normal(2, 5, 4), normal(2, 5, 4))
_SDPA = (normal(2, 2, 3, 4), normal(2, 2, 5, 4), normal(2, 2, 5, 3))
_PADDING = given([[False, False, True, False, True], [False] * 5])
_UPPER = given(np.triu(np.ones((3, 5), bool), 2))
_MHA = "nn.MultiheadAttention(4, 2"

ATTENTION = [
    case("F.scaled_dot_product_attention", *_SDPA),
    case("lambda q, k, v: F.scaled_dot_product_attention(q, k, v, None, 0.0, True, scale=0.3)", *_SDPA),
    case("lambda q, k, v, m: F.scaled_dot_product_attention(q, k, v, ~m)", *_SDPA, _UPPER),
    case("F.scaled_dot_product_attention", *_SDPA, normal(3, 5)),
    case(f"With(lambda m, x: m(x, x, x), {_MHA}))", normal(3, 2, 4)),
    case(f"With(lambda m, x: m(x, x, x, average_attn_weights=False), {_MHA}, bias=False))", normal(3, 2, 4)),
    case(f"With(lambda m, x: m(x, x, x, need_weights=False)[0], {_MHA}, batch_first=True))", normal(3, 2, 4)),
    case(f"{_MHA}, batch_first=True)", *_QKV),
    case(f"{_MHA}, bias=False)", normal(3, 4), normal(5, 4), normal(5, 4)),
    case(f"{_MHA}, kdim=3, vdim=5)", normal(3, 2, 4), normal(4, 2, 3), normal(4, 2, 5)),
    case(f"With(lambda m, q, k, v, p, u: m(q, k, v, p, attn_mask=u), {_MHA}, batch_first=True))", *_QKV, _PADDING, _UPPER),
    case(f"With(lambda m, q, k, v, a: m(q, k, v, attn_mask=a, need_weights=False)[0], {_MHA}, batch_first=True))",
         *_QKV, fixed(normal(4, 3, 5))),
    case(f"With(lambda m, q, k, v, p: m(q, k, v, p), {_MHA}))", normal(3, 4), normal(5, 4), normal(5, 4),
         fixed(normal(5))),
]  # fmt: skip

_LAYER = "nn.TransformerEncoderLayer(4, 2, 6, 0.0"
ATTENTION += [
    case(f"{_LAYER})", normal(3, 2, 4)),
    case(f"{_LAYER}, 'gelu', 1e-3, True, True)", normal(2, 3, 4)),
    case(f"{_LAYER}, bias=False, activation=F.silu)", normal(3, 4)),
    case(f"With(lambda m, x, u, p: m(x, u, p), {_LAYER}, batch_first=True))",
         normal(2, 3, 4), given(np.triu(np.ones((3, 3), bool), 1)), given([[False, False, True], [False] * 3])),
    case(f"With(lambda m, x, u: m(x, u), nn.TransformerEncoder({_LAYER}), 2, nn.LayerNorm(4)))",
         normal(3, 2, 4), given(np.triu(np.ones((3, 3), bool), 1))),
]  # fmt: skip

CASES: dict[str, list[Case]] = {
    "attention": ATTENTION,
    "activations": ACTIVATIONS,
    "linear": LINEAR,
    "losses": LOSSES,
    "recurrent": RECURRENT,
}
