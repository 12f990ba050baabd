"""Notebook 1: the chapter's one-hot prefixes against one pass per headline, and what each change of the model brings.

python benchmarks/headlines.py               time to the same training loss, and peak memory, of both ways
python benchmarks/headlines.py --ablation    perplexity of every model: five splits, three seeds (about half an hour)
python benchmarks/headlines.py --growth ...  trigram and LSTM on an eighth of the headlines up to all of them;
                                             further files of headlines may be named, such as other months
--data FOLDER   the headlines of another folder; --quick   a smoke test of the same code, in seconds
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from common import Row, machine, peak_memory

import keras
import numpy as np
import tensorflow as tf
from definitions import definitions

import utils

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

tf.get_logger().setLevel("ERROR")  # AutoGraph finds no source for a lambda of an imported notebook
notebook = definitions("01_lstm_headlines")
notebook.TqdmCallback = lambda *args, **kwargs: keras.callbacks.Callback()
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
    sequences, all_words = notebook.get_seq_of_tokens(corpus)
    predictors, label, max_sequence_len = notebook.generate_padded_sequences(sequences)
    label = keras.utils.to_categorical(label, num_classes=all_words)
    model = notebook.create_model(max_sequence_len, all_words)
    model.compile(loss="categorical_crossentropy", optimizer="adam")
    model.fit(predictors, label, epochs=MOST_EPOCHS, verbose=0, callbacks=[stop])
    return len(label)


def our_way(corpus: list[str], stop: StopAt) -> int:
    """The same layers, one pass per headline: a prediction after every word, ids as labels, batches of 64."""
    _, all_words = notebook.get_seq_of_tokens(corpus)
    sequences = notebook.encode(corpus)
    model = notebook.create_reader(np.bincount(np.concatenate(sequences), minlength=all_words))
    batches = notebook.headline_batches(sequences)
    model.fit(batches, epochs=MOST_EPOCHS, shuffle=False, verbose=0, callbacks=[stop])
    return sum(int(np.count_nonzero(targets)) for _, targets in batches)  # 0 is the pad


WAYS = {"chapter": chapter_way, "ours": our_way}


def measure_one(way: str, root: str, target: float) -> None:
    """Train one way; print seconds, peak memory above the libraries' (MB), loss, and words predicted per second."""
    keras.utils.set_random_seed(0)
    corpus = load(root)
    tf.constant(0.0) + 1  # the libraries are loaded and running
    before, start = peak_memory(), time.perf_counter()
    stop = StopAt(target)
    words = WAYS[way](corpus, stop)
    result = {"seconds": time.perf_counter() - start, "memory": peak_memory() - before, "loss": stop.loss}
    print(json.dumps(result | {"rate": words / statistics.median(stop.seconds)}))


def measure(quick: bool = False, root: str | None = None) -> list[Row]:
    """Seconds to the same training loss (compiling counted), words per second, memory; each way in its own process."""
    target, repeats = (7.0, 1) if quick else (TARGET_LOSS, 3)
    found: dict[str, list[dict[str, float]]] = {way: [] for way in WAYS}
    for _ in range(repeats):
        for way in WAYS:
            command = [sys.executable, __file__, "--way", way, "--target", str(target)]
            if root:
                command += ["--data", str(root)]
            output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
            found[way].append(json.loads(output.splitlines()[-1]))
    return [
        Row("1", what, [run[key] for run in found["chapter"]], [run[key] for run in found["ours"]], key == "rate")
        for what, key in [
            (f"time to training loss {target}, s", "seconds"),
            ("words predicted in training, 1/s", "rate"),
            ("peak memory above libraries, MB", "memory"),
        ]
    ]


# ---------------------------------------------------------------- perplexity


def load(root: str | None) -> list[str]:
    """The cleaned headlines of a folder or file."""
    return [notebook.clean_text(headline) for headline in utils.load_headlines(root)]


