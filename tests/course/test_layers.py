"""course/layers.py: a faster network is the same network."""

from __future__ import annotations

import inspect
import os
import subprocess
import sys

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers

from course.layers import FastBatchNormalization, UpConv2D, speed_up
from tests.common import COURSE


@pytest.fixture(autouse=True)
def float32():
    """Computations in 32 bits, whatever a test before chose, and the same weights in each run."""
    keras.config.set_dtype_policy("float32")
    keras.utils.set_random_seed(0)
    yield
    keras.config.set_dtype_policy("float32")


def sequential():
    """A network with each of the layers that are replaced, and with others."""
    return shaken(
        keras.Sequential(
            [
                keras.Input((4, 5, 3)),
                layers.UpSampling2D(2),
                layers.Conv2D(6, 3, padding="same", kernel_regularizer=keras.regularizers.L2(0.1)),
                layers.BatchNormalization(momentum=0.8, epsilon=0.01),
                layers.Activation("silu"),  # smooth: a ReLU tips over where rounding changes a sign
                layers.UpSampling2D(3),
                layers.Conv2D(2, 3, padding="same", activation="tanh"),
                layers.BatchNormalization(),
            ],
            name="painter",
        )
    )


def functional():
    """The same with a fork: one enlarged pile goes one way, another goes two ways."""
    inputs = keras.Input((4, 5, 3))
    small = layers.UpSampling2D(2)(inputs)
    small = layers.Conv2D(6, 3, padding="same", activation="relu")(small)
    small = layers.BatchNormalization(momentum=0.8)(small)
    large = layers.UpSampling2D(3)(small)
    both = layers.Concatenate()([large, layers.Conv2D(2, 3, padding="same")(large)])
    flat = layers.Dense(2)(layers.Flatten()(small))
    return shaken(keras.Model(inputs, [both, layers.BatchNormalization()(flat)], name="forked"))


def shaken(model):
    """A model whose weights, moving statistics included, have been moved a little."""
    rng = np.random.default_rng(0)
    model.set_weights([weight + rng.uniform(-0.2, 0.2, weight.shape) for weight in model.get_weights()])
    return model


def inputs_of(model, count=4):
    return tf.random.stateless_normal((count, *model.input_shape[1:]), seed=(1, 2), mean=0.5)


def run(model, inputs, training):
    """Outputs, the gradients of inputs and weights, and the weights afterwards."""
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        outputs = keras.tree.flatten(model(inputs, training=training))
        targets = [tf.random.stateless_normal(output.shape, seed=(3, 4)) for output in outputs]
        losses = [tf.reduce_sum(tf.cast(one, "float32") * other) for one, other in zip(outputs, targets, strict=True)]
        loss = tf.add_n([*losses, *model.losses])
    gradients = tape.gradient(loss, [inputs, *model.trainable_variables])
    results = {f"output {number}": output for number, output in enumerate(outputs)} | {"loss": loss}
    results["gradient of the inputs"] = gradients[0]
    for number, weight in enumerate(model.trainable_variables):
        results[f"gradient of {number} ({weight.name})"] = gradients[1 + number]
    for number, weight in enumerate(model.weights):
        results[f"afterwards {number} ({weight.name})"] = weight.value
    return {name: np.asarray(result, "float32") for name, result in results.items()}


def assert_equal(one, other, tolerance=1e-4):
    assert list(one) == list(other), "the same weights, in the same order"
    for name, result in one.items():
        assert result.shape == other[name].shape
        difference = np.abs(result - other[name]).max()
        assert difference <= tolerance * max(np.abs(result).max(), 1), f"{name} differs by {difference}"


@pytest.mark.parametrize("make", [sequential, functional])
def test_outputs_gradients_and_moving_statistics_are_equal(make):
    plain = make()
    fast = speed_up(plain)
    assert type(fast) is type(plain) and fast.name == plain.name
    assert [weight.path for weight in fast.weights] == [weight.path for weight in plain.weights]
    inputs = inputs_of(plain)
    for training in (True, True, False):
        assert_equal(run(plain, inputs, training), run(fast, inputs, training))


def test_the_fast_layers_take_their_places():
    kinds = [type(layer) for layer in speed_up(sequential()).layers]
    up = [layers.Identity, UpConv2D]
    assert kinds == [*up, FastBatchNormalization, layers.Activation, *up, FastBatchNormalization]
    kinds = [type(layer) for layer in speed_up(functional()).layers]
    assert kinds.count(UpConv2D) == 1 and kinds.count(FastBatchNormalization) == 1, "of the fork's own layers"
    assert kinds.count(layers.UpSampling2D) == 1 and kinds.count(layers.BatchNormalization) == 1


