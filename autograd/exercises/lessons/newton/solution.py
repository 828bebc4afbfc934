def minimise(f, x, steps):
    for _ in range(steps):
        x = x - grad(f)(x) / grad(grad(f))(x)
    return x
