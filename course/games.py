"""Many games of a small GAN at once: one compiled graph plays all seeds of a recipe side by side.

A single game proves little: another seed ends differently. The networks of lesson 2 are so small that a step of
32 games takes about four times as long as a step of one, since much of a step is spent on calling operations. So the
weights of all games are stacked, ``(games, inputs, units)``, and each multiplication serves every game. Adam works on
each number by itself, so that games do not mix.
"""

from __future__ import annotations

import contextlib
import functools
import logging
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from numpy.typing import ArrayLike, NDArray
from tqdm import tqdm

from course import points

# Every game is a graph of its own, which TensorFlow takes for an oversight.
logging.getLogger("tensorflow").addFilter(lambda record: "tf.function retracing" not in record.getMessage())

Sampler = Callable[[int], tuple[tf.Tensor, tf.Tensor]]


def use_one_thread() -> None:
    """Do not divide single operations among cores: of networks this small, handing the parts out takes longer.

    It has to come before TensorFlow has computed anything, and does nothing afterwards.
    """
    with contextlib.suppress(RuntimeError):
        tf.config.threading.set_intra_op_parallelism_threads(1)


def parabola(n: int) -> tuple[tf.Tensor, tf.Tensor]:
    """n real points (n, 2) of y = x^2, x uniform on [-0.5, 0.5), and their labels, ones (n, 1)."""
    x = tf.random.uniform((n, 1), -0.5, 0.5)
    return tf.concat([x, x**2], axis=1), tf.ones((n, 1))


def new_players(seed: int) -> tuple[keras.Model, keras.Model]:
    """The chapter's two networks, untrained: for what comes before the lesson builds them itself."""
    keras.utils.set_random_seed(seed)

    def network(inputs: int, units: int, outputs: int) -> keras.Model:
        hidden = layers.Dense(units, activation="relu", kernel_initializer="he_uniform")
        return keras.Sequential([keras.Input((inputs,)), hidden, layers.Dense(outputs)])

    return network(5, 15, 2), network(2, 25, 1)


@dataclass(frozen=True)
class Recipe:
    """How a game is played; the defaults are the chapter's way.

    Attributes:
        steps: of the game.
        batch: latent points of the generator's half-step; the discriminator sees half as many of each kind.
        one_update: whether the discriminator makes one update on real and generated points together, not two.
        gen_rate, disc_rate: Adam's learning rates.
        beta_1: Adam's memory, for both players.
        averaging: momentum of the running mean of the generator's weights, which is judged; 0 means none.
        r1, r2: weight of the squared gradient of the discriminator's logit at real points (R1), at generated ones (R2).
            Mescheder, Geiger and Nowozin, Which Training Methods for GANs do actually Converge?, 2018,
            https://arxiv.org/abs/1801.04406. Only with one_update.
        decay: whether both rates fall to 0, in a straight line, in the second half of the game.
        saturating: whether the generator minimises log(1 - D) in place of -log D.
        relativistic: whether each generated point is compared with a real one. Huang and others, The GAN is dead; long
            live the GAN!, 2024, https://arxiv.org/abs/2501.05441. Only with one_update.
    """

    steps: int = 1000
    batch: int = 128
    one_update: bool = False
    gen_rate: float = 0.001
    disc_rate: float = 0.001
    beta_1: float = 0.9
    averaging: float = 0.0
    r1: float = 0.0
    r2: float = 0.0
    decay: bool = False
    saturating: bool = False
    relativistic: bool = False

    def __post_init__(self) -> None:
        if self.steps < 1 or self.batch < 2:
            raise ValueError(f"A game needs a step and a batch of 2 at least, not {self.steps} and {self.batch}.")
        if (self.r1 or self.r2 or self.relativistic) and not self.one_update:
            raise ValueError("r1, r2 and relativistic look at both kinds of points at once: they need one_update=True.")


BEST = Recipe(steps=20_000, one_update=True, beta_1=0.5, averaging=0.999, r1=0.01, decay=True)


@dataclass
class Played:
    """What a group of games leaves behind.

    Attributes:
        losses: of each step and game, (steps, games, 2): the discriminator's, for real plus generated points, and the
            generator's.
        recorded: the steps after which the games were recorded.
        points: what the generators of that moment made of the same latent points, (records, games, n, 2).
    """

    losses: NDArray[np.float32]
    recorded: list[int]
    points: list[NDArray[np.float32]]


