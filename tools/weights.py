"""Train a generator that comes with the course, and write it with its model card into weights/.

    python -m tools.weights tomato [--epochs 120]           (or banana, or banana_vanilla)

The training is the lesson's, on the bundled pictures; cut off and run again, it goes on. The card says what the judges
find; a test finds the same again from the file.
"""

from __future__ import annotations

import argparse
import os
import sys

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from PIL import Image

import utils
from benchmarks import results
from benchmarks.common import SAMPLE
from course import judges, latent, pretrained, setup, training
from tools.lessons import COURSE, library

LIMITS = {
    "tomato": "It varies less than real fruit does: recall says so.",
    "banana": "Four in ten of its pictures lie outside real ones (precision): some are broken, all have a fine weave.",
    "banana_vanilla": "None of its pictures lies among real bananas: all are full of grain.",
}
CARD = """# {name}: a generator of {fruit} pictures

**What it is.** The {kind} generator of notebook 3 ({weights:,} weights, plain Keras layers), the running mean of its
weights, in half precision: latent vectors (n, 200), standard normal, in; pictures (n, 96, 96, 3) in [-1, 1] out.
Load it with `course.pretrained.load("{name}")`.

**What it learnt from.** The {count} rendered pictures of {fruit} in `data/sample` (training set; {licence}), each of
another fruit; no photograph, and nothing of the {held_out} held-out pictures.

**How.** `{command}`: {epochs} epochs, batches of 32, {how}. {origin}.

**How good.** {held_out} paintings against the held-out pictures, by the judges of `course/judges.py`; beside it what
they say of other real pictures. The spread is over random halves.

{table}

**Limits.** It knows one kind of rendered fruit on white paper. {limits}

**What it must not be taken for.** Its pictures are not photographs, show no fruit that exists, and are of no use to
train or judge anything that has to know real fruit.
"""


def paintings(generator: keras.Model, count: int) -> np.ndarray:
    """As many pictures (count, 96, 96, 3) as the card judges, always from the same latent vectors."""
    noise = tf.random.stateless_normal((count, 200), seed=(42, 5))
    return np.concatenate([generator(noise[i : i + 32], training=False) for i in range(0, count, 32)])


def with_statistics_anew(generator: keras.Model, batches: int = 40) -> keras.Model:
    """A copy whose batch normalisation uses the statistics of its own paintings, not the mean of those in training."""
    copy = keras.models.clone_model(generator)
    copy.set_weights(generator.get_weights())
    layers = [layer for layer in copy.layers if isinstance(layer, keras.layers.BatchNormalization)]
    found = []
    for layer in layers:
        layer.momentum = 0.0  # it keeps those of the last batch
    for number in range(batches):
        copy(tf.random.stateless_normal((64, 200), seed=(42, 100 + number)), training=True)
        found.append([layer.get_weights()[2:] for layer in layers])
    for number, layer in enumerate(layers):
        means = [np.mean([batch[number][part] for batch in found], axis=0) for part in (0, 1)]
        layer.set_weights([*layer.get_weights()[:2], *means])
    return copy


def judged(name: str, fruit: str) -> pd.DataFrame:
    """The scorecard of the file in weights/; below it with batch statistics collected anew, and of real pictures."""
    generator = pretrained.load(name)
    held_out = utils.load_images(fruit, root=SAMPLE, split="test_set")
    real = utils.load_images(fruit, root=SAMPLE)
    cards = {
        "this network": judges.scorecard(paintings(generator, len(held_out)), held_out),
        "the same, batch statistics collected anew": judges.scorecard(
            paintings(with_statistics_anew(generator), len(held_out)), held_out
        ),
        "other real pictures": judges.floor(np.concatenate([held_out, real]), len(held_out)),
    }
    return pd.DataFrame(cards).T


def as_markdown(table: pd.DataFrame) -> str:
    """A row for each pile; each figure with its spread."""
    shown = judges.table(table.to_dict("index"))
    rows = [["", *shown.columns], ["---", *["---:"] * len(shown.columns)], *shown.reset_index().to_numpy().tolist()]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


SHEET = COURSE / "docs" / "pictures" / "walks.jpg"
CORNERS = 1, 9, 11, 31  # of the pictures from SEEN: a yellow tomato, red ones with and without calyx, one from behind
SEEN = (42, 7)


def write_sheet(generator: keras.Model, side: int = 9) -> None:
    """The site's front page: side x side tomatoes between four, one picture after the other, without margins."""
    noise = tf.random.stateless_normal((40, 200), seed=SEEN).numpy()
    left, right = (latent.walk(noise[top], noise[bottom], side) for top, bottom in (CORNERS[::2], CORNERS[1::2]))
    rows = [generator(latent.walk(*ends, side), training=False) for ends in zip(left, right, strict=True)]
    sheet = np.concatenate([np.concatenate(list(np.asarray(row)), axis=1) for row in rows])
    Image.fromarray(np.uint8((sheet + 1) * 127.5)).save(SHEET, quality=85)


def main() -> int:
    """Train, write file and card."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("name", choices=LIMITS)
    parser.add_argument("--epochs", type=int, default=120)
    options = parser.parse_args()
    os.environ.pop("COURSE_EPOCHS", None)
    lesson = library("03_fruit_gan", tasks=True)
    keras.config.set_dtype_policy(setup.precision())
    keras.utils.set_random_seed(lesson.SEED)
    fruit = options.name.split("_")[0]
    images = utils.load_images(fruit, root=SAMPLE)
    held_out = utils.load_images(fruit, root=SAMPLE, split="test_set")
    folder = COURSE / "output" / "weights" / options.name
    if options.name == fruit:
        gan, _ = lesson.train_dcgan(images, options.epochs, folder, held_out)
        create, kind = lesson.create_generator, "DCGAN"
        how = "Adam 3e-4, the discriminator's pictures shifted by up to 3 pixels"
    else:
        create, kind, how = lesson.create_vanilla_generator, "vanilla", "Adam 1e-3, by the activity's model solution"
        judge = lesson.create_vanilla_discriminator((lesson.gen_square, lesson.gen_square, lesson.img_chan))
        gan = training.GAN(create(lesson.seed_vector, lesson.img_chan), judge, *lesson.adam_pair(1e-3))
        training.train(lesson.banana_train_step, gan, lesson.make_dataset(images), options.epochs, folder)
    keras.config.set_dtype_policy("float32")
    plain = create(lesson.seed_vector, lesson.img_chan)
    plain.set_weights(gan.average.get_weights())
    path = pretrained.save(plain, options.name)
    if options.name == "tomato":
        write_sheet(plain)
    command = f"python -m tools.weights {options.name} --epochs {options.epochs}"
    name = f"weights_{options.name}"
    table = judged(options.name, fruit)
    results.keep(name, table.rename_axis("pile").reset_index(), command=command, data=results.label(SAMPLE))
    card = CARD.format(
        name=options.name,
        kind=kind,
        weights=plain.count_params(),
        fruit=fruit,
        count=len(images),
        held_out=len(held_out),
        licence="CC0, see `data/README.md`",
        command=command,
        epochs=options.epochs,
        how=how,
        origin=results.origin(name),
        table=as_markdown(table),
        limits=LIMITS[options.name],
    )
    path.with_suffix(".md").write_text(card, encoding="utf-8")
    print(f"{path.relative_to(COURSE)}: {path.stat().st_size / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
