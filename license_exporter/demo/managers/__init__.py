"""License managers' servers, and stand-ins for the tools with which they are asked.

The tools of the makers cannot be shipped. `tool.py` stands in for all of them: it takes the words
that they take, asks a simulated server as they ask a real one, and prints what they print.
"""
