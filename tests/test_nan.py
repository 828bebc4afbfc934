"""A NaN stays one: where an input is NaN its gradient is NaN, unless the derivative does not depend on that number.

Whether it depends on it is asked of ordinary numbers in its place: a sum's or a product's derivative is the same for all.
"""

from __future__ import annotations

import numpy as np
import pytest

from autograd import Value
from tests.samples import draw
from tests.test_table import SAMPLES

# Functions that leave a NaN out by their definition, so that the result does not depend on it: a choice by a condition and a
# difference of sets too.
LEAVES_OUT = set(
    "fmax fmin nan_to_num nansum nanprod nanmax nanmin nanmean nanvar nanstd nanmedian nanquantile nanpercentile nancumsum "
    "nancumprod piecewise setdiff1d".split()
)
TRIED = (-3.1, -1.3, -0.6, -0.05, 0.05, 0.6, 1.3, 3.1)


def gradient_with(sample, raw, i, number):
    """The gradient of the sum of the result at the last number of argument `i`, with another number there."""
    args = [np.array(x) for x in raw]
    args[i].reshape(-1)[-1] = number
    values = [Value(x) for x in args]
    out = sample.call(*values)
    out.backward(np.ones_like(out.data))
    return 0.0 if values[i].grad is None else np.reshape(values[i].grad, (-1,))[-1]


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("sample", [s for s in SAMPLES if s.name not in LEAVES_OUT], ids=str)
def test_nan_stays(sample):
    raw = draw(sample, sample.shapes or ((3,),) * len(sample.domains), 0)
    for i, x in enumerate(raw):
        try:
            at_nan = gradient_with(sample, raw, i, np.nan) if np.size(x) else np.nan
        except (np.linalg.LinAlgError, ValueError):  # loud: what LAPACK refuses
            continue
        if np.isnan(at_nan):
            continue
        around = [gradient_with(sample, raw, i, t) for t in TRIED]
        np.testing.assert_allclose(around, at_nan, rtol=1e-9, atol=1e-12)
