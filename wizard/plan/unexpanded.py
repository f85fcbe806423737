"""Text that Kubernetes leaves as it is."""


def unexpanded(text: str) -> str:
    """As it is written in `env[].value`, where Kubernetes would take `$(VAR)` for a variable and `$$` for a `$`."""
    return text.replace("$", "$$")
