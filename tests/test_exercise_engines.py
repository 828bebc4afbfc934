"""The track "Build your own engine": each usual mistake is known by its numbers, and a step begins where the last one ends."""

import sys
from itertools import pairwise
from math import exp

import pytest

from autograd.exercises.book import built_in
from autograd.exercises.engines import Step
from autograd.exercises.exercise import Answer
from autograd.exercises.form import load
from autograd.exercises.programs import explained, program
from autograd.exercises.sandbox import check_source
from autograd.exercises.sequel import merged
from autograd.exercises.usual import Slip

TRACK = [exercise for exercise in built_in() if exercise.chapter == "Build your own engine"]
STEPS = {each.name: getattr(sys.modules[each.ready().look.__module__], "STEP", None) for each in TRACK}


def checked(name, solution):
    return check_source(built_in()[name], built_in()[name].file(solution), "answer.py")


# What several steps' mistakes come to is tested with wrong_answers.py; here each is made by its own edit of the solution.
@pytest.mark.parametrize(
    ("name", "slip"), [(name, slip) for name, step in STEPS.items() if step for slip in step.usual.slips]
)
def test_each_slip_is_recognised_as_itself(name, slip):
    result = checked(name, built_in()[name].solution.replace(slip.old, slip.new))
    assert result.kinds == [slip.kind]
    assert slip.sentence in result.findings[-1].message


def test_there_are_fifteen_steps_and_each_goes_on_with_the_one_before():
    assert len(TRACK) == 15
    for before, after in pairwise(TRACK):
        assert after.given.startswith("import math\n\n\nclass Value:\n")
        names = {}
        exec(f"{after.given}\n\n\n{after.solution}", names)
        assert set(before.asked) <= set(names)
        assert after.given.count("class Value") == 1


def test_every_step_can_be_done_with_what_is_given_to_the_last():
    """The whole engine, as the last step is given it, passes every step that is about the engine's last state."""
    whole = TRACK[-1].given.replace("import math\n", "")
    names = {}
    exec(f"import math\n{whole}", names)
    x = names["Value"](2.0)
    ((x * 3 - 1) ** 2 / x).sigmoid().exp().backward()
    assert x.grad == pytest.approx(derivative(2.0), rel=1e-6)
    for name in ("engine_add", "engine_constants", "engine_accumulate"):
        assert checked(name, whole.partition("class Neuron")[0]).passed


def derivative(x, h=1e-5):
    def f(x):
        return exp(1 / (1 + exp(-((x * 3 - 1) ** 2) / x)))

    return (f(x + h) - f(x - h)) / (2 * h)


# -- an exercise that continues another ------------------------------------------------------------------------------


def test_a_class_gains_methods_in_the_place_of_those_it_had():
    source = "x = 1\n\n\nclass A:\n    def f(self):\n        return 1\n\n    def g(self):\n        return 2\n\n\ny = 2"
    sequel = (
        "class A(A):\n    def g(self):\n        return 3\n\n    def h(self):\n        return 4\n\n\ndef k():\n    pass"
    )
    names = {}
    exec(merged(source, sequel), names)
    a = names["A"]()
    assert (a.f(), a.g(), a.h(), names["y"]) == (1, 3, 4, 2)
    assert "k" in names
    assert merged(source, sequel).count("def g") == 1


@pytest.mark.parametrize("before", ["second", "third", "nothing"])
def test_it_continues_one_that_there_is(tmp_path, before):
    for name, continued in {"second": before, "third": "second"}.items():
        folder = tmp_path / name
        folder.mkdir()
        toml = f'title = "T"\nstatement = "To write: f"\ncontinues = "{continued}"\ninputs = {{ x = 1.0 }}\n'
        (folder / "exercise.toml").write_text(toml)
        (folder / "solution.py").write_text("def f(x):\n    return x\n")
    with pytest.raises(ValueError, match="is no exercise beside it, or goes on with it"):
        load(tmp_path / "second")


# -- what a gradient is explained by -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("got", "kind"),
    [(0.0, "zero"), (-14.0, "sign"), (5.0, "chain"), (2.8, "slope"), (6.0, "operand"), (28.0, "twice"), (123.0, None)],
)
def test_one_contribution(got, kind):
    """∂d/∂a = b·c = 14 with b = 5 and c.grad = 2.8; a's own number is 15/7."""
    work = program("c = a * b; d = c * e", a=6 / 2.8, b=5.0, e=2.8)
    right = {name + ".grad": float(node.grad) for name, node in work.right().items()}
    assert right["a.grad"] == pytest.approx(14.0)
    assert [found for found, _ in explained(work, "a", got, right)] == ([kind] if kind else [])