class Stack:
    """Networks of one shape with their weights stacked; layers are Dense and LeakyReLU, one after the other."""

    def __init__(self, models: Sequence[keras.Model]) -> None:
        self.models = models
        self.variables: list[tf.Variable] = []
        self.calls: list[Callable[[tf.Tensor], tf.Tensor]] = []
        for number, layer in enumerate(models[0].layers):
            if isinstance(layer, layers.Dense):
                kernel, bias = (np.stack([model.layers[number].get_weights()[i] for model in models]) for i in (0, 1))
                weights = tf.Variable(kernel), tf.Variable(bias[:, None, :])
                self.variables += weights
                self.calls.append(lambda x, weights=weights: tf.matmul(x, weights[0]) + weights[1])
                self.calls.append(layer.activation)
            elif isinstance(layer, layers.LeakyReLU):
                self.calls.append(layer)
            else:
                raise TypeError(f"Many games at once know Dense and LeakyReLU, not {type(layer).__name__}.")

    def __call__(self, x: tf.Tensor) -> tf.Tensor:
        """Inputs (games, n, inputs) to outputs (games, n, outputs)."""
        for call in self.calls:
            x = call(x)
        return x

    def give_back(self) -> None:
        """Put the weights into the models that they came from."""
        for game, model in enumerate(self.models):
            model.set_weights(
                [
                    variable.numpy()[game].reshape(weight.shape)
                    for variable, weight in zip(self.variables, model.weights, strict=True)
                ]
            )


def cross_entropy(logits: tf.Tensor, real: bool) -> tf.Tensor:
    """-log D where the label says real, -log(1 - D) where generated; of each game (games,), mean over its points."""
    return tf.reduce_mean(tf.math.softplus(-logits if real else logits), axis=(1, 2))


def penalty(discriminators: Stack, points: tf.Tensor) -> tf.Tensor:
    """Mean of the squared gradient of the logit at points (games, n, 2), for each game."""
    with tf.GradientTape() as inner:
        inner.watch(points)
        logits = discriminators(points)
    slopes = inner.gradient(logits, points)
    return tf.reduce_mean(tf.reduce_sum(slopes**2, axis=2), axis=1)


