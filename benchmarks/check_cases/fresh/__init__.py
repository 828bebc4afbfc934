"""Families of functions written by someone who had seen neither the checker nor its other cases, after those of `unseen`.

Every derivative was compared with fourth-order differences in extended precision before the checker saw it.
"""
