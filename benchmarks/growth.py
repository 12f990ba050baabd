"""How the cost of the lessons' way grows with the data: headlines, side of the pictures, number of pictures."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import keras
import tensorflow as tf

import utils
from benchmarks.common import SAMPLE, Row, seconds
from benchmarks.fruit import lesson as fruit
from course.setup import precision
from tools.lessons import library


def headlines(quick: bool) -> Iterator[tuple[str, list[float]]]:
    """Seconds per epoch of notebook 1's model on the sample's headlines, and on three and nine times as many."""
    lesson = library("01_lstm_headlines")
    sample = [lesson.clean_text(text) for text in utils.load_headlines(SAMPLE)]
    keras.config.set_dtype_policy("float32")
    for times in (1,) if quick else (1, 3, 9):
        # Distinct words, so that the vocabulary grows as it does with more newspapers.
        corpus = [
            " ".join(f"{word}{copy or ''}" if len(word) > 6 else word for word in text.split())
            for copy in range(times)
            for text in sample
        ]
        sequences, all_words = lesson.get_seq_of_tokens(corpus)
        predictors, label, length = lesson.generate_padded_sequences(sequences)
        model = lesson.create_model(length, all_words)
        model.fit(predictors[:320], label[:320], verbose=0)  # compile before the clock runs
        yield (
            f"{len(corpus):,} headlines, {all_words:,} words",
            [seconds(partial(model.fit, predictors, label, verbose=0))],
        )


def side(quick: bool) -> Iterator[tuple[str, list[float]]]:
    """Seconds per step of 32 pictures of the DCGAN, whose last block enlarges by 1 to 4."""
    keras.config.set_dtype_policy(precision())
    usual = fruit.gen_res
    for gen_res in (1,) if quick else (1, 2, 3, 4):
        fruit.gen_res = gen_res
        size = 32 * gen_res
        gan = fruit.make_gan(fruit.create_generator(200, 3), fruit.create_discriminator((size, size, 3)))
        images = tf.random.uniform((32, size, size, 3), -1, 1)
        step = tf.function(fruit.train_step)
        run = lambda: [float(loss) for loss in step(gan, images)]  # noqa: B023, E731  called at once
        run()
        yield f"{size} x {size}", [seconds(run) for _ in range(1 if quick else 7)]
    fruit.gen_res = usual


def pictures(quick: bool) -> Iterator[tuple[str, list[float]]]:
    """Seconds to load so many pictures, cold."""
    sample = sorted((SAMPLE / "apple-or-tomato/training_set/tomato").iterdir())
    for times in (1,) if quick else (1, 4):
        root = Path(tempfile.mkdtemp(prefix="benchmark-data-"))
        folder = root / "fruit" / "training_set" / "tomato"
        folder.mkdir(parents=True)
        for number in range(times * len(sample)):
            shutil.copy(sample[number % len(sample)], folder / f"{number:05}.jpg")
        load = partial(utils.load_images, "tomato", 96, root, cache=False)
        yield f"{times * len(sample):,} pictures", [seconds(load) for _ in range(1 if quick else 5)]
        shutil.rmtree(root)


def measure(quick: bool) -> list[Row]:
    """A row for each measured value: what, size, repeat, seconds."""
    sides = {
        "notebook 1, an epoch of the chapter's model": headlines,
        "notebook 3, a training step of the DCGAN": side,
        "notebook 3, loading pictures without cache": pictures,
    }
    return [
        {"what": what, "size": size, "repeat": repeat, "seconds": value}
        for what, measure_it in sides.items()
        for size, values in measure_it(quick)
        for repeat, value in enumerate(values, 1)
    ]
