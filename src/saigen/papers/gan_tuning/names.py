"""Names that tables, figures and claims share."""

FAULTS = {
    "none": "none",
    "unfrozen": "D not frozen in G's step",
    "norm_mismatch": "batch norm of D: running averages in G's step",
    "swapped": "D's labels swapped",
    "strong": "strong D, slow G",
    "idle_generator": "G's learning rate 0",
    "weak": "weak D",
    "saturating": "saturating loss of G",
}
#: The rules that should fire on each; any other is a false alarm. On a sound run R2 and R5 are
#: right too, if they fire: balance, and a D that pulls ahead slowly.
EXPECTED = {
    "none": ("none", "R2", "R5"),
    "unfrozen": ("R3",),
    "norm_mismatch": ("R3",),
    "swapped": ("R3",),
    "strong": ("R1",),
    "idle_generator": ("R1",),
    "weak": ("R4",),
    "saturating": ("foreign",),
}
#: What the rules can tell apart at all: the faults of a class leave one signature. A saturating
#: loss is in none: it is negative always, and refused before any rule.
CLASSES = {
    "sound": ("none",),
    "miswired": ("unfrozen", "norm_mismatch", "swapped"),
    "D far ahead": ("strong", "idle_generator"),
    "D too weak": ("weak",),
}
