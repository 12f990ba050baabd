"""What the check cells of lessons 2 and 3 share: stand-ins for open steps, and checks that see what code does.

A check must not mind how an answer is written. So a network is judged by what comes out of it, a training step by what
it does to the weights of two small networks, and a loop by the steps that it takes.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import ArrayLike, NDArray
from tqdm.auto import tqdm

from course import training


class Steps:
    """The steps of an activity: which are still open, and what stands in for them."""

    def __init__(self, space: dict[str, object]) -> None:
        """Take the notebook's names, ``globals()``."""
        self.space = space
        self.stand_ins: dict[str, object] = {}

    def is_open(self, name: str) -> bool:
        """Whether a step is still to do: what it defines is not there, or only says that it is not."""
        made = self.space.get(name)
        uses = getattr(getattr(made, "__code__", None), "co_names", ())
        return made is None or uses == ("NotImplementedError",)

    def need(self, *names: str) -> None:
        """Stop with a plain sentence while an earlier step is still to do.

        Raises:
            NotImplementedError: if one of these names is not made yet, or has a stand-in.
        """
        open_ones = [name for name in names if self.is_open(name) or self.space[name] is self.stand_ins.get(name)]
        if open_ones:
            raise NotImplementedError(f"First complete the step that defines {', '.join(open_ones)}.")

    def stand_in(self, name: str, make: Callable[[], object]) -> None:
        """Where a step is still open, something else for what it defines, so that a learner can go on."""
        if self.is_open(name):
            self.space[name] = self.stand_ins[name] = make()
            print(f"The step that defines {name} is still open: something simpler stands in.")


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


def plain_loop(step: training.Step, save_progress: Callable) -> Callable:
    """A stand-in for the loop of step 18, made of the exercise's.

    Args:
        step: updates both networks.
        save_progress: paints a preview, from its number, latent vectors, a generator and a folder.
    """

    def train(gan: training.GAN, dataset: tf.data.Dataset, epochs: int, folder: Path) -> Mapping[str, Sequence[float]]:
        seeds = tf.random.stateless_normal((25, gan.generator.input_shape[1]), seed=(1, 2))

        def preview(gan: training.GAN, cnt: int) -> None:
            save_progress(cnt, seeds, gan.average, folder)

        return training.train(step, gan, dataset, epochs, folder, preview)

    return train


# ---------------------------------------------------------------- questions


def times_shown(of_a_banana: int, of_a_painting: int, epochs: int) -> None:
    """Judge how often the discriminator is said to be shown the same banana and the same painting.

    Raises:
        AssertionError: with a question that leads on.
    """
    assert of_a_banana == epochs, "an epoch shows every banana: how many epochs are there?"
    assert of_a_painting == 1, (
        "a painting is made from fresh latent vectors, by a generator that has moved since the last step: can the same "
        "one come again?"
    )


def at_a_draw(verdict: float, disc_loss: float, gen_loss: float) -> None:
    """Judge what is expected of networks that know nothing: their verdict, and what both players pay.

    Raises:
        AssertionError: with a sentence that leads on.
    """
    assert abs(verdict - 0.5) < 0.1, "what has seen neither bananas nor paintings has no reason to prefer either answer"
    assert abs(disc_loss - 2 * np.log(2)) < 0.2, (
        "a discriminator pays twice: for bananas and for paintings, each time -ln of the probability that it gave to "
        "the right answer"
    )
    assert abs(gen_loss - np.log(2)) < 0.1, (
        "the generator pays once: -ln of the probability that its paintings are real"
    )


# ---------------------------------------------------------------- networks


@contextlib.contextmanager
def _in_32_bits() -> Iterator[None]:
    """Whatever is built meanwhile computes in float32, so that rounding hides nothing."""
    policy = keras.config.dtype_policy().name
    keras.config.set_dtype_policy("float32")
    try:
        yield
    finally:
        keras.config.set_dtype_policy(policy)


def _all_layers(model: keras.Model) -> Iterator[keras.Layer]:
    """Its layers, those of networks inside it, too."""
    for layer in model.layers:
        yield from _all_layers(layer) if isinstance(layer, keras.Model) else [layer]


def _fully_connected(model: object, budget: int | None) -> int:
    """The number of weights of a network that has Dense layers only, within its budget."""
    assert isinstance(model, keras.Model), f"return the network, not {model}"
    for layer in _all_layers(model):
        kind = type(layer).__name__
        assert not re.search("Conv|Pool|UpSampling|Resizing|Attention", kind), (
            f"{kind} knows which pixels are neighbours: fully connected layers only"
        )
    count = model.count_params()
    if budget:
        assert count <= budget, f"{count:,} weights are more than the budget of {budget:,}"
        assert count >= 0.9 * budget, (
            f"{count:,} weights are less than nine tenths of the budget of {budget:,}: use it, for a fair contest"
        )
    return count


