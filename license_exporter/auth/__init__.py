"""Ways to authenticate, and the tokens that they bring."""
