def gather_vjp(g, out, x, index):
    result = np.zeros_like(x)
    np.add.at(result, index, g)
    return result
