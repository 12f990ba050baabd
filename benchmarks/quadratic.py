"""Notebook 2: the chapter's loop against the notebook's compiled steps, and what changes of the game bring.

    python -m benchmarks.quadratic --recipes    quadratic_recipes: 14 ways to play, 32 games each (10 minutes)
    python -m benchmarks.quadratic --failures   quadratic_failures: games that fail, and their cures (5 minutes)

The speed is measured by `python -m benchmarks.run`.
"""

from __future__ import annotations

import argparse
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace

import keras
import numpy as np
import pandas as pd

from benchmarks import results
from benchmarks.common import Row, both_ways
from course import games, points
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
    """Energy distance of 2,000 generated points to the curve."""
    return points.energy_distance(lesson.gen_fake(generator, LATENT_DIM, 2000)[0])


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


# ---------------------------------------------------------------- ways to play

CHAPTER = games.Recipe()
LONG = games.Recipe(steps=20_000)
AVERAGED = replace(LONG, averaging=0.999)
SHORT_MEMORY = replace(AVERAGED, beta_1=0.5)
ONE_UPDATE = replace(SHORT_MEMORY, one_update=True)
R1 = replace(ONE_UPDATE, r1=0.01)
RECIPES = {  # each changes one thing of the row above it, or of the row that it names
    "the chapter's 1,000 steps": CHAPTER,
    "20,000 steps": LONG,
    "+ averaged weights": AVERAGED,
    "+ beta_1 = 0.5": SHORT_MEMORY,
    "+ one update": ONE_UPDATE,
    "+ R1 = 0.01": R1,
    "+ rates that decay": replace(R1, decay=True),
    "one update, beta_1 = 0.9": replace(ONE_UPDATE, beta_1=0.9),
    "one update, discriminator twice as fast": replace(ONE_UPDATE, disc_rate=0.002),
    "R1 = 0.1": replace(R1, r1=0.1),
    "R1 = 0.1, rates that decay": replace(R1, r1=0.1, decay=True),
    "R1 = 0.01, LeakyReLU in the generator": R1,
    "relativistic, R1 = R2 = 0.01": replace(R1, relativistic=True, r2=0.01),
    "relativistic, R1 = R2 = 0.1": replace(R1, relativistic=True, r1=0.1, r2=0.1),
}
CHOOSING, REPORTING = range(32), range(32, 64)
NETWORKS_OF_THE_CHAPTER = [name for name in RECIPES if not name.endswith("generator")]


def players(seeds: Sequence[int], leaky: bool = False) -> list[tuple[keras.Model, keras.Model]]:
    """A new generator and discriminator for each seed."""
    pairs = []
    for seed in seeds:
        keras.utils.set_random_seed(seed)
        generator, discriminator = lesson.define_gen(LATENT_DIM), lesson.define_disc()
        pairs.append((games.leaky(generator) if leaky else generator, discriminator))
    return pairs


def judged(generator: keras.Model) -> dict[str, float]:
    """The three figures of 4,000 points, by the names of columns."""
    figures = points.judge(lesson.gen_fake(generator, LATENT_DIM, 4000)[0])
    names = ["energy_distance_x1000", "mean_error", "coverage"]
    return dict(zip(names, figures.values(), strict=True))


def best(table: pd.DataFrame) -> str:
    """The way with the chapter's networks that is best on the choosing seeds: fewest games above 1, then the median."""
    known = table[table["recipe"].isin(NETWORKS_OF_THE_CHAPTER) & table["seed"].isin(CHOOSING)]
    by_name = known.groupby("recipe")["energy_distance_x1000"]
    ranks = pd.DataFrame({"above 1": by_name.agg(lambda values: (values > 1).mean()), "median": by_name.median()})
    return ranks.sort_values(["above 1", "median"]).index[0]


