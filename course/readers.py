"""What lesson 1's networks share: an output tied to the embedding, batches with rare words hidden, and a training."""

from __future__ import annotations

import sys
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from keras import layers, ops
from numpy.typing import NDArray
from tqdm import tqdm
from tqdm.keras import TqdmCallback

from course.text import END, PAD, hide_rare, train_ngram

SHARE = 0.75  # how often a word that occurs once is hidden in training


class TiedOutput(layers.Layer):
    """States (n, t, units) in, logits (n, t, all_words) out: state times word vector of the embedding, plus bias.

    A word learns from being read and from being written (Press and Wolf, Using the Output Embedding to Improve Language
    Models, 2017).

    Args:
        embedding: the layer whose vectors are used, `units` numbers each.
    """

    def __init__(self, embedding: layers.Embedding, **options: object) -> None:
        super().__init__(**options)
        self.embedding = embedding
        self.bias = self.add_weight(shape=(embedding.input_dim,), initializer="zeros", name="bias")

    def call(self, states: keras.KerasTensor) -> keras.KerasTensor:
        return ops.matmul(states, ops.transpose(self.embedding.embeddings)) + self.bias


def open_lstm(units: int = 32, bias: float = 3.0) -> layers.LSTM:
    """An LSTM whose forget gate begins at the sigmoid of `bias`, 0.95; Keras begins at that of 1, 0.73.

    Gers, Schmidhuber and Cummins, Learning to Forget, 2000; Jozefowicz, Zaremba and Sutskever, An Empirical Exploration
    of Recurrent Network Architectures, 2015.
    """
    forget = keras.initializers.Constant(np.repeat([0.0, bias, 0.0, 0.0], units))
    return layers.LSTM(units, unit_forget_bias=False, bias_initializer=forget)


def unigram_shares(ids: NDArray, all_words: int) -> NDArray:
    """The unigram's probability of each id (all_words,): where an output's bias may begin, as logarithms."""
    return train_ngram(ids, all_words, order=1)(np.array([END]))[0][0]


def headline_batches(ids: NDArray, all_words: int, share: float = SHARE, batch: int = 64) -> tf.data.Dataset:
    """Pairs of words and next words (headlines, longest of the batch), shuffled anew in each epoch.

    In each epoch other rare words are unknown, as read and as predicted: a third of a new headline's words will be
    (after Xie and others, Data Noising as Smoothing in Neural Network Language Models, 2017).

    Args:
        ids: headlines (n, longest), END before and after each, PAD behind.
        all_words: number of ids.
        share: how often a word that occurs once is hidden.
        batch: headlines at a time.
    """

    def prepare(rows: tf.Tensor, hidden: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        rows = tf.where(tf.random.uniform(tf.shape(rows)) < share, hidden, rows)
        rows = rows[:, : tf.reduce_max(tf.math.count_nonzero(rows, axis=1))]  # no column of pads
        return rows[:, :-1], rows[:, 1:]

    pairs = tf.data.Dataset.from_tensor_slices((ids, hide_rare(ids, all_words)))
    return pairs.shuffle(len(ids)).batch(batch).map(prepare).prefetch(2)


def compile_reader(model: keras.Model) -> None:
    """Adam at 0.01; the loss of the next word at each place, PAD left out."""
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=PAD)
    model.compile(keras.optimizers.Adam(0.01), loss)


def create_reader(
    shares: NDArray,
    memory: Callable[[keras.KerasTensor], keras.KerasTensor],
    all_words: int,
    dropout: tuple[float, float] = (0.6, 0.6),
) -> keras.Model:
    """Lesson 1's network with any memory: ids (n, t) in, logits of the next word (n, t, all_words) out; compiled.

    Args:
        shares: the unigram's probability of each id (all_words,), at which the network begins.
        memory: from word vectors (n, t, 128) to what is known at each place (n, t, 128).
        all_words: number of ids.
        dropout: the share that is dropped before and behind the memory.
    """
    ids = keras.Input((None,), dtype="int32")
    embedding = layers.Embedding(all_words, 128)
    x = layers.Dropout(dropout[0])(embedding(ids))
    x = layers.Dropout(dropout[1])(memory(x))
    output = TiedOutput(embedding)
    model = keras.Model(ids, output(x), name="reader")
    output.bias.assign(np.log(shares + 1e-9))
    compile_reader(model)
    return model


def progress(leave: bool = True) -> keras.callbacks.Callback:
    """A progress bar over the epochs of a training; `leave` says whether it stays when that is over."""
    return TqdmCallback(verbose=0, tqdm_class=tqdm, file=sys.stdout, leave=leave)


def train_reader(
    model: keras.Model, train_ids: NDArray, valid_ids: NDArray, all_words: int, epochs: int, share: float = SHARE
) -> dict[str, list[float]]:
    """Train until the validation loss has not improved for 4 epochs, and keep the best weights; the losses by epoch."""
    return model.fit(
        headline_batches(train_ids, all_words, share),
        epochs=epochs,
        shuffle=False,  # the data set shuffles
        verbose=0,
        validation_data=(valid_ids[:, :-1], valid_ids[:, 1:]),
        validation_batch_size=64,
        callbacks=[
            keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True),
            progress(leave=False),
        ],
    ).history
