"""Performance benchmarks that anyone can run: `python -m benchmarks.<name>`."""
