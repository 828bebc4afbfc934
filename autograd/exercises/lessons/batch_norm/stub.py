def batch_norm_vjp(g, out, x):
    s = np.sqrt(x.var(axis=0) + 1e-5)
    raise NotImplementedError
