def softsign_rule(g, out, x):
    raise NotImplementedError


softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name="softsign")
