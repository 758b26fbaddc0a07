"""Pictures as geometry: pure functions from values to places in a view box, which templates draw as SVG."""
