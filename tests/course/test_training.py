"""course/training.py: what was trained is not lost, not mixed with another training, and not silently wrong."""

from __future__ import annotations

import contextlib
import functools
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers

from course import training
from course.layers import speed_up
from tests.common import COURSE

PICTURES = np.random.default_rng(0).uniform(-1, 1, (8, 8, 8, 3)).astype("float32")
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(COURSE), "COURSE_EPOCHS": ""}
posix = pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: what stages it is POSIX's")


@pytest.fixture(autouse=True, scope="module")
def uncapped():
    """As many epochs as are asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_EPOCHS", "")
        yield


@pytest.fixture(autouse=True)
def float32():
    """Computations in 32 bits, whatever a test before chose."""
    keras.config.set_dtype_policy("float32")
    yield
    keras.config.set_dtype_policy("float32")


def small_gan(rate=0.01):
    """A GAN of 8 x 8 pictures, ready to learn."""
    generator = [layers.Dense(2 * 2 * 4), layers.Reshape((2, 2, 4)), layers.UpSampling2D(4)]
    generator += [layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization(momentum=0.8)]
    discriminator = [layers.Conv2D(4, 3, strides=2), layers.LeakyReLU(), layers.Flatten()]
    return training.GAN(
        speed_up(
            keras.Sequential([keras.Input((4,)), *generator, layers.Activation("tanh", dtype="float32")]),
        ),
        keras.Sequential([keras.Input((8, 8, 3)), *discriminator, layers.Dense(1, dtype="float32")]),
        keras.optimizers.Adam(rate),
        keras.optimizers.Adam(rate),
    )


def data(pictures=PICTURES):
    """Batches of 4."""
    return tf.data.Dataset.from_tensor_slices(pictures).shuffle(len(pictures), seed=1).batch(4)


def step(gan, images):
    """One update of each network."""
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape(persistent=True) as tape:
        fake = gan.discriminator(gan.generator(noise, training=True), training=True)
        real = gan.discriminator(images, training=True)
        g_loss = cross_entropy(tf.ones_like(fake), fake)
        d_loss = cross_entropy(tf.ones_like(real), real) + cross_entropy(tf.zeros_like(fake), fake)
    players = (gan.gen_optimizer, gan.generator), (gan.disc_optimizer, gan.discriminator)
    for loss, (optimizer, network) in zip((g_loss, d_loss), players, strict=True):
        weights = network.trainable_variables
        optimizer.apply(tape.gradient(loss, weights), weights)
    return g_loss, d_loss


def other_step(gan, images):
    return step(gan, -images)


def state(gan):
    return [variable.numpy() for variable in gan.variables]


def same(one, other):
    return all(np.array_equal(left, right) for left, right in zip(one, other, strict=True))


# ---------------------------------------------------------------- going on, beginning anew

CAN_BE_CUT = """
import sys
from pathlib import Path
import keras, numpy as np, tensorflow as tf
from keras import layers
from course import training
from tools.lessons import library
lesson = library("03_fruit_gan")
seed, epochs, folder = int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])
tf.config.experimental.enable_op_determinism()
keras.utils.set_random_seed(seed)  # for the first weights
generator = keras.Sequential([keras.Input((200,)), layers.Dense(4 * 4 * 4), layers.Reshape((4, 4, 4)),
                              layers.UpSampling2D(8), layers.Conv2D(3, 3, padding="same"),
                              layers.BatchNormalization(momentum=0.8), layers.Activation("tanh")])
discriminator = keras.Sequential([keras.Input((32, 32, 3)), layers.Conv2D(4, 3, strides=4), layers.Dropout(0.25),
                                  layers.Flatten(), layers.Dense(1)])
gan = lesson.make_gan(generator, discriminator)
pictures = np.random.default_rng(1).uniform(-1, 1, (64, 32, 32, 3)).astype("float32")
keras.utils.set_random_seed(1)  # for the order of the pictures; the lesson sets it at its top
log = training.train(lesson.train_step, gan, lesson.make_dataset(pictures), epochs, folder)
log.drop(columns="seconds").to_csv(folder / "result.csv")
np.savez(folder / "result.npz", *[variable.numpy() for variable in gan.variables])
"""


def start(script, *arguments, **environment):
    """A script in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-c", script, *map(str, arguments)],
        cwd=COURSE,
        env={**ENVIRONMENT, "TF_CPP_MIN_LOG_LEVEL": "3", **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process):
    """Wait for a process that is to succeed; what it printed on either channel."""
    output, errors = process.communicate(timeout=300)
    assert process.returncode == 0, output[-1000:] + errors[-3000:]
    return output, errors


