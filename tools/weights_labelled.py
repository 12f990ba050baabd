"""Train notebook 4's conditional DCGAN, and write it with its model card into weights/apple_or_tomato.

    python -m tools.weights_labelled [--epochs 60]
    python -m tools.weights_labelled --quick     a smoke test on 8 pictures of each fruit, which keeps nothing

The training is the lesson's, on the bundled apples and tomatoes; cut off and run again, it goes on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import utils
from benchmarks import results
from benchmarks.common import SAMPLE
from course import judges, pretrained, setup, training
from course.layers import speed_up
from tools.lessons import COURSE, library

third = library("03_fruit_gan")
FRUITS = ("apple", "tomato", "banana", "orange")
NAME, LABELS, BATCH, SEED = "apple_or_tomato", {"apple": 0.0, "tomato": 1.0}, 32, 42
CARD = """# apple_or_tomato: a generator of apples and tomatoes, as its label says

**What it is.** The conditional DCGAN generator of notebook 4 ({weights:,} weights, plain Keras layers), the
running mean of its weights, in half precision: latent vectors, 200 numbers, standard normal, and behind them the label,
0 for an apple and 1 for a tomato, (n, 201), in; pictures (n, 96, 96, 3) in [-1, 1] out. Load it with
`course.pretrained.load("apple_or_tomato")`.

**What it learnt from.** The {count:,} rendered pictures of apples and tomatoes in `data/sample` (training set; CC0
1.0), and their labels; no photograph, and nothing of the held-out pictures.

**How.** `{command}`: batches of 32, Adam 3e-4, without augmentation; the
discriminator has a projection of the label (Miyato and Koyama, 2018).
{origin}.

**How good.** Paintings of each label, as many as there are held-out pictures: how many a classifier of the four bundled
fruits takes for that fruit, and KID against the held-out ones; beside it what both say of held-out pictures.

{table}

**Limits.** It knows one kind of rendered fruit on white paper, and two labels. What it paints between them is no fruit.

**What it must not be taken for.** Its pictures are not photographs, show no fruit that exists, and are of no use to
train or judge anything that has to know real fruit.
"""


def make_gan(lesson: object) -> training.GAN:
    """Notebook 3's two networks with a label each, ready to learn against each other."""
    discriminator = third.create_discriminator((96, 96, 3))
    body = keras.Sequential([keras.Input((96, 96, 3)), *discriminator.layers[:-2]])
    adams = third.adam(), third.adam()
    return training.GAN(speed_up(create_generator()), lesson.project(speed_up(body)), *adams, SEED)


def create_generator() -> keras.Model:
    """Notebook 3's generator: latent vectors, their label behind, (n, 201) in; pictures (n, 96, 96, 3) out."""
    return third.create_generator(201, 3)


def batches(piles: dict[str, np.ndarray], lesson: object) -> tf.data.Dataset:
    """Pictures of all labels with their label as fourth plane, mixed anew in each epoch."""
    labelled = np.concatenate([lesson.with_label(piles[name], label) for name, label in LABELS.items()])
    order = tf.data.Dataset.range(len(labelled)).shuffle(len(labelled), seed=SEED)
    labelled = tf.constant(labelled)
    return order.batch(BATCH).map(lambda numbers: tf.gather(labelled, numbers)).prefetch(1)


def paintings(painter: keras.Model, label: float, count: int) -> np.ndarray:
    """Pictures (count, 96, 96, 3) of a label, always the same."""
    noise = tf.random.stateless_normal((count, 200), seed=(42, 5))
    rows = tf.concat([noise, tf.fill((count, 1), label)], axis=1)
    return np.concatenate([painter(rows[i : i + 32], training=False) for i in range(0, count, 32)])


def fruit_examiner(piles: dict[str, np.ndarray]) -> Callable[[np.ndarray], np.ndarray]:
    """A classifier of fruits, trained on piles of pictures (n, h, w, 3) by name: pictures in, names out.

    A logistic regression on the features of shape and colour by which course/judges.py compares pictures.
    """
    seen = np.concatenate([judges.features(pile) for pile in piles.values()])
    names = np.repeat(list(piles), [len(pile) for pile in piles.values()])
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=2000)).fit(seen, names)
    return lambda pictures: classifier.predict(judges.features(pictures))


def judged(painter: keras.Model, piles: dict[str, np.ndarray], held_out: dict[str, np.ndarray]) -> pd.DataFrame:
    """By fruit: the share that the examiner takes for it and KID x 1000, of paintings and of held-out pictures.

    Args:
        painter: the generator.
        piles: training pictures of four fruits, for the examiner.
        held_out: pictures of the labels' fruits.
    """
    examine = fruit_examiner(piles)
    rows = []
    for name, label in LABELS.items():
        real = held_out[name]
        floor = judges.floor(np.concatenate([real, piles[name]]), len(real))
        for pile, pictures, card in (
            ("painted", made := paintings(painter, label, len(real)), judges.scorecard(made, real)),
            ("held-out pictures", real, floor),
        ):
            figures = {"right_fruit": np.mean(examine(pictures) == name), "kid": card["kid"]}
            rows.append({"fruit": name, "pile": pile} | figures | {"kid_spread": card["kid_spread"]})
    return pd.DataFrame(rows)


def as_markdown(table: pd.DataFrame) -> str:
    """A row for each fruit and pile."""
    rows = ["| fruit | pile | taken for it | KID x 1000 |", "| --- | --- | ---: | ---: |"]
    for row in table.itertuples():
        rows.append(f"| {row.fruit} | {row.pile} | {row.right_fruit:.0%} | {row.kid:.0f} ± {row.kid_spread:.2g} |")
    return "\n".join(rows)


def main() -> int:
    """Train, write file and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    os.environ.pop("COURSE_EPOCHS", None)
    lesson = library("04_what_came_after")
    keras.config.set_dtype_policy(setup.precision())
    keras.utils.set_random_seed(SEED)
    fruits = LABELS if options.quick else FRUITS
    piles = {fruit: utils.load_images(fruit, root=SAMPLE) for fruit in fruits}
    if options.quick:
        piles = {fruit: pile[:8] for fruit, pile in piles.items()}
    gan = make_gan(lesson)
    epochs = 1 if options.quick else options.epochs
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) if options.quick else COURSE / "output" / "weights" / NAME

        def preview(gan: training.GAN, epoch: int) -> None:
            rows = np.concatenate([paintings(gan.average, label, 5) for label in (0.0, 0.25, 0.5, 0.75, 1.0)])
            utils.save_images(rows, folder / f"train-{epoch}.png")

        training.train(lesson.conditional_step, gan, batches(piles, lesson), epochs, folder, preview)
    if options.quick:
        return 0
    keras.config.set_dtype_policy("float32")
    plain = create_generator()
    plain.set_weights(gan.average.get_weights())
    path = pretrained.save(plain, NAME)
    held_out = {fruit: utils.load_images(fruit, root=SAMPLE, split="test_set") for fruit in LABELS}
    table = judged(pretrained.load(NAME), piles, held_out)
    command = f"python -m tools.weights_labelled --epochs {options.epochs}"
    results.keep(f"weights_{NAME}", table, command=command, data=results.label(SAMPLE))
    facts = {"weights": plain.count_params(), "count": sum(len(piles[fruit]) for fruit in LABELS), "command": command}
    card = CARD.format(**facts, origin=results.origin(f"weights_{NAME}"), table=as_markdown(table))
    path.with_suffix(".md").write_text(card, encoding="utf-8", newline="\n")
    print(table.to_string(index=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
