"""What is watched: actors, issues and queries, how they are written, and how they are found in a text.

Imports nothing of `monitor` or `storage`; everything here is pure apart from reading rule files.
"""