def _is_linear(network: Callable[[NDArray], NDArray], one: NDArray, other: NDArray) -> bool:
    """Whether a network adds up: then its layers are no more than a single one."""
    apart = network(one) + network(other) - network(one + other) - network(0 * one)
    return np.abs(apart).max() < 3e-5 * np.abs(network(one) - network(0 * one)).max()


def vanilla_generator(create: Callable, seed_size: int, channels: int, budget: int | None = None) -> int:
    """Judge a generator of fully connected layers by what comes out of it; its number of weights.

    Args:
        create: makes it, from the length of a latent vector and the number of colours.
        seed_size, channels: what to call it with.
        budget: at most so many weights, at least nine tenths of that; any number if None.

    Raises:
        AssertionError: with a sentence that says what is wrong.
    """
    with _in_32_bits():
        model = create(seed_size, channels)
    count = _fully_connected(model, budget)
    noise = np.random.default_rng(0).normal(size=(2, 8, seed_size)).astype("float32")
    painted = np.asarray(model(noise[0], training=False))
    assert painted.shape == (8, 96, 96, channels), (
        f"eight latent vectors should give (8, 96, 96, {channels}), not {painted.shape}"
    )
    loud = np.asarray(model(1000 * noise[0], training=False))
    assert np.abs(loud).max() <= 1 and loud.min() < -0.01, "pixels should lie in [-1, 1]: end with tanh"
    assert np.ptp(painted, axis=0).max() > 1e-6, "other latent vectors should give other pictures"

    def before_tanh(noise: NDArray) -> NDArray:
        return np.arctanh(np.float64(model(noise, training=False)).clip(-0.999999, 0.999999))

    assert not _is_linear(before_tanh, 0.1 * noise[0], 0.1 * noise[1]), (
        "without an activation between them, Dense layers are no more than a single one: put a ReLU behind the first"
    )
    return count


def vanilla_discriminator(create: Callable, image_shape: tuple[int, int, int], budget: int | None = None) -> int:
    """Judge a discriminator of fully connected layers by what comes out of it; its number of weights.

    Args:
        create: makes it, from the shape of a picture.
        image_shape: what to call it with.
        budget: as for `vanilla_generator`.

    Raises:
        AssertionError: with a sentence that says what is wrong.
    """
    with _in_32_bits():
        model = create(image_shape)
    pictures = np.random.default_rng(0).uniform(-1, 1, (2, 16, *image_shape)).astype("float32")
    kernels = [weight.shape for weight in getattr(model, "weights", []) if len(weight.shape) == 2]
    assert not kernels or kernels[0][0] == np.prod(image_shape), (
        "begin with Flatten, so that each unit sees the whole picture"
    )
    count = _fully_connected(model, budget)
    judged = np.asarray(model(pictures[0], training=False))
    assert judged.shape == (16, 1), f"16 pictures should give logits of shape (16, 1), not {judged.shape}"
    loud = np.abs(np.asarray(model(1000 * pictures[0], training=False)))
    assert loud.max() > 1.001, "end without sigmoid or tanh: the losses expect logits"
    assert not _is_linear(lambda some: np.float64(model(some, training=False)), pictures[0], pictures[1]), (
        "without an activation between them, Dense layers are no more than a single one: put LeakyReLU behind the first"
    )
    return count


# ---------------------------------------------------------------- losses


def losses(discrim_loss: Callable, gen_loss: Callable, real: ArrayLike, fake: ArrayLike) -> None:
    """Judge the two losses by what they make of logits.

    Args:
        discrim_loss: of logits (n, 1) for bananas and for paintings.
        gen_loss: of logits (n, 1) for paintings.
        real, fake: logits (n,) to try.

    Raises:
        AssertionError: with a sentence that says what is wrong.
    """

    def price(logits: tf.Tensor, label: int) -> float:
        return float(np.mean(np.log1p(np.exp(logits if label == 0 else -logits))))

    real, fake = (tf.constant(np.reshape(logits, (-1, 1)), "float32") for logits in (real, fake))
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([real, fake])
        paid = {"discrim": discrim_loss(real, fake), "gen": gen_loss(fake)}
    right = {"discrim": price(real, 1) + price(fake, 0), "gen": price(fake, 1)}
    for name, pays in paid.items():
        assert np.shape(pays) == (), f"banana_{name}_loss should give one number, a mean over the batch"
        assert np.isclose(pays, right[name], rtol=1e-3), (
            f"banana_{name}_loss should be {right[name]:.3f} here, not {float(pays):.3f}: "
            "which pile has which label? Outputs are logits (from_logits=True), losses are means"
        )
        slopes = tape.gradient(pays, [real, fake] if name == "discrim" else [fake]) if tf.is_tensor(pays) else [None]
        assert all(slope is not None for slope in slopes), (
            f"banana_{name}_loss has no gradient: use keras or tf, the tape does not record NumPy"
        )
    sure = tf.fill((4, 1), 200.0)
    for name, pays, right in (("gen", gen_loss(-sure), 200), ("discrim", discrim_loss(-sure, sure), 400)):
        assert np.isclose(pays, right, rtol=1e-3), (
            f"banana_{name}_loss: a very sure verdict should cost what its logit says: pass from_logits=True"
        )


