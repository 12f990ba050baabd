"""Lesson 1: the functions of Exercise 11.01, and the tasks' model solutions."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from keras import layers

import benchmarks.results
import utils
from course import readers, text
from course.pretrained import load_text
from course.text import END, PAD, UNKNOWN
from tests.common import COURSE, REAL_DATA, needs_real_data
from tools.lessons import library, results

LESSON = library("01_lstm_headlines", tasks=True)


NAMES = ["anna", "bert", "cleo", "dora", "emil"]
LANGUAGE = [  # all its headlines; each is as probable as any other
    f"{first} {verb} {second} and {first if verb == 'sees' else second}"
    for first in NAMES
    for verb in ("sees", "hears")
    for second in NAMES
]
# ids by falling frequency, equal ones in the order of their first appearance: b 3, c 2, a 1, d 1
CORPUS = ["b a", "c b d", "c", "", "b"]


@pytest.fixture
def lesson(monkeypatch):
    """The lesson's functions, where the words are those of CORPUS."""
    word_index = LESSON.index_words(CORPUS)
    monkeypatch.setattr(LESSON, "word_index", word_index, raising=False)
    monkeypatch.setattr(LESSON, "index_word", {index: word for word, index in word_index.items()}, raising=False)
    return LESSON


def test_clean_text(lesson):
    assert lesson.clean_text("It\u2019s \u201cRain\u201d, Again\u2014Why?") == "its rain againwhy"


def test_mend_text_keeps_words_apart_and_entities_out(lesson):
    assert lesson.clean_text("Ten\u00a0Ways") == "tenways", "what the chapter's cleaning does"
    assert lesson.mend_text("Ten\u00a0Ways") == "ten ways"
    assert lesson.mend_text("The Mayor&apos;s Cat").split() == ["the", "mayors", "cat"]
    assert lesson.mend_text("Salt &amp; Light").split() == ["salt", "light"]


def test_token_ids_and_prefixes(lesson):
    input_seq, all_words = lesson.get_seq_of_tokens(CORPUS)
    assert lesson.index_words(CORPUS) == {"b": 1, "c": 2, "a": 3, "d": 4}
    assert input_seq == [[1, 3], [2, 1], [2, 1, 4]]
    assert all_words == 5, "four words and the pad"


def test_other_headlines_leave_the_words_of_the_lesson_alone(lesson):
    """As globals that a function sets, the ids of other headlines took the place of those above."""
    before = dict(vars(lesson))
    lesson.get_seq_of_tokens(["the sea", "the lake"])
    assert vars(lesson) == before


def test_padding(lesson):
    predictors, label, max_sequence_len = lesson.generate_padded_sequences([[1, 3], [2, 1], [2, 1, 4]])
    assert predictors.tolist() == [[0, 1], [0, 2], [2, 1]]
    assert label.tolist() == [3, 1, 4]
    assert max_sequence_len == 3


def test_model_of_the_chapter(lesson):
    model = lesson.create_model(19, 2422)
    assert [layer.count_params() for layer in model.layers] == [24_220, 44_400, 0, 244_622]
    probabilities = model(np.zeros((2, 18)))
    assert probabilities.shape == (2, 2422)
    assert np.allclose(np.sum(probabilities, axis=1), 1, atol=1e-4)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_recap_model(lesson, activation):
    model = lesson.create_recap_model(7, activation)
    lstm = [layer for layer in model.layers if "lstm" in layer.name]
    assert [layer.units for layer in lstm] == [50, 60, 80, 120]
    assert [layer.return_sequences for layer in lstm] == [True, True, True, False]
    assert {layer.activation.__name__ for layer in lstm} == {activation}
    assert model.output_shape == (None, 1)


def test_generation_takes_the_most_likely_word(lesson):
    """A model that after word k wants word k + 1, and likes the pad even better, which is no word."""
    seen = []

    def model(token_list):
        seen.append(np.asarray(token_list)[0].tolist())
        probabilities = np.full((1, 5), 0.01)
        probabilities[0, 1 + token_list[0][-1] % 4] = 0.4
        probabilities[0, 0] = 0.5
        return probabilities

    assert lesson.generate_text("B", 5, model, 4) == "B C A D B C"
    assert seen == [[0, 0, 1], [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 1]], "the last words that fit the window"


def test_generation_names_unknown_words(lesson, capsys):
    text = lesson.generate_text("purple b", 1, lambda tokens: np.eye(5)[[2]], 4)
    assert text == "Purple B C"
    assert "purple" in capsys.readouterr().out


@pytest.mark.slow
def test_training_lowers_the_loss(lesson):
    keras.utils.set_random_seed(0)
    input_seq, all_words = lesson.get_seq_of_tokens(CORPUS)
    predictors, label, max_sequence_len = lesson.generate_padded_sequences(input_seq)
    model = lesson.create_model(max_sequence_len, all_words)
    loss = model.fit(predictors, label, epochs=60, verbose=0).history["loss"]
    assert loss[-1] < 0.7 * loss[0]


