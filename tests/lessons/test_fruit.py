"""Notebook 3: networks, losses and training step of Exercise 11.03 and of Activity 11.01, as in the notebook."""

from __future__ import annotations

import os
import subprocess
import sys
import time

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from course import COURSE, definitions
from keras import layers
from PIL import Image

import utils

CONSTANTS = [
    "SEED",
    "gen_res",
    "gen_square",
    "img_chan",
    "img_rows",
    "img_cols",
    "img_margin",
    "seed_vector",
    "num_batch",
]
TRAINING_CONSTANTS = [*CONSTANTS, "cross_entropy"]


@pytest.fixture(scope="module")
def notebook():
    keras.config.set_dtype_policy("float32")
    return definitions("03_fruit_gan", *TRAINING_CONSTANTS)


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
    assert set(losses) == {"gen_loss", "disc_loss", "loss"} and all(
        np.isfinite(float(loss)) for loss in losses.values()
    )
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


def test_previews_come_from_fixed_seeds_at_the_right_epochs(notebook, tmp_path):
    gan = small_gan(notebook, "GAN")
    seeds = tf.random.normal((25, 4))
    dataset = tf.data.Dataset.from_tensor_slices(PICTURES * 0).batch(5)
    gan.generator.add(layers.Activation("tanh"))
    gan.average.add(layers.Activation("tanh"))
    preview = notebook.Preview(seeds, tmp_path, every=2)
    gan.fit(dataset, epochs=4, verbose=0, shuffle=False, callbacks=[preview])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["train-0.png", "train-2.png", "train-3.png"]
    last = np.asarray(Image.open(tmp_path / "train-3.png"))
    first_picture = (np.asarray(gan.average(seeds, training=False))[0] + 1) * 127.5
    assert np.abs(last[16:24, 16:24].astype(float) - first_picture).max() <= 0.51


# ---------------------------------------------------------------- faster layers, precision


@pytest.mark.parametrize("enlarge", [2, 3])
def test_upconv_equals_upsampling_and_convolution(notebook, enlarge):
    """Outputs, and the gradients of inputs and weights."""
    inputs = tf.random.normal((2, 5, 4, 6))
    fast, plain = (
        notebook.UpConv2D(7, enlarge),
        keras.Sequential([layers.UpSampling2D(enlarge), layers.Conv2D(7, 3, padding="same")]),
    )
    assert fast(inputs).shape == plain(inputs).shape == (2, 5 * enlarge, 4 * enlarge, 7)
    plain.set_weights(fast.get_weights())
    target = tf.random.normal(plain(inputs).shape)
    results = []
    for model in (fast, plain):
        with tf.GradientTape() as tape:
            tape.watch(inputs)
            outputs = model(inputs)
            loss = tf.reduce_sum(outputs * target)
        results.append([outputs, *tape.gradient(loss, [inputs, *model.trainable_variables])])
    for one, other in zip(*results, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-4)


def test_upconv_is_rebuilt_from_its_configuration(notebook):
    layer = notebook.UpConv2D(7, 3)
    again = notebook.UpConv2D.from_config(layer.get_config())
    assert (again.filters, again.enlarge, again.kernel_size, again.padding) == (7, 3, (3, 3), "same")


def test_fast_batch_normalization_equals_keras(notebook):
    inputs = tf.random.normal((16, 12, 12, 5), mean=3.0, stddev=2.0)
    fast, plain = notebook.FastBatchNormalization(momentum=0.8), layers.BatchNormalization(momentum=0.8)
    np.testing.assert_allclose(fast(inputs, training=True), plain(inputs, training=True), atol=1e-4)
    for one, other in zip(fast.weights, plain.weights, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-4, err_msg=one.path)
    np.testing.assert_allclose(fast(inputs, training=False), plain(inputs, training=False), rtol=1e-2, atol=1e-2)


