"""Simulators of the vendors' documented APIs, and a small fleet of them to look at.

Each simulator serves the whole API that its vendor documents, the writing calls and the errors
included, and verifies credentials as the product does. The exporter reads a simulator exactly as it
reads the product: nothing here is known to the rest of the package.
"""
