def attention_vjp(g, out, q, k, v):
    d = q.shape[-1]
    p = softmax(q @ k.T / np.sqrt(d))
    gp = g @ v.T
    gs = p * (gp - (gp * p).sum(axis=-1, keepdims=True)) / np.sqrt(d)
    return gs @ k, gs.T @ q, p.T @ g
