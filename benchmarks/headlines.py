"""Notebook 1: the chapter's one-hot prefixes against one pass per headline, and what each change of the model brings.

python -m benchmarks.headlines --ablation     perplexity of every model: five splits, three seeds (half an hour)
python -m benchmarks.headlines --growth ...   trigram and LSTM on an eighth of the headlines up to all of them; further
                                              files of headlines may be named, such as other months
--data FOLDER   the headlines of another folder; --quick   a smoke test of the same code, which keeps nothing
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import tensorflow as tf

import utils
from benchmarks import results
from benchmarks.common import SAMPLE, Row, both_ways, peak_memory
from course.text import count_known, fit_weights, train_trigram
from tools.lessons import COURSE, library

TARGET_LOSS, MOST_EPOCHS, FOLDS = 3.9, 200, 5
CHANGES = [  # name, what is added; each row keeps the changes of the rows before it
    ("one pass per headline", {}),
    ("+ begin at the unigram", {"unigram_start": True}),
    ("+ one table of 128", {"tied": True}),
    ("+ dropout 0.6 and 0.8", {"dropout": (0.6, 0.8)}),
    ("+ hide rare words", {"hide": True}),
    ("+ beginnings and endings", {"parts": True}),
    ("+ mean of the weights", {"average": 0.98}),
    ("+ weight decay 0.1", {"weight_decay": 0.1}),
]
BEST = "+ mean of the weights"

tf.get_logger().setLevel("ERROR")  # each network is compiled anew, and is meant to be
lesson = library("01_lstm_headlines")
lesson.TqdmCallback = lambda *args, **kwargs: keras.callbacks.Callback()
Model = Callable[[list[list[int]]], np.ndarray]


# ---------------------------------------------------------------- speed and memory


class StopAt(keras.callbacks.Callback):
    """Stops the training as soon as the loss of an epoch is below the target; keeps how long each epoch took."""

    def __init__(self, target: float) -> None:
        super().__init__()
        self.target, self.loss, self.seconds = target, float("inf"), []

    def on_epoch_begin(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: dict[str, float] | None = None) -> None:
        self.seconds.append(time.perf_counter() - self.start)
        self.loss = logs["loss"]
        self.model.stop_training = self.loss < self.target


def chapter_way(corpus: list[str], stop: StopAt) -> int:
    """As printed: padded prefixes, labels as one-hot rows, batches of 32; the number of words predicted per epoch."""
    sequences, all_words = lesson.get_seq_of_tokens(corpus)
    predictors, label, max_sequence_len = lesson.generate_padded_sequences(sequences)
    label = keras.utils.to_categorical(label, num_classes=all_words)
    model = lesson.create_model(max_sequence_len, all_words)
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    model.fit(predictors, label, epochs=MOST_EPOCHS, verbose=0, callbacks=[stop])
    return len(label)


def our_way(corpus: list[str], stop: StopAt) -> int:
    """The same layers, one pass per headline: a prediction after every word, ids as labels, batches of 64."""
    sequences = lesson.encode(corpus, lesson.index_words(corpus))
    model = lesson.create_reader(np.bincount(np.concatenate(sequences)))
    batches = lesson.headline_batches(sequences)
    model.fit(batches, epochs=MOST_EPOCHS, shuffle=False, verbose=0, callbacks=[stop])
    return sum(int(np.count_nonzero(targets)) for _, targets in batches)  # 0 is the pad


WAYS = {"chapter": chapter_way, "ours": our_way}


def measure_one(way: str, target: float) -> None:
    """Train one way; print seconds, peak memory above the libraries' (MB), loss, and words predicted per second."""
    keras.utils.set_random_seed(0)
    corpus = load(SAMPLE)
    tf.constant(0.0) + 1  # the libraries are loaded and running
    before, start = peak_memory(), time.perf_counter()
    stop = StopAt(target)
    words = WAYS[way](corpus, stop)
    result = {"seconds": time.perf_counter() - start, "memory": peak_memory() - before, "loss": stop.loss}
    print(json.dumps(result | {"rate": words / statistics.median(stop.seconds)}))


def measure(quick: bool) -> list[Row]:
    """Seconds to the same training loss (compiling counted), words per second, memory; each way in its own process."""
    target, repeats = (7.0, 1) if quick else (TARGET_LOSS, 3)
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(repeats):
        for way in WAYS:
            command = [sys.executable, "-m", "benchmarks.headlines", "--way", way, "--target", str(target)]
            output = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=True).stdout
            found[way].append(json.loads(output.splitlines()[-1]))
    rows: list[Row] = []
    for what, unit, key in [
        (f"time to training loss {target}", "s", "seconds"),
        ("words predicted in training", "1/s", "rate"),
        ("peak memory above libraries", "MB", "memory"),
    ]:
        rows += both_ways(1, what, unit, *([run[key] for run in found[way]] for way in WAYS))
    return rows


