"""Differentiable augmentation: the discriminator sees every picture, real or painted, changed at random.

Zhao, Liu, Lin, Zhu and Han, Differentiable Augmentation for Data-Efficient GAN Training, 2020,
https://arxiv.org/abs/2006.10738. Of its changes only the shift.
"""

from __future__ import annotations

import copy

import keras
import tensorflow as tf

from course.training import GAN


def shift(gan: GAN, images: tf.Tensor, part: int = 32) -> tf.Tensor:
    """Each picture of a batch (n, side, side, channels) shifted by itself by up to side / part pixels, on white."""
    side = images.shape[1]
    furthest = side // part
    chance = gan.draw(keras.random.uniform, tf.shape(images)[0], 2)  # in [0, 1)
    by = tf.cast(chance * (2 * furthest + 1), "int32")
    images = tf.pad(images, [(0, 0), (furthest,) * 2, (furthest,) * 2, (0, 0)], constant_values=1)
    for axis in (1, 2):  # rows, columns
        places = tf.range(side) + by[:, axis - 1, None]
        images = tf.gather(images, places, axis=axis, batch_dims=1)
    return images


def shifted(gan: GAN, part: int = 32) -> GAN:
    """The same GAN, with the same networks and optimisers, whose discriminator sees every picture shifted."""
    seeing = copy.copy(gan)
    seeing.discriminator = _Seeing(gan, part)
    return seeing


class _Seeing:
    """A discriminator behind glasses."""

    def __init__(self, gan: GAN, part: int) -> None:
        self.gan, self.part = gan, part
        self.trainable_variables = gan.discriminator.trainable_variables

    def __call__(self, images: tf.Tensor, training: bool = False) -> tf.Tensor:
        return self.gan.discriminator(shift(self.gan, images, self.part), training=training)
