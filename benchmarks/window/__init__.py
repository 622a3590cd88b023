"""How fast the window answers: `python -m benchmarks.window` (see docs/performance.md)."""
