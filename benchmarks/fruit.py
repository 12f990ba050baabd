"""Notebook 3: a training step, its memory and its input, the chapter's way against the lesson's.

python -m benchmarks.fruit --quality   train both ways for 40 epochs from three seeds, and judge them (two hours)
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
from course.judges import FIGURES, floor, scorecard
from course.setup import precision
from tools.lessons import COURSE, library

tf.get_logger().setLevel("ERROR")  # each network is compiled anew, and is meant to be
lesson = library("03_fruit_gan", tasks=True)
SHAPE = lesson.gen_square, lesson.gen_square, lesson.img_chan
Step = Callable[[], object]


def chapter_way(pictures: np.ndarray) -> tuple[Step, keras.Model]:
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
    return compiled(lambda images: lesson.plain_step(gan, images), dataset), gan.generator


def our_way(
    pictures: np.ndarray, policy: str | None = None, step: Callable | None = None, kind: str = ""
) -> tuple[Step, keras.Model]:
    """The lesson's networks, made faster, its data set and a step of its training, in the precision that it chooses."""
    keras.config.set_dtype_policy(policy or precision())
    gan = lesson.make_gan(
        getattr(lesson, f"create_{kind}generator")(lesson.seed_vector, lesson.img_chan),
        getattr(lesson, f"create_{kind}discriminator")(SHAPE),
    )

    def step_and_mean(images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        losses = (step or lesson.train_step)(gan, images)
        gan.update_average()
        return losses

    return compiled(step_and_mean, lesson.make_dataset(pictures)), gan.average


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
    steps = {name: way(pictures)[0] for name, way in ways.items()}
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


def quality(epochs: int, every: int = 10) -> Iterator[Row]:
    """The judges' figures every so many epochs of the same training both ways, from three seeds.

    Ours is trained without augmentation, too: then the two ways differ only in what makes a step faster.
    """
    pictures = utils.load_images("tomato", root=SAMPLE)
    reference = utils.load_images("tomato", root=SAMPLE, split="test_set")
    noise = tf.random.stateless_normal((len(reference), lesson.seed_vector), seed=(1, 2))
    ways = {
        "chapter": chapter_way,
        "ours, not augmented": lambda pictures: our_way(pictures, step=lesson.plain_step),
        "ours": our_way,
    }
    for seed in range(3):
        for name, way in ways.items():
            keras.utils.set_random_seed(seed)
            step, generator = way(pictures)
            for epoch in range(1, epochs + 1):
                for _ in range(-(-len(pictures) // lesson.num_batch)):
                    step()
                if epoch % every == 0 or epoch == epochs:
                    for what, value in scorecard(lesson.paint(generator, noise), reference).items():
                        yield {"way": name, "seed": seed, "epoch": epoch, "what": what, "value": value}


def few(epochs: int) -> Iterator[Row]:
    """A hundred bananas at 32 pixels, with and without augmentation, from three seeds: what the log's judges say.

    A training resumes from its folder, whatever the seed it began with: so each has its own.
    """
    lesson.gen_res = 1  # the lesson's networks for 32 x 32 pixels
    side = 32 * lesson.gen_res
    bananas = utils.load_images("banana", side, root=SAMPLE)[:100]
    reference = utils.load_images("banana", side, root=SAMPLE, split="test_set")[: len(bananas)]
    others = utils.load_images("banana", side, root=SAMPLE)[100:]
    keras.config.set_dtype_policy(precision())
    for what, value in floor(np.concatenate([reference, others]), len(reference)).items():
        yield {"way": "other real pictures", "seed": 0, "epoch": 0, "what": what, "value": value}
    for seed in range(3):
        for name, step in (("plain", lesson.plain_step), ("augmented", lesson.train_step)):
            keras.utils.set_random_seed(seed)
            gan = lesson.make_gan(
                lesson.create_generator(lesson.seed_vector, lesson.img_chan),
                lesson.create_discriminator((side, side, lesson.img_chan)),
            )
            folder = COURSE / "output" / "benchmark-few" / f"seed-{seed}" / name
            log = lesson.train(gan, lesson.make_dataset(bananas), epochs, folder, reference, step)
            for row in log[log["kid"].notna()].to_dict("records"):
                for what in (*FIGURES, *(f"{figure}_spread" for figure in FIGURES)):
                    yield {"way": name, "seed": seed, "epoch": row["epoch"] + 1, "what": what, "value": row[what]}
            discriminator_says = {"pictures learnt from": bananas, "pictures never seen": reference}
            for what, images in discriminator_says.items():
                verdict = float(tf.sigmoid(gan.discriminator(images, training=True)).numpy().mean())
                yield {"way": name, "seed": seed, "epoch": epochs, "what": what, "value": verdict}


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
    what.add_argument("--quality", action="store_true", help="train both ways, and judge them")
    what.add_argument("--few", action="store_true", help="a hundred bananas, with and without augmentation")
    what.add_argument("--memory-of", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--epochs", type=int, help="epochs of --quality (40) or of --few (150)")
    options = parser.parse_args()
    if options.memory_of:
        before = peak_memory()
        step, _ = WAYS[options.memory_of](utils.load_images("tomato", root=SAMPLE))
        for _ in range(2):
            step()
        print(peak_memory() - before)
        return
    name, measure_it, epochs = ("fruit_few", few, 150) if options.few else ("fruit_quality", quality, 40)
    epochs = options.epochs or epochs
    table = measured(measure_it(epochs))
    command = f"python -m benchmarks.fruit --{name.removeprefix('fruit_')}"
    results.keep(name, table, command=command, epochs=epochs, precision=precision(), data=results.label(SAMPLE))


if __name__ == "__main__":
    main()
