"""The HTTP server: endpoints, listening, TLS and passwords."""
