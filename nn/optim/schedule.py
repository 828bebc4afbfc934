"""What schedules of the learning rate share.

The k-th call of `step` sets the rates of time t = k; the constructor sets those of t = 0. A schedule multiplies the rate that it
finds, as in PyTorch, so that several may act on one optimiser.
"""

from __future__ import annotations

from typing import Any

from .optimizer import Group, Optimizer


class LRScheduler:
    """The base of schedules: a subclass defines `rate`.

    Args:
        optimizer: whose parameter groups' ``"lr"`` is set; ``"initial_lr"`` keeps what it was.
        last_epoch: the time so far; −1 begins anew.

    Raises:
        KeyError: it is to resume, and a group has no "initial_lr".
    """

    begins_anew = True  # whether the first rate depends on the initial one alone

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = optimizer
        for i, group in enumerate(optimizer.param_groups):
            if last_epoch == -1:
                group.setdefault("initial_lr", group["lr"])
            elif "initial_lr" not in group:
                raise KeyError(
                    f"{type(self).__name__}: group {i} has no 'initial_lr', and last_epoch={last_epoch} resumes"
                )
        self.base_lrs: list[float] = [group["initial_lr"] for group in optimizer.param_groups]
        self.last_epoch = last_epoch
        self._last_lr: list[float] = []
        self.step()

    def rate(self, group: Group, base: float, t: int) -> float:
        """The learning rate of a group at time t, which began with `base` and has ``group["lr"]`` now."""
        raise NotImplementedError(f"{type(self).__name__} must define rate(self, group, base, t)")

    def step(self) -> None:
        """Go on to the next time."""
        self.last_epoch += 1
        groups = self.optimizer.param_groups
        for group, lr in zip(groups, self.get_lr(), strict=True):
            group["lr"] = lr
        self._last_lr = [group["lr"] for group in groups]

    def get_lr(self) -> list[float]:
        """The rates of this time, made of those before; `get_last_lr` has those that hold."""
        groups = self.optimizer.param_groups
        return [self.rate(group, base, self.last_epoch) for group, base in zip(groups, self.base_lrs, strict=True)]

    def get_last_lr(self) -> list[float]:
        """The rates that hold now."""
        return self._last_lr

    def restart(self) -> None:
        """Be at time 0."""
        if self.begins_anew:
            for group, base in zip(self.optimizer.param_groups, self.base_lrs, strict=True):
                group["lr"] = base
        self.last_epoch = -1
        self.step()

    def state_dict(self) -> dict[str, Any]:
        """All that the next steps depend on, but the optimiser and functions."""
        return {k: copied(v) for k, v in vars(self).items() if k != "optimizer" and not holds_functions(v)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on where a schedule of the same kind stood. The optimiser has a state of its own."""
        vars(self).update({k: copied(v) for k, v in state_dict.items()})


def holds_functions(entry: Any) -> bool:
    return callable(entry) or (isinstance(entry, list) and any(map(callable, entry)))


def copied(entry: Any) -> Any:
    return list(entry) if isinstance(entry, list) else entry


def each(optimizer: Optimizer, given: Any, name: str) -> list[Any]:
    """One for each group, of one for all or of as many as there are groups."""
    groups = len(optimizer.param_groups)
    if not isinstance(given, (list, tuple)):
        return [given] * groups
    if len(given) != groups:
        raise ValueError(f"{name} has {len(given)} entries, and the optimiser {groups} groups of parameters")
    return list(given)
