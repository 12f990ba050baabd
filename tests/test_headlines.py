"""Notebook 1: the functions of Exercise 11.01 as they stand in the notebook."""

from __future__ import annotations

import numpy as np
import pytest
from course import REAL_DATA, definitions, needs_real_data

import utils


@pytest.fixture
def notebook():
    return definitions("01_lstm_headlines")


# ids by falling frequency, equal ones in the order of their first appearance: b 3, c 2, a 1, d 1
CORPUS = ["b a", "c b d", "c", "", "b"]


def test_clean_text(notebook):
    assert notebook.clean_text("It\u2019s \u201cRain\u201d, Again\u2014Why?") == "its rain againwhy"


def test_token_ids_and_prefixes(notebook):
    input_seq, all_words = notebook.get_seq_of_tokens(CORPUS)
    assert notebook.word_index == {"b": 1, "c": 2, "a": 3, "d": 4}
    assert notebook.index_word == {1: "b", 2: "c", 3: "a", 4: "d"}
    assert input_seq == [[1, 3], [2, 1], [2, 1, 4]]
    assert all_words == 5, "four words and the pad"


def test_padding(notebook):
    predictors, label, max_sequence_len = notebook.generate_padded_sequences([[1, 3], [2, 1], [2, 1, 4]])
    assert predictors.tolist() == [[0, 1], [0, 2], [2, 1]]
    assert label.tolist() == [3, 1, 4]
    assert max_sequence_len == 3


def test_model_of_the_chapter(notebook):
    model = notebook.create_model(19, 2422)
    assert [layer.count_params() for layer in model.layers] == [24_220, 44_400, 0, 244_622]
    probabilities = model(np.zeros((2, 18)))
    assert probabilities.shape == (2, 2422)
    assert np.allclose(np.sum(probabilities, axis=1), 1, atol=1e-4)


def test_recap_model(notebook):
    model = notebook.create_recap_model(7)
    lstm = [layer for layer in model.layers if "lstm" in layer.name]
    assert [layer.units for layer in lstm] == [50, 60, 80, 120]
    assert [layer.return_sequences for layer in lstm] == [True, True, True, False]
    assert model.output_shape == (None, 1)


def test_generation_takes_the_most_likely_word(notebook):
    """A model that after word k wants word k + 1, and likes the pad even better, which is no word."""
    notebook.get_seq_of_tokens(CORPUS)
    seen = []

    def model(token_list):
        seen.append(np.asarray(token_list)[0].tolist())
        probabilities = np.full((1, 5), 0.01)
        probabilities[0, 1 + token_list[0][-1] % 4] = 0.4
        probabilities[0, 0] = 0.5
        return probabilities

    assert notebook.generate_text("B", 5, model, 4) == "B C A D B C"
    assert seen == [[0, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 1]], "the last words that fit the window"


def test_generation_names_unknown_words(notebook, capsys):
    notebook.get_seq_of_tokens(CORPUS)
    text = notebook.generate_text("purple b", 1, lambda tokens: np.eye(5)[[2]], 4)
    assert text == "Purple B C"
    assert "purple" in capsys.readouterr().out


def test_longest_copy(notebook):
    assert (
        notebook.longest_copy("One Two Three Four", ["zero one two", "two three four five", "three"])
        == "two three four"
    )
    assert notebook.longest_copy("one", ["stone", "ones"]) == "", "whole words only"


def test_training_lowers_the_loss(notebook):
    import keras

    keras.utils.set_random_seed(0)
    input_seq, all_words = notebook.get_seq_of_tokens(CORPUS)
    predictors, label, max_sequence_len = notebook.generate_padded_sequences(input_seq)
    model = notebook.create_model(max_sequence_len, all_words)
    loss = model.fit(predictors, label, epochs=60, verbose=0).history["loss"]
    assert loss[-1] < 0.7 * loss[0]


@needs_real_data
def test_figures_of_the_chapter(notebook):
    corpus = [notebook.clean_text(headline) for headline in utils.load_headlines(REAL_DATA)]
    input_seq, all_words = notebook.get_seq_of_tokens(corpus)
    predictors, label, max_sequence_len = notebook.generate_padded_sequences(input_seq)
    assert (len(corpus), len(input_seq), all_words, max_sequence_len) == (831, 4806, 2422, 19)
    assert predictors.shape == (4806, 18)
    assert label.max() == 2421 and label.min() == 1
    model = notebook.create_model(max_sequence_len, all_words)
    assert model.count_params() == 313_242
