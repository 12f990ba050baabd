"""Notebook 3: a training step, its memory and its input, the chapter's way against the notebook's.

python benchmarks/fruit.py --quality        train both ways for 40 epochs from three seeds; their scorecards (two hours)
python benchmarks/fruit.py --few            a hundred bananas for 600 epochs, with and without augmentation (an hour)
python benchmarks/fruit.py --profile ours   where a step's time goes, operation by operation
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from common import COURSE, Row, in_turns, peak_memory, seconds

import keras
import numpy as np
import tensorflow as tf
from definitions import definitions
from keras import layers
from tensorflow.tsl.profiler.protobuf import xplane_pb2

import utils

tf.get_logger().setLevel("ERROR")  # AutoGraph finds no source for a lambda of an imported notebook
CONSTANTS = ["SEED", "gen_res", "gen_square", "img_chan", "img_rows", "img_cols", "img_margin", "seed_vector"]
notebook = definitions("03_fruit_gan", *CONSTANTS, "num_batch", "cross_entropy")
notebook.gpus = tf.config.list_physical_devices("GPU")
Step = Callable[[], object]


def plain_networks() -> tuple[keras.Model, keras.Model]:
    """The chapter's generator and discriminator, layer by layer as in print, with logits."""
    generator = keras.Sequential([keras.Input((200,)), layers.Dense(4 * 4 * 256, activation="relu")])
    generator.add(layers.Reshape((4, 4, 256)))
    for filters, enlarge in [(256, 2), (256, 2), (128, 2), (128, 3)]:
        generator.add(layers.UpSampling2D(enlarge))
        generator.add(layers.Conv2D(filters, 3, padding="same"))
        generator.add(layers.BatchNormalization(momentum=0.8))
        generator.add(layers.ReLU())
    generator.add(layers.Conv2D(3, 3, padding="same", activation="tanh"))

    discriminator = keras.Sequential([keras.Input((96, 96, 3))])
    for filters, strides in [(32, 2), (64, 2), (128, 2), (256, 1), (512, 1)]:
        discriminator.add(layers.Conv2D(filters, 3, strides=strides, padding="same"))
        if filters == 64:
            discriminator.add(layers.ZeroPadding2D(((0, 1), (0, 1))))
        if filters > 32:
            discriminator.add(layers.BatchNormalization(momentum=0.8))
        discriminator.add(layers.LeakyReLU(negative_slope=0.2))
        discriminator.add(layers.Dropout(0.25))
    discriminator.add(layers.Flatten())
    discriminator.add(layers.Dense(1))
    return generator, discriminator


def chapter_way(pictures: np.ndarray) -> tuple[Step, keras.Model]:
    """One compiled float32 step with two tapes, on a tf.data set that shuffles the pictures themselves."""
    keras.config.set_dtype_policy("float32")
    generator, discriminator = plain_networks()
    gen_optimizer, disc_optimizer = notebook.adam(), notebook.adam()
    dataset = tf.data.Dataset.from_tensor_slices(pictures).shuffle(60_000).batch(32)
    batches = iter(dataset.repeat())

    @tf.function
    def train_step(images: tf.Tensor) -> None:
        seed = tf.random.normal((tf.shape(images)[0], 200))
        with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
            generated_images = generator(seed, training=True)
            real_output = discriminator(images, training=True)
            fake_output = discriminator(generated_images, training=True)
            g_loss = notebook.gen_loss(fake_output)
            d_loss = notebook.discrim_loss(real_output, fake_output)
        gradients = gen_tape.gradient(g_loss, generator.trainable_variables)
        gen_optimizer.apply(gradients, generator.trainable_variables)
        gradients = disc_tape.gradient(d_loss, discriminator.trainable_variables)
        disc_optimizer.apply(gradients, discriminator.trainable_variables)

    return lambda: train_step(next(batches)), generator


