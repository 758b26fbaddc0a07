"""The way out: one guard for every address that the service connects to. Any room may import this package."""
