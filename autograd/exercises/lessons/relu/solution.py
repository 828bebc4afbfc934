DIAGNOSIS = "mutated"


def relu_vjp(g, out, x):
    return g * (x > 0)
