"""Documents that programs print: each runs without a shell, in a process group of its own."""
