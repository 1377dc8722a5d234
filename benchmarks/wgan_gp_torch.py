"""The critic step of WGAN-GP on the CIFAR-10 networks, in PyTorch: what ours is compared with.

The same networks, batch and optimiser as `network: cifar` with the penalty; channels last and a
fused optimiser, which PyTorch is fastest with here. Prints CPU and wall seconds of a step.
"""

import itertools
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F


class Generator(nn.Module):
    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        self.start, self.width = side // 8, width
        units = self.start**2 * 4 * width
        self.dense, self.norm = nn.Linear(128, units), nn.BatchNorm1d(units)
        sizes = [4 * width, 2 * width, width, 3]
        self.ups = nn.ModuleList(
            nn.ConvTranspose2d(a, b, 5, 2, 2, 1) for a, b in itertools.pairwise(sizes)
        )
        self.norms = nn.ModuleList(nn.BatchNorm2d(size) for size in sizes[1:3])

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        x = F.relu(self.norm(self.dense(z))).view(-1, 4 * self.width, self.start, self.start)
        for up, norm in zip(self.ups, self.norms, strict=False):
            x = F.relu(norm(up(x)))
        return torch.tanh(self.ups[2](x))


class Critic(nn.Module):
    def __init__(self, width: int, side: int) -> None:
        super().__init__()
        sizes = [3, width, 2 * width, 4 * width]
        self.downs = nn.ModuleList(nn.Conv2d(a, b, 5, 2, 2) for a, b in itertools.pairwise(sizes))
        self.dense = nn.Linear(4 * width * (side // 8) ** 2, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        for down in self.downs:
            x = F.leaky_relu(down(x), 0.2)
        return self.dense(x.flatten(1))[:, 0]


def main(width: int, side: int, batch: int, steps: int) -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    generator = Generator(width, side).to(memory_format=torch.channels_last)
    critic = Critic(width, side).to(memory_format=torch.channels_last)
    optimiser = torch.optim.Adam(critic.parameters(), 1e-4, (0.5, 0.9), fused=True)
    data = (
        torch.rand(1000, 3, side, side).mul(2).sub(1).contiguous(memory_format=torch.channels_last)
    )

    def step() -> None:
        real = data[torch.randint(1000, (batch,))]
        with torch.no_grad():
            fake = generator(torch.randn(batch, 128))
        on_real, on_fake = critic(torch.cat([real, fake])).split(batch)
        epsilon = torch.rand(batch, 1, 1, 1)
        mixed = (epsilon * real + (1 - epsilon) * fake).requires_grad_()
        (slopes,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        norms = (slopes.square().sum((1, 2, 3)) + 1e-12).sqrt()
        loss = on_fake.mean() - on_real.mean() + 10.0 * (norms - 1).square().mean()
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        optimiser.step()

    for _ in range(3):
        step()
    wall, cpu = time.perf_counter(), time.process_time()
    for _ in range(steps):
        step()
    print((time.process_time() - cpu) / steps, (time.perf_counter() - wall) / steps)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