# ---------------------------------------------------------------- training steps


class _ShowsMode(layers.Layer):
    """Passes on in training what it gets, and half of it otherwise: so the mode shows in what comes out."""

    def call(self, inputs: tf.Tensor, training: bool | None = None) -> tf.Tensor:
        return inputs if training else 0.5 * inputs


class _TrialGAN(training.GAN):
    """Two small networks; its dice always fall alike, so that steps can be compared, whatever order they draw in."""

    def __init__(self, latent: int, side: int) -> None:
        seeds = iter(range(9))

        def dense(units: int) -> keras.Layer:
            return layers.Dense(units, kernel_initializer=keras.initializers.RandomNormal(0, 0.3, seed=next(seeds)))

        painting = [dense(side * side * 3), layers.Activation("tanh"), layers.Reshape((side, side, 3))]
        judging = [layers.Flatten(), dense(6), layers.LeakyReLU(negative_slope=0.2), _ShowsMode(), dense(1)]
        generator = keras.Sequential([keras.Input((latent,)), _ShowsMode(), *painting])
        discriminator = keras.Sequential([keras.Input((side, side, 3)), *judging])
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
    pictures: int = 5,
    latent: int = 4,
    side: int = 8,
    compiled: bool = True,
) -> None:
    """Judge a training step by what it does to two small networks, against a step that is right.

    It may be written in any way: update the networks one after the other, judge both piles in one batch, be compiled.

    Args:
        step: updates both networks of a GAN on a batch of pictures; the losses of generator and discriminator.
        gen_loss, discrim_loss: the right losses.
        pictures, latent, side: size of the batch, of a latent vector, and of a picture.
        compiled: whether to try it inside tf.function, too, which takes a second.

    Raises:
        AssertionError: with a sentence that says what the step does wrong.
    """
    with _in_32_bits():
        gan = _trial_gan(latent, side)
    gan.generator.trainable = gan.discriminator.trainable = True  # whatever another step has left
    images = tf.constant(np.random.default_rng(9).uniform(-1, 1, (pictures, side, side, 3)).astype("float32"))

    def right(
        gan: training.GAN,
        images: tf.Tensor,
        real: bool = True,
        exchanged: bool = False,
        noisy: bool = True,
        modes: tuple[bool, bool, bool] = (True, True, True),
    ) -> tuple[tf.Tensor, tf.Tensor]:
        gan.generator.trainable = gan.discriminator.trainable = True
        noise = gan.draw_noise(len(images)) * (1.0 if noisy else 0.0)
        with tf.GradientTape(persistent=True) as tape:
            fakes = gan.generator(noise, training=modes[0])
            fake_output = gan.discriminator(fakes, training=modes[2])
            real_output = gan.discriminator(images if real else fakes, training=modes[1])
            outputs = (fake_output, real_output) if exchanged else (real_output, fake_output)
            losses = gen_loss(fake_output), discrim_loss(*outputs)
        players = (gan.generator, gan.gen_optimizer), (gan.discriminator, gan.disc_optimizer)
        for loss, (network, optimizer) in zip(losses, players, strict=True):
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
        kind = (gen_loss, discrim_loss, pictures, str(options))
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
            "one update a step"
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


def _is_frozen(step: training.Step, count: int | None = None) -> bool:
    """Whether a compiled step paints from the same latent vectors again and again.

    Nothing learns here, so nothing else can change the generator's loss.
    """
    rates = keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0)
    gan = training.GAN(plain_generator(4, 3), plain_discriminator((96, 96, 3)), *rates)

    @tf.function(input_signature=[tf.TensorSpec((count, 96, 96, 3))])
    def compiled(images: tf.Tensor) -> tf.Tensor:
        return step(gan, images)[0]

    try:
        return np.isclose(*(compiled(tf.zeros((5, 96, 96, 3))) for _ in range(2)), rtol=1e-6)
    except Exception as error:
        raise AssertionError(
            f"tf.function cannot compile it for batches of any size (tf.shape(images)[0] is their size): {error}"
        ) from error


# ---------------------------------------------------------------- broken steps

WHERE = {
    "a": "In step a, follow the losses: which of them goes into which move, and which would be the player's own?",
    "b": "In step b, follow the bananas: what is called images behind the second line of the with?",
    "c": "In step c, follow the numbers: from where to where do those of a banana reach, and those of a painting?",
}
WHAT = {
    "a": "With step a, what does the generator do for the discriminator's loss, and what do its pictures become?",
    "b": "With step b, what can the generator ever hear of bananas, and how well can equal piles be told apart?",
    "c": "With step c, what does the discriminator take for real, and how dark is the darkest pixel that it ever sees?",
}


