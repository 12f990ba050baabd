"""Lesson 3: the networks, losses and training steps of the exercise and of the activity's model solution."""

from __future__ import annotations

import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from PIL import Image
from sklearn.neighbors import NearestNeighbors

import utils
from course import checks, training
from course.judges import scorecard
from course.layers import FastBatchNormalization, UpConv2D
from tests.common import COURSE
from tools.lessons import library


@pytest.fixture(scope="module")
def lesson():
    keras.config.set_dtype_policy("float32")
    return library("03_fruit_gan", tasks=True)


@pytest.fixture(params=["train_step"])
def name(request):
    """The name of the exercise's step; the activity's is marked by its own check."""
    return request.param


PICTURES = np.random.default_rng(0).uniform(-1, 1, (5, 8, 8, 3)).astype("float32")


def small_gan(gen_rate=0.01, disc_rate=0.01, optimizer=keras.optimizers.Adam):
    """A GAN of 8 x 8 pictures, with all that can go wrong in a big one."""
    generator = [layers.Dense(8 * 8 * 3), layers.BatchNormalization(), layers.Reshape((8, 8, 3))]
    discriminator = [layers.Conv2D(4, 3, strides=2), layers.BatchNormalization(), layers.LeakyReLU()]
    return training.GAN(
        keras.Sequential([keras.Input((4,)), *generator, layers.Activation("tanh", dtype="float32")]),
        keras.Sequential([keras.Input((8, 8, 3)), *discriminator, layers.Flatten(), layers.Dense(1, dtype="float32")]),
        optimizer(gen_rate),
        optimizer(disc_rate),
    )


def trainable(model):
    return [weight.numpy() for weight in model.trainable_variables]


def same(model, before):
    return all(np.array_equal(new, old) for new, old in zip(trainable(model), before, strict=True))


class Spy:
    """A network that remembers how it was called."""

    def __init__(self, network):
        self.network, self.inputs, self.outputs, self.modes = network, [], [], []

    def __call__(self, inputs, training=None):
        outputs = self.network(inputs, training=training)
        self.inputs.append(inputs)
        self.outputs.append(outputs)
        self.modes.append(training)
        return outputs

    def __getattr__(self, name):
        return getattr(self.network, name)


def spied_gan(**options):
    gan = small_gan(**options)
    gan.generator, gan.discriminator = Spy(gan.generator), Spy(gan.discriminator)
    return gan


# ---------------------------------------------------------------- networks and losses


def test_the_dcgan_generator_has_2452611_weights_and_paints_in_range(lesson):
    model = lesson.create_generator(200, 3)
    assert model.count_params() == 2_452_611
    pictures = np.asarray(model(tf.random.normal((2, 200)) * 100))
    assert pictures.shape == (2, 96, 96, 3) and pictures.dtype == np.float32
    assert np.abs(pictures).max() <= 1


def test_the_dcgan_discriminator_has_1658945_weights_and_one_logit(lesson):
    model = lesson.create_discriminator((96, 96, 3))
    assert model.count_params() == 1_658_945
    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    assert [layer.filters for layer in convolutions] == [32, 64, 128, 256, 512]
    assert [layer.strides[0] for layer in convolutions] == [2, 2, 2, 1, 1]
    assert sum(isinstance(layer, layers.BatchNormalization) for layer in model.layers) == 4
    assert model(tf.zeros((2, 96, 96, 3))).shape == (2, 1)
    probability = tf.sigmoid(model(tf.zeros((2, 96, 96, 3)))).numpy()
    assert probability == pytest.approx(0.5, abs=0.01), "untrained, it has no opinion"


def test_a_rule_is_broken_in_every_layer_of_its_kind_and_in_no_other(lesson):
    network = lesson.create_generator(8, 3)
    broken = lesson.exchanged(network, layers.BatchNormalization, layers.Identity)
    pairs = list(zip(network.layers, broken.layers, strict=True))
    changed = {type(new) for old, new in pairs if isinstance(old, layers.BatchNormalization)}
    assert changed == {layers.Identity}
    assert all(new.get_config() == old.get_config() for old, new in pairs if type(new) is not layers.Identity)
    kept = lesson.exchanged(network, (), None)
    assert kept.count_params() == network.count_params()
    assert not np.array_equal(kept.get_weights()[0], network.get_weights()[0]), "new weights"


