def cross_entropy_vjp(g, out, logits, labels):
    p = softmax(logits)
    p[np.arange(len(p)), labels] -= 1
    return g * p / len(p)
