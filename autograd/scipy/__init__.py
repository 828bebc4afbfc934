"""Not the engine: a name that HIPS autograd's programs import.

SciPy's names, with derivatives: ``from autograd.scipy.special import gammaln``, ``autograd.scipy.stats.norm.logpdf``.
On plain arrays every function is SciPy's own. On a `Value` it is the package's row for it; one without a row is SciPy's
own there too, and refuses the `Value`. SciPy is an extra: ``pip install 'chainrule[scipy]'``.
"""

from ..hips.passing import package

__all__ = ["integrate", "interpolate", "linalg", "optimize", "signal", "sparse", "special", "stats"]
__getattr__, __dir__ = package(
    __name__, "integrate", "interpolate", "linalg", "optimize", "signal", "sparse", "special", "stats", needs="SciPy"
)
