"""Notebook 3: the judges tried on piles of known quality, and kept as judges_battery.

python -m benchmarks.judges             the battery on tomatoes and bananas: all judges (about 15 minutes on 2 cores)
python -m benchmarks.judges --seconds   how long it takes to judge 150 pictures; keeps nothing

COURSE_REAL_DATA names a folder with the chapter's own data: then the battery tries the judges on that, too, and says
where they fail; only what was measured on the bundled fruit is kept.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import keras
import numpy as np
import pandas as pd
from keras import layers

import utils
from benchmarks import results
from benchmarks.common import SAMPLE, seconds
from course import judges
from course.counterfeits import copied, counterfeits

FRUITS = {"tomato": "apple", "banana": "orange"}  # each with what is shown for another fruit; tomatoes chose the judges
REAL_DRAWS, PILE_DRAWS = 10, 3
MOST = 150  # pictures in a pile
Row = dict[str, str | float]
# Which figures ought to see a counterfeit; and for which way.
OUGHT = {
    "halves": ["precision"],
    "quarters": ["precision", "kid"],
    "repeats": ["recall", "coverage"],
    "half noise": ["precision", "kid"],
    "another fruit": ["kid", "recall", "coverage"],  # apples lie among tomatoes, but do not show them all
    "copies": ["share"],
}
OTHERWISE = ["kid"]
LARGER_IS_WORSE = {"kid", "share"}


def ought(pile: str) -> list[str]:
    """The figures that ought to see a pile."""
    return next((figures for kind, figures in OUGHT.items() if pile.startswith(kind)), OTHERWISE)


# ---------------------------------------------------------------- judges


def classifier(root: Path, seed: int = 0) -> Callable[[np.ndarray], np.ndarray]:
    """The last hidden layer of a small classifier of the four fruits, trained in a minute: (n, 64)."""
    keras.utils.set_random_seed(seed)
    piles = [utils.load_images(fruit, root=root) for fruit in ("tomato", "apple", "banana", "orange")]
    number = np.repeat(np.arange(4), [len(pile) for pile in piles])
    network = keras.Sequential(
        [
            keras.Input(piles[0].shape[1:]),
            layers.AveragePooling2D(2),
            *[layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu") for filters in (16, 32, 64)],
            layers.Flatten(),
            layers.Dense(64, activation="relu"),
            layers.Dense(4),
        ]
    )
    network.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    network.fit(np.concatenate(piles), number, epochs=15, verbose=0)
    hidden = keras.Model(network.inputs, network.layers[-2].output)
    return lambda pictures: hidden.predict(pictures, verbose=0)


# ---------------------------------------------------------------- the battery


def piles_of(pictures: np.ndarray, other: np.ndarray, size: int, draw: int, names: list[str] | None = None) -> tuple:
    """One draw: the piles by name, and real pictures of which none is in them."""
    order = np.random.default_rng(draw).permutation(len(pictures))
    made = counterfeits(pictures[order[:size]], np.resize(other, (size, *other.shape[1:])), seed=draw)
    return {name: made[name] for name in names or made}, pictures[order[size : 2 * size]]


def rows(facts: Row, found: dict[str, list[dict]], real: list[dict]) -> Iterator[Row]:
    """A row for each pile and figure: means over the draws, beside mean and standard deviation of real draws."""
    for name, each in {"real": real, **found}.items():
        pile, _, strength = name.partition(", ")
        for figure in each[0]:
            of_real = [one[figure] for one in real]
            yield {
                **facts,
                "pile": pile,
                "strength": strength or "-",
                "figure": figure,
                "value": float(np.mean([one[figure] for one in each])),
                "real_mean": float(np.mean(of_real)),
                "real_spread": float(np.std(of_real, ddof=1)),
            }


def battery(
    facts: Row,
    pictures: np.ndarray,
    other: np.ndarray,
    describe: Callable[[np.ndarray], np.ndarray],
    size: int = MOST,
    real_draws: int = REAL_DRAWS,
    pile_draws: int = PILE_DRAWS,
    names: list[str] | None = None,
) -> list[Row]:
    """Judge counterfeits made of pictures against other real ones.

    Args:
        facts: what else stands in each row.
        pictures, other: a fruit, and another.
        describe: what turns pictures into numbers.
        size: pictures in a pile; at most half of those there are.
        real_draws: how often two real piles without a shared picture are compared.
        pile_draws: how often the counterfeits are made anew.
        names: of the counterfeits; all if None.
    """
    size = min(size, len(pictures) // 2)
    numbers, real = describe(pictures), []
    for draw in range(real_draws):
        order = np.random.default_rng(1000 + draw).permutation(len(pictures))
        real.append(judges.compare(numbers[order[:size]], numbers[order[size : 2 * size]]))
    found: dict[str, list[dict]] = {}
    for draw in range(pile_draws):
        piles, reference = piles_of(pictures, other, size, draw, names)
        known = describe(reference)
        for name, pile in piles.items():
            found.setdefault(name, []).append(judges.compare(describe(pile), known))
    return list(rows(facts, found, real))


def copy_battery(facts: Row, pictures: np.ndarray, draws: int = REAL_DRAWS) -> list[Row]:
    """The copy test on held-out pictures and on copies: share nearer to training, p, and how often it is named.

    A third of the pictures, at most 150, is trained on, a third held out, and the last one asks.
    """
    size = min(MOST, len(pictures) // 3)
    found: dict[str, list[dict]] = {}
    for draw in range(draws):
        order = np.random.default_rng(draw).permutation(len(pictures))
        training, held_out, new = (pictures[order[step * size : (step + 1) * size]] for step in range(3))
        made = copied(training) if draw == 0 else {}
        for name, pile in {"real": new, **made}.items():
            result = judges.copies(pile, training, held_out)
            found.setdefault(name, []).append({figure: float(result[figure]) for figure in ("share", "p", "copied")})
    return list(rows(facts, found, found["real"]))


def complaints(table: pd.DataFrame, sds: float = 3, nearer: float = 3) -> list[str]:
    """Where one judge fails on one fruit: a sentence for each.

    A counterfeit has to lie more than `sds` standard deviations of real draws away in each figure that ought to see it,
    a stronger change farther than a weaker one, and each innocent change `nearer` times as near as any counterfeit.
    """
    said, mildest = [], {}
    table = table.assign(away=table["value"] - table["real_mean"])
    worse = np.where(table["figure"].isin(LARGER_IS_WORSE), 1, -1)
    table["away"] *= worse
    for (pile, figure), measured in table.groupby(["pile", "figure"], sort=False):
        if pile == "real" or pile.startswith("innocent") or figure not in ought(pile):
            continue
        for row in measured[measured["away"] <= sds * measured["real_spread"]].itertuples():
            said.append(f"{pile}, {row.strength}: {figure} {row.value:.3g}, real {row.real_mean:.3g}")
        if pile != "copies" and not measured["away"].is_monotonic_increasing:
            said.append(f"{pile}: {figure} is out of order, {', '.join(f'{value:.3g}' for value in measured['value'])}")
        mildest[figure] = min(mildest.get(figure, np.inf), measured["away"].min())
    for row in table[table["pile"].str.startswith("innocent")].itertuples():
        if row.figure in mildest and nearer * abs(row.away) > mildest[row.figure]:
            said.append(f"{row.pile}, {row.strength}: {row.figure} {row.value:.3g}, real {row.real_mean:.3g}")
    return said


def everything() -> Iterator[Row]:
    """All judges on all fruits."""
    places = {"sample": (SAMPLE, FRUITS)}
    if os.environ.get("COURSE_REAL_DATA"):
        places["real"] = (Path(os.environ["COURSE_REAL_DATA"]), {**FRUITS, "apple": "banana"})
    hidden = classifier(SAMPLE)
    for place, (root, fruits) in places.items():
        for fruit, other in fruits.items():
            try:
                pictures = utils.load_images(fruit, root=root)
                others = utils.load_images(other, root=SAMPLE)
            except FileNotFoundError as missing:
                print(missing)
                continue
            for judge, describe in {"shape and colour": judges.features, "classifier": hidden}.items():
                yield from battery({"data": place, "fruit": fruit, "judge": judge}, pictures, others, describe)
            yield from copy_battery({"data": place, "fruit": fruit, "judge": "copies"}, pictures)


def main() -> None:
    """Try all, say where a judge fails, and keep the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", action="store_true")
    if parser.parse_args().seconds:
        pictures = utils.load_images("tomato", root=SAMPLE)
        one, other = pictures[:MOST], pictures[MOST : 2 * MOST]
        print(f"scorecard: {seconds(lambda: judges.scorecard(one, other)):.1f} s")
        print(f"copies: {seconds(lambda: judges.copies(one, pictures[2 * MOST :], other)):.1f} s")
        return
    start = time.perf_counter()
    table = pd.DataFrame(everything())
    for (place, fruit, judge), measured in table.groupby(["data", "fruit", "judge"], sort=False):
        said = complaints(measured)
        print(f"{place}, {fruit}, {judge}: {len(said)} complaints", *said, sep="\n  ")
    print(f"{time.perf_counter() - start:.0f} s")
    settings = {"command": "python -m benchmarks.judges", "pictures": MOST, "draws": [REAL_DRAWS, PILE_DRAWS]}
    results.keep("judges_battery", table[table["data"] == "sample"], **settings, data=["sample"])


if __name__ == "__main__":
    main()
