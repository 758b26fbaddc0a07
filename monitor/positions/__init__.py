"""Positions: reading statements out of text, and folding them into positions and changes."""
