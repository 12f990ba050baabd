"""Many games at once: each by itself, each setting does what it says, an examiner that tells, recordings that show."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from course import games


def pairs(*seeds):
    return [games.new_players(seed) for seed in seeds]


def flat(model):
    return np.concatenate([weight.ravel() for weight in model.get_weights()])


def test_each_half_moves_its_own_networks():
    game = games.Game(pairs(1, 2), games.parabola, games.Recipe(one_update=True, r1=0.01))
    for half, moves, stays in (
        (game.discriminators_half, game.discriminators, game.generators),
        (game.generators_half, game.generators, game.discriminators),
    ):
        before = [[variable.numpy() for variable in stack.variables] for stack in (moves, stays)]
        half()
        assert all((new.numpy() != old).any() for new, old in zip(moves.variables[:1], before[0][:1], strict=True))
        assert all((new.numpy() == old).all() for new, old in zip(stays.variables, before[1], strict=True))


def test_games_do_not_mix():
    """A game beside another one has the gradients that it has alone. Notices a mean over games, shared weights."""
    alone, beside = pairs(3), pairs(3, 4)
    made = tf.random.stateless_normal((1, 10, 2), seed=(1, 2))
    losses = []
    for players in (alone, beside):
        stack = games.Stack([discriminator for _, discriminator in players])
        with tf.GradientTape() as tape:
            loss = games.cross_entropy(stack(tf.repeat(made, len(players), axis=0)), real=True)
        losses.append([slope.numpy()[0] for slope in tape.gradient(loss, stack.variables)])
    for one, other in zip(*losses, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


@pytest.mark.slow
def test_equal_seeds_give_equal_games_and_other_seeds_others():
    recipe = games.Recipe(steps=6, one_update=True)
    played = [games.play(pairs(1, 2), games.parabola, recipe, seed) for seed in (5, 5, 6)]
    assert played[0].losses.shape == (6, 2, 2)
    np.testing.assert_array_equal(played[0].losses, played[1].losses)
    assert not np.array_equal(played[0].losses, played[2].losses)


def test_records_come_in_time_and_are_of_equal_latent_points():
    played = games.play(pairs(1), games.parabola, games.Recipe(steps=25, gen_rate=0.0), record_every=10)
    assert played.recorded == [10, 20, 25]
    np.testing.assert_array_equal(played.points[0], played.points[2])
    assert played.points[0].shape == (1, 300, 2)


@pytest.mark.slow
def test_averaging_leaves_the_mean():
    start = flat(games.new_players(1)[0])

    def ended(**settings):
        players = pairs(1)
        games.play(players, games.parabola, games.Recipe(steps=30, **settings))
        return np.abs(flat(players[0][0]) - start).sum()

    plain = ended()
    assert 0 < ended(averaging=0.999) < 0.1 * plain, "the mean of 30 steps is still near the start"


@pytest.mark.parametrize("saturating", [False, True])
def test_both_losses_of_the_generator(saturating):
    """At a discriminator that says 0.5 to all, -log D is ln 2 and log(1 - D) is -ln 2."""
    players = pairs(1)
    players[0][1].set_weights([np.zeros_like(weight) for weight in players[0][1].get_weights()])
    game = games.Game(players, games.parabola, games.Recipe(saturating=saturating))
    assert float(game.generators_half()[0]) == pytest.approx(-np.log(2) if saturating else np.log(2), rel=1e-5)


def test_the_penalty_counts_at_real_points_for_r1_and_at_generated_ones_for_r2():
    """Notices a penalty that is left out, is not squared, or looks at the other points."""
    generator, discriminator = games.new_players(2)
    generator.set_weights([weight * 0 for weight in generator.get_weights()])
    generator.layers[-1].bias.assign([-5.0, 0.0])  # all generated points are there, where the ReLU is off
    kernel, last = np.zeros((2, 25)), np.zeros((25, 1))
    kernel[0, 0], last[0] = 3, 1
    hidden_bias = np.zeros(25)
    hidden_bias[0] = 6
    discriminator.set_weights([kernel, hidden_bias, last, np.zeros(1)])
    start = discriminator.get_weights()

    def loss(**weights):
        discriminator.set_weights(start)
        game = games.Game(
            [(generator, discriminator)], games.parabola, games.Recipe(one_update=True, **weights), seed=3
        )
        return float(game.discriminators_half()[0])

    plain = loss()
    assert loss(r1=0.5) - plain == pytest.approx(2 * 0.5 * 9, rel=1e-3), "slope 3 at real points"
    assert loss(r2=0.5) - plain == pytest.approx(0, abs=1e-5), "slope 0 at generated points"


def test_the_relativistic_loss_compares():
    """Equal logits everywhere cost ln 2, whatever their height; the ordinary loss sees the height."""
    players = pairs(1)
    players[0][1].set_weights([np.zeros_like(weight) for weight in players[0][1].get_weights()])
    players[0][1].layers[-1].bias.assign([4.0])
    recipe = games.Recipe(one_update=True, relativistic=True, disc_rate=0.0)
    game = games.Game(players, games.parabola, recipe)
    assert float(game.discriminators_half()[0]) == pytest.approx(np.log(2), rel=1e-5)
    assert float(game.generators_half()[0]) == pytest.approx(np.log(2), rel=1e-5)


def test_the_relativistic_loss_wants_real_points_to_lead():
    """Notices a sign that is turned: real points have logits of 4.5 to 7.5, generated ones 0."""
    generator, discriminator = games.new_players(2)
    generator.set_weights([0 * weight for weight in generator.get_weights()])
    generator.layers[-1].bias.assign([-5.0, 0.0])  # where the discriminator's unit is off
    kernel, bias, last = np.zeros((2, 25)), np.zeros(25), np.zeros((25, 1))
    kernel[0, 0], bias[0], last[0] = 3, 6, 1
    discriminator.set_weights([kernel, bias, last, np.zeros(1)])
    recipe = games.Recipe(one_update=True, relativistic=True, disc_rate=0.0)
    game = games.Game([(generator, discriminator)], games.parabola, recipe)
    assert float(game.discriminators_half()[0]) < 0.02
    assert 4.5 < float(game.generators_half()[0]) < 7.6


def test_rates_decay_in_the_second_half():
    """Notices rates that rise, or that fall from the beginning."""
    game, rates = games.Game(pairs(1), games.parabola, games.Recipe(steps=30, decay=True)), []
    for begin in (0, 10, 20):
        game.part(tf.constant(begin), tf.constant(10))
        rates.append([float(one.learning_rate) / 0.001 for one in (game.gen_optimizer, game.disc_optimizer)])
    np.testing.assert_allclose(rates, [[1, 1], [22 / 30] * 2, [2 / 30] * 2], rtol=1e-4)


@pytest.mark.slow
def test_an_examiner_tells_a_bad_generator_and_not_real_points():
    """Notices an examiner that does not learn, that sees labels, that knows a kind by its place."""
    generator, _ = games.new_players(1)
    generator.layers[-1].bias.assign([0.0, 3.0])  # far above the curve
    # the examiner of seed 20 is right about a quarter of the points before it learns
    accuracy = games.examine([generator], [games.new_players(20 + k)[1] for k in range(2)], games.parabola, steps=400)
    assert accuracy[0] > 0.95 and abs(accuracy[1] - 0.5) < 0.03


def test_the_examiner_asks_for_one_network_more():
    with pytest.raises(ValueError, match="1 generators need 2 discriminators"):
        games.examine([games.new_players(1)[0]], [games.new_players(1)[1]], games.parabola)


def test_leaky_networks_agree_where_relu_passes_and_differ_elsewhere():
    generator, _ = games.new_players(3)
    made = games.leaky(generator)
    latent = tf.random.stateless_normal((50, 5), seed=(1, 1))
    assert np.abs(made(latent) - generator(latent)).max() > 0.01
    kernel, bias, *rest = generator.get_weights()
    for model in (made, generator):
        model.set_weights([kernel, bias + 100, *rest])
    np.testing.assert_allclose(made(latent), generator(latent), rtol=1e-5)


def test_dead_units_are_counted():
    generator, _ = games.new_players(3)
    kernel, bias, *rest = generator.get_weights()
    bias[:4] = -1000
    generator.set_weights([kernel, bias, *rest])
    latent = tf.random.stateless_normal((500, 5), seed=(1, 1))
    assert games.living_units(generator, latent) == 11


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"steps": 0}, "a step and a batch of 2"),
        ({"r1": 0.1}, "need one_update=True"),
        ({"relativistic": True}, "need one_update=True"),
    ],
)
def test_a_recipe_that_cannot_be_played_gets_one_sentence(settings, says):
    with pytest.raises(ValueError, match=says):
        games.Recipe(**settings)


@pytest.mark.parametrize("part", ["labels of another shape", "points of another type", "too few points", "NaN"])
def test_a_wrong_sampler_is_not_played(part):
    players = games.new_players(1)
    made, labels = tf.ones((6, 2)), tf.ones((6, 1))
    given, says = {
        "labels of another shape": ((made, tf.ones(6)), r"labels of the shape \(6, 1\), not \(6,\)"),
        "points of another type": ((tf.cast(made, tf.float64), labels), "points of the type float32"),
        "too few points": ((made[:5], labels), r"points of the shape \(6, 2\), not \(5, 2\)"),
        "NaN": ((made * np.nan, labels), "points that are not finite"),
    }[part]
    before = flat(players[0])
    with pytest.raises(ValueError, match=says):
        games.play([players], lambda n: given, games.Recipe(steps=2))
    np.testing.assert_array_equal(flat(players[0]), before)


def test_other_layers_get_one_sentence():
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dropout(0.5), keras.layers.Dense(1)])
    with pytest.raises(TypeError, match="not Dropout"):
        games.Stack([model])


@pytest.mark.slow
@pytest.mark.weekly
def test_each_recording_has_one_cure_among_equal_rates():
    sound = {"gen_rate": 0.001, "disc_rate": 0.001, "beta_1": 0.5, "saturating": False}
    for name, (recipe, _) in games.RECORDED.items():
        wrong = {setting for setting, value in sound.items() if getattr(recipe, setting) != value}
        assert len(wrong) == 1
        for setting, value in sound.items():
            if setting in wrong or setting == "gen_rate":
                assert (games.replay(name, setting, value) < 5) == (setting in wrong), (name, setting)
