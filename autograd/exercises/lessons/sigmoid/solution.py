def sigmoid_vjp(g, out, x):
    return g * out * (1 - out)
