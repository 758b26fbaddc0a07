"""The default extractor: shallow grammar over a language's data. Deterministic, no download, linear in the text."""
