def minimise(f, x, steps):
    raise NotImplementedError
