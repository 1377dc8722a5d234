"""A worker of `dbm_step.py`: the same training step in PyTorch, one for each line of input.

The same algorithm with the same savings: half of the rows even-first, v W_0 computed once, no mask
on chains that have arrived, the first proposal's gap, gradients by local statistics, centres.
"""

import sys
import time

import torch

threads, units, batch = map(int, sys.argv[1:])
torch.set_num_threads(threads)
torch.manual_seed(0)

images = (torch.rand(batch, units) < 0.2).float()
weights = [torch.nn.init.orthogonal_(torch.empty(units, units)) for _ in range(2)]
biases = [torch.zeros(units) for _ in range(3)]
centres = [torch.full([units], 0.2), torch.full([units], 0.5), torch.full([units], 0.5)]
half, quarter = batch // 2, batch // 4


def logits(machine, layer, state):
    """Log-odds of a layer given its neighbours."""
    bonds, own = machine
    field = own[layer]
    if layer > 0:
        field = field + state[layer - 1] @ bonds[layer - 1]
    if layer < len(bonds):
        field = field + state[layer + 1] @ bonds[layer].T
    return field


def update(machine, state, block, thresholds, rows=slice(None)):
    """Update the layers of one block, on some rows."""
    bonds, own = machine
    part = bonds, [b[rows] if b.ndim == 2 else b for b in own]
    near = [x[rows] for x in state]
    new = list(state)
    for layer in block:
        limit = thresholds[layer]
        limit = limit[rows] if torch.is_tensor(limit) else limit
        changed = (logits(part, layer, near) >= limit).float()
        new[layer] = changed if rows == slice(None) else state[layer].clone()
        if rows != slice(None):
            new[layer][rows] = changed
    return new


def blocks(machine):
    """Even layers, and odd ones."""
    count = len(machine[1])
    return range(0, count, 2), range(1, count, 2)


def search(machine, state):
    """Local search of the whole batch; return the modes and the sweeps of the slowest chain."""
    even, odd = blocks(machine)
    zero = [0.0] * len(state)
    state = update(machine, state, odd, zero, slice(half, None))
    sweeps = 0
    while True:
        middle = update(machine, state, even, zero)
        new = update(machine, middle, odd, zero)
        moved = torch.zeros(batch, dtype=torch.bool)
        for old, x in zip(state, new, strict=True):
            moved |= (old != x).any(-1)
        state, sweeps = new, sweeps + 1
        if not moved.any():
            return state, sweeps


def gibbs(machine, state):
    """One Gibbs sweep, its order crossed with the search's."""
    even, odd = blocks(machine)
    bonds, own = machine
    machine = bonds, [b.roll(-quarter, 0) if b.ndim == 2 else b for b in own]
    state = [x.roll(-quarter, 0) for x in state]
    draws = [torch.rand_like(x) for x in state]
    thresholds = [torch.log(u) - torch.log1p(-u) for u in draws]
    state = update(machine, state, odd, thresholds, slice(half, None))
    state = update(machine, state, even, thresholds)
    state = update(machine, state, odd, thresholds, slice(None, half))
    return [x.roll(quarter, 0) for x in state]


def energy(machine, state):
    """E of every chain."""
    even, odd = blocks(machine)
    total = sum((state[l] * machine[1][l]).sum(-1) for l in even)
    return -(total + sum((state[l] * logits(machine, l, state)).sum(-1) for l in odd))


def phase(machine):
    """Local mode initialisation, and the first proposal."""
    sizes = [b.shape[-1] for b in machine[1]]
    noise = [(torch.rand(batch, n) < 0.5).float() for n in sizes]
    mode, sweeps = search(machine, noise)
    start = gibbs(machine, mode)
    proposal = [(torch.rand(batch, n) < 0.5).float() for n in sizes]
    gap = energy(machine, proposal) - energy(machine, start)
    accepted = torch.log(torch.rand(batch)) < -gap
    return start, sweeps + 1, accepted.sum(), gap.min()


@torch.no_grad()
def step():
    """Take one step; return the sweeps of the slowest chains of both phases."""
    plain = [b.clone() for b in biases]
    for layer, bond in enumerate(weights):
        plain[layer] -= bond @ centres[layer + 1]
        plain[layer + 1] -= centres[layer] @ bond
    machine = weights, plain
    posterior = weights[1:], [plain[1] + images @ weights[0], plain[2]]
    hidden, clamped_sweeps, *_ = phase(posterior)
    free, free_sweeps, *_ = phase(machine)
    for state, sign in (([images, *hidden], 1.0), (free, -1.0)):
        centred = [x - c for x, c in zip(state, centres, strict=True)]
        for layer in range(2):
            weights[layer] += sign * 1e-2 / batch * (centred[layer].T @ centred[layer + 1])
        for bias, x in zip(biases, centred, strict=True):
            bias += sign * 1e-2 / batch * x.sum(0)
    return clamped_sweeps + free_sweeps


for _ in sys.stdin:
    wall, cpu = time.perf_counter(), time.process_time()
    sweeps = step()
    print(time.perf_counter() - wall, time.process_time() - cpu, sweeps, flush=True)
