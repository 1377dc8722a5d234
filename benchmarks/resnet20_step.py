"""A training step of He's ResNet-20, batch 128: ours beside PyTorch's, on the same cores.

    python benchmarks/resnet20_step.py --torch ../torch-env/bin/python --threads 1

Both workers stay alive and take turns, the order reversed every round, so that what else the
machine does hits both. CPU seconds are over all threads of a worker; they hardly see a busy
machine, wall seconds do. PyTorch runs eagerly, channels last, with its fused SGD; on AMD
processors its matrix products may take MKL's slower path, convolutions (nearly all of this
network) are oneDNN's in both.
"""

import argparse
import json
import subprocess
import sys
import time
from statistics import median

BATCH, STEPS = 128, 4


def main() -> None:
    """Run both workers in turns and print medians as JSON."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--torch", required=True, help="a Python that has PyTorch")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--rounds", type=int, default=10)
    options.add_argument("--worker", choices=WORKERS, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.worker:
        serve(WORKERS[given.worker](given.threads))
        return
    pythons = {"saigen": sys.executable, "torch": given.torch}
    workers = {name: _start(python, name, given) for name, python in pythons.items()}
    found = {name: [] for name in workers}
    for number in range(given.rounds + 1):
        for name in sorted(workers, reverse=bool(number % 2)):
            found[name].append(_ask(workers[name]))
    for worker in workers.values():
        worker.stdin.close()
        worker.wait()
    result = {"batch": BATCH, "threads": given.threads, "rounds": given.rounds}
    for place, clock in enumerate(("wall", "cpu")):
        times = {name: [row[place] for row in rows[1:]] for name, rows in found.items()}
        ratios = [a / b for a, b in zip(times["saigen"], times["torch"], strict=True)]
        result |= {f"{name}_{clock}_ms": round(1e3 * median(t), 1) for name, t in times.items()}
        result[f"{clock}_ratio"] = [round(f(ratios), 3) for f in (median, min, max)]
    print(json.dumps(result, indent=1))


def serve(step) -> None:
    """Take STEPS steps for every line on standard input; answer (wall, CPU) seconds a step."""
    for _ in sys.stdin:
        wall, cpu = time.perf_counter(), time.process_time()
        step()
        spent = time.perf_counter() - wall, time.process_time() - cpu
        print(json.dumps([seconds / STEPS for seconds in spent]), flush=True)


def saigen_worker(threads: int):
    """Return a function that takes STEPS steps in the engine's compiled loop."""
    from itertools import count

    import numpy as np

    from saigen.engine import device
    from saigen.paper import load_paper
    from saigen.papers.resnet20.training import train

    device.set_up(intra_op_threads=threads)

    class Noise:
        splits = ("train", "test")

        def images(self, split):
            shape = [1024, 32, 32, 3]
            return np.random.default_rng(0).integers(0, 256, shape).astype(np.uint8)

        def labels(self, split):
            return np.random.default_rng(1).integers(0, 10, 1024)

    params = load_paper("resnet20").experiments["protocols"].params
    task = train({**params, "optimiser": "momentum", "batch_size": BATCH}, Noise())
    for name, value in task.initial(0).items():
        task.variables[name].assign(value)
    numbers = count()
    return lambda: task.take(0, next(numbers) * STEPS, STEPS)


def torch_worker(threads: int):
    """Return a function that takes STEPS steps of the same network in PyTorch."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(threads)

    class Block(nn.Module):
        def __init__(self, ins, outs, stride):
            super().__init__()
            self.stride, self.new = stride, outs - ins
            self.conv1 = nn.Conv2d(ins, outs, 3, stride, 1, bias=False)
            self.conv2 = nn.Conv2d(outs, outs, 3, 1, 1, bias=False)
            self.norm1, self.norm2 = nn.BatchNorm2d(outs), nn.BatchNorm2d(outs)

        def forward(self, x):
            y = functional.relu(self.norm1(self.conv1(x)), inplace=True)
            y = self.norm2(self.conv2(y))
            x = x[:, :, :: self.stride, :: self.stride]
            if self.new:
                x = functional.pad(x, (0, 0, 0, 0, self.new // 2, self.new - self.new // 2))
            return functional.relu(y + x, inplace=True)

    blocks, ins = [], 16
    for stage, outs in enumerate((16, 32, 64)):
        for block in range(3):
            blocks.append(Block(ins, outs, 2 if stage and not block else 1))
            ins = outs
    stem = [nn.Conv2d(3, 16, 3, 1, 1, bias=False), nn.BatchNorm2d(16), nn.ReLU(inplace=True)]
    end = [nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(64, 10)]
    net = nn.Sequential(*stem, *blocks, *end).to(memory_format=torch.channels_last)
    optimiser = torch.optim.SGD(net.parameters(), 0.1, 0.9, weight_decay=1e-4, fused=True)
    # Crops and mirror images are left out on this side, to its advantage.
    images = torch.rand(1024, 3, 32, 32).to(memory_format=torch.channels_last)
    labels = torch.randint(0, 10, (1024,))

    def steps():
        for _ in range(STEPS):
            rows = torch.randint(0, 1024, (BATCH,))
            optimiser.zero_grad(set_to_none=True)
            functional.cross_entropy(net(images[rows]), labels[rows]).backward()
            optimiser.step()

    return steps


WORKERS = {"saigen": saigen_worker, "torch": torch_worker}


def _start(python: str, name: str, given: argparse.Namespace) -> subprocess.Popen:
    command = [python, __file__, "--torch", given.torch, "--threads", str(given.threads)]
    return subprocess.Popen(
        [*command, "--worker", name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def _ask(worker: subprocess.Popen) -> list[float]:
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write("go\n")
    worker.stdin.flush()
    return json.loads(worker.stdout.readline())


if __name__ == "__main__":
    main()
