"""Lines, vocabulary and networks of the language model."""

import numpy as np
import tensorflow as tf

from saigen.papers.wgan_gp.language import (
    PAD,
    critic_network,
    encoded,
    generator_network,
    lines_of,
    vocabulary,
)
from saigen.papers.wgan_gp.pair import LATENT


def text(words):
    return np.frombuffer(words.encode(), np.uint8)


def test_lines_are_cut_and_the_last_is_padded():
    lines = lines_of(text("ab  cd\n\nefg"), 4)
    assert bytes(lines[0]) == b"ab c" and bytes(lines[1]) == b"d ef"
    assert bytes(lines[2]) == b"g" + bytes([PAD]) * 3


def test_sentences_stay_apart_each_cut_or_padded():
    lines = lines_of(text("abcdefg\n\nhi\njklm"), 4, sentences=True)
    assert [bytes(line) for line in lines] == [b"abcd", b"hi" + bytes([PAD]) * 2, b"jklm"]


def test_the_most_frequent_symbols_are_kept_and_others_are_unknown():
    lines = lines_of(text("aaabbc"), 6)
    symbols = vocabulary(lines, 3)
    assert bytes(symbols) == b"?ab"
    assert encoded(lines, symbols).tolist() == [[1, 1, 1, 2, 2, 0]]


def test_the_generator_gives_a_distribution_for_every_place():
    made = generator_network(8, 6, 5)
    for name, value in made.initial(0).items():
        made.weights[name].assign(value)
    rows = made(tf.random.stateless_normal([3, LATENT], [0, 0]))
    assert rows.shape == (3, 6, 5)
    np.testing.assert_allclose(tf.reduce_sum(rows, -1), 1.0, rtol=1e-5)
    assert critic_network(8, 6, 5)(rows).shape == (3, 1)


def test_weights_at_the_published_size():
    # 512 channels, 32 places, 5 blocks of two convolutions of width 5.
    blocks = 5 * 2 * (5 * 512 * 512 + 512)
    generator = (128 * 32 * 512 + 32 * 512) + blocks + (512 * 100 + 100)
    critic = (100 * 512 + 512) + blocks + (32 * 512 + 1)
    assert generator_network(512, 32, 100).size == generator
    assert critic_network(512, 32, 100).size == critic
    assert (round(generator / 1e6, 1), round(critic / 1e6, 1)) == (15.3, 13.2)
