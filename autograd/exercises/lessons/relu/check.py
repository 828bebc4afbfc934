"""The check of `relu`."""

from __future__ import annotations

from operator import attrgetter

import numpy as np

from autograd.exercises.bugs import RELU_MISTAKES, relu, repaired

_R = np.random.default_rng(2)
X, W, B = _R.normal(size=(4, 3)), _R.normal(size=3), _R.normal(size=3)
check = repaired("mutated", relu, attrgetter("relu_vjp"), {"x": X}, RELU_MISTAKES)
