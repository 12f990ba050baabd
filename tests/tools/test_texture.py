"""benchmarks/texture.py: figures of texture rank piles of pictures whose rank is known beforehand."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import texture


def piles(count=60, side=32):
    """Two piles of noise."""
    rng = np.random.default_rng(5)
    return [rng.normal(size=(count, side, side, 3)).astype("float32") for _ in "ab"]


def test_the_distance_of_a_shifted_pile_is_the_shift():
    """A shift by c standard deviations moves each projection by c times the sum of a random unit vector's 147 entries.

    That sum is nearly standard normal, its mean size 0.798. Only the coarsest of the three levels keeps a shift.
    """
    coarse = np.repeat(np.repeat(np.random.default_rng(5).normal(size=(60, 8, 8, 3)), 4, 1), 4, 2).astype("float32")
    scale = coarse.std()
    near, far = (texture.sliced_wasserstein(coarse, coarse + shift * scale) for shift in (2, 4))
    assert near == pytest.approx(1000 * 2 * 0.798 / 3, rel=0.15)
    assert far / near == pytest.approx(2, rel=0.05)


@pytest.mark.slow
def test_distance_orders_what_is_known():
    one, other = piles()
    floor = texture.sliced_wasserstein(one, other)
    assert texture.sliced_wasserstein(one, 1.2 * other) > 2 * floor, "more contrast"
    blurred = tf.nn.avg_pool2d(other, 3, 1, "SAME").numpy()
    assert texture.sliced_wasserstein(one, blurred) > 5 * floor
    assert texture.sliced_wasserstein(one, other) == floor, "the judge's dice are seeded"
    with pytest.raises(ValueError, match="equal numbers, not 60 and 59"):
        texture.sliced_wasserstein(one, other[:59])


def test_the_pyramid_adds_up_to_the_pictures():
    pictures = piles(3)[0]
    fine, middle, rest = texture.laplacian_pyramid(pictures)
    assert (fine.shape[1], middle.shape[1], rest.shape[1]) == (32, 16, 8)
    half = middle + tf.image.resize(rest, (16, 16))
    np.testing.assert_allclose(fine + tf.image.resize(half, (32, 32)), pictures, atol=1e-5)


def test_similarity_is_1_for_copies_and_near_0_for_noise():
    noise = piles(10)[0].clip(-1, 1)
    assert texture.mean_similarity(np.repeat(noise[:1], 5, axis=0)) == pytest.approx(1)
    assert texture.mean_similarity(noise) < 0.1


def test_nearest_finds_the_copy():
    photographs = piles(10)[0]
    numbers, differences = texture.nearest(photographs[[7, 2]] + 0.01, photographs)
    assert list(numbers) == [7, 2]
    assert differences == pytest.approx([0.01, 0.01], rel=0.02)


def test_scorecard_holds_each_figure_of_each_pile():
    one, other = piles(10)
    table = texture.scorecard({"noise": other, "copies": one}, one, one)
    assert list(table.index) == ["noise", "copies"]
    for name, pile in [("noise", other), ("copies", one)]:
        distance, nearest = texture.sliced_wasserstein(one, pile), texture.nearest(pile, one)[1].mean()
        figures = [f"{distance:.0f}", f"{texture.mean_similarity(pile):.2f}", f"{nearest:.3f}"]
        assert list(table.loc[name]) == figures
    assert table.loc["copies", "nearest photograph"] == "0.000"