# ---------------------------------------------------------------- odd seeds


def always(word, all_words):
    """A network that finds one id certain, and keeps the windows that it was shown."""
    seen = []

    def model(token_list):
        seen.append(np.asarray(token_list)[0].tolist())
        return np.eye(all_words)[[word]]

    return model, seen


@pytest.mark.parametrize("seed", ["", "   ", "?!", "\u00a0", "purple"])
def test_a_seed_without_a_known_word_gives_words(lesson, seed):
    model, seen = always(2, 5)
    assert lesson.generate_text(seed, 2, model, 4).endswith("C C")
    assert seen == [[0, 0, 0], [0, 0, 2]]


def test_a_seed_longer_than_the_window_keeps_its_end(lesson):
    model, seen = always(2, 5)
    assert lesson.generate_text("b b b a d", 1, model, 4) == "B B B A D C"
    assert seen == [[1, 3, 4]]


def test_no_word_asked_for_gives_the_seed_back(lesson):
    assert lesson.generate_text("b a", 0, None, 4) == "B A"


# ---------------------------------------------------------------- splits and perplexity


@settings(deadline=None)
@given(st.lists(st.sampled_from("abcdefghij"), max_size=60), st.integers(0, 5))
def test_split_is_by_title(corpus, seed):
    rest, held_out = LESSON.split_headlines(corpus, share=0.3, seed=seed)
    assert not set(rest) & set(held_out), "a title on both sides"
    assert sorted(rest + held_out) == sorted(corpus), "every headline on one side, repeated ones too"
    assert len(set(held_out)) == round(0.3 * len(set(corpus)))


def test_split_depends_on_the_seed_only(lesson):
    corpus = [str(number) for number in range(100)]
    assert lesson.split_headlines(corpus, seed=1) == lesson.split_headlines(corpus, seed=1)
    assert lesson.split_headlines(corpus, seed=1) != lesson.split_headlines(corpus, seed=2)


# ---------------------------------------------------------------- the judge


def test_ids_are_those_of_todays_tool(lesson):
    to_ids = lesson.index_text(["b a", "b über b"])
    assert to_ids.get_vocabulary() == ["", "[UNK]", "[END]", "b", "a", "über"]
    rows = lesson.to_rows(["a b", "über x"], to_ids)
    assert rows.tolist() == [[END, 4, 3, END], [END, 5, UNKNOWN, END]]
    assert lesson.to_rows(["a", "b b"], to_ids).tolist() == [[END, 4, END, PAD], [END, 3, 3, END]]


def known(words, state=None):
    """After the end 3 with 1/2 and the end with 1/4; after 3 an unknown word with 1/8, the end with 1/16."""
    rows = {END: [0, 0.25, 0.25, 0.5], 3: [0, 0.125, 1 / 16, 13 / 16], UNKNOWN: [0, 0.25, 0.5, 0.25]}
    return np.array([rows.get(int(word), [0, 0.5, 0.25, 0.25]) for word in words]), state


def test_every_word_and_the_end_count_and_nothing_behind_it(lesson):
    """Notices a judge that leaves out unknown words, the first word or the end, or counts pads."""
    ids = np.array([[END, 3, UNKNOWN, END], [END, 3, END, PAD], [END, END, PAD, PAD]])
    found = lesson.right_probabilities(known, ids)
    assert found.tolist() == [[0.5, 0.125, 0.5], [0.5, 1 / 16, 1], [0.25, 1, 1]]
    bits, lengths = lesson.bits_and_words(known, ids)
    assert bits.tolist() == [1 + 3 + 1, 1 + 4, 2] and lengths.tolist() == [3, 2, 1]
    assert lesson.bits_per_word(known, ids) == 12 / 6


def test_the_state_is_handed_on(lesson):
    """A model that counts its words is asked once a word, and each headline keeps its own count."""
    seen = []

    def counting(words, state=None):
        state = np.zeros(len(words)) if state is None else state
        seen.append(state.tolist())
        return np.full((len(words), 5), 0.25), state + words

    lesson.right_probabilities(counting, np.array([[END, 3, END], [END, 4, END]]))
    assert seen == [[0, 0], [END, END]]


# ---------------------------------------------------------------- networks


def test_a_reader_does_not_look_ahead_and_begins_at_the_unigram(lesson):
    keras.utils.set_random_seed(0)
    shares = np.array([0, 0.1, 0.3, 0.4, 0.2])
    reader = lesson.create_reader(shares, layers.LSTM(lesson.UNITS, return_sequences=True), 5)
    first, second = (np.array(reader(np.array([row]))) for row in ([2, 3, 4, 3], [2, 3, 3, 4]))
    assert np.allclose(first[:, :2], second[:, :2], atol=1e-6) and not np.allclose(first[:, 2:], second[:, 2:])
    begun, _ = text.network_step(reader)(np.array([END]))
    assert np.allclose(begun[0], shares, atol=0.03)


