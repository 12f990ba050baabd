"""Notebook 1: the chapter's one-hot prefixes against one pass per headline; what memory is worth beside fair rivals.

python -m benchmarks.headlines --rivals        every model on five splits: each headline is held out once
python -m benchmarks.headlines --leave-out     the LSTM with one of its ingredients less, on the same splits
python -m benchmarks.headlines --months FILE   trigram, last word and LSTM on one month up to all of the files
python -m benchmarks.headlines --memory        memory and seconds by number of headlines
--data FOLDER   the headlines of another folder; --quick   a smoke test of the same code, which keeps nothing

Every network has the same budget: on validation headlines the better of two pairs of dropout rates with seed 0, then
one more training with another seed. What is done is kept in output/benchmarks/, so a run that is cut off goes on there.
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
from keras import layers, ops
from numpy.typing import NDArray

import utils
from benchmarks import results
from benchmarks.common import SAMPLE, Row, both_ways, peak_memory
from course import readers, text
from course.after import right_probabilities
from course.text import END, PAD, fit_weight, paired_interval, train_ngram
from tools.lessons import COURSE, library

TARGET_LOSS, MOST_EPOCHS, FOLDS, SEEDS = 3.9, 200, 5, 2
DROPOUTS = ((0.4, 0.6), (0.6, 0.8))  # before and behind the memory; the same choice for every network
RARE = (1, 2)  # the same number of choices for what only counts

tf.get_logger().setLevel("ERROR")  # each network is compiled anew, and is meant to be
lesson = library("01_lstm_headlines")
readers.TqdmCallback = lambda *args, **kwargs: keras.callbacks.Callback()


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
    """One pass per headline: a prediction after every word, ids as labels, batches of 64; the chapter's dropout.

    What is predicted is what the chapter predicts: words from the second one on, and no end.
    """
    ids = lesson.to_rows(corpus, lesson.index_text(corpus))
    all_words = int(ids.max()) + 1
    memory = layers.LSTM(lesson.UNITS, return_sequences=True)
    model = lesson.create_reader(readers.unigram_shares(ids, all_words), memory, all_words, dropout=(0.0, 0.1))
    batches = readers.headline_batches(np.where(ids == END, PAD, ids)[:, 1:], all_words, share=0.0)
    model.fit(batches, epochs=MOST_EPOCHS, shuffle=False, verbose=0, callbacks=[stop])
    return sum(int(np.count_nonzero(targets)) for _, targets in batches)


WAYS = {"chapter": chapter_way, "ours": our_way}


def measure_one(way: str, target: float, root: str | Path = SAMPLE) -> None:
    """Train one way; print seconds, peak memory above the libraries' (MB), loss, and words predicted per second."""
    keras.utils.set_random_seed(0)
    corpus = [lesson.clean_text(headline) for headline in utils.load_headlines(root)]
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


# ---------------------------------------------------------------- rivals


def bag_of_words(x: keras.KerasTensor) -> keras.KerasTensor:
    """The mean of all word vectors so far, through a layer: which words there were, without their order."""
    return layers.Dense(lesson.UNITS, activation="tanh")(ops.cumsum(x, axis=1) / ops.cumsum(ops.ones_like(x), axis=1))


MEMORIES: dict[str, Callable[[], Callable]] = {  # what stands between the word vectors and the next word
    "last word": lambda: layers.Dense(lesson.UNITS, activation="tanh"),
    "bag of words": lambda: bag_of_words,
    "SimpleRNN": lambda: layers.SimpleRNN(lesson.UNITS, return_sequences=True),
    "GRU": lambda: layers.GRU(lesson.UNITS, return_sequences=True),
    "LSTM": lambda: layers.LSTM(lesson.UNITS, return_sequences=True),
}
MODELS = ["uniform", "unigram", "bigram", "trigram", *MEMORIES, "LSTM + trigram", "last word + trigram"]


def load(*roots: str | Path) -> list[str]:
    """The headlines of folders or files as words, in every alphabet."""
    return [line for root in roots for line in map(lesson.mend_text, utils.load_headlines(root)) if line]


