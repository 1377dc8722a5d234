"""What an iteration of a random architecture costs: the products of its layers, as published.

A pass through a layer forwards, back to its input or to its weights costs the same. A critic's
update takes one pass of the generator and six of the critic: three for each of its two batches.
With the penalty it takes six more, for points in between, their gradients, and the gradients of
these. A generator's update takes three and two.
"""

from saigen.papers.wgan_gp.architectures import architecture

#: Passes of (generator, critic) in a critic's update, by method, and in a generator's.
CRITIC_UPDATE = {"gan": (1, 6), "gp": (1, 12)}
GENERATOR_UPDATE = (3, 2)
#: Critic's updates for one of the generator.
CRITIC_STEPS = {"gan": 1, "gp": 5}
#: Numbers in the latent, and colours of the published images; their side is 32.
LATENT, COLOURS = 128, 3


def iteration(number: int, method: str) -> int:
    """Return the multiplications an image of one iteration of architecture `number`."""
    found = architecture(number)
    generator, critic = (
        steps * CRITIC_STEPS[method] + last
        for steps, last in zip(CRITIC_UPDATE[method], GENERATOR_UPDATE, strict=True)
    )
    return generator * generator_pass(
        found.generator_filters, found.generator_depth
    ) + critic * critic_pass(found.critic_filters, found.critic_depth)


def generator_pass(base: int, depth: int) -> int:
    """Dense to 4 × 4, three 5 × 5 doublings of the side, and 3 × 3 convolutions at 8 × 8."""
    dense = LATENT * 4 * 4 * 4 * base
    doublings = [4 * 4 * 4 * base * 2 * base, 8 * 8 * 2 * base * base, 16 * 16 * base * COLOURS]
    return dense + 25 * sum(doublings) + (depth - 4) * 8 * 8 * 9 * (2 * base) ** 2


def critic_pass(base: int, depth: int) -> int:
    """Three 5 × 5 halvings of the side, 3 × 3 convolutions at 8 × 8, and a score."""
    halvings = [16 * 16 * COLOURS * base, 8 * 8 * base * 2 * base, 4 * 4 * 2 * base * 4 * base]
    score = 4 * 4 * 4 * base
    return 25 * sum(halvings) + (depth - 4) * 8 * 8 * 9 * (2 * base) ** 2 + score
