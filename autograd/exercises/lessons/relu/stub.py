def relu_vjp(g, out, x):
    g[x <= 0] = 0
    return g
