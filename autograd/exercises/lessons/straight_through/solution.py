def ste_rule(g, out, x):
    return g


ste_round = Op(np.round, ste_rule, name="ste_round")
