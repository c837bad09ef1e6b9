"""Vendors by configuration alone: a mapping in YAML instead of a module in Python."""