@pytest.mark.weekly
@pytest.mark.slow
def test_a_training_killed_twice_ends_like_an_uncut_one(tmp_path):
    """Killed at some moment after an epoch has been kept, and begun again from other random weights."""
    epochs = 16
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    uncut = start(CAN_BE_CUT, 1, epochs, whole)
    for seed, at in [(1, 2), (2, 8)]:
        process = start(CAN_BE_CUT, seed, epochs, cut)
        deadline = time.monotonic() + 120
        while not any(log.read_text().count("\n") > at for log in cut.glob("run-*/log.jsonl")):
            assert process.poll() is None, "it ended before it could be killed: " + process.stderr.read()
            assert time.monotonic() < deadline
            time.sleep(0.002)
        process.kill()
        process.communicate()
    output, _ = finish(start(CAN_BE_CUT, 3, epochs, cut))
    assert int(re.search(r"Going on after epoch (\d+)", output).group(1)) >= 8
    finish(uncut)

    logs = [pd.read_csv(folder / "result.csv") for folder in (whole, cut)]
    assert list(logs[0].epoch) == list(logs[1].epoch) == list(range(epochs))
    pd.testing.assert_frame_equal(*logs, rtol=1e-5)
    with np.load(whole / "result.npz") as one, np.load(cut / "result.npz") as other:
        assert len(one.files) == len(other.files) > 30
        for name in one.files:
            np.testing.assert_allclose(one[name], other[name], atol=1e-6)


@pytest.mark.slow
def test_a_longer_training_goes_on_and_drops_what_was_not_kept(tmp_path, capsys):
    whole, parts = small_gan(), small_gan()
    parts.generator.set_weights(whole.generator.get_weights())
    parts.average.set_weights(whole.average.get_weights())
    parts.discriminator.set_weights(whole.discriminator.get_weights())
    log = training.train(step, whole, data(), 3, tmp_path / "whole")
    training.train(step, parts, data(), 2, tmp_path / "parts")
    (file,) = (tmp_path / "parts").glob("run-*/log.jsonl")
    with file.open("a") as lines:  # written, then cut before the checkpoint and in the middle of a line
        lines.write('{"epoch": 2, "gen_loss": 9.0, "disc_loss": 9.0, "seconds": 1.0}\n{"epo')
    capsys.readouterr()
    continued = small_gan()
    log_of_parts = training.train(step, continued, data(), 3, tmp_path / "parts")
    assert "Going on after epoch 2" in capsys.readouterr().out
    pd.testing.assert_frame_equal(log.drop(columns="seconds"), log_of_parts.drop(columns="seconds"), rtol=1e-4)
    for one, other in zip(state(whole), state(continued), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-5)


@pytest.mark.slow
def test_a_finished_training_is_not_trained_further(tmp_path, capsys):
    first = small_gan()
    log = training.train(step, first, data(), 2, tmp_path)
    shown, again = [], small_gan()
    log_again = training.train(step, again, data(), 2, tmp_path, lambda gan, epoch: shown.append(epoch))
    pd.testing.assert_frame_equal(log, log_again)
    assert same(state(first), state(again)) and not shown
    assert "Going on after epoch 2" in capsys.readouterr().out
    assert list(training.train(step, small_gan(), data(), 1, tmp_path).epoch) == [0, 1]


@pytest.mark.slow
def test_course_epochs_caps_a_training_whatever_epochs_are_asked_for(tmp_path, monkeypatch, capsys):
    """What a task's constants say cannot lengthen a training in grading."""
    monkeypatch.setenv("COURSE_EPOCHS", "2")
    assert list(training.train(step, small_gan(), data(), 500, tmp_path / "long").epoch) == [0, 1]
    assert "Quick run: 2 of 500 epochs, because COURSE_EPOCHS=2." in capsys.readouterr().out
    assert list(training.train(step, small_gan(), data(), 1, tmp_path / "short").epoch) == [0]
    assert "Quick run" not in capsys.readouterr().out


