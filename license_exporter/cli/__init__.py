"""The command line: flags, sub-commands, and the process that serves."""
