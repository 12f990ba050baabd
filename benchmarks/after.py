"""Notebook 4: the same data and judges for what came after.

    python -m benchmarks.after --points       after_points: five ways to make points of the parabola, by seed
    python -m benchmarks.after --schedules    after_schedules: noise schedules by number of steps, for task 1
    python -m benchmarks.after --whisper      after_whisper: right last names by distance, a row a seed
    python -m benchmarks.after --headlines    after_headlines, after_intervals: a Transformer on notebook 1's splits

What is done is kept in output/benchmarks/, so a run that is cut off goes on there. The rivals of the headlines are
those of `python -m benchmarks.headlines --rivals`; those that are not there are trained, too. --quick: a smoke test
of the same code, which keeps nothing.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

from benchmarks import headlines, results
from benchmarks.headlines import Kept
from course import games, points, readers, text
from course.after import right_probabilities
from tools.lessons import library

SEEDS, LARGE_SEEDS = 8, 4  # a game of large networks takes minutes
FIRST, LARGE = "notebook 2's best GAN", "the same, as large as diffusion"
DISTANCES = (10, 40, 100)
DROPOUTS = ((0.4, 0.4), (0.6, 0.6))  # as many choices as notebook 1's networks had
RATE = 0.002  # of the Transformer; at 0.004 it stops after five epochs, and is worse
lesson = library("04_what_came_after")
games.bar = lambda parts: parts

Sampler = Callable[[int], np.ndarray]


# ---------------------------------------------------------------- points


def diffusion(steps: int, signal: Callable = lesson.signal) -> tuple[Sampler, int]:
    """The lesson's diffusion model: what makes points, and its weights."""
    guesser = lesson.network(18, 2)
    loss = lambda: lesson.guess_loss(guesser, lesson.scaled_real(256), signal)  # noqa: E731
    games.take_turns([(loss, [guesser], 1)], steps)
    return lambda n, way=50: lesson.denoise(guesser, n, way, signal)[-1], guesser.count_params()


def vae(steps: int) -> tuple[Sampler, int]:
    """The lesson's VAE."""
    encoder, decoder = lesson.network(2, 4), lesson.network(2, 2)
    loss = lambda: lesson.vae_loss(encoder, decoder, games.parabola(256)[0])  # noqa: E731
    games.take_turns([(loss, [encoder, decoder], 1)], steps)
    weights = encoder.count_params() + decoder.count_params()
    return lambda n: decoder(tf.random.normal((n, 2))).numpy(), weights