# ---------------------------------------------------------------- perplexity


def load(root: str | Path) -> list[str]:
    """The cleaned headlines of a folder or file."""
    return [lesson.clean_text(headline) for headline in utils.load_headlines(root)]


def fold(corpus: list[str], number: int) -> tuple[list[str], list[str], list[str]]:
    """Training, validation and held-out headlines of one of FOLDS splits; equal titles stay together."""
    titles = sorted(set(corpus))
    order = np.random.default_rng(0).permutation(len(titles))
    drawn = {titles[index] for index in order[number::FOLDS]}
    rest = [headline for headline in corpus if headline not in drawn]
    training, validation = lesson.split_headlines(rest, seed=number)
    return training, validation, [headline for headline in corpus if headline in drawn]


def encode(*corpora: list[str]) -> tuple[list[list[list[int]]], dict[str, int]]:
    """Token ids of several lists of headlines, with the words of the first; and the id of each of these words."""
    words = lesson.index_words(corpora[0])
    return [lesson.encode(corpus, words) for corpus in corpora], words


def chapter_model(train: list, valid: list, all_words: int, longest: int, epochs: int, seed: int) -> Model:
    """The chapter's network on prefixes, stopped in time."""
    keras.utils.set_random_seed(seed)
    model = lesson.create_model(longest, all_words)
    data = []
    for sequences in (train, valid):
        contexts, words = lesson.questions(sequences)
        data.append((keras.utils.pad_sequences(contexts, maxlen=longest - 1), words))
    stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    model.fit(*data[0], batch_size=128, epochs=epochs, verbose=0, validation_data=data[1], callbacks=[stop])
    return lesson.window_reader(model, longest)


def reader(train: list, valid: list, all_words: int, longest: int, epochs: int, seed: int, **options: object) -> Model:
    """The network with some of the changes, stopped in time."""
    keras.utils.set_random_seed(seed)
    model = lesson.create_reader(np.bincount(np.concatenate(train), minlength=all_words), **options)
    lesson.train_reader(model, train, valid, epochs)
    return lesson.headline_reader(model, longest)


