"""Small faults, one at a time, that the tests should catch: ``python -m tools.mutants``.

What is changed is decided by the operators of mutmut and a few of our own (`mutations`).
Which tests could notice is found out by running all of them once and watching which functions
each of them calls (`coverage`). Then each mutant is tried in a fork of a process that has
torch and pytest loaded already (`trial`), which takes seconds where a new process takes many.
"""
