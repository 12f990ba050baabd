"""course/training.py on several devices and machines: they train like one, and whoever is stopped loses nothing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from keras import layers

from course import training
from course.layers import speed_up
from tests.common import COURSE
from tests.course.test_training import step

EPOCHS = 4


def train(strategy, folder, preview=None):
    """Train small networks with all that devices share: batch normalisation, optimisers, noise, mean weights."""
    with strategy.scope():
        keras.utils.set_random_seed(1)
        generator = [layers.Dense(4 * 4 * 4), layers.Reshape((4, 4, 4)), layers.UpSampling2D(4)]
        generator += [layers.Conv2D(3, 3, padding="same"), layers.BatchNormalization(momentum=0.8)]
        discriminator = [layers.Conv2D(4, 3, strides=2), layers.BatchNormalization(), layers.LeakyReLU()]
        gan = training.GAN(
            speed_up(keras.Sequential([keras.Input((20,)), *generator, layers.Activation("tanh")])),
            speed_up(keras.Sequential([keras.Input((16, 16, 3)), *discriminator, layers.Flatten(), layers.Dense(1)])),
            # Momentum instead of Adam, which would blow up rounding errors where a gradient is nearly 0.
            keras.optimizers.SGD(0.05, 0.9),
            keras.optimizers.SGD(0.05, 0.9),
        )
        pictures = np.random.default_rng(1).uniform(-1, 1, (32, 16, 16, 3)).astype("float32")
        dataset = tf.data.Dataset.from_tensor_slices(pictures).shuffle(32, seed=1).batch(16)
        training.train(step, gan, dataset, EPOCHS, folder, preview, every=1)
    resolver = strategy.cluster_resolver
    result = folder / f"result-{resolver.task_id if resolver else 0}.npz"
    np.savez(result, *[variable.numpy() for variable in gan.variables])


SCRIPT = """
import sys, time
from pathlib import Path
import tensorflow as tf
from course import training
from tests.course.test_devices import train
folder, devices = Path(sys.argv[1]), int(sys.argv[2])
if devices > 1:
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)
    strategy = tf.distribute.MirroredStrategy([f"CPU:{index}" for index in range(devices)])
else:
    strategy = training.choose_strategy()

def wait(gan, epoch):
    if epoch == 2 and not (folder / "go").exists():
        (folder / "waiting").touch()
        time.sleep(600)

print(type(strategy).__name__, strategy.num_replicas_in_sync)
train(strategy, folder, wait)
"""


def start(folder, devices=1, **environment):
    """A process that trains."""
    environment = {**os.environ, "COURSE_EPOCHS": "", "PYTHONPATH": str(COURSE), **environment}
    environment.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    command = [sys.executable, "-c", SCRIPT, str(folder), str(devices)]
    return subprocess.Popen(
        command, cwd=COURSE, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def start_group(folder):
    """Two processes on this machine that find each other by TF_CONFIG, the chief first."""
    with socket.socket() as one, socket.socket() as other:
        for free in (one, other):
            free.bind(("localhost", 0))
        workers = [f"localhost:{free.getsockname()[1]}" for free in (one, other)]
    config = {"cluster": {"worker": workers}}
    return [
        start(folder, TF_CONFIG=json.dumps({**config, "task": {"type": "worker", "index": index}})) for index in (0, 1)
    ]


def finish(process):
    """Wait for a process that is to succeed; what it printed."""
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output[-3000:]
    return output


def log_of(folder):
    (path,) = folder.glob("run-*/log.jsonl")
    return pd.read_json(path, lines=True).drop(columns="seconds")


def weights(folder, worker=0):
    with np.load(folder / f"result-{worker}.npz") as stored:
        return [stored[name] for name in stored.files]


def assert_same(one, other, tolerance):
    assert len(one) == len(other) > 20
    for left, right in zip(one, other, strict=True):
        np.testing.assert_allclose(left, right, atol=tolerance)


@pytest.fixture(scope="module")
def one_device(tmp_path_factory):
    keras.config.set_dtype_policy("float32")
    folder = tmp_path_factory.mktemp("one")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("COURSE_EPOCHS", "")
        train(tf.distribute.get_strategy(), folder)
    return folder


@pytest.mark.slow
def test_two_devices_train_like_one(one_device, tmp_path):
    (tmp_path / "go").touch()
    assert "MirroredStrategy 2" in finish(start(tmp_path, devices=2))
    assert_same(weights(tmp_path), weights(one_device), 5e-4)
    pd.testing.assert_frame_equal(log_of(tmp_path), log_of(one_device), rtol=1e-3)


@pytest.mark.slow
@pytest.mark.weekly
def test_two_machines_train_like_one_and_go_on_after_one_was_killed(one_device, tmp_path):
    """The chief waits before it keeps its third epoch; then the other one is killed, and both are started again."""
    chief, other = start_group(tmp_path)
    deadline = time.monotonic() + 120
    while chief.poll() is other.poll() is None and time.monotonic() < deadline:
        if (tmp_path / "waiting").exists():
            break
        time.sleep(0.01)
    said = []
    for process in (other, chief):
        process.kill()
        said.append(process.communicate()[0])
    assert (tmp_path / "waiting").exists(), f"They ended, or got stuck, before one could be killed: {said}"
    assert len(log_of(tmp_path)) == 2
    (tmp_path / "go").touch()
    said, nothing = map(finish, start_group(tmp_path))
    assert "CollectiveAllReduceStrategy 2" in said and "Going on after epoch 2." in said
    assert "epoch" not in nothing, "only the chief reports"
    assert_same(weights(tmp_path, 0), weights(tmp_path, 1), 0)
    assert_same(weights(tmp_path), weights(one_device), 5e-4)
    pd.testing.assert_frame_equal(log_of(tmp_path), log_of(one_device), rtol=1e-3)


@pytest.mark.parametrize(
    ("workers", "gpus", "chosen"),
    [
        (None, 0, "the default"),
        (None, 1, "the default"),
        (None, 2, "MirroredStrategy"),
        (1, 1, "the default"),
        (1, 2, "MirroredStrategy"),
        (2, 0, "MultiWorkerMirroredStrategy"),
        (3, 2, "MultiWorkerMirroredStrategy"),
    ],
)
def test_the_strategy_is_chosen_by_what_is_there(monkeypatch, workers, gpus, chosen):
    config = {"cluster": {"worker": [f"host{number}:1" for number in range(workers or 0)]}}
    monkeypatch.setenv("TF_CONFIG", json.dumps(config) if workers else "")
    monkeypatch.setattr(tf.config, "list_logical_devices", lambda kind: {"GPU": ["a GPU"] * gpus}[kind])
    for name in ("MirroredStrategy", "MultiWorkerMirroredStrategy"):
        monkeypatch.setattr(tf.distribute, name, lambda name=name: name)
    monkeypatch.setattr(tf.distribute, "get_strategy", lambda: "the default")
    assert training.choose_strategy() == chosen
