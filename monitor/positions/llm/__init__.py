"""The `llm` extractor, its pure parts: what is asked, in which form the answer must be, and what of it is believed."""
