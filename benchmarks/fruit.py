"""Notebook 3: a training step, its memory and its input, the chapter's way against the lesson's.

python -m benchmarks.fruit --minutes   tomatoes, the lesson's way against the first edition's, from three seeds; goes on
                                       where it was cut off (four hours and a half)
python -m benchmarks.fruit --few       a hundred bananas at 32 pixels for 150 epochs, with and without augmentation,
                                       from three seeds (half an hour); goes on where it was cut off
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

import utils
from benchmarks import results
from benchmarks.common import SAMPLE, Row, both_ways, in_turns, peak_memory, seconds
from course import training
from course.judges import FIGURES, floor, scorecard
from course.layers import speed_up
from course.setup import precision
from tools.lessons import COURSE, library

tf.get_logger().setLevel("ERROR")  # each network is compiled anew, and is meant to be
lesson = library("03_fruit_gan", tasks=True)
SHAPE = lesson.gen_square, lesson.gen_square, lesson.img_chan
Step = Callable[[], object]


def chapter_way(pictures: np.ndarray) -> Step:
    """Plain layers in float32, no augmentation, on a tf.data set that shuffles the pictures themselves."""
    keras.config.set_dtype_policy("float32")
    gan = SimpleNamespace(
        generator=lesson.create_generator(lesson.seed_vector, lesson.img_chan),
        discriminator=lesson.create_discriminator(SHAPE),
        gen_optimizer=lesson.adam(),
        disc_optimizer=lesson.adam(),
        draw_noise=lambda count: tf.random.normal((count, lesson.seed_vector)),
    )
    dataset = tf.data.Dataset.from_tensor_slices(pictures).shuffle(60_000).batch(lesson.num_batch)
    return compiled(lambda images: lesson.train_step(gan, images), dataset)


def our_way(pictures: np.ndarray, policy: str | None = None, kind: str = "") -> Step:
    """The lesson's networks, made faster, its data set and its step, in the precision that it chooses."""
    keras.config.set_dtype_policy(policy or precision())
    generator = getattr(lesson, f"create_{kind}generator")(lesson.seed_vector, lesson.img_chan)
    gan = lesson.make_gan(generator, getattr(lesson, f"create_{kind}discriminator")(SHAPE))
    return with_mean(lesson.train_step, gan, pictures)


