"""What several check cells share: stand-ins for steps that are still open, and comparisons that see what code does.

A check must not mind how an answer is written. So networks are given the same weights and compared by what comes out of
them, and a training step is judged by what it does to the weights of two small networks.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import ArrayLike, NDArray

from course import training


@contextlib.contextmanager
def standing_in(space: dict[str, object], **others: object) -> Iterator[None]:
    """Let other objects take the place of a notebook's own for a while.

    Args:
        space: the notebook's names, ``globals()``.
        others: by name, what stands in; afterwards everything is as it was.
    """
    before = {name: space[name] for name in others if name in space}
    space.update(others)
    try:
        yield
    finally:
        for name in others:
            space.pop(name, None)
        space.update(before)


def plain_generator(seed_size: int, channels: int, units: int = 8) -> keras.Model:
    """A stand-in: latent vectors (n, seed_size) in, pictures (n, 96, 96, channels) of a single colour out."""
    shades = [layers.Dense(units), layers.Dense(channels, "tanh"), layers.Reshape((1, 1, channels))]
    return keras.Sequential([keras.Input((seed_size,)), *shades, layers.UpSampling2D(96, dtype="float32")])


def plain_discriminator(image_shape: tuple[int, int, int], units: int = 8) -> keras.Model:
    """A stand-in: pictures (n, *image_shape) in, logits (n, 1) out, judged by their mean colour."""
    judging = [layers.GlobalAveragePooling2D(), layers.Dense(units), layers.Dense(1, dtype="float32")]
    return keras.Sequential([keras.Input(image_shape), *judging])


# ---------------------------------------------------------------- networks


def give_weights(*models: keras.Model) -> None:
    """Give networks the same random weights, so that they have to compute the same.

    Raises:
        AssertionError: if the weights of a network have other shapes than those of the last one, or another order.
    """
    shapes = [weight.shape for weight in models[-1].weights]
    for model in models[:-1]:
        for number, (weight, wanted) in enumerate(zip(model.weights, shapes, strict=True)):
            assert weight.shape == wanted, (
                f"array {number} of its weights has the shape {weight.shape}, not {wanted}: "
                "compare the layers, their order and their numbers of units or filters"
            )
    rng = np.random.default_rng(1)
    numbers = []
    for weight in models[-1].weights:
        spread = np.prod(weight.shape[:-1]) ** -0.5  # so that signals stay of the same size
        drawn = rng.normal(0, spread, weight.shape).astype("float32")
        numbers.append(np.abs(drawn) + 0.5 if weight.path.endswith("variance") else drawn)
    for model in models:
        model.set_weights(numbers)


def same(one: ArrayLike, other: ArrayLike) -> bool:
    """Whether two arrays are equal but for rounding, that of 16-bit arithmetic included."""
    one, other = np.asarray(one, "float32"), np.asarray(other, "float32")
    return one.shape == other.shape and np.abs(one - other).max() <= 0.02 * np.abs(other).max()


def difference(model: keras.Model, other: keras.Model, inputs: ArrayLike) -> str:
    """Where a network begins to compute something else than another one with the same weights; "" if nowhere.

    Both work as after training, without dropout.
    """
    if same(model(inputs, training=False), other(inputs, training=False)):
        return ""
    agreed, culprit = "the input", "what follows"
    try:
        mine = _layer_outputs(model, inputs)
        for layer, output in zip(other.layers, _layer_outputs(other, inputs), strict=True):
            if any(same(one, output) for one in mine):
                agreed, culprit = type(layer).__name__, "what follows"
            elif culprit == "what follows":
                culprit = type(layer).__name__
    except (AttributeError, ValueError):  # not made of layers that know their outputs
        return "it computes something else"
    return f"they agree up to {agreed} and differ at {culprit}"


def _layer_outputs(model: keras.Model, inputs: ArrayLike) -> list[tf.Tensor]:
    """What each layer of a network puts out."""
    if not isinstance(model, keras.Sequential):
        return keras.Model(model.inputs, [layer.output for layer in model.layers])(inputs, training=False)
    outputs = [inputs]
    for layer in model.layers:
        outputs.append(layer(outputs[-1]))
    return outputs[1:]


# ---------------------------------------------------------------- training steps


class _ShowsMode(layers.Layer):
    """Passes on in training what it gets, and half of it otherwise: so the mode shows in what comes out."""

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        return inputs if training else 0.5 * inputs


class _TrialGAN(training.GAN):
    """Two small networks; its dice always fall alike, so that steps can be compared, whatever order they draw in."""

    def __init__(self, latent: int, side: int) -> None:
        policy = keras.config.dtype_policy().name
        keras.config.set_dtype_policy("float32")
        seeds = iter(range(9))

        def dense(units: int) -> keras.Layer:
            return layers.Dense(units, kernel_initializer=keras.initializers.RandomNormal(0, 0.3, seed=next(seeds)))

        painting = [dense(side * side * 3), layers.Activation("tanh"), layers.Reshape((side, side, 3))]
        judging = [layers.Flatten(), dense(6), layers.LeakyReLU(negative_slope=0.2), _ShowsMode(), dense(1)]
        generator = keras.Sequential([keras.Input((latent,)), _ShowsMode(), *painting])
        discriminator = keras.Sequential([keras.Input((side, side, 3)), *judging])
        keras.config.set_dtype_policy(policy)
        super().__init__(generator, discriminator, keras.optimizers.SGD(0.0005), keras.optimizers.SGD(0.001))
        self.start = self.generator.get_weights(), self.discriminator.get_weights()
        self.known = {}  # by what a right step is like, how far it moves the networks
        self.asked = tf.Variable(-1)  # the number of latent vectors that were asked for last

    def draw(self, distribution: Callable, count: int | tf.Tensor, size: int) -> tf.Tensor:
        return tf.fill((count, size), 0.9)

    def draw_noise(self, count: int | tf.Tensor) -> tf.Tensor:
        self.asked.assign(count)
        return tf.random.stateless_normal((64, self.generator.input_shape[1]), seed=(1, 2))[:count]


_trial_gan = functools.cache(_TrialGAN)  # making one, and the right steps with it, takes a second

MISTAKES = {
    "the discriminator does not see the real pictures: judge them, too": {"real": False},
    "the discriminator takes real pictures for paintings: banana_discrim_loss(real_output, fake_output), in order": {
        "exchanged": True
    },
    "augment the paintings, too, with shift(gan, ...): else the generator learns to paint what is shifted": {
        "shifts": (True, False)
    },
    "augment the real pictures, too, with shift(gan, ...)": {"shifts": (False, True)},
    "augment real pictures and paintings, with shift(gan, ...), before the discriminator judges them": {
        "shifts": (False, False)
    },
    "call the generator with training=True": {"modes": (False, True, True)},
    "call the discriminator with training=True": {"modes": (True, False, False)},
    "call the discriminator with training=True for real pictures, too": {"modes": (True, False, True)},
    "call the discriminator with training=True for paintings, too": {"modes": (True, True, False)},
    "call both networks with training=True": {"modes": (False, False, False)},
    "every step has to draw latent vectors of its own: these are always 0": {"noisy": False},
}


def training_step(
    step: training.Step,
    gen_loss: Callable,
    discrim_loss: Callable,
    shift: Callable,
    pictures: int = 5,
    latent: int = 4,
    side: int = 8,
    compiled: bool = True,
) -> None:
    """Judge a training step by what it does to two small networks, against a step that is right.

    It may be written in any way: update the networks one after the other, judge both piles in one batch, be compiled.

    Args:
        step: updates both networks of a GAN on a batch of pictures; the losses of generator and discriminator.
        gen_loss, discrim_loss, shift: the right losses, and the augmentation.
        pictures, latent, side: size of the batch, of a latent vector, and of a picture.
        compiled: whether to try it inside tf.function, too, which takes a second.

    Raises:
        AssertionError: with a sentence that says what the step does wrong.
    """
    gan = _trial_gan(latent, side)
    gan.generator.trainable = gan.discriminator.trainable = True  # whatever another step has left
    images = tf.constant(np.random.default_rng(7).uniform(-1, 1, (pictures, side, side, 3)).astype("float32"))

    def right(
        gan: training.GAN,
        images: tf.Tensor,
        real: bool = True,
        exchanged: bool = False,
        noisy: bool = True,
        shifts: tuple[bool, bool] = (True, True),
        modes: tuple[bool, bool, bool] = (True, True, True),
    ) -> tuple[tf.Tensor, tf.Tensor]:
        def seen(pile: tf.Tensor, shifted: bool, mode: bool) -> tf.Tensor:
            return gan.discriminator(shift(gan, pile) if shifted else pile, training=mode)

        gan.generator.trainable = gan.discriminator.trainable = True
        noise = gan.draw_noise(len(images)) * (1.0 if noisy else 0.0)
        with tf.GradientTape(persistent=True) as tape:
            fakes = gan.generator(noise, training=modes[0])
            fake_output = seen(fakes, shifts[1], modes[2])
            real_output = seen(images if real else fakes, shifts[0], modes[1])
            outputs = (fake_output, real_output) if exchanged else (real_output, fake_output)
            losses = gen_loss(fake_output), discrim_loss(*outputs)
            scaled = gan.gen_optimizer.scale_loss(losses[0]), gan.disc_optimizer.scale_loss(losses[1])
        players = (gan.generator, gan.gen_optimizer), (gan.discriminator, gan.disc_optimizer)
        for loss, (network, optimizer) in zip(scaled, players, strict=True):
            optimizer.apply(tape.gradient(loss, network.trainable_variables), network.trainable_variables)
        return losses

    def moved(step: training.Step, name: str = "the step", **options: object) -> tuple[NDArray, NDArray, object]:
        """How far one step from the start moves each network, and what it returns."""
        gan.generator.set_weights(gan.start[0])
        gan.discriminator.set_weights(gan.start[1])
        try:
            returned = step(gan, images, **options)
        except Exception as error:
            raise AssertionError(f"{name} stops with {type(error).__name__}: {error}") from error
        networks = zip((gan.generator, gan.discriminator), gan.start, strict=True)
        changes = [[new - old for new, old in zip(one.get_weights(), before, strict=True)] for one, before in networks]
        return *(np.concatenate([np.ravel(part) for part in change]) for change in changes), returned

    def moved_rightly(**options: object) -> tuple[NDArray, NDArray, object]:
        kind = (gen_loss, discrim_loss, shift, pictures, str(options))
        if kind not in gan.known:
            gan.known[kind] = moved(right, **options)
        return gan.known[kind]

    def close(mine: NDArray, wanted: NDArray) -> bool:
        return np.linalg.norm(mine - wanted) <= 0.05 * np.linalg.norm(wanted)

    gan.asked.assign(-1)
    *mine, returned = moved(step)
    asked = int(gan.asked)
    gan.asked.assign(-1)
    *again, _ = moved(step, "a second step (is everything trainable again after the first?)")
    *wanted, losses = moved_rightly()
    assert isinstance(returned, (tuple, list)) and len(returned) == 2, (
        f"it should return g_loss, d_loss, not {returned}"
    )
    if asked == -1:
        assert not _is_frozen(step, 5), FROZEN
    assert asked != -1, (
        "take the latent vectors from gan.draw_noise(count): only those go on where they were after a cut"
    )
    assert asked == pictures, (
        f"for {pictures} pictures draw {pictures} latent vectors, not {asked} (tf.shape(images)[0])"
    )
    players = "generator", "discriminator"
    if not all(map(close, mine, wanted)):
        for sentence, options in MISTAKES.items():
            assert not all(map(close, mine, moved_rightly(**options)[:2])), sentence
    aims = "banana_gen_loss(fake_output)", "banana_discrim_loss(real_output, fake_output)"
    for player, change, after_it, goal, aim in zip(players, mine, again, wanted, aims, strict=True):
        assert np.any(change), f"the {player} did not learn: none of its weights has changed"
        towards = change @ goal / np.linalg.norm(change) / np.linalg.norm(goal)
        assert towards > -0.3, f"the {player} learns the wrong way: its step should make {aim} smaller"
        assert towards > 0.99, f"the {player} does not follow the gradient of its own loss, {aim}, for its own weights"
        assert close(change, goal), (
            f"the {player} goes {np.linalg.norm(change) / np.linalg.norm(goal):.2g} times as far as it should: "
            "one update a step, of what scale_loss gives"
        )
        assert close(after_it, goal), f"the {player} does not learn in a second step: is it trainable again?"
    numbers = [float(loss) for loss in returned]
    assert np.allclose(numbers, losses, rtol=0.1), (
        "it should return g_loss, d_loss, here {:.3f}, {:.3f}, not {:.3f}, {:.3f}".format(*losses, *numbers)
    )
    assert not (compiled and _is_frozen(step)), FROZEN


FROZEN = (
    "all steps get the same latent vectors: what NumPy or Python draw, or what is kept from the first call, is frozen "
    "when tf.function compiles the step. Call gan.draw_noise(count) in each step"
)


class _UnshiftedGAN(training.GAN):
    """Its latent vectors are drawn anew each time; what shifts draw is always in the middle."""

    def draw(self, distribution: Callable, count: int | tf.Tensor, size: int) -> tf.Tensor:
        if distribution is keras.random.uniform:
            return tf.fill((count, size), 0.5)
        return super().draw(distribution, count, size)


def _is_frozen(step: training.Step, count: int | None = None) -> bool:
    """Whether a compiled step paints from the same latent vectors again and again.

    All pictures are of a single colour and never shifted here, so nothing else can change the generator's loss.
    """
    rates = keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0)
    gan = _UnshiftedGAN(plain_generator(4, 3), plain_discriminator((96, 96, 3)), *rates)

    @tf.function(input_signature=[tf.TensorSpec((count, 96, 96, 3))])
    def compiled(images: tf.Tensor) -> tf.Tensor:
        return step(gan, images)[0]

    try:
        return np.isclose(*(compiled(tf.zeros((5, 96, 96, 3))) for _ in range(2)), rtol=1e-6)
    except Exception as error:
        raise AssertionError(
            f"tf.function cannot compile it for batches of any size (tf.shape(images)[0] is their size): {error}"
        ) from error
