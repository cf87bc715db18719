"""How fast and how large the reference is beside its peers: ``python -m benchmarks``.

What is measured lies in ``cases/``, one small declaration a benchmark; how it is measured
lies in `measuring`. Every figure is a ratio taken in one process, so it hardly depends on
the machine's speed, but it does depend on its BLAS, which is printed first.
"""