class Game:
    """Games side by side, one for each pair of networks; `play` plays them, the halves play half a step of all."""

    def __init__(
        self, players: Sequence[tuple[keras.Model, keras.Model]], sampler: Sampler, recipe: Recipe, seed: int = 0
    ) -> None:
        """Take the weights of the networks.

        Args:
            players: a generator and a discriminator for each game, of equal shapes; only their weights count.
            sampler: gives so many real points (n, 2) and labels (n, 1); called inside tf.function.
            recipe: how to play.
            seed: of all draws of this group.
        """
        check_sampler(sampler)
        keras.utils.set_random_seed(seed)
        self.sampler, self.recipe, self.games = sampler, recipe, len(players)
        self.generators, self.discriminators = (Stack(models) for models in zip(*players, strict=True))
        self.size, self.half = players[0][0].input_shape[-1], recipe.batch // 2
        mean = {"use_ema": True, "ema_momentum": recipe.averaging} if recipe.averaging else {}
        self.gen_optimizer = keras.optimizers.Adam(recipe.gen_rate, recipe.beta_1, **mean)
        self.disc_optimizer = keras.optimizers.Adam(recipe.disc_rate, recipe.beta_1)
        self.gen_optimizer.build(self.generators.variables)
        self.disc_optimizer.build(self.discriminators.variables)
        self.shown = tf.random.stateless_normal((1, 300, self.size), seed=(seed, 1))  # recorded all along

    def real(self, n: int) -> tf.Tensor:
        """Real points (games, n, 2)."""
        return tf.reshape(self.sampler(self.games * n)[0], (self.games, n, 2))

    def update(self, optimizer: keras.optimizers.Optimizer, stack: Stack, loss: Callable[[], tf.Tensor]) -> tf.Tensor:
        """One update of these networks, and of no others; the loss of each game."""
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(stack.variables)
            value = loss()
        gradients = tape.gradient(value, stack.variables, unconnected_gradients="zero")
        optimizer.apply(gradients, stack.variables)
        return value

    def discriminators_half(self) -> tf.Tensor:
        """Half a step: the discriminators learn, nobody else moves. Their losses, for real plus generated points."""
        recipe, real = self.recipe, self.real(self.half)
        fake = self.generators(tf.random.normal((self.games, self.half, self.size)))

        def together() -> tf.Tensor:
            logits = self.discriminators(tf.concat([real, fake], axis=1))
            of_real, of_fake = logits[:, : self.half], logits[:, self.half :]
            if recipe.relativistic:
                loss = cross_entropy(of_real - of_fake, real=True)
            else:
                loss = (cross_entropy(of_real, real=True) + cross_entropy(of_fake, real=False)) / 2
            for weight, pile in ((recipe.r1, real), (recipe.r2, fake)):
                if weight:
                    loss += weight * penalty(self.discriminators, pile)
            return loss

        def alone(points: tf.Tensor, real: bool) -> tf.Tensor:
            loss = lambda: cross_entropy(self.discriminators(points), real)  # noqa: E731
            return self.update(self.disc_optimizer, self.discriminators, loss)

        if recipe.one_update:
            both = self.update(self.disc_optimizer, self.discriminators, together)
            return both if recipe.relativistic else 2 * both
        return alone(real, True) + alone(fake, False)

    def generators_half(self) -> tf.Tensor:
        """The other half: the generators learn, nobody else moves. Their losses."""
        recipe = self.recipe
        latent = tf.random.normal((self.games, recipe.batch, self.size))

        def loss() -> tf.Tensor:
            logits = self.discriminators(self.generators(latent))
            if recipe.relativistic:
                return cross_entropy(logits - self.discriminators(self.real(recipe.batch)), real=True)
            return -cross_entropy(logits, real=False) if recipe.saturating else cross_entropy(logits, real=True)

        return self.update(self.gen_optimizer, self.generators, loss)

    def look(self, title: str, force: Callable, count: int = 60) -> points.Moment:
        """The first game as it stands.

        Args:
            title: of the picture.
            force: arrows (n, 2) of a discriminator and points (n, 2).
            count: of points.
        """

        def discriminator(made: tf.Tensor) -> tf.Tensor:
            return self.discriminators(tf.repeat(tf.constant(made)[None], self.games, axis=0))[0]

        made = self.made()[0, :count]
        return points.moment(title, discriminator, made, lambda where: force(discriminator, where))

    def made(self) -> NDArray[np.float32]:
        """What the generators make of the same 300 latent points at any time, (games, 300, 2)."""
        return self.generators(tf.repeat(self.shown, self.games, axis=0)).numpy()

    @tf.function(reduce_retracing=True)
    def part(self, first: tf.Tensor, count: tf.Tensor) -> tf.Tensor:
        """Some steps in one graph; the losses of each, (count, games, 2)."""
        losses = tf.TensorArray(tf.float32, size=count)
        for step in tf.range(count):
            if self.recipe.decay:
                left = tf.minimum(1.0, 2 - 2 * tf.cast(first + step, tf.float32) / self.recipe.steps)
                self.gen_optimizer.learning_rate.assign(self.recipe.gen_rate * left)
                self.disc_optimizer.learning_rate.assign(self.recipe.disc_rate * left)
            losses = losses.write(step, tf.stack([self.discriminators_half(), self.generators_half()], axis=1))
        return losses.stack()

    def give_back(self) -> None:
        """Put the weights into the networks that they came from."""
        self.generators.give_back()
        self.discriminators.give_back()


def play(
    players: Sequence[tuple[keras.Model, keras.Model]],
    sampler: Sampler,
    recipe: Recipe,
    seed: int = 0,
    record_every: int = 0,
) -> Played:
    """Play a whole game for each pair of networks, all at once; afterwards the networks hold what they have learnt.

    Args:
        players, sampler, recipe, seed: see `Game`. With averaging the generators end with their mean weights.
        record_every: keep what the generators make of the same 300 latent points after so many steps; 0: never.

    Raises:
        ValueError: in one sentence, if the sampler gives no real points, or a loss is no longer finite.
    """
    game = Game(players, sampler, recipe, seed)
    length = record_every or min(recipe.steps, 1000)
    recorded, made, losses = [], [], []
    for begin in bar(range(0, recipe.steps, length)):
        count = min(length, recipe.steps - begin)
        losses.append(game.part(tf.constant(begin), tf.constant(count)).numpy())
        finite(losses[-1], begin)
        if record_every:
            recorded.append(begin + count)
            made.append(game.made())
    if recipe.averaging:
        game.gen_optimizer.finalize_variable_values(game.generators.variables)
    game.give_back()
    return Played(np.concatenate(losses), recorded, made)


def bar(parts: Sequence) -> Iterable:
    """A progress bar with the time left; it goes when all is done."""
    return tqdm(parts, "Playing", file=sys.stdout, leave=False)