def test_small_batches_have_equal_moving_statistics_too():
    """The fewer pixels, the more it matters whether a variance is divided by their number or by one less."""
    plain = shaken(keras.Sequential([keras.Input((1, 2, 3)), layers.BatchNormalization(momentum=0.5)]))
    fast = speed_up(plain)
    assert_equal(run(plain, inputs_of(plain, 2), True), run(fast, inputs_of(plain, 2), True))


def test_the_old_model_stays_as_it_is():
    plain = sequential()
    kinds, weights = [type(layer) for layer in plain.layers], plain.get_weights()
    fast = speed_up(plain)
    run(fast, inputs_of(plain), True)
    for weight in fast.weights:
        weight.assign(weight + 1)
    assert [type(layer) for layer in plain.layers] == kinds
    for one, other in zip(plain.get_weights(), weights, strict=True):
        np.testing.assert_array_equal(one, other)


def chain(*parts, size=(4, 4, 3)):
    return keras.Sequential([keras.Input(size), *parts])


def up_twice_used(end):
    """A model whose enlarged pictures go into a convolution and somewhere else."""
    inputs = keras.Input((4, 4, 3))
    large = layers.UpSampling2D()(inputs)
    return keras.Model(inputs, end(large, layers.Conv2D(3, 3, padding="same")(large)))


def shared(way):
    """A model that uses the same enlarging layer, or the same convolution, twice."""
    inputs = keras.Input((4, 4, 3))
    return keras.Model(inputs, way(layers.UpSampling2D(), layers.Conv2D(3, 3, padding="same"), inputs))


CONV = {"filters": 3, "kernel_size": 3, "padding": "same"}
LEFT_ALONE = {
    "bilinear enlarging": lambda: chain(layers.UpSampling2D(interpolation="bilinear"), layers.Conv2D(**CONV)),
    "unequal enlarging": lambda: chain(layers.UpSampling2D((1, 2)), layers.Conv2D(**CONV)),
    "a 5 x 5 filter": lambda: chain(layers.UpSampling2D(), layers.Conv2D(**CONV | {"kernel_size": 5})),
    "a strided convolution": lambda: chain(layers.UpSampling2D(), layers.Conv2D(**CONV, strides=2)),
    "a dilated convolution": lambda: chain(layers.UpSampling2D(), layers.Conv2D(**CONV, dilation_rate=2)),
    "a convolution in groups": lambda: chain(layers.UpSampling2D(), layers.Conv2D(**CONV, groups=3)),
    "a convolution that cuts the edge": lambda: chain(layers.UpSampling2D(), layers.Conv2D(3, 3)),
    "a convolution without bias": lambda: chain(layers.UpSampling2D(), layers.Conv2D(**CONV, use_bias=False)),
    "a transposed convolution": lambda: chain(layers.UpSampling2D(), layers.Conv2DTranspose(**CONV)),
    "something in between": lambda: chain(layers.UpSampling2D(), layers.ReLU(), layers.Conv2D(**CONV)),
    "enlarging at the end": lambda: chain(layers.Conv2D(**CONV), layers.UpSampling2D()),
    "vectors": lambda: chain(layers.Flatten(), layers.BatchNormalization(), size=(2, 2, 3)),
    "no centre": lambda: chain(layers.BatchNormalization(center=False)),
    "no scale": lambda: chain(layers.BatchNormalization(scale=False)),
    "another axis": lambda: chain(layers.BatchNormalization(axis=1), size=(3, 3, 3)),
    "enlarged pictures used twice": lambda: up_twice_used(lambda large, end: layers.Concatenate()([large, end])),
    "enlarged pictures as an output": lambda: up_twice_used(lambda large, end: [large, end]),
    "enlarged pictures for a network inside": lambda: up_twice_used(
        lambda large, end: [chain(layers.Conv2D(2, 3), size=(8, 8, 3))(large), end]
    ),
    "an operation in between": lambda: shared(lambda up, conv, inputs: conv(2 * up(inputs))),
    "an enlarging layer used twice": lambda: shared(lambda up, conv, inputs: up(conv(up(inputs)))),
    "a convolution used twice": lambda: shared(lambda up, conv, inputs: conv(conv(up(inputs)))),
}
if "renorm" in inspect.signature(layers.BatchNormalization).parameters:  # Keras 3.10 has no such option
    LEFT_ALONE["renormalisation"] = lambda: chain(layers.BatchNormalization(renorm=True))


