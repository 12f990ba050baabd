"""Notebook 3: networks, losses and training step of Exercise 11.03 and of Activity 11.01, as in the notebook."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf
from course import definitions
from keras import layers
from PIL import Image

CONSTANTS = ["gen_res", "gen_square", "img_chan", "img_rows", "img_cols", "img_margin", "seed_vector"]


@pytest.fixture(scope="module")
def notebook():
    keras.config.set_dtype_policy("float32")
    return definitions("03_fruit_gan", *CONSTANTS, "cross_entropy")


def small_players():
    """A generator and a discriminator of 8 x 8 pictures, with all that can go wrong in a big one."""
    generator = keras.Sequential(
        [keras.Input((4,)), layers.Dense(8 * 8 * 3), layers.BatchNormalization(), layers.Reshape((8, 8, 3))]
    )
    discriminator = keras.Sequential(
        [keras.Input((8, 8, 3)), layers.Conv2D(4, 3), layers.BatchNormalization(), layers.Flatten(), layers.Dense(1)]
    )
    return generator, discriminator


def small_gan(notebook, kind, gen_rate=0.01, disc_rate=0.01):
    gan = getattr(notebook, kind)(*small_players(), 4)
    gan.compile(gen_optimizer=keras.optimizers.Adam(gen_rate), disc_optimizer=keras.optimizers.Adam(disc_rate))
    return gan


def trainable(model):
    return [weight.numpy() for weight in model.trainable_variables]


def same(model, before):
    return all(np.array_equal(new, old) for new, old in zip(trainable(model), before, strict=True))


PICTURES = np.random.default_rng(0).uniform(-1, 1, (5, 8, 8, 3)).astype("float32")
BOTH = pytest.mark.parametrize("kind", ["GAN", "BananaGAN"])


@pytest.mark.parametrize("create", ["create_generator", "create_dcgan_generator"])
def test_dcgan_generator(notebook, create):
    model = getattr(notebook, create)(200, 3)
    assert model.count_params() == 2_452_611
    pictures = np.asarray(model(tf.random.normal((2, 200), stddev=50.0)))
    assert pictures.shape == (2, 96, 96, 3) and pictures.dtype == np.float32
    assert np.abs(pictures).max() <= 1


@pytest.mark.parametrize("create", ["create_discriminator", "create_dcgan_discriminator"])
def test_dcgan_discriminator(notebook, create):
    model = getattr(notebook, create)((96, 96, 3))
    assert model.count_params() == 1_658_945
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [32, 64, 128, 256, 512]
    assert [layer.strides[0] for layer in convolutions] == [2, 2, 2, 1, 1]
    assert sum(isinstance(layer, layers.BatchNormalization) for layer in model.layers) == 4
    assert model(tf.zeros((2, 96, 96, 3))).shape == (2, 1)


def test_vanilla_networks_have_no_convolution_and_flatten_first(notebook):
    generator, discriminator = (
        notebook.create_vanilla_generator(200, 3),
        notebook.create_vanilla_discriminator((96, 96, 3)),
    )
    assert generator(tf.zeros((2, 200))).shape == (2, 96, 96, 3)
    assert discriminator(tf.zeros((2, 96, 96, 3))).shape == (2, 1)
    assert isinstance(discriminator.layers[0], layers.Flatten)
    assert not any("conv" in layer.name for model in (generator, discriminator) for layer in model.layers)
    # comparable with the DCGAN's 2,452,611 and 1,658,945
    assert abs(generator.count_params() / 2_452_611 - 1) < 0.05
    assert abs(discriminator.count_params() / 1_658_945 - 1) < 0.05


@pytest.mark.parametrize("names", [("discrim_loss", "gen_loss"), ("banana_discrim_loss", "banana_gen_loss")])
def test_losses_by_hand(notebook, names):
    discrim_loss, gen_loss = (getattr(notebook, name) for name in names)
    real, fake = tf.constant([[0.0], [2.0]]), tf.constant([[-1.0], [1.0]])
    loss = lambda logits: np.mean(np.log1p(np.exp(-np.asarray(logits))))  # noqa: E731  cross-entropy with label 1
    assert float(discrim_loss(real, fake)) == pytest.approx(loss(real) + loss(-fake), rel=1e-5)
    assert float(gen_loss(fake)) == pytest.approx(loss(fake), rel=1e-5)


@BOTH
def test_one_step_moves_both_networks(notebook, kind):
    gan = small_gan(notebook, kind)
    before_gen, before_disc = trainable(gan.generator), trainable(gan.discriminator)
    losses = gan.train_step(tf.constant(PICTURES))
    assert set(losses) == {"gen_loss", "disc_loss"} and all(np.isfinite(float(loss)) for loss in losses.values())
    assert not same(gan.generator, before_gen) and not same(gan.discriminator, before_disc)


@BOTH
def test_the_discriminators_update_moves_the_discriminator_only(notebook, kind):
    gan = small_gan(notebook, kind, gen_rate=0.0)
    before_gen, before_disc = trainable(gan.generator), trainable(gan.discriminator)
    gan.train_step(tf.constant(PICTURES))
    assert same(gan.generator, before_gen) and not same(gan.discriminator, before_disc)


@BOTH
def test_the_generators_update_moves_the_generator_only(notebook, kind):
    gan = small_gan(notebook, kind, disc_rate=0.0)
    before_gen, before_disc = trainable(gan.generator), trainable(gan.discriminator)
    gan.train_step(tf.constant(PICTURES))
    assert not same(gan.generator, before_gen) and same(gan.discriminator, before_disc)


@BOTH
def test_each_update_goes_downhill(notebook, kind):
    """With the other player standing still, each one's loss falls on the same batch."""
    for moving in ("gen", "disc"):
        keras.utils.set_random_seed(0)
        gan = small_gan(notebook, kind, **{f"{'disc' if moving == 'gen' else 'gen'}_rate": 0.0})
        losses = []
        for _ in range(60):
            gan.reset_metrics()
            losses.append(float(gan.train_step(tf.constant(PICTURES))[f"{moving}_loss"]))
        assert np.mean(losses[-10:]) < 0.7 * np.mean(losses[:10]), moving