def fold(corpus: list[str], number: int) -> tuple[list[str], list[str], list[str]]:
    """Training, validation and held-out headlines of one of FOLDS splits; equal titles stay together."""
    titles = sorted(set(corpus))
    order = np.random.default_rng(0).permutation(len(titles))
    drawn = {titles[index] for index in order[number::FOLDS]}
    rest = [headline for headline in corpus if headline not in drawn]
    training, validation = lesson.split_headlines(rest, seed=number)
    return training, validation, [headline for headline in corpus if headline in drawn]


def encode(*corpora: list[str]) -> tuple[list[NDArray], int]:
    """Token ids of several lists of headlines, with the words of the first, and the number of ids."""
    to_ids = lesson.index_text(corpora[0])
    return [np.array(lesson.to_rows(corpus, to_ids)) for corpus in corpora], to_ids.vocabulary_size()


def shortened(model: keras.Model, ids: NDArray, words: int, shuffled: bool = False) -> NDArray:
    """Like `right_probabilities`, shown only so many of the last words, or the earlier ones shuffled."""
    rng = np.random.default_rng(0)
    found = np.ones((len(ids), ids.shape[1] - 1))
    for end in range(1, ids.shape[1]):
        some = np.flatnonzero(ids[:, end] != PAD)
        if not len(some):
            break
        context = ids[some, max(end - words, 0) : end].copy()
        if shuffled:  # behind the [END] that every headline begins with
            context[:, 1:-1] = rng.permuted(context[:, 1:-1], axis=1)
        shares = np.asarray(ops.softmax(model(context)[:, -1]))
        found[some, end - 1] = shares[np.arange(len(some)), ids[some, end]]
    return found


def bits(probabilities: NDArray) -> NDArray:
    """Bits of each headline (n,)."""
    return -np.log2(probabilities).sum(axis=1)


def bits_per_word(probabilities: NDArray, ids: NDArray) -> float:
    """Bits per word, the end included."""
    return bits(probabilities).sum() / np.count_nonzero(ids[:, 1:])


class Kept:
    """A file of finished measurements, a line of JSON each; a cut loses the one that runs."""

    def __init__(self, name: str, keep: bool) -> None:
        self.path = COURSE / "output" / "benchmarks" / f"{name}.jsonl" if keep else None
        there = self.path is not None and self.path.exists()
        self.rows = [json.loads(line) for line in self.path.read_text("utf-8").splitlines()] if there else []

    def find(self, **key: object) -> dict | None:
        """The measurement of this data, model, split, seed and setting, if it is there."""
        return next((row for row in self.rows if key.items() <= row.items()), None)

    def add(self, **row: object) -> dict:
        """Keep one, say so, return it."""
        self.rows.append(row)
        if self.path:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        print(*(f"{key}={value}" for key, value in row.items() if not isinstance(value, list)), flush=True)
        return row


def train_network(memory: Callable, ids: Sequence[NDArray], all_words: int, epochs: int, seed: int, **options: object):
    """One network, trained on the first rows and stopped by the second."""
    keras.utils.set_random_seed(seed)
    keras.backend.clear_session()
    share = options.pop("share", readers.SHARE)
    start = options.pop("start", True)
    model = lesson.create_reader(
        readers.unigram_shares(ids[0], all_words) if start else None, memory, all_words, **options
    )
    readers.train_reader(model, ids[0], ids[1], all_words, epochs, share=share)
    return model


