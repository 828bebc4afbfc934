"""The check of `engine_descent`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from autograd.engine.value import Value
from autograd.exercises.engines import Step
from autograd.exercises.exercise import Answer, Finding
from autograd.exercises.programs import Numbers
from autograd.exercises.usual import Case, Slip

ZERO, MOVE = "p.grad = 0.0", "p.data -= rate * p.grad"
STEP = Step(
    __file__,
    Slip("accumulated", ZERO, "pass",
         "From the second step on the gradients still hold those of the steps before: set them to 0 before "
         "backward()."),
    Slip("accumulated", f"    for _ in range(steps):\n        for p in parameters:\n            {ZERO}\n",
         f"    for p in parameters:\n        {ZERO}\n    for _ in range(steps):\n",
         "The gradients are set to 0 once, before the loop: from the second step on they hold those of the steps before. Set "
         "them to 0 in each step."),
    Slip("accumulated", "for p in parameters:\n            p.grad = 0.0", "out = parameters[0]\n        out.grad = 0.0",
         "Only the first parameter's gradient is set to 0: all of them have to be."),
    Slip("accumulated", "        for p in parameters:\n            p.grad = 0.0\n        out = loss()\n        out.backward()\n"
         "        losses.append(out.data)\n        for p in parameters:\n            p.data -= rate * p.grad\n",
         "        out = loss()\n        out.backward()\n        losses.append(out.data)\n        for p in parameters:\n"
         "            p.data -= rate * p.grad\n            p.grad = 0.0\n",
         "The gradients are set to 0 after the step, and before the first one they may hold something: set them to 0 before "
         "backward()."),
    Slip("one-by-one", "        out.backward()\n        losses.append(out.data)\n        for p in parameters:\n",
         "        losses.append(out.data)\n        for p in parameters:\n            for q in parameters:\n"
         "                q.grad = 0.0\n            loss().backward()\n",
         "The parameters move one after the other, each down a loss in which those before it have moved already: the gradients "
         "of all are taken first, by one backward()."),
    Slip("zero", "        out.backward()\n",
         "        out.backward()\n        for p in parameters:\n            p.grad = 0.0\n",
         "The gradients are set to 0 after backward(), before they are used: do so before backward(), or after the "
         "step."),
    Slip("zero", "        out.backward()\n", "", "Nothing moves: does the loss go backwards, out.backward()?"),
    Slip("sign", MOVE, "p.data += rate * p.grad",
         "This goes uphill: the gradient says where the loss rises, and the step goes the other way, data − rate · "
         "grad."),
    Slip("rate", MOVE, "p.data -= p.grad", "The rate is missing: each step is rate · grad."),
    Slip("replaced", MOVE, "p = p - rate * p.grad",
         "The parameters did not move: another Value took the place of each (p = …, or in the list), and those that "
         "the loss is made of stay as they were. Change p.data."),
    Slip("stale", "for _ in range(steps):", "out = loss()\n    loss = lambda: out\n    for _ in range(steps):",
         "The loss was computed once and for all: it has to be computed anew in each step, since its Values know "
         "the old data only."),
    Slip("stale", "        out = loss()\n",
         "        out = out if losses else loss()\n        for node in out.order():\n            node.grad = 0.0\n",
         "The loss was computed once and for all: it has to be computed anew in each step, since its Values know "
         "the old data only."),
    Slip("data", MOVE, "p.data -= rate * p.data", "The data were multiplied by the rate: the step is rate · grad."),
    Slip("grad", MOVE, "p.grad -= rate * p.grad", "The gradients were changed, and the data stayed: p.data moves."),
    Slip("late", "losses.append(out.data)", "0", "Nothing was put into the list of losses."),
    Slip("type", "out.data)", "out)", "The list should hold numbers, out.data, and holds Values."),
    Slip("late", "return losses", "return [*losses[1:], loss().data]",
         "These are the losses after each step: the first is the one before any step."),
    Slip("steps", "range(steps)", "range(steps - 1)", "There is one step too few."),
    Slip("steps", "range(steps)", "range(steps + 1)", "There is one step too many."),
    Slip("steps", "    return losses", "        return losses",
         "There was only one step: does `return` stand inside of the loop?"),
)  # fmt: skip
RATE, STEPS, BEGIN = 0.1, 4, (3.0, -2.0, 0.5)


def bowl(x: Any, y: Any) -> Any:
    return (x - 1) ** 2 + 3 * (y * x + 2) * (y + 1) * 0.1


def valley(x: Any, y: Any) -> Any:
    return (x * y).sigmoid() + 0.5 * y * y + x * x * 0.2


def steep(x: Any) -> Any:
    """A loss that rises with each step at a rate of 0.3: the steps go too far."""
    return 4 * (x - 1) ** 2


def three(x: Any, y: Any, z: Any) -> Any:
    return (x * y - z) ** 2 * 0.05 + z * z * 0.5 + (y + 1) ** 2


def real(loss: Callable[..., Any], steps: int, rate: float = RATE) -> Numbers:
    """The losses and where the parameters end, by the real engine."""
    at, losses = _begin(loss), []
    for _ in range(steps):
        parameters = [Value(x) for x in at]
        out = loss(*parameters)
        out.backward()
        losses.append(float(out.data))
        at = [x - rate * float(p.grad) for x, p in zip(at, parameters, strict=True)]
    return _labelled(losses, at)


def _begin(loss: Callable[..., Any]) -> list[float]:
    return list(BEGIN[: loss.__code__.co_argcount])


def asked(loss: Callable[..., Any], *runs: int, left: float = 0.0, rate: float = RATE) -> Callable[[Answer], Numbers]:
    def ask(answer: Answer) -> Numbers:
        parameters = [answer.Value(x) for x in _begin(loss)]
        for p in parameters:
            p.grad = left
        computed: list[Any] = []
        losses: list[Any] = []

        def compute() -> Any:
            computed.append(loss(*parameters))
            return computed[-1]

        for steps in runs:
            given = answer.descend(compute, list(parameters), rate, steps)
            losses += given if isinstance(given, list | tuple) else [given]
        first = parameters[0]
        helpful = {"loss.grad": computed[-1].grad if computed else None, "x.grad": first.grad, "times": len(computed)}
        return {**_labelled(losses, [p.data for p in parameters]), **helpful}

    return ask


def _labelled(losses: Any, at: Any) -> Numbers:
    """How many losses there are, the losses, and the parameters."""
    numbers = {"the number of losses": len(losses)}
    numbers |= {f"the loss before step {i}": loss for i, loss in enumerate(losses, 1)}
    return {**numbers, **{f"{name}.data at the end": x for name, x in zip("xyz", at, strict=False)}}


def check(answer: Answer) -> Iterator[Finding]:
    begin = f"x = Value({BEGIN[0]:g}), y = Value({BEGIN[1]:g})"
    cases = [
        Case(
            f"{name}, {steps} step{'s' * (steps != 1)}", asked(loss, steps), real(loss, steps),
            f"   {begin}; descend(loss, [x, y], {RATE}, {steps})",
        )
        for name, loss in {"a bowl": bowl, "a valley": valley}.items()
        for steps in (1, STEPS)
    ]  # fmt: skip
    cases.append(Case("two steps, and then two more", asked(bowl, 2, 2), real(bowl, 4), f"   {begin}", "accumulated"))
    before = f"   {begin}; both have a gradient of 4 from before"
    cases.append(Case("gradients from before", asked(bowl, 2, left=4.0), real(bowl, 2), before, "accumulated"))
    for loss, rate in ((bowl, 0.02), (steep, 0.3), (three, 0.07)):
        title = f"{len(_begin(loss))} parameters, and a rate of {rate}"
        cases.append(Case(title, asked(loss, STEPS, rate=rate), real(loss, STEPS, rate), f"   {title}", "rate"))
    yield from STEP.findings(answer, cases)
