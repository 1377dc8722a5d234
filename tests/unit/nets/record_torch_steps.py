"""Records what torch.optim does, for test_first_order.py: `python record_torch_steps.py`.

Run with PyTorch 2.13 on a CPU, in float64; PyTorch is no dependency of the project.
"""

import json
from pathlib import Path

#: Steps of gradients of some size, and then of a hundredth of it: AMSGrad is Adam until the second
#: moments fall, and Adam without its bias correction is Adam after some hundred steps.
LARGE, SMALL = 12, 300
#: After which steps the weights are written down.
KEPT = [*range(LARGE), *range(LARGE + 11, LARGE + SMALL, 48)]
#: name → (class of torch.optim, its settings); the rate is 0.05 unless the settings have one.
CASES = {
    "sgd": ("SGD", {}),
    "momentum": ("SGD", {"momentum": 0.9}),
    "nesterov": ("SGD", {"momentum": 0.9, "nesterov": True}),
    "adagrad": ("Adagrad", {}),
    "rmsprop": ("RMSprop", {"alpha": 0.9}),
    "adadelta": ("Adadelta", {"rho": 0.9, "lr": 1.0}),
    "adam": ("Adam", {}),
    "amsgrad": ("Adam", {"amsgrad": True}),
    "adamw": ("AdamW", {"weight_decay": 0.1}),
}


def gradient(step: int) -> list[float]:
    """Return a gradient that changes its size and sign: falling, swinging, and rising."""
    size, step = 0.01 if step >= LARGE else 1.0, step % LARGE
    found = [2.0 / (1.0 + step), (-1.0) ** step * 0.5, 0.01 * (step + 1.0) ** 2 - 0.3]
    return [size * each for each in found]


def record() -> dict[str, list[list[float]]]:
    """Return the weights after the steps `KEPT`, from ones, by case."""
    import torch

    found = {}
    for name, (kind, settings) in CASES.items():
        weight = torch.ones(3, dtype=torch.float64, requires_grad=True)
        optimiser = getattr(torch.optim, kind)([weight], **{"lr": 0.05, **settings})
        found[name] = []
        for step in range(LARGE + SMALL):
            weight.grad = torch.tensor(gradient(step), dtype=torch.float64)
            optimiser.step()
            if step in KEPT:
                found[name].append([round(float(x), 10) for x in weight.detach()])
    return found


if __name__ == "__main__":
    Path(__file__).with_name("torch_steps.json").write_text(json.dumps(record(), indent=1) + "\n")
