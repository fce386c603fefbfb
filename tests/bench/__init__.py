"""Benchmarks: the product against a floor or a peer, in one run. ``python -m tests.bench [name ...]``; not collected as tests."""
