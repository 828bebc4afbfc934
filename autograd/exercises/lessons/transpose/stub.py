def transpose_vjp(g, out, x, axes):
    raise NotImplementedError
