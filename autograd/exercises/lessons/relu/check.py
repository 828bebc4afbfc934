"""The check of `relu`."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from autograd.exercises.bugs import RELU_ELSEWHERE, RELU_MISTAKES, relu, repaired

_R = np.random.default_rng(2)
X = _R.normal(size=(4, 3))
check = repaired("mutated", relu, attrgetter("relu_vjp"), {"x": X}, RELU_MISTAKES, also=((-X,), *RELU_ELSEWHERE))
