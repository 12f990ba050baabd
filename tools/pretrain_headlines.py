"""Train the network that lesson 1 opens with and keep it in weights/headlines.npz (some minutes on a CPU).

    python -m tools.pretrain_headlines

It reads three months of the bundled newspaper: April, of which the exercise is made, and data/more_months.csv. What the
lesson's split holds out, it does not see. Of two pairs of dropout rates the one that validation likes better is kept.
"""

from __future__ import annotations

import keras
import numpy as np
from keras import layers

import utils
from course import pretrained, readers
from course.text import network_step
from tools.lessons import COURSE, library

NAME = "01_lstm_headlines"
DROPOUTS = ((0.4, 0.6), (0.5, 0.7))


def plain(model: keras.Model) -> keras.Model:
    """The same network of Keras' own layers: the shared table stands in the embedding and in the output."""
    embedding, memory, output = (layer for layer in model.layers if layer.weights)
    ids = keras.Input((None,), dtype="int32")
    states = layers.LSTM(memory.units, return_sequences=True)(
        layers.Embedding(embedding.input_dim, embedding.output_dim)(ids)
    )
    copy = keras.Model(ids, layers.Dense(embedding.input_dim)(states), name="headlines")
    table = np.array(embedding.embeddings)
    copy.set_weights([table, *memory.get_weights(), table.T, np.array(output.bias)])
    return copy


def main() -> None:
    """Train, keep, and say what it reaches."""
    lesson = library(NAME)
    readers.TqdmCallback = lambda *args, **kwargs: keras.callbacks.Callback()
    files = (COURSE / "data" / "sample", COURSE / "data" / "more_months.csv")
    paper = [lesson.mend_text(headline) for file in files for headline in utils.load_headlines(file)]
    rest, held_out = lesson.split_headlines(paper, seed=lesson.SEED)
    training, validation = lesson.split_headlines(rest, seed=lesson.SEED)
    to_ids = lesson.index_text(training)
    words, all_words = to_ids.get_vocabulary(), to_ids.vocabulary_size()
    train_ids, valid_ids, test_ids = (lesson.to_rows(part, to_ids) for part in (training, validation, held_out))
    best, lowest = None, np.inf
    for dropout in DROPOUTS:
        keras.utils.set_random_seed(lesson.SEED)
        memory = layers.LSTM(lesson.UNITS, return_sequences=True)
        shares = readers.unigram_shares(train_ids, all_words)
        model = lesson.create_reader(shares, memory, all_words, dropout=dropout)
        losses = readers.train_reader(model, train_ids, valid_ids, all_words, epochs=40)["val_loss"]
        print(f"dropout {dropout}: validation {min(losses) / np.log(2):.3f} bits per word, {len(losses)} epochs")
        if min(losses) < lowest:
            best, lowest = model, min(losses)
    bits, lengths = lesson.bits_and_words(network_step(plain(best)), test_ids)
    print(f"{len(training)} headlines, {all_words} ids; held out {bits.sum() / lengths.sum():.3f} bits per word")
    print(pretrained.save(plain(best), "headlines", words=words))


if __name__ == "__main__":
    main()
