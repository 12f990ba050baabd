# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 2. A GAN that learns y = x²
#
# **What you will make:** two small networks that play against each other until one of them produces
# points on a parabola that it has never seen. You will see the force that moves each of its points.
#
# **What you will learn**
#
# * the game between generator and discriminator, half-step by half-step;
# * how to write the two halves so that each moves exactly one network;
# * how to judge a generator by a number that was first shown to tell good from bad;
# * what makes the game converge, how it fails, and how to see which failure it is.
#
# **What you need:** you have trained a classifier with Keras before, and know what a loss and a
# gradient are.
#
# **How long it takes:** about <!--time 02_quadratic_gan-->80 seconds<!--end--> of computing on 2
# CPU cores; half an hour of reading up to *How it fails*; the tasks at the end, an hour.

# %% [markdown]
# ## Setup

# %% jupyter={"source_hidden": true} tags=["setup"]
# Find the course, or fetch it; course/setup.py then checks Python, packages and device.
import os
import subprocess
import sys
from pathlib import Path

COURSE_REPO = os.environ.get("COURSE_REPO", "")  # owner/name, for a notebook opened alone
COURSE_BRANCH = os.environ.get("COURSE_BRANCH", "")
here, drive = Path.cwd(), Path("/content/drive/MyDrive")
opened = Path(globals().get("__vsc_ipynb_file__") or os.environ.get("JPY_SESSION_NAME") or ".")
places = [here, *here.parents, *opened.resolve().parents, *here.glob("*/"), *drive.glob("*/")]
places += drive.glob("Colab Notebooks/*/")
marked = [place for place in places if (place / "course/generative_models.txt").is_file()]
if not marked:
    address = f"https://github.com/{COURSE_REPO}" if COURSE_REPO.count("/") == 1 else COURSE_REPO
    clone = ["git", "clone", "--quiet", "--depth=1", address, "generative-models"]
    os.environ["GIT_TERMINAL_PROMPT"] = "0"  # an address that asks for a password is mistyped
    try:
        clone += ["--branch", COURSE_BRANCH] if COURSE_BRANCH else []
        subprocess.run(clone, check=True, capture_output=True, text=True)
    except (OSError, subprocess.CalledProcessError) as error:
        why = getattr(error, "stderr", "git is not installed").strip().split("\n")[0]
        why = f"Fetching '{address}' failed: {why}" if address else "It has no public address yet"
        advice = "Open this notebook inside the course's folder, or name its address in a cell"
        raise RuntimeError(f"{advice} above:  %env COURSE_REPO=owner/name  ({why})") from None
os.chdir(marked[0] if marked else "generative-models")  # so data/ and output/ are the course's
sys.path.insert(0, os.getcwd())
from course import setup

setup.start(here)

# %% tags=["library"]
import warnings
from dataclasses import replace

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

import utils
from course import games, points

SEED = 42


# %%
games.use_one_thread()  # networks this small gain nothing from several cores
n_full = 1000 * utils.epochs(20)  # steps of a long game: 20 times the chapter's 1000


# %% [markdown]
# ## See it
#
# First the result. A network that knows nothing of squares makes points out of random numbers. It
# never sees the blue curve. In a few seconds of training its points find it. How is that possible?

# %%
players = games.new_players(SEED)
recipe = games.Recipe(steps=n_full // 4, one_update=True, beta_1=0.5)
first_game = games.play([players], games.parabola, recipe, SEED, record_every=50)
alt = "Orange triangles gather on the parabola, step by step."
points.film_of_game(first_game, utils.output_dir() / "quadratic.gif", alt)

# %% [markdown]
# A **predictive** model answers a question about a sample: is this a tomato? A **generative** model
# makes new samples like those it was trained on, without labels. This one is a **GAN**, a
# generative adversarial network (Goodfellow and others, [*Generative Adversarial
# Nets*](https://arxiv.org/abs/1406.2661), 2014).

# %% [markdown]
# ## The game in small
#
# Picture a **counterfeiter** who prints bank notes and a **shopkeeper** who must spot them. Each
# time the shopkeeper finds out how to tell the notes apart, the counterfeiter learns what gave them
# away. In the end the shopkeeper can only guess.
#
# * The **generator** is the counterfeiter: random numbers in, a made-up point out. It never sees a
#   real one. All that it learns, it learns from the shopkeeper's verdict.
# * The **discriminator** is the shopkeeper: a point in, the probability $D$ that it is real out.

# %%
utils.show_figure("gan_game")

# %% [markdown]
# How can a verdict teach? The generator wants a large $D$ at its point, so its loss there is $-\log
# D$. The discriminator's verdict changes gradually from place to place. So it has a slope at that
# point: **minus the gradient of the generator's loss** says in which direction the point should
# move to be taken for real more easily. That is the force of the game.


# %% tags=["library"]
def force(discriminator, made):
    """At each point (n, 2), minus the gradient of the generator's loss there, (n, 2)."""
    made = tf.constant(made)
    with tf.GradientTape() as tape:
        tape.watch(made)
        loss = -tf.math.log_sigmoid(discriminator(made))  # -log D, D = sigmoid of its output
    return -tape.gradient(loss, made)


# %% [markdown]
# Now play by hand. Two untrained networks, ready-made (you will build them yourself in a minute),
# learn 30 times as fast as later, so that the eye sees each half-step. The map is the
# discriminator's verdict: blue where it would say *real*, orange where *generated*, a grey line
# where it is undecided ($D = 1/2$). Each triangle is a generated point, each arrow the force on it.
#
# **Predict, then run:** one half-step of the discriminator, then one of the generator. What will
# change in the picture, the map or the points?
#
# <details><summary>Answer</summary>The discriminator's half-step repaints the map and moves no
# point. The generator's half-step moves the points, roughly along their arrows, and leaves the map
# as it is. (Roughly: all points share the generator's 122 weights, so that none can go its own
# way.)</details>

# %%
fast = games.Recipe(one_update=True, beta_1=0.5, gen_rate=0.03, disc_rate=0.03)
by_hand = games.Game([games.new_players(7)], games.parabola, fast, seed=1)


# %% alt="Three maps with the parabola, triangles and arrows. From the first to the second the map changes and the triangles stay; from the second to the third the triangles have moved along their arrows and the map is the same."
moments = [by_hand.look("0: untrained", force)]
by_hand.discriminators_half()
moments.append(by_hand.look("1: discriminator's half-step", force))
by_hand.generators_half()
moments.append(by_hand.look("2: generator's half-step", force))
points.strip(moments, columns=3)
plt.show()

# %% [markdown]
# That is the whole idea of a GAN. Play eighteen half-steps more and step through them with the
# buttons (they need a running notebook; the film below shows the same). Watch the region that the
# discriminator takes for real: it shrinks, vanishes for a while and comes back on the parabola, and
# the points run after it: too far, and back.

# %%
for step in range(3, 21, 2):
    by_hand.discriminators_half()
    moments.append(by_hand.look(f"{step}: discriminator's half-step", force))
    by_hand.generators_half()
    moments.append(by_hand.look(f"{step + 1}: generator's half-step", force))
points.stepper(moments)

# %%
alt = "The first twenty half-steps as a film: in turn the map is repainted and the points move."
points.film_of_moments(moments, utils.output_dir() / "half_steps.gif", alt)

# %% alt="Four maps after 3, 6, 9 and 20 half-steps: the discriminator finds that real points are in the middle, and the generated points gather there."
points.strip([moments[step] for step in (3, 6, 9, 20)])
plt.show()

# %% [markdown]
# (Without Python, and with a hand on every setting: <a href="../docs/play/index.html">the same
# game, live in your browser</a>. Open the file from the course's folder.)
#
# ## Build it
#
# Now all of it by yourself, with the chapter's names and sizes. **Real points** come with the label
# 1, and *real* means: $x$ uniform on $[-0.5, 0.5)$ and $y = x^2$.


# %% tags=["library"]
def generate_real(n):
    """n real points (n, 2), x uniform on [-0.5, 0.5) and y = x^2; their labels, ones (n, 1)."""
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, x**2], axis=1), tf.ones((n, 1))


