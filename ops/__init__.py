"""Set-up, training, supervision and benchmarks: what runs the house, and is no part of it."""