@BOTH
def test_the_last_short_batch_trains_with_as_many_fakes(notebook, kind):
    gan = small_gan(notebook, kind)
    seen = []
    judge = gan.discriminator.call

    def spy(pictures, *args, **kwargs):
        seen.append(len(pictures))
        return judge(pictures, *args, **kwargs)

    gan.discriminator.call = spy
    gan.run_eagerly = True
    gan.fit(tf.data.Dataset.from_tensor_slices(PICTURES).batch(3), epochs=1, verbose=0, shuffle=False)
    assert sorted(seen) == [2, 2, 3, 3], "real and fake, for batches of 3 and of 2"
    assert gan.gen_optimizer.iterations == gan.disc_optimizer.iterations == 2


def test_two_runs_with_one_seed_agree(notebook):
    def run(seed):
        keras.utils.set_random_seed(seed)
        gan = small_gan(notebook, "GAN")
        dataset = tf.data.Dataset.from_tensor_slices(PICTURES).shuffle(5, seed=1).batch(3)
        history = gan.fit(dataset, epochs=2, verbose=0, shuffle=False).history
        return history["gen_loss"], trainable(gan.generator)

    (losses, generator), (again, generator_again), (other, _) = run(1), run(1), run(2)
    assert losses == pytest.approx(again, rel=1e-5)
    assert losses != pytest.approx(other, rel=1e-5)
    for one, two in zip(generator, generator_again, strict=True):
        assert np.allclose(one, two, atol=1e-5)


def test_previews_come_from_fixed_seeds_at_the_right_epochs(notebook, tmp_path, capsys):
    gan = small_gan(notebook, "GAN")
    seeds = tf.random.normal((25, 4))
    dataset = tf.data.Dataset.from_tensor_slices(PICTURES * 0).batch(5)
    gan.generator.add(layers.Activation("tanh"))
    preview = notebook.Preview(seeds, tmp_path, every=2)
    gan.fit(dataset, epochs=4, verbose=0, shuffle=False, callbacks=[preview])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train-0.png", "train-2.png", "train-3.png"]
    last = np.asarray(Image.open(tmp_path / "train-3.png"))
    first_picture = (np.asarray(gan.generator(seeds, training=False))[0] + 1) * 127.5
    assert np.abs(last[16:24, 16:24].astype(float) - first_picture).max() <= 0.51
    assert capsys.readouterr().out.count("gen loss") == 3


def test_float32_where_the_processor_has_no_bfloat16(notebook, tmp_path, monkeypatch):
    def with_flags(text):
        file = tmp_path / "cpuinfo"
        file.write_text(text)
        monkeypatch.setattr(notebook, "Path", lambda _: file)
        return notebook.choose_precision()

    notebook.gpus = []
    assert with_flags("flags : sse avx2 avx512f") == "float32"
    assert with_flags("flags : sse avx512_bf16 amx_tile") == "mixed_bfloat16"
    notebook.gpus = ["a GPU"]
    assert with_flags("flags : sse avx512_bf16 amx_tile") == "float32"
