"""Claims that still wait for a volume."""

from wizard.cluster.interface import Object

CLAIM = "PersistentVolumeClaim"


def unbound(claim: Object) -> bool:
    """Whether a claim has no volume yet. It holds nothing then, and can be deleted and made anew."""
    return (claim.get("status") or {}).get("phase") == "Pending" and not claim["spec"].get("volumeName")
