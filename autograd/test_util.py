"""Not the engine: a name that HIPS autograd's programs import.

Checks of derivatives by differences: ``check_grads(f, order=2)(x)``.
"""

from .hips.checks import check_equivalent, check_grads, check_jvp, check_vjp, combo_check, scalar_close

__all__ = ["check_equivalent", "check_grads", "check_jvp", "check_vjp", "combo_check", "scalar_close"]
