"""Notebook 2: the chapter's loop of train_on_batch and predict against the notebook's compiled steps."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable

import keras
import numpy as np

from benchmarks.common import Row, both_ways
from tools.lessons import library

BATCH = 128
DISTANCE, MOST_STEPS = 0.03, 3000  # an energy distance that the chapter's 1000 steps usually reach

lesson = library("02_quadratic_gan")
lesson.tqdm = lambda iterable, *args, **kwargs: iterable
LATENT_DIM = lesson.latent_dim


def chapter_way(seed: int) -> tuple[Callable[[int], None], keras.Model]:
    """The printed loop: NumPy batches, predict for the fakes, train_on_batch three times.

    In print the discriminator is frozen before it has trained, and on Keras 3 never trains. Here it makes one update
    first, which fixes what its train_on_batch moves; that repairs the loop and costs nothing. (All batches must have
    one dtype: for another one Keras traces the update anew, by now without weights to move.)
    """
    keras.utils.set_random_seed(seed)
    generator, discriminator = lesson.define_gen(LATENT_DIM), lesson.define_disc()
    rng = np.random.default_rng(seed)

    def real(n: int) -> np.ndarray:
        x = rng.uniform(-0.5, 0.5, (n, 1))
        return np.hstack([x, x**2]).astype("float32")

    discriminator.train_on_batch(real(BATCH // 2), np.ones((BATCH // 2, 1)))
    discriminator.trainable = False
    gan = lesson.define_your_gan(generator, discriminator)

    def play(steps: int) -> None:
        for _ in range(steps):
            discriminator.train_on_batch(real(BATCH // 2), np.ones((BATCH // 2, 1)))
            fake = generator.predict(rng.normal(size=(BATCH // 2, LATENT_DIM)), verbose=0)
            discriminator.train_on_batch(fake, np.zeros((BATCH // 2, 1)))
            gan.train_on_batch(rng.normal(size=(BATCH, LATENT_DIM)), np.ones((BATCH, 1)))

    return play, generator


def our_way(seed: int) -> tuple[Callable[[int], None], keras.Model]:
    """The notebook's `train`, with the same two updates of the discriminator and one of the generator per step."""
    keras.utils.set_random_seed(seed)
    generator, discriminator = lesson.define_gen(LATENT_DIM), lesson.define_disc()
    gan = lesson.define_your_gan(generator, discriminator)

    def play(steps: int) -> None:
        lesson.train(generator, discriminator, gan, LATENT_DIM, steps, BATCH, n_eval=steps, summary=None)

    return play, generator


def distance_of(generator: keras.Model) -> float:
    """Energy distance of 2,000 generated points to 2,000 real ones."""
    return lesson.energy_distance(lesson.generate_real(2000)[0], lesson.gen_fake(generator, LATENT_DIM, 2000)[0])


def seconds_to_distance(way: Callable, seed: int, stride: int) -> float:
    """Seconds of training until the energy distance is below DISTANCE, judged every `stride` steps; inf if never."""
    play, generator = way(seed)
    spent = 0.0
    for _ in range(0, MOST_STEPS, stride):
        start = time.perf_counter()
        play(stride)
        spent += time.perf_counter() - start
        if distance_of(generator) < DISTANCE:
            return spent
    return float("inf")


def measure(quick: bool) -> list[Row]:
    """Steps per second (compiling counted for ours, as each call compiles), and seconds to an energy distance."""
    warnings.simplefilter("ignore", UserWarning)  # the frozen discriminator, which the notebook explains
    (chapter, _), (ours, _) = chapter_way(0), our_way(0)
    chapter(3)  # the printed way is compiled before the clock runs
    rates: dict[str, list[float]] = {"chapter": [], "ours": []}
    for _ in range(2 if quick else 5):
        for name, play, steps in (("chapter", chapter, 20), ("ours", ours, 5000)):
            start = time.perf_counter()
            play(steps)
            rates[name].append(steps / (time.perf_counter() - start))
    rows = both_ways(2, "training steps", "1/s", rates["chapter"], rates["ours"])
    if not quick:
        times: dict[str, list[float]] = {"chapter": [], "ours": []}
        for seed in range(5):
            for name, way in (("chapter", chapter_way), ("ours", our_way)):
                times[name].append(seconds_to_distance(way, seed, 500))
        rows += both_ways(2, f"time to energy distance {DISTANCE}", "s", times["chapter"], times["ours"])
    return rows
