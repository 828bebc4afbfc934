def linear_vjp(g, out, x, w, b):
    return g @ w.T, x.T @ g, g.sum(axis=0)