@pytest.mark.parametrize(
    ("capability", "flags", "policy"),
    [
        (None, "sse avx512_bf16", "mixed_bfloat16"),
        (None, "sse amx_bf16", "mixed_bfloat16"),
        (None, "sse avx2", "float32"),
        ((7, 5), "", "mixed_float16"),
        ((6, 1), "", "float32"),
        ("no answer", "", "float32"),
    ],
)
def test_precision_is_chosen_by_the_device(notebook, monkeypatch, capability, flags, policy):
    details = {} if capability == "no answer" else {"compute_capability": capability}
    monkeypatch.setattr(notebook, "gpus", [] if capability is None else ["a GPU"], raising=False)
    monkeypatch.setattr(tf.config.experimental, "get_device_details", lambda gpu: details)
    monkeypatch.setattr(notebook.Path, "exists", lambda path: True)
    monkeypatch.setattr(notebook.Path, "read_text", lambda path: flags)
    assert notebook.choose_precision() == policy


def test_float16_scales_the_loss_and_leaves_out_a_step_that_overflows(notebook):
    keras.config.set_dtype_policy("mixed_float16")
    try:
        gan = small_gan(notebook, "GAN")
    finally:
        keras.config.set_dtype_policy("float32")
    assert isinstance(gan.gen_optimizer, keras.optimizers.LossScaleOptimizer)
    before = trainable(gan.generator), trainable(gan.discriminator)
    gan.train_step(tf.constant(PICTURES))
    scale = float(gan.gen_optimizer.dynamic_scale)
    assert scale > 1000
    gan.gen_optimizer.dynamic_scale.assign(1e38)  # the scaled gradient overflows
    kept = trainable(gan.generator)
    gan.train_step(tf.constant(PICTURES))
    assert same(gan.generator, kept) and not same(gan.discriminator, before[1])
    assert float(gan.gen_optimizer.dynamic_scale) < 1e38


# ---------------------------------------------------------------- the judges


def piles(count=60, side=32, **options):
    rng = np.random.default_rng(5)
    return [rng.normal(size=(count, side, side, 3), **options).astype("float32") for _ in "ab"]


def test_distance_of_a_pile_that_is_shifted(notebook):
    """A shift by c standard deviations moves each projection by c times the sum of a random unit vector's 147 entries.

    That sum is nearly standard normal, its mean size 0.798. Only the coarsest of the three levels keeps a shift.
    """
    coarse = np.repeat(np.repeat(np.random.default_rng(5).normal(size=(60, 8, 8, 3)), 4, 1), 4, 2).astype("float32")
    scale = coarse.std()
    near, far = (notebook.sliced_wasserstein(coarse, coarse + shift * scale) for shift in (2, 4))
    assert near == pytest.approx(1000 * 2 * 0.798 / 3, rel=0.15)
    assert far / near == pytest.approx(2, rel=0.05)


def test_distance_orders_what_is_known(notebook):
    one, other = piles()
    floor = notebook.sliced_wasserstein(one, other)
    assert notebook.sliced_wasserstein(one, 1.2 * other) > 2 * floor, "more contrast"
    blurred = tf.nn.avg_pool2d(other, 3, 1, "SAME").numpy()
    assert notebook.sliced_wasserstein(one, blurred) > 5 * floor
    assert notebook.sliced_wasserstein(one, other) == floor, "the judge's dice are seeded"
    with pytest.raises(ValueError, match="equal numbers, not 60 and 59"):
        notebook.sliced_wasserstein(one, other[:59])


def test_pyramid_adds_up_to_the_pictures(notebook):
    pictures = piles(3)[0]
    fine, middle, rest = notebook.laplacian_pyramid(pictures)
    assert (fine.shape[1], middle.shape[1], rest.shape[1]) == (32, 16, 8)
    half = middle + tf.image.resize(rest, (16, 16))
    np.testing.assert_allclose(fine + tf.image.resize(half, (32, 32)), pictures, atol=1e-5)


def test_similarity(notebook):
    noise = piles(10)[0].clip(-1, 1)
    assert notebook.mean_similarity(np.repeat(noise[:1], 5, axis=0)) == pytest.approx(1)
    assert notebook.mean_similarity(noise) < 0.1


def test_nearest_finds_the_copy(notebook):
    photographs = piles(10)[0]
    numbers, differences = notebook.nearest(photographs[[7, 2]] + 0.01, photographs)
    assert list(numbers) == [7, 2]
    assert differences == pytest.approx([0.01, 0.01], rel=0.02)


