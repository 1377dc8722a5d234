"""An update of the deep Boltzmann machine by local modes: 784 × 784 × 784 units, 1,000 chains.

The same algorithm on both sides: half of the rows even-first, v W₀ computed once, the first
proposal's gap, gradients by local statistics, centres. Savings: chains that have arrived leave the
search, and coins are bits of random words. Compared: mean sweeps of a chain, both phases together,
with the same draws: a sum that rounded otherwise flips a unit here and there.

FLOPs are those of 19 sweeps of the posterior, which has one bond, and 12 of the machine, which has
two: the mean of the chains in the first steps, from 19 to 19 and from 11 to 16.
"""

import numpy as np

UNITS, CHAINS, EXAMPLES, RATE = 784, 1000, 2000, 1e-2
_POSITIVE, _NEGATIVE = 19, 12
#: Two products a bond and sweep, v W₀, and four of the gradient.
FLOPS = 2.0 * CHAINS * UNITS**2 * (2 * _POSITIVE + 4 * _NEGATIVE + 5)
#: The step goes through thousands of comparisons with 0.
TOLERANCES = (1e-3, 1e-2)

PARAMS = {
    "method": "lmi",
    "learner": "lmi",
    "reading": "as_run",
    "final_sweep": True,
    "marginal": False,
    "init": "orthogonal",
    "centre": "data",
    "sweeps": 1,
    "pretraining_steps": 0,
    "depth": 2,
    "hidden": 0,
    "batch_size": CHAINS,
    "learning_rate": RATE,
    "most_steps": 100,
    "coupled_sweeps": 1,
}


def _units(count: int = UNITS) -> np.ndarray:
    return (np.random.default_rng(0).random([EXAMPLES, count]) < 0.2).astype(np.uint8)


def saigen():
    """Return the update of the paper's learner."""
    return shipped(UNITS, CHAINS)


def shipped(count: int, chains: int):
    """Return that update with so many units a layer, and chains."""
    import tensorflow as tf

    from benchmarks.shipped import Shipped, plain_task
    from saigen.engine import rng
    from saigen.papers.dbm.learner import METRICS, Learner
    from saigen.papers.dbm.sweeps import coins

    params = {**PARAMS, "batch_size": chains}
    learner = Learner(params, count, np.full(count, 0.2))
    units = tf.constant(_units(count))

    def step(rows, key):
        found = learner.step(tf.cast(tf.gather(units, rows), tf.float32), key)
        return {**found, "sweeps": found["sweeps_positive"] + found["sweeps_negative"]}

    def draws(key):
        found = {}
        for phase, layers in (("positive", 2), ("negative", 3)):
            shape = [chains, layers * count]
            fold = tf.random.experimental.stateless_fold_in
            swept, proposed = (
                fold(key(f"{phase} {what}"), 0, alg="philox") for what in ("sweep", "proposals")
            )
            found[f"{phase} noise"] = coins(key(f"{phase} noise"), *shape)
            found[f"{phase} sweep"] = rng.uniform(swept, shape)
            found[f"{phase} proposal"] = coins(proposed, *shape)
            found[f"{phase} u"] = rng.uniform(fold(proposed, 1, alg="philox"), [chains])
        return found

    names = (*METRICS, "sweeps")
    task = plain_task(step, learner.variables, learner.initial, names, chains, EXAMPLES)
    return Shipped(task, "sweeps", draws)


