"""Names and colours that tables, figures and claims share."""

RULES = ("fr", "prp", "hs", "dy", "hz", "hs_dy", "fr_prp")
OPTIMISERS = {
    "sgd": "SGD",
    "momentum5": "momentum 0.5",
    "momentum9": "momentum 0.9",
    "adam": "Adam",
    "fr": "CG: FR",
    "prp": "CG: PRP",
    "hs": "CG: HS",
    "dy": "CG: DY",
    "hz": "CG: HZ",
    "hs_dy": "CG: HS-DY",
    "fr_prp": "CG: FR-PRP",
}
METHODS = {
    "sgd": "SGD",
    "momentum": "momentum 0.5",
    "fr_half": "CG: FR, c = 1/2",
    "fr": "CG: FR, c = 1",
    "prp_half": "CG: PRP, c = 1/2",
    "prp": "CG: PRP, c = 1",
    "hs": "CG: HS",
    "dy": "CG: DY",
}
