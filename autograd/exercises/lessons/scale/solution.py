DIAGNOSIS = "broadcast"


def scale_vjp(g, out, x, scale):
    return g * scale, (g * x).sum(axis=0)
