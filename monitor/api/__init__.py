"""The JSON: the same nouns as the pages. `schema.py` says what they look like, one router file stands for each noun."""
