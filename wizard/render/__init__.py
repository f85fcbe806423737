"""plan → manifests: purely, and the same for the same plan.

`render` follows the plan down the tree of blueprints, fills in its values, merges as kustomize does, and says of every
line which file and which answer it comes from.
"""

from wizard.render.manifests import Manifest, Rendered, render
from wizard.render.needed_secrets import NeededSecret
from wizard.render.text import text_of_manifests

__all__ = ["Manifest", "NeededSecret", "Rendered", "render", "text_of_manifests"]