def test_a_gan_is_made_of_faster_networks_that_paint_and_judge_the_same(lesson):
    generator, discriminator = lesson.create_generator(200, 3), lesson.create_discriminator((96, 96, 3))
    gan = lesson.make_gan(generator, discriminator)
    faster = [type(layer) for layer in (*gan.generator.layers, *gan.discriminator.layers)]
    assert (faster.count(UpConv2D), faster.count(FastBatchNormalization)) == (4, 8)
    noise = tf.random.normal((2, 200))
    pictures = generator(noise, training=False)
    for network in (gan.generator, gan.average):
        np.testing.assert_allclose(network(noise, training=False), pictures, atol=1e-4)
    np.testing.assert_allclose(
        gan.discriminator(pictures, training=False), discriminator(pictures, training=False), atol=1e-4
    )
    assert gan.gen_optimizer is not gan.disc_optimizer
    for optimizer in (gan.gen_optimizer, gan.disc_optimizer):
        assert float(optimizer.learning_rate) == pytest.approx(3e-4) and optimizer.beta_1 == 0.5


@pytest.mark.parametrize("names", [("discrim_loss", "gen_loss"), ("banana_discrim_loss", "banana_gen_loss")])
def test_the_losses_are_those_reckoned_by_hand(lesson, names):
    discrim_loss, gen_loss = (getattr(lesson, name) for name in names)
    real, fake = tf.constant([[0.0], [2.0]]), tf.constant([[-1.0], [1.5]])
    assert float(discrim_loss(real, fake)) == pytest.approx(price(real) + price(-fake), rel=1e-5)
    assert float(gen_loss(fake)) == pytest.approx(price(fake), rel=1e-5)


def price(logits):
    """The cross-entropy of logits with the label 1."""
    return np.mean(np.log1p(np.exp(-np.asarray(logits))))


# ---------------------------------------------------------------- the training step


def test_one_step_moves_both_networks_and_returns_what_each_paid(lesson, name):
    gan = spied_gan()
    before_gen, before_disc = trainable(gan.generator), trainable(gan.discriminator)
    g_loss, d_loss = getattr(lesson, name)(gan, tf.constant(PICTURES))
    assert not same(gan.generator, before_gen) and not same(gan.discriminator, before_disc)
    real, fake = gan.discriminator.outputs
    assert float(g_loss) == pytest.approx(price(fake), rel=1e-5)
    assert float(d_loss) == pytest.approx(price(real) + price(-fake), rel=1e-5)


def test_the_discriminators_update_moves_the_discriminator_only(lesson, name):
    gan = small_gan(gen_rate=0.0)
    before_gen, before_disc = trainable(gan.generator), trainable(gan.discriminator)
    getattr(lesson, name)(gan, tf.constant(PICTURES))
    assert same(gan.generator, before_gen) and not same(gan.discriminator, before_disc)


def test_the_generators_update_moves_the_generator_only(lesson, name):
    gan = small_gan(disc_rate=0.0)
    before_gen, before_disc = trainable(gan.generator), trainable(gan.discriminator)
    getattr(lesson, name)(gan, tf.constant(PICTURES))
    assert not same(gan.generator, before_gen) and same(gan.discriminator, before_disc)


def verdict(gan, pictures):
    """The discriminator's mean logit for a pile of one kind, judged as in training."""
    return float(np.mean(gan.discriminator(pictures, training=True)))


def fakes(gan):
    """Paintings of latent vectors that no step has drawn."""
    return gan.generator(tf.random.stateless_normal((200, 4), seed=(1, 1)), training=True)


@pytest.mark.slow
def test_the_generator_learns_to_please_the_discriminator(lesson, name):
    keras.utils.set_random_seed(0)
    gan = small_gan(disc_rate=0.0)
    step = tf.function(getattr(lesson, name))
    before = verdict(gan, fakes(gan))
    for _ in range(30):
        step(gan, tf.constant(PICTURES))
    assert verdict(gan, fakes(gan)) > before + 0.1


