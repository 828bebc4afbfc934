"""One file for each library that is measured: a function for each workload that it has, in the library's own idiom.

A function gets the initial values (`suite.starts`) and answers with the phases of one repetition: the first is called with
nothing, each further one with what the one before it gave, and the last gives the results, which must be those of `numpy`.
"""