# %%
keras.utils.set_random_seed(SEED)  # Python, NumPy and TensorFlow at once
real_points, real_labels = generate_real(5)
print(np.round(real_points.numpy(), 3))
print("labels", real_labels.numpy().ravel())

# %% [markdown]
# The **generator** maps a **latent vector** of 5 random numbers to a point: one hidden layer of 15
# units, then 2 outputs, $x$ and $y$. The outputs are linear: a coordinate may be any number. (A
# sigmoid could not make a negative $x$.)

# %%
utils.show_figure("gan_generator")

# %% tags=["library"]
latent_dim = 5


def define_gen(latent_dim, n_outputs=2):
    """The generator: latent points (n, latent_dim) in, generated points (n, n_outputs) out."""
    hidden = layers.Dense(15, activation="relu", kernel_initializer="he_uniform")
    parts = [keras.Input((latent_dim,)), hidden, layers.Dense(n_outputs)]
    return keras.Sequential(parts, name="generator")


def gen_latent_points(latent_dim, n):
    """n latent points (n, latent_dim), each number standard normal."""
    return tf.random.normal((n, latent_dim))


def gen_fake(generator, latent_dim, n):
    """n generated points (n, 2) and their labels, zeros (n, 1)."""
    return generator(gen_latent_points(latent_dim, n)), tf.zeros((n, 1))


# %% alt="Real points on the parabola, and generated ones in a wide cloud over and around it."
generator = define_gen(latent_dim)
generator.summary()
untrained = gen_fake(generator, latent_dim, 100)[0]
points.scatter(generate_real(100)[0], untrained, "Before any training")
plt.show()

# %% [markdown]
# > **Watch out: normal or uniform?** The printed text says that `randn` gives uniform numbers. They
# > are normal. It is $x$ of the *real* points that is uniform, so the generator has to turn
# > bell-shaped numbers into evenly spread ones as well.
#
# The **discriminator** is a small classifier with one hidden layer of 25 units. Its data comes from
# two sources, and the label says from which.

# %%
utils.show_figure("gan_discriminator_sources")


# %% tags=["library"]
def define_disc(n_inputs=2):
    """The discriminator: points (n, n_inputs) in, logits (n, 1) out; positive means "real"."""
    hidden = layers.Dense(25, activation="relu", kernel_initializer="he_uniform")
    parts = [keras.Input((n_inputs,)), hidden, layers.Dense(1)]
    model = keras.Sequential(parts, name="discriminator")
    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(0.001),
        metrics=[keras.metrics.BinaryAccuracy(name="accuracy", threshold=0)],
    )
    return model


def define_your_gan(generator, discriminator):
    """Generator, then discriminator: latent points in, logits out; it trains the generator."""
    model = keras.Sequential([generator, discriminator], name="gan")
    loss = keras.losses.BinaryCrossentropy(from_logits=True)
    model.compile(loss=loss, optimizer=keras.optimizers.Adam(0.001))
    return model


# %%
discriminator = define_disc()
discriminator.summary()
your_gan = define_your_gan(generator, discriminator)
print("Untrained verdict on a real point:", tf.sigmoid(discriminator(real_points[:1])).numpy())
print("and on a fake one:", tf.sigmoid(your_gan(gen_latent_points(latent_dim, 1))).numpy())

# %% [markdown]
# > **Watch out: a probability, and its logit.** The network ends with the **logit**; a sigmoid
# > makes a probability of it, a number *between* 0 and 1 and not one of the two, as the printed
# > text has it. With `from_logits=True` Keras computes the loss from the logit itself, and its
# > gradient does not vanish where the sigmoid is flat.
#
# The two half-steps. Each asks for the gradient of **exactly those weights that are to move**. In
# the second one the gradient passes *through* the discriminator, which is the force from above, and
# goes on into the generator.

# %%
utils.show_figure("gan_backprop")


# %% tags=["library"]
def discriminator_step(d_model, points, labels):
    """First half: d_model learns the labels of these points, and only it moves. Its loss."""
    with tf.GradientTape() as tape:
        loss = d_model.loss(labels, d_model(points, training=True))
    gradients = tape.gradient(loss, d_model.trainable_variables)
    d_model.optimizer.apply_gradients(zip(gradients, d_model.trainable_variables))
    return loss


def generator_step(g_model, your_gan_model, latent_points):
    """Second half: g_model learns to be taken for real, and only it moves. Its loss."""
    with tf.GradientTape() as tape:
        verdicts = your_gan_model(latent_points, training=True)
        loss = your_gan_model.loss(tf.ones_like(verdicts), verdicts)  # "take these for real!"
    gradients = tape.gradient(loss, g_model.trainable_variables)
    your_gan_model.optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
    return loss


# %% [markdown]
# > **Watch out: a swapped caption.** The text under the printed figure on training the generator
# > says that the generator's weights are fixed then. It is the other way round.


# %%
def moved(model, before):
    """Sum of the absolute changes of a model's weights since `before`."""
    return sum(np.abs(new - old).sum() for old, new in zip(before, model.get_weights()))


