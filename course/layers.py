"""The layers of a lesson's network, faster: `speed_up` replaces them by others that compute the same.

A lesson writes its networks in plain Keras. What takes most of a training step is replaced here: enlarging by repeated
pixels before a convolution, and batch normalisation.
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator

import keras
import tensorflow as tf
from keras import layers


def speed_up(model: keras.Model) -> keras.Model:
    """The same network with faster layers: equal outputs and gradients but for rounding, same names, same weights.

    `UpSampling2D` before a 3 x 3 `Conv2D` becomes one `UpConv2D` (an `Identity` keeps its place), and
    `BatchNormalization` of pictures becomes `FastBatchNormalization`. All other layers are copied as they are.

    Args:
        model: a Sequential or functional model, built.

    Returns:
        A new model with copies of the weights; the old one stays as it is. Under a strategy of tf.distribute call it
        inside the strategy's scope.
    """
    pairs = {  # convolution: the enlarging layer before it
        after.name: before
        for before, after in _neighbours(model)
        if type(before) is layers.UpSampling2D
        and before.interpolation == "nearest"
        and before.size[0] == before.size[1]
        and before.data_format == "channels_last"
        and _can_be_joined(after)
    }
    absorbed = {before.name for before in pairs.values()}

    def faster(layer: keras.Layer) -> keras.Layer:
        options = layer.get_config()
        if layer.name in absorbed:
            return layers.Identity(name=layer.name)
        if layer.name in pairs:
            return UpConv2D(enlarge=pairs[layer.name].size[0], **options)
        if type(layer) is layers.BatchNormalization and _is_usual(layer):
            return FastBatchNormalization.from_config(options)
        return type(layer).from_config(options)

    fast = keras.models.clone_model(model, clone_function=faster)
    fast.set_weights(model.get_weights())
    return fast


def _neighbours(model: keras.Model) -> list[tuple[keras.Layer, keras.Layer]]:
    """Pairs of layers of which the second takes what the first gives, and nothing else; and nothing else takes it."""
    if isinstance(model, keras.Sequential):
        return list(itertools.pairwise(model.layers))
    graph = model.get_config()
    links = [(giver, layer["name"]) for layer in graph["layers"] for giver in _givers(layer["inbound_nodes"])]
    ends = [name for name in keras.tree.flatten(graph["output_layers"]) if isinstance(name, str)]
    gives, takes = Counter([giver for giver, _ in links] + ends), Counter(taker for _, taker in links)
    named = {layer.name: layer for layer in model.layers}  # a link may end at an operation, such as a sum
    alone = [link for link in links if gives[link[0]] == takes[link[1]] == 1 and named.keys() >= set(link)]
    return [(named[giver], named[taker]) for giver, taker in alone]


def _givers(nodes: object) -> Iterator[str]:
    """The names of the layers that a layer's inbound nodes, as its model's configuration has them, take from."""
    if isinstance(nodes, dict):
        if "keras_history" in nodes:
            yield nodes["keras_history"][0]
        nodes = list(nodes.values())
    if isinstance(nodes, (list, tuple)):
        for node in nodes:
            yield from _givers(node)


def _can_be_joined(layer: keras.Layer) -> bool:
    """Whether a layer is a plain 3 x 3 convolution that keeps the size."""
    return type(layer) is layers.Conv2D and (
        layer.kernel_size,
        layer.strides,
        layer.dilation_rate,
        layer.padding,
        layer.groups,
        layer.data_format,
        layer.use_bias,
    ) == ((3, 3), (1, 1), (1, 1), "same", 1, "channels_last", True)


def _is_usual(layer: layers.BatchNormalization) -> bool:
    """Whether a layer normalises the channels of pictures, and by none of the rarer options."""
    pictures = len(layer.input.shape) == 4 and layer.axis in (-1, 3)
    return pictures and layer.scale and layer.center and not getattr(layer, "renorm", False)  # Keras 3.15 has it


class UpConv2D(layers.Conv2D):
    """`UpSampling2D(enlarge)` and a 3 x 3 `Conv2D` in one, with equal results.

    When a pixel has become enlarge x enlarge equal ones, a filter multiplies the same number several times. It is
    enough to add up those weights of the filter first and multiply once. What comes out is a transposed convolution
    with a wider filter, whose weights are sums.

    Input (n, rows, columns, channels), output (n, enlarge * rows, enlarge * columns, filters).
    """

    def __init__(self, filters: int, enlarge: int, **options) -> None:
        super().__init__(filters, **{"kernel_size": 3, "padding": "same", **options})
        self.enlarge = enlarge

    def call(self, inputs: tf.Tensor) -> tf.Tensor:
        kernel = tf.cast(self.kernel, "float32")  # (3, 3, channels in, filters)
        last = self.enlarge - 1
        shifts = [(down, right) for down in range(self.enlarge) for right in range(self.enlarge)]
        summed = sum(
            tf.pad(kernel, [[down, last - down], [right, last - right], [0, 0], [0, 0]]) for down, right in shifts
        )
        # A transposed convolution wants the filter turned round and its channels swapped.
        turned = tf.cast(tf.transpose(summed[::-1, ::-1], (0, 1, 3, 2)), inputs.dtype)
        count, rows, cols = tf.shape(inputs)[0], *inputs.shape[1:3]
        size = (count, rows * self.enlarge, cols * self.enlarge, self.filters)
        outputs = tf.nn.conv2d_transpose(inputs, turned, size, self.enlarge, "SAME")
        return self.activation(tf.nn.bias_add(outputs, tf.cast(self.bias, inputs.dtype)))

    def compute_output_shape(self, input_shape: tuple) -> tuple:
        count, rows, cols, _ = input_shape
        return count, rows * self.enlarge, cols * self.enlarge, self.filters

    def get_config(self) -> dict:
        return {**super().get_config(), "enlarge": self.enlarge}


class FastBatchNormalization(layers.BatchNormalization):
    """`BatchNormalization` of pictures (n, rows, columns, channels), faster in training.

    Keras computes it in several passes over the data; TensorFlow has one operation for it. Of several devices in one
    strategy each normalises by the statistics of the whole batch, so that they train as one would.
    """

    def __init__(self, **options) -> None:
        super().__init__(**options)
        if tf.distribute.get_strategy().num_replicas_in_sync > 1:
            self.synchronized = True

    def call(self, inputs: tf.Tensor, training: bool | None = None, mask: tf.Tensor | None = None) -> tf.Tensor:
        if not training or self.synchronized or not self.trainable or mask is not None:
            return super().call(inputs, training=training, mask=mask)
        outputs, mean, variance = tf.compat.v1.nn.fused_batch_norm(inputs, self.gamma, self.beta, epsilon=self.epsilon)
        count = tf.cast(tf.reduce_prod(tf.shape(inputs)[:3]), "float32")
        variance *= (count - 1) / count  # TensorFlow divides by count - 1, Keras by count
        for moving, current in [(self.moving_mean, mean), (self.moving_variance, variance)]:
            moving.assign(self.momentum * moving + (1 - self.momentum) * current)
        return outputs
