"""Parts of the solution are put into an answer's own names, and tried where the answer comes to something else."""

import contextvars
from textwrap import dedent

import pytest

from autograd.exercises.book import built_in
from autograd.exercises.edited import change
from autograd.exercises.pieces import Pieces
from autograd.exercises.sandbox import check_source
from autograd.exercises.truth import ALONE, KNOWN, rehearsal

BOOK = built_in()

RENAMED = """
def attention_vjp(g, out, q, k, v):
    weights = softmax(q @ k.T / np.sqrt(q.shape[-1]))
    of_weights = g @ v.T
    back = weights * (of_weights - of_weights.sum(axis=-1, keepdims=True) * weights) / np.sqrt(q.shape[-1])
    return back @ k, back.T @ q, weights.T @ g
"""
OTHER_NAME = """
def dL_dw1(weight, others, sample):
    w2, w3, w4, w5, w6, b1, b2, b3 = others
    first = sigmoid(weight * sample[0] + w2 * sample[1] + b1)
    second = sigmoid(w3 * sample[0] + w4 * sample[1] + b2)
    y = sigmoid(w5 * first + w6 * second + b3)
    return -2 * (1 - y) * y * (1 - y) * w5 * first * (1 - first) * weight
"""
IN_PLACE = """
def cross_entropy_vjp(g, out, logits, labels):
    p = softmax(logits)
    p[np.arange(len(p)), labels] -= 1
    return g * p
"""


def tried(name, answer):
    """What is put in the place of what, in an answer."""
    exercise, answer = BOOK[name].ready(), dedent(answer).strip()
    with rehearsal() as heard:
        check_source(exercise, exercise.file(exercise.solution), "solution.py")

    def edits():
        KNOWN.set(tuple(heard))
        ALONE.set(True)
        changes = Pieces(exercise, exercise.given)(answer)
        return [(answer[edit.start : edit.stop], edit.new) for change in changes for edit in change]

    return contextvars.copy_context().run(edits)


def test_a_part_is_said_in_the_answers_own_names():
    edits = tried("attention", RENAMED)
    assert any(new == "(of_weights * weights)" for _, new in edits)
    assert ("weight", "sample[0]") in tried("network", OTHER_NAME)
    for _, new in edits:  # no name of the solution's that the answer lacks
        assert not {"gp", "gs", "p"} & set(new.replace("(", " ").replace(")", " ").split())


def test_what_comes_to_what_is_right_is_left_alone():
    replaced = {old for old, _ in tried("network", OTHER_NAME)}
    assert "w2 * sample[1]" not in replaced
    assert "weight" in replaced


def test_the_whole_is_no_part():
    for name in ("sigmoid", "tanh", "chain", "mean_square"):
        exercise = BOOK[name]
        returned = exercise.solution.rpartition("return ")[2].strip()
        wrong = exercise.solution.replace(returned, f"3 * ({returned})")
        assert all(returned not in new for _, new in tried(name, wrong)), name


def test_a_variable_that_is_changed_in_place_has_no_value_of_its_own():
    assert all("p" not in new.split() for _, new in tried("cross_entropy", IN_PLACE))


def test_an_answer_that_stops_has_the_parts_up_to_there():
    edits = tried("attention", RENAMED.replace("return back @ k", "return back @ nothing"))
    assert any(new == "(of_weights * weights)" for _, new in edits)
    assert tried("attention", "def attention_vjp(g, out, q, k, v):\n    raise SystemExit\n") == []


SAID = {
    "a factor that is another thing's": ("network", OTHER_NAME, "`weight` should be `sample[0]`"),
    "a sum of another product": (
        "attention",
        RENAMED,
        "`of_weights.sum(axis=-1, keepdims=True) * weights` should be `(of_weights * weights).sum(axis=-1, keepdims=True)`",
    ),
}


@pytest.mark.parametrize("what", SAID)
def test_the_part_that_makes_it_right_is_said(what):
    name, answer, words = SAID[what]
    exercise = BOOK[name].ready()
    made = contextvars.copy_context().run(change, exercise, exercise.file(dedent(answer).strip()), 60.0)
    assert made is not None
    assert words in made.text
