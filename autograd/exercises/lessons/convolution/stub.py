def convolve_vjp(g, out, x, w):
    raise NotImplementedError