before = discriminator.get_weights(), generator.get_weights()
discriminator_step(discriminator, *generate_real(64))
print("First half: discriminator moved by", moved(discriminator, before[0]))
print("            generator by", moved(generator, before[1]))
before = discriminator.get_weights(), generator.get_weights()
generator_step(generator, your_gan, gen_latent_points(latent_dim, 128))
print("Second half: discriminator moved by", moved(discriminator, before[0]))
print("             generator by", moved(generator, before[1]))

# %% [markdown]
# > **Check yourself**
# >
# > <details><summary>1. A half-step of the discriminator: what moves on the picture?</summary>The
# > map, and with it the arrows. No point moves, since the generator's weights are not touched. If
# > you said "the points": they move in the other half-step only.</details>
# > <details><summary>2. What does the generator know of the parabola?</summary>Nothing directly. It
# > is told, through the gradient, in which direction each of its points would seem more real. If
# > you said "the real points of the batch": those go to the discriminator only.</details>
# > <details><summary>3. Why is the gradient of the generator's loss taken through the
# > discriminator, though the discriminator must not move?</summary>Because the loss is a verdict:
# > how the verdict changes when a point moves is what the generator has to learn. Taking a gradient
# > moves nothing; only an optimizer does, and this one is given the generator's weights
# > only.</details>
# > <details><summary>4. Latent points are standard normal, and x of the real points is uniform. Who
# > makes the one from the other?</summary>The generator. Any smooth distribution will do to begin
# > with, as long as it is always the same.</details>

# %% [markdown]
# ## Train
#
# A step of the chapter: the discriminator learns from half a batch of real points and from half a
# batch of generated ones; then the generator learns from a full batch. `tf.function` compiles the
# steps between two summaries into one graph: calling Keras from Python for networks this small
# takes far longer than the arithmetic. (The chapter calls its steps epochs, hence `n_epochs`.)


# %% tags=["library"]
def performance_summary(epoch, generator, discriminator, latent_dim, n=100):
    """Plot n real and n generated points, and say how many of each are judged rightly."""
    real_points, real_labels = generate_real(n)
    fake_points, fake_labels = gen_fake(generator, latent_dim, n)
    _, accuracy_real = discriminator.evaluate(real_points, real_labels, verbose=0)
    _, accuracy_fake = discriminator.evaluate(fake_points, fake_labels, verbose=0)
    right = f"{accuracy_real:.0%} of real, {accuracy_fake:.0%} of fake"
    points.scatter(real_points, fake_points, f"Step {epoch}: right about {right}")
    plt.gca().set(xlim=(-1, 1), ylim=(-0.5, 1))  # the same window at every step
    plt.show()


def two_updates(d_model, real, fake):
    """The discriminator's half-step of the chapter: an update on each kind. Both losses added."""
    return discriminator_step(d_model, *real) + discriminator_step(d_model, *fake)


