"""What every program has: a clock, a log, memory, open files."""
