"""One file per noun. Each loads values through a unit of work, closes it, and renders."""