# %% tags=["library"]
def train(
    g_model,
    d_model,
    your_gan_model,
    latent_dim,
    n_epochs=1000,
    n_batch=128,
    n_eval=100,
    summary=performance_summary,
    disc_half=two_updates,
):
    """Play n_epochs steps, a summary every n_eval; the losses of both players (n_epochs, 2)."""

    @tf.function
    def steps(n):
        losses = tf.TensorArray(tf.float32, size=n)
        for step in tf.range(n):
            real, fake = generate_real(n_batch // 2), gen_fake(g_model, latent_dim, n_batch // 2)
            d_loss = disc_half(d_model, real, fake)
            latent_points = gen_latent_points(latent_dim, n_batch)
            g_loss = generator_step(g_model, your_gan_model, latent_points)
            losses = losses.write(step, tf.stack([d_loss, g_loss]))
        return losses.stack()

    losses = []
    for epoch in range(0, n_epochs, n_eval):
        losses.append(steps(tf.constant(min(n_eval, n_epochs - epoch))).numpy())
        games.finite(losses[-1], epoch)
        if summary:
            summary(epoch + len(losses[-1]), g_model, d_model, latent_dim)
    return np.concatenate(losses)


# %% [markdown]
# The chapter's 1000 steps, with a fresh pair of networks. (The window cuts off points that lie
# further out.)

# %% alt=["Generated points and the parabola after 250 steps", "Generated points and the parabola after 500 steps", "Generated points and the parabola after 750 steps", "Generated points and the parabola after 1000 steps"]
generator, discriminator = define_gen(latent_dim), define_disc()
your_gan = define_your_gan(generator, discriminator)
losses = train(generator, discriminator, your_gan, latent_dim, n_eval=250)

# %% [markdown]
# The points have come near the curve, but not onto it. After some 400 steps the losses stay level,
# where a classifier's would go on falling: they settle near two dashed lines, a **draw** between
# the players. Why those?

# %% alt="Both losses over 1000 steps: noisy at first, then near dashed lines at 1.386 and 0.693."
points.plot_losses(losses)
plt.show()

# %% [markdown]
# ## Why it works, and where it should end
#
# Goodfellow and others write the game as one formula:
#
# $$\min_G \max_D \; \mathbb{E}_{x}\left[\log D(x)\right] + \mathbb{E}_{z}\left[\log\left(1 - D(G(z))\right)\right]$$
#
# For the discriminator that is nothing new: the cross-entropy with labels 1 and 0 *is* the formula,
# with a minus sign.

# %%
some_real, some_fake = generate_real(1000)[0], gen_fake(generator, latent_dim, 1000)[0]
d_real, d_fake = tf.sigmoid(discriminator(some_real)), tf.sigmoid(discriminator(some_fake))
formula = np.mean(np.log(d_real)) + np.mean(np.log(1 - d_fake))
of_real = discriminator.loss(tf.ones((1000, 1)), discriminator(some_real))
of_fake = discriminator.loss(tf.zeros((1000, 1)), discriminator(some_fake))
print(f"formula {formula:.5f}, cross-entropies of both kinds added {of_real + of_fake:.5f}")

# %% [markdown]
# For the generator there is a difference. The formula has it minimise $\log(1 - D)$, the code above
# minimises $-\log D$. Both pull towards a larger $D$, but look at the slopes with respect to the
# logit: $-D$ for the first, $-(1 - D)$ for the second. Where a point is surely seen through ($D$
# near 0), the first has no slope left, just where the generator has to learn most: it
# **saturates**. The second is the **non-saturating** loss, and the one in common use. You will
# write both in task 4.
#
# What is the best verdict? Say that real points are found at a place with density $p$, generated
# ones with density $q$. If as many real points are shown as generated ones, the share $p / (p + q)$
# of all points met there is real, and no discriminator can do better than to say so: $D^* = p / (p
# + q)$. **Predict, then run:** generated points fill a square evenly, real ones only its right
# half, so there they are twice as dense. What will a discriminator say on the right, and on the
# left?
#
# <details><summary>Answer</summary>On the right $2 / (2 + 1) = 2/3$, on the left 0.</details>

# %%
square = tf.random.uniform((8000, 2), -1.0, 1.0)
right_half = tf.random.uniform((8000, 2), [0.0, -1.0], [1.0, 1.0])
labels = tf.concat([tf.ones((8000, 1)), tf.zeros((8000, 1))], axis=0)
best = define_disc()
both = tf.concat([right_half, square], axis=0)
best.fit(both, labels, batch_size=128, epochs=8, verbose=0)
for place, x in [("right", 0.5), ("left", -0.5)]:
    print(f"{place}: D = {tf.sigmoid(best(tf.constant([[x, 0.0]])))[0, 0]:.2f}")

# %% [markdown]
# If the generator is perfect, $p = q$ everywhere, and the best verdict is **one half**. The
# discriminator then pays $\ln 2$ for each kind, together $2 \ln 2 = 1.386$, and the generator pays
# $\ln 2 = 0.693$: the dashed lines. (Put $D^*$ into the formula, and what the generator minimises
# is, but for constants, the Jensen-Shannon divergence between $p$ and $q$, which is 0 only if they
# are equal.)
#
# So does a draw in the losses say that the generator is perfect? No: it says that *this*
# discriminator, at this moment, cannot tell. Ask another one: freeze the generator and let a
# **fresh examiner**, the same network but new, learn for 2,000 steps more. If it is right about
# half of the points only, it has found no difference.

# %%
generators, examiners = [define_gen(latent_dim), generator], [define_disc() for _ in range(3)]
examined = games.examine(generators, examiners, generate_real)
for name, accuracy in zip(["untrained", "after 1000 steps", "real against real"], examined):
    print(f"{name:18} the examiner is right about {accuracy:.1%}")
print(f"The last 100 losses of the game: {losses[-100:].mean(axis=0).round(3)}, nearly a draw")

# %% [markdown]
# ## Judge it
#
# Three figures, each of 4,000 generated points:
#
# * the **mean error** $|y - x^2|$: 0 would be perfect, but one good point repeated has that, too;
# * **coverage**: cut $x$ into ten equal strips; the share of them that hold, within 0.03 of the
#   curve in $y$, at least half of the points that belong there;
# * the **energy distance** (Székely and Rizzo, [*Energy
#   statistics*](https://doi.org/10.1016/j.jspi.2013.03.018), 2013), which sees both faults and all
#   others. With generated points $g, g'$ and real ones $r, r'$ it is
#
# $$2\,\mathbb{E}\lVert g - r\rVert - \mathbb{E}\lVert g - g'\rVert - \mathbb{E}\lVert r - r'\rVert$$
#
# and 0 only if both kinds are distributed alike. The curve is known here, so we compare with a
# thousand evenly spread points of it, and do not compare a generated point with itself. Then a
# perfect generator has 0 in the mean, and what is left is chance. A judge has to earn trust
# first, on piles whose rank is known:

# %%
real_pile = generate_real(4000)[0].numpy()
piles = {
    "real points": real_pile,
    "real, moved up by 0.05": real_pile + [0, 0.05],
    "the right half of the curve": np.abs(real_pile),
    "y of other points": np.stack([real_pile[:, 0], real_pile[::-1, 1]], axis=1),
    "one perfect point": np.tile([[0.2, 0.04]], (4000, 1)),
    "generator, untrained": gen_fake(define_gen(latent_dim), latent_dim, 4000)[0],
    "generator after 1000 steps": gen_fake(generator, latent_dim, 4000)[0],
}
chance = [1000 * points.energy_distance(generate_real(4000)[0]) for _ in range(20)]
print(f"Energy distance x 1000: chance alone has a standard deviation of {np.std(chance):.2f}")
pd.DataFrame({name: points.judge(pile) for name, pile in piles.items()}).T.round(3)

# %% [markdown]
# Each fault is seen by the figure that should see it, and the energy distance sees all. After 1000
# steps the generator is far from done.

# %% [markdown]
# > **Check yourself**
# >
# > <details><summary>5. Both losses stand at the dashed lines. Is the generator
# > perfect?</summary>Not shown: this discriminator, at this moment, cannot tell. A fresh examiner
# > who has time may tell nearly every point. If you said "yes": look at the collapsed game
# > further down.</details>
# > <details><summary>6. At a place real points are three times as dense as generated ones. What
# > does the best discriminator say there?</summary>3 / (3 + 1) = 0.75. It cannot say 1, for
# > generated points do fall there.</details>
# > <details><summary>7. Why does the code make the generator minimise -log D and not log(1 -
# > D)?</summary>Both want a larger D. But where the discriminator is sure of a fake, the second
# > has hardly any slope left, and that is where the generator has most to learn.</details>
# > <details><summary>8. A pile of points has a mean error of 0. Is it a good pile?</summary>It
# > lies on the curve, but perhaps at one single place. Ask for coverage too, or for the energy
# > distance, which sees both.</details>

# %% [markdown]
# ## Make it converge
#
# Six changes, none of them to the networks:
#
# 1. **More steps**: 20,000. They are cheap here.
# 2. **Averaged weights**: what circles, circles around something, and the running mean of the
#    generator's weights is nearer to it than any single moment (Yazıcı and others, [*The Unusual
#    Effectiveness of Averaging in GAN Training*](https://arxiv.org/abs/1806.04498), 2019).
# 3. **A shorter memory**: Adam's `beta_1` of 0.5 in place of 0.9. Adam follows a running mean of
#    the last gradients, of ten or so with 0.9. In a game the opponent has moved since.
# 4. **One update** for the discriminator on real and generated points together. Two updates pull it
#    towards "all is real" and back.
# 5. **R1**: a penalty on the discriminator's slope at real points. At a draw there should be no
#    force left on points that are right (Mescheder and others, [*Which Training Methods for GANs do
#    actually Converge?*](https://arxiv.org/abs/1801.04406), 2018).
# 6. **Learning rates that decay** to 0 in the second half.
#
# Changes 4 and 5 in code: `train` takes another `disc_half`. The inner tape finds the slope at the
# real points, the outer one how the weights change it.


# %% tags=["library"]
def one_update(d_model, real, fake, r1=0.01):
    """The discriminator's half-step on both kinds at once, with R1. Both losses added."""
    (real_points, real_labels), (fake_points, fake_labels) = real, fake
    with tf.GradientTape() as tape:
        logits = d_model(tf.concat([real_points, fake_points], axis=0), training=True)
        loss = d_model.loss(tf.concat([real_labels, fake_labels], axis=0), logits)
        with tf.GradientTape() as inner:
            inner.watch(real_points)
            real_logits = d_model(real_points, training=True)
        slope = inner.gradient(real_logits, real_points)
        loss += r1 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=1))
    weights = d_model.trainable_variables  # the last bias has no part in a slope: "zero"
    gradients = tape.gradient(loss, weights, unconnected_gradients="zero")
    d_model.optimizer.apply_gradients(zip(gradients, weights))
    return 2 * loss