def our_way(
    pictures: np.ndarray, precision: str | None = None, vanilla: bool = False, augment: bool = True
) -> tuple[Step, keras.Model]:
    """The notebook's networks, data set and `GAN.train_step`, in the precision that it chooses."""
    keras.config.set_dtype_policy(precision or notebook.choose_precision())
    shape = notebook.gen_square, notebook.gen_square, notebook.img_chan
    kind = "vanilla_" if vanilla else ""
    generator = getattr(notebook, f"create_{kind}generator")(notebook.seed_vector, notebook.img_chan)
    discriminator = getattr(notebook, f"create_{kind}discriminator")(shape)
    gan = (notebook.GAN if augment else notebook.PlainGAN)(generator, discriminator, notebook.seed_vector)
    gan.compile(notebook.adam(), notebook.adam())
    batches = iter(notebook.make_dataset(pictures).repeat())
    train_step = tf.function(gan.train_step)
    return lambda: tf.nest.map_structure(float, train_step(next(batches))), gan.generator


WAYS = {
    "chapter": chapter_way,
    "ours, float32": lambda pictures: our_way(pictures, "float32"),
    "ours": our_way,
    "vanilla, float32": lambda pictures: our_way(pictures, "float32", vanilla=True),
    "vanilla": lambda pictures: our_way(pictures, vanilla=True),
}


def sample() -> np.ndarray:
    """The bundled tomatoes."""
    return utils.load_images("tomato", 96, COURSE / "data" / "sample")


def measure_memory(name: str) -> float:
    """Peak memory of two steps in a process of its own, beyond what it takes to import the libraries: MB."""
    command = [sys.executable, __file__, "--memory-of", name]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def measure(quick: bool) -> list[Row]:
    """Step times of both GANs in both precisions, images per second, memory, and the share of the input pipeline."""
    pictures = sample()
    ways = {name: way for name, way in WAYS.items() if not (quick and "float32" in name)}
    steps = {name: way(pictures)[0] for name, way in ways.items()}
    for step in steps.values():
        step()  # compile before the clock runs
    times = in_turns(steps, 1 if quick else 10)
    precision = notebook.choose_precision()
    rows = [
        Row("3", f"DCGAN, step of 32 pictures, {precision}, s", times["chapter"], times["ours"]),
        Row("3", f"vanilla GAN, step of 32 pictures, {precision}, s", [], times["vanilla"]),
    ]
    if not quick:
        rows += [
            Row("3", "DCGAN, step of 32 pictures, float32, s", times["chapter"], times["ours, float32"]),
            Row("3", "vanilla GAN, step of 32 pictures, float32, s", [], times["vanilla, float32"]),
        ]
    rates = {name: [32 / value for value in times[name]] for name in ("chapter", "ours", "vanilla")}
    rows += [
        Row("3", "DCGAN, pictures per second, 1/s", rates["chapter"], rates["ours"], higher_is_better=True),
        Row("3", "vanilla GAN, pictures per second, 1/s", [], rates["vanilla"], higher_is_better=True),
    ]
    batches = notebook.make_dataset(pictures).repeat(3)
    per_batch = seconds(lambda: [None for _ in batches]) / len(batches)
    rng = np.random.default_rng(0)
    eager = [seconds(lambda: tf.constant(pictures[rng.permutation(len(pictures))[:32]])) for _ in range(20)]
    shares = [
        [100 * value / statistics.median(times[name]) for value in values]
        for name, values in (("chapter", eager), ("ours", [per_batch]))
    ]
    rows.append(Row("3", "DCGAN, input's share of a step, %", *shares))
    rows.append(Row("3", "DCGAN, peak memory of training, MB", [measure_memory("chapter")], [measure_memory("ours")]))
    return rows


