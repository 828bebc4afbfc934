def gather_vjp(g, out, x, index):
    raise NotImplementedError
