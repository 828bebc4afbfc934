def softsign_rule(g, out, x):
    return g / (1 + abs(x)) ** 2


softsign = Op(lambda x: x / (1 + abs(x)), softsign_rule, name="softsign")
