"""The variables that stand in a configuration."""


class Elsewhere(dict[str, str]):
    """Variables of which further ones are set elsewhere, where the file will be used."""
