DIAGNOSIS = "overwritten"


def embedding_vjp(g, out, table):
    result = np.zeros_like(table)
    for i in range(len(ids)):
        result[ids[i]] += g[i]
    return result
