def max_vjp(g, out, x):
    mask = x == out[:, None]
    return g[:, None] * mask / mask.sum(axis=1, keepdims=True)
