"""What is missing in a wrong derivative, or too much in it, as an expression of the problem's own quantities.

right / given is sought among expressions of the inputs and the output, right − given among those that are linear in the
cotangent: at the point of the check and beside it, because at one point many things agree by accident.
"""

from __future__ import annotations

import itertools
import keyword
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from .evidence import Suspect
from .expressions import POWER, PRODUCT, Constant, Expression, Table, scaled
from .ladder import Vector
from .problem import Part
from .report import Diagnosis
from .samples import Place, Sample, at_point, beside, exactness, sampled
from .vocabulary import Shape, constants_of, leaves, linear, value

_LARGEST = 5_000  # inputs or outputs of a function of whose derivative expressions are sought
_INPUTS = 8  # of a function
_ROWS = 1_000  # of the comparison, for each of which a term is computed
_DEAREST = 8.0  # of an expression
_HARDLY = 0.5  # by which a second one may be larger than the first
_OWN = frozenset({"g", "out", "np"})
FACTORS = re.compile(r"(?:lacks|has) the (?:factor|term) `([^`]*)`")  # in what is said


@dataclass(frozen=True)
class _Found:
    """An expression that fits the samples, in words; and whether it fits everything that is known."""

    cost: float
    kind: str
    words: str
    fits: Callable[[], bool]


def sought(s: Suspect) -> Diagnosis | None:
    """A factor or a term that is missing, or one too many; two where both fit and neither is much smaller."""
    if not _searchable(s):
        return None
    names = _names(s.answers.problem.inputs)
    here = at_point(s, names)
    places = [here, *beside(s, names, here)]
    found = sorted([*_by_elements(s, places), *_by_outputs(s, places)], key=lambda f: f.cost)
    best = next((each for each in found if each.fits()), None)
    if best is None:
        return None
    others = (f for f in found if f.cost <= best.cost + _HARDLY and f.kind != best.kind and f.fits())
    words = ", or ".join([best.words, *(other.words for other in itertools.islice(others, 1))])
    new = {new: old for old, new in names.items() if new != old and re.search(rf"`[^`]*\b{new}\b", words)}
    legend = " (" + ", ".join(f"`{name}` is {old}" for name, old in new.items()) + ")" if new else ""
    return Diagnosis(best.kind, f"The derivative with respect to {s.part.name} {words}{legend}.")


def _searchable(s: Suspect) -> bool:
    problem = s.answers.problem
    real = not any(part.is_complex for part in (*problem.inputs, *problem.outputs))
    few = len(problem.inputs) <= _INPUTS and len(s.given) <= _ROWS
    small = few and max(problem.size_in, problem.size_out) <= _LARGEST
    return real and small and len(problem.outputs) == 1 and problem.unit is None and bool(np.isfinite(s.given).all())


def _names(parts: Sequence[Part]) -> dict[str, str]:
    """What each input is called in an expression: its own name, where that may stand in one."""
    names: dict[str, str] = {}
    for i, part in enumerate(parts):
        plain = part.name.isidentifier() and not keyword.iskeyword(part.name) and part.name not in _OWN
        new = part.name if plain else f"x{i}" if len(parts) > 1 else "x"
        while new in names.values() or (not plain and any(new == other.name for other in parts)):
            new += "_"
        names[part.name] = new
    return names


def _by_elements(s: Suspect, places: Sequence[Place]) -> Iterator[_Found]:
    """Factors, one for each element of the input, and terms."""
    sample = sampled(places, lambda p: (p.columns, p.given, p.right, p.error))
    if sample is not None:
        table = _table(places, sample, s.part.shape)
        yield from _ratios(s, places[0], sample, table, None)
        if not s.answers.problem.forwards:
            yield from _terms(s, places, sample, table)


def _by_outputs(s: Suspect, places: Sequence[Place]) -> Iterator[_Found]:
    """Factors, one for each element of the output: of the cotangent."""
    shape = s.answers.problem.outputs[0].shape
    if not s.units or (shape == s.part.shape and not np.count_nonzero(s.numeric - np.diag(np.diag(s.numeric)))):
        return
    sample = sampled(places, lambda p: (p.outputs, p.given_along[None], p.right_along[None], p.error_along[None]))
    if sample is not None:
        yield from _ratios(s, places[0], sample, _table(places, sample, shape), shape)


