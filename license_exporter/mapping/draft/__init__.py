"""A mapping to start from, drafted from an answer: what is recognised by names and values.

Every guess says why it is made and how sure it is. Of an answer's values only numbers, dates and
the words of a small closed set are shown.
"""

from license_exporter.mapping.draft.draft import Draft, draft

__all__ = ["Draft", "draft"]