@pytest.mark.slow
def test_the_discriminator_learns_to_tell_real_from_fake(lesson, name):
    keras.utils.set_random_seed(0)
    gan = small_gan(gen_rate=0.0)
    last = gan.discriminator.layers[-1]
    last.kernel.assign(tf.zeros_like(last.kernel))  # undecided: logit 0 for everything
    step = tf.function(getattr(lesson, name))
    for _ in range(30):
        step(gan, tf.constant(PICTURES))
    assert verdict(gan, PICTURES) > 0.1
    assert verdict(gan, fakes(gan)) < -0.1


def blobs(count, seed):
    """Pictures (count, 16, 16, 3) of a dark blob on white, each at a place of its own."""
    rows, columns = np.random.default_rng(seed).uniform(4, 11, (2, count, 1, 1))
    down, right = np.mgrid[:16, :16]
    blob = np.exp(-((down - rows) ** 2 + (right - columns) ** 2) / 8)
    return np.repeat(1 - 2 * blob[..., None], 3, axis=-1).astype("float32")


def energy_distance(one, other):
    """Of two piles of pictures: 0 if they are drawn alike, large also if one has less variety."""
    flat = [np.asarray(pile, "float64").reshape(len(pile), -1) for pile in (one, other)]

    def apart(left, right):
        squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2 * left @ right.T
        return np.sqrt(np.maximum(squares, 0)).mean()

    return 2 * apart(*flat) - apart(flat[0], flat[0]) - apart(flat[1], flat[1])


@pytest.mark.slow
def test_a_small_gan_learns_to_paint_blobs(lesson):
    """Measured with seeds 0 and 1: 35 untrained, 5 to 8 after 600 steps, 79 to 89 if the generator helps the
    discriminator, 33 to 36 if the noise is always 0; two piles of blobs are 0.1 apart."""
    keras.utils.set_random_seed(0)
    generator = [layers.Dense(64, "relu"), layers.Dense(64, "relu"), layers.Dense(16 * 16 * 3)]
    generator += [layers.Reshape((16, 16, 3)), layers.Activation("tanh")]
    discriminator = [layers.Conv2D(16, 3, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2)]
    discriminator += [layers.Conv2D(32, 3, strides=2, padding="same"), layers.LeakyReLU(negative_slope=0.2)]
    gan = lesson.make_gan(
        keras.Sequential([keras.Input((8,)), *generator]),
        keras.Sequential([keras.Input((16, 16, 3)), *discriminator, layers.Flatten(), layers.Dense(1)]),
    )
    for optimizer in (gan.gen_optimizer, gan.disc_optimizer):
        optimizer.learning_rate.assign(1e-3)  # small networks may hurry
    noise, held_out = tf.random.stateless_normal((200, 8), seed=(1, 1)), blobs(200, seed=1)
    untrained = energy_distance(gan.average(noise, training=False), held_out)
    step = tf.function(lesson.train_step)
    pictures = blobs(512, seed=0)
    for number in range(400):
        step(gan, tf.constant(pictures[number % 16 * 32 :][:32]))
        gan.update_average()
    assert energy_distance(gan.average(noise, training=False), held_out) < 0.4 * untrained


def test_both_play_in_training_mode(lesson, name):
    gan = spied_gan()
    getattr(lesson, name)(gan, tf.constant(PICTURES))
    assert gan.generator.modes == [True] and gan.discriminator.modes == [True, True]


def test_a_short_batch_trains_with_as_many_fakes(lesson, name):
    gan = spied_gan()
    for images in tf.data.Dataset.from_tensor_slices(PICTURES).batch(3):
        getattr(lesson, name)(gan, images)
    assert [len(noise) for noise in gan.generator.inputs] == [3, 2]
    assert [len(pictures) for pictures in gan.discriminator.inputs] == [3, 3, 2, 2]
    assert gan.gen_optimizer.iterations == gan.disc_optimizer.iterations == 2


