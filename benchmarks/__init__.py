"""How fast it is, measured by programs anyone can run: `python -m benchmarks.<name>`."""