def take_turns(turns: Sequence[tuple], steps: int, rate: float = 0.003, **memory: float) -> None:
    """Train networks by Adam, each loss moving its own, at a rate that falls to 0.

    Args:
        turns: of each step, in order: a function that returns a loss, the networks that it moves, how often.
        steps: number of steps.
        rate: of learning, at the beginning; it falls along a cosine (Loshchilov and Hutter, SGDR: Stochastic Gradient
            Descent with Warm Restarts, 2016).
        **memory: beta_1 and beta_2 of Adam.
    """
    moved = [[weight for network in networks for weight in network.trainable_variables] for _, networks, _ in turns]
    adams = []
    for weights, (_, _, times) in zip(moved, turns, strict=True):
        falling = keras.optimizers.schedules.CosineDecay(rate, steps * times)
        adams.append(keras.optimizers.Adam(falling, **memory))
        adams[-1].build(weights)

    @tf.function
    def some(count: tf.Tensor) -> None:
        for _ in tf.range(count):
            for (loss, _, times), weights, adam in zip(turns, moved, adams, strict=True):
                for _ in range(times):
                    with tf.GradientTape() as tape:
                        value = loss()
                    adam.apply(tape.gradient(value, weights, unconnected_gradients="zero"))

    for begin in bar(range(0, steps, 100)):
        some(tf.constant(min(100, steps - begin)))


def check_sampler(sampler: Sampler) -> None:
    """Look at what gives the real points, before a training begins.

    Raises:
        ValueError: in one sentence, if they are not float32 points (n, 2) with labels (n, 1), as many as asked for.
    """
    name = getattr(sampler, "__name__", "the sampler")
    made = sampler(6)
    if not isinstance(made, (tuple, list)) or len(made) != 2:
        raise ValueError(f"{name}(6) should return two things, points and labels, not {type(made).__name__}.")
    for what, array, shape in (("points", made[0], (6, 2)), ("labels", made[1], (6, 1))):
        if tuple(np.shape(array)) != shape:
            raise ValueError(f"{name}(6) should return {what} of the shape {shape}, not {tuple(np.shape(array))}.")
        if (what == "points" or tf.is_tensor(array)) and getattr(array, "dtype", None) != tf.float32:
            raise ValueError(f"{name} should return {what} of the type float32: use tf.cast.")
        if not np.isfinite(array).all():
            raise ValueError(f"{name} returned {what} that are not finite numbers.")


def finite(losses: ArrayLike, step: int) -> None:
    """Stop a training whose losses have become NaN or infinite.

    Raises:
        ValueError: which says after which step.
    """
    bad = ~np.isfinite(np.reshape(losses, (len(losses), -1))).all(axis=1)
    if bad.any():
        raise ValueError(
            f"The loss of step {step + int(bad.argmax()) + 1} is not a finite number: try a smaller learning rate, and "
            "look at the real points."
        )


def examine(
    generators: Sequence[keras.Model],
    discriminators: Sequence[keras.Model],
    sampler: Sampler,
    steps: int = 2000,
    rate: float = 0.003,
    seed: int = 0,
) -> NDArray[np.float64]:
    """How often fresh discriminators tell the points of frozen generators from real ones: half the time at best.

    The generators do not answer, so that a discriminator has the time that it never has in a game. One more has to
    tell real points from real ones, which nobody can. After Lopez-Paz and Oquab, Revisiting Classifier Two-Sample
    Tests, 2017, https://arxiv.org/abs/1610.06545.

    Args:
        generators: (n, latent size) in, points (n, 2) out.
        discriminators: new ones, one for each generator, and one more.
        sampler: gives so many real points and labels.
        steps, rate: of the training; each step sees 64 fresh points of each kind.
        seed: of all draws.

    Returns:
        Accuracy on 4,000 fresh points of each kind: for each generator, and at the end of real against real.
    """
    if len(discriminators) != len(generators) + 1:
        raise ValueError(
            f"{len(generators)} generators need {len(generators) + 1} discriminators: one for real points."
        )
    keras.utils.set_random_seed(seed)
    fakers, examiners = Stack(generators), Stack(discriminators)
    size, optimizer = generators[0].input_shape[-1], keras.optimizers.Adam(rate)
    optimizer.build(examiners.variables)

    def both_kinds(n: int) -> tuple[tf.Tensor, tf.Tensor]:
        real = tf.reshape(sampler(len(discriminators) * n)[0], (len(discriminators), n, 2))
        fake = fakers(tf.random.normal((len(generators), n, size)))
        return real, tf.concat([fake, sampler(n)[0][None]], axis=0)

    @tf.function
    def learn() -> None:
        for _ in tf.range(steps):
            real, fake = both_kinds(64)
            with tf.GradientTape() as tape:
                loss = cross_entropy(examiners(real), real=True) + cross_entropy(examiners(fake), real=False)
            optimizer.apply(tape.gradient(loss, examiners.variables), examiners.variables)

    learn()
    real, fake = both_kinds(4000)
    right = tf.concat([examiners(real) > 0, examiners(fake) <= 0], axis=1)
    return np.mean(right.numpy(), axis=(1, 2))


