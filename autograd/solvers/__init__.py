"""SciPy's solvers as differentiable operations: minima, roots, integrals, differential equations.

What a solver does inside is not recorded: the derivative of a solution follows from the equation that it solves. `implicit`
says how, `kkt` which equation a minimum under constraints satisfies; `minima`, `squares` and `roots` use them. `quadrature`
and `samples` are the integrals. `flow` makes a differential equation an operation, for `integrate`, and `adjoint` and
`collocation` are its two ways back. `plain` sees to it that no derivative is lost on the way into a solver.
"""