@pytest.mark.slow
def test_what_has_changed_is_said_and_begins_anew(tmp_path, capsys):
    training.train(step, small_gan(), data(), 2, tmp_path)
    assert "Changed" not in capsys.readouterr().out
    for change, options in [
        ("the training step", {"step": other_step, "gan": small_gan(), "dataset": data()}),
        ("the training step, the pictures", {"step": step, "gan": small_gan(), "dataset": data(-PICTURES)}),
        ("the optimisers, the pictures", {"step": step, "gan": small_gan(0.02), "dataset": data()}),
    ]:
        log = training.train(epochs=1, folder=tmp_path, **options)
        said = capsys.readouterr().out
        assert f"Changed since the last training: {change}. Beginning anew in {tmp_path}" in said
        assert "Going on" not in said and list(log.epoch) == [0]
    log = training.train(step, small_gan(), data(), 2, tmp_path)
    said = capsys.readouterr().out
    assert "Going on after epoch 2" in said and "Changed" not in said and list(log.epoch) == [0, 1]
    assert len(list(tmp_path.glob("run-*"))) == 4


# ---------------------------------------------------------------- two at once; nothing but the course's own lines

NEIGHBOUR = """
import sys, time
from pathlib import Path
from course import setup
with setup.no_start_up_notes():
    from course import training
    setup.gpus()
from tests.course.test_training import data, small_gan, step

def wait(gan, epoch):
    (folder / "waiting").touch()
    while not (folder / "go").exists():
        time.sleep(0.01)

folder = Path(sys.argv[1])
training.train(step, small_gan(), data(), 2, folder, wait)
"""


@pytest.fixture(scope="module")
def two_at_once(tmp_path_factory):
    """The folder in which two processes trained at once, and what each of them printed, on either channel."""
    folder = tmp_path_factory.mktemp("shared")
    environment = {key: value for key, value in ENVIRONMENT.items() if key != "TF_CPP_MIN_LOG_LEVEL"}
    command = [sys.executable, "-c", NEIGHBOUR, str(folder)]
    process = subprocess.Popen(
        command, cwd=COURSE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        while not (folder / "waiting").exists():
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.01)
        keras.config.set_dtype_policy("float32")
        with contextlib.redirect_stdout(open(folder / "mine.txt", "w")) as mine, mine:
            training.train(step, small_gan(), data(), 3, folder)
    finally:
        (folder / "go").touch()
    return folder, (folder / "mine.txt").read_text(), *finish(process)


@pytest.mark.slow
def test_two_processes_in_one_folder_get_two_folders(two_at_once):
    folder, mine, theirs, _ = two_at_once
    run, second = sorted(path.name for path in folder.glob("run-*"))
    assert second == f"{run}-2"
    assert f"Another notebook is training in {folder / run}." in mine and "Another" not in theirs
    assert "Going on" not in mine + theirs
    for name, epochs in [(run, 2), (second, 3)]:
        log = pd.read_json(folder / name / "log.jsonl", lines=True)
        assert list(log.epoch) == list(range(epochs))


@pytest.mark.slow
def test_a_training_prints_the_courses_own_lines_only(two_at_once):
    """In a fresh process that has started TensorFlow as the set-up cell does, with no variable set."""
    *_, output, errors = two_at_once
    assert errors == ""
    lines = re.split(r"[\r\n]+", output.strip())
    assert re.fullmatch(r"2 epochs, 0:00:\d\d in all, \d+\.\d s an epoch", lines.pop())
    assert all(re.match(r" *\d+%\|", line) for line in lines), lines


# ---------------------------------------------------------------- no room, no right, no number


