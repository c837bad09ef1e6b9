"""The exporter for as long as one likes: half of it a day of every kind of target in two bounded
shards, half of it among vendors that fail, with secrets and a clock that change.

python -m tests.soak --minutes 10
"""
