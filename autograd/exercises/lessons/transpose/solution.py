def transpose_vjp(g, out, x, axes):
    return g.transpose(np.argsort(axes))
