"""Notebook 3's activity: how well can a GAN of fully connected layers paint bananas, if it gets its best chance?

python -m benchmarks.vanilla                      all rows that are not in benchmarks/results/fruit_vanilla.csv yet
python -m benchmarks.vanilla --only WORD [...]    those of them whose way holds one of the words

Each row is a training of one way from one seed, judged on held-out bananas. Within the weights of the DCGAN: as many
steps as the exercise's training. Within its time: ten times as many weights, for as many processor seconds
as the DCGAN takes in fifteen minutes on 2 cores. A training that is cut off is begun anew.
"""

from __future__ import annotations

import argparse
import time
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

import utils
from benchmarks import results
from benchmarks.common import SAMPLE
from course.judges import scorecard
from course.training import GAN
from tools.lessons import library

NAME = "fruit_vanilla"
STEPS = 855  # 45 epochs of 600 tomatoes, as the exercise trains its DCGAN: about fifteen minutes on 2 cores
PROCESSOR_SECONDS = 1800  # of both cores in that time
FIGURES = ["kid", "kid_spread", "precision", "precision_spread", "recall", "recall_spread", "coverage"]


class Way(NamedTuple):
    """How a vanilla GAN is built and trained.

    Attributes:
        painting, judging: units of the hidden layers of generator and discriminator.
        normalised: whether the generator has batch normalisation.
        rate: of both Adams.
        steps, seconds: the training ends after so many steps or processor seconds, whichever comes first.
    """

    painting: tuple[int, ...] = (256, 84)
    judging: tuple[int, ...] = (59, 59)
    normalised: bool = False
    rate: float = 1.5e-4
    steps: float = STEPS
    seconds: float = float("inf")


LONG = {"steps": float("inf"), "seconds": PROCESSOR_SECONDS}
WAYS = {
    "within the weights": Way(),
    "within the weights, batch normalisation": Way(normalised=True),
    "within the weights, rate 1e-3": Way(rate=1e-3),
    "within the weights, batch normalisation, rate 1e-3": Way(normalised=True, rate=1e-3),
    "within the weights and the time, batch normalisation, rate 1e-3": Way(normalised=True, rate=1e-3, **LONG),
    "within the time, ten times the weights, rate 1e-3": Way((512, 1024), (512, 256), rate=1e-3, **LONG),
    "within the time, ten times the weights, batch normalisation, rate 1e-3": Way(
        (512, 1024), (512, 256), True, 1e-3, **LONG
    ),
}


def networks(way: Way, side: int, latent: int) -> tuple[keras.Model, keras.Model]:
    """The two networks of a way: latent vectors (n, latent) in, pictures (n, side, side, 3) in, logits (n, 1) out."""
    generator = keras.Sequential([keras.Input((latent,))])
    for units in way.painting:
        generator.add(layers.Dense(units))
        if way.normalised:
            generator.add(layers.BatchNormalization(momentum=0.8))
        generator.add(layers.ReLU())
    generator.add(layers.Dense(side * side * 3, activation="tanh"))
    generator.add(layers.Reshape((side, side, 3)))
    discriminator = keras.Sequential([keras.Input((side, side, 3)), layers.Flatten()])
    for units in way.judging:
        discriminator.add(layers.Dense(units))
        discriminator.add(layers.LeakyReLU(negative_slope=0.2))
        discriminator.add(layers.Dropout(0.25))
    discriminator.add(layers.Dense(1))
    return generator, discriminator


def measure(way: Way, seed: int) -> dict[str, float]:
    """One training by the activity's own step, and what the judges say of its mean generator."""
    keras.utils.set_random_seed(seed)
    lesson = library("03_fruit_gan", tasks=True)
    bananas, reference = (
        utils.load_images("banana", root=SAMPLE, split=split) for split in ("training_set", "test_set")
    )
    optimizers = (keras.optimizers.Adam(way.rate, beta_1=0.5) for _ in range(2))
    gan = GAN(*networks(way, lesson.gen_square, lesson.seed_vector), *optimizers, seed=seed)

    @tf.function
    def step(images: tf.Tensor) -> tf.Tensor:
        loss, _ = lesson.banana_train_step(gan, images)
        gan.update_average()
        return loss

    batches = iter(lesson.make_dataset(bananas).repeat())
    step(next(batches))  # compiles
    steps, start = 1, time.process_time()
    while steps < way.steps and time.process_time() - start < way.seconds:
        loss = step(next(batches))
        steps += 1
        if not np.isfinite(loss):
            break
    spent = time.process_time() - start
    noise = tf.random.stateless_normal((len(reference), lesson.seed_vector), seed=(seed, 2))
    card = scorecard(lesson.paint(gan.average, noise), reference)
    weights = {"generator": gan.generator.count_params(), "discriminator": gan.discriminator.count_params()}
    return {**weights, "steps": steps, "processor seconds": spent, **{figure: card[figure] for figure in FIGURES}}


def main() -> None:
    """Measure the rows that are missing; each is kept as soon as it is there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", metavar="WORD", default=[""], help="ways whose name holds one of these")
    parser.add_argument("--seeds", type=int, default=1)
    options = parser.parse_args()
    try:
        table = results.read(NAME)
    except FileNotFoundError:
        table = pd.DataFrame(columns=["way", "seed"])
    known = set(zip(table.way, table.seed, strict=True))
    for seed in range(options.seeds):
        for name, way in WAYS.items():
            if (name, seed) in known or not any(word in name for word in options.only):
                continue
            row = {"way": name, "seed": seed, **measure(way, seed)}
            print(row, flush=True)
            table = pd.DataFrame([*table.to_dict("records"), row])
            table = table.sort_values("way", key=lambda ways: ways.map(list(WAYS).index), kind="stable")
            on = {"precision": "float32", "data": results.label(SAMPLE)}
            results.keep(NAME, table, goes_on=True, command="python -m benchmarks.vanilla", **on)


if __name__ == "__main__":
    main()
