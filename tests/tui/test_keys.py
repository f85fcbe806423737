"""The help and the README name every key that does something, and no other."""

import importlib
import pkgutil
from pathlib import Path

from textual.binding import Binding

from wizard import tui
from wizard.tui.help_dialog import KEYS

README = Path(__file__).parents[2] / "README.md"
TEXTUAL = {"Tab", "shift+Tab", "Space", "^p"}
"""Keys that Textual itself binds."""
NAMES = {"enter": "Enter", "escape": "Escape", "pageup": "PgUp", "pagedown": "PgDn", "home": "Home", "end": "End"}


def name_of(key: str) -> str:
    """A key as people write it."""
    return NAMES.get(key) or (key.upper() if key[1:].isdigit() else key.replace("ctrl+", "^"))


def bound() -> set[str]:
    """All keys of all widgets and screens of the wizard."""
    modules = [importlib.import_module(f"wizard.tui.{each.name}") for each in pkgutil.iter_modules(tui.__path__)]
    classes = {each for module in modules for each in vars(module).values() if isinstance(each, type)}
    own = [each.__dict__.get("BINDINGS", []) for each in classes if each.__module__.startswith("wizard.tui")]
    bindings = [binding for bindings in own for binding in bindings]
    assert all(isinstance(binding, Binding) for binding in bindings)
    return {name_of(key) for binding in bindings for key in binding.key.split(",")}


def test_the_help_names_every_key_that_is_bound_and_no_other() -> None:
    named = {key for keys in KEYS for key in keys.split(" / ")}
    assert named - TEXTUAL == bound()


def test_the_table_of_the_readme_is_that_of_the_help() -> None:
    rows = "".join(f"| {key} | {text} |\n" for key, text in KEYS.items())
    assert f"| key | what it does |\n|---|---|\n{rows}\n" in README.read_text("utf-8")
