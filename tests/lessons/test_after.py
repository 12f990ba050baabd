"""Lesson 4: noise and the way back, the VAE's loss, the critic's penalty, attention and its block."""

from __future__ import annotations

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from scipy.stats import mannwhitneyu

from course import after, games, points, readers, text
from tests.common import COURSE
from tools.lessons import library


@pytest.fixture(scope="module")
def lesson():
    games.bar = lambda parts: parts
    return library("04_what_came_after")


@pytest.fixture(autouse=True)
def seeded():
    keras.utils.set_random_seed(0)


def time_of(seen):
    """The time in the waves beside a point: the first is sin(t * 90 degrees)."""
    return tf.asin(tf.clip_by_value(seen[:, 2:3], 0.0, 1.0)) * 2 / np.pi


# ---------------------------------------------------------------- diffusion


def test_real_points_are_scaled_to_mean_0_and_spread_1_on_the_parabola(lesson):
    scaled = lesson.scaled_real(4000).numpy()
    assert np.abs(scaled.mean(axis=0)).max() < 0.06 and np.abs(scaled.std(axis=0) - 1).max() < 0.06
    x, y = (scaled * lesson.SPREAD + lesson.MIDDLE).T
    assert np.allclose(y, x**2, atol=1e-5)


def test_a_mixture_goes_from_the_clean_points_to_noise_and_keeps_its_variance(lesson):
    clean, noise = tf.random.normal((20_000, 2)), tf.random.normal((20_000, 2))
    assert np.allclose(lesson.mix(clean, noise, 0.0), clean)
    for t in (0.2, 0.5, 1.0):
        mixed = lesson.mix(clean, noise, tf.fill((20_000, 1), t)).numpy()
        assert abs(mixed.var() - 1) < 0.03, t
        share = np.corrcoef(mixed.ravel(), clean.numpy().ravel())[0, 1] ** 2
        assert abs(share - float(lesson.signal(t))) < 0.03, t
    assert lesson.signal(1.0) < 0.01, "nothing of the points is left at the end"


def test_the_time_stands_beside_the_points(lesson):
    t = tf.random.uniform((50, 1))
    seen = lesson.with_time(tf.ones((50, 2)), t)
    assert seen.shape == (50, 18) and np.allclose(seen[:, :2], 1)
    assert np.allclose(time_of(seen), t, atol=1e-3)


def test_whoever_knows_the_noise_has_no_loss_and_whoever_says_0_has_1(lesson):
    def knows(seen):  # the clean points are all 0, so what is mixed in is all there is
        return seen[:, :2] / tf.sqrt(1 - lesson.signal(time_of(seen)))

    clean = tf.zeros((5000, 2))
    assert lesson.guess_loss(knows, clean) < 1e-3
    assert float(lesson.guess_loss(lambda seen: 0 * seen[:, :2], clean)) == pytest.approx(1, abs=0.06)


def test_with_perfect_guesses_every_way_ends_at_the_only_clean_point(lesson):
    goal = np.array([1.2, -0.7], "float32")

    def knows(seen):
        share = lesson.signal(time_of(seen))
        return (seen[:, :2] - tf.sqrt(share) * goal) / tf.sqrt(1 - share)

    ways = lesson.denoise(knows, 500, steps=7)
    assert ways.shape == (8, 500, 2)
    start = (ways[0] - lesson.MIDDLE) / lesson.SPREAD
    assert abs(start.mean()) < 0.15 and abs(start.std() - 1) < 0.15, "it begins with noise"
    assert np.allclose(ways[-1], goal * lesson.SPREAD + lesson.MIDDLE, atol=1e-3)
    assert not np.allclose(ways[-2], ways[-1], atol=0.01), "the last step is not the first that arrives"


def test_a_schedule_of_ones_own_is_used_throughout(lesson):
    """Notices a step that takes the lesson's schedule whatever it is given."""
    goal = np.array([0.5, 0.5], "float32")

    def other(t):
        return tf.exp(-3 * t)

    def knows(seen):
        share = other(time_of(seen))
        return (seen[:, :2] - tf.sqrt(share) * goal) / tf.sqrt(tf.maximum(1 - share, 1e-9))

    assert lesson.guess_loss(lambda seen: knows(seen), tf.zeros((100, 2)) + goal, other) < 1e-2
    ways = lesson.denoise(knows, 100, 5, other)
    assert np.allclose(ways[-1], goal * lesson.SPREAD + lesson.MIDDLE, atol=1e-3)


