def add_vjp(g, out, x, b):
    raise NotImplementedError