def test_walk_keeps_to_the_sphere(notebook):
    start, end = np.eye(2) * 3
    way = notebook.walk(start, end, 5)
    np.testing.assert_allclose(way[[0, -1]], [start, end], atol=1e-9)
    np.testing.assert_allclose(np.linalg.norm(way, axis=1), 3)


def test_augmentation_shifts_each_picture_and_lets_gradients_through(notebook):
    gan = notebook.GAN(*small_players(), 4)
    places = np.moveaxis(np.indices((16, 16), dtype="float32"), 0, -1)  # each pixel holds its row and its column
    pictures = tf.repeat(places[None], 50, axis=0)
    with tf.GradientTape() as tape:
        tape.watch(pictures)
        seen = gan.augment(pictures)
    assert not np.allclose(seen, gan.augment(pictures)), "not twice the same"
    shifts = set()
    for picture in np.asarray(seen):
        down, right = picture[8, 8] - 8
        shifts.add((down, right))
        np.testing.assert_array_equal(picture[:, 0, 0], np.clip(np.arange(16) + down, 0, 15))
        np.testing.assert_array_equal(picture[0, :, 1], np.clip(np.arange(16) + right, 0, 15))
    assert len(shifts) > 10
    assert {number for pair in shifts for number in pair} == {-2, -1, 0, 1, 2}, "up to an eighth of 16"
    assert np.abs(tape.gradient(seen, pictures)).max() > 0
    plain = notebook.PlainGAN(*small_players(), 4)
    np.testing.assert_array_equal(plain.augment(pictures), pictures)


# ---------------------------------------------------------------- training that can be cut off

SCRIPT = """
import sys
from pathlib import Path
import keras, numpy as np, tensorflow as tf
from keras import layers
from course import definitions
notebook = definitions("03_fruit_gan", {constants})
seed, epochs, folder, fruit = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4])
tf.config.experimental.enable_op_determinism()
keras.utils.set_random_seed(seed)
generator = keras.Sequential([keras.Input((200,)), layers.Dense(4 * 4 * 4), layers.Reshape((4, 4, 4)),
                              notebook.UpConv2D(3, 8), layers.BatchNormalization(momentum=0.8)])
discriminator = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 3, strides=4), layers.Dropout(0.25),
                                  layers.Flatten(), layers.Dense(1)])
generator.add(layers.Activation("tanh"))
pictures = np.random.default_rng(fruit).uniform(-1, 1, (70, 32, 32, 3)).astype("float32")
gan = notebook.GAN(generator, discriminator, 200)
gan.compile(notebook.adam(), notebook.adam())
keras.utils.set_random_seed(1)  # the order of the pictures depends on it; the setup cell sets it in the notebook
log = notebook.train(notebook.make_dataset(pictures), epochs, gan, folder, pictures[:20])
log.drop(columns="seconds").to_csv(folder / "result.csv")
np.savez(folder / "result.npz", *[weight.numpy() for weight in gan.weights])
"""


def training(folder, epochs, seed=1, fruit=1):
    """A process that trains small networks with the notebook's `train`."""
    script = SCRIPT.format(constants=", ".join(map(repr, TRAINING_CONSTANTS)))
    command = [sys.executable, "-c", script, str(seed), str(epochs), str(folder), str(fruit)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (COURSE, COURSE / "tests")))}
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def results(folder):
    with np.load(folder / "result.npz") as stored:
        return pd.read_csv(folder / "result.csv"), [stored[name] for name in stored.files]


