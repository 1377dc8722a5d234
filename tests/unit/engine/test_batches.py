"""The order of the examples: a pure function of (seed, step)."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.engine.batches import batch_indices

sizes = st.integers(1, 12).flatmap(lambda batch: st.tuples(st.just(batch), st.integers(batch, 40)))


@given(st.integers(0, 1000), sizes, st.integers(0, 5))
def test_each_epoch_is_a_permutation_less_what_fills_no_batch(seed, size, epoch):
    batch, examples = size
    per_epoch = examples // batch
    seen = batch_indices(seed, epoch * per_epoch, per_epoch, batch, examples).ravel()
    assert len(set(seen.tolist())) == per_epoch * batch
    assert seen.min() >= 0
    assert seen.max() < examples


@given(
    st.integers(0, 1000),
    sizes,
    st.integers(0, 50),
    st.lists(st.integers(1, 9), min_size=1, max_size=6),
)
def test_the_order_does_not_depend_on_how_many_steps_a_call_takes(seed, size, first, chunks):
    batch, examples = size
    whole = batch_indices(seed, first, sum(chunks), batch, examples)
    starts = first + np.cumsum([0, *chunks[:-1]])
    pieces = [
        batch_indices(seed, int(start), count, batch, examples)
        for start, count in zip(starts, chunks, strict=True)
    ]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


def test_epochs_and_seeds_have_orders_of_their_own():
    orders = [
        tuple(batch_indices(seed, epoch * 20, 20, 5, 100).ravel().tolist())
        for seed in range(5)
        for epoch in range(5)
    ]
    assert len(set(orders)) == len(orders)
    assert all(sorted(order) == list(range(100)) for order in orders)


def test_an_example_left_over_in_one_epoch_is_seen_in_another():
    seen = batch_indices(0, 0, 3 * 20, 3, 10)
    assert set(seen.ravel().tolist()) == set(range(10))


def test_places_are_uniform():
    """How often each of 5 examples comes first, over 2000 epochs: within five standard errors."""
    first = [batch_indices(0, epoch * 5, 1, 1, 5)[0, 0] for epoch in range(2000)]
    counts = np.bincount(first, minlength=5)
    assert np.abs(counts - 400).max() < 5 * np.sqrt(2000 * 0.2 * 0.8)


def test_the_indices_are_a_matrix_of_int32():
    indices = batch_indices(0, 7, 3, 2, 9)
    assert indices.shape == (3, 2)
    assert indices.dtype == np.int32
    assert batch_indices(0, 7, 0, 2, 9).shape == (0, 2)


def test_a_batch_larger_than_the_set_is_an_error():
    with pytest.raises(ValueError, match="a batch of 10 from 9 examples"):
        batch_indices(0, 0, 1, 10, 9)


def test_the_order_is_the_one_it_always_was():
    """A change here makes every published number another one."""
    assert batch_indices(1, 0, 3, 2, 7).tolist() == [[2, 6], [0, 3], [5, 4]]