def best_mixture(first: Sequence[np.ndarray], second: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> float:
    """Perplexity on held-out headlines, with the weights best on validation; each argument has both parts."""
    weight = fit_weights(first[0], second[0], known[0])[known[1]]
    return lesson.perplexity(weight * first[1] + (1 - weight) * second[1])


def ablation(root: str | Path, folds: int = FOLDS, seeds: int = 3, epochs: int = 40) -> pd.DataFrame:
    """Held-out perplexity of every model: a row for each split (the mean over the seeds), and mean, lowest, highest."""
    corpus = load(root)
    found: dict[str, list[float]] = {}
    for number in range(folds):
        (train, valid, test), words = encode(*fold(corpus, number))
        all_words = len(words) + 1
        longest = max(map(len, train + valid + test))

        def on_both(model: Model, parts: tuple = (valid, test)) -> list[np.ndarray]:
            return [lesson.right_probabilities(model, sequences) for sequences in parts]

        known_words = count_known(train)
        known = [known_words(lesson.questions(part)[0]) for part in (valid, test)]
        row: dict[str, float] = {"uniform": all_words - 1}
        shares = lesson.train_unigram(train, all_words)
        row["unigram"] = lesson.perplexity(on_both(lambda contexts, p=shares: np.tile(p, (len(contexts), 1)))[1])
        trigram = on_both(train_trigram(train, all_words))
        row["trigram"] = lesson.perplexity(trigram[1])

        networks = [("the chapter's network", chapter_model, {})]
        options: dict[str, object] = {}
        for name, change in CHANGES:
            options = options | change
            if "parts" in change:
                options["parts"] = lesson.word_parts(words)
            networks.append((name, reader, options))
        for name, train_it, chosen in networks:
            runs = [
                on_both(train_it(train, valid, all_words, longest, epochs, seed, **chosen)) for seed in range(seeds)
            ]
            row[name] = statistics.mean(lesson.perplexity(run[1]) for run in runs)
            if name in ("the chapter's network", BEST):
                label = "LSTM" if name == BEST else name
                mixed = statistics.mean(best_mixture(run, trigram, known) for run in runs)
                together = [np.mean([run[part] for run in runs], axis=0) for part in (0, 1)]
                row[f"{label} and trigram"] = mixed
                if name == BEST:
                    row[f"mean of {seeds} LSTMs"] = lesson.perplexity(together[1])
                    row[f"mean of {seeds} LSTMs and trigram"] = best_mixture(together, trigram, known)
        for name, value in row.items():
            found.setdefault(name, []).append(value)
        say(f"split {number + 1}", row)
    whole = pd.DataFrame(found)
    whole.index = [str(number + 1) for number in whole.index]
    whole = pd.concat([whole, whole.agg(["mean", "min", "max"]).set_axis(["mean", "lowest", "highest"])])
    return whole.T.rename_axis("model").reset_index().melt("model", var_name="split", value_name="perplexity")


# What few headlines need is too much for many.
DROPOUTS = ((0.6, 0.8), (0.4, 0.6), (0.3, 0.5))


def growth(root: str | Path, more: Sequence[str | Path], seeds: int = 3, epochs: int = 40) -> pd.DataFrame:
    """Held-out perplexity by number of training headlines; held-out headlines and vocabulary stay the same.

    The LSTM's dropout is the one of DROPOUTS that the validation headlines like best.
    """
    training, validation, held_out = fold(load(root), 0)
    (train, valid, test), words = encode(training, validation, held_out)
    all_words = len(words) + 1
    kept_out = {*validation, *held_out}
    further = [headline for path in more for headline in load(path) if headline not in kept_out]
    rng = np.random.default_rng(0)
    train = [train[index] for index in rng.permutation(len(train))]
    further = lesson.encode([further[index] for index in rng.permutation(len(further))], words)
    longest = max(map(len, train + valid + test + further))
    sizes = [len(train) // 8, len(train) // 4, len(train) // 2, len(train)]
    everything = len(train) + len(further)
    while 1.1 * sizes[-1] < everything:
        sizes.append(min(2 * sizes[-1], everything))
    rows = []
    options = {name: value for _, change in CHANGES[:-1] for name, value in change.items()}
    options["parts"] = lesson.word_parts(words)
    for size in sizes:
        some = (train + further)[:size]
        trigram = [lesson.right_probabilities(train_trigram(some, all_words), part) for part in (valid, test)]
        known_words = count_known(some)
        known = [known_words(lesson.questions(part)[0]) for part in (valid, test)]
        runs = []
        for seed in range(seeds):
            tried = []
            for dropout in DROPOUTS:
                model = reader(some, valid, all_words, longest, epochs, seed, **{**options, "dropout": dropout})
                tried.append([lesson.right_probabilities(model, part) for part in (valid, test)])
            runs.append(min(tried, key=lambda run: lesson.perplexity(run[0])))
        perplexities = {
            "trigram": [lesson.perplexity(trigram[1])],
            "LSTM": [lesson.perplexity(run[1]) for run in runs],
            "mixture": [best_mixture(run, trigram, known) for run in runs],
        }
        for name, values in perplexities.items():
            rows += [
                {"headlines": size, "model": name, "seed": seed, "perplexity": value}
                for seed, value in enumerate(values)
            ]
        say(size, {name: statistics.mean(values) for name, values in perplexities.items()})
    return pd.DataFrame(rows)


def say(what: object, perplexities: dict[str, float]) -> None:
    """How far a long measurement is."""
    print(what, {name: round(value) for name, value in perplexities.items()}, flush=True)


# ---------------------------------------------------------------- command line


def main() -> None:
    """Measure what was asked for, print it and keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--ablation", action="store_true")
    what.add_argument("--growth", nargs="*", metavar="FILE")
    what.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--data", default=SAMPLE, help="folder with articles.csv (data/sample)")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--target", type=float, default=TARGET_LOSS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        return measure_one(options.way, options.target)
    small = {"seeds": 1, "epochs": 1} if options.quick else {"seeds": options.seeds}
    settings = {"data": results.label(options.data), "seeds": options.seeds}
    if options.ablation:
        name, settings["command"] = "headlines_ablation", "python -m benchmarks.headlines --ablation"
        table = ablation(options.data, **small, **({"folds": 1} if options.quick else {}))
    else:
        name, settings["command"] = "headlines_months", "python -m benchmarks.headlines --growth"
        settings["further"] = [results.label(path) for path in options.growth]
        table = growth(options.data, options.growth, **small)
    print(table.to_string())
    if not options.quick:
        results.keep(name, table, **settings)


if __name__ == "__main__":
    main()
