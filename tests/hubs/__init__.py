"""A real hub, and hostile ones."""