@posix
@pytest.mark.slow
def test_a_full_disk_stops_with_a_sentence_and_keeps_the_last_epoch(tmp_path):
    """Staged by a limit on the size of files."""
    import resource

    training.train(step, small_gan(), data(), 2, tmp_path)
    largest = max(path.stat().st_size for path in tmp_path.glob("run-*/ckpt*"))
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest // 2, limits[1]))
    try:
        with pytest.raises(OSError, match=r"The checkpoint of epoch 3 cannot be kept \(.*\): make room in .*run-"):
            training.train(step, small_gan(), data(), 4, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    after_two = small_gan()
    training.train(step, after_two, data(), 2, tmp_path)
    assert int(after_two.gen_optimizer.iterations) == 2 * 2
    assert list(training.train(step, small_gan(), data(), 4, tmp_path).epoch) == [0, 1, 2, 3]


@pytest.mark.slow
@posix
def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    """Root may write everywhere, so that it becomes nobody for a moment."""
    training.train(step, small_gan(), data(), 1, tmp_path / "before")  # whatever is imported late
    course = tmp_path / "course"
    course.mkdir(mode=0o555)
    monkeypatch.chdir(course)
    root = os.geteuid() == 0
    if root:
        os.seteuid(65534)
    try:
        with pytest.raises(OSError) as caught:
            training.train(step, small_gan(), data(), 1, Path("output/tomato"))
    finally:
        if root:
            os.seteuid(0)
    assert re.fullmatch(
        r"Nothing can be written to output/tomato/run-\w+ \(Permission denied\): "
        "choose a folder that is yours, or free space.",
        str(caught.value),
    )
    assert list(course.iterdir()) == []


def diverging_step(gan, images, broken):
    """A step whose losses, or whose generator's weights alone, are no numbers from the fourth step on."""
    losses = step(gan, images)
    late = tf.where(gan.gen_optimizer.iterations >= 4, np.nan, 1.0)
    if broken == "losses":
        return losses[0] * late, losses[1]
    gan.generator.trainable_variables[0].assign(gan.generator.trainable_variables[0] * late)
    return losses


@pytest.mark.slow
@pytest.mark.parametrize("broken", ["losses", "weights"])
def test_a_diverged_training_stops_and_keeps_the_last_good_epoch(tmp_path, capsys, broken):
    """An epoch has two steps. Weights that go wrong in its last step do not show in its losses."""
    diverging = functools.partial(diverging_step, broken=broken)
    shown = []
    log = training.train(diverging, small_gan(), data(), 9, tmp_path, lambda gan, epoch: shown.append(epoch), every=1)
    assert len(log) == 2 and shown == [0]
    assert "no longer finite. Try a smaller learning rate." in capsys.readouterr().out
    good = small_gan()
    training.train(diverging, good, data(), 1, tmp_path)
    assert "Going on after epoch 1." in capsys.readouterr().out
    assert all(np.isfinite(values).all() for values in state(good)) and int(good.gen_optimizer.iterations) == 2


# ---------------------------------------------------------------- previews, judgements, the GAN itself


@pytest.mark.slow
def test_previews_and_judgements_come_at_the_right_epochs(tmp_path):
    shown = []

    def preview(gan, epoch):
        shown.append((epoch, int(gan.gen_optimizer.iterations)))

    def judge(gan):
        return {"steps": float(gan.gen_optimizer.iterations), "one": 1.0}

    log = training.train(step, small_gan(), data(), 5, tmp_path, preview, judge, every=2)
    assert shown == [(0, 2), (2, 6), (4, 10)]
    assert list(log.columns) == ["epoch", "gen_loss", "disc_loss", "seconds", "steps", "one"]
    assert list(log.steps.fillna(-1)) == [-1, 4, -1, 8, 10] and list(log.one.fillna(-1)) == [-1, 1, -1, 1, 1]
    training.train(step, small_gan(), data(), 6, tmp_path, preview, judge, every=2)
    assert shown[3:] == [(5, 12)]


def test_the_log_holds_the_mean_losses_of_an_epoch(tmp_path):
    losses = []

    def noted_step(gan, images):
        pair = step(gan, images)
        tf.numpy_function(lambda *pair: losses.append([float(loss) for loss in pair]), pair, [])
        return pair

    log = training.train(noted_step, small_gan(), data(), 2, tmp_path)
    means = np.reshape(losses, (2, 2, 2)).mean(axis=1)
    np.testing.assert_allclose(log[["gen_loss", "disc_loss"]], means, rtol=1e-5)
    assert (log.seconds > 0).all()


@pytest.mark.slow
def test_the_mean_weights_follow_the_weights(tmp_path):
    gan = small_gan()
    first = gan.generator.get_weights()
    training.train(step, gan, data(PICTURES[:4]), 1, tmp_path / "first")
    for mean, old, new in zip(gan.average.get_weights(), first, gan.generator.get_weights(), strict=True):
        np.testing.assert_allclose(mean, old * 1 / 11 + new * 10 / 11, atol=1e-6)
    gan.gen_optimizer.iterations.assign(10**6)
    before = gan.average.get_weights()
    training.train(step, gan, data(PICTURES[4:8]), 1, tmp_path / "second")
    for mean, old, new in zip(gan.average.get_weights(), before, gan.generator.get_weights(), strict=True):
        np.testing.assert_allclose(mean, 0.995 * old + 0.005 * new, atol=1e-5)


def test_random_numbers_are_those_of_the_seed_and_never_the_same_twice():
    one, other = small_gan(), small_gan()
    first, second = one.draw_noise(3), one.draw_noise(3)
    assert first.shape == (3, 4) and not np.allclose(first, second)
    np.testing.assert_array_equal(other.draw_noise(3), first)
    np.testing.assert_array_equal(other.draw_noise(3), second)
    uniform = np.asarray(one.draw(keras.random.uniform, 500, 2))
    assert uniform.shape == (500, 2) and 0 <= uniform.min() < 0.02 and 0.98 < uniform.max() < 1