def compare_quality(pictures: np.ndarray, epochs: int) -> None:
    """The scorecard every 10 epochs of the same training both ways, from three seeds, with the weights as they stand.

    Ours is trained without augmentation, too: then the two ways differ only in what makes a step faster.
    """
    reference = utils.load_images("tomato", 96, COURSE / "data" / "sample", split="test_set")
    noise = tf.random.stateless_normal((len(reference), 200), seed=(1, 2))
    ways = {
        "chapter": chapter_way,
        "ours, not augmented": lambda pictures: our_way(pictures, augment=False),
        "ours": our_way,
    }
    for seed in range(3):
        for name, way in ways.items():
            keras.utils.set_random_seed(seed)
            step, generator = way(pictures)
            paintings = {}
            for epoch in range(1, epochs + 1):
                for _ in range(-(-len(pictures) // 32)):
                    step()
                if epoch % 10 == 0 or epoch == epochs:
                    paintings[f"{name}, seed {seed}, {epoch} epochs"] = notebook.paint(generator, noise)
            print(notebook.scorecard(paintings, reference, pictures).to_string(), flush=True)


def compare_augmentation(epochs: int, seed: int, output: Path) -> None:
    """The notebook's hundred bananas with and without augmentation, for longer; goes on where it was cut off."""
    output = output / f"seed-{seed}"  # a training resumes from its folder, whatever the seed it began with
    data = COURSE / "data" / "sample"
    bananas = utils.load_images("banana", 96, data)
    few = bananas[:: len(bananas) // 100][:100]
    reference = utils.load_images("banana", 96, data, split="test_set")[: len(few)]
    keras.config.set_dtype_policy(notebook.choose_precision())
    shape = notebook.gen_square, notebook.gen_square, notebook.img_chan
    for name, kind in (("plain", notebook.PlainGAN), ("augmented", notebook.GAN)):
        keras.utils.set_random_seed(seed)
        gan = kind(
            notebook.create_generator(notebook.seed_vector, notebook.img_chan),
            notebook.create_discriminator(shape),
            notebook.seed_vector,
        )
        gan.compile(notebook.adam(), notebook.adam())
        log = notebook.train(notebook.make_dataset(few), epochs, gan, output / name, reference)
        for row in log[(log.epoch + 1) % 100 == 0].itertuples():
            print(f"{name}: distance {row.distance:.0f} after {row.epoch + 1} epochs")
        noise = tf.random.stateless_normal((len(reference), notebook.seed_vector), seed=(notebook.SEED, 2))
        paintings = notebook.paint(gan.average, noise)
        print(notebook.scorecard({name: paintings}, reference, few).to_string())
        for pile, images in (("learnt from", few), ("never seen", reference), ("paintings", paintings)):
            verdict = tf.sigmoid(gan.discriminator(images, training=True)).numpy().mean()
            print(f"  the discriminator finds {pile} probably real: {verdict:.2f}", flush=True)


def profile(step: Step, steps: int = 5) -> Counter[str]:
    """Seconds per step that each kind of operation takes, by TensorFlow's profiler; threads add up."""
    step()  # compile before the profiler runs
    with tempfile.TemporaryDirectory() as folder:
        with tf.profiler.experimental.Profile(folder):
            for _ in range(steps):
                step()
        trace = xplane_pb2.XSpace.FromString(next(Path(folder).rglob("*.xplane.pb")).read_bytes())
    found: Counter[str] = Counter()
    for plane in trace.planes:
        for line in plane.lines:
            for event in line.events:
                node, _, kind = plane.event_metadata[event.metadata_id].name.partition(":")
                if "/" in node and kind.isidentifier():  # "gan/conv2d/Conv2D:Conv2D", not the profiler's own events
                    found[kind.removeprefix("_MklNative")] += event.duration_ps / 1e12 / steps
    return found


def main() -> None:
    """What does not belong into the table: the quality of both ways, where the time goes, the memory of one way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quality", action="store_true", help="train both ways, and compare the scorecards")
    parser.add_argument("--few", action="store_true", help="a hundred bananas, with and without augmentation")
    parser.add_argument("--epochs", type=int, help="epochs of --quality (40) or of --few (600)")
    parser.add_argument("--seed", type=int, default=notebook.SEED, help="seed of --few (default: %(default)s)")
    parser.add_argument("--profile", choices=WAYS, help="the operations that take most of a step's time")
    parser.add_argument("--memory-of", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        before = peak_memory()
        step, _ = WAYS[options.memory_of](sample())
        for _ in range(2):
            step()
        print(peak_memory() - before)
    if options.profile:
        found = profile(WAYS[options.profile](sample())[0])
        print(f"{found.total():8.3f} s a step in all operations")
        for name, value in found.most_common(12):
            print(f"{value:8.3f} s  {value / found.total():4.0%}  {name}")
    if options.quality:
        compare_quality(sample(), options.epochs or 40)
    if options.few:
        compare_augmentation(options.epochs or 600, options.seed, COURSE / "output" / "benchmark-few")


if __name__ == "__main__":
    main()
