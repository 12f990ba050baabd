"""Notebook 3 on several devices and machines: the same weights as on one device, and a stopped worker loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pandas as pd
import pytest
from course import COURSE

# Small networks with all that is shared between devices: batch normalisation, the optimisers, the noise, mean weights.
SCRIPT = f"""
import os, sys
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
os.environ["KERAS_BACKEND"] = "tensorflow"
sys.path[:0] = [{str(COURSE)!r}, {str(COURSE / "tools")!r}]
from pathlib import Path
import numpy as np, tensorflow as tf
import train
folder, epochs, devices = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
if devices > 1:
    cpu = tf.config.list_physical_devices("CPU")[0]
    tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * devices)
    strategy = tf.distribute.MirroredStrategy([f"CPU:{{index}}" for index in range(devices)])
else:
    strategy = train.choose_strategy()
print("devices", strategy.num_replicas_in_sync)
import keras
from keras import layers
from definitions import definitions
notebook = definitions("03_fruit_gan", *train.CONSTANTS, "num_batch", "cross_entropy")

def make_gan():
    generator = keras.Sequential([keras.Input((200,)), layers.Dense(4 * 4 * 4), layers.Reshape((4, 4, 4)),
        notebook.UpConv2D(3, 4), notebook.FastBatchNormalization(momentum=0.8), layers.Activation("tanh")])
    discriminator = keras.Sequential([keras.Input((16, 16, 3)), layers.Conv2D(4, 3, strides=2),
        notebook.FastBatchNormalization(), layers.LeakyReLU(), layers.Flatten(), layers.Dense(1)])
    gan = notebook.GAN(generator, discriminator, 200)
    # Momentum instead of Adam, which would blow up rounding errors where a gradient is nearly 0.
    gan.compile(keras.optimizers.SGD(0.05, 0.9), keras.optimizers.SGD(0.05, 0.9))
    return gan

pictures = np.random.default_rng(1).uniform(-1, 1, (80, 16, 16, 3)).astype("float32")  # batches of 32, 32, 16
gan = train.train(strategy, notebook, make_gan, pictures, epochs, folder)
worker = strategy.cluster_resolver.task_id if strategy.cluster_resolver else 0
np.savez(folder / f"result-{{worker or 0}}.npz", *[weight.numpy() for weight in gan.weights])
"""


def run(folder, epochs, devices=1, workers=1):
    """Train in processes of their own; what they printed."""
    folder.mkdir()
    script = folder / "script.py"
    script.write_text(SCRIPT)
    command = [sys.executable, str(script), str(folder), str(epochs), str(devices)]
    if workers > 1:
        launch = f"import sys, train; sys.exit(train.launch({command!r}, {workers}))"
        command = [sys.executable, "-c", launch]
    environment = {**os.environ, "PYTHONPATH": str(COURSE / "tools")}
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
    )


def finish(process):
    """Wait for a process that is to succeed; what it printed."""
    output = process.communicate(timeout=300)[0]
    assert process.returncode == 0, output[-3000:]
    return output


def weights(folder, worker=0):
    with np.load(folder / f"result-{worker}.npz") as stored:
        return [stored[name] for name in stored.files]


def assert_same(one, other, tolerance):
    for left, right in zip(one, other, strict=True):
        np.testing.assert_allclose(left, right, atol=tolerance)


@pytest.fixture(scope="module")
def one_device(tmp_path_factory):
    folder = tmp_path_factory.mktemp("one") / "run"
    assert "devices 1" in finish(run(folder, epochs=4))
    return folder


def test_two_devices_train_like_one(one_device, tmp_path):
    folder = tmp_path / "run"
    assert "devices 2" in finish(run(folder, epochs=4, devices=2))
    assert_same(weights(folder), weights(one_device), 5e-4)
    logs = [pd.read_csv(path / "log.csv").drop(columns="seconds") for path in (folder, one_device)]
    pd.testing.assert_frame_equal(*logs, rtol=1e-3)


def test_two_workers_train_like_one_device_and_a_stopped_one_loses_nothing(one_device, tmp_path):
    folder = tmp_path / "run"
    process = run(folder, epochs=4, workers=2)
    log, deadline = folder / "log.csv", time.monotonic() + 120
    while not (log.exists() and log.read_text().count("\n") > 2):  # two epochs done
        assert process.poll() is None and time.monotonic() < deadline, "it ended before a worker could be stopped"
        time.sleep(0.005)
    workers = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    os.kill(int(workers[-1]), signal.SIGKILL)
    output = finish(process)
    assert "A worker has stopped; starting all of them again." in output and "Going on after epoch" in output

    assert list(pd.read_csv(log).epoch) == [0, 1, 2, 3]
    assert_same(weights(folder, 0), weights(folder, 1), 0)
    assert_same(weights(folder), weights(one_device), 5e-4)
