"""Why a DCGAN is built so: tomatoes at 32 pixels with one rule removed at a time, judged, and shown side by side.

    python -m benchmarks.rules [--steps 400]      three seeds; goes on after the last training that was finished

All networks are the lesson's but for one change, train with the lesson's step and optimisers for as many steps on the
same pictures in the same order, and are judged at 32 pixels against held-out pictures.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

import utils
from benchmarks import results
from benchmarks.common import SAMPLE
from benchmarks.fruit import lesson, steps_of
from course import training
from course.judges import scorecard
from course.setup import precision
from tools.lessons import COURSE

Change = Callable[[keras.Layer], list[keras.Layer]]
PICTURES = 8  # of each rule


def changed(model: keras.Sequential, change: Change) -> keras.Sequential:
    """A network with other layers in the place of some."""
    parts = [part for layer in model.layers for part in change(layer)]
    return keras.Sequential([keras.Input(model.input_shape[1:]), *parts], name=model.name)


def anew(layer: keras.Layer) -> list[keras.Layer]:
    """The layer as it is, untrained."""
    return [type(layer).from_config(layer.get_config())]


def no_batch_norm(layer: keras.Layer) -> list[keras.Layer]:
    """No batch normalisation."""
    return [] if isinstance(layer, layers.BatchNormalization) else anew(layer)


def batch_norm_at_the_output(layer: keras.Layer) -> list[keras.Layer]:
    """The generator's colours are normalised over the batch."""
    at_the_end = isinstance(layer, layers.Activation)
    return [layers.BatchNormalization(momentum=0.8), *anew(layer)] if at_the_end else anew(layer)


def pooling(layer: keras.Layer) -> list[keras.Layer]:
    """The discriminator shrinks by the largest of four numbers instead of by a stride."""
    if isinstance(layer, layers.Conv2D) and layer.strides == (2, 2):
        return [type(layer).from_config({**layer.get_config(), "strides": (1, 1)}), layers.MaxPooling2D()]
    return anew(layer)


def hidden_dense(layer: keras.Layer) -> list[keras.Layer]:
    """A hidden Dense layer in the discriminator, before its last unit."""
    return (
        [*anew(layer), layers.Dense(256), layers.LeakyReLU(0.2)] if isinstance(layer, layers.Flatten) else anew(layer)
    )


def relu(layer: keras.Layer) -> list[keras.Layer]:
    """The discriminator lets nothing of a negative signal through."""
    return [layers.ReLU()] if isinstance(layer, layers.LeakyReLU) else anew(layer)


def sigmoid(layer: keras.Layer) -> list[keras.Layer]:
    """The generator ends with a sigmoid, from 0 to 1, and its pictures are then stretched to -1..1."""
    if isinstance(layer, layers.Activation):
        return [layers.Activation("sigmoid", dtype="float32"), layers.Rescaling(2.0, -1.0, dtype="float32")]
    return anew(layer)


def uneven(layer: keras.Layer) -> list[keras.Layer]:
    """The generator enlarges by transposed convolutions of 3 x 3 with stride 2, whose patches overlap unevenly."""
    if isinstance(layer, layers.UpSampling2D) and layer.size == (2, 2):
        return [layers.Conv2DTranspose(256, 3, strides=2, padding="same")]
    return anew(layer)


RULES: dict[str, tuple[Change, Change]] = {  # what is changed in the generator, in the discriminator
    "all rules kept": (anew, anew),
    "no batch normalisation": (no_batch_norm, no_batch_norm),
    "batch normalisation at the output": (batch_norm_at_the_output, anew),
    "pooling instead of strides": (anew, pooling),
    "a hidden Dense layer": (anew, hidden_dense),
    "ReLU in the discriminator": (anew, relu),
    "sigmoid instead of tanh": (sigmoid, anew),
    "3 x 3 filters with stride 2": (uneven, anew),
}


def train(rule: str, seed: int, steps: int) -> tuple[dict[str, object], np.ndarray]:
    """One training: its row of the table, and some of its paintings (PICTURES, 32, 32, 3)."""
    keras.utils.set_random_seed(seed)
    pictures = lesson.shrink(utils.load_images("tomato", root=SAMPLE), 32)
    reference = lesson.shrink(utils.load_images("tomato", root=SAMPLE, split="test_set"), 32)
    generator, discriminator = (
        changed(network, change)
        for network, change in zip(
            (lesson.create_generator(lesson.seed_vector, 3, 1), lesson.create_discriminator((32, 32, 3))),
            RULES[rule],
            strict=True,
        )
    )
    gan = training.GAN(generator, discriminator, lesson.adam(), lesson.adam(), seed)
    step = steps_of(lesson.train_step, gan, pictures)
    for _ in range(steps):
        step()
    noise = tf.random.stateless_normal((len(reference), lesson.seed_vector), seed=(1, 2))
    paintings = lesson.paint(gan.average, noise)
    finite = np.isfinite(paintings).all()
    card = scorecard(paintings, reference) if finite else {}
    return {"rule": rule, "seed": seed, "steps": steps, **card}, paintings[:PICTURES]


def main() -> None:
    """Train what is not done yet, write table and picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()
    keras.config.set_dtype_policy(precision())
    folder = COURSE / "output" / "benchmark-rules"
    folder.mkdir(parents=True, exist_ok=True)
    tables, rows = [], []
    for seed in range(3):
        for number, rule in enumerate(RULES):
            path = folder / f"{number}-{seed}-{options.steps}"
            if not path.with_suffix(".csv").exists():
                row, paintings = train(rule, seed, options.steps)
                print(row, flush=True)
                np.save(path.with_suffix(".npy"), paintings)
                pd.DataFrame([row]).to_csv(path.with_suffix(".csv"), index=False)
            tables.append(pd.read_csv(path.with_suffix(".csv")))
            if seed == 0:
                rows.append(np.load(path.with_suffix(".npy")))
    results.keep(
        "fruit_rules",
        pd.concat(tables),
        command=f"python -m benchmarks.rules --steps {options.steps}",
        precision=precision(),
        data=results.label(SAMPLE),
    )
    large = np.repeat(np.repeat(np.concatenate(rows), 2, axis=1), 2, axis=2)
    utils.save_images(large, results.FOLDER / "fruit_rules.png", len(rows), PICTURES, 4)


if __name__ == "__main__":
    main()
