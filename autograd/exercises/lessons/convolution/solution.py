def convolve_vjp(g, out, x, w):
    gx, gw = np.zeros_like(x), np.zeros_like(w)
    for i in range(len(out)):
        gx[i : i + len(w)] += g[i] * w
        gw += g[i] * x[i : i + len(w)]
    return gx, gw
