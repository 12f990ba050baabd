"""Notebook 3: time and memory of a training step, the chapter's way against the notebook's, interleaved in one run.

python benchmarks/fruit.py              step time of both, share of the input pipeline, peak memory
python benchmarks/fruit.py --quick      the same with fewer repeats
python benchmarks/fruit.py --quality    train both ways for 20 epochs from three seeds, and compare scorecards (hours)
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

COURSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(COURSE), str(COURSE / "tools")]
from definitions import definitions

import utils

tf.get_logger().setLevel("ERROR")  # AutoGraph finds no source for a lambda of an imported notebook
CONSTANTS = ["SEED", "gen_res", "gen_square", "img_chan", "img_rows", "img_cols", "img_margin", "seed_vector"]
notebook = definitions("03_fruit_gan", *CONSTANTS, "num_batch", "cross_entropy")
notebook.gpus = tf.config.list_physical_devices("GPU")
Step = Callable[[], None]


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


def our_way(pictures: np.ndarray, precision: str | None = None) -> tuple[Step, keras.Model]:
    """The notebook's networks, data set and `GAN.train_step`, in the precision that it chooses."""
    keras.config.set_dtype_policy(precision or notebook.choose_precision())
    gan = notebook.GAN(
        notebook.create_generator(200, 3), notebook.create_discriminator((96, 96, 3)), notebook.seed_vector
    )
    gan.compile(notebook.adam(), notebook.adam())
    batches = iter(notebook.make_dataset(pictures).repeat())
    train_step = tf.function(gan.train_step)
    return lambda: tf.nest.map_structure(float, train_step(next(batches))), gan.generator


WAYS = {
    "chapter, float32": chapter_way,
    "notebook, float32": lambda pictures: our_way(pictures, "float32"),
    "notebook": our_way,
}


def seconds(function: Step) -> float:
    """How long one call takes."""
    start = time.perf_counter()
    function()
    return time.perf_counter() - start


def measure_time(pictures: np.ndarray, repeats: int) -> dict[str, list[float]]:
    """Seconds of each step of each way, taken in turns."""
    steps = {name: way(pictures)[0] for name, way in WAYS.items()}
    for step in steps.values():
        step()  # compile before the clock runs
    times: dict[str, list[float]] = {name: [] for name in steps}
    for _ in range(repeats):
        for name, step in steps.items():
            times[name].append(seconds(step))
    return times


def measure_input(pictures: np.ndarray) -> float:
    """Seconds per batch of the notebook's input pipeline alone, over three epochs."""
    batches = notebook.make_dataset(pictures).repeat(3)
    return seconds(lambda: [None for _ in batches]) / (3 * len(notebook.make_dataset(pictures)))


def measure_memory(name: str) -> float:
    """Peak memory of three steps in a process of its own, beyond what it takes to import the libraries: MB."""
    process = subprocess.run(
        [sys.executable, __file__, "--memory-of", name], check=True, capture_output=True, text=True
    )
    return json.loads(process.stdout.splitlines()[-1])


def peak_memory() -> float:
    """Most memory that this process has held so far, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # on Linux ru_maxrss would begin with what the parent process held
        return next(int(line.split()[1]) for line in status.read_text().splitlines() if line.startswith("VmHWM")) / 1e3
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def compare_quality(pictures: np.ndarray, epochs: int) -> None:
    """Distance to held-out pictures after the same training both ways, from three seeds."""
    reference = utils.load_images("tomato", 96, COURSE / "data" / "sample", split="test_set")
    noise = tf.random.stateless_normal((len(reference), 200), seed=(1, 2))
    for name in ("chapter, float32", "notebook"):
        distances = []
        for seed in range(3):
            keras.utils.set_random_seed(seed)
            step, generator = WAYS[name](pictures)
            for _ in range(epochs * -(-len(pictures) // 32)):
                step()
            distances.append(notebook.sliced_wasserstein(reference, notebook.paint(generator, noise)))
            print(f"{name:20} seed {seed}: distance {distances[-1]:.0f} after {epochs} epochs", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="fewer repeats")
    parser.add_argument("--quality", action="store_true", help="train both ways, and compare the scorecards")
    parser.add_argument("--epochs", type=int, default=20, help="epochs of --quality")
    parser.add_argument("--memory-of", choices=WAYS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        before = peak_memory()
        step, _ = WAYS[options.memory_of](utils.load_images("tomato", 96, COURSE / "data" / "sample"))
        for _ in range(3):
            step()
        print(peak_memory() - before)
        return

    pictures = utils.load_images("tomato", 96, COURSE / "data" / "sample")
    if options.quality:
        compare_quality(pictures, options.epochs)
        return
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}; notebook in {notebook.choose_precision()}"
    )
    times = measure_time(pictures, repeats=3 if options.quick else 10)
    base = statistics.median(times["chapter, float32"])
    print(f"{'training step, 32 pictures':28}{'median':>8}{'from':>8}{'to':>8}{'faster':>8}{'memory':>10}")
    for name, values in times.items():
        median = statistics.median(values)
        print(
            f"{name:28}{median:7.2f}s{min(values):7.2f}s{max(values):7.2f}s{base / median:7.1f}x"
            f"{measure_memory(name):8.0f}MB"
        )
    share = measure_input(pictures) / statistics.median(times["notebook"])
    print(f"input pipeline: {100 * share:.1f} % of the notebook's step")


if __name__ == "__main__":
    main()
