"""Names of HIPS autograd's tracer: they can be imported, and say what to use instead when they are used."""

from __future__ import annotations

from typing import Any, NoReturn

from ..errors import UnsupportedError, user_line


def refused(name: str, advice: str) -> UnsupportedError:
    """The error for what only HIPS's tracer could do."""
    return UnsupportedError(
        f"{name} at {user_line()} belongs to the tracer of HIPS autograd; this engine has none, and writes a Value for each "
        f"operation: {advice}"
    )


class Refusal:
    """Something that refuses to be called, subclassed, indexed, walked through, or asked for an attribute."""

    def __init__(self, name: str, advice: str) -> None:
        self.__name__, self.__doc__ = name, f"Belongs to the tracer of HIPS autograd: {advice}."
        self._advice = advice

    def _refuse(self, *_: Any, **__: Any) -> NoReturn:
        raise refused(self.__name__, self._advice)

    __call__ = __getitem__ = __setitem__ = __iter__ = __len__ = __contains__ = __mro_entries__ = _refuse

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        self._refuse()

    def __repr__(self) -> str:
        return f"<{self.__name__}: {self.__doc__}>"


_WALK = (
    "value.parents, value.op and value.inputs show what was recorded, and misc.tracers.full_graph gives it as HIPS does"
)
_BOX = "autograd.Value(data) is a box; a class that is a nest of arrays can be a dataclass or a named tuple"

new_box = Refusal("new_box", _BOX)
SparseBox = Refusal("SparseBox", "a rule may return a SparseObject, which is made dense at once")
TraceStack = Refusal("TraceStack", "derivatives nest by themselves; " + _WALK)
trace_stack = Refusal("trace_stack", "derivatives nest by themselves; " + _WALK)
find_top_boxed_args = Refusal(
    "find_top_boxed_args", "isbox(x) says whether x is a Value; derivatives nest by themselves"
)
notrace_primitives = Refusal("notrace_primitives", "register_notrace(node_type, f) makes f a constant")
trace_primitives_map = Refusal("trace_primitives_map", "autograd.functions lists what has a rule")
primitive_vjps = Refusal("primitive_vjps", "autograd.functions lists what has a rule, and defvjp(f, …) gives one")
primitive_jvps = Refusal("primitive_jvps", "defjvp(f, …) gives a rule")
