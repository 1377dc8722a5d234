"""CPU seconds of a critic step of WGAN-GP, ours beside PyTorch's, one thread each.

    python benchmarks/wgan_gp_step.py --torch PYTHON      # a Python that has PyTorch

The two take turns, so that a busy machine is as busy for both; CPU time, since waiting for a core
says nothing of either. Writes wgan_gp_step.csv beside this file.
"""

import argparse
import csv
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
#: Width of the networks and side of the images; a batch of 64.
CASES = [(16, 32), (64, 32)]
STEPS, ROUNDS = 10, 5


def ours(width: int, side: int, batch: int, steps: int) -> None:
    """Print CPU and wall seconds of our critic step."""
    from saigen.engine import device

    device.set_up(intra_op_threads=1, device="cpu")
    import tensorflow as tf

    from saigen.engine import rng
    from saigen.nets.gan import Gan, Method
    from saigen.nets.shape import Shape
    from saigen.papers.wgan_gp.dcgan import cifar
    from saigen.papers.wgan_gp.pair import LATENT

    pair = cifar({"width": width, "critic_norm": "none"}, Shape(side, 3, 10))
    data = 2.0 * rng.uniform(rng.key(0)("data"), [1000, side, side, 3]) - 1.0
    gan = Gan(
        Method(penalty=10.0, beta1=0.5, batch_size=batch),
        pair.generator,
        pair.critic,
        real=lambda rows, key: tf.gather(data, rows),
        draw=lambda key, n: (rng.normal(key("latent"), [n, LATENT]), tf.zeros([n], tf.int32)),
    )
    for name, value in gan.initial(0).items():
        gan.variables[name].assign(value)

    @tf.function(autograph=False)
    def step(number: tf.Tensor) -> tf.Tensor:
        key = rng.Key(tf.constant(0), number)
        seed = key("rows")
        rows = tf.random.stateless_uniform([batch], seed, 0, 1000, tf.int32, alg="philox")
        return gan.update_critic(rows, key)

    for number in range(3):
        step(tf.constant(number))
    wall, cpu = time.perf_counter(), time.process_time()
    for number in range(steps):
        step(tf.constant(number)).numpy()
    print((time.process_time() - cpu) / steps, (time.perf_counter() - wall) / steps)


def cpu_seconds(command: list[str], width: int, side: int) -> float:
    """Run one side in a process of its own and return its CPU seconds a step."""
    arguments = [*command, *map(str, (width, side, 64, STEPS))]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return float(done.stdout.split()[-2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch", required=True, help="a Python that has PyTorch")
    options = parser.parse_args()
    sides = {
        "saigen": [sys.executable, __file__, "ours"],
        "pytorch": [options.torch, str(HERE / "wgan_gp_torch.py")],
    }
    rows = []
    for width, side in CASES:
        found: dict[str, list[float]] = {name: [] for name in sides}
        for turn in range(ROUNDS):
            for name in list(sides)[:: 1 if turn % 2 else -1]:
                found[name].append(cpu_seconds(sides[name], width, side))
        ratios = [a / b for a, b in zip(found["saigen"], found["pytorch"], strict=True)]
        rows.append(
            {
                "width": width,
                "side": side,
                "batch": 64,
                "saigen_cpu_ms": round(1e3 * median(found["saigen"]), 1),
                "pytorch_cpu_ms": round(1e3 * median(found["pytorch"]), 1),
                "ratio": round(median(ratios), 3),
                "least": round(min(ratios), 3),
                "most": round(max(ratios), 3),
                "rounds": ROUNDS,
            }
        )
        print(rows[-1])
    with (HERE / "wgan_gp_step.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    if sys.argv[1:2] == ["ours"]:
        ours(*map(int, sys.argv[2:]))
    else:
        main()
