"""The pure values that travel between the stages. No I/O, no framework; `storage` may import this package."""