@pytest.mark.slow
def test_each_turn_moves_its_own_weights_so_often(lesson):
    one, two, other = (lesson.network(2, 1) for _ in range(3))
    calls = [tf.Variable(0), tf.Variable(0)]
    before = [[weight.copy() for weight in network.get_weights()] for network in (one, two, other)]

    def loss(which):
        calls[which].assign_add(1)
        return tf.reduce_mean(one(tf.ones((4, 2))) * two(tf.ones((4, 2))) * other(tf.ones((4, 2))))

    turns = [(lambda: loss(0), [one], 3), (lambda: loss(1), [two], 1)]
    games.take_turns(turns, 20)
    assert [int(count) for count in calls] == [60, 20]
    moved = [
        any((old != new).any() for old, new in zip(weights, network.get_weights(), strict=True))
        for weights, network in zip(before, (one, two, other), strict=True)
    ]
    assert moved == [True, True, False]


@pytest.mark.slow
def test_a_short_training_finds_the_curve(lesson):
    guesser = lesson.network(18, 2)
    before = points.energy_distance(lesson.denoise(guesser, 1000)[-1])
    loss = lambda: lesson.guess_loss(guesser, lesson.scaled_real(256))  # noqa: E731
    games.take_turns([(loss, [guesser], 1)], 800)
    made = lesson.denoise(guesser, 1000)[-1]
    assert points.energy_distance(made) < 0.01 < before and points.coverage(made) >= 0.8


# ---------------------------------------------------------------- VAE, WGAN-GP


def test_the_vaes_loss_by_hand(lesson):
    real = tf.constant([[0.1, 0.2], [0.3, 0.4]])
    rows = lambda *numbers: lambda _: tf.tile([[float(number) for number in numbers]], (2, 1))  # noqa: E731
    standard, exact = rows(0, 0, 0, 0), lambda latent: real + 0 * latent
    assert float(lesson.vae_loss(standard, exact, real)) == pytest.approx(0, abs=1e-5)
    assert float(lesson.vae_loss(rows(1, 0, 0, 0), exact, real)) == pytest.approx(0.5), "a cloud beside the middle"
    narrow = float(lesson.vae_loss(rows(0, 0, -2, 0), exact, real))
    assert narrow == pytest.approx((np.exp(-2) + 2 - 1) / 2, rel=1e-4), "a cloud narrower than the standard normal"
    off = lambda latent: real + [0.2, 0.0] + 0 * latent  # noqa: E731
    assert float(lesson.vae_loss(standard, off, real, sigma=0.1)) == pytest.approx(2, rel=1e-4)


def test_the_latent_point_is_drawn_from_the_encoders_cloud(lesson):
    seen = []
    cloud = lambda real: tf.tile([[3.0, -1.0, 2 * np.log(0.5), 2 * np.log(0.1)]], (len(real), 1))  # noqa: E731

    def decoder(latent):
        seen.append(latent.numpy())
        return latent

    lesson.vae_loss(cloud, decoder, tf.zeros((4000, 2)))
    assert np.allclose(seen[0].mean(axis=0), [3, -1], atol=0.05)
    assert np.allclose(seen[0].std(axis=0), [0.5, 0.1], rtol=0.1)


def test_the_critics_loss_and_penalty_by_hand(lesson):
    real, fake = tf.constant([[2.0, 0.0], [2.0, 1.0]]), tf.constant([[0.0, 5.0], [1.0, 5.0]])
    steep = lambda places, rise=1.0: rise * places[:, :1]  # noqa: E731
    assert np.allclose(lesson.slope(lambda places: steep(places, 3.0), fake), [[3, 0], [3, 0]])
    assert float(lesson.critic_loss(steep, real, fake)) == pytest.approx(0.5 - 2, abs=1e-4), (
        "a slope of 1 costs nothing"
    )
    three = float(lesson.critic_loss(lambda places: steep(places, 3.0), real, fake, weight=0.5))
    assert three == pytest.approx(3 * (0.5 - 2) + 0.5 * (3 - 1) ** 2, abs=1e-3)


# ---------------------------------------------------------------- attention


def test_attention_takes_the_value_whose_key_fits_and_the_mean_where_none_does(lesson):
    keys, values = 20 * np.eye(4), np.arange(8.0).reshape(4, 2)
    mixed, weights = lesson.attention(keys[[2]], keys, values)
    assert np.allclose(mixed, values[2]) and np.allclose(weights.sum(axis=1), 1)
    assert np.allclose(lesson.attention(np.zeros((1, 4)), keys, values)[0], values.mean(axis=0))
    one = lesson.attention(np.array([[2.0, 0, 0, 0]]), np.eye(4), values)[1][0]
    assert one[0] / one[1] == pytest.approx(np.e), "the score of 2 is divided by the root of 4"


