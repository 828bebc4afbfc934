"""What is measured: one `Workload` for each line of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from suite import starts


@dataclass(frozen=True)
class Workload:
    """A name, under which a peer's file has a function; a title; how its initial values are made from a size.

    There is a row for each size, and for each of the phases of a repetition. A time is divided by `per(size)`, the number of
    operations, where the row is about one of them. `grows` are workloads whose time is to be linear in the size, and
    whose larger sizes are left out for a peer that was too slow at a smaller one. From the size `memory` on, the table has
    the peak memory too: of each of the `size` where they grow, else of all. What is compared is the result of the size
    `compared` (of the one that is timed, where there is none): beside a kink of ReLU one rounding of many steps decides.
    """

    name: str
    title: str
    start: Callable[[int], starts.Start]
    sizes: tuple[int, ...] = (1,)
    quick: tuple[int, ...] | None = None
    phases: tuple[str, ...] = ("",)
    per: Callable[[int], int] = lambda n: 1
    grows: bool = False
    memory: int | None = None
    compared: int | None = None

    def rows(self, quick: bool) -> tuple[int, ...]:
        return self.sizes if self.quick is None or not quick else self.quick

    def row(self, size: int) -> str:
        """What `--only` and the files call a row."""
        return self.name if len(self.sizes) == 1 else f"{self.name}-{size}"

    def heading(self, size: int) -> str:
        return self.title.format(n=f"{size:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"))


OPERATION = ("record", "differentiate")


def _operation(
    name: str, title: str, start: Callable[[int], starts.Start] = starts.operations, n: int = 400
) -> Workload:
    return Workload(name, title, start, (n,), phases=OPERATION, per=lambda n: n)


def _mlp(batch: int, name: str = "", title: str = "") -> Workload:
    name, title = name or f"mlp_{batch}", title or f"MNIST-sized MLP, epoch of {{n}} rows, batch {batch}"
    return Workload(name, title, partial(starts.mlp, batch=batch), (10_000,), (2_560,), memory=1, compared=3 * batch)


DECADES = (10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000)
CHAIN = (2, 20, 200, 2_000, 20_000, 200_000, 2_000_000)
WORKLOADS = [
    _operation("scalar_add_1", "scalar add, one parent"),
    _operation("scalar_add_2", "scalar add, two parents"),
    _operation("scalar_exp", "scalar np.exp(-y), mean of the two"),
    _operation("array_add", "4×4 add, two parents", starts.matrices),
    _operation("array_mul", "4×4 mul, two parents", starts.matrices),
    _operation("array_matmul", "4×4 matmul, two parents", starts.matrices),
    Workload("square", "grad(lambda x: x * x)(3.0)", starts.three),
    Workload("moons", "moons MLP 2-16-16-1 on scalars, a step on {n} points", starts.moons, (100,)),
    Workload("scalar_gpt", "200-line GPT on scalars, a step on {n} letters", starts.scalar_gpt, (8,)),
    Workload("moons_replayed", "the moons MLP, replayed", starts.moons, (100,)),
    Workload("scalar_gpt_replayed", "the 200-line GPT, replayed", starts.scalar_gpt, (8,)),
    Workload("two_sigmoid", "2-2-1 network on scalars, {n} epochs, sigmoid", starts.two_two_one, (1000,), (200,)),
    Workload("two_elementary", "the same, elementary operations", starts.two_two_one, (1000,), (200,)),
    Workload("two_replayed", "the same, sigmoid, an epoch with its derivatives replayed", starts.two_two_one, (1000,), (200,)),
    Workload("two_arrays", "the same on arrays", starts.two_two_one, (1000,), (200,)),
    Workload("two_nn", "the same by layers and an optimizer", starts.two_two_one, (1000,), (200,)),
    _mlp(32),
    _mlp(128),
    _mlp(512),
    _mlp(32, "mlp_values", "the same at batch 32, on plain arrays"),
    Workload("lenet", "LeNet, a step on {n} images of 28 × 28", starts.lenet, (64,), memory=1, compared=4),
    Workload("convnet", "batch-norm ConvNet, a step on {n} images of 32 × 32 × 3", starts.convnet, (64,),
             memory=1, compared=4),
    Workload("gpt", "GPT-2, 4 layers, 128 wide, 64 long: a step on {n} texts", starts.gpt, (4,), memory=1),
    Workload("lstm", "LSTM, 128 wide, 50 long: a step on {n} sequences", starts.lstm, (32,), memory=1),
    Workload("elementwise", "Σ tanh(x)·exp(−x²) + x·sin x and gradient, n = {n}", starts.numbers,
             DECADES, DECADES[:6], grows=True),
    Workload("blocked", "the same in blocks (by hand in one piece), n = {n}", starts.numbers, DECADES[5:], DECADES[5:6],
             memory=1),
    Workload("hessian", "Hessian of Rosenbrock, N = {n}", starts.numbers, (100,)),
    Workload("hvp", "Hessian of Rosenbrock times a vector, N = {n}", starts.numbers, (100_000,), memory=1),
    Workload("chain", "chain of {n} scalar operations", starts.operations, CHAIN, CHAIN[:6],
             phases=("record", "differentiate", "free"), grows=True, memory=200_000),
    Workload("importing", "import", starts.three),
    Workload("importing_nn", "import nn", starts.three),
]  # fmt: skip
