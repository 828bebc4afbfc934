"""NumPy's functions where its protocols do not look for a `Value`: in a list, in a generator, in a keyword."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, KeysView, ValuesView
from typing import Any

import numpy as np

from ..rules import TABLE, numpy_function
from .convert import holds_value, stack_nested

# The places, by number and by name, where a list is no array but a sequence of arrays.
_SEQUENCES: dict[Any, tuple[int | str, ...]] = {
    numpy_function(name): places
    for names, places in (
        ("stack concatenate concat block linalg.multi_dot", (0, "arrays")),
        ("hstack vstack row_stack dstack column_stack", (0, "tup")),
        ("choose", (1, "choices")),
        ("select", (0, 1, "condlist", "choicelist")),
        ("piecewise", (1, 2, "condlist", "funclist")),
        ("histogramdd", (0, 1, 2, "sample", "bins", "range")),
        ("histogram2d", (2, 3, "bins", "range")),
    )
    for name in names.split()
}


def _stacked(x: Any) -> Any:
    return stack_nested(x) if type(x) in (list, tuple) and holds_value(x) else x


@functools.cache
def reaching(function: Callable[..., Any]) -> Callable[..., Any]:
    """`function` of NumPy, for Values wherever they stand: its row is called where one is found, a list of them is stacked.

    NumPy asks a `Value` only where it expects an array: ``np.sum(array, initial=value)``, ``np.median([value, 1.0])`` and
    ``np.stack(value * x for x in xs)`` it takes for itself, and fails. A ufunc is returned as it is.
    """
    if function not in TABLE or isinstance(function, np.ufunc):
        return function
    sequences = _SEQUENCES.get(function, ())

    def given(place: int | str, x: Any) -> Any:
        if isinstance(x, (Iterator, KeysView, ValuesView)):
            x = list(x)
        if place not in sequences:
            return _stacked(x)
        return x if function is np.block or type(x) not in (list, tuple) else [_stacked(item) for item in x]

    @functools.wraps(function)
    def called(*args: Any, **kwargs: Any) -> Any:
        args = tuple(given(i, x) for i, x in enumerate(args))
        kwargs = {key: given(key, x) for key, x in kwargs.items()}
        found = any(map(holds_value, args)) or any(map(holds_value, kwargs.values()))
        return (TABLE[function] if found else function)(*args, **kwargs)

    vars(called)["plain"] = function  # of which a rule is asked when the user gives one for either
    return called
