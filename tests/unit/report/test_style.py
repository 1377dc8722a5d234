"""The style sheet: readable in light and in dark."""

import re
from importlib import resources


def test_colours_have_contrast_in_light_and_in_dark():
    style = resources.files("saigen.report").joinpath("style.css").read_text()
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
        for block in re.findall(r":root \{(.*?)\}", style, re.DOTALL)
    )
    pairs = [(ink, ground) for ink in ("ink", "muted", "accent") for ground in ("ground", "sheet")]
    pairs += [(kind, f"{kind}-g") for kind in ("yes", "no", "open", "none")]
    pairs += [("ground", "accent"), ("ink", "mark"), ("muted", "mark"), ("ink", "open-g")]
    for scheme in (light, dark):
        for ink, ground in pairs:
            assert contrast(scheme[ink], scheme[ground]) >= 4.5, (ink, ground)


def contrast(one, other):
    """Contrast ratio of two #rgb or #rrggbb colours, as WCAG 2 defines it."""
    a, b = sorted((luminance(one), luminance(other)), reverse=True)
    return (a + 0.05) / (b + 0.05)


def luminance(colour):
    digits = colour[1:] if len(colour) == 7 else "".join(2 * d for d in colour[1:])
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
