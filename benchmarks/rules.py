"""Why a DCGAN is built and trained so: tomatoes at 32 pixels with one thing changed at a time, judged, side by side.

    python -m benchmarks.rules [--steps 400]      three seeds; goes on after the last training that was finished

Networks, step and optimisers are the lesson's but for one change, all train for as many steps on the same pictures in
the same order, and are judged at 32 pixels against held-out pictures. The table has the rules of a DCGAN removed one at
a time (kind "rule"), and ways to train that others recommend (kind "way"); the picture, benchmarks/rules.jpg, has what
they paint after the training of the first seed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from matplotlib.figure import Figure
from numpy.typing import NDArray

import utils
from benchmarks import results
from benchmarks.common import SAMPLE
from benchmarks.fruit import lesson, steps_of
from course import training
from course.judges import scorecard
from course.setup import precision
from tools.lessons import COURSE

Change = Callable[[keras.Layer], list[keras.Layer]]
PICTURES = 8  # of each training


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
    "transposed convolutions of 3 x 3": (uneven, anew),
}


# ---------------------------------------------------------------- ways to train


def updated(gan: training.GAN, losses: Callable[[], tuple[tf.Tensor, tf.Tensor]]) -> tuple[tf.Tensor, tf.Tensor]:
    """One update of each network along the gradients of its loss: of the generator, of the discriminator."""
    with tf.GradientTape(persistent=True) as tape:
        found = losses()
    players = (gan.generator, gan.gen_optimizer), (gan.discriminator, gan.disc_optimizer)
    for loss, (network, optimizer) in zip(found, players, strict=True):
        optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
    return found


def steepness(gan: training.GAN, images: tf.Tensor) -> tf.Tensor:
    """The mean squared gradient of the verdict at these pictures.

    Mescheder, Geiger and Nowozin, Which Training Methods for GANs do actually Converge?, 2018,
    https://arxiv.org/abs/1801.04406: times half a weight, at real pictures R1, at painted ones R2.
    """
    with tf.GradientTape() as tape:
        tape.watch(images)
        verdict = tf.reduce_sum(gan.discriminator(images, training=True))
    return tf.reduce_mean(tf.reduce_sum(tf.cast(tape.gradient(verdict, images), "float32") ** 2, axis=(1, 2, 3)))


def r1_step(gan: training.GAN, images: tf.Tensor, weight: float = 1.0) -> tuple[tf.Tensor, tf.Tensor]:
    """The lesson's step with R1."""
    noise = gan.draw_noise(tf.shape(images)[0])

    def losses() -> tuple[tf.Tensor, tf.Tensor]:
        fake = gan.discriminator(gan.generator(noise, training=True), training=True)
        real = gan.discriminator(images, training=True)
        return lesson.gen_loss(fake), lesson.discrim_loss(real, fake) + weight / 2 * steepness(gan, images)

    return updated(gan, losses)


def relativistic_step(gan: training.GAN, images: tf.Tensor, weight: float = 1.0) -> tuple[tf.Tensor, tf.Tensor]:
    """Each real picture is to seem more real than the painting beside it, with R1 and R2.

    Huang, Gokaslan, Kuleshov and Tompkin, The GAN is dead; long live the GAN!, 2024, https://arxiv.org/abs/2501.05441.
    """
    noise = gan.draw_noise(tf.shape(images)[0])

    def losses() -> tuple[tf.Tensor, tf.Tensor]:
        paintings = gan.generator(noise, training=True)
        lead = gan.discriminator(images, training=True) - gan.discriminator(paintings, training=True)
        price = steepness(gan, images) + steepness(gan, tf.stop_gradient(paintings))
        return tf.reduce_mean(tf.nn.softplus(lead)), tf.reduce_mean(tf.nn.softplus(-lead)) + weight / 2 * price

    return updated(gan, losses)


