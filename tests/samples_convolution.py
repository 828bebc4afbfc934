"""Samples of convolution, pooling and batch normalisation: one for each way in which windows can lie."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd import functions as F
from tests.samples import Sample, fixed


def windows(stride: Any = (1, 1), padding: Any = ((0, 0), (0, 0)), dilation: Any = (1, 1)) -> dict[str, Any]:
    return {"stride": stride, "padding": padding, "dilation": dilation}


LINE = windows((2,), ((1, 2),), (1,))
APART = windows((2, 2), ((1, 0), (0, 1)))
UNEVEN = windows((3, 2), ((2, 1), (0, 3)), (2, 2))
DILATED = windows((1, 1), ((0, 1), (2, 0)), (2, 1))


def trio(groups: int, x: Any, w: Any, y: Any, given: dict[str, Any]) -> list[Sample]:
    """The three products of arrays of these shapes."""
    given = {**given, "groups": groups}
    return [
        fixed("convolution", lambda x, w, b: F.convolution(x, w, b, **given), x, w, w[:1]),
        fixed("convolution_transpose", lambda y, w: F.convolution_transpose(y, w, size=x[2:], **given), y, w),
        fixed("convolution_weight", lambda x, y: F.convolution_weight(x, y, size=w[2:], **given), x, y),
    ]


def pools(shape: Any, kernel: Any, given: dict[str, Any], size: Any) -> list[Sample]:
    """All ways through the windows of an array of this shape, of which there are `size`."""
    given = {**given, "kernel": kernel}
    over = shape[len(shape) - len(kernel) :]
    result = (*shape[: len(shape) - len(kernel)], *size)
    x = np.random.default_rng(0).permutation(np.prod(shape)).reshape(shape) / 10
    top = F.max_pool(x, **given)
    return [
        fixed("max_pool", lambda x: F.max_pool(x, **given), shape),
        fixed("to_largest", lambda g: F.to_largest(g, x.astype(g.dtype), top.astype(g.dtype), **given), result),
        fixed("at_largest", lambda h: F.at_largest(h, x.astype(h.dtype), top.astype(h.dtype), **given), shape),
        fixed("sum_pool", lambda x: F.sum_pool(x, **given), shape),
        fixed("to_all", lambda g: F.to_all(g, size=over, **given), result),
    ]


def norms(shape: Any) -> list[Sample]:
    channel = shape[1:2]
    return [
        fixed("batch_norm", lambda x, w, b: F.batch_norm(x, w, b, eps=0.1), shape, channel, channel),
        fixed("channel_dots", lambda g, x: F.channel_dots(g, x, eps=0.1), shape, shape),
        fixed("batch_norm_back", lambda g, x, w: F.batch_norm_back(g, x, w, eps=0.1), shape, shape, channel),
        fixed("channel_sums", F.channel_sums, shape),
    ]


SAMPLES = [
    fixed("convolution", lambda x, w: F.convolution(x, w, **LINE, groups=1), (1, 2, 5), (1, 2, 3), complex=True),
    *trio(1, (2, 2, 4, 3), (3, 2, 2, 2), (2, 3, 3, 2), windows()),
    *trio(2, (2, 2, 5, 6), (2, 1, 2, 3), (2, 2, 2, 3), UNEVEN),
    *trio(1, (1, 2, 4, 3), (1, 2, 2, 1), (1, 1, 3, 5), DILATED),
    *trio(1, (2, 2, 3, 2), (2, 2, 1, 1), (2, 2, 3, 2), windows()),
    *trio(1, (1, 1, 1, 2), (1, 1, 2, 1), (1, 1, 4, 2), windows((1, 1), ((2, 2), (0, 0)))),  # windows of padding alone
    *trio(1, (2, 2, 5), (2, 2, 3), (2, 2, 3), LINE),
    *pools((2, 2, 3, 4), (2, 2), APART, (2, 2)),
    *pools((2, 5, 4), (3, 2), windows((1, 1), ((1, 1), (0, 0)), (2, 1)), (3, 3)),
    *pools((2, 5), (2,), windows((2,), ((1, 1),), (1,)), (3,)),
    *norms((3, 2)),
    *norms((2, 2, 1, 3)),
]
