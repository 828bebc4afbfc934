def hvp(f, x, v):
    return grad(lambda y: (grad(f)(y) * v).sum())(x)