def judge_split(
    kept: Kept, parts: Sequence[list[str]], key: dict[str, object], models: Sequence[str], seeds: int, epochs: int
) -> None:
    """Every model on one split: its bits for each held-out headline, by the setting that validation likes best."""
    (train, valid, test), all_words = encode(*parts)
    words = np.count_nonzero(test[:, 1:], axis=1).tolist()
    held: dict[tuple[str, int], list[NDArray]] = {}  # probabilities on validation and held-out headlines

    def judged(model: str, seed: int, setting: str, on: list[NDArray], **more: object) -> None:
        found = {"validation": bits_per_word(on[0], valid), "bits": bits(on[1]).round(4).tolist(), "words": words}
        if not kept.find(**key, model=model, seed=seed):
            kept.add(**key, model=model, seed=seed, setting=setting, **found, **more)

    if "uniform" in models:
        judged("uniform", 0, "none", [np.where(ids[:, 1:] == PAD, 1, 1 / (all_words - 1)) for ids in (valid, test)])
    for order, name in ((1, "unigram"), (2, "bigram"), (3, "trigram")):
        tried = {}
        for rare in RARE:
            model = train_ngram(train, all_words, order, rare)
            tried[rare] = [right_probabilities(model, ids) for ids in (valid, test)]
        best = min(tried, key=lambda rare: bits_per_word(tried[rare][0], valid))
        held[name, 0] = tried[best]
        if name in models:
            judged(name, 0, f"rare {best}", tried[best])
    for name, memory in MEMORIES.items():
        mixed = f"{name} + trigram"
        wanted = {name, mixed} & set(models)
        if name not in models or all(kept.find(**key, model=m, seed=s) for m in wanted for s in range(seeds)):
            continue
        best = None
        for seed in range(seeds):
            tried = {}
            for dropout in [best] if best else DROPOUTS:
                start = time.process_time()
                model = train_network(memory(), (train, valid), all_words, epochs, seed, dropout=dropout)
                on = [right_probabilities(model, ids) for ids in (valid, test)]
                value = bits_per_word(on[0], valid)
                print(
                    name, dropout, seed, round(value, 3), f"{time.process_time() - start:.0f} CPU seconds", flush=True
                )
                tried[dropout] = value, on, model
            best = min(tried, key=lambda dropout: tried[dropout][0])
            _, on, model = tried[best]
            more = {}
            if name == "LSTM":
                shown = {f"last {count}": shortened(model, test, count) for count in (1, 2, 3)}
                shown["earlier shuffled"] = shortened(model, test, test.shape[1], shuffled=True)
                more = {what: bits(values).round(4).tolist() for what, values in shown.items()}
            judged(name, seed, f"dropout {best[0]} {best[1]}", on, **more)
            if mixed in models:
                weight = fit_weight(on[0], held["trigram", 0][0])
                both = zip(on, held["trigram", 0], strict=True)
                judged(mixed, seed, f"weight {weight:.3f}", [weight * a + (1 - weight) * b for a, b in both])


def as_rows(kept: Kept, data: str) -> pd.DataFrame:
    """A row for each model, split and seed."""
    rows = []
    for row in (row for row in kept.rows if row["data"] == data):
        per_word = sum(row["bits"]) / sum(row["words"])
        rows.append(
            {key: row[key] for key in ("data", "model", "split", "seed", "setting", "validation")}
            | {"perplexity": 2**per_word, "bits_per_word": per_word}
        )
    return pd.DataFrame(rows)


def pooled(kept: Kept, what: str = "bits", **key: object) -> tuple[NDArray, NDArray]:
    """Bits of all held-out headlines of all splits, means of the seeds, and their words."""
    rows = [row for row in kept.rows if key.items() <= row.items() and what in row]
    splits = sorted({row["split"] for row in rows})
    each = [[row for row in rows if row["split"] == split] for split in splits]
    found = np.concatenate([np.mean([row[what] for row in some], axis=0) for some in each])
    return found, np.concatenate([some[0]["words"] for some in each])


def intervals(kept: Kept, data: str, pairs: Sequence[tuple[str, str]]) -> pd.DataFrame:
    """How many bits per word one model needs more than another, with 95% intervals over all headlines."""
    rows = []
    for model, against in pairs:
        first, words = pooled(kept, data=data, model=model)
        second, _ = pooled(kept, data=data, model=against)
        difference, low, high = paired_interval(first, second, words)
        rows.append(
            {"data": data, "model": model, "against": against, "difference": difference, "low": low, "high": high}
        )
    return pd.DataFrame(rows)


def words_shown(kept: Kept, data: str) -> pd.DataFrame:
    """The trained LSTM where it is shown the last words only, or the earlier ones shuffled; against all words."""
    rows = []
    whole, words = pooled(kept, data=data, model="LSTM")
    for what in ("last 1", "last 2", "last 3", "earlier shuffled", "bits"):
        found, _ = pooled(kept, what, data=data, model="LSTM")
        difference, low, high = paired_interval(found, whole, words)
        shown = "all, in order" if what == "bits" else what
        rows.append({"data": data, "shown": shown, "bits_per_word": found.sum() / words.sum()})
        rows[-1] |= {"difference": difference, "low": low, "high": high}
    return pd.DataFrame(rows)


PAIRS = [
    *((model, "trigram") for model in ("unigram", "bigram", *MEMORIES, "LSTM + trigram", "last word + trigram")),
    *((model, "last word") for model in ("bag of words", "SimpleRNN", "GRU", "LSTM")),
    ("LSTM + trigram", "last word + trigram"),
]


