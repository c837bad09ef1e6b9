"""The products that are known by name, each a module or a YAML file of its own."""
