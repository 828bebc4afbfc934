def layer_norm_vjp(g, out, x):
    centred = x - x.mean(axis=1, keepdims=True)
    s = np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    raise NotImplementedError
