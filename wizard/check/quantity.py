"""Kubernetes' quantities: `250m`, `1.5Gi`, `2e3`.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/. The package `kubernetes` reads
them too, but takes half a second to import, and sums are shown before any cluster is asked.
"""

import re
from decimal import Decimal

_SUFFIXES = {"n": -9, "u": -6, "m": -3, "": 0, "k": 3, "M": 6, "G": 9, "T": 12, "P": 15, "E": 18}
_BINARY = {"Ki": 10, "Mi": 20, "Gi": 30, "Ti": 40, "Pi": 50, "Ei": 60}
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+))(?:[eE]([+-]?\d+)|([KMGTPE]i|[numkMGTPE]?))")


def number(quantity: object) -> Decimal:
    """The number that a quantity stands for: cores, bytes, or a count. Raises `ValueError` for what is none."""
    match = _QUANTITY.fullmatch(str(quantity))
    if not match:
        raise ValueError(f"{quantity!r} is no quantity")
    digits, exponent, suffix = match.groups()
    if suffix in _BINARY:
        return Decimal(digits) * (1 << _BINARY[suffix])
    return Decimal(digits).scaleb(int(exponent) if exponent else _SUFFIXES[suffix])


def cores(amount: Decimal) -> str:
    """For a person: `0.25 CPU`."""
    return f"{_short(amount)} CPU"


def size(amount: Decimal) -> str:
    """For a person, in the largest unit that leaves at least one: `512Mi`, `1.5Gi`."""
    for suffix, power in reversed(_BINARY.items()):
        if amount >= 1 << power:
            return f"{_short(amount / (1 << power))}{suffix}"
    return _short(amount)


def amount_of(resource: str, amount: Decimal) -> str:
    """For a person, by what it is an amount of: bytes as `512Mi`, all else as a number."""
    return size(amount) if resource.endswith(("memory", "storage")) else _short(amount)


def _short(amount: Decimal) -> str:
    digits = 2 if amount < 10 else 1 if amount < 100 else 0
    return f"{amount:.{digits}f}".rstrip("0").rstrip(".") if amount else "0"