def rivals(root: str | Path, seeds: int = SEEDS, epochs: int = 40, folds: int = FOLDS, keep: bool = True) -> dict:
    """All models on all splits; the tables."""
    data, corpus = results.label(root), load(root)
    kept = Kept("headlines_rivals", keep)
    for number in range(folds):
        key = {"data": data, "split": number}
        judge_split(kept, fold(corpus, number), key, MODELS, seeds, epochs)
    return {
        "headlines_rivals": as_rows(kept, data),
        "headlines_intervals": intervals(kept, data, PAIRS),
        "headlines_words_shown": words_shown(kept, data),
    }


LEFT_OUT: dict[str, dict[str, object]] = {
    "nothing": {},
    "rare words hidden": {"share": 0.0},
    "start at the unigram": {"start": False},
    "one table for reading and writing": {"tied": False},
    "dropout": {"dropout": (0.0, 0.1)},
}


def leave_out(root: str | Path, seeds: int = SEEDS, epochs: int = 40, folds: int = FOLDS, keep: bool = True) -> dict:
    """The LSTM with one ingredient less: bits per word on all splits, and the paired difference to the whole."""
    data, corpus = results.label(root), load(root)
    kept = Kept("headlines_leave_out", keep)
    for number in range(folds):
        (train, valid, test), all_words = encode(*fold(corpus, number))
        for name, change in LEFT_OUT.items():
            for seed in range(seeds):
                key = {"data": data, "model": name, "split": number, "seed": seed}
                if kept.find(**key):
                    continue
                options = {"dropout": (0.6, 0.8), **change}
                model = train_network(MEMORIES["LSTM"](), (train, valid), all_words, epochs, seed, **options)
                found = bits(right_probabilities(model, test)).round(4).tolist()
                kept.add(**key, bits=found, words=np.count_nonzero(test[:, 1:], axis=1).tolist())
    rows = []
    for name in LEFT_OUT:
        found, words = pooled(kept, data=data, model=name)
        difference, low, high = paired_interval(found, pooled(kept, data=data, model="nothing")[0], words)
        rows.append({"data": data, "left_out": name, "bits_per_word": found.sum() / words.sum()})
        rows[-1] |= {"difference": difference, "low": low, "high": high}
    return {"headlines_leave_out": pd.DataFrame(rows)}


