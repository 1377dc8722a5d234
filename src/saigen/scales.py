"""The four scales, from the smallest to the published protocol."""

from typing import Literal, get_args

Scale = Literal["smoke", "quick", "standard", "paper"]
SCALES: tuple[Scale, ...] = get_args(Scale)