def test_reading_and_writing_share_one_table(lesson):
    memory = lambda: layers.Dense(lesson.UNITS)  # noqa: E731
    tied, apart = (lesson.create_reader(None, memory(), 50, tied=tied) for tied in (True, False))
    assert apart.count_params() - tied.count_params() == 50 * lesson.UNITS


@pytest.mark.slow
def test_training_keeps_the_best_weights_where_the_last_are_worse(lesson, capsys):
    """Validation headlines that go another way than the training's: the more is learnt, the worse they fare."""
    keras.utils.set_random_seed(0)
    ids, others = (np.array([[END, *row, END]] * count) for row, count in (([3, 4, 5], 60), ([3, 5, 4], 10)))
    reader = lesson.create_reader(None, layers.LSTM(lesson.UNITS, return_sequences=True), 6, dropout=(0, 0))
    losses = readers.train_reader(reader, ids, others, 6, epochs=40)["val_loss"]
    assert losses[-1] > 1.2 * min(losses)
    assert reader.evaluate(others[:, :-1], others[:, 1:], verbose=0) == pytest.approx(min(losses), rel=1e-3)


def test_batches_pair_each_word_with_the_next_and_hide_rare_words():
    ids = np.array([[END, 3, 4, END, PAD, PAD], [END, 3, END, PAD, PAD, PAD]] * 200)
    ids[0, 1] = 5
    seen = [np.stack(pair, axis=-1) for pair in readers.headline_batches(ids, 6, share=1.0, batch=100)]
    for pairs in seen:
        assert pairs.shape[1] == 3, "no column of pads only"
        assert (pairs[:, 1:, 0] == pairs[:, :-1, 1])[pairs[:, 1:, 0] > 0].all()
    assert not any((pairs == 5).any() for pairs in seen) and sum((pairs == UNKNOWN).sum() for pairs in seen) == 2
    kept = [np.stack(pair, axis=-1) for pair in readers.headline_batches(ids, 6, share=0.0)]
    assert sum((pairs == 5).sum() for pairs in kept) == 2


def test_hidden_words_differ_from_epoch_to_epoch():
    ids = np.array([[END, number, END] for number in range(3, 103)])
    data = readers.headline_batches(ids, 103, share=0.5)
    first, second = (np.sort(np.concatenate([following[:, 0] for _, following in data])) for _ in range(2))
    assert not np.array_equal(first, second)
    assert 0.3 < np.mean(first == UNKNOWN) < 0.7


# ---------------------------------------------------------------- languages with a known answer


def test_a_whisper_ends_as_it_began(lesson):
    sentences, names = lesson.whisper(12, 500, np.random.default_rng(0))
    assert sentences.shape == (500, 12) and (sentences[:, 0] == names).all()
    assert len(set(names.tolist())) == lesson.NAMES
    assert np.mean(sentences[:, -1] == names) < 0.25, "the word before tells nothing"


@pytest.mark.slow
def test_an_lstm_hears_the_whisper_and_a_network_without_memory_does_not(lesson):
    _, heard = lesson.train_whisper(readers.open_lstm(16), 5, 250)
    _, deaf = lesson.train_whisper(layers.Lambda(lambda vectors: vectors[:, -1]), 5, 50)
    assert heard > 0.9 and deaf < 0.25


@pytest.mark.slow
@pytest.mark.parametrize("network", ["chapter", "reader"])
def test_an_lstm_learns_a_language_that_needs_memory(lesson, network):
    """The last name depends on the verb and on who stands before it: three words back, and in which order.

    Notices a network without memory, and a training on shuffled words.
    """
    keras.utils.set_random_seed(0)
    training = np.random.default_rng(0).choice(LANGUAGE, 400).tolist()
    last = len(LANGUAGE[0].split()) - 1
    if network == "chapter":
        word_index = lesson.index_words(training)
        prefixes, all_words = lesson.get_seq_of_tokens(training)
        predictors, label, longest = lesson.generate_padded_sequences(prefixes)
        model = lesson.create_model(longest, all_words)
        model.optimizer.learning_rate = 0.004  # as in the lesson
        model.fit(predictors, label, epochs=30, verbose=0)
        rows = np.array([[word_index[word] for word in line.split()] for line in LANGUAGE])
        right = np.array(model(rows[:, :-1]))[np.arange(len(rows)), rows[:, last]]
    else:
        to_ids = lesson.index_text(training)
        ids, all_words = lesson.to_rows(training, to_ids), to_ids.vocabulary_size()
        memory = layers.LSTM(lesson.UNITS, return_sequences=True)
        reader = lesson.create_reader(None, memory, all_words, dropout=(0, 0.1))
        reader.fit(readers.headline_batches(ids, all_words, batch=32), epochs=20, shuffle=False, verbose=0)
        right = lesson.right_probabilities(text.network_step(reader), lesson.to_rows(LANGUAGE, to_ids))[:, last]
    assert np.exp(-np.log(right).mean()) < 1.3, "whoever sees two words only has to choose between five names"