def faults(mistakes: Mapping[str, int], pictures_become: Mapping[str, int]) -> None:
    """Judge what is said of the three broken training steps of lesson 3.

    Args:
        mistakes, pictures_become: for the steps a, b and c the number of a row of the lesson's table.

    Raises:
        AssertionError: with a question that leads on.
    """
    for name, answer, right, questions in (
        ("mistakes", mistakes, {"a": 6, "b": 2, "c": 4}, WHERE),
        ("pictures_become", pictures_become, {"a": 4, "b": 3, "c": 2}, WHAT),
    ):
        assert isinstance(answer, Mapping) and set(answer) == set(right), (
            f'{name} should say a number for "a", "b" and "c", not {answer}'
        )
        for step, number in right.items():
            assert answer[step] in range(1, 7), f"{name}: {answer[step]!r} is no row of the table"
            assert answer[step] == number, f"{name}: {answer[step]} is not what happens. {questions[step]}"


def short_training(step: training.Step, images: ArrayLike, steps: int, seed: int = 1) -> tuple[NDArray, float, float]:
    """What a small DCGAN paints, at 32 pixels, after some training steps; it always begins alike.

    Args:
        step: updates both networks.
        images: (n, height, width, 3) in [-1, 1] to learn from.
        steps: how many, of 32 pictures each.
        seed: of weights, latent vectors and order.

    Returns:
        Eight pictures (8, 32, 32, 3), and what the generator and the discriminator paid over the last tenth.
    """
    seeds = iter(range(seed, seed + 99))

    def convolution(filters: int, strides: int = 1) -> keras.Layer:
        start = keras.initializers.GlorotUniform(next(seeds))
        return layers.Conv2D(filters, 3, strides=strides, padding="same", kernel_initializer=start)

    painting = [layers.Dense(512, "relu", kernel_initializer=keras.initializers.GlorotUniform(next(seeds)))]
    painting.append(layers.Reshape((4, 4, 32)))
    for filters in (32, 32, 16):
        painting += [
            layers.UpSampling2D(),
            convolution(filters),
            layers.BatchNormalization(momentum=0.8),
            layers.ReLU(),
        ]
    painting += [convolution(3), layers.Activation("tanh", dtype="float32")]
    judging = []
    for filters in (16, 32, 32):
        judging += [convolution(filters, 2), layers.LeakyReLU(negative_slope=0.2)]
    judging += [layers.Flatten(), layers.Dense(1, dtype="float32")]
    gan = training.GAN(
        keras.Sequential([keras.Input((16,)), *painting]),
        keras.Sequential([keras.Input((32, 32, 3)), *judging]),
        *(keras.optimizers.Adam(1e-3, beta_1=0.5) for _ in range(2)),
        seed=seed,
    )
    small = tf.image.resize(images, (32, 32), method="area")
    rng, compiled, paid = np.random.default_rng(seed), tf.function(step), []
    for _ in tqdm(range(steps), leave=False):
        paid.append(compiled(gan, tf.gather(small, rng.integers(len(small), size=32))))
        gan.update_average()
    painted = gan.average(tf.random.stateless_normal((8, 16), seed=(seed, 2)), training=False)
    return np.asarray(painted), *np.mean(paid[-max(steps // 10, 1) :], axis=0).tolist()


# ---------------------------------------------------------------- the loop


class _CountedGAN(training.GAN):
    """Counts how often its mean is updated."""

    def __init__(self, *parts: object) -> None:
        super().__init__(*parts)
        self.updates = tf.Variable(0)

    def update_average(self) -> None:
        self.updates.assign_add(1)


def training_loop(train: Callable, space: dict[str, object], epochs: int, pictures: int) -> None:
    """Judge the loop of step 18 by the steps that it takes: with a step that learns nothing, but counts.

    Args:
        train: takes a GAN, a data set, a number of epochs and a folder.
        space: the notebook's names, where `train` finds ``banana_train_step`` and ``save_progress``.
        epochs, pictures: how long to train, and on how many pictures.

    Raises:
        AssertionError: with a sentence that says what the loop does wrong.
    """
    calls, early, seen, previews, traced = tf.Variable(0), tf.Variable(0), tf.Variable(0.0), [], []
    rates = keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0)
    gan = _CountedGAN(plain_generator(space["seed_vector"], 3), plain_discriminator((96, 96, 3)), *rates)
    updates = gan.updates

    def step(gan: training.GAN, images: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        traced.append((gan, tf.executing_eagerly()))
        number = tf.cast(calls.assign_add(1), "float32")
        early.assign_add(tf.cast(updates >= calls, "int32"))
        seen.assign_add(tf.reduce_sum(images[:, 0, 0, 0]))
        return number, 100 + number

    def preview(cnt: int, noise: ArrayLike, generator: keras.Model, folder: Path) -> Path:
        previews.append((int(cnt), np.array(noise), generator, Path(folder), int(calls)))
        return Path(folder) / f"train-{cnt}.png"

    mine = space.get("banana_train_step")
    body = getattr(mine, "python_function", mine)
    stand_ins = {"banana_train_step": tf.function(step) if hasattr(mine, "get_concrete_function") else step}
    for name, made in space.items():  # the same step, compiled under another name
        if made is not mine and body is not None and getattr(made, "python_function", None) is body:
            stand_ins[name] = tf.function(step)
    numbered = np.zeros((pictures, 4, 4, 3), "float32") + np.arange(1, pictures + 1)[:, None, None, None]
    dataset = tf.data.Dataset.from_tensor_slices(numbered.astype("float32")).batch(32)
    folder = Path("output") / "bananas"
    with standing_in(space, **stand_ins, save_progress=preview, save_images=preview):
        history = train(gan, dataset, epochs, folder)

    steps, taken = epochs * len(dataset), int(calls)
    assert taken > 0, "banana_train_step is never called"
    assert taken == steps, (
        f"{epochs} epochs of {len(dataset)} batches do not make {taken} steps: take the dataset and the epochs that it "
        "is given, and show every batch once in each epoch"
    )
    assert np.isclose(seen, epochs * numbered[:, 0, 0, 0].sum()), (
        "some batches are shown twice in an epoch, others never"
    )
    assert all(one is gan for one, _ in traced), "train the gan that it is given"
    assert int(gan.updates) == taken, (
        f"gan.update_average() belongs behind each step: for {taken} steps it was called {int(gan.updates)} times"
    )
    assert int(early) == 0, "gan.update_average() belongs behind each step, not before it"
    assert not any(eager for _, eager in traced), "compile the step: step = tf.function(banana_train_step)"
    assert len(traced) < epochs, "compile the step once, before the loops: here each epoch compiles it anew"
    _judge_history(history, epochs, len(dataset))
    _judge_previews(previews, gan, epochs, len(dataset), folder, space)


def _judge_history(history: object, epochs: int, batches: int) -> None:
    """Judge the losses that a loop returns, where step n paid n and 100 + n."""
    assert history is not None, "return the losses"
    means = np.arange(epochs) * batches + (batches + 1) / 2
    for name, right in (("gen_loss", means), ("disc_loss", 100 + means)):
        assert name in history, f'return a dictionary with a list "{name}"'
        told = np.asarray(history[name], "float64")
        assert told.shape == (epochs,), f'"{name}" should have {epochs} numbers, one an epoch, not {told.shape}'
        assert not np.allclose(told, right - means + (1 + np.arange(epochs)) * batches), (
            f'"{name}" is what the last batch paid: take the mean over all batches of an epoch'
        )
        assert np.allclose(told, right), (
            f'"{name}" of the first epochs should be {right[:3]}, the mean over the batches of each, not {told[:3]}'
        )


def _judge_previews(
    previews: list, gan: training.GAN, epochs: int, batches: int, folder: Path, space: dict[str, object]
) -> None:
    """Judge what a loop paints: when, by whom, from which latent vectors, and where to."""
    wanted = sorted({*range(0, epochs, 10), epochs - 1})
    counts = [cnt for cnt, *_ in previews]
    assert set(wanted) <= set(counts), f"previews are wanted for cnt {wanted}, not {counts}"
    first, shape = previews[0][1], (space["img_rows"] * space["img_cols"], space["seed_vector"])
    assert first.shape == shape, f"a preview takes latent vectors of the shape {shape}, not {first.shape}"
    assert np.std(first) > 0.5 and len(np.unique(first[:, 0])) > 1, "paint from 25 different latent vectors"
    for cnt, noise, generator, where, taken in previews:
        assert np.array_equal(noise, first), "draw the latent vectors of the previews once, before the loops"
        assert generator is gan.average, "paint the previews with gan.average"
        assert taken == (cnt + 1) * batches, "paint behind the last batch of an epoch, not before its first"
        assert where == folder, f"previews belong into the folder that it is given, {folder}, not {where}"


def trained(
    gan: training.GAN, history: Mapping[str, Sequence[float]], alike: list[keras.Model], epochs: int, folder: Path
) -> None:
    """Judge whether the vanilla GAN of step 20 is one that was trained by its loop.

    Args:
        gan, history: what a learner made.
        alike: a new generator and a new discriminator.
        epochs: for how many it should have been trained.
        folder: where its previews should be.

    Raises:
        AssertionError: with a sentence that says what is wrong.
    """
    assert isinstance(gan, training.GAN), "vanilla_gan should be a training.GAN"
    for network, other in zip((gan.generator, gan.discriminator), alike, strict=True):
        shapes = [[weight.shape for weight in one.weights] for one in (network, other)]
        assert shapes[0] == shapes[1], "vanilla_gan should be made of vanilla_generator and vanilla_discriminator"
    assert gan.gen_optimizer is not gan.disc_optimizer, "each network needs an optimiser of its own: *adam_pair()"
    told = np.asarray(history["gen_loss"], "float64")
    assert len(told) >= epochs, f"it should have trained for banana_epochs, {epochs}, not for {len(told)}"
    assert np.isfinite(told).all(), "its loss is not finite: it diverged"
    assert int(gan.gen_optimizer.iterations) >= epochs, "this GAN has not trained: is the history another one's?"
    assert (folder / "train-0.png").exists(), f"{folder} has no previews"


# ---------------------------------------------------------------- two painters


def two_painters(pictures: ArrayLike) -> dict[str, NDArray]:
    """Two piles (n, height, width, 3) for step 24: one good and of ten pictures only, one of all kinds and blurred."""
    pictures = np.asarray(pictures, "float32")
    return {
        "A": np.resize(pictures[:10], pictures.shape),
        "B": np.asarray(tf.nn.avg_pool2d(pictures, 3, 1, "SAME")),
    }


# ---------------------------------------------------------------- games of points


def real_points(sampler: Callable, n: int, y_of: Callable, formula: str) -> NDArray:
    """Look at points with labels that a sampler draws; their x, sorted.

    Args:
        sampler: called with n.
        y_of, formula: what y should be, as a function of x and in words.
    """
    name = getattr(sampler, "__name__", "the function")
    made = sampler(n)
    assert isinstance(made, (tuple, list)) and len(made) == 2, (
        f"{name} should return two things: the points, and their labels"
    )
    points, labels = np.asarray(made[0]), np.asarray(made[1])
    for what, array, shape in [("points", points, (n, 2)), ("labels", labels, (n, 1))]:
        assert array.shape == shape, f"the {what} should have the shape {shape}, not {array.shape}"
    assert (labels == 1).all(), "real points should have the label 1"
    x, y = points.T
    right = y_of(x)
    assert np.allclose(y, right, atol=1e-5), (
        f"y, the second column, should be {formula} of the x beside it: "
        f"for x = {x[0]:.3f} that is {right[0]:.3f}, not {y[0]:.3f}"
    )
    assert x.min() >= -0.5 and x.max() <= 0.5, (
        f"x should lie in [-0.5, 0.5), yours goes from {x.min():.2f} to {x.max():.2f}"
    )
    return np.sort(x)


def real_sampler(sampler: Callable, y_of: Callable, formula: str) -> None:
    """Judge a function that draws real points: values, spread, chance, types, and the same inside tf.function."""
    x, again = (real_points(sampler, 10_000, y_of, formula) for _ in range(2))
    tenths = np.histogram(x, bins=10, range=(-0.5, 0.5))[0] / 10_000
    assert np.allclose(tenths, 0.1, atol=0.02), (
        f"x should be uniform on [-0.5, 0.5), with a tenth of the points in each tenth of it; yours: {tenths.round(2)}"
    )
    assert not np.allclose(x, again, atol=1e-6), (
        "x should be random and drawn anew at each call: two calls gave the same x"
    )
    for array in sampler(5):
        assert not tf.is_tensor(array) or array.dtype == tf.float32, (
            f"train joins points and labels to those of gen_fake: make them float32, not {array.dtype}"
        )
    compiled = tf.function(sampler)  # as a training calls it
    try:
        frozen = np.array_equal(*(real_points(compiled, 64, y_of, formula) for _ in range(2)))
    except Exception as error:
        raise AssertionError(
            "a training calls it inside tf.function, and there it stops. Use tf.sin in place of "
            f"np.sin, and n as it comes: {error}"
        ) from error
    assert not frozen, (
        "the draw is frozen: what NumPy or Python draw is drawn once, while tf.function compiles, and "
        "each training step would see the same points. Draw with tf.random.uniform"
    )


def value_and_slopes(loss: Callable, name: str, logits: ArrayLike) -> tuple[float, NDArray]:
    """A loss of a batch of logits, a single number, and its gradient (n,)."""
    logits = tf.constant(np.reshape(logits, (-1, 1)).astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = loss(logits)
    assert np.size(value) == 1, (
        f"{name} of {len(logits)} logits should be their mean, one number, not {np.shape(value)}"
    )
    slopes = tape.gradient(value, logits) if tf.is_tensor(value) else None
    assert slopes is not None, (
        f"no gradient comes out of {name}: TensorFlow cannot look into NumPy, math or float(). "
        "Compute with tf or keras.ops"
    )
    return float(np.squeeze(value)), slopes.numpy().ravel()


def generator_losses(original: Callable, non_saturating: Callable, *logits: float) -> None:
    """Judge both losses of a generator on a batch of logits, to a hundredth: 1e-7 inside the log may stay."""
    n, probability = len(logits), 1 / (1 + np.exp(-np.array(logits)))
    for loss, name, formula, terms, right_slopes in [
        (original, "original_loss", "log(1 - D)", np.log(1 - probability), -probability / n),
        (non_saturating, "non_saturating_loss", "-log(D)", -np.log(probability), (probability - 1) / n),
    ]:
        value, slopes = value_and_slopes(loss, name, logits)
        what = f"{name} of the logits {', '.join(map(str, logits))}"
        assert n == 1 or not np.isclose(value, terms.sum(), rtol=0.01), (
            f"{what} is the sum of {formula}: take the mean, which does not grow with the batch"
        )
        assert np.isclose(value, terms.mean(), rtol=0.01), (
            f"{what} should be the mean of {formula}, where D = tf.sigmoid(logits): {terms.mean():.4f}, not {value:.4f}"
        )
        assert np.allclose(slopes, right_slopes, rtol=0.02, atol=1e-6), (
            f"{what} has the gradient {slopes.round(4)}, not {right_slopes.round(4)}: all of it "
            "should come from the logits"
        )


HALF_STEP_MISTAKES = {  # what a wrong half-step has in mind: loss of the discriminator, of the generator
    "the labels are exchanged": (
        lambda real, fake: tf.reduce_mean(real**2) + tf.reduce_mean((fake - 1) ** 2),
        lambda fake: tf.reduce_mean(fake**2),
    ),
    "it sums over the batch, where it should take the mean": (
        lambda real, fake: tf.reduce_sum((real - 1) ** 2) + tf.reduce_sum(fake**2),
        lambda fake: tf.reduce_sum((fake - 1) ** 2),
    ),
    "it is the cross-entropy of the chapter": (
        lambda real, fake: tf.reduce_mean(tf.math.softplus(-real)) + tf.reduce_mean(tf.math.softplus(fake)),
        lambda fake: tf.reduce_mean(tf.math.softplus(-fake)),
    ),
    "it learns from real points only": (lambda real, fake: tf.reduce_mean((real - 1) ** 2), None),
    "it learns from generated points only": (lambda real, fake: tf.reduce_mean(fake**2), None),
}


def least_squares_half_steps(disc_step: Callable, gen_step: Callable, real: int = 6, fake: int = 6) -> None:
    """Judge both half-steps of a least-squares GAN by what they move, against half-steps that are right.

    Args:
        disc_step: (d_model, optimizer, real_points, fake_points) -> loss.
        gen_step: (g_model, d_model, optimizer, latent_points) -> loss.
        real, fake: how many points of each kind to try them on; `fake` latent points, too.
    """
    rng = np.random.default_rng(4)
    given = {
        "real": tf.constant(rng.normal(size=(real, 2)), tf.float32),
        "fake": tf.constant(rng.normal(size=(fake, 2)), tf.float32),
        "latent": tf.constant(rng.normal(size=(fake, 3)), tf.float32),
    }

    def networks() -> tuple[keras.Model, keras.Model]:
        made = []
        for inputs, outputs, seed in ((3, 2, 5), (2, 1, 6)):
            hidden = layers.Dense(4, kernel_initializer=keras.initializers.RandomNormal(0, 0.6, seed + 4))
            last = layers.Dense(outputs, kernel_initializer=keras.initializers.RandomNormal(0, 0.6, seed))
            made.append(keras.Sequential([keras.Input((inputs,)), hidden, layers.LeakyReLU(), last]))
        return made[0], made[1]

    def changes(who: str, step: Callable, compiled: bool = False) -> tuple[NDArray, NDArray, object]:
        """How one half-step moves the generator and the discriminator, and what it returns."""
        generator, discriminator = networks()
        before = [model.get_weights() for model in (generator, discriminator)]
        optimizer = keras.optimizers.SGD(0.01)
        optimizer.build((generator if who == "generator" else discriminator).trainable_variables)
        models = (generator, discriminator) if who == "generator" else (discriminator,)
        inputs = (given["latent"],) if who == "generator" else (given["real"], given["fake"])

        def call(*arrays: tf.Tensor) -> tf.Tensor:
            return step(*models, optimizer, *arrays)

        name = "ls_generator_step" if who == "generator" else "ls_discriminator_step"
        try:
            loss = (tf.function(call) if compiled else call)(*inputs)
        except NotImplementedError:
            raise
        except Exception as error:
            where = " inside tf.function" if compiled else ""
            raise AssertionError(f"{name} stops{where} with {type(error).__name__}: {error}") from error
        moves = [
            np.concatenate([np.ravel(new - old) for new, old in zip(model.get_weights(), weights, strict=True)])
            for model, weights in zip((generator, discriminator), before, strict=True)
        ]
        return moves[0], moves[1], loss

    def right(who: str, loss_of: tuple[Callable, Callable]) -> tuple[NDArray, NDArray, object]:
        def step(*arguments: object) -> tf.Tensor:
            *models, optimizer = arguments[: 3 if who == "generator" else 2]
            inputs = arguments[len(models) + 1 :]
            with tf.GradientTape() as tape:
                if who == "generator":
                    loss = loss_of[1](models[1](models[0](inputs[0])))
                else:
                    loss = loss_of[0](*(models[0](points) for points in inputs))
            optimizer.apply(tape.gradient(loss, models[0].trainable_variables), models[0].trainable_variables)
            return loss

        return changes(who, step)

    wanted = (
        lambda real, fake: tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2),
        lambda fake: tf.reduce_mean((fake - 1) ** 2),
    )
    aims = {
        "discriminator": "mean((D(real) - 1)^2) + mean(D(fake)^2)",
        "generator": "mean((D(G(latent)) - 1)^2)",
    }
    for who, step in (("discriminator", disc_step), ("generator", gen_step)):
        name = f"ls_{who}_step"
        *mine, loss = changes(who, step)
        own, other = mine if who == "generator" else mine[::-1]
        rest = "discriminator" if who == "generator" else "generator"
        assert not np.any(other), (
            f"{name} moves the {rest}, too: ask the tape only for the gradient of the {who}'s trainable_variables"
        )
        assert np.any(own), f"{name} does not move the {who}: compute inside the tape, then apply the gradient"
        *goals, right_loss = right(who, wanted)
        goal = goals[0] if who == "generator" else goals[1]
        if not np.allclose(own, goal, rtol=0.01, atol=1e-6):
            for sentence, wrong in HALF_STEP_MISTAKES.items():
                if wrong[who == "generator"] is None:
                    continue
                moves = right(who, wrong)
                assert not np.allclose(own, moves[0] if who == "generator" else moves[1], rtol=0.01, atol=1e-6), (
                    f"{name}: {sentence}. Its loss should be {aims[who]}"
                )
            towards = float(own @ goal / np.linalg.norm(own) / np.linalg.norm(goal))
            assert towards > 0, f"{name} goes uphill: it should make {aims[who]} smaller"
            raise AssertionError(f"{name} does not follow the gradient of {aims[who]}: see what it computes")
        assert loss is not None and np.size(loss) == 1 and np.isclose(float(loss), float(right_loss), rtol=0.01), (
            f"{name} should return its loss, here {float(right_loss):.4f}, not {loss}"
        )
        *compiled, _ = changes(who, step, compiled=True)
        assert np.allclose(compiled[0 if who == "generator" else 1], goal, rtol=0.01, atol=1e-6), (
            f"{name} does something else inside tf.function, where a training calls it"
        )


# ---------------------------------------------------------------- recordings of games that fail

FAILURES = {  # name: what to look at, and how far it may go, by `games.signs`
    "collapse": (
        "in a collapse the points of one moment lie close together, and the losses swing around a draw",
        lambda signs: 0.001 < signs["spread"] < 0.15 and signs["d_loss"] > 1.2,
        "here their x has the standard deviation {spread:.2f} in the median moment (real points: 0.29), and the "
        "discriminator's loss is {d_loss:.2f} in the mean",
    ),
    "dead generator": (
        "a dead generator makes one single point of all latent points",
        lambda signs: signs["spread"] <= 0.001,
        "here their x has the standard deviation {spread:.3f}",
    ),
    "oscillation": (
        "in an oscillation the points run far beyond the data, to and fro",
        lambda signs: signs["farthest"] > 4,
        "here the mean of their x stays within {farthest:.1f} of the middle",
    ),
    "discriminator too good": (
        "a discriminator that is too good has a loss far below 1.386, for long",
        lambda signs: signs["d_loss"] < 1.2 and signs["farthest"] <= 4,
        "here its mean is {d_loss:.2f}, and the mean of x goes as far as {farthest:.1f}",
    ),
}


def diagnosis(name: str, signs: dict[str, float], failure: str) -> None:
    """Compare the named failure with what the recording shows; name is the recording's."""
    assert failure in FAILURES, f"{name}: {failure!r} is none of {', '.join(FAILURES)}"
    what, shows, evidence = FAILURES[failure]
    assert shows(signs), f"{name} is no {failure}: {what}; {evidence.format(**signs)}"


def cure(
    name: str, change: object, replay: Callable[[str, str, object], float], settings: Iterable[str], bar: float
) -> None:
    """Play a recording's game again with one setting changed, and judge where it ends.

    Args:
        name: of the recording.
        change: a dictionary of one setting and its new value.
        replay: gives the energy distance x 1000 of recording, setting and value.
        settings: that may be changed.
        bar: what is to be reached.
    """
    assert isinstance(change, dict) and len(change) == 1, (
        f"{name}: change one setting, such as {{'beta_1': 0.9}}, not {change}: what several together bring says little"
    )
    setting, value = next(iter(change.items()))
    assert setting in settings, f"{name}: {setting!r} is none of {', '.join(settings)}"
    distance = replay(name, setting, value)
    assert distance < bar, (
        f"{name}, played again with {setting} = {value}, ends at an energy distance of {distance:.0f} / 1000, and "
        f"{bar:g} is to be reached: that is not what made it fail"
    )
