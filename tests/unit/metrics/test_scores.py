"""Inception score, kernel distance, precision and recall against what theory says of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from saigen.metrics.kernel import kernel_distance, squared_mmd
from saigen.metrics.neighbours import precision_recall
from saigen.metrics.ngrams import NGrams
from saigen.metrics.score import inception_score


def test_equal_predictions_score_one_and_sure_even_ones_the_number_of_classes():
    assert inception_score(np.full((50, 5), 0.2), splits=1) == (pytest.approx(1.0), 0.0)
    sure = np.tile(np.eye(5), (10, 1))
    assert inception_score(sure, splits=10) == (pytest.approx(5.0), pytest.approx(0.0))


def test_a_part_sees_only_its_own_samples():
    # Classes in blocks: each part holds one class alone, and its own marginal is sure too.
    sure = np.repeat(np.eye(5), 10, axis=0)
    assert inception_score(sure, splits=5)[0] == pytest.approx(1.0)
    assert inception_score(sure, splits=1)[0] == pytest.approx(5.0)


@given(st.integers(0, 500), st.integers(2, 8))
def test_the_score_lies_between_one_and_the_number_of_classes(seed, classes):
    rows = np.random.default_rng(seed).dirichlet(np.full(classes, 0.3), size=20)
    assert 1.0 - 1e-9 <= inception_score(rows, splits=2)[0] <= classes + 1e-9


def test_too_few_samples_for_the_parts_are_refused():
    with pytest.raises(ValueError, match="3 samples"):
        inception_score(np.full((3, 2), 0.5), splits=10)


def test_the_squared_mmd_is_the_sum_over_pairs():
    generator = np.random.default_rng(0)
    x, y = generator.standard_normal((4, 3)), generator.standard_normal((5, 3))

    def k(a, b):
        return (a @ b / 3 + 1) ** 3

    within_x = np.mean([k(x[i], x[j]) for i in range(4) for j in range(4) if i != j])
    within_y = np.mean([k(y[i], y[j]) for i in range(5) for j in range(5) if i != j])
    across = np.mean([k(a, b) for a in x for b in y])
    assert squared_mmd(x, y) == pytest.approx(within_x + within_y - 2 * across)


def test_the_kernel_distance_is_unbiased_at_equality_and_sees_a_shift():
    generator = np.random.default_rng(1)
    x, y = generator.standard_normal((2, 2000, 4))
    same, error = kernel_distance(x, y, subset=100, subsets=50)
    assert abs(same) < 4 * error + 0.02
    assert kernel_distance(x, y + 1.0, subset=100, subsets=50)[0] > 0.5


def test_precision_and_recall_tell_bad_samples_from_missing_ones():
    generator = np.random.default_rng(2)
    real = np.concatenate([generator.normal(c, 0.1, (200, 2)) for c in (0.0, 5.0)])
    same = np.concatenate([generator.normal(c, 0.1, (200, 2)) for c in (0.0, 5.0)])
    collapsed, astray = same[:200], same + 100.0
    assert min(precision_recall(real, same)) > 0.9
    found = precision_recall(real, collapsed)
    assert found.precision > 0.9 and 0.4 < found.recall < 0.55
    assert precision_recall(real, astray) == (0.0, 0.0)


def test_ngrams_stay_inside_lines():
    assert NGrams(["ab", "cd"], 2).counts == {"ab": 1, "cd": 1}
    assert NGrams(np.array([[1, 2], [3, 4]]), 2).counts == {b"\1\2": 1, b"\3\4": 1}


def test_the_divergence_is_zero_of_equals_one_of_strangers_and_exact_between():
    text = ["the cat", "a dog"]
    for n in range(1, 5):
        assert NGrams(text, n).divergence(NGrams(text, n)) == 0.0
        assert NGrams(text, n).divergence(NGrams(["XYZWVU"], n)) == pytest.approx(1.0)
    # p = (½, ½), q = (1, 0): ½[½ log₂(⅔) + ½ log₂ 2] + ½ log₂(4/3)
    exact = 0.5 * (0.5 * np.log2(2 / 3) + 0.5) + 0.5 * np.log2(4 / 3)
    assert NGrams(["ab"], 1).divergence(NGrams(["a"], 1)) == pytest.approx(exact)
    with pytest.raises(ValueError, match="2-grams"):
        NGrams(["ab"], 1).divergence(NGrams(["ab"], 2))