def fold(corpus: list[str], number: int) -> tuple[list[str], list[str], list[str]]:
    """Training, validation and held-out headlines of one of FOLDS splits; equal titles stay together."""
    titles = sorted(set(corpus))
    order = np.random.default_rng(0).permutation(len(titles))
    drawn = {titles[index] for index in order[number::FOLDS]}
    rest = [headline for headline in corpus if headline not in drawn]
    training, validation = notebook.split_headlines(rest, seed=number)
    return training, validation, [headline for headline in corpus if headline in drawn]


def encode(*corpora: list[str]) -> tuple[list[list[list[int]]], int]:
    """Token ids of several lists of headlines, with the words of the first; and the number of ids."""
    _, all_words = notebook.get_seq_of_tokens(corpora[0])
    return [notebook.encode(corpus) for corpus in corpora], all_words


def chapter_model(train: list, valid: list, all_words: int, longest: int, epochs: int, seed: int) -> Model:
    """The chapter's network on prefixes, stopped in time."""
    keras.utils.set_random_seed(seed)
    model = notebook.create_model(longest, all_words)
    data = []
    for sequences in (train, valid):
        contexts, words = notebook.questions(sequences)
        data.append((keras.utils.pad_sequences(contexts, maxlen=longest - 1), words))
    stop = keras.callbacks.EarlyStopping(patience=5, restore_best_weights=True)
    model.fit(*data[0], batch_size=128, epochs=epochs, verbose=0, validation_data=data[1], callbacks=[stop])
    return notebook.window_reader(model, longest)


def reader(train: list, valid: list, all_words: int, longest: int, epochs: int, seed: int, **options: object) -> Model:
    """The network with some of the changes, stopped in time."""
    keras.utils.set_random_seed(seed)
    if options.get("parts") is True:
        options["parts"] = notebook.word_parts(notebook.word_index)
    model = notebook.create_reader(np.bincount(np.concatenate(train), minlength=all_words), **options)
    notebook.train_reader(model, train, valid, epochs)
    return notebook.headline_reader(model, longest)


def best_mixture(first: Sequence[np.ndarray], second: Sequence[np.ndarray], known: Sequence[np.ndarray]) -> float:
    """Perplexity on held-out headlines, with the weights best on validation; each argument has both parts."""
    weight = notebook.fit_weights(first[0], second[0], known[0])[known[1]]
    return notebook.perplexity(weight * first[1] + (1 - weight) * second[1])


def ablation(root: str | None, folds: int = FOLDS, seeds: int = 3, epochs: int = 40) -> dict[str, list[float]]:
    """Held-out perplexity of every model, one value per fold: the mean over the seeds."""
    corpus = load(root)
    results: dict[str, list[float]] = {}
    for number in range(folds):
        (train, valid, test), all_words = encode(*fold(corpus, number))
        longest = max(map(len, train + valid + test))

        def on_both(model: Model, parts: tuple = (valid, test)) -> list[np.ndarray]:
            return [notebook.right_probabilities(model, sequences) for sequences in parts]

        known_words = notebook.count_known(train)
        known = [known_words(notebook.questions(part)[0]) for part in (valid, test)]
        row: dict[str, float] = {"uniform": all_words - 1}
        shares = notebook.train_unigram(train, all_words)
        row["unigram"] = notebook.perplexity(on_both(lambda contexts, p=shares: np.tile(p, (len(contexts), 1)))[1])
        trigram = on_both(notebook.train_trigram(train, all_words))
        row["trigram"] = notebook.perplexity(trigram[1])

        networks = [("the chapter's network", chapter_model, {})]
        options: dict[str, object] = {}
        for name, change in CHANGES:
            options = options | change
            networks.append((name, reader, options))
        for name, train_it, chosen in networks:
            runs = [
                on_both(train_it(train, valid, all_words, longest, epochs, seed, **chosen)) for seed in range(seeds)
            ]
            row[name] = statistics.mean(notebook.perplexity(run[1]) for run in runs)
            if name in ("the chapter's network", BEST):
                label = "LSTM" if name == BEST else name
                mixed = statistics.mean(best_mixture(run, trigram, known) for run in runs)
                together = [np.mean([run[part] for run in runs], axis=0) for part in (0, 1)]
                row[f"{label} and trigram"] = mixed
                if name == BEST:
                    row[f"mean of {seeds} LSTMs"] = notebook.perplexity(together[1])
                    row[f"mean of {seeds} LSTMs and trigram"] = best_mixture(together, trigram, known)
        for name, value in row.items():
            results.setdefault(name, []).append(value)
        print(
            f"split {number + 1}: { ({name: round(value) for name, value in row.items()}) }",
            file=sys.stderr,
            flush=True,
        )
    return results


