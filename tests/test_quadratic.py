"""Notebook 2: the functions of Exercise 11.02 as they stand in the notebook."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from course import definitions


@pytest.fixture
def notebook():
    keras.utils.set_random_seed(0)
    return definitions("02_quadratic_gan", "latent_dim")


@pytest.fixture
def players(notebook):
    generator, discriminator = notebook.define_gen(5), notebook.define_disc()
    return generator, discriminator, notebook.define_your_gan(generator, discriminator)


def weights(model):
    return [weight.copy() for weight in model.get_weights()]


def same(model, before):
    return all(np.array_equal(new, old) for new, old in zip(model.get_weights(), before, strict=True))


def test_real_points(notebook):
    points, labels = map(np.asarray, notebook.generate_real(4000))
    assert points.shape == (4000, 2) and labels.shape == (4000, 1) and (labels == 1).all()
    assert np.allclose(points[:, 1], points[:, 0] ** 2)
    counts, _ = np.histogram(points[:, 0], bins=10, range=(-0.5, 0.5))
    assert counts.sum() == 4000 and counts.min() > 300, "x is uniform on [-0.5, 0.5)"


def test_latent_and_fake_points(notebook, players):
    latent = np.asarray(notebook.gen_latent_points(5, 4000))
    assert latent.shape == (4000, 5)
    assert abs(latent.mean()) < 0.05 and abs(latent.std() - 1) < 0.05
    points, labels = map(np.asarray, notebook.gen_fake(players[0], 5, 7))
    assert points.shape == (7, 2) and labels.shape == (7, 1) and (labels == 0).all()


def test_networks_of_the_chapter(players):
    generator, discriminator, gan = players
    assert [layer.units for layer in generator.layers] == [15, 2]
    assert [layer.units for layer in discriminator.layers] == [25, 1]
    assert generator.count_params() == 5 * 15 + 15 + 15 * 2 + 2
    assert gan.output_shape == (None, 1)


def test_the_discriminators_half_step_moves_the_discriminator_only(notebook, players):
    generator, discriminator, _ = players
    before_gen, before_disc = weights(generator), weights(discriminator)
    notebook.discriminator_step(discriminator, *notebook.generate_real(64))
    notebook.discriminator_step(discriminator, *notebook.gen_fake(generator, 5, 64))
    assert same(generator, before_gen)
    assert not same(discriminator, before_disc)


def test_the_generators_half_step_moves_the_generator_only(notebook, players):
    generator, discriminator, gan = players
    before_gen, before_disc = weights(generator), weights(discriminator)
    notebook.generator_step(generator, gan, notebook.gen_latent_points(5, 64))
    assert not same(generator, before_gen)
    assert same(discriminator, before_disc)


def test_each_half_step_learns_what_it_should(notebook, players):
    generator, discriminator, gan = players
    real, fake = notebook.generate_real(64), notebook.gen_fake(generator, 5, 64)
    first = float(notebook.discriminator_step(discriminator, *real) + notebook.discriminator_step(discriminator, *fake))
    for _ in range(200):
        last = float(
            notebook.discriminator_step(discriminator, *real) + notebook.discriminator_step(discriminator, *fake)
        )
    assert last < 0.5 * first
    latent = notebook.gen_latent_points(5, 64)
    before = float(np.mean(gan(latent)))
    for _ in range(50):
        notebook.generator_step(generator, gan, latent)
    assert np.mean(gan(latent)) > before, "the discriminator should take the points for real more often"


def test_equal_seeds_give_equal_results_and_other_seeds_others(notebook):
    def play(seed):
        keras.utils.set_random_seed(seed)
        generator, discriminator = notebook.define_gen(5), notebook.define_disc()
        gan = notebook.define_your_gan(generator, discriminator)
        return notebook.train(generator, discriminator, gan, 5, n_epochs=20, n_eval=0), generator.get_weights()

    (losses, trained), (again, trained_again), (other, _) = play(1), play(1), play(2)
    assert losses.shape == (20, 2)
    assert np.array_equal(losses, again)
    assert all(np.array_equal(a, b) for a, b in zip(trained, trained_again, strict=True))
    assert not np.array_equal(losses, other)


def test_the_game_brings_the_points_to_the_curve(notebook, players):
    before = notebook.mean_distance(notebook.gen_fake(players[0], 5, 2000)[0])
    notebook.train(*players, 5, n_epochs=5000, n_eval=0)
    points = notebook.gen_fake(players[0], 5, 2000)[0]
    assert notebook.mean_distance(points) < 0.05 < before
    assert notebook.coverage(points) >= 0.9


def test_measures_on_known_points(notebook):
    assert notebook.mean_distance(np.array([[0.5, 0.25], [0.0, 0.5], [-0.5, 0.0]])) == pytest.approx(0.25)
    assert notebook.coverage(np.array([[-0.5, 0], [-0.49, 0], [0.49, 0], [3.0, 0]])) == pytest.approx(2 / 20)


def test_summary_counts_what_is_judged_rightly(notebook, monkeypatch):
    """A discriminator that says "real" to everything: right about all real points, wrong about all generated ones."""
    titles = []
    monkeypatch.setattr(notebook, "plot_points", lambda real, fake, title: titles.append(title))
    discriminator = notebook.define_disc()
    discriminator.set_weights([np.zeros((2, 25)), np.zeros(25), np.zeros((25, 1)), np.ones(1)])
    notebook.performance_summary(3, notebook.define_gen(5), discriminator, 5)
    assert titles == ["Step 3: judged rightly 100% of real, 0% of generated points"]
