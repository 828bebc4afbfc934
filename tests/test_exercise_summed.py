"""Over which axes an answer sums is seen by its numbers, whether it returns them or stops on the way."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd.exercises.summed import axes_asked, axes_summed, wrong_axes

SHAPES = st.lists(st.integers(1, 4), max_size=4).map(tuple)


def right(g, shape):
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    return g.sum(axis=tuple(i for i, n in enumerate(shape) if n == 1), keepdims=True)


def over(axes):
    """An answer that sums over axes that are written down, and stops where the shape is another."""
    return lambda g, shape: np.sum(g, axis=axes).reshape(shape)


@given(SHAPES, st.data())
def test_the_axes_of_a_right_answer_are_those_asked_for(shape, data):
    of = tuple(data.draw(st.integers(1, 4)) if n == 1 else n for n in shape)
    of = (*data.draw(st.lists(st.integers(1, 3), max_size=4 - len(shape))), *of)
    assert axes_summed(right, of, shape) == axes_asked(of, shape)
    assert wrong_axes(right, [(of, shape)]) == ""


@given(st.sets(st.integers(0, 2)).map(tuple), st.sampled_from([(), (4,), (3, 1), (2, 3, 4), (1, 1, 1)]))
def test_the_axes_of_any_sum_are_seen(axes, shape):
    assert axes_summed(over(axes), (2, 3, 4), shape) == set(axes)  # most stop at the reshape, after the sum


def by_length(g, shape):
    return g.sum(axis=tuple(i for i, n in enumerate(g.shape) if n not in shape)).reshape(shape)


def numbered_in_shape(g, shape):
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=(*range(g.ndim - len(shape)), *ones)).reshape(shape)


def from_the_left(g, shape):
    padded = tuple(shape) + (1,) * (g.ndim - len(shape))
    return g.sum(axis=tuple(i for i, (a, b) in enumerate(zip(g.shape, padded, strict=True)) if a != b)).reshape(shape)


def last(g, shape):
    ones = tuple(i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=ones, keepdims=True).sum(axis=tuple(range(len(shape), g.ndim)))


def in_place(g, shape):
    total = np.zeros(shape)
    for part in g:
        np.add(total, part, out=total)
    return total


WORDS = {
    by_length: "where an axis stands decides, and not whether its length occurs in (2, 1, 2)",
    numbered_in_shape: "axis 1 of (3, 1) is axis 2 here, where one axis was added on the left",
    from_the_left: "axis 1 has the same length in both, counted from the right",
    last: "shapes are aligned on the right, so that what is lacking are axes on the left",
    over(
        (0, 1, 2)
    ): "From (2, 3, 4) to (3, 1) you sum over the axes 0, 1 and 2, and the axes 0 and 2 are to be summed: "
    "axis 1 has the same length in both, counted from the right.",
    over(
        ()
    ): "you sum over no axis, and the axes 0 and 2 are to be summed: axis 0 is not there in (3, 1); axis 2 has the length",
    over((2,)): "axis 0 is not there in (3, 1).",
}


@pytest.mark.parametrize("answer", WORDS, ids=lambda answer: WORDS[answer][:30])
def test_what_is_wrong_with_them_is_said(answer):
    assert WORDS[answer] in wrong_axes(
        answer, [((3, 4), (3, 4)), ((2, 3, 4), (3, 1)), ((2, 2, 2, 2), (2, 1, 2)), ((3, 4), (4,))]
    )


def test_what_is_no_sum_is_not_taken_for_one():
    assert axes_summed(lambda g, shape: g.mean(axis=0), (3, 4), (4,)) is None
    assert axes_summed(lambda g, shape: g[0], (3, 4), (4,)) is None
    assert axes_summed(lambda g, shape: g[9] + g.sum(axis=0), (3, 4), (4,)) is None  # stops before it
    assert axes_summed(in_place, (3, 4), (4,)) == {0}


def test_an_array_is_changed_in_place_as_ever():
    def scaled(g, shape):
        g *= 2
        return g.sum(axis=0) / 2

    assert axes_summed(scaled, (3, 4), (4,)) == {0}