def wgan_gp(steps: int) -> tuple[Sampler, int]:
    """The lesson's WGAN-GP, a third as many steps, each with six updates."""
    generator, critic = lesson.network(18, 2), lesson.network(2, 1)

    def fakes(n: int) -> tf.Tensor:
        return generator(tf.random.normal((n, 18)))

    def critic_loss() -> tf.Tensor:
        return lesson.critic_loss(critic, games.parabola(128)[0], fakes(128))

    def generator_loss() -> tf.Tensor:
        return -tf.reduce_mean(critic(fakes(128)))

    turns = [(critic_loss, [critic], 5), (generator_loss, [generator], 1)]
    games.take_turns(turns, steps // 3, rate=0.001, beta_1=0.0, beta_2=0.9)
    return lambda n: fakes(n).numpy(), generator.count_params() + critic.count_params()


def large_players(seed: int) -> tuple[keras.Model, keras.Model]:
    """A generator with the diffusion model's layers and weights, and a discriminator of that kind."""
    keras.utils.set_random_seed(seed)
    return lesson.network(18, 2), lesson.network(2, 1)


def game(seed: int, steps: int) -> tuple[Sampler, int]:
    """One game of the large networks by the recipe that notebook 2 chose."""
    generator, discriminator = large_players(seed)
    games.play([(generator, discriminator)], games.parabola, replace(games.BEST, steps=steps), seed)
    weights = generator.count_params() + discriminator.count_params()
    return lambda n: generator(tf.random.normal((n, 18))).numpy(), weights


def reported() -> list[dict[str, object]]:
    """Notebook 2's best games on the seeds that it reported; the seconds are of one more, played here."""
    table = results.read("quadratic_recipes")
    chosen = table[(table["seed"] >= 32) & (table["recipe"] == table["recipe"].iloc[-1])]
    players = games.new_players(0)
    start = time.process_time()
    games.play([players], games.parabola, games.BEST)
    seconds = time.process_time() - start
    weights = sum(network.count_params() for network in players)
    about = row(FIRST, 0, lambda n: players[0](tf.random.normal((n, 5))).numpy(), weights, seconds)
    return [about | found for found in chosen.drop(columns="recipe").to_dict("records")]


def row(model: str, seed: int, make: Sampler, weights: int, seconds: float) -> dict[str, object]:
    """What is kept of a training."""
    make(4000)
    taken = []
    for _ in range(3):
        start = time.process_time()
        made = make(4000)
        taken.append(time.process_time() - start)
    figures = points.judge(made)
    names = ["energy_distance_x1000", "mean_error", "coverage"]
    about = {"model": model, "seed": seed, "weights": weights, "cpu_seconds": seconds, "sampling_ms": 1000 * min(taken)}
    return about | dict(zip(names, figures.values(), strict=True))


WAYS = {"WGAN-GP": wgan_gp, "VAE": vae, "diffusion": diffusion}


def of_points(seeds: int, quick: bool) -> dict[str, pd.DataFrame]:
    """Each way with each seed; notebook 2's best games are those that it reports."""
    kept = Kept("after_points", not quick)
    if not quick and not kept.find(model=FIRST):
        for found in reported():
            kept.add(**found)

    def measure(model: str, seed: int, build: Callable) -> None:
        if not kept.find(model=model, seed=seed):
            keras.utils.set_random_seed(seed)
            start = time.process_time()
            make, weights = build()
            kept.add(**row(model, seed, make, weights, time.process_time() - start))

    for seed in range(seeds):
        for model, way in WAYS.items():
            measure(model, seed, partial(way, 60 if quick else 6000))
    for seed in range(min(seeds, LARGE_SEEDS)):
        measure(LARGE, seed, partial(game, seed, 60 if quick else games.BEST.steps))
    order = [FIRST, LARGE, *WAYS]
    table = pd.DataFrame(kept.rows)
    return {"after_points": table.sort_values("model", key=lambda names: names.map(order.index), kind="stable")}


# ---------------------------------------------------------------- schedules


def cosine(t: tf.Tensor) -> tf.Tensor:
    """Nichol and Dhariwal, Improved Denoising Diffusion Probabilistic Models, 2021; near 1 it stops short of 0."""
    return tf.cos(0.999 * t * np.pi / 2) ** 2


def ends_early(t: tf.Tensor) -> tf.Tensor:
    """Nine tenths of the signal are left at the end."""
    return tf.exp(-0.1 * t**2)


SCHEDULES = {"the lesson's": lesson.signal, "cosine": cosine, "ends early": ends_early}


def of_schedules(seeds: int, quick: bool) -> dict[str, pd.DataFrame]:
    """Energy distance by schedule and number of steps."""
    kept = Kept("after_schedules", not quick)
    for name, signal in SCHEDULES.items():
        for seed in range(min(seeds, 4)):
            if kept.find(schedule=name, seed=seed):
                continue
            keras.utils.set_random_seed(seed)
            make, _ = diffusion(60 if quick else 6000, signal)
            for way in (10, 50, 200):
                distance = 1000 * points.energy_distance(make(4000, way))
                kept.add(schedule=name, steps=way, seed=seed, energy_distance_x1000=distance)
    return {"after_schedules": pd.DataFrame(kept.rows)}


# ---------------------------------------------------------------- the whisper


MEMORIES = {
    "LSTM": (lambda x: readers.open_lstm()(x), 16, 0.01),
    "Transformer": (lambda x: lesson.transformer(x)[:, -1], 32, 0.003),
}


def of_whisper(seeds: int, quick: bool) -> dict[str, pd.DataFrame]:
    """Shares of right last names after 500 batches."""
    kept = Kept("after_whisper", not quick)
    for seed in range(seeds):
        for name, (memory, *sizes) in MEMORIES.items():
            for distance in (5,) if quick else DISTANCES:
                if kept.find(memory=name, distance=distance, seed=seed):
                    continue
                start = time.process_time()
                model, right = lesson.train_whisper(memory, distance, 5 if quick else 500, *sizes, seed)
                about = {"memory": name, "distance": distance, "seed": seed, "weights": model.count_params()}
                kept.add(**about, right=right, cpu_seconds=time.process_time() - start)
    return {"after_whisper": pd.DataFrame(kept.rows).sort_values(["memory", "distance", "seed"])}


# ---------------------------------------------------------------- headlines


def train_reader(ids: list[np.ndarray], all_words: int, dropout: tuple, seed: int, epochs: int) -> keras.Model:
    """The lesson's Transformer in notebook 1's plan, stopped by validation."""
    keras.utils.set_random_seed(seed)
    keras.backend.clear_session()
    shares = readers.unigram_shares(ids[0], all_words)
    model = readers.create_reader(shares, lesson.transformer, all_words, dropout)
    model.optimizer.learning_rate = RATE
    readers.train_reader(model, ids[0], ids[1], all_words, epochs)
    return model


def of_headlines(seeds: int, quick: bool, folds: int = headlines.FOLDS) -> dict[str, pd.DataFrame]:
    """The Transformer, and its mixture with the trigram, on the splits on which notebook 1's models were judged."""
    rivals, kept = Kept("headlines_rivals", not quick), Kept("after_headlines", not quick)
    data, corpus = results.label(headlines.SAMPLE), headlines.load(headlines.SAMPLE)
    epochs, name, mixed = 1 if quick else 40, "Transformer", "Transformer + trigram"
    wanted = ["trigram", "last word", "LSTM", "LSTM + trigram"]
    for number in range(1 if quick else folds):
        key, parts = {"data": data, "split": number}, headlines.fold(corpus, number)
        if not quick:
            headlines.judge_split(rivals, parts, key, wanted, headlines.SEEDS, epochs)
        (train, valid, held), all_words = headlines.encode(*parts)
        words = np.count_nonzero(held[:, 1:], axis=1).tolist()
        counted = text.train_ngram(train, all_words)
        of_trigram = [right_probabilities(counted, ids) for ids in (valid, held)]
        best = None
        for seed in range(min(seeds, headlines.SEEDS)):
            if kept.find(**key, model=mixed, seed=seed):
                best = best or kept.find(**key, model=name, seed=seed)["dropout"]
                continue
            tried = {}
            for dropout in [tuple(best)] if best else DROPOUTS:
                start = time.process_time()
                model = train_reader([train, valid], all_words, dropout, seed, epochs)
                on = [right_probabilities(model, ids) for ids in (valid, held)]
                tried[dropout] = headlines.bits_per_word(on[0], valid), on, time.process_time() - start
            best = min(tried, key=lambda dropout: tried[dropout][0])
            validation, on, seconds = tried[best]
            found = {"validation": validation, "bits": headlines.bits(on[1]).round(4).tolist(), "words": words}
            setting = f"dropout {best[0]} {best[1]}"
            about = {"dropout": list(best), "cpu_seconds": seconds, "weights": model.count_params()}
            kept.add(**key, model=name, seed=seed, setting=setting, **found, **about)
            weight = text.fit_weight(on[0], of_trigram[0])
            on = [weight * one + (1 - weight) * other for one, other in zip(on, of_trigram, strict=True)]
            found = {
                "validation": headlines.bits_per_word(on[0], valid),
                "bits": headlines.bits(on[1]).round(4).tolist(),
            }
            kept.add(**key, model=mixed, seed=seed, setting=f"weight {weight:.3f}", **found, words=words)
    both = Kept("after_headlines", False)
    done = {line["split"] for line in kept.rows}
    both.rows = [line for line in rivals.rows if line["model"] in wanted and line["split"] in done] + kept.rows
    pairs = [("Transformer", other) for other in ("trigram", "last word", "LSTM")]
    pairs += [("Transformer + trigram", other) for other in ("trigram", "LSTM + trigram")]
    known = {line["model"] for line in both.rows}
    pairs = [pair for pair in pairs if known >= {*pair}]
    return {
        "after_headlines": headlines.as_rows(both, data),
        "after_intervals": headlines.intervals(both, data, pairs),
    }


def main() -> None:
    """Measure one of the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    measures = {"points": of_points, "schedules": of_schedules, "whisper": of_whisper, "headlines": of_headlines}
    for name in measures:
        what.add_argument(f"--{name}", action="store_true")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="at most; some tables need fewer")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    name = next(name for name in measures if getattr(options, name))
    if name == "points":
        games.use_one_thread()  # as lesson 2 does, and for all ways alike
    for table, found in measures[name](1 if options.quick else options.seeds, options.quick).items():
        print(f"\n{found.round(3).to_string(index=False)}")
        if not options.quick:
            results.keep(table, found, command=f"python -m benchmarks.after --{name}", seeds=options.seeds)


if __name__ == "__main__":
    main()