def test_a_killed_training_ends_like_an_uncut_one(tmp_path):
    """Killed twice, each time at some moment after an epoch has been kept, and begun from other random weights."""
    epochs = 40
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    process = training(whole, epochs)
    assert process.wait(timeout=240) == 0, process.stdout.read()

    for seed, at in [(1, 5), (2, 20)]:
        process = training(cut, epochs, seed=seed)
        deadline = time.monotonic() + 120
        while not any(int(log.read_text().count("\n")) > at for log in cut.glob("run-*/log.csv")):
            assert process.poll() is None, "it ended before it could be killed: " + process.stdout.read()
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.kill()
        process.wait()
    process = training(cut, epochs, seed=3)
    output = process.communicate(timeout=240)[0]
    assert process.returncode == 0, output
    assert "Going on after epoch" in output

    (log, weights), (cut_log, cut_weights) = results(whole), results(cut)
    assert list(log.epoch) == list(cut_log.epoch) == list(range(epochs))
    pd.testing.assert_frame_equal(log, cut_log, rtol=1e-5)
    for one, other in zip(weights, cut_weights, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)

    # Another fruit in the same folder begins anew, and the finished training is not trained further.
    process = training(cut, 2, fruit=2)
    assert "Going on" not in process.communicate(timeout=240)[0] and process.returncode == 0
    process = training(cut, epochs)
    assert f"Going on after epoch {epochs}" in process.communicate(timeout=240)[0]
    for one, other in zip(weights, results(cut)[1], strict=True):
        np.testing.assert_array_equal(one, other)


def test_fingerprint_tells_trainings_apart(notebook):
    def of(pictures=PICTURES, kind="GAN", rate=0.01, generator_units=None):
        gan = small_gan(notebook, kind, gen_rate=rate)
        return notebook.fingerprint(gan, tf.data.Dataset.from_tensor_slices(pictures).shuffle(5).batch(2))

    assert of() == of()
    assert len({of(), of(-PICTURES), of(kind="BananaGAN"), of(rate=0.02)}) == 4


def test_a_diverged_training_stops_and_keeps_the_last_good_epoch(notebook, tmp_path, capsys):
    pictures = np.random.default_rng(0).uniform(-1, 1, (40, 32, 32, 3)).astype("float32")
    generator = keras.Sequential(
        [keras.Input((200,)), layers.Dense(32 * 32 * 3, activation="tanh"), layers.Reshape((32, 32, 3))]
    )
    discriminator = keras.Sequential([keras.Input((32, 32, 3)), layers.Flatten(), layers.Dense(1)])
    gan = notebook.GAN(generator, discriminator, 200)
    gan.compile(notebook.adam(), notebook.adam())

    class Diverge(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 2:
                discriminator.set_weights([weight * np.nan for weight in discriminator.get_weights()])

    fit = gan.fit
    gan.fit = lambda *args, callbacks, **options: fit(*args, callbacks=[Diverge(), *callbacks], **options)
    log = notebook.train(notebook.make_dataset(pictures), 9, gan, tmp_path, pictures)
    assert len(log) == 3 and "no longer finite" in capsys.readouterr().out
    assert notebook.Checkpoint(gan, next(tmp_path.glob("run-*"))).restore() == 2
    assert np.isfinite(discriminator.get_weights()[0]).all()


def test_the_mean_weights_follow_the_weights(notebook):
    gan = small_gan(notebook, "GAN")
    first = gan.generator.get_weights()
    gan.train_step(tf.constant(PICTURES))
    for mean, old, new in zip(gan.average.get_weights(), first, gan.generator.get_weights(), strict=True):
        np.testing.assert_allclose(mean, old * 1 / 11 + new * 10 / 11, atol=1e-6)
    gan.gen_optimizer.iterations.assign(10**6)
    before = gan.average.get_weights()
    gan.train_step(tf.constant(PICTURES))
    for mean, old, new in zip(gan.average.get_weights(), before, gan.generator.get_weights(), strict=True):
        np.testing.assert_allclose(mean, 0.995 * old + 0.005 * new, atol=1e-5)


def test_film_shows_the_previews_in_order(notebook, tmp_path):
    for count, level in [(0, 0.0), (10, 0.5), (20, 1.0)]:
        utils.save_images(np.full((25, 96, 96, 3), level), tmp_path / f"train-{count}.png")
    with Image.open(notebook.make_film(tmp_path, [0, 10, 20, 30])) as film:
        assert (film.n_frames, film.size) == (3, (576, 240))
        shades = []
        for frame in range(3):
            film.seek(frame)
            shades.append(film.convert("L").getpixel((50, 50)))
    assert shades == sorted(shades) and shades[0] < 135 < 250 < shades[2]