def test_a_transformer_looks_back_only_and_sees_order(lesson):
    given = keras.Input((None, 16))
    model = keras.Model(given, lesson.transformer(given, heads=2))
    model.set_weights([np.random.default_rng(1).normal(0, 0.3, weight.shape) for weight in model.get_weights()])
    one, other = np.random.default_rng(0).normal(size=(2, 1, 6, 16)).astype("float32")
    later, earlier, shuffled = one.copy(), one.copy(), one[:, [2, 0, 1, 3, 4, 5]]
    later[0, 3], earlier[0, 0] = other[0, 3], other[0, 0]
    outputs = [np.array(model(rows))[0] for rows in (one, later, earlier, shuffled)]
    assert np.allclose(outputs[0][:3], outputs[1][:3], atol=1e-5), "what comes later must not be seen"
    assert np.abs(outputs[0][3:] - outputs[1][3:]).max(axis=1).min() > 1e-3
    assert np.abs(outputs[0][-1] - outputs[2][-1]).max() > 1e-3, "the first word is seen from the last place"
    assert np.abs(outputs[0][-1] - outputs[3][-1]).max() > 1e-3, "the order of the words before matters"
    repeated = np.array(model(np.repeat(one[:, :1], 6, axis=1)))[0]
    assert np.abs(np.diff(repeated, axis=0)).max() > 1e-3, "only its place tells a repeated word apart"


def test_attention_maps_are_those_of_the_layers(lesson):
    ids = keras.Input((None,), dtype="int32")
    model = keras.Model(ids, lesson.transformer(keras.layers.Embedding(9, 16)(ids), heads=2))
    maps = after.attention_maps(model, np.array([1, 5, 3, 5, 8]))
    assert maps.shape == (2, 2, 5, 5)
    assert np.allclose(maps.sum(axis=-1), 1, atol=1e-5)
    assert np.allclose(np.triu(maps, 1), 0, atol=1e-6), "no word looks ahead"


def test_a_whispers_last_name_is_its_first(lesson):
    sentences, names = lesson.whisper(12, 300, np.random.default_rng(0))
    assert sentences.shape == (300, 12) and (sentences[:, 0] == names).all()
    assert set(np.unique(sentences)) == set(range(lesson.NAMES))


@pytest.mark.slow
def test_the_transformer_learns_a_short_whisper(lesson):
    _, right = lesson.train_whisper(lambda x: lesson.transformer(x)[:, -1], 5, 150, 32, 0.003)
    assert right > 0.9


# ---------------------------------------------------------------- the newspaper, as lesson 1 prepares and judges it


def lines():
    rng = np.random.default_rng(0)
    return [" ".join(f"w{word}" for word in rng.integers(0, 30, rng.integers(2, 7))) for _ in range(200)] * 2


def test_the_newspaper_is_split_and_numbered_as_in_lesson_1():
    first, corpus = library("01_lstm_headlines"), lines()
    rest, held = first.split_headlines(corpus, seed=42)
    train, valid = first.split_headlines(rest, seed=42)
    to_ids = first.index_text(train)
    paper = after.prepare(corpus, 42)
    assert paper.words == to_ids.get_vocabulary()
    for found, part in ((paper.train, train), (paper.valid, valid), (paper.held, held)):
        assert np.array_equal(found, first.to_rows(part, to_ids))


def test_both_kinds_of_models_are_judged_as_in_lesson_1():
    first, paper = library("01_lstm_headlines"), after.prepare(lines(), 42)
    all_words = len(paper.words)
    counted = text.train_ngram(paper.train, all_words)
    wanted = first.right_probabilities(counted, paper.held)
    assert np.allclose(after.right_probabilities(counted, paper.held), wanted)
    memory = keras.layers.LSTM(128, return_sequences=True)
    reader = readers.create_reader(np.full(all_words, 1 / all_words), memory, all_words)
    wanted = first.right_probabilities(text.network_step(reader), paper.held)
    assert np.allclose(after.right_probabilities(reader, paper.held), wanted, atol=1e-5)


def test_mixtures_are_chosen_on_validation_and_judged_on_held_out_headlines():
    paper = after.prepare(lines(), 42)
    size = len(paper.words)
    counted = text.train_ngram(paper.train, size)

    def knows_validation(words, state=None):
        """Is sure of each word that comes where the headlines are those of validation, and knows nothing elsewhere."""
        place = 1 if state is None else state
        shares = np.full((len(words), size), 1 / size)
        if len(words) == len(paper.valid):
            shares = 0.999 * np.eye(size)[paper.valid[:, place]] + 0.001 / size
        return shares, place + 1

    assert len(paper.valid) != len(paper.held)
    found = after.compare({"trigram": counted, "oracle": knows_validation}, paper, "trigram")
    mixture = found.loc[found.index.str.startswith("mixture")].iloc[0]
    assert mixture.name == "mixture, 1.00 oracle", "validation trusts it entirely"
    assert float(mixture["bits per word"]) == pytest.approx(np.log2(size), abs=0.01), (
        "and held-out headlines show the price"
    )


