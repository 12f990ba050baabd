"""How the cost of the notebook's way grows with the data: headlines, side of the pictures, number of pictures."""

from __future__ import annotations

import statistics
import shutil
import tempfile
from functools import partial
from pathlib import Path

from common import COURSE, seconds

import keras
import tensorflow as tf
from definitions import definitions
from fruit import notebook as fruit

import utils


def headlines(quick: bool) -> dict[str, float]:
    """Seconds per epoch of notebook 1's model on the sample's headlines, and on three and nine times as many."""
    notebook = definitions("01_lstm_headlines")
    sample = [notebook.clean_text(text) for text in utils.load_headlines(COURSE / "data" / "sample")]
    keras.config.set_dtype_policy("float32")
    result = {}
    for times in (1,) if quick else (1, 3, 9):
        # Distinct words, so that the vocabulary grows as it does with more newspapers.
        corpus = [
            " ".join(f"{word}{copy or ''}" if len(word) > 6 else word for word in text.split())
            for copy in range(times)
            for text in sample
        ]
        sequences, all_words = notebook.get_seq_of_tokens(corpus)
        predictors, label, length = notebook.generate_padded_sequences(sequences)
        model = notebook.create_model(length, all_words)
        model.fit(predictors[:320], label[:320], verbose=0)  # compile before the clock runs
        name = f"{len(corpus):,} headlines, {all_words:,} words"
        result[name] = seconds(partial(model.fit, predictors, label, verbose=0))
    return result


def side(quick: bool) -> dict[str, float]:
    """Seconds per step of 32 pictures of the DCGAN, whose last block enlarges by 1 to 4."""
    keras.config.set_dtype_policy(fruit.choose_precision())
    result = {}
    for gen_res in (1,) if quick else (1, 2, 3, 4):
        fruit.gen_res = gen_res
        size = 32 * gen_res
        gan = fruit.GAN(fruit.create_generator(200, 3), fruit.create_discriminator((size, size, 3)), 200)
        gan.compile(fruit.adam(), fruit.adam())
        images = tf.random.uniform((32, size, size, 3), -1, 1)
        step = tf.function(gan.train_step)
        run = lambda: tf.nest.map_structure(float, step(images))  # noqa: B023, E731  called at once
        run()
        result[f"{size} x {size}"] = statistics.median(seconds(run) for _ in range(1 if quick else 7))
    fruit.gen_res = 3
    return result


def pictures(quick: bool) -> dict[str, float]:
    """Seconds to load so many pictures, cold."""
    sample = sorted((COURSE / "data/sample/apple-or-tomato/training_set/tomato").iterdir())
    result = {}
    for times in (1,) if quick else (1, 4):
        root = Path(tempfile.mkdtemp(prefix="benchmark-data-"))
        folder = root / "fruit" / "training_set" / "tomato"
        folder.mkdir(parents=True)
        for number in range(times * len(sample)):
            shutil.copy(sample[number % len(sample)], folder / f"{number:05}.jpg")
        load = lambda: utils.load_images("tomato", 96, root, cache=False)  # noqa: B023, E731  called at once
        result[f"{times * len(sample):,} pictures"] = statistics.median(seconds(load) for _ in range(1 if quick else 5))
        shutil.rmtree(root)
    return result


def measure(quick: bool) -> dict[str, dict[str, float]]:
    """The three tables: heading to {size: seconds}."""
    return {
        "notebook 1, an epoch of the chapter's model, s": headlines(quick),
        "notebook 3, a training step of the DCGAN, s": side(quick),
        "notebook 3, loading pictures without cache, s": pictures(quick),
    }
