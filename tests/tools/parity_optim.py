"""Ten steps of every optimiser and thirty of every schedule by PyTorch: ``python -m tests.tools.parity_optim`` (extra `fuzz`).

Writes tests/data/parity/training/optim.npz; tests/test_parity_optim.py compares. What is run is written once, for both libraries.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np

PLACE = Path(__file__).parent.parent / "data" / "parity" / "training" / "optim.npz"
STEPS, TICKS = 10, 30
DTYPES = {"float32": 1e-5, "float64": 1e-10}  # and how exactly they must agree

# Each optimiser with options that take every branch.
OPTIMISERS: list[tuple[str, dict[str, Any]]] = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.3, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    ("SGD", {"lr": 0.01, "momentum": 0.5, "maximize": True}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.9), "eps": 1e-3, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "amsgrad": True, "maximize": True, "betas": (0.5, 0.6)}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("AdamW", {"lr": 0.05}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.2, "amsgrad": True, "betas": (0.5, 0.6)}),
    ("Adamax", {"lr": 0.05}),
    ("Adamax", {"lr": 0.05, "weight_decay": 0.1, "betas": (0.8, 0.6), "maximize": True}),
    ("NAdam", {"lr": 0.05}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "momentum_decay": 0.1}),
    ("NAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RAdam", {"lr": 0.05}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "betas": (0.9, 0.8)}),
    ("RAdam", {"lr": 0.05, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("RMSprop", {"lr": 0.05}),
    ("RMSprop", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1}),
    ("RMSprop", {"lr": 0.05, "centered": True, "momentum": 0.5, "alpha": 0.9, "eps": 1e-2, "maximize": True}),
    ("Adagrad", {"lr": 0.05}),
    ("Adagrad", {"lr": 0.5, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.1}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.7, "weight_decay": 0.1, "maximize": True}),
    ("LBFGS", {"lr": 0.5, "max_iter": 3, "max_eval": 10, "history_size": 4}),
    ("LBFGS", {"max_iter": 2, "max_eval": 9, "line_search_fn": "strong_wolfe"}),
    ("LBFGS", {"lr": 9.0, "max_iter": 2, "line_search_fn": "strong_wolfe"}),
    ("Muon", {"lr": 0.05}),
    ("Muon", {"lr": 0.05, "nesterov": False, "weight_decay": 0.0, "momentum": 0.8, "ns_steps": 3}),
    ("Muon", {"lr": 0.05, "adjust_lr_fn": "match_rms_adamw"}),
]

# Line searches that are long, and magnify the rounding of float32: where the first step is much too short, or too long.
SEARCHES: list[tuple[str, dict[str, Any]]] = [
    ("LBFGS", {"lr": lr, "max_iter": n, "max_eval": most, "line_search_fn": "strong_wolfe"})
    for lr, n, most in ((0.01, 2, 12), (0.001, 2, 3), (60.0, 1, 20))
]
RUNS = [(*o, dtype) for o in OPTIMISERS for dtype in DTYPES] + [(*o, "float64") for o in SEARCHES]

# Each schedule; a name in place of a function or a schedule says how to make it.
SCHEDULES: list[tuple[str, dict[str, Any]]] = [
    ("StepLR", {"step_size": 4, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [20, 3, 3, 11], "gamma": 0.3}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 7, "eta_min": 0.01}),
    ("CosineAnnealingLR", {"T_max": 100}),
    ("CosineAnnealingWarmRestarts", {"T_0": 3, "T_mult": 2, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 5}),
    ("LinearLR", {"start_factor": 0.25, "end_factor": 0.75, "total_iters": 6}),
    ("LinearLR", {}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 6}),
    ("PolynomialLR", {"total_iters": 12, "power": 2.5}),
    ("LambdaLR", {"lr_lambda": "inverse"}),
    ("MultiplicativeLR", {"lr_lambda": "inverse"}),
    ("OneCycleLR", {"max_lr": [1.0, 0.5], "total_steps": 29}),
    (
        "OneCycleLR",
        {"max_lr": 1.0, "epochs": 3, "steps_per_epoch": 10, "three_phase": True, "anneal_strategy": "linear"},
    ),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 4, "step_size_down": 3}),
    ("CyclicLR", {"base_lr": [0.01, 0.1], "max_lr": 1.0, "step_size_up": 5, "mode": "triangular2"}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 5, "mode": "exp_range", "gamma": 0.95}),
    (
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": 1.0, "step_size_up": 5, "scale_fn": "inverse", "scale_mode": "iterations"},
    ),
    ("ReduceLROnPlateau", {"patience": 1, "factor": 0.5, "cooldown": 2}),
    (
        "ReduceLROnPlateau",
        {"mode": "max", "patience": 0, "threshold": 0.05, "threshold_mode": "abs", "min_lr": [0.01, 0.2]},
    ),
    (
        "SequentialLR",
        {
            "schedulers": [("LinearLR", {"start_factor": 0.1, "total_iters": 5}), ("CosineAnnealingLR", {"T_max": 10})],
            "milestones": [5],
        },
    ),
    (
        "SequentialLR",
        {
            "schedulers": [
                ("LambdaLR", {"lr_lambda": "inverse"}),
                ("CosineAnnealingWarmRestarts", {"T_0": 4}),
                ("MultiplicativeLR", {"lr_lambda": "inverse"}),
            ],
            "milestones": [4, 20],
        },
    ),
    (
        "ChainedScheduler",
        {"schedulers": [("ConstantLR", {"factor": 0.1, "total_iters": 4}), ("ExponentialLR", {"gamma": 0.9})]},
    ),
    ("SWALR", {"swa_lr": 0.05, "anneal_epochs": 6}),
    ("SWALR", {"swa_lr": 0.05, "anneal_epochs": 6, "anneal_strategy": "linear"}),
]


def label(name: str, options: dict[str, Any]) -> str:
    return f"{name}({', '.join(f'{key}={option}' for key, option in options.items())})"


def start(dtype: str) -> list[Any]:
    """Inputs, targets, and parameters of a small network: a tall matrix, a wide one, a vector and a number."""
    rng = np.random.default_rng(5)
    shapes = [(12, 4), (12, 3), (4, 2), (2, 3), (3,), ()]
    return [np.asarray(rng.normal(size=shape), dtype) for shape in shapes]


def loss(tanh: Any, x: Any, t: Any, a: Any, b: Any, c: Any, d: Any) -> Any:
    """The mean squared error of a network of two layers; the number d is met squared."""
    error = tanh(x @ a) @ b + c * (1 + d * d) - t
    return (error * error).mean()


def wave(t: int) -> float:
    """A figure that gets better, and then does not."""
    return float(np.exp(-t / 5) + 0.1 * np.cos(t))


def functions(options: dict[str, Any], schedule: Any) -> dict[str, Any]:
    """Options with their functions and their schedules."""
    made = {k: (lambda t: 1 / (1 + t)) if option == "inverse" else option for k, option in options.items()}
    if "schedulers" in made:
        made["schedulers"] = [schedule(*each) for each in made["schedulers"]]
    return made


def rates(optimizer: Any, schedule: Any, name: str) -> Any:
    """The learning rates of both groups, and the momentum, at every time."""
    seen = []
    for t in range(TICKS):
        if t:
            schedule.step(*([wave(t)] if name == "ReduceLROnPlateau" else []))
        seen.append([group[key] for group in optimizer.param_groups for key in ("lr", "momentum")])
    return np.array(seen)


def steps(torch: Any, name: str, options: dict[str, Any], dtype: str) -> Any:
    """All parameters after ten steps of PyTorch's optimiser."""
    x, t, *parameters = (torch.tensor(a) for a in start(dtype))
    for p in parameters:
        p.requires_grad_()
    optimizer = getattr(torch.optim, name)(parameters[:2] if name == "Muon" else parameters, **options)

    def closure() -> Any:
        optimizer.zero_grad()
        out = loss(torch.tanh, x, t, *parameters)
        out.backward()
        return out

    for _ in range(STEPS):
        optimizer.step(closure)
    return np.concatenate([p.detach().numpy().ravel() for p in parameters])


def times(torch: Any, name: str, options: dict[str, Any]) -> Any:
    """The rates that PyTorch's schedule sets."""
    groups = [{"params": [torch.zeros(1, requires_grad=True)], "lr": lr} for lr in (0.5, 0.2)]
    optimizer = torch.optim.SGD(groups, momentum=0.9)

    def schedule(name: str, options: dict[str, Any]) -> Any:
        home = torch.optim.swa_utils if name == "SWALR" else torch.optim.lr_scheduler
        return getattr(home, name)(*([] if name == "ChainedScheduler" else [optimizer]), **functions(options, schedule))

    return rates(optimizer, schedule(name, options), name)


def main() -> None:
    import torch

    torch.Tensor.bfloat16 = lambda self: self.clone()  # Muon in full precision, as here
    torch.set_default_dtype(torch.float64)  # of its step counts and products of momenta, which are float32 otherwise
    torch.set_num_threads(1)
    found = {f"{label(name, options)} {dtype}": steps(torch, name, options, dtype) for name, options, dtype in RUNS}
    warnings.simplefilter("ignore")  # that the optimiser made no step
    found |= {label(*s): times(torch, *s) for s in SCHEDULES}
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(PLACE, **found)
    print(f"{len(found)} runs, {PLACE.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