WAYS = {  # the step, and the rates of generator and discriminator
    "as in the lesson": (lesson.shifting(lesson.train_step), 3e-4, 3e-4),
    "not shifted": (lesson.train_step, 3e-4, 3e-4),
    "shifted by an eighth": (lesson.shifting(lesson.train_step, 8), 3e-4, 3e-4),
    "two time scales": (lesson.shifting(lesson.train_step), 1.5e-4, 4.5e-4),
    "the chapter's rate": (lesson.shifting(lesson.train_step), 1.5e-4, 1.5e-4),
    "R1": (lesson.shifting(r1_step), 3e-4, 3e-4),
    "relativistic, R1 and R2": (lesson.shifting(relativistic_step), 3e-4, 3e-4),
}


# ---------------------------------------------------------------- measuring


def train(kind: str, name: str, seed: int, steps: int) -> tuple[dict[str, object], np.ndarray]:
    """One training: its row of the table, and some of its paintings (PICTURES, 32, 32, 3)."""
    keras.utils.set_random_seed(seed)
    pictures = utils.load_images("tomato", 32, root=SAMPLE)
    reference = utils.load_images("tomato", 32, root=SAMPLE, split="test_set")
    lesson.gen_res = 1
    networks = lesson.create_generator(lesson.seed_vector, 3), lesson.create_discriminator((32, 32, 3))
    changes = RULES[name] if kind == "rule" else (anew, anew)
    networks = [changed(network, change) for network, change in zip(networks, changes, strict=True)]
    one_step, *rates = WAYS["as in the lesson" if kind == "rule" else name]
    gan = training.GAN(*networks, *(keras.optimizers.Adam(rate, beta_1=0.5) for rate in rates), seed)
    step = steps_of(one_step, gan, pictures)
    for _ in range(steps):
        step()
    noise = tf.random.stateless_normal((len(reference), lesson.seed_vector), seed=(1, 2))
    paintings = lesson.paint(gan.average, noise)
    card = scorecard(paintings, reference) if np.isfinite(paintings).all() else {}
    return {"kind": kind, "what": name, "seed": seed, "steps": steps, **card}, paintings[:PICTURES]


def draw(rows: dict[str, NDArray]) -> None:
    """A row of paintings (n, 32, 32, 3) in [-1, 1] for each name, as benchmarks/rules.jpg."""
    figure = Figure(figsize=(8, 0.7 * len(rows)), layout="constrained")
    for axis, (name, paintings) in zip(figure.subplots(len(rows)), rows.items(), strict=True):
        axis.imshow(np.concatenate(paintings, axis=1) / 2 + 0.5)
        axis.set_ylabel(name, rotation=0, ha="right", va="center")
        axis.set(xticks=[], yticks=[])
        axis.spines[:].set_visible(False)
    figure.savefig(COURSE / "benchmarks" / "rules.jpg", dpi=90, bbox_inches="tight", pil_kwargs={"quality": 75})


def main() -> None:
    """Train what is not done yet, write table and picture."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=400)
    options = parser.parse_args()
    keras.config.set_dtype_policy(precision())
    folder = COURSE / "output" / "benchmark-rules"
    folder.mkdir(parents=True, exist_ok=True)
    trainings = [("rule", name) for name in RULES] + [("way", name) for name in list(WAYS)[1:]]
    tables, rows = [], {}
    for seed in range(3):
        for kind, name in trainings:
            path = folder / f"{kind} {name.replace('/', ' ')} {seed} {options.steps}"
            if not path.with_suffix(".csv").exists():
                row, paintings = train(kind, name, seed, options.steps)
                print(row, flush=True)
                np.save(path.with_suffix(".npy"), paintings)
                pd.DataFrame([row]).to_csv(path.with_suffix(".csv"), index=False)
            tables.append(pd.read_csv(path.with_suffix(".csv")))
            if seed == 0:
                rows[name] = np.load(path.with_suffix(".npy"))
    command = f"python -m benchmarks.rules --steps {options.steps}"
    on = {"precision": precision(), "data": results.label(SAMPLE)}
    results.keep("fruit_rules", pd.concat(tables), goes_on=True, command=command, **on)
    draw(rows)


if __name__ == "__main__":
    main()