@pytest.mark.slow
def test_a_gradient_is_measured_by_its_distance(lesson):
    """Half of it comes through each step of a layer that halves its state."""
    half = layers.SimpleRNN(4, activation="linear", recurrent_initializer=keras.initializers.Identity(0.5))
    norms = lesson.gradient_by_distance(half, steps=12)
    assert norms.shape == (12,)
    np.testing.assert_allclose(norms[1:] / norms[:-1], 0.5, rtol=1e-4)


def test_the_lstm_by_hand_is_kerass(lesson):
    keras.utils.set_random_seed(0)
    layer = layers.LSTM(5)
    vectors = np.random.default_rng(0).normal(size=(7, 3)).astype("float32")
    expected = np.array(layer(vectors[None]))[0]
    assert np.allclose(lesson.lstm_by_hand(vectors, layer.get_weights()), expected, atol=1e-5)


# ---------------------------------------------------------------- the tasks' solutions


@needs_real_data
def test_figures_of_the_chapter(lesson):
    corpus = [lesson.clean_text(headline) for headline in utils.load_headlines(REAL_DATA)]
    input_seq, all_words = lesson.get_seq_of_tokens(corpus)
    predictors, label, max_sequence_len = lesson.generate_padded_sequences(input_seq)
    assert (len(corpus), len(input_seq), all_words, max_sequence_len) == (831, 4806, 2422, 19)
    assert predictors.shape == (4806, 18)
    assert label.max() == 2421 and label.min() == 1
    model = lesson.create_model(max_sequence_len, all_words)
    assert model.count_params() == 313_242


def test_the_split_of_the_lesson_shares_nothing():
    """Seen on the results of the lesson's own cells: vocabulary, validation and held-out part."""
    made = results("01_lstm_headlines", "train_ids", "valid_ids", "test_ids", "label", "valid_rows")
    training, validation, held_out = (set(made[name]) for name in ("training", "validation", "held_out"))
    assert training and validation and held_out
    assert not training & validation and not training & held_out and not validation & held_out
    assert training | validation | held_out == set(made["corpus"])
    known = {word: index + 2 for word, index in LESSON.index_words(made["training"]).items()}
    for ids, part in (("train_ids", "training"), ("valid_ids", "validation"), ("test_ids", "held_out")):
        shown = [[int(number) for number in row if number != PAD] for row in made[ids]]
        expected = [[END, *(known.get(word, UNKNOWN) for word in line.split()), END] for line in made[part]]
        assert shown == expected, f"{ids}: words that only other headlines have must stay unknown"
    assert len(made["label"]) == sum(max(len(line.split()) - 1, 0) for line in made["training"])
    assert len(made["valid_rows"]) == sum(word in known for line in made["validation"] for word in line.split()[1:])


@pytest.mark.slow
def test_the_network_that_comes_along_has_not_read_what_is_held_out(lesson):
    """Its words are those of the training part of the lesson's split of all three months, and no others."""
    files = (COURSE / "data" / "sample", COURSE / "data" / "more_months.csv")
    paper = [lesson.mend_text(headline) for file in files for headline in utils.load_headlines(file)]
    rest, held_out = lesson.split_headlines(paper, seed=lesson.SEED)
    training, _ = lesson.split_headlines(rest, seed=lesson.SEED)
    network, words = load_text("headlines")
    to_ids = lesson.index_text(training)
    assert words == to_ids.get_vocabulary()
    bits, counts = lesson.bits_and_words(text.network_step(network), lesson.to_rows(held_out, to_ids))
    card = (COURSE / "weights" / "headlines.md").read_text(encoding="utf-8")
    assert f"| this network | {bits.sum() / counts.sum():.2f} |" in card, "the card says something else"
    rows, _ = text.network_step(network)(np.array([END]))
    assert rows.shape == (1, len(words)) and rows[0].sum() == pytest.approx(1)


def test_the_lstm_remembers_which_words_there_were_rather_than_their_order():
    """As the lesson reads its table: shuffled earlier words cost less than half of what their absence costs."""
    found = benchmarks.results.read("headlines_words_shown").set_index("shown")
    assert 0 < found.loc["earlier shuffled", "high"] < 0.5 * found.loc["last 1", "low"]