@pytest.mark.slow
def test_each_step_draws_its_own_latent_vectors(lesson, name):
    """In graph mode, where numbers that are drawn once would come back for ever."""
    gan = spied_gan()

    @tf.function
    def noise_of_a_step(images):
        getattr(lesson, name)(gan, images)
        return gan.generator.inputs[-1]

    pictures = tf.constant(np.repeat(PICTURES, 20, axis=0))
    one, other = (noise_of_a_step(pictures).numpy() for _ in range(2))
    assert one.shape == (100, 4) and len(np.unique(np.concatenate([one, other]))) == 800
    assert abs(one.mean()) < 0.2 and abs(one.std() - 1) < 0.2, "standard normal"


# ---------------------------------------------------------------- pictures in


def test_a_data_set_shows_every_picture_once_an_epoch_in_another_order_each_time(lesson):
    pictures = np.arange(70, dtype="float32").reshape(70, 1, 1, 1)
    epochs = [[batch.numpy().ravel() for batch in dataset] for dataset in [lesson.make_dataset(pictures)] * 2]
    assert [len(batch) for batch in epochs[0]] == [32, 32, 6]
    one, two = (np.concatenate(epoch) for epoch in epochs)
    assert sorted(one) == sorted(two) == list(range(70))
    assert list(one) != list(two) and list(one) != list(range(70))


def test_the_held_out_pictures_are_those_of_the_test_set(lesson):
    images, held_out = lesson.load_fruit("tomato")
    np.testing.assert_array_equal(held_out, utils.load_images("tomato", 96, split="test_set"))
    known = {image.tobytes() for image in images}
    assert not any(image.tobytes() in known for image in held_out)