def _table(places: Sequence[Place], sample: Sample, shape: Shape) -> Table:
    """All small expressions of the problem's arrays in a shape, at the samples."""
    found = {e: _at_samples(e.text, places, sample, shape) for e in leaves(places[0].arrays, shape)}
    kept = {e: values for e, values in found.items() if values is not None}
    values = np.stack(list(kept.values())) if kept else np.empty((0, len(sample.given)))
    return Table(list(kept), values, constants_of(places[0].arrays))


def _at_samples(text: str, places: Sequence[Place], sample: Sample, shape: Shape) -> Vector | None:
    """An expression's values at the samples; None where it does not fit the shape."""
    result = np.empty(len(sample.given))
    for p, r in sorted({*zip(sample.places.tolist(), sample.rows.tolist(), strict=True)}):
        place = places[p]
        array = value(text, {**place.arrays, "g": place.cotangents[r]}, shape)
        if array is None:
            return None
        mine = (sample.places == p) & (sample.rows == r)
        result[mine] = array.reshape(-1)[sample.elements[mine]]
    return result


# -- factors ----------------------------------------------------------------------------------------------------------


def _ratios(s: Suspect, here: Place, sample: Sample, table: Table, outputs: Shape | None) -> Iterator[_Found]:
    """right = e · given, or given = e · right; for each of the `outputs`, if their shape is passed."""
    tolerance, ratio = sample.tolerance(sample.right, exactness(s)), sample.right / sample.given
    where = ", by which g is multiplied" if outputs is not None and not s.answers.problem.forwards else ""
    for lacks, sought_for in ((True, ratio), (False, 1 / ratio)):
        for e, c in table.equal_to(sought_for, tolerance, _DEAREST):
            factor = scaled(e, c)
            words = f"lacks the factor `{factor.text}`" if lacks else f"has the factor `{factor.text}` too many"
            yield _Found(
                factor.cost, "product", words + where, partial(_multiplies, s, here, factor.text, outputs, lacks)
            )


def _multiplies(s: Suspect, here: Place, text: str, outputs: Shape | None, lacks: bool) -> bool:
    """Whether all that is known becomes right by the factor."""
    size = value(text, here.arrays, s.part.shape if outputs is None else outputs)
    factor = size.reshape(-1)[s.columns - s.part.start][None, :] if outputs is None else size.reshape(-1, 1)
    return s.explains(s.given * factor) if lacks else s.explains(s.given, s.numeric * factor)


# -- terms ------------------------------------------------------------------------------------------------------------


def _terms(s: Suspect, places: Sequence[Place], sample: Sample, table: Table) -> Iterator[_Found]:
    """right − given as something linear in the cotangent, times an expression."""
    difference, shape = sample.right - sample.given, s.part.shape
    tolerance = sample.tolerance(difference, exactness(s))
    known: set[bytes] = set()
    for form in sorted({*linear(places[0].arrays, shape)}, key=lambda e: (e.cost, e.text)):
        values = _at_samples(form.text, places, sample, shape)
        if values is None or not (np.isfinite(values) & (values != 0)).all():
            continue
        key = (values / values[0]).astype(np.float32).tobytes()
        if key in known:
            continue
        known.add(key)
        for e, c in table.equal_to(difference / values, tolerance, _DEAREST - form.cost - 1):
            product = _times(form, e)
            term = scaled(product, Constant(abs(c.value), c.text, c.cost))
            words = f"lacks the term `{term.text}`" if c.value > 0 else f"has the term `{term.text}` too many"
            if abs(c.value) == 2:
                words += f", or has `{product.text}` with the wrong sign"
            yield _Found(term.cost, "term", words, partial(_completes, s, places[0], term.text, np.sign(c.value)))


def _times(form: Expression, e: Expression) -> Expression:
    """What is linear in g, times an expression."""
    if e.cost == 0:
        return form
    cost = form.cost + e.cost + 1
    if e.text.startswith("1 / ") and e.binds == PRODUCT:
        return Expression(form.within(POWER) + e.text[1:], PRODUCT, cost - 1)
    return Expression(f"{form.within(POWER)} * {e.within(PRODUCT)}", PRODUCT, cost)


def _completes(s: Suspect, here: Place, text: str, sign: float) -> bool:
    """Whether the term makes every row right, each with its own cotangent."""
    out = s.answers.problem.outputs[0]
    rows = [
        value(text, {**here.arrays, "g": out.array(weights, conjugate=True)}, s.part.shape).reshape(-1)
        for weights in s.comparison.weights
    ]
    return s.explains(s.given + sign * np.stack(rows)[:, s.columns - s.part.start])