# What few headlines need is too much for many.
DROPOUTS = ((0.6, 0.8), (0.4, 0.6), (0.3, 0.5))


def growth(root: str | None, more: list[str], seeds: int = 3, epochs: int = 40) -> dict[int, dict[str, float]]:
    """Held-out perplexity by number of training headlines; held-out headlines and vocabulary stay the same.

    The LSTM's dropout is the one of DROPOUTS that the validation headlines like best.
    """
    training, validation, held_out = fold(load(root), 0)
    (train, valid, test), all_words = encode(training, validation, held_out)
    kept_out = {*validation, *held_out}
    further = [headline for path in more for headline in load(path) if headline not in kept_out]
    rng = np.random.default_rng(0)
    train = [train[index] for index in rng.permutation(len(train))]
    further = notebook.encode([further[index] for index in rng.permutation(len(further))])
    longest = max(map(len, train + valid + test + further))
    sizes = [len(train) // 8, len(train) // 4, len(train) // 2, len(train)]
    everything = len(train) + len(further)
    while 1.1 * sizes[-1] < everything:
        sizes.append(min(2 * sizes[-1], everything))
    results: dict[int, dict[str, float]] = {}
    options = {name: value for _, change in CHANGES[:-1] for name, value in change.items()}
    for size in sizes:
        some = (train + further)[:size]
        trigram = [
            notebook.right_probabilities(notebook.train_trigram(some, all_words), part) for part in (valid, test)
        ]
        known_words = notebook.count_known(some)
        known = [known_words(notebook.questions(part)[0]) for part in (valid, test)]
        runs = []
        for seed in range(seeds):
            tried = []
            for dropout in DROPOUTS:
                model = reader(some, valid, all_words, longest, epochs, seed, **{**options, "dropout": dropout})
                tried.append([notebook.right_probabilities(model, part) for part in (valid, test)])
            runs.append(min(tried, key=lambda run: notebook.perplexity(run[0])))
        results[size] = {
            "trigram": notebook.perplexity(trigram[1]),
            "LSTM": statistics.mean(notebook.perplexity(run[1]) for run in runs),
            "mixture": statistics.mean(best_mixture(run, trigram, known) for run in runs),
        }
        print(size, {name: round(value) for name, value in results[size].items()}, file=sys.stderr, flush=True)
    return results


# ---------------------------------------------------------------- command line


def main() -> None:
    """Measure what was asked for and print it as a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", help="folder with articles.csv")
    parser.add_argument("--ablation", action="store_true")
    parser.add_argument("--growth", nargs="*", metavar="FILE")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--target", type=float, default=TARGET_LOSS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.way:
        return measure_one(options.way, options.data, options.target)
    print(machine())
    small = {"seeds": 1, "epochs": 1} if options.quick else {"seeds": options.seeds}
    if options.ablation:
        results = ablation(options.data, **small, **({"folds": 1} if options.quick else {}))
        print(f"\n| held-out perplexity, mean of {FOLDS} splits and {options.seeds} seeds | mean | from | to |")
        print("| --- | --- | --- | --- |")
        for name, values in results.items():
            print(f"| {name} | {statistics.mean(values):,.0f} | {min(values):,.0f} | {max(values):,.0f} |")
    elif options.growth is not None:
        results = growth(options.data, options.growth, **small)
        print("\n| training headlines | trigram | LSTM | mixture |\n| --- | --- | --- | --- |")
        for size, row in results.items():
            print(f"| {size:,} | {row['trigram']:.0f} | {row['LSTM']:.0f} | {row['mixture']:.0f} |")
    else:
        print("\n| what | chapter's way | course | times better |\n| --- | --- | --- | --- |")
        for row in measure(options.quick, options.data):
            print(f"| {' | '.join(row.cells()[1:])} |")


if __name__ == "__main__":
    main()
