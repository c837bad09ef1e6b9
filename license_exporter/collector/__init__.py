"""Targets as scrapes see them: due or cached, fetched, backed off from, and as samples."""