def test_several_contributions_are_told_apart():
    work = program("c = a * b; d = a * e; h = c * d; f = h + c", a=1.5, b=-2.0, e=0.7)
    right = {name + ".grad": float(node.grad) for name, node in work.right().items()}
    through_c, through_d = -2.0 * right["c.grad"], 0.7 * right["d.grad"]
    assert [k for k, _ in explained(work, "a", through_d, right)] == ["overwritten"]
    ((kind, words),) = explained(work, "a", through_c - through_d, right)
    assert kind == "sign"
    assert words.endswith("So it is in d = a * e.")
    assert [k for k, _ in explained(work, "f", 2.0, right)] == ["start"]


def test_a_slip_that_changes_nothing_is_an_error_of_the_exercise():
    step = Step(sys.modules[TRACK[0].look.__module__].__file__)
    with pytest.raises(ValueError, match="has no 'nonsense'"):
        step.usual.slipped(Slip("kind", "nonsense", "", ""))


# -- which usual slips are said, and which are not ---------------------------------------------------------------------

LIFTED_AGAIN = built_in()["engine_constants"].solution
for old, new in {
    "other if isinstance(other, Value) else Value(other)": "Value(other.data if isinstance(other, Value) else other)",
    "self + -other": "self + (-1) * self.lift(other)",
    "-self + other": "self.lift(other) - self",
}.items():
    LIFTED_AGAIN = LIFTED_AGAIN.replace(old, new)
BY_INPUTS = """
def predict(layers, inputs):
    for layer in layers:
        inputs = layer(inputs)
    return inputs[0]


def mean_square(layers, samples, targets):
    total = Value(0.0)
    for sample, target in zip(samples, targets):
        total = total + (target - predict(layers, sample)) ** 2
    return total / len(samples[0])
"""
VALUES_AND_MORE = built_in()["engine_descent"].solution.replace("(out.data)", "(out)").replace("-=", "+=")
SIGMOID = built_in()["engine_functions"].solution.index("    def sigmoid")
COMPOSED = (
    built_in()["engine_functions"].solution[:SIGMOID]
    + """    def sigmoid(self):
        return 1 / (1 + (-self).exp())
"""
)
SAID = {
    "one of two, of which the other comes": ("engine_constants", LIFTED_AGAIN, ["lifted once more"], ["2 - a is a new Value"]),
    "none that another case contradicts": ("engine_loss", BY_INPUTS, ["the loss"], ["A factor ½"]),
    "what is behind Values in place of numbers": (
        "engine_descent", VALUES_AND_MORE, ["holds Values", "This goes uphill"], [],
    ),
    "an operation that is to be one of its own": (
        "engine_functions", COMPOSED, ["c = a.sigmoid(): c was made of other operations", "c.op is '*'"], ["c.parents is"],
    ),
    "a sign": ("engine_powers", None, ["c.op is 'pow', and should be '**'"], ["parents"]),
}  # fmt: skip


@pytest.mark.parametrize("what", SAID)
def test_what_is_said_of_numbers_that_fit_more_than_one_thing(what):
    name, answer, words, others = SAID[what]
    answer = built_in()[name].solution.replace('"**"', '"pow"') if answer is None else answer
    result = checked(name, answer)
    assert result.state == "failed", result
    said = result.findings[-1].message
    assert [each for each in words if each not in said] == []
    assert [each for each in others if each in said] == []


@pytest.mark.parametrize("name", [name for name, step in STEPS.items() if step])
def test_an_answer_with_a_method_mended_is_as_it_was_afterwards(name):
    usual = STEPS[name].usual
    for slip in usual.slips:
        answer = usual.slipped(slip)
        owner, method = usual._place(slip)
        place = getattr(answer, owner) if owner else None
        before = vars(place)[method] if place else getattr(answer, method)
        with usual._mended(answer, slip):
            during = vars(place)[method] if place else getattr(answer, method)
            assert (during is before, during.__code__ == before.__code__) == (False, False)
        assert (vars(place)[method] if place else getattr(answer, method)) is before


def test_what_is_no_method_is_left_alone():
    usual, names = STEPS["engine_constants"].usual, {}
    source = LIFTED_AGAIN.replace("def lift(self, other)", "@staticmethod\n    def lift(other)")
    exec(f"{built_in()['engine_constants'].given}\n\n\n{source}", names)
    slip = next(slip for slip in usual.slips if "lifted once more" in slip.sentence)
    lift = vars(names["Value"])["lift"]
    with usual._mended(Answer(names), slip):
        assert vars(names["Value"])["lift"] is lift
    assert vars(names["Value"])["lift"] is lift


def test_functions_that_call_each_other_in_a_circle_are_named():
    code = built_in()["engine_constants"].solution.replace("return self * -1.0", "return 0 - self")
    result = checked("engine_constants", code)
    assert result.state == "error"
    lines = [number for number, line in enumerate(built_in()["engine_constants"].file(code).splitlines(), 1)
             if line.strip() in ("return 0 - self", "return -self + other")]  # fmt: skip
    assert f"__neg__ (line {lines[0]}) calls __rsub__ (line {lines[1]}) calls __neg__" in result.message
