"""Notebook 2, steps per second: the chapter's loop against the notebook's compiled steps, interleaved in one run."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras
import numpy as np
import tensorflow as tf

COURSE = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(COURSE), str(COURSE / "tools")]
from definitions import definitions

LATENT_DIM, BATCH, REPEATS = 5, 128, 5
CHAPTER_STEPS, OUR_STEPS = 20, 5000

notebook = definitions("02_quadratic_gan")


def chapter_way():
    """The printed loop: NumPy batches, predict for the fakes, train_on_batch three times; a function of the steps."""
    generator, discriminator = notebook.define_gen(LATENT_DIM), notebook.define_disc()
    discriminator.trainable = False  # as printed; on Keras 3 this spares it the work of training the discriminator
    gan = notebook.define_your_gan(generator, discriminator)
    rng = np.random.default_rng(0)

    def play(steps):
        for _ in range(steps):
            x = rng.uniform(-0.5, 0.5, (BATCH // 2, 1))
            discriminator.train_on_batch(np.hstack([x, x**2]), np.ones((BATCH // 2, 1)))
            fake = generator.predict(rng.normal(size=(BATCH // 2, LATENT_DIM)), verbose=0)
            discriminator.train_on_batch(fake, np.zeros((BATCH // 2, 1)))
            gan.train_on_batch(rng.normal(size=(BATCH, LATENT_DIM)), np.ones((BATCH, 1)))

    return play


def our_way():
    """The notebook's `train`, with the same two updates of the discriminator and one of the generator per step."""
    generator, discriminator = notebook.define_gen(LATENT_DIM), notebook.define_disc()
    gan = notebook.define_your_gan(generator, discriminator)

    def play(steps):
        notebook.train(generator, discriminator, gan, LATENT_DIM, steps, BATCH, n_eval=steps, summary=None)

    return play


def main() -> None:
    """Print medians, spreads and the ratio."""
    warnings.simplefilter("ignore", UserWarning)  # the printed way has no weights to train; the notebook shows it
    notebook.tqdm = lambda iterable, *args, **kwargs: iterable
    chapter, ours = chapter_way(), our_way()
    chapter(3)  # compile before the clock runs; ours compiles inside each call, and that is counted
    rates: dict[str, list[float]] = {"chapter": [], "ours": []}
    for _ in range(REPEATS):
        for name, play, steps in (("chapter", chapter, CHAPTER_STEPS), ("ours", ours, OUR_STEPS)):
            start = time.perf_counter()
            play(steps)
            rates[name].append(steps / (time.perf_counter() - start))
    print(
        f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, Keras {keras.__version__}"
    )
    for name, values in rates.items():
        spread = f"from {min(values):.1f} to {max(values):.1f}, {REPEATS} runs"
        print(f"{name:8} {statistics.median(values):8.1f} steps/s  ({spread})")
    print(f"ratio    {statistics.median(rates['ours']) / statistics.median(rates['chapter']):8.0f}")


if __name__ == "__main__":
    main()