def torch(style, weights):
    """Return the same update."""
    import torch

    from benchmarks import plain as pt

    how = pt.STYLES[style]
    bonds, biases, centres = (
        [torch.tensor(weights[f"{kind}{layer}"]) for layer in range(3 - (kind == "W"))]
        for kind in "Wbc"
    )
    data, half, quarter = torch.from_numpy(_units()), CHAINS // 2, CHAINS // 4

    def blocks(machine):
        layers = range(len(machine[1]))
        return layers[::2], layers[1::2]

    def logits(machine, layer, state):
        between, own = machine
        field = own[layer]
        if layer > 0:
            field = field + state[layer - 1] @ between[layer - 1]
        if layer < len(between):
            field = field + state[layer + 1] @ between[layer].T
        return field

    def updated(machine, state, block, thresholds):
        new = list(state)
        for layer in block:
            new[layer] = (logits(machine, layer, state) >= thresholds[layer]).float()
        return new

    def half_updated(machine, state, thresholds, first):
        rows = slice(None, half) if first else slice(half, None)
        part = machine[0], [b[rows] if b.ndim == 2 else b for b in machine[1]]
        own = [t[rows] if torch.is_tensor(t) else t for t in thresholds]
        odd = blocks(machine)[1]
        changed, new = updated(part, [x[rows] for x in state], odd, own), list(state)
        for layer in odd:
            old = state[layer]
            pieces = [changed[layer], old[half:]] if first else [old[:half], changed[layer]]
            new[layer] = torch.cat(pieces)
        return new

    def differ(new, old, block):
        found = [(new[layer] != old[layer]).any(1) for layer in block]
        return found[0] if len(found) == 1 else torch.stack(found).any(0)

    def first_sweep(machine, state):
        start = half_updated(machine, state, [0.0] * len(state), first=False)
        return start, differ(start, state, blocks(machine)[1]).long()

    def next_sweep(machine, old, last, sweep, behind):
        even, odd = blocks(machine)
        middle = updated(machine, old, even, [0.0] * len(old))
        new = updated(machine, middle, odd, [0.0] * len(old))
        by_even, by_odd = differ(middle, old, even), differ(new, middle, odd)
        last = torch.where(by_even, 2 * sweep + 1 + behind, last)
        return new, torch.where(by_odd, 2 * sweep + 2 + behind, last), by_odd

    def gibbs(machine, state, uniform):
        own = [b.roll(-quarter, 0) if b.ndim == 2 else b for b in machine[1]]
        turned = machine[0], own
        thresholds = [u.log() - (-u).log1p() for u in uniform]
        state = half_updated(turned, [x.roll(-quarter, 0) for x in state], thresholds, False)
        state = updated(turned, state, blocks(machine)[0], thresholds)
        state = half_updated(turned, state, thresholds, True)
        return [x.roll(quarter, 0) for x in state]

    def energy(machine, state):
        even, odd = blocks(machine)
        total = sum((state[layer] * machine[1][layer]).sum(1) for layer in even)
        return -(total + sum((state[k] * logits(machine, k, state)).sum(1) for k in odd))

    first_sweep, gibbs, energy = (pt.compiled(f, how) for f in (first_sweep, gibbs, energy))
    next_sweep = pt.compiled(next_sweep, how, dynamic=how.savings)
    behind = (torch.arange(CHAINS) >= half).long()

    def search_together(machine, mode, last):
        sweep, walking = torch.tensor(0), True
        while walking:
            mode, last, moved = next_sweep(machine, mode, last, sweep, behind)
            sweep, walking = sweep + 1, bool(moved.any())
        return mode, ((last + 1) // 2 + 1).float()

    def search(machine, state):
        mode, last = first_sweep(machine, state)
        if not how.savings:
            return search_together(machine, mode, last)
        rows, sweep, walking = torch.arange(CHAINS), torch.tensor(0), [x.clone() for x in mode]
        between, biases = machine
        while len(rows):
            part = between, [b[rows] if b.ndim == 2 else b for b in biases]
            new, latest, moved = next_sweep(part, walking, last[rows], sweep, behind[rows])
            last[rows], sweep = latest, sweep + 1
            arrived, rows, walking = rows[~moved], rows[moved], [x[moved] for x in new]
            for whole, x in zip(mode, new, strict=True):
                whole[arrived] = x[~moved]
        return mode, ((last + 1) // 2 + 1).float()

    def phase(machine, name, draws):
        shape = CHAINS, len(machine[1]) * UNITS

        def coins(what):
            return list(draws.coins(f"{name} {what}", how, *shape).split(UNITS, 1))

        mode, sweeps = search(machine, coins("noise"))
        uniform = draws.uniform(f"{name} sweep", *shape).split(UNITS, 1)
        start, proposal = gibbs(machine, mode, uniform), coins("proposal")
        gap = energy(machine, proposal) - energy(machine, start)
        accepted = draws.uniform(f"{name} u", CHAINS).log() < -gap
        return start, sweeps.mean() + 1.0, accepted.sum(), gap.min()

    @torch.no_grad()
    def step(draws):
        images = data[draws.rows(EXAMPLES, CHAINS)].float()
        plain = [b.clone() for b in biases]
        for layer, bond in enumerate(bonds):
            plain[layer] -= bond @ centres[layer + 1]
            plain[layer + 1] -= centres[layer] @ bond
        posterior = bonds[1:], [plain[1] + images @ bonds[0], plain[2]]
        hidden, clamped, *_ = phase(posterior, "positive", draws)
        fantasy, free, *_ = phase((bonds, plain), "negative", draws)
        for state, sign in (([images, *hidden], RATE / CHAINS), (fantasy, -RATE / CHAINS)):
            centred = [x - c for x, c in zip(state, centres, strict=True)]
            for layer, bond in enumerate(bonds):
                bond.addmm_(centred[layer].T, centred[layer + 1], alpha=sign)
            for bias, x in zip(biases, centred, strict=True):
                bias.add_(x.sum(0), alpha=sign)
        return clamped + free

    return pt.Plain(step)