def with_mean(step: training.Step, gan: training.GAN, pictures: np.ndarray) -> Step:
    """A compiled step on the next batch, with that of the mean."""

    def step_and_mean(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        losses = step(gan, images)
        gan.update_average()
        return losses

    return compiled(step_and_mean, lesson.make_dataset(pictures))


def compiled(step: Callable[[tf.Tensor], tuple], dataset: tf.data.Dataset) -> Step:
    """A compiled step on the next batch, which waits until it is done."""
    function, batches = tf.function(step), iter(dataset.repeat())
    return lambda: [float(loss) for loss in function(next(batches))]


WAYS = {
    "chapter": chapter_way,
    "ours, float32": lambda pictures: our_way(pictures, "float32"),
    "ours": our_way,
    "vanilla, float32": lambda pictures: our_way(pictures, "float32", kind="vanilla_"),
    "vanilla": lambda pictures: our_way(pictures, kind="vanilla_"),
}


def measure_memory(name: str) -> float:
    """Peak memory of two steps in a process of its own, beyond what it takes to import the libraries: MB."""
    command = [sys.executable, "-m", "benchmarks.fruit", "--memory-of", name]
    output = subprocess.run(command, cwd=COURSE, check=True, capture_output=True, text=True).stdout
    return json.loads(output.splitlines()[-1])


def measure(quick: bool) -> list[Row]:
    """Step times of both GANs in both precisions, images per second, memory, and the share of the input pipeline."""
    pictures = utils.load_images("tomato", root=SAMPLE)
    ways = {name: way for name, way in WAYS.items() if not (quick and "float32" in name)}
    steps = {name: way(pictures) for name, way in ways.items()}
    for step in steps.values():
        step()  # compile before the clock runs
    times = in_turns(steps, 1 if quick else 10)
    rows: list[Row] = []
    for policy, ending in [(precision(), ""), ("float32", ", float32")]:
        if f"ours{ending}" in times:
            what = f"step of 32 pictures, {policy}"
            rows += both_ways(3, f"DCGAN, {what}", "s", times["chapter"], times[f"ours{ending}"])
            rows += both_ways(3, f"vanilla GAN, {what}", "s", [], times[f"vanilla{ending}"])
    rates = {name: [32 / value for value in values] for name, values in times.items()}
    rows += both_ways(3, "DCGAN, pictures per second", "1/s", rates["chapter"], rates["ours"])
    rows += both_ways(3, "vanilla GAN, pictures per second", "1/s", [], rates["vanilla"])

    batches = lesson.make_dataset(pictures).repeat(3)
    per_batch = seconds(lambda: [None for _ in batches]) / len(batches)
    rng = np.random.default_rng(0)
    eager = [seconds(lambda: tf.constant(pictures[rng.permutation(len(pictures))[:32]])) for _ in range(20)]
    shares = [
        [100 * value / statistics.median(times[name]) for value in values]
        for name, values in (("chapter", eager), ("ours", [per_batch]))
    ]
    rows += both_ways(3, "DCGAN, input's share of a step", "%", *shares)
    memory = [[measure_memory(name)] for name in ("chapter", "ours")]
    return rows + both_ways(3, "DCGAN, peak memory of training", "MB", *memory)


# ---------------------------------------------------------------- quality

WAYS_TO_TRAIN = {"first edition": 60, "lesson": 30}  # minutes


def new_gan(way: str, seed: int) -> tuple[training.GAN, training.Step]:
    """The lesson's networks, untrained, and the step by which they learn.

    The first edition had half the rate, and the discriminator saw the pictures shifted four times as far.
    """
    generator = lesson.create_generator(lesson.seed_vector, lesson.img_chan)
    networks = speed_up(generator), speed_up(lesson.create_discriminator(SHAPE))
    first = way == "first edition"
    rate = {"rate": 1.5e-4} if first else {}
    gan = training.GAN(*networks, lesson.adam(**rate), lesson.adam(**rate), seed)
    return gan, lesson.shifting(lesson.train_step, 8 if first else 32)


def seconds_a_step(pictures: np.ndarray) -> dict[str, float]:
    """Of both ways, in turns in one run: the median of nine. On an idle machine, that is."""
    steps = {way: with_mean(step, gan, pictures) for way in WAYS_TO_TRAIN for gan, step in [new_gan(way, seed=0)]}
    for step in steps.values():
        step()  # compile before the clock runs
    return {name: statistics.median(values) for name, values in in_turns(steps, 9).items()}


def one_training(way: str, seed: int, minutes: float, price: float) -> pd.DataFrame:
    """The judges' figures of one training, every five epochs; it goes on where it was cut off.

    Minutes are steps times the price of a step, in seconds.
    """
    keras.utils.set_random_seed(seed)
    dataset = lesson.make_dataset(utils.load_images("tomato", root=SAMPLE))
    reference = utils.load_images("tomato", root=SAMPLE, split="test_set")
    noise = tf.random.stateless_normal((len(reference), lesson.seed_vector), seed=(1, 2))
    gan, step = new_gan(way, seed)
    log = training.train(
        *(step, gan, dataset, round(minutes * 60 / price / len(dataset))),
        COURSE / "output" / "benchmark-minutes" / way / f"seed-{seed}",
        judge=lambda gan: scorecard(lesson.paint(gan.average, noise), reference),
        every=5,
    )
    judged = log[log["kid"].notna()]
    steps = (judged["epoch"] + 1) * len(dataset)
    about = {"way": way, "seed": seed, "minutes": (steps * price / 60).round(2)}
    figures = judged[[*FIGURES, *(f"{figure}_spread" for figure in FIGURES)]]
    return pd.concat([pd.DataFrame({**about, "side": lesson.gen_square, "steps": steps}), figures], axis=1)


def minutes(**settings: object) -> None:
    """Both ways from three seeds; goes on after what the kept table has."""
    name = "fruit_fifteen_minutes"
    keras.config.set_dtype_policy(precision())
    if (results.FOLDER / f"{name}.csv").exists():
        table, price = results.read(name), results.about(name)["settings"]["seconds_a_step"]
    else:
        table = pd.DataFrame(columns=["way", "seed", "minutes"])
        price = seconds_a_step(utils.load_images("tomato", root=SAMPLE))
    for way, limit in WAYS_TO_TRAIN.items():
        for seed in range(3):
            there = (table["way"] == way) & (table["seed"] == seed)
            if table["minutes"][there].max() > limit - 2:
                continue
            table = pd.concat([table[~there], one_training(way, seed, limit, price[way])])
            table = table.sort_values(["way", "seed"], ascending=[False, True], kind="stable")
            results.keep(name, table, goes_on=True, seconds_a_step=price, **settings)


def few(epochs: int) -> Iterator[Row]:
    """A hundred bananas at 32 pixels, with and without augmentation, from three seeds: what the judges say by epoch.

    In the last row of a training stands the discriminator's mean verdict, too, on the pictures that it learnt from and
    on as many that it never saw. A training resumes from its folder, whatever the seed it began with: so each has its
    own.
    """
    lesson.gen_res = 1
    bananas, others = np.split(utils.load_images("banana", 32, root=SAMPLE), [100])
    reference = utils.load_images("banana", 32, root=SAMPLE, split="test_set")[: len(bananas)]
    latent = tf.random.stateless_normal((len(reference), lesson.seed_vector), seed=(1, 2))
    keras.config.set_dtype_policy(precision())
    columns = [*FIGURES, *(f"{figure}_spread" for figure in FIGURES)]
    real = floor(np.concatenate([reference, others]), len(reference))
    yield {"way": "other real pictures", "seed": 0, "epoch": 0} | {column: real[column] for column in columns}
    for seed in range(3):
        for name, step in (("plain", lesson.train_step), ("shifted", lesson.shifting(lesson.train_step, 8))):
            keras.utils.set_random_seed(seed)
            networks = lesson.create_generator(lesson.seed_vector, 3), lesson.create_discriminator((32, 32, 3))
            gan, dataset = lesson.make_gan(*networks), lesson.make_dataset(bananas)
            folder = COURSE / "output" / "benchmark-few" / f"seed-{seed}" / name
            log = training.train(
                *(step, gan, dataset, epochs, folder),
                judge=lambda gan: scorecard(lesson.paint(gan.average, latent), reference),
            )
            judged = [
                {"way": name, "seed": seed, "epoch": row["epoch"] + 1} | {column: row[column] for column in columns}
                for row in log[log["kid"].notna()].to_dict("records")
            ]
            for what, images in {"on_learnt": bananas, "on_unseen": reference}.items():
                judged[-1][what] = float(tf.sigmoid(gan.discriminator(images, training=True)).numpy().mean())
            yield from judged


def measured(rows: Iterator[Row]) -> pd.DataFrame:
    """All rows as a table; each is printed as soon as it is there."""
    found = []
    for row in rows:
        print(*row.values(), sep=", ", flush=True)
        found.append(row)
    return pd.DataFrame(found)


def main() -> None:
    """What does not belong into the table of speed: the quality of both ways, few pictures, the memory of one way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--minutes", action="store_true", help="the lesson's way against the first edition's")
    what.add_argument("--few", action="store_true", help="a hundred bananas, with and without augmentation")
    what.add_argument("--memory-of", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--epochs", type=int, default=150, help="epochs of --few")
    options = parser.parse_args()
    if options.memory_of:
        before = peak_memory()
        step = WAYS[options.memory_of](utils.load_images("tomato", root=SAMPLE))
        for _ in range(2):
            step()
        print(peak_memory() - before)
        return
    on = {"precision": precision(), "data": results.label(SAMPLE)}
    if options.minutes:
        minutes(command="python -m benchmarks.fruit --minutes", **on)
    else:
        command = "python -m benchmarks.fruit --few"
        results.keep("fruit_few", measured(few(options.epochs)), command=command, epochs=options.epochs, **on)


if __name__ == "__main__":
    main()
