def hvp(f, x, v):
    raise NotImplementedError
