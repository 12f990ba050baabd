"""course/augment.py: what the discriminator sees."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course.augment import shift, shifted
from course.training import GAN


@pytest.fixture
def gan():
    keras.config.set_dtype_policy("float32")
    generator = keras.Sequential([keras.Input((4,)), layers.Dense(16 * 16 * 3), layers.Reshape((16, 16, 3))])
    discriminator = keras.Sequential([keras.Input((16, 16, 3)), layers.Flatten(), layers.Dense(1)])
    return GAN(generator, discriminator, keras.optimizers.SGD(0.1), keras.optimizers.SGD(0.1))


def test_photographs_and_paintings_are_both_augmented(gan):
    """Whatever a step shows the discriminator; and what learns is the GAN's own discriminator."""
    seeing, same_dice = shifted(gan, 8), GAN(gan.generator, gan.discriminator, gan.gen_optimizer, gan.disc_optimizer)
    pictures = tf.random.uniform((6, 16, 16, 3), seed=0)
    expected = gan.discriminator(shift(same_dice, pictures, 8))
    np.testing.assert_allclose(seeing.discriminator(pictures, training=True), expected, atol=1e-5)
    assert seeing.discriminator.trainable_variables[0] is gan.discriminator.trainable_variables[0]
    assert seeing.generator is gan.generator and gan.discriminator is not seeing.discriminator


def test_augmentation_shifts_each_picture_and_lets_gradients_through(gan):
    places = np.moveaxis(np.indices((16, 16), dtype="float32"), 0, -1)  # each pixel holds its row and its column
    pictures = tf.repeat(places[None], 60, axis=0)
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        seen = shift(gan, pictures, 8)
    assert not np.allclose(seen, shift(gan, pictures, 8)), "not twice the same"
    shifts = set()
    for picture in np.asarray(seen):
        down, right = picture[8, 8] - 8
        shifts.add((down, right))
        for axis, by in enumerate((down, right)):
            lines = np.arange(16) + by
            white = (lines < 0) | (lines > 15)  # where nothing was, the paper goes on
            expected = np.where(white, 1, lines)
            np.testing.assert_array_equal(np.take(picture[..., axis], 8, axis=1 - axis), expected)
    assert len(shifts) > 10
    for direction in zip(*shifts, strict=True):
        assert set(direction) == {-2, -1, 0, 1, 2}, "up to an eighth of 16"
    assert np.abs(tape.gradient(seen, pictures)).max() > 0
    np.testing.assert_array_equal(shift(gan, pictures), pictures)  # a 32nd of 16 is less than a pixel
