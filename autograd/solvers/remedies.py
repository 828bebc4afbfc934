"""What to do in place of each of SciPy's solvers that no derivative goes through."""

from __future__ import annotations

_SEARCH = "Search with plain numbers (value.data), then take minimize(fun, found, args=(value,)): that minimum has a derivative"
_LINEAR = "Write it as minimize(fun, x0, args=(value,), bounds=…, constraints=…)"

OPTIMIZE = (
    {name: f'Call minimize(fun, x0, args=(value,), method="{method}")' for name, method in {
        "fmin": "Nelder-Mead", "fmin_powell": "Powell", "fmin_cg": "CG", "fmin_bfgs": "BFGS", "fmin_ncg": "Newton-CG",
        "fmin_l_bfgs_b": "L-BFGS-B", "fmin_tnc": "TNC", "fmin_cobyla": "COBYLA", "fmin_slsqp": "SLSQP",
    }.items()}
    | dict.fromkeys(("basinhopping", "brute", "differential_evolution", "direct", "dual_annealing", "shgo"), _SEARCH)
    | dict.fromkeys(("fminbound", "brent", "golden"), "Call minimize_scalar(fun, args=(value,), …)")
    | dict.fromkeys(("linprog", "isotonic_regression"), _LINEAR)
    | dict.fromkeys(("leastsq", "lsq_linear", "nnls"), "Call least_squares(fun, x0, args=(value,), bounds=…)")
    | {name: f'Call root(fun, x0, args=(value,), method="{method}")' for name, method in {
        "anderson": "anderson", "broyden1": "broyden1", "broyden2": "broyden2", "diagbroyden": "diagbroyden",
        "excitingmixing": "excitingmixing", "linearmixing": "linearmixing", "newton_krylov": "krylov",
    }.items()}
    | dict.fromkeys(("approx_fprime", "check_grad"), "Take autograd.grad, or give it value.data")
)  # fmt: skip

INTEGRATE = (
    dict.fromkeys(
        ("tplquad", "nquad", "cubature"), "Nest quad: quad(lambda x, p: quad(f, 0, 1, (x, p))[0], a, b, (value,))"
    )
    | dict.fromkeys(("romb", "cumulative_simpson"), "Call simpson, or cumulative_trapezoid")
    | dict.fromkeys(("tanhsinh", "qmc_quad", "nsum"), "Call quad(func, a, b, args=(value,))")
    | {"solve_bvp": "Discretise it, and call root(fun, x0, args=(value,))"}
)