def test_without_test_pictures_every_fifth_is_held_out(lesson, tmp_path, monkeypatch, capsys):
    folder = tmp_path / "data" / "any" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    for number in range(60):
        Image.new("RGB", (8, 8), (4 * number, 0, 0)).save(folder / f"{number:02}.png")
    monkeypatch.setenv("COURSE_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(utils, "CACHE", tmp_path / "cache")
    images, held_out = lesson.load_fruit("tomato")
    assert "There are no test pictures of tomato: 12 of the 60 others are held out." in capsys.readouterr().out
    assert (len(images), len(held_out)) == (48, 12)
    reds = [round(float((picture[0, 0, 0] + 1) * 127.5)) for picture in held_out]
    assert reds == list(range(0, 240, 20))


def test_pictures_read_while_training_are_those_that_are_loaded_before_it(lesson):
    root = utils.data_dir()
    loaded = utils.load_images("tomato", 96, root, cache=False)
    read = np.concatenate(list(lesson.make_dataset_from_files("tomato", root)))
    assert read.shape == loaded.shape and np.abs(read).max() <= 1
    differences, numbers = (
        NearestNeighbors(n_neighbors=1).fit(loaded.reshape(len(loaded), -1)).kneighbors(read.reshape(len(read), -1))
    )
    numbers = list(numbers[:, 0])
    assert sorted(numbers) == list(range(len(loaded))) and differences.max() < 0.1  # over 27,648 values
    assert numbers != sorted(numbers), "shuffled"


BEYOND_MEMORY = """
import re, resource, sys
import keras
from keras import layers
from course import training
from tools.lessons import library
lesson = library("03_fruit_gan")
generator = keras.Sequential([keras.Input((4,)), layers.Dense(12), layers.Reshape((2, 2, 3))])
discriminator = keras.Sequential([keras.Input((2, 2, 3)), layers.Flatten(), layers.Dense(1)])
gan = lesson.make_gan(generator, discriminator)
dataset = lesson.make_dataset_from_files("tomato", sys.argv[1])
for images in dataset.take(5):  # what TensorFlow itself takes
    pass
taken = int(re.search(r"VmData:\\s+(\\d+)", open("/proc/self/status").read()).group(1)) * 1024
resource.setrlimit(resource.RLIMIT_DATA, (taken + 150 * 2**20,) * 2)
print("pictures", sum(len(images) for images in dataset))
print("facts", len(training.facts_of(lesson.train_step, gan, dataset)))
"""


@pytest.mark.slow
@pytest.mark.weekly  # half a minute
@pytest.mark.skipif(sys.platform != "linux", reason="not on Windows: the limit on memory is Linux's")
def test_pictures_of_280_megabytes_go_through_150(tmp_path):
    sample = sorted((COURSE / "data/sample/apple-or-tomato/training_set/tomato").iterdir())
    folder = tmp_path / "any" / "training_set" / "tomato"
    folder.mkdir(parents=True)
    for number in range(2500):  # further names for the same files
        (folder / f"{number:04}.jpg").symlink_to(sample[number % len(sample)])
    environment = {**os.environ, "PYTHONPATH": str(COURSE), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", BEYOND_MEMORY, tmp_path]
    result = subprocess.run(command, cwd=COURSE, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    assert "pictures 2500" in result.stdout and "facts" in result.stdout


# ---------------------------------------------------------------- training, and what is shown of it


def tiny_networks(lesson, monkeypatch):
    """The lesson with small networks in place of its own."""

    def generator(seed_size, channels):
        painting = [layers.Dense(4 * 4 * 4), layers.Reshape((4, 4, 4)), layers.UpSampling2D(24)]
        return keras.Sequential([keras.Input((seed_size,)), *painting, layers.Conv2D(channels, 1, activation="tanh")])

    def discriminator(image_shape):
        judging = [layers.Conv2D(4, 3, strides=8, padding="same"), layers.Flatten(), layers.Dense(1)]
        return keras.Sequential([keras.Input(image_shape), *judging])

    monkeypatch.setattr(lesson, "create_generator", generator)
    monkeypatch.setattr(lesson, "create_discriminator", discriminator)


@pytest.mark.slow
def test_a_training_is_previewed_from_fixed_seeds_and_judged_from_others(lesson, tmp_path, monkeypatch):
    """Run again, it goes on."""
    monkeypatch.setenv("COURSE_EPOCHS", "")
    tiny_networks(lesson, monkeypatch)
    keras.utils.set_random_seed(0)
    pictures = np.random.default_rng(0).uniform(-1, 1, (16, 96, 96, 3)).astype("float32")
    gan, log = lesson.train_dcgan(pictures, 12, tmp_path, pictures[:12])
    assert sorted(path.name for path in tmp_path.glob("*.png")) == ["train-0.png", "train-10.png", "train-11.png"]
    assert list(log.epoch) == list(range(12)) and list(log.epoch[log.kid.notna()]) == [9, 11]

    seeds = tf.random.stateless_normal((25, 200), seed=(lesson.SEED, 0))
    again = lesson.save_images(99, seeds, gan.average, tmp_path)
    assert again.read_bytes() == (tmp_path / "train-11.png").read_bytes()
    paintings = lesson.paint(gan.average, tf.random.stateless_normal((12, 200), seed=(lesson.SEED, 1)))
    expected = scorecard(paintings, pictures[:12])
    assert {name: log[name].iloc[-1] for name in expected} == pytest.approx(expected, rel=1e-3, abs=1e-3)

    keras.utils.set_random_seed(0)
    once_more, longer = lesson.train_dcgan(pictures, 13, tmp_path, pictures[:12])
    assert longer[:11].equals(log[:11]) and int(once_more.gen_optimizer.iterations) == 13


def test_in_a_training_the_discriminator_sees_each_picture_shifted(lesson, tmp_path, monkeypatch):
    tiny_networks(lesson, monkeypatch)
    pictures = np.random.default_rng(0).uniform(-1, 1, (4, 96, 96, 3)).astype("float32")
    given, players = [], []
    monkeypatch.setattr(lesson.training, "train", lambda step, gan, *_: given.append((step, gan)))
    lesson.train_dcgan(pictures, 1, tmp_path, pictures, lambda gan, images: players.append(gan))
    ((step, gan),) = given
    step(gan, pictures)
    (playing,) = players
    assert playing.generator is gan.generator and playing.gen_optimizer is gan.gen_optimizer
    assert not np.allclose(playing.discriminator(pictures), gan.discriminator(pictures), atol=1e-3)


def test_the_judges_say_whose_generator_paints_on(lesson, monkeypatch):
    """One's own, unless the course's covers more than twice as much."""
    came, own = (lambda noise, training, level=level: np.full((len(noise), 96, 96, 3), level) for level in (0.0, 1.0))
    monkeypatch.setattr(lesson.pretrained, "load", lambda name: came)
    monkeypatch.setattr(lesson.judges, "scorecard", lambda pile, reference: {"coverage": 0.8 - 0.39 * pile.mean()})
    assert lesson.choose(own, "tomato", np.zeros((3, 200)), None) == ("yours", own)
    monkeypatch.setattr(lesson.judges, "scorecard", lambda pile, reference: {"coverage": 0.8 - 0.41 * pile.mean()})
    assert lesson.choose(own, "tomato", np.zeros((3, 200)), None) == ("the course's", came)


def test_a_long_pile_is_painted_batch_by_batch(lesson):
    gan = spied_gan()
    noise = tf.random.normal((70, 4))
    pictures = lesson.paint(gan.generator, noise)
    assert [len(batch) for batch in gan.generator.inputs] == [32, 32, 6] and not any(gan.generator.modes)
    np.testing.assert_allclose(pictures, gan.generator(noise, training=False), atol=1e-6)


# ---------------------------------------------------------------- the activity


@pytest.mark.slow
def test_the_activitys_loop_trains_and_its_previews_show_the_mean(lesson, tmp_path):
    """The steps' own check counts calls; here the networks of the model solution really learn."""
    keras.utils.set_random_seed(0)
    gan = training.GAN(
        lesson.create_vanilla_generator(200, 3), lesson.create_vanilla_discriminator((96, 96, 3)), *pair()
    )
    before = trainable(gan.average)
    history = lesson.train_bananas(gan, lesson.make_dataset(np.full((40, 96, 96, 3), 0.5, "float32")), 2, tmp_path)
    assert not same(gan.average, before) and not same(gan.average, trainable(gan.generator))
    assert [len(losses) for losses in history.values()] == [2, 2] and np.isfinite([*history.values()]).all()
    assert int(gan.gen_optimizer.iterations) == int(gan.disc_optimizer.iterations) == 4
    seeds = tf.random.stateless_normal((25, 200), seed=(lesson.SEED, 0))
    again = lesson.save_images(99, seeds, gan.average, tmp_path)
    assert again.read_bytes() == (tmp_path / "train-1.png").read_bytes()


def pair():
    """Optimisers whose steps can be seen."""
    return keras.optimizers.Adam(1e-3, beta_1=0.5), keras.optimizers.Adam(1e-3, beta_1=0.5)


@pytest.mark.parametrize("step", ["step_a", "step_b", "step_c"])
def test_a_broken_step_is_broken_as_the_table_says(lesson, step):
    """Each does what its row of the table of mistakes says, and runs: else nobody could find it."""
    gan = small_gan(gen_rate=0.0 if step != "step_a" else 0.01, disc_rate=0.01 if step != "step_a" else 0.0)
    before = verdict(gan, fakes(gan))
    spied, broken = spied_gan(), tf.function(getattr(lesson, step))
    getattr(lesson, step)(spied, tf.constant(PICTURES))
    real, fake = (np.asarray(seen) for seen in spied.discriminator.inputs)
    if step == "step_a":
        for _ in range(30):
            broken(gan, tf.constant(PICTURES))
        assert verdict(gan, fakes(gan)) < before, "the generator helps the discriminator"
    assert np.array_equal(real, fake) == (step == "step_b"), "the discriminator sees paintings only"
    assert np.array_equal(real, PICTURES) == (step == "step_a")
    if step == "step_b":  # and nothing else is wrong with it
        with pytest.raises(AssertionError, match="does not see the real pictures"):
            checks.training_step(lesson.step_b, lesson.gen_loss, lesson.discrim_loss)
    assert step != "step_c" or real.min() >= 0 > fake.min(), "bananas and paintings are on different scales"
