"""The colour of the web page, as `[api] theme` wants it: eleven shades of one hue, in OKLCH."""

import json

from wizard.plan.sections.airflow import Colour

_HUES: dict[Colour, tuple[float, float]] = {
    "red": (25, 0.22),
    "orange": (50, 0.18),
    "green": (150, 0.17),
    "teal": (190, 0.11),
    "blue": (255, 0.2),
    "purple": (300, 0.23),
    "pink": (355, 0.22),
}
"""The hue in degrees, and the strongest chroma of it that screens can show."""

_SHADES = {
    "50": (0.97, 0.06),
    "100": (0.94, 0.14),
    "200": (0.88, 0.28),
    "300": (0.81, 0.5),
    "400": (0.71, 0.8),
    "500": (0.64, 1),
    "600": (0.57, 1),
    "700": (0.5, 0.88),
    "800": (0.44, 0.72),
    "900": (0.39, 0.58),
    "950": (0.26, 0.38),
}
"""The lightness, and the part of the chroma: pale at the light end, dull at the dark one."""


def theme(colour: Colour) -> str:
    """The setting for a colour."""
    hue, chroma = _HUES[colour]
    shades = {
        name: {"value": f"oklch({lightness} {round(chroma * part, 3)} {hue})"}
        for name, (lightness, part) in _SHADES.items()
    }
    return json.dumps({"tokens": {"colors": {"brand": shades}}})
