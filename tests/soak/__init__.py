"""The exporter for as long as one likes among vendors that fail, with secrets that change.

python -m tests.soak --minutes 10
"""
