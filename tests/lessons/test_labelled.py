"""Lesson 4's conditional DCGAN: the label reaches both players, and the rest is notebook 3's."""

from __future__ import annotations

import keras
import numpy as np
import pytest

from tools import weights_labelled
from tools.lessons import library


@pytest.fixture(scope="module")
def lesson():
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(0)
    return library("04_what_came_after")


def test_but_for_the_label_the_networks_are_those_of_notebook_3():
    gan, third = weights_labelled.make_gan(library("04_what_came_after")), library("03_fruit_gan")
    plain = third.create_generator(200, 3), third.create_discriminator((96, 96, 3))
    assert gan.generator.count_params() == plain[0].count_params() + 4096, "a label's embedding"
    assert gan.discriminator.count_params() == plain[1].count_params() + 2 * 512, "a label's projection"


@pytest.mark.slow
def test_the_label_changes_the_painting_and_the_verdict(lesson):
    noise = np.random.default_rng(0).normal(size=(1, 200)).astype("float32")
    rows = [np.concatenate([noise, [[label]]], axis=1).astype("float32") for label in (0, 1)]
    gan = weights_labelled.make_gan(lesson)
    generator, discriminator = gan.generator, gan.discriminator
    apple, tomato = (np.array(generator(row)) for row in rows)
    assert np.abs(apple - tomato).max() > 1e-4
    verdicts = [float(discriminator(lesson.with_label(apple, label))[0, 0]) for label in (0.0, 1.0)]
    assert verdicts[0] != verdicts[1]
    label = discriminator.get_layer("of_label")
    label.set_weights([np.zeros_like(weight) for weight in label.get_weights()])
    verdicts = [float(discriminator(lesson.with_label(apple, label))[0, 0]) for label in (0.0, 1.0)]
    assert verdicts[0] == verdicts[1], "the label has no other way into the verdict than by its projection"


@pytest.mark.slow
def test_a_step_moves_both_networks_and_gives_paintings_the_labels_of_the_batch(lesson):
    gan = weights_labelled.make_gan(lesson)
    seen = []
    generator = gan.generator
    gan.generator = lambda rows, training: (seen.append(np.array(rows)), generator(rows, training=training))[1]
    gan.generator.trainable_variables = generator.trainable_variables
    gan.generator.input_shape = generator.input_shape
    shown, said, discriminator = [], [], gan.discriminator

    def verdicts(pile, training):
        shown.append(np.array(pile))
        said.append(discriminator(pile, training=training))
        return said[-1]

    gan.discriminator = verdicts
    gan.discriminator.trainable_variables = discriminator.trainable_variables
    before = [[weight.copy() for weight in one.get_weights()] for one in (generator, discriminator)]
    pictures = np.random.default_rng(0).uniform(-1, 1, (2, 96, 96, 3)).astype("float32")
    labelled = np.concatenate([lesson.with_label(pictures[:1], 0.0), lesson.with_label(pictures[1:], 1.0)])
    losses = lesson.conditional_step(gan, labelled)
    assert seen[0].shape == (2, 201) and seen[0][:, -1].tolist() == [0, 1]
    assert len(shown) == 2 and all(pile[:, 5, 7, 3].tolist() == [0, 1] for pile in shown)
    real, fake = (np.asarray(logits, "float64") for logits in said)
    paid = [np.mean(np.log1p(np.exp(-logits))) for logits in (fake, real, -fake)]
    np.testing.assert_allclose(losses, [paid[0], paid[1] + paid[2]], rtol=1e-4)
    for old, model in zip(before, (generator, discriminator), strict=True):
        assert any(not np.array_equal(a, b) for a, b in zip(old, model.get_weights(), strict=True))


def test_the_examiner_knows_fruits_of_other_colours():
    rng = np.random.default_rng(0)

    def pile(colour, count):
        return np.clip(np.array(colour) + rng.normal(0, 0.1, (count, 32, 32, 3)), -1, 1).astype("float32")

    examine = weights_labelled.fruit_examiner(
        {"red": pile((0.8, -0.8, -0.8), 20), "yellow": pile((0.8, 0.8, -0.8), 20)}
    )
    assert set(examine(pile((0.8, -0.7, -0.7), 10))) == {"red"} and set(examine(pile((0.8, 0.7, -0.7), 10))) == {
        "yellow"
    }