def leaky(generator: keras.Model, slope: float = 0.2) -> keras.Model:
    """The same network and weights with LeakyReLU in place of ReLU, whose units cannot die."""
    made = keras.Sequential([keras.Input(generator.input_shape[1:])], name=generator.name)
    for layer in generator.layers:
        if getattr(layer, "activation", None) is keras.activations.relu:
            made.add(layers.Dense(layer.units, kernel_initializer="he_uniform"))
            made.add(layers.LeakyReLU(negative_slope=slope))
        else:
            made.add(layers.Dense(layer.units))
    made.set_weights(generator.get_weights())
    return made


def living_units(generator: keras.Model, latent_points: tf.Tensor) -> int:
    """How many units of the first hidden layer answer to some of these latent points, and not always alike."""
    hidden = keras.Model(generator.inputs, generator.layers[0].output)(latent_points)
    return int(np.sum(np.std(hidden, axis=0) > 0))


# ---------------------------------------------------------------- recordings for the first task of lesson 2

SOUND = Recipe(steps=2000, one_update=True, beta_1=0.5)
SETTINGS = ("gen_rate", "disc_rate", "beta_1", "saturating")  # one of them is wrong in each recording
RECORDED = {  # the recipe, and whether the generator has LeakyReLU
    "A": (replace(SOUND, disc_rate=0.05), True),
    "B": (replace(SOUND, disc_rate=0.00001), True),
    "C": (replace(SOUND, gen_rate=0.05), True),
}


def _recorded_players(name: str, seeds: Iterable[int]) -> list[tuple[keras.Model, keras.Model]]:
    """New networks for a recording."""
    pairs = [new_players(seed) for seed in seeds]
    return [(leaky(generator), discriminator) for generator, discriminator in pairs] if RECORDED[name][1] else pairs


def recordings() -> dict[str, Played]:
    """Three games that fail, each in another way, by name; recorded every 10 steps."""
    return {
        name: play(_recorded_players(name, [1]), parabola, RECORDED[name][0], seed=1, record_every=10)
        for name in RECORDED
    }


def signs(played: Played) -> dict[str, float]:
    """What the second half of the first of some recorded games shows.

    Returns:
        `spread`: standard deviation of the points' x, median over moments; `farthest`: largest distance of their mean
        x from 0; `d_loss`: mean loss of the discriminator.
    """
    x = np.array([made[0, :, 0] for made in played.points[len(played.points) // 2 :]])
    late = played.losses[len(played.losses) // 2 :, 0, 0]
    return {
        "spread": float(np.median(x.std(axis=1))),
        "farthest": float(np.abs(x.mean(axis=1)).max()),
        "d_loss": float(late.mean()),
    }


@functools.cache
def replay(name: str, setting: str, value: float) -> float:
    """A recording's game on three other seeds with one setting changed: median energy distance x 1000."""
    pairs = _recorded_players(name, range(2, 5))
    play(pairs, parabola, replace(RECORDED[name][0], **{setting: value}), seed=2)
    made = [generator(tf.random.normal((2000, 5))) for generator, _ in pairs]
    return float(np.median([1000 * points.energy_distance(one) for one in made]))


def reached(sampler: Sampler, recipe: Recipe, curve: ArrayLike, steps: int) -> tuple[list[float], NDArray]:
    """Play four games on other real points.

    Args:
        sampler: of the real points.
        recipe: how to play, but for the number of steps.
        curve: evenly spread points (m, 2) of what is to be learnt.

    Returns:
        Energy distance x 1000 of each game, and 200 points of the first.
    """
    pairs = [new_players(seed) for seed in range(4)]
    play(pairs, sampler, replace(recipe, steps=steps))
    made = [generator(tf.random.normal((4000, 5))).numpy() for generator, _ in pairs]
    return [1000 * points.energy_distance(one, curve) for one in made], made[0][:200]
