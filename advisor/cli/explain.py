"""x."""


def explain() -> None:
    """X."""
