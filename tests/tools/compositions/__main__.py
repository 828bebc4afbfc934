"""Random compositions of the transformations, compared with mathematics, finite differences and JAX.

    python -m tests.tools.compositions            ten thousand, from a seed of the day's
    python -m tests.tools.compositions --seed 7 --count 300
    python -m tests.tools.compositions --without-jax

JAX is asked where it is installed (extra `fuzz`) and has the transformation; that takes most of the time.

A composition is an expression of sines, sums, products and *transformations of functions*: the gradient of an inner function
at an inner point, a pull-back inside or outside of the trace that made it, a checkpoint, a rule of one's own, a fixed
point … Inner functions close over outer variables. All of it acts element by element, and so each transformation has
an equivalent without one: the gradient of Σ f is f′, found by differentiating the expression. The value of a composition and
its derivatives, taken by transformations once more, must be those of the plain expression, whose derivatives are exact.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter

from .compose import check, compose, installed


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--without-jax", action="store_true", help="do not ask JAX")
    options = parser.parse_args(arguments)
    print(f"seed {options.seed}")
    others = [] if options.without_jax else installed()
    failed = 0
    asked: Counter[str] = Counter()
    for seed in range(options.seed, options.seed + options.count):
        wrong = check(seed)
        for ask in others:
            differs, answer = ask(seed)
            asked[answer] += 1
            wrong = wrong or differs
        if wrong:
            failed += 1
            expr, outer, env = compose(seed)
            print(f"seed {seed}: {outer} at {env['x'].shape} {env['x'].dtype} of {expr}\n    {wrong}", flush=True)
    print(f"{options.count} compositions, {failed} wrong{''.join(f'; JAX {what}: {n}' for what, n in asked.items())}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
