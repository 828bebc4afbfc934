def tanh_vjp(g, out, x):
    return g * (1 - out**2)
