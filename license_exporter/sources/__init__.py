"""Where the bytes of a document come from."""