def recipes() -> pd.DataFrame:
    """All ways on the choosing seeds; the best of them, and the way without R1, on the reporting seeds."""
    rows: list[Row] = []

    def play(name: str, seeds: range) -> None:
        start = time.process_time()
        pairs = players(seeds, leaky=name.endswith("generator"))
        games.play(pairs, lesson.generate_real, RECIPES[name], seed=seeds[0])
        spent = time.process_time() - start
        rows.extend({"recipe": name, "seed": seed} | judged(pair[0]) for seed, pair in zip(seeds, pairs, strict=True))
        found = [row["energy_distance_x1000"] for row in rows[-len(seeds) :]]
        print(
            f"{name}, seeds {seeds[0]}-{seeds[-1]}: median {np.median(found):.2f}, worst {max(found):.2f}, "
            f"above 1: {sum(value > 1 for value in found)}; {spent:.0f} s of one core",
            flush=True,
        )

    for name in RECIPES:
        play(name, CHOOSING)
    for name in ("+ one update", best(pd.DataFrame(rows))):
        play(name, REPORTING)
    return pd.DataFrame(rows)


# ---------------------------------------------------------------- ways to fail

SOUND = games.Recipe(steps=5000, one_update=True, beta_1=0.5)
TOO_GOOD = replace(SOUND, disc_rate=0.01, gen_rate=0.0001, saturating=True)
FAILURES = {  # name: how it is played, and whether the generator has LeakyReLU
    "as it should be": (SOUND, False),
    "collapse": (replace(SOUND, gen_rate=0.05), True),
    "collapse, cured: equal rates": (SOUND, True),
    "dead generator": (replace(SOUND, gen_rate=0.05), False),
    "oscillation": (replace(SOUND, disc_rate=0.00001, steps=20_000), False),
    "oscillation, cured: equal rates": (replace(SOUND, steps=20_000), False),
    "discriminator too good": (TOO_GOOD, False),
    "too good, cured: non-saturating loss": (replace(TOO_GOOD, saturating=False), False),
    "too good, cured: equal rates": (replace(SOUND, saturating=True), False),
}


def failures() -> pd.DataFrame:
    """Each way to fail and its cure on 32 seeds: figures, losses, and what a fresh examiner says."""
    rows: list[Row] = []
    for name, (recipe, is_leaky) in FAILURES.items():
        pairs = players(CHOOSING, is_leaky)
        played = games.play(pairs, lesson.generate_real, recipe, record_every=100)
        generators = [generator for generator, _ in pairs]
        examined = games.examine(generators, [lesson.define_disc() for _ in range(33)], lesson.generate_real)
        latent = lesson.gen_latent_points(LATENT_DIM, 1000)
        centres = np.mean(played.points, axis=2)  # (records, games, 2)
        for game, generator in enumerate(generators):
            made, late = generator(latent).numpy(), played.losses[-1000:, game]
            rows.append(
                {"case": name, "seed": CHOOSING[game]}
                | judged(generator)
                | {
                    "examiner": examined[game],
                    "living_units": games.living_units(generator, latent),
                    "spread_of_x": made[:, 0].std(),
                    "farthest": np.abs(centres[:, game, 0]).max(),
                    "d_loss": late[:, 0].mean(),
                    "d_loss_sd": late[:, 0].std(),
                    "g_loss": late[:, 1].mean(),
                }
            )
        print(name, pd.DataFrame(rows[-32:]).drop(columns=["case", "seed"]).median().round(4).to_dict(), flush=True)
    rows.append({"case": "real against real", "seed": 0, "examiner": examined[-1]})
    return pd.DataFrame(rows)


def main() -> None:
    """Measure one of the tables."""
    games.use_one_thread()
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--recipes", action="store_true")
    what.add_argument("--failures", action="store_true")
    name = "recipes" if parser.parse_args().recipes else "failures"
    table = {"recipes": recipes, "failures": failures}[name]()
    results.keep(f"quadratic_{name}", table, command=f"python -m benchmarks.quadratic --{name}")


if __name__ == "__main__":
    main()