@pytest.mark.parametrize("case", LEFT_ALONE)
def test_what_would_not_be_the_same_is_left_alone(case):
    plain = shaken(LEFT_ALONE[case]())
    copy = speed_up(plain)
    assert [type(layer) for layer in copy.layers] == [type(layer) for layer in plain.layers]
    inputs = inputs_of(plain)
    for training in (True, False):
        for one, other in zip(*(keras.tree.flatten(m(inputs, training=training)) for m in (plain, copy)), strict=True):
            np.testing.assert_allclose(one, other, atol=1e-5)


def test_what_may_not_learn_still_does_not():
    plain = sequential()
    plain.layers[1].trainable = plain.layers[2].trainable = False
    fast = speed_up(plain)
    assert [layer.trainable for layer in fast.layers] == [layer.trainable for layer in plain.layers]
    assert_equal(run(plain, inputs_of(plain), True), run(fast, inputs_of(plain), True))


OURS = {"UpConv2D": UpConv2D, "FastBatchNormalization": FastBatchNormalization}


@pytest.mark.parametrize(
    "again",
    [
        lambda fast: type(fast).from_config(fast.get_config(), custom_objects=OURS),
        lambda fast: keras.models.clone_model(fast),
        lambda fast: speed_up(fast),
    ],
    ids=["from its configuration", "by clone_model", "by speed_up"],
)
@pytest.mark.slow
@pytest.mark.parametrize("make", [sequential, functional])
def test_a_fast_network_is_rebuilt(make, again):
    fast = speed_up(make())
    copy = again(fast)
    copy.set_weights(fast.get_weights())
    assert [type(layer) for layer in copy.layers] == [type(layer) for layer in fast.layers]
    for training in (True, False):
        assert_equal(run(fast, inputs_of(fast), training), run(copy, inputs_of(fast), training), 1e-6)


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_in_16_bits_it_is_as_exact_as_the_plain_network(policy):
    exact = sequential()
    keras.config.set_dtype_policy(policy)
    plain = sequential()
    plain.set_weights(exact.get_weights())
    fast = speed_up(plain)
    assert [layer.dtype_policy.name for layer in fast.layers] == [layer.dtype_policy.name for layer in plain.layers]
    assert [weight.dtype for weight in fast.weights] == [weight.dtype for weight in plain.weights]
    assert fast(inputs_of(fast)).dtype == plain(inputs_of(plain)).dtype
    for training in (True, False):
        results = [run(model, inputs_of(model), training) for model in (exact, plain, fast)]
        for kind in ("output", "gradient", "afterwards"):
            whole, *rounded = ([value for name, value in one.items() if kind in name] for one in results)
            errors = [sum(np.sum((a - b) ** 2) for a, b in zip(whole, one, strict=True)) ** 0.5 for one in rounded]
            assert errors[1] <= 2 * errors[0], f"{kind}s, training={training}: {errors}"


ON_TWO_DEVICES = """
import keras, numpy as np, tensorflow as tf
cpu = tf.config.list_physical_devices("CPU")[0]
tf.config.set_logical_device_configuration(cpu, [tf.config.LogicalDeviceConfiguration()] * 2)
from keras import layers
from course.layers import FastBatchNormalization, speed_up
strategy = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"])
pictures = np.random.default_rng(0).normal(np.arange(8).reshape(8, 1, 1, 1), 1, (8, 4, 4, 3)).astype("float32")

def make():
    keras.utils.set_random_seed(0)
    return keras.Sequential([keras.Input((4, 4, 3)), layers.UpSampling2D(), layers.Conv2D(2, 3, padding="same"),
                             layers.BatchNormalization(momentum=0.5)])

alone = speed_up(make())
whole = alone(pictures, training=True).numpy()
with strategy.scope():
    shared = speed_up(make())
assert isinstance(shared.layers[-1], FastBatchNormalization)

@tf.function
def both():
    return strategy.run(lambda: shared(my_half(), training=True))

def my_half():
    return tf.convert_to_tensor(pictures)[4 * tf.distribute.get_replica_context().replica_id_in_sync_group:][:4]

halves = strategy.experimental_local_results(both())
print("replicas", len(halves))
np.testing.assert_allclose(np.concatenate(halves), whole, atol=1e-5)
for one, other in zip(shared.get_weights(), alone.get_weights(), strict=True):
    np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)
print("equal")
"""


@pytest.mark.slow
def test_two_devices_normalise_by_the_statistics_of_the_whole_batch():
    environment = {**os.environ, "PYTHONPATH": str(COURSE), "TF_CPP_MIN_LOG_LEVEL": "3"}
    command = [sys.executable, "-c", ON_TWO_DEVICES]
    result = subprocess.run(command, cwd=COURSE, env=environment, capture_output=True, text=True, timeout=300)
    assert result.returncode == 0, result.stderr[-3000:]
    assert result.stdout.split("\n")[-3:-1] == ["replicas 2", "equal"]