def months(root: str | Path, more: Sequence[str | Path], seeds: int = 1, epochs: int = 40, keep: bool = True) -> dict:
    """Trigram, last word and LSTM by number of training headlines: the same held-out headlines throughout.

    The vocabulary of a size is that of its training headlines, for all models alike: so figures of one size compare
    with each other, not with those of another size.
    """
    training, validation, held_out = fold(load(root), 0)
    kept_out = {*validation, *held_out}
    further = [headline for headline in load(*more) if headline not in kept_out] if more else []
    rng = np.random.default_rng(0)
    everything = [*training, *(further[index] for index in rng.permutation(len(further)))]
    sizes = [len(training) // 2, len(training)]
    while 1.2 * sizes[-1] < len(everything):
        sizes.append(min(2 * sizes[-1], len(everything)))
    data = "the chapter's months" if more else results.label(root)
    kept = Kept("headlines_months", keep)
    models = ["unigram", "trigram", "last word", "LSTM", "LSTM + trigram", "last word + trigram"]
    for size in sizes:
        parts = (everything[:size], validation, held_out)
        judge_split(kept, parts, {"data": data, "split": size}, models, seeds, epochs)
    table = as_rows(kept, data).rename(columns={"split": "headlines"})
    return {"headlines_months": table, "headlines_months_intervals": size_intervals(kept, data, sizes)}


def size_intervals(kept: Kept, data: str, sizes: Sequence[int]) -> pd.DataFrame:
    """By number of headlines: how many bits per word the LSTM needs more than its rivals, with intervals."""
    rows = []
    pairs = [("LSTM", "last word"), ("LSTM", "trigram"), ("LSTM + trigram", "last word + trigram")]
    for size in sizes:
        for model, against in [*pairs, ("LSTM + trigram", "trigram")]:
            first, words = pooled(kept, data=data, split=size, model=model)
            second, _ = pooled(kept, data=data, split=size, model=against)
            difference, low, high = paired_interval(first, second, words)
            rows.append({"headlines": size, "model": model, "against": against})
            rows[-1] |= {"difference": difference, "low": low, "high": high}
    return pd.DataFrame(rows)


# ---------------------------------------------------------------- memory and seconds by size


def many(corpus: list[str], count: int) -> list[str]:
    """So many headlines: the corpus again and again with other long words, so that the vocabulary grows as it would."""
    copies = -(-count // len(corpus))
    made = (
        " ".join(f"{word}{copy or ''}" if len(word) > 6 else word for word in headline.split())
        for copy in range(copies)
        for headline in corpus
    )
    return list(made)[:count]


def cost_one(count: int, root: str | Path) -> None:
    """An epoch and the judging of each kind of model on so many headlines; print CPU seconds and peak memory in MB."""
    keras.utils.set_random_seed(0)
    corpus = many(load(root), count)
    rest, held_out = lesson.split_headlines(corpus)
    training, validation = lesson.split_headlines(rest)
    begin = time.process_time()
    sequences, ids = lesson.get_seq_of_tokens(training)
    predictors, label, longest = lesson.generate_padded_sequences(sequences)
    lesson.create_model(longest, ids).fit(predictors, label, batch_size=128, verbose=0)
    exercise = time.process_time() - begin
    (train, valid, test), all_words = encode(training, validation, held_out)
    model = train_network(MEMORIES["LSTM"](), (train, valid), all_words, 1, 0)
    steps = text.network_step(model), train_ngram(train, all_words)
    right_probabilities(text.mix(*steps, 0.5), test)
    text.write(steps[0], [str(number) for number in range(all_words)], [""] * 300, np.random.default_rng(0))
    total = time.process_time() - begin
    print(json.dumps({"ids": all_words, "exercise": exercise, "all": total, "memory": peak_memory()}))


def cost(root: str | Path, counts: Sequence[int] = (860, 2600, 9000)) -> dict[str, pd.DataFrame]:
    """CPU seconds and peak memory by number of headlines, each in a process of its own."""
    rows = []
    for count in counts:
        command = [sys.executable, "-m", "benchmarks.headlines", "--cost-of", str(count), "--data", str(root)]
        output = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, check=True).stdout
        rows.append({"headlines": count, **json.loads(output.splitlines()[-1])})
    return {"headlines_cost": pd.DataFrame(rows)}


# ---------------------------------------------------------------- command line


def main() -> None:
    """Measure what was asked for, print it and keep it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--rivals", action="store_true")
    what.add_argument("--leave-out", action="store_true")
    what.add_argument("--months", nargs="*", metavar="FILE")
    what.add_argument("--memory", action="store_true")
    what.add_argument("--cost-of", type=int, help=argparse.SUPPRESS)
    what.add_argument("--way", choices=WAYS, help=argparse.SUPPRESS)
    parser.add_argument("--data", default=SAMPLE, help="folder with articles.csv (data/sample)")
    parser.add_argument("--seeds", type=int)
    parser.add_argument("--folds", type=int, default=FOLDS, help="the first so many of the five splits")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--target", type=float, default=TARGET_LOSS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.cost_of:
        return cost_one(options.cost_of, options.data)
    if options.way:
        return measure_one(options.way, options.target, options.data)
    small: dict[str, object] = {"epochs": 1, "keep": False} if options.quick else {}
    seeds = 1 if options.quick or options.months is not None else SEEDS
    size = {"seeds": options.seeds or seeds, "folds": 1 if options.quick else options.folds}
    if options.rivals:
        command, tables = "--rivals", rivals(options.data, **size, **small)
    elif options.leave_out:
        command, tables = "--leave-out", leave_out(options.data, **size, **small)
    elif options.memory:
        size = {}
        command, tables = "--memory", cost(options.data, **({"counts": (300,)} if options.quick else {}))
    else:
        size.pop("folds")
        command, tables = "--months", months(options.data, options.months, **size, **small)
    for name, table in tables.items():
        print(f"\n{table.round(3).to_string(index=False)}")
        if not options.quick:
            data, command_line = results.label(options.data), f"python -m benchmarks.headlines {command}"
            results.keep(name, table, command=command_line, data=data, **size)


if __name__ == "__main__":
    main()
