"""Benchmarks of the whole assistant: `python -m ops.bench`."""