def test_the_reader_is_lesson_1s_network():
    shares = np.full(50, 0.02)
    found = [
        one.create_reader(shares, keras.layers.LSTM(128, return_sequences=True), 50, (0.3, 0.4))
        for one in (readers, library("01_lstm_headlines"))
    ]
    kinds = [[(type(layer).__name__, getattr(layer, "rate", None)) for layer in one.layers] for one in found]
    assert kinds[0] == kinds[1] and found[0].count_params() == found[1].count_params()
    assert np.allclose(*[one.layers[-1].bias for one in found])


# ---------------------------------------------------------------- what the lesson says of its tables


def table(name):
    return pd.read_csv(COURSE / "benchmarks" / "results" / f"{name}.csv")


def test_the_points_are_as_the_lesson_says():
    """Diffusion nearest, closely followed by a GAN of its size; it trains quickest and samples slowest."""
    found = table("after_points").groupby("model").median(numeric_only=True)
    error = found["mean_error"].sort_values()
    assert [*error.index[:3]] == ["diffusion", "the same, as large as diffusion", "VAE"]
    gap = error["notebook 2's best GAN"] - error["diffusion"]
    assert error["the same, as large as diffusion"] - error["diffusion"] < 0.25 * gap, "most of it is size"
    distances = dict([*table("after_points").groupby("model")["energy_distance_x1000"]])
    ours = distances.pop("diffusion")
    assert max(ours) < 0.3 and abs(np.median(ours)) < 0.1
    assert all(mannwhitneyu(ours, other).pvalue < 0.05 for other in distances.values())
    assert [(distances[name] > 1).sum() for name in ("notebook 2's best GAN", "VAE")] == [1, 1]
    assert found["cpu_seconds"].idxmin() == "diffusion"
    assert found["sampling_ms"]["diffusion"] > 10 * found["sampling_ms"].drop("diffusion").max()
    assert table("after_points").groupby("model")["coverage"].median().min() == 1


def test_task_1s_predictions_hold_for_every_seed():
    found = table("after_schedules").pivot(index="seed", columns=["schedule", "steps"], values="energy_distance_x1000")
    assert len(found) >= 4 and (found["cosine", 10] > 10 * found["the lesson's", 10]).all()
    assert (found["cosine", 200] < found["cosine", 10] / 10).all()
    assert (found["ends early", 200] > 2 * found["the lesson's", 10]).all()


def test_what_is_said_of_the_painted_apples_and_tomatoes():
    found = table("weights_apple_or_tomato").pivot(index="fruit", columns="pile", values="right_fruit")
    missed = 1 - found
    painted, real = missed["painted"]["tomato"], missed["held-out pictures"]["tomato"]
    assert [round(150 * share) for share in (painted, real)] == [33, 17]
    apart = 1.96 * np.sqrt(sum(share * (1 - share) / 150 for share in (painted, real)))
    assert [round(100 * (painted - real + sign * apart)) for sign in (-1, 0, 1)] == [2, 11, 19]
    assert abs(missed["painted"]["apple"] - missed["held-out pictures"]["apple"]) < 0.03
    kid = table("weights_apple_or_tomato").pivot(index="fruit", columns="pile", values="kid")
    assert (kid["painted"] > 10 * kid["held-out pictures"].abs()).all()


def test_the_transformer_loses_on_the_headlines():
    found = table("after_intervals").query("model == 'Transformer'").set_index("against")
    assert found.loc["LSTM", "low"] > 0 and found.loc["last word", "low"] > 0 > found.loc["trigram", "high"]
    memory = table("headlines_intervals").query("model == 'LSTM' and against == 'last word'").iloc[0]
    assert -0.1 < memory["low"] < memory["high"] < 0, "task 3's d"
    assert table("after_headlines")["split"].nunique() == 5


def test_the_transformer_hears_the_whisper_at_every_distance():
    found = table("after_whisper").groupby(["memory", "distance"])
    right, seconds, weights = found["right"], found["cpu_seconds"].median(), found["weights"].first()
    assert right.min()["Transformer"].min() > 0.9 < right.min()["LSTM", 10]
    assert right.min()["LSTM", 40] < 0.5 and right.max()["LSTM", 40] > 0.9 and right.quantile(0.8)["LSTM", 100] < 0.2
    assert right.count().min() == 8 and 4.5 < (weights["Transformer"] / weights["LSTM"]).max() < 5
    assert (seconds["Transformer"] / seconds["LSTM"]).between(3.3, 5).all()
