"""From entries to items: which are new, which are revised, and which tell the same story. Pure."""