# %% [markdown]
# A game with changes 3, 4 and 5, a quarter as long as the recipe has it:

# %%
generator, discriminator = define_gen(latent_dim), define_disc()
your_gan = define_your_gan(generator, discriminator)
discriminator.optimizer.beta_1 = your_gan.optimizer.beta_1 = 0.5
half = {"summary": None, "disc_half": one_update}
train(generator, discriminator, your_gan, latent_dim, n_epochs=n_full // 4, **half)
made = gen_fake(generator, latent_dim, 4000)[0]
pd.DataFrame(points.judge(made), index=["changes 3, 4 and 5"]).round(3)

# %% [markdown]
# What does each change bring? One game says little, since another seed ends differently. So the
# course played **32 seeds** of each recipe, all 32 in one graph with stacked weights
# ([course/games.py](../course/games.py)); 20,000 steps of all take well under a minute. Each row
# that begins with + is one change against the row above it, and the last column counts in how many
# seeds it ends nearer. A game **above 1** (energy distance x 1000) we call bad: that is about ten
# times what chance alone sways by. (The game above, a quarter as long, without averaging and decay,
# may well be one.) The 95% interval beside says what share 32 games leave plausible. (Dots below
# 0.02, which chance can bring, stand at 0.02.)

# %% alt="A line of 32 dots for each recipe on a logarithmic axis: down the first seven rows the dots move left, and in the rows + R1 = 0.01 and + rates that decay none lies beyond 1; with one update and beta_1 = 0.9 most lie beyond it."
recipes = pd.read_csv("benchmarks/results/quadratic_recipes.csv")
chosen_on = recipes[recipes["seed"] < 32]
points.dots(chosen_on)
plt.show()
points.over_seeds(chosen_on)

# %% [markdown]
# How to read it. The median falls with every change down to *one update*. If a change did nothing,
# each seed would end nearer with probability 1/2, and the last column would show 10 or fewer, or 22
# or more, of 32 in one case of twenty. So averaging and *one update* help beyond doubt; for
# `beta_1` the seeds are too few to say so. **R1** does not move the median here: without it one
# game of 32 ends above 1, with it none, too few to tell from luck. **Rates that decay** then more
# than halve the median: what still sways comes to rest. The rows below the first seven:
#
# * **Changes depend on each other.** Compare *+ averaged weights* (two updates, 0.9), *+ beta_1 =
#   0.5* (two, 0.5), *one update, beta_1 = 0.9* and *+ one update* (one, 0.5). With two updates 32
#   seeds do not show what the long memory costs; with one update it makes 20 of 32 games bad, where
#   the short memory has one. A change tried alone would have told another story.
# * **One update is also half as many updates.** With the discriminator *twice as fast* it learns
#   about as much as from two updates, and in the median most of the gain is gone. So what *one
#   update* brings here may well be a slower discriminator. (The same row tries two time scales,
#   Heusel and others, 2017, who make the discriminator the faster one: no help here.)
# * **More R1** is no better in the median than 0.01, with rates that decay or without; nor is
#   **LeakyReLU** in the generator (tried without decay).
# * **The modern baseline**, a relativistic loss with R1 and R2 (Huang and others, [*The GAN is
#   dead; long live the GAN!*](https://arxiv.org/abs/2501.05441), 2024), promises that nothing
#   collapses, and no game of 64 ends above 1.2. But R1 alone does as well here, and is as near to
#   the curve: this game is too small to show what that loss is for.
#
# That none of 32 games ended above 1 does not mean that none ever will: the interval says what
# share would still be plausible. And the recipe that looked best of many was probably a little
# lucky, too. So the one with the fewest games above 1 and then the lowest median, among those with
# the chapter's networks, was played on **32 other seeds**, beside the same without R1 and decay:

# %%
reported = recipes[recipes["seed"] >= 32]
print(f"Chosen on the first 32 seeds, and played on 32 others: {reported['recipe'].iloc[-1]!r}")
points.over_seeds(reported)

# %% [markdown]
# On new seeds the chosen recipe has a game above 1 after all. Its median is again less than half of
# the other's, and it ends nearer in three seeds of four; whether it has fewer bad games, 32 games
# do not say: the intervals overlap.
#
# Now play the chosen recipe yourself, on games that had no part in all this: eight at once, with
# your own networks and points.

# %% alt="Eight panels: in each the generated points lie along the whole parabola."
recipe = games.Recipe(
    steps=n_full, one_update=True, beta_1=0.5, averaging=0.999, r1=0.01, decay=True
)
pairs = [(define_gen(latent_dim), define_disc()) for _ in range(8)]
games.play(pairs, generate_real, recipe, seed=100)
points.panels([gen_fake(pair[0], latent_dim, 4000)[0] for pair in pairs])
plt.show()

# %% [markdown]
# ## How it fails
#
# Four failures, each from **one to three changed settings**. For each you see four moments of one
# game, both losses step by step (a mean over many steps would hide what matters), and where the
# points are. The games run for 5,000 steps or more with one update and `beta_1` = 0.5, without the
# other cures.
#
# **Mode collapse**: the generator makes only a small part of what there is, while the losses swing
# around a draw. Here its learning rate is 50 times larger, and its units are LeakyReLU. It runs
# after every whim of the discriminator and throws all its points where they are taken for real
# right now. The discriminator learns to reject that spot; the cloud jumps on.


# %% alt="Four moments: a small cloud of points, each time at another place of the parabola. Below, the losses swing around the dashed lines, and the mean of x goes to and fro."
def fail(recipe, leaky=False, at=(-10, -7, -4, -1), every=10, seed=1):
    """Play one game, recorded every so many steps, and show some of its moments."""
    keras.utils.set_random_seed(seed)
    generator, discriminator = define_gen(latent_dim), define_disc()
    generator = games.leaky(generator) if leaky else generator
    played = games.play([(generator, discriminator)], generate_real, recipe, seed, every)
    points.story(played, at, saturating=recipe.saturating)
    plt.show()
    return generator


sound = games.Recipe(steps=n_full // 4, one_update=True, beta_1=0.5)
collapsed = fail(replace(sound, gen_rate=0.05), leaky=True)

# %% [markdown]
# **A dead generator** is another thing, though it looks alike. The same rate, but with the
# chapter's ReLU units: some large steps, and a unit's input is negative for every latent vector.
# Its output is 0 then, and so is its gradient: it can never come back. When all are dead, the
# generator makes one single point of all latent vectors. (The two biases of its output still learn,
# so this point goes on jumping about.) Count the living units.

# %% alt="Four moments with all points in one single spot, each time another. Below, the losses swing, and x of the spot goes to and fro with a spread of zero."
dead = fail(replace(sound, gen_rate=0.05))
latent = gen_latent_points(latent_dim, 1000)
for name, network in [("dead", dead), ("collapsed", collapsed), ("sound", generator)]:
    print(f"{name:9} {games.living_units(network, latent)} of 15 units live")

# %% [markdown]
# **Oscillation.** The discriminator's learning rate is 100 times smaller. It is too slow to turn
# the points back when they have passed the data, so they run far beyond, until it has learnt the
# other direction. This game is long enough to see them come back, rest, and leave again.

# %% alt="Four moments: twice the points are far to the right of the parabola, then twice in a bunch at it. Below, the losses swing slowly, and x of the points runs to about 90, comes back, and leaves again much later."
slow = replace(sound, disc_rate=0.00001, steps=n_full)
oscillating = fail(slow, at=[n_full // 1000 * k - 1 for k in (1, 3, 6, 10)], every=100)

# %% [markdown]
# **A discriminator that is too good**, with the saturating loss of the formula: it is ten times
# faster, the generator ten times slower. It sees through nearly every point, $D$ is near 0 there,
# and the slope that is left is $-D$: the points get hardly any force. (In this loss the generator's
# draw is at $-\ln 2$.)

# %% alt="Four moments, nearly alike: a wide cloud over the left half of the parabola and far around it. Below, the discriminator's loss is far below its dashed line, and x of the points hardly changes."
too_good = replace(sound, disc_rate=0.01, gen_rate=0.0001, saturating=True)
seen_through = fail(too_good, every=50)

# %% [markdown]
# And over 32 seeds? How many games end above 5, and medians, of each way to fail and of its cure
# (`benchmarks/results/quadratic_failures.csv`); *d_loss_sd* is the standard deviation of the
# discriminator's loss over the last 1000 steps, *farthest* the largest distance of the points' mean
# $x$ from 0.

# %%
failures = pd.read_csv("benchmarks/results/quadratic_failures.csv")
cases = failures.groupby("case", sort=False)
shown = cases.median().round(3).astype(object).fillna("-")
far = cases["energy_distance_x1000"].agg(lambda of: f"{(of > 5).sum()} of {of.count()}")
shown.insert(1, "above 5", far.replace("0 of 0", "-"))
shown.drop(columns=["seed", "mean_error", "coverage", "g_loss"])

# %% [markdown]
# What the losses show, what they hide, and what helps:
#
# * **Collapse:** in the mean both losses are at a draw, as in a sound game. Step by step the
#   discriminator's swings several times as much. Not because a spot cannot be told from real
#   points: the examiner, who has time, tells it nearly always. The spot moves faster than the
#   discriminator learns. Equal rates cure it.
# * **Dead generator:** the losses say hardly more, the points and the living units all. LeakyReLU
#   keeps units alive, but with this rate the game then collapses (the row *collapse*): again the
#   cure is a lower rate, from the first step.
# * **Oscillation:** in the median the losses are back at a draw at the end of 20,000 steps, with
#   the points bunched at one place, as after a collapse (24 of 32 games are near a draw, 3 still
#   far out). Look at the points over time. Equal rates cure it.
# * **Too good:** the one failure whose mean loss is far from a draw. The non-saturating loss helps
#   (nearer in 24 of 32 seeds), but no game comes below 15. Equal rates cure most games even with
#   the saturating loss: 29 of 32. In a balanced game $D$ is seldom near 0.
#
# What all four have in common: one player is much faster than the other. And a draw in the losses
# proves nothing. A fresh examiner who is right far more often than half proves that something is
# wrong; one at half has found nothing, and another might.

# %% [markdown]
# > **Check yourself**
# >
# > <details><summary>9. One game with R1 ended better than one without. What do you
# > know?</summary>Little: games from two seeds differ as much. In 32 games of each, compare medians
# > and how many failed, each with its interval.</details>
# > <details><summary>10. At each moment all points sit in one single spot, and the spot jumps
# > about. Collapse, or a dead generator?</summary>Dead: a collapsed cloud still has a width, a dead
# > generator none at all. Neither the motion nor the losses decide: the two biases of the output
# > still learn, so the dead spot chases about as well. Count the living units. If you said
# > "collapse": a dead unit never comes back, whatever the rates are then.</details>

# %% [markdown]
# # Further
#
# Two sections that stand alone, five minutes each.
#
# ## A trap of Keras 3
#
# The printed chapter freezes the discriminator with `discriminator.trainable = False` before it
# joins the networks, and then trains with `train_on_batch`. The rule behind it: **which weights a
# compiled model trains is fixed when its training step is first traced**, which is when it first
# trains. (In Keras 2 it was fixed by `compile`.) **Predict, then run:** once as printed, and once
# with a single `train_on_batch` of the discriminator before the freeze. What will move?
#
# <details><summary>Answer</summary>As printed, the discriminator is frozen before its first
# training, and never learns; the generator runs after a verdict that never changes. Trained once
# before, its step is traced with all weights, and goes on to move them; the joined model is
# traced after the freeze and moves only the generator. The printed way works.</details>


# %%
def printed_way(first_train, steps):
    """The printed loop; the generator, how far the discriminator moved, and what Keras said."""
    generator, discriminator = define_gen(latent_dim), define_disc()
    if first_train:
        discriminator.train_on_batch(*generate_real(64))
    discriminator.trainable = False  # as in print
    your_gan, before = define_your_gan(generator, discriminator), discriminator.get_weights()
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in games.bar(range(steps)):
            discriminator.train_on_batch(*generate_real(64))
            discriminator.train_on_batch(*gen_fake(generator, latent_dim, 64))
            your_gan.train_on_batch(gen_latent_points(latent_dim, 128), tf.ones((128, 1)))
    words = [str(warning.message) for warning in said if "trainable" in str(warning.message)]
    return generator, moved(discriminator, before), words[:1]


# %% alt="Left, as printed: the generated points have drifted far away from the parabola. Right, with one training before: they lie near it."
size = {"figsize": (10, 3.5), "sharex": True, "sharey": True}
figure, axes = plt.subplots(1, 2, layout="constrained", **size)
for first_train, axis in zip([False, True], axes):
    printed, distance, said = printed_way(first_train, steps=n_full // 40)
    way = "trained once before" if first_train else "as printed"
    print(f"{way}: the discriminator moved by {distance:.2f}; Keras says: {said or 'nothing'}")
    made = gen_fake(printed, latent_dim, 200)[0]
    points.scatter(points.PARABOLA[::5], made, f"{way}, {n_full // 40:,} steps", axis)
plt.show()

# %% [markdown]
# Our half-steps need no switch and fall into no trap: each names the weights that it moves.
#
# ## Why it circles
#
# The smallest game of all has two parameters: the generator makes one point $\theta$, the only real
# point is 0, and the discriminator's logit is $\psi x$ (*Dirac-GAN*, Mescheder and others, 2018).
# Both play by the formula. The draw is at (0, 0), and the whole game is a path in the plane.


# %%
def pull(theta, psi):
    """D at the generated point: how strongly both parameters are pulled."""
    return 1 / (1 + np.exp(-theta * psi))


def simultaneous(theta, psi, rate=0.2):
    """Both move at once."""
    return theta + rate * psi * pull(theta, psi), psi - rate * theta * pull(theta, psi)


def alternating(theta, psi, rate=0.2):
    """The discriminator first, then the generator answers."""
    psi = psi - rate * theta * pull(theta, psi)
    return theta + rate * psi * pull(theta, psi), psi


def with_r1(theta, psi, rate=0.2, weight=0.1):
    """As before, with R1: the logit's slope at the real point is psi, the penalty its square."""
    psi = psi - rate * (theta * pull(theta, psi) + 2 * weight * psi)
    return theta + rate * psi * pull(theta, psi), psi


# %% alt="Three paths in the plane of the two parameters, all from one start: simultaneous steps spiral outwards, alternating ones circle, with R1 they spiral into the centre; a cross marks the mean of each path, close to the centre for the circle, whose end is far from it."
figure, axes = plt.subplots(
    1, 3, figsize=(11, 3.6), sharex=True, sharey=True, layout="constrained"
)
for axis, step in zip(axes, [simultaneous, alternating, with_r1]):
    path = [(1.0, 0.0)]
    for _ in range(189):  # three times round
        path.append(step(*path[-1]))
    axis.plot(*np.transpose(path), linewidth=0.8, color=points.GENERATED)
    axis.plot(*path[-1], "o", color=points.GENERATED, label="end of the path")
    axis.plot(*np.mean(path, axis=0), "k+", markersize=14, label="mean of the path")
    axis.set(
        title=step.__name__, xlabel="generator's θ", ylabel="discriminator's ψ", aspect="equal"
    )
    axis.legend(fontsize=8, loc="upper right")
plt.show()

# %% [markdown]
# Simultaneous steps spiral outwards, alternating ones go round and round, R1 leads inwards. On the
# circle the *mean* lies close to the centre and the end far from it: that is why averaged weights
# help. With R1 the end is nearer than the mean: in this small game nothing is left to average.

# %% [markdown]
# # Your turn
#
# Replace each `raise NotImplementedError()` by your code. The check cell below a task says what is
# still wrong. First three recorded games, for task 1:

# %%
recordings = games.recordings()

# %% alt=["Recording A: four moments, both losses of the last 1,000 steps, and x of the points over time", "Recording B: four moments, both losses of the last 1,000 steps, and x of the points over time", "Recording C: four moments, both losses of the last 1,000 steps, and x of the points over time"]
for name, recording in recordings.items():
    points.story(recording, at=(-10, -7, -4, -1), title=f"Recording {name}")
    plt.show()

# %% [markdown]
# **Task 1: name the failure, and cure it** (2 points, 15 minutes). Each recording comes from a game
# with *one* wrong setting. (All three generators have LeakyReLU units, and the games end after
# 2,000 steps, perhaps before points that left come back. More than one failure leaves part of the
# curve empty: let the losses decide.) The sound values are `gen_rate=0.001`, `disc_rate=0.001`,
# `beta_1=0.5` and `saturating=False`. For each recording name the failure, one of `"collapse"`,
# `"dead generator"`, `"oscillation"`, `"discriminator too good"`, and give the one setting to
# change. The check compares the name with what the recording shows, and plays the game again with
# your cure.
#
# <details><summary>Hint 1</summary>Look at the axes, the spread of the points within one moment,
# and how far the discriminator's loss is from its dashed line.</details>
# <details><summary>Hint 2</summary>Which player wins in each recording, if one does? It is then the
# faster one, or the other is too slow.</details>
# <details><summary>Hint 3</summary>A low loss of the discriminator, for long: it is too good.
# Points far beyond the data: it is too slow. A small cloud on the move at a draw: the generator is
# too fast.</details>


# %% nbgrader={"grade_id": "task-1", "solution": true} tags=["task"]
def diagnosis(name):
    """For recording "A", "B" or "C": the failure, and the setting to change with its new value."""
    ### BEGIN SOLUTION
    return {
        "A": ("discriminator too good", {"disc_rate": 0.001}),
        "B": ("oscillation", {"disc_rate": 0.001}),
        "C": ("collapse", {"gen_rate": 0.001}),
    }[name]
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-1", "points": 2} tags=["check"]
from course import checks

for name, recording in recordings.items():
    answer = diagnosis(name)
    assert isinstance(answer, (tuple, list)) and len(answer) == 2, (
        f"{name}: return two things, the failure and the change, not {answer}"
    )
    checks.diagnosis(name, games.signs(recording), answer[0])
    checks.cure(name, answer[1], games.replay, games.SETTINGS, bar=5)
print("Task 1 is right.")

# %% [markdown]
# **Task 2: the two half-steps of another game** (3 points, 20 minutes). In the *least-squares GAN*
# (Mao and others, [2017](https://arxiv.org/abs/1611.04076)) the discriminator's output $D$ is no
# logit but a number that should be 1 for real points $x$ and 0 for generated points $g$. The
# discriminator's loss is
#
# $$\mathrm{mean}\,(D(x) - 1)^2 + \mathrm{mean}\,D(g)^2,$$
#
# and the generator's is $\mathrm{mean}\,(D(G(z)) - 1)^2$. Write both half-steps. Each makes one
# update with the optimizer that it is given, moves its own network only, and returns its loss.
#
# <details><summary>Hint 1</summary>Take <code>discriminator_step</code> and
# <code>generator_step</code> above as a pattern: what has to be computed inside the tape, and of
# whose weights do you ask the gradient?</details>
# <details><summary>Hint 2</summary>There is no joined model here: inside the generator's tape, hand
# <code>g_model(latent_points)</code> to <code>d_model</code>.</details>
# <details><summary>Hint 3</summary><code>loss = tf.reduce_mean((d_model(g_model(latent_points)) -
# 1) ** 2)</code>, then <code>optimizer.apply_gradients(zip(gradients,
# g_model.trainable_variables))</code>.</details>


# %% nbgrader={"grade_id": "task-2", "solution": true} tags=["task", "library"]
def ls_discriminator_step(d_model, optimizer, real_points, fake_points):
    """Move d_model's output towards 1 at real points and 0 at generated ones. Its loss."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        real, fake = d_model(real_points), d_model(fake_points)
        loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
    gradients = tape.gradient(loss, d_model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, d_model.trainable_variables))
    return loss
    ### END SOLUTION


def ls_generator_step(g_model, d_model, optimizer, latent_points):
    """Move g_model so that d_model's output comes nearer to 1 at its points. Its loss."""
    ### BEGIN SOLUTION
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
    gradients = tape.gradient(loss, g_model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
    return loss
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-2", "points": 3} tags=["check"]
from course import checks

checks.least_squares_half_steps(ls_discriminator_step, ls_generator_step)
### BEGIN HIDDEN TESTS
checks.least_squares_half_steps(ls_discriminator_step, ls_generator_step, real=5, fake=9)
### END HIDDEN TESTS
print("Task 2 is right.")

# %% [markdown]
# **Task 3: another function, reached** (2 points, 15 minutes). Write `generate_wave(n)`: like
# `generate_real`, but for $y = \frac{1}{2}\sin(2 \pi x)$. A training calls it inside `tf.function`,
# so draw and compute with `tf` or `keras`, not with NumPy. And choose in `wave_recipe()` how to
# play (`games.Recipe(...)`): the check plays four games of 20,000 steps (some ten seconds), and
# their median has to come below 1.5 (energy distance x 1000, where a perfect generator has 0). The
# chapter's settings will not do.
#
# <details><summary>Hint 1</summary>The labels stay ones (n, 1). For the recipe, read the table of
# <i>Make it converge</i>.</details>
# <details><summary>Hint 2</summary><code>tf.sin</code> and <code>np.pi</code>.</details>
# <details><summary>Hint 3</summary><code>games.Recipe(one_update=True, ...)</code>
# with the values of the recipe that was chosen.</details>


# %% nbgrader={"grade_id": "task-3", "solution": true} tags=["task", "library"]
def generate_wave(n):
    """n points (n, 2), x uniform on [-0.5, 0.5) and y = sin(2 pi x) / 2; labels, ones (n, 1)."""
    ### BEGIN SOLUTION
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
    ### END SOLUTION


def wave_recipe():
    """How to play: a games.Recipe."""
    ### BEGIN SOLUTION
    return games.Recipe(one_update=True, beta_1=0.5, averaging=0.999, r1=0.01, decay=True)
    ### END SOLUTION


# %% alt="Real points on a sine wave, and generated points along it." nbgrader={"grade": true, "grade_id": "check-3", "points": 2} tags=["check"]
from course import checks


def wave(x):
    """The y of x."""
    return np.sin(2 * np.pi * x) / 2


checks.real_sampler(generate_wave, wave, "sin(2 pi x) / 2")
### BEGIN HIDDEN TESTS
for n in (1, 7, 300):
    checks.real_points(generate_wave, n, wave, "sin(2 pi x) / 2")
### END HIDDEN TESTS
recipe = wave_recipe()
assert isinstance(recipe, games.Recipe), f"wave_recipe should return a games.Recipe, not {recipe}"
distances, made = games.reached(generate_wave, recipe, points.curve(wave), steps=20_000)
print("Energy distances x 1000 of four games:", np.round(sorted(distances), 2))
points.scatter(generate_wave(200)[0], made, f"A wave: one of four games, {distances[0]:.2f}")
plt.show()
assert np.median(distances) < 1.5, (
    f"the median of four games is {np.median(distances):.2f}, and 1.5 is to be reached: change "
    "wave_recipe, the table of Make it converge says what helped"
)
print("Task 3 is right.")

# %% [markdown]
# **Task 4: the saturating loss** (2 points, 10 minutes). Write both losses of the generator for
# logits: the formula's $\log(1 - D)$ and the non-saturating $-\log D$, each as the mean over a
# batch. The check then prints their slopes: compare them where the discriminator is sure that a
# point is generated, as in the failure *too good*.
#
# <details><summary>Hint 1</summary>$D$ is the sigmoid of the logit $t$, and $1 - D$ the sigmoid of
# $-t$.</details>
# <details><summary>Hint 2</summary><code>tf.math.softplus(t)</code> is $\log(1 + e^t)$, so $-\log
# D$ is the softplus of $-t$.</details>
# <details><summary>Hint 3</summary>$\log(1 - D) = -\log(1 + e^t)$; take <code>tf.reduce_mean</code>
# of each.</details>


# %% nbgrader={"grade_id": "task-4", "solution": true} tags=["task", "library"]
def original_loss(logits):
    """Mean of log(1 - D), where D is the probability of the logits (n, 1)."""
    ### BEGIN SOLUTION
    return tf.reduce_mean(-tf.math.softplus(logits))
    ### END SOLUTION


def non_saturating_loss(logits):
    """Mean of -log D, where D is the probability of the logits (n, 1)."""
    ### BEGIN SOLUTION
    return tf.reduce_mean(tf.math.softplus(-logits))
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-4", "points": 2} tags=["check"]
from course import checks

for batch in [(0.0,), (-2.0, 2.0, 0.5), (-10.0, -4.0, 3.0, 10.0)]:
    checks.generator_losses(original_loss, non_saturating_loss, *batch)
### BEGIN HIDDEN TESTS
for batch in [(9.0,), (-9.5, -7.0, -1.2, 0.3, 1.7, 5.0, 8.0)]:
    checks.generator_losses(original_loss, non_saturating_loss, *batch)
### END HIDDEN TESTS
for logit in (-10.0, -2.0, 0.0, 2.0):
    original = checks.value_and_slopes(original_loss, "original_loss", [logit])[1][0]
    other = checks.value_and_slopes(non_saturating_loss, "non_saturating_loss", [logit])[1][0]
    D = 1 / (1 + np.exp(-logit))
    print(f"D = {D:.5f}: slope {original:.5f} or, non-saturating, {other:.5f}")
print("Task 4 is right.")
