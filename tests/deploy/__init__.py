"""What is installed: `make kubernetes`, `make container` and `make packages`.

`make test` leaves these tests out, since their tools are large; CI runs them all.
"""
