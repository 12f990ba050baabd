"""What several check cells share: stand-ins for steps that are still open, and comparisons that see what code does.

A check must not mind how an answer is written. So networks are given the same weights and compared by what comes out of
them, and a training step is judged by what it does to the weights of two small networks.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterable, Iterator

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
            dense = [
                layers.Dense(u, kernel_initializer=keras.initializers.RandomNormal(0, 0.6, seed + u)) for u in (4,)
            ]
            last = layers.Dense(outputs, kernel_initializer=keras.initializers.RandomNormal(0, 0.6, seed))
            made.append(keras.Sequential([keras.Input((inputs,)), *dense, layers.LeakyReLU(), last]))
        return made[0], made[1]

    def changes(who: str, step: Callable, compiled: bool = False) -> tuple[NDArray, NDArray, object]:
        """How one half-step moves the generator and the discriminator, and what it returns."""
        generator, discriminator = networks()
        before = [model.get_weights() for model in (generator, discriminator)]
        optimizer = keras.optimizers.SGD(0.01)
        optimizer.build((generator if who == "generator" else discriminator).trainable_variables)
        models = (generator, discriminator) if who == "generator" else (discriminator,)
        inputs = (given["latent"],) if who == "generator" else (given["real"], given["fake"])
        call = (lambda: step(*models, optimizer, *inputs)) if not compiled else None
        name = "ls_generator_step" if who == "generator" else "ls_discriminator_step"
        try:
            loss = call() if call else tf.function(lambda *arrays: step(*models, optimizer, *arrays))(*inputs)
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
