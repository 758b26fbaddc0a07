"""Benchmarks: what the product reaches, always beside a named other way of doing it, in the same run."""
