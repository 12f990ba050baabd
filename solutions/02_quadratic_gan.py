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
# points on a parabola that it has never seen.
#
# **What you will learn**
#
# * the game between generator and discriminator, and why both get better by it;
# * how to write the two half-steps of a GAN's training so that each moves exactly one network;
# * how to judge a generator by numbers, with the best possible result beside them;
# * what makes the game converge, how it fails, and how to see the difference.
#
# **What you need:** you have trained a classifier with Keras before, and know what a loss and a
# gradient are.
#
# **How long it takes:** about <!--time 02_quadratic_gan-->6 minutes<!--end--> of computing on 2 CPU
# cores, most of it to repeat games with other seeds; about an hour of reading.

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
import sys
import time
import warnings
from pathlib import Path

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from IPython.display import Image
from keras import layers
from matplotlib.animation import FuncAnimation, PillowWriter
from matplotlib.colors import LinearSegmentedColormap
from tqdm import tqdm

import utils
from utils import time_string

SEED = 42
# The same two colours in every notebook, safe for colour-blind readers.
REAL, GENERATED = "#0072B2", "#D55E00"

# %%
keras.utils.set_random_seed(SEED)  # Python, NumPy and TensorFlow at once
n_full = 1000 * utils.epochs(20)  # steps of a long game: 20 times the chapter's 1000

# %% [markdown]
# ## The game
#
# Goodfellow and others (*Generative Adversarial Nets*, 2014) had the idea to let two networks teach
# each other. Picture a **counterfeiter** who prints bank notes and a **shopkeeper** who must spot
# them. At first both are bad. Each time the shopkeeper finds out how to tell the notes apart, the
# counterfeiter learns what gave them away. In the end the notes are so good that the shopkeeper can
# only guess.
#
# * The **generator** is the counterfeiter. A random **latent vector** comes in, a made-up sample
#   goes out. It never sees a real sample. All that it learns, it learns from the shopkeeper's
#   reaction.
# * The **discriminator** is the shopkeeper. A sample comes in, real or made up, and a probability
#   that it is real goes out.

# %%
utils.show_figure("gan_game")

# %% [markdown]
# Bank notes are hard, so we begin with points in the plane. *Real* means: $x$ is drawn uniformly
# from $[-0.5, 0.5)$ and $y = x^2$. The generator has to find that curve, and spread its points
# along it.

# %% [markdown]
# ## Real points
#
# Labels go with the points: 1 says real.


# %% tags=["library"]
def generate_real(n):
    """n real points (n, 2), x uniform on [-0.5, 0.5) and y = x^2; their labels, ones (n, 1)."""
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, x**2], axis=1), tf.ones((n, 1))


# %%
points, labels = generate_real(5)
print(np.round(points.numpy(), 3))
print("labels", labels.numpy().ravel())


# %% tags=["library"]
def plot_points(real_points, generated_points, title, axis=None):
    """Scatter of real and generated points, each (n, 2)."""
    axis = axis or plt.subplots(figsize=(5, 3.5), layout="constrained")[1]
    axis.scatter(*np.transpose(real_points), s=14, color=REAL, label="real")
    if generated_points is not None:
        axis.scatter(
            *np.transpose(generated_points),
            s=14,
            color=GENERATED,
            marker="x",
            linewidth=1,
            label="generated",
        )
    axis.set(title=title, xlabel="x", ylabel="y")
    axis.legend(loc="upper center", ncols=2, fontsize=8)


# %% alt="A hundred blue dots on a parabola between -0.5 and 0.5."
plot_points(generate_real(100)[0], None, "100 real points")
plt.show()

# %% [markdown]
# ## The generator
#
# It maps a latent vector of 5 numbers to a point: one hidden layer of 15 units, then 2 linear
# outputs, $x$ and $y$. Nothing in it knows of squares.

# %%
utils.show_figure("gan_generator")

# %% tags=["library"]
latent_dim = 5


# %% tags=["library"]
def define_gen(latent_dim, n_outputs=2):
    """The generator: latent points (n, latent_dim) in, generated points (n, n_outputs) out."""
    return keras.Sequential(
        [
            keras.Input((latent_dim,)),
            layers.Dense(15, activation="relu", kernel_initializer="he_uniform"),
            layers.Dense(n_outputs),
        ],
        name="generator",
    )


# %%
generator = define_gen(latent_dim)
generator.summary()

# %% [markdown]
# A **latent point** is drawn from the standard normal distribution: mean 0, standard deviation 1 in
# each coordinate.
#
# > **Watch out: normal or uniform?** The printed text says that `randn` gives uniform numbers. They
# > are normal, as the cell shows: for uniform numbers on an interval around 0, none would lie
# > beyond $\sqrt{3} = 1.73$ standard deviations. It is $x$ of the *real* points that is uniform.


# %% tags=["library"]
def gen_latent_points(latent_dim, n):
    """n latent points (n, latent_dim), standard normal."""
    return tf.random.normal((n, latent_dim))


# %%
latent_points = gen_latent_points(latent_dim, 10_000)
print(
    f"mean {np.mean(latent_points):.3f}, standard deviation {np.std(latent_points):.3f}, "
    f"beyond 1.73: {np.mean(np.abs(latent_points) > 1.73):.1%} (8.4% if normal, 0% if uniform)"
)

# %% [markdown]
# Fed with latent points, the generator makes **fake** points, labelled 0.


# %% tags=["library"]
def gen_fake(generator, latent_dim, n):
    """n generated points (n, 2) and their labels, zeros (n, 1)."""
    return generator(gen_latent_points(latent_dim, n)), tf.zeros((n, 1))


# %% alt="Real points on the parabola, and generated ones in a small smear away from it."
plot_points(generate_real(100)[0], gen_fake(generator, latent_dim, 100)[0], "Before any training")
plt.show()

# %% [markdown]
# ## The discriminator
#
# A small classifier: a point in, one number out. Its training data comes from two sources, and the
# label says from which.

# %%
utils.show_figure("gan_discriminator_sources")

# %% [markdown]
# > **Watch out: a probability, and its logit.** A sigmoid at the output gives a probability
# > *between* 0 and 1, not one of the two, as the printed text has it. We let the network end one
# > step earlier, with the **logit**, and apply the sigmoid only to read the number. For the loss,
# > `from_logits=True` does it in a way that does not lose the gradient where the sigmoid is flat:

# %%
logit = tf.constant([[-40.0]])  # very sure that the point is fake, but the label says real
with tf.GradientTape(persistent=True) as tape:
    tape.watch(logit)
    from_logit = keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones((1, 1)), logit)
    from_probability = keras.losses.BinaryCrossentropy()(tf.ones((1, 1)), tf.sigmoid(logit))
for name, loss in [("logit", from_logit), ("probability", from_probability)]:
    gradient = tape.gradient(loss, logit)[0, 0]
    print(f"from the {name:12} loss {loss:6.2f}, gradient {gradient:.2f}")


# %% tags=["library"]
def define_disc(n_inputs=2, learning_rate=0.001, beta_1=0.9):
    """The discriminator: points (n, n_inputs) in, logits (n, 1) out; positive means "real"."""
    model = keras.Sequential(
        [
            keras.Input((n_inputs,)),
            layers.Dense(25, activation="relu", kernel_initializer="he_uniform"),
            layers.Dense(1),
        ],
        name="discriminator",
    )
    model.compile(
        loss=keras.losses.BinaryCrossentropy(from_logits=True),
        optimizer=keras.optimizers.Adam(learning_rate, beta_1),
        metrics=[
            keras.metrics.BinaryAccuracy(name="accuracy", threshold=0)
        ],  # logit 0 is probability 0.5
    )
    return model


# %%
discriminator = define_disc()
discriminator.summary()
print(f"Verdict on a real point, untrained: {tf.sigmoid(discriminator(points[:1]))[0, 0]:.3f}")

# %% [markdown]
# ## The two half-steps
#
# The discriminator $D$ wants to say 1 to real points and 0 to generated ones. The generator $G$
# wants its points to be taken for real. Goodfellow and others write it as one game:
#
# $$\min_G \max_D \; \mathbb{E}_{x}\left[\log D(x)\right] + \mathbb{E}_{z}\left[\log\left(1 - D(G(z))\right)\right]$$
#
# Each training step has two halves:
#
# 1. **The discriminator's half-step.** Real points with label 1, generated points with label 0. The
#    gradient of the cross-entropy moves the discriminator. The generator stands still.
# 2. **The generator's half-step.** Latent points go through the generator and on through the
#    discriminator, with label 1: "take these for real!" The gradient flows *back through* the
#    discriminator, but moves only the generator. The discriminator stands still. If it moved too,
#    it would learn to call generated points real.

# %%
utils.show_figure("gan_backprop")

# %% [markdown]
# For the second half the chapter joins both networks into one model, generator first:


# %% tags=["library"]
def define_your_gan(generator, discriminator, learning_rate=0.001, beta_1=0.9, averaging=None):
    """Generator, then discriminator: latent points (n, latent_dim) in, logits (n, 1) out.

    Its optimizer is to move the generator. With averaging (such as 0.999) it also keeps a running
    mean of the generator's weights.
    """
    model = keras.Sequential([generator, discriminator], name="gan")
    ema = {} if averaging is None else {"use_ema": True, "ema_momentum": averaging}
    optimizer = keras.optimizers.Adam(learning_rate, beta_1, **ema)
    model.compile(loss=keras.losses.BinaryCrossentropy(from_logits=True), optimizer=optimizer)
    return model


# %%
your_gan = define_your_gan(generator, discriminator)
print(
    "Verdict on a fake point, untrained:", f"{tf.sigmoid(your_gan(latent_points[:1]))[0, 0]:.3f}"
)

# %% [markdown]
# > **Watch out: the frozen discriminator.** The printed code sets `discriminator.trainable = False`
# > before it joins the networks, so that only the generator moves in the second half. In Keras 2
# > the discriminator, compiled earlier, still trained in the first half. In Keras 3 the switch acts
# > at once on the network itself, and **the discriminator never trains again**. Here is the printed
# > way, with a pair of networks of its own:


# %% tags=["library"]
def distance_moved(model, before):
    """Sum of the absolute changes of a model's weights since `before`."""
    return sum(
        np.abs(new - old).sum() for old, new in zip(before, model.get_weights(), strict=True)
    )


# %%
printed_gen, printed_disc = define_gen(latent_dim), define_disc()
printed_disc.trainable = False  # as in print
printed_gan = define_your_gan(printed_gen, printed_disc)

before_disc, before_gen = printed_disc.get_weights(), printed_gen.get_weights()
with warnings.catch_warnings(record=True) as caught:  # to show the warning in its own words
    for _ in tqdm(range(200), "Printed way", file=sys.stdout, leave=False):
        printed_disc.train_on_batch(*generate_real(64))
        printed_disc.train_on_batch(*gen_fake(printed_gen, latent_dim, 64))
        printed_gan.train_on_batch(gen_latent_points(latent_dim, 128), np.ones((128, 1)))
print(
    "After 200 steps the generator's weights have moved by",
    distance_moved(printed_gen, before_gen),
)
print("and the discriminator's by", distance_moved(printed_disc, before_disc))
print("Discriminator's weights that can be trained:", len(printed_disc.trainable_variables))
print("All that Keras says:", caught[0].message)

# %% [markdown]
# The shopkeeper has fallen asleep, and the counterfeiter goes on printing what once pleased him.
# The mend needs no switch: ask for the gradient of **exactly those weights that are to move**.
#
# > **Watch out: a swapped caption.** The text under the printed figure on training the generator
# > says that the generator's weights are fixed then. It is the other way round, as in the figure
# > above and in the code below: while the generator trains, the *discriminator* stands still.


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
        loss = your_gan_model.loss(tf.ones_like(verdicts), verdicts)
    gradients = tape.gradient(loss, g_model.trainable_variables)
    your_gan_model.optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
    return loss


# %% [markdown]
# The same check on our half-steps: which network has moved?

# %%
for name, half_step in {
    "discriminator's half-step": lambda: discriminator_step(discriminator, *generate_real(64)),
    "generator's half-step": lambda: generator_step(
        generator, your_gan, gen_latent_points(latent_dim, 128)
    ),
}.items():
    before_disc, before_gen = discriminator.get_weights(), generator.get_weights()
    half_step()
    print(
        f"{name:26}: discriminator moved by {distance_moved(discriminator, before_disc):.3f}, "
        f"generator by {distance_moved(generator, before_gen):.3f}"
    )

# %% [markdown]
# ## Training
#
# `performance_summary` shows how the game stands: the share of real and of generated points that
# the discriminator judges rightly, and both kinds of points. When the generator is good, the
# discriminator is right about half the time.


# %% tags=["library"]
def performance_summary(epoch, generator, discriminator, latent_dim, n=100):
    """Plot n real and n generated points, and say how many of each are judged rightly."""
    real_points, real_labels = generate_real(n)
    fake_points, fake_labels = gen_fake(generator, latent_dim, n)
    _, accuracy_real = discriminator.evaluate(real_points, real_labels, verbose=0)
    _, accuracy_fake = discriminator.evaluate(fake_points, fake_labels, verbose=0)
    judged = f"{accuracy_real:.0%} of real, {accuracy_fake:.0%} of generated points"
    plot_points(real_points, fake_points, f"Step {epoch}: judged rightly {judged}")
    plt.gca().set(xlim=(-1, 1), ylim=(-0.5, 1))  # the same window at every step
    plt.show()


# %% alt="Real points on the parabola, and generated ones far from it."
performance_summary(0, generator, discriminator, latent_dim)

# %% [markdown]
# One step takes half a batch of real points and half a batch of generated ones for the
# discriminator, then a full batch of latent points for the generator. `tf.function` compiles the
# steps between two summaries, loop and all, into one graph. For networks as small as these, calling
# Keras from Python step by step takes far longer than the arithmetic.
#
# (The chapter calls its steps epochs, hence the names. There is no data set here to go through:
# every batch is new.)


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
    joint=False,
    sampler=generate_real,
):
    """Play n_epochs steps, with a summary every n_eval steps.

    With joint=True the discriminator makes one update on real and generated points together,
    instead of one on each. Returns the mean losses between summaries, (n_epochs / n_eval, 2):
    the discriminator's for real plus generated points, and the generator's.
    """
    half_batch = n_batch // 2

    def step():
        real_points, real_labels = sampler(half_batch)
        fake_points, fake_labels = gen_fake(g_model, latent_dim, half_batch)
        if joint:
            points = tf.concat([real_points, fake_points], axis=0)
            labels = tf.concat([real_labels, fake_labels], axis=0)
            d_loss = 2 * discriminator_step(d_model, points, labels)  # twice the mean of both
        else:
            d_loss = discriminator_step(d_model, real_points, real_labels)
            d_loss += discriminator_step(d_model, fake_points, fake_labels)
        latent_points = gen_latent_points(latent_dim, n_batch)
        return d_loss, generator_step(g_model, your_gan_model, latent_points)

    @tf.function
    def steps(n):
        d_sum, g_sum = tf.constant(0.0), tf.constant(0.0)
        for _ in tf.range(n):
            d_loss, g_loss = step()
            d_sum, g_sum = d_sum + d_loss, g_sum + g_loss
        return d_sum, g_sum

    losses = []
    for epoch in tqdm(range(0, n_epochs, n_eval), "Training", file=sys.stdout, leave=False):
        n = min(n_eval, n_epochs - epoch)
        losses.append(np.array(steps(tf.constant(n))) / n)
        if summary:
            summary(epoch + n, g_model, d_model, latent_dim)
    if your_gan_model.optimizer.use_ema:  # from now on, the averaged weights
        your_gan_model.optimizer.finalize_variable_values(g_model.trainable_variables)
    return np.array(losses)


# %% [markdown]
# The chapter's 1000 steps, with a fresh pair of networks:

# %% alt=["Generated points and the parabola after 250 steps", "Generated points and the parabola after 500 steps", "Generated points and the parabola after 750 steps", "Generated points and the parabola after 1000 steps"]
generator = define_gen(latent_dim)
discriminator = define_disc()
your_gan = define_your_gan(generator, discriminator)
losses = train(generator, discriminator, your_gan, latent_dim, n_eval=250)

# %% [markdown]
# And how long do 1000 steps take without the pictures?

# %%
timed_generator, timed_discriminator = define_gen(latent_dim), define_disc()
timed_gan = define_your_gan(timed_generator, timed_discriminator)
start = time.perf_counter()
train(timed_generator, timed_discriminator, timed_gan, latent_dim, summary=None)
print("1000 steps, compiling included:", time_string(time.perf_counter() - start))

# %% [markdown]
# ## How good is it?
#
# The eye sees something like a curve. Three numbers say more:
#
# * the **mean distance** $|y - x^2|$ of the generated points from the curve: 0 would be perfect;
# * how much of the range of $x$ is **covered**: of 20 equal strips of $[-0.5, 0.5)$, how many hold
#   a generated point? (A generator that always gives the same point of the curve would have a
#   perfect mean distance.)
# * the **energy distance** between generated and real points (Székely and Rizzo, *Energy
#   statistics: A class of statistics based on distances*, 2013), which sees both faults and all
#   others:
#
# $$2\,\mathbb{E}\lVert g - r\rVert - \mathbb{E}\lVert g - g'\rVert - \mathbb{E}\lVert r - r'\rVert$$
#
# where $g, g'$ are generated and $r, r'$ real points. It is 0 only if both kinds are distributed
# alike. Two *finite* samples never look quite alike, even if both are real. That distance is the
# **floor**: no generator can be expected below it.


# %% tags=["library"]
def mean_distance(points):
    """Mean of |y - x^2| over points (n, 2)."""
    x, y = np.transpose(points)
    return np.mean(np.abs(y - x**2))


def coverage(points, strips=20):
    """Share of equal strips of [-0.5, 0.5) in x that hold at least one of the points (n, 2)."""
    counts, _ = np.histogram(np.asarray(points)[:, 0], bins=strips, range=(-0.5, 0.5))
    return np.mean(counts > 0)


def energy_distance(points, others):
    """Energy distance between two samples of points, (n, 2) and (m, 2)."""

    def mean_gap(a, b):
        return np.mean(np.linalg.norm(a[:, None] - b[None, :], axis=-1))

    points, others = np.asarray(points), np.asarray(others)
    return 2 * mean_gap(points, others) - mean_gap(points, points) - mean_gap(others, others)


def judge(points):
    """The three figures of 2,000 points."""
    return {
        "energy distance x 1000": 1000 * energy_distance(points, generate_real(2000)[0]),
        "mean |y - x²|": mean_distance(points),
        "x covered": coverage(points),
    }


# %%
floor = pd.DataFrame([judge(generate_real(2000)[0]) for _ in range(20)])
untrained = define_gen(latent_dim)
scores = {
    "real points (floor, median of 20)": floor.median(),
    "generator, untrained": judge(gen_fake(untrained, latent_dim, 2000)[0]),
    "generator after 1000 steps": judge(gen_fake(generator, latent_dim, 2000)[0]),
}
pd.DataFrame(scores).T.round(4)

# %% [markdown]
# A thousand steps bring the generator near the curve, no nearer.
#
# ## Making it converge
#
# Four changes, none of them to the networks:
#
# 1. **More steps**: 20,000. They are cheap here.
# 2. **A shorter memory**: Adam's `beta_1` of 0.5 in place of 0.9. Adam goes on in the mean
#    direction of its last steps, about ten of them with 0.9. That helps downhill. In a game the
#    opponent moves, the direction is soon outdated, and the players overshoot and circle around
#    each other.
# 3. **Averaged weights.** What still circles, circles around something. A running mean of the
#    generator's weights (`use_ema` of Keras's optimizers) is nearer to that centre than any single
#    moment (Yazıcı and others, *The Unusual Effectiveness of Averaging in GAN Training*, 2019).
# 4. **One update for both halves.** The chapter's discriminator first makes an update on real
#    points alone, which pulls it towards "all is real", and then one on generated points alone,
#    which pulls it back. One update on both together pulls only where they differ.
#
# What does each bring? One game says little, for another seed ends differently. So here is the
# median of several seeds, adding one change after the other:


# %% tags=["library"]
def play(seed, n_epochs, joint=True, beta_1=0.5, averaging=0.999, **options):
    """One game from a seed; the generator and the mean losses are returned."""
    keras.utils.set_random_seed(seed)
    generator, discriminator = define_gen(latent_dim), define_disc(beta_1=beta_1)
    your_gan = define_your_gan(generator, discriminator, beta_1=beta_1, averaging=averaging)
    options = {"summary": None, "n_epochs": n_epochs, "joint": joint} | options
    return generator, train(generator, discriminator, your_gan, latent_dim, **options)


# %%
as_printed = {"n_epochs": 1000, "joint": False, "beta_1": 0.9, "averaging": None}
settings = {
    "the chapter's 1000 steps": as_printed,
    f"{n_full:,} steps": as_printed | {"n_epochs": n_full},
    "+ beta_1 = 0.5": {"joint": False, "averaging": None},
    "+ averaged weights": {"joint": False},
    "+ one update for both halves": {},
}
seeds = range(utils.epochs(5))

rows = []
for name, changes in settings.items():
    for seed in seeds:
        start = time.perf_counter()
        trained, _ = play(seed, **{"n_epochs": n_full, **changes})
        seconds = time.perf_counter() - start
        figures = judge(gen_fake(trained, latent_dim, 2000)[0])
        rows.append({"game": name, "seed": seed} | figures | {"seconds": seconds})
    figures = pd.DataFrame([row for row in rows if row["game"] == name]).median(numeric_only=True)
    print(f"{name:30} energy distance {figures['energy distance x 1000']:6.2f} / 1000")

games = pd.DataFrame(rows)
table = games.groupby("game", sort=False).median(numeric_only=True).drop(columns="seed")
table.loc["floor: real points"] = floor.median()
table.round(4)

# %% [markdown]
# More steps do most of it. The other changes together take the energy distance down to within twice
# the floor. Games differ a good deal from seed to seed, so small differences between neighbouring
# rows mean little. Here is the last game seed by seed. Real samples differ among themselves, too:
# the median of 20 of them is the last row above, and the worst of the 20 is printed here.

# %%
final = (
    games[games["game"] == "+ one update for both halves"].drop(columns="game").set_index("seed")
)
worst = floor["energy distance x 1000"].max()
print(f"20 real samples: worst energy distance {worst:.2f} / 1000")
final.round(4)

# %% [markdown]
# ## Watch the game
#
# One more game, with a summary of our own: every 100 steps it keeps what the generator makes of the
# same 300 latent points, the discriminator's verdict all over the plane, and its accuracies.


# %% tags=["library"]
class Recorder:
    """A summary for `train` that keeps how the game stood."""

    def __init__(self):
        self.latent_points = gen_latent_points(latent_dim, 300)
        x, y = np.meshgrid(np.linspace(-0.8, 0.8, 80), np.linspace(-0.3, 0.6, 60))
        self.plane = tf.constant(np.stack([x.ravel(), y.ravel()], axis=1), "float32")
        self.steps, self.points, self.verdicts, self.accuracies = [], [], [], []

    def __call__(self, epoch, generator, discriminator, latent_dim):
        real_logits = discriminator(generate_real(1000)[0])
        fake_logits = discriminator(gen_fake(generator, latent_dim, 1000)[0])
        self.steps.append(epoch)
        self.points.append(generator(self.latent_points).numpy())
        self.verdicts.append(tf.sigmoid(discriminator(self.plane)).numpy().reshape(60, 80))
        self.accuracies.append([np.mean(real_logits > 0), np.mean(fake_logits <= 0)])


# %%
keras.utils.set_random_seed(SEED)
recorder = Recorder()
generator, losses = play(SEED, n_full, summary=recorder)
pd.DataFrame({"this game": judge(gen_fake(generator, latent_dim, 2000)[0])}).T.round(4)

# %% [markdown]
# First the film. The blue line is the real curve, each cross is what became of one latent point.
# The steps between two pictures grow, since most happens early. Late in the game you see the points
# still sway about the curve: these are the weights of the moment. The table above judges their
# average.

# %%
frames = np.unique(np.geomspace(1, len(recorder.steps), 70).astype(int) - 1)
x_real = np.linspace(-0.5, 0.5, 100)
figure, axis = plt.subplots(figsize=(5, 3.6), dpi=90, layout="constrained")
axis.plot(x_real, x_real**2, color=REAL, linewidth=2, label="real: y = x²")
dots = axis.scatter(
    *recorder.points[0].T, s=12, color=GENERATED, marker="x", linewidth=0.8, label="generated"
)
axis.set(xlim=(-0.8, 0.8), ylim=(-0.3, 0.6), xlabel="x", ylabel="y")
axis.legend(loc="upper center", ncols=2, fontsize=8)


def draw(frame):
    """One picture of the film."""
    dots.set_offsets(recorder.points[frame])
    axis.set_title(f"Step {recorder.steps[frame]:,}")


pause = [frames[-1]] * 15
film = FuncAnimation(figure, draw, frames=[*frames, *pause])
Path("output").mkdir(exist_ok=True)
film.save("output/quadratic.gif", writer=PillowWriter(fps=10))
plt.close(figure)
# Labelled as PNG, since static pages show no GIF; browsers look at the bytes and play it.
Image("output/quadratic.gif", format="png", alt="Crosses gather on the parabola, step by step.")

# %% [markdown]
# Next the discriminator's opinion of every point of the plane: blue where it would say real, orange
# where generated, white where it cannot tell, with a line at 0.5. Early it draws a rough border,
# and the generator crosses it. In the end it is white wherever there are points: it can only guess.
# Far from the curve it may say what it likes, for it is hardly ever asked there.

# %% alt="The plane at four moments of the training, coloured by the discriminator's opinion: at first a rough border between a blue and an orange region, in the end white along the parabola, with the generated points on it."
opinion = LinearSegmentedColormap.from_list("opinion", [GENERATED, "white", REAL])
figure, axes = plt.subplots(
    2, 2, figsize=(9, 5.4), sharex=True, sharey=True, layout="constrained"
)
for axis, step in zip(axes.flat, [100, 500, n_full // 10, n_full], strict=True):
    moment = recorder.steps.index(step)
    surface = axis.imshow(
        recorder.verdicts[moment],
        origin="lower",
        extent=(-0.8, 0.8, -0.3, 0.6),
        vmin=0,
        vmax=1,
        cmap=opinion,
        aspect="auto",
    )
    axis.contour(
        np.linspace(-0.8, 0.8, 80),
        np.linspace(-0.3, 0.6, 60),
        recorder.verdicts[moment],
        [0.5],
        colors="grey",
    )
    axis.plot(x_real, x_real**2, color="black", linewidth=1)
    axis.scatter(*recorder.points[moment].T, s=8, color="black", marker="x", linewidth=0.6)
    axis.set(title=f"step {step:,}", xlim=(-0.8, 0.8), ylim=(-0.3, 0.6))
figure.supxlabel("x")
figure.supylabel("y")
figure.colorbar(surface, ax=axes, label="probability of being real")
plt.show()

# %% [markdown]
# ### Losses and accuracies
#
# If the generator is perfect, the best discriminator says 0.5 to everything. Then it is right about
# half of the points, and pays $\ln 2$ for the real half and $\ln 2$ for the generated half,
# together $2 \ln 2 = 1.386$; the generator pays $\ln 2 = 0.693$. The dashed lines mark this draw.
# Unlike in an ordinary training, no loss should go to zero here: that would mean that one player
# has beaten the other, and that the game has nothing left to teach.

# %% alt="Left, both losses by step: they settle on the dashed lines of a draw. Right, the share of points judged rightly: the mean of real and generated settles at one half."
figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.6), layout="constrained")
for column, name, colour, at_draw in [
    (0, "discriminator", REAL, 2 * np.log(2)),
    (1, "generator", GENERATED, np.log(2)),
]:
    left.plot(recorder.steps, losses[:, column], color=colour, label=name)
    left.axhline(at_draw, color=colour, linestyle="--", linewidth=1)
    left.annotate(
        f"{at_draw:.3f}", (recorder.steps[-1], at_draw), color=colour, va="bottom", ha="right"
    )
left.set(title="Losses, means of 100 steps", xlabel="step", ylabel="loss (nats)", ylim=(0.4, 1.8))
left.legend(fontsize=8)
accuracy_real, accuracy_fake = np.transpose(recorder.accuracies)
right.plot(recorder.steps, accuracy_real, color=REAL, linewidth=0.8, label="of real points")
right.plot(
    recorder.steps, accuracy_fake, color=GENERATED, linewidth=0.8, label="of generated points"
)
right.plot(
    recorder.steps, (accuracy_real + accuracy_fake) / 2, color="black", label="mean of both"
)
right.axhline(0.5, color="grey", linestyle="--", linewidth=1)
right.set(title="Judged rightly by the discriminator", xlabel="step", ylabel="share", ylim=(0, 1))
right.legend(fontsize=8)
plt.show()
print(
    f"Last 50 summaries: losses {losses[-50:].mean(axis=0).round(3)}, "
    f"mean accuracy {np.mean(recorder.accuracies[-50:]):.3f}"
)

# %% [markdown]
# ### What each latent coordinate does
#
# Move one latent coordinate from -2.5 to 2.5 while the others stay at 0, and follow the generated
# point. The generator was free to use its five coordinates as it liked. All paths run along the
# curve: leaving it costs.

# %% alt="Five panels, one for each latent coordinate: as its value grows, the generated point moves along the parabola."
figure, axes = plt.subplots(
    1, latent_dim, figsize=(12, 2.8), sharex=True, sharey=True, layout="constrained"
)
values = np.linspace(-2.5, 2.5, 41)
for coordinate, axis in enumerate(axes):
    path = np.zeros((len(values), latent_dim), "float32")
    path[:, coordinate] = values
    points = generator(path).numpy()
    axis.plot(x_real, x_real**2, color=REAL, linewidth=1)
    dots = axis.scatter(*points.T, c=values, s=14, cmap="viridis")
    axis.set(title=f"coordinate {coordinate + 1}", xlabel="x", xlim=(-0.8, 0.8), ylim=(-0.1, 0.5))
axes[0].set_ylabel("y")
figure.colorbar(dots, ax=axes, label="its value")
plt.show()

# %% [markdown]
# And is $x$ uniform, as it should be? The generator's input is normal, so it has to flatten the
# bell.

# %% alt="Two histograms of x: the real points are level between -0.5 and 0.5, the generated ones nearly so."
figure, axis = plt.subplots(figsize=(6, 2.8), layout="constrained")
bins = np.linspace(-0.6, 0.6, 25)
for name, points, colour in [
    ("real", generate_real(10_000)[0], REAL),
    ("generated", gen_fake(generator, latent_dim, 10_000)[0], GENERATED),
]:
    axis.hist(
        np.asarray(points)[:, 0], bins, histtype="step", linewidth=2, color=colour, label=name
    )
axis.set(title="Where the points lie along x", xlabel="x", ylabel="points of 10,000")
axis.legend(fontsize=8)
plt.show()

# %% [markdown]
# ## How it fails
#
# (To play with the game by hand, without Python: <a href="../docs/play/index.html">the same game,
# live in your browser</a>, with the force on each point, its failures and their cures. Open the
# file from the course's folder.)
#
# Two failures are so common that they have names. Each is provoked here by **one changed number**.
#
# **Mode collapse.** The generator's learning rate is 50 times larger. It now runs after every whim
# of the discriminator: whichever spot of the curve is thought most real at the moment, it throws
# *all* its points there.
#
# **Divergence.** The discriminator's learning rate is 100 times smaller. It cannot keep up.
# Wherever the generator goes, "real" still seems to lie further on in the same direction, and so it
# runs away from the curve for good.


# %% alt="Points (above) and losses (below) of three games: a healthy one on the parabola with losses at a draw; a collapsed one with all points in one spot and losses at a draw as well; a diverged one with points far away and losses off the draw."
def play_badly(gen_rate=0.001, disc_rate=0.001):
    """A game with other learning rates; the generator, the losses and the recorder."""
    keras.utils.set_random_seed(SEED)
    generator, discriminator = (
        define_gen(latent_dim),
        define_disc(learning_rate=disc_rate, beta_1=0.5),
    )
    your_gan = define_your_gan(generator, discriminator, learning_rate=gen_rate, beta_1=0.5)
    recorder = Recorder()
    losses = train(
        generator, discriminator, your_gan, latent_dim, n_full // 4, summary=recorder, joint=True
    )
    return generator, losses, recorder


failures = {
    "as it should be": play_badly(),
    "mode collapse: gen_rate=0.05": play_badly(gen_rate=0.05),
    "divergence: disc_rate=0.00001": play_badly(disc_rate=0.00001),
}
figure, axes = plt.subplots(2, 3, figsize=(12, 6), layout="constrained")
for column, (name, (failed, failed_losses, failed_recorder)) in enumerate(failures.items()):
    top, bottom = axes[:, column]
    plot_points(generate_real(100)[0], gen_fake(failed, latent_dim, 100)[0], name, top)
    bottom.plot(failed_recorder.steps, failed_losses[:, 0], color=REAL, label="discriminator")
    bottom.plot(failed_recorder.steps, failed_losses[:, 1], color=GENERATED, label="generator")
    bottom.axhline(2 * np.log(2), color=REAL, linestyle="--", linewidth=1)
    bottom.axhline(np.log(2), color=GENERATED, linestyle="--", linewidth=1)
    bottom.set(xlabel="step", ylabel="loss (nats)", ylim=(0, 3))
    bottom.legend(fontsize=8)
plt.show()
pd.DataFrame(
    {name: judge(gen_fake(game[0], latent_dim, 2000)[0]) for name, game in failures.items()}
).T.round(4)

# %% [markdown]
# How to tell them apart, without knowing the curve?
#
# * **Collapse** does not show in the losses. After a few hundred steps they lie on the dashed
#   lines, as in the healthy game: the discriminator cannot tell that one point from the real ones
#   around it, so it is a draw. Coverage shows it, and the plot of the points. Look at the variety
#   of the samples, not only at each one's quality, and never at the losses alone.
# * **Divergence** shows everywhere: the points leave the region of the data (mind the axes), and
#   the losses swing far away from the draw.
#
# The cure for both is balance: neither player may be much faster than the other. With both rates at
# 0.001, in the left column, nothing of the kind happens.
#
# ## Scorecard

# %%
scorecard = {
    "floor: real points": table.loc["floor: real points"],
    "generator, untrained": pd.Series(scores["generator, untrained"]),
    "the chapter's 1000 steps, median": table.loc["the chapter's 1000 steps"],
    "all four changes, median": table.loc["+ one update for both halves"],
    "mode collapse": pd.Series(
        judge(gen_fake(failures["mode collapse: gen_rate=0.05"][0], latent_dim, 2000)[0])
    ),
}
pd.DataFrame(scorecard).T.drop(columns="seconds").round(4)

# %% [markdown]
# # Your turn
#
# Replace each `raise NotImplementedError()` by your code. The check cell below a task says what is
# still wrong.

# %% [markdown]
# **Task 1: another function.** Write `generate_wave(n)`: like `generate_real`, but for $y =
# \frac{1}{2}\sin(2 \pi x)$. `train` will call it inside `tf.function`, so draw and compute with
# `tf` or `keras`, not with NumPy. Then let a GAN learn it (the check cell does that).


# %% nbgrader={"grade_id": "task-1", "solution": true} tags=["task", "library"]
def generate_wave(n):
    """n points (n, 2), x uniform on [-0.5, 0.5) and y = sin(2 pi x) / 2; labels, ones (n, 1)."""
    ### BEGIN SOLUTION
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
    ### END SOLUTION


# %% alt="Real points on a sine wave, and generated points along it." nbgrader={"grade": true, "grade_id": "check-1", "points": 2} tags=["check"]
def drawn_x(n, sampler=generate_wave):
    """The x of n points, sorted, once all else about them is right."""
    made = sampler(n)
    assert isinstance(made, (tuple, list)) and len(made) == 2, (
        "generate_wave should return two things: the points, and their labels"
    )
    points, labels = np.asarray(made[0]), np.asarray(made[1])
    for name, array, shape in [("points", points, (n, 2)), ("labels", labels, (n, 1))]:
        assert array.shape == shape, (
            f"the {name} should have the shape {shape}, not {array.shape}"
        )
    assert (labels == 1).all(), "real points should have the label 1"
    x, y = points.T
    right_y = np.sin(2 * np.pi * x) / 2
    assert np.allclose(y, right_y, atol=1e-5), (
        "y, the second column, should be sin(2 pi x) / 2 of the x beside it: "
        f"for x = {x[0]:.3f} that is {right_y[0]:.3f}, not {y[0]:.3f}"
    )
    assert x.min() >= -0.5 and x.max() <= 0.5, (
        f"x should lie in [-0.5, 0.5), yours goes from {x.min():.2f} to {x.max():.2f}"
    )
    return np.sort(x)


x, again = drawn_x(10_000), drawn_x(10_000)
tenths = np.histogram(x, bins=10, range=(-0.5, 0.5))[0] / 10_000
assert np.allclose(tenths, 0.1, atol=0.02), (
    "x should be uniform on [-0.5, 0.5), with a tenth of the points in each tenth of it; "
    f"yours: {tenths.round(2)}"
)
assert not np.allclose(x, again, atol=1e-6), (
    "x should be random and drawn anew at each call: two calls gave the same x"
)
for array in generate_wave(5):
    assert not tf.is_tensor(array) or array.dtype == tf.float32, (
        f"train joins points and labels to those of gen_fake: make them float32, not {array.dtype}"
    )
in_training = tf.function(generate_wave)  # as `train` calls it
try:
    frozen = np.array_equal(drawn_x(64, in_training), drawn_x(64, in_training))
except Exception as error:
    raise AssertionError(
        "train calls generate_wave inside tf.function, and there it stops. Use tf.sin in place of "
        f"np.sin, and n as it comes: {error}"
    ) from error
assert not frozen, (
    "the draw is frozen: what NumPy or Python draw is drawn once, while tf.function compiles, and "
    "each training step would see the same points. Draw with tf.random.uniform"
)
### BEGIN HIDDEN TESTS
for n in (1, 7, 300):
    drawn_x(n)
### END HIDDEN TESTS
on_wave = np.linspace(-0.5, 0.5, 1000, endpoint=False)
on_wave = np.stack([on_wave, np.sin(2 * np.pi * on_wave) / 2], axis=1)
n_steps = max(n_full, 3000)
for seed in range(3):  # a game can go wrong, three in a row hardly ever do
    wave_generator, _ = play(seed, n_steps, sampler=generate_wave)
    wave_points = gen_fake(wave_generator, latent_dim, 1000)[0]
    distance = 1000 * energy_distance(wave_points, on_wave)
    if distance < 50:
        break
wave_floor = 1000 * energy_distance(generate_wave(1000)[0], on_wave)
title = f"Energy distance {distance:.1f} / 1000 (real points: {wave_floor:.1f})"
plot_points(generate_wave(200)[0], wave_points[:200], title)
plt.show()
assert distance < 50, (
    f"three GANs that learnt from your points ended far from the wave, the last {distance:.0f} / "
    "1000: do all calls of generate_wave give points on it?"
)
print("Task 1 is right.")

# %% [markdown]
# **Task 2: another latent size.** Is one latent coordinate enough for a curve? Write
# `latent_score(size, n_epochs)`: build the three models for latent vectors of that size, with the
# settings of `play`, train them with `joint=True` and `summary=None`, and return the energy
# distance of 2,000 generated points to 2,000 real ones.


# %% nbgrader={"grade_id": "task-2", "solution": true} tags=["task", "library"]
def latent_score(size, n_epochs=20_000):
    """Energy distance reached with latent vectors of the given size."""
    ### BEGIN SOLUTION
    generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
    your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
    train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
    return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-2", "points": 2} tags=["check"]
import inspect
from unittest.mock import patch

real_train, calls = train, []


def note(*given, **named):
    """In place of train: notes what it is given and, to save time, only shifts the generator."""
    call = inspect.signature(real_train).bind(*given, **named)
    call.apply_defaults()
    calls.append(call.arguments)
    model = call.arguments["g_model"]
    model.set_weights([weights + 0.5 for weights in model.get_weights()])
    return np.zeros((1, 2))


def check_score(size, n_epochs):
    """One call of latent_score: what it trains, how, and how it judges the generator."""
    calls.clear()
    try:
        with patch.dict(globals(), train=note):  # afterwards all is as before
            score = latent_score(size, n_epochs=n_epochs)
    except ValueError as error:
        raise AssertionError(
            f"latent_score({size}, {n_epochs}) stops. Is everything that asks for a latent size "
            f"given `size`? {error}"
        ) from error
    assert len(calls) == 1, f"latent_score should call train once, not {len(calls)} times"
    is_number = np.size(score) == 1 and np.asarray(score).dtype.kind in "fi"
    assert is_number, f"latent_score should return a number, not {score}"
    score, call = float(score), calls[0]
    model, disc, gan = call["g_model"], call["d_model"], call["your_gan_model"]
    assert model.input_shape[-1] == call["latent_dim"] == size, (
        f"for size={size} the generator takes latent vectors of {model.input_shape[-1]}, and train "
        f"draws vectors of {call['latent_dim']}: both should be `size`"
    )
    assert call["n_epochs"] == n_epochs, (
        f"latent_score({size}, {n_epochs}) trains for {call['n_epochs']} steps: hand on n_epochs"
    )
    assert call["joint"], "train with joint=True"
    assert call["summary"] is None, "train with summary=None: nobody looks at pictures here"
    assert gan.layers[-2:] == [model, disc], "join the same two models that are trained"
    assert disc.trainable_variables, "the discriminator is frozen: it never learns"
    x, y = np.transpose(call["sampler"](50)[0])
    assert np.allclose(y, x**2, atol=1e-5), "train on the points of generate_real"
    for name, optimizer in [("define_disc", disc.optimizer), ("define_your_gan", gan.optimizer)]:
        beta_1, rate = getattr(optimizer, "beta_1", None), float(optimizer.learning_rate)
        assert beta_1 == 0.5 and np.isclose(rate, 0.001), (
            f"{name}: play has beta_1=0.5 and the rate 0.001, yours {beta_1} and {rate:.3g}"
        )
    assert gan.optimizer.use_ema and np.isclose(gan.optimizer.ema_momentum, 0.999), (
        "define_your_gan: play has averaging=0.999"
    )
    points = gen_fake(model, size, 500)[0]
    right = energy_distance(points, generate_real(500)[0])
    looks_like = {
        "1000 times too much: judge gives it so": 1000 * right,
        "the mean distance from the curve": mean_distance(points),
        "its root": np.sqrt(right),
        "a distance of real points to real ones": 0.0,
    }
    hints = [name for name, wrong in looks_like.items() if np.isclose(score, wrong, 0.1, 0.01)]
    assert np.isclose(score, right, rtol=0.2), (
        f"after train, the energy distance of the generator to real points is about {right:.3f}, "
        f"and latent_score returns {score:.4g}. {' or '.join(hints)}"
    )


check_score(3, 400)
check_score(8, 700)
### BEGIN HIDDEN TESTS
check_score(1, 150)
### END HIDDEN TESTS
print("Task 2 is right.")

# %% tags=["check"]
# No points here, but trainings. Is one latent coordinate enough? Three games of each size, since
# one says little.
for size in (1, 5, 20):
    scores = []
    for seed in range(3):
        keras.utils.set_random_seed(seed)
        scores.append(1000 * float(latent_score(size, n_epochs=n_full // 4)))
    scores = np.round(scores, 1)
    print(f"{size:2} coordinates, {n_full // 4:,} steps: energy distances {scores} / 1000")

# %% [markdown]
# **Task 3: label smoothing.** A discriminator that is too sure of itself gives poor gradients.
# Salimans and others (*Improved Techniques for Training GANs*, 2016) tell it 0.9 in place of 1 for
# real points, and leave the 0 of generated points. Write `smooth(labels, amount)`, which does that
# to a batch of labels, inside `tf.function`, too.


# %% nbgrader={"grade_id": "task-3", "solution": true} tags=["task", "library"]
def smooth(labels, amount=0.1):
    """Labels (n, 1) of 0 or 1; ones are lowered by the amount, zeros stay."""
    ### BEGIN SOLUTION
    return labels * (1 - amount)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-3", "points": 1} tags=["check"]
def check_smooth(labels, *amount):
    """A batch of labels, as cells call smooth and as `train` does, inside tf.function."""
    labels = np.reshape(labels, (-1, 1)).astype("float32")
    right = np.where(labels == 1, 1 - (amount or (0.1,))[0], 0)
    for function, where in [(smooth, ""), (tf.function(smooth), " inside tf.function")]:
        try:
            smoothed = function(tf.constant(labels), *amount)
        except Exception as error:
            if function is smooth and isinstance(error, NotImplementedError):
                raise  # the task is still open
            raise AssertionError(
                f"smooth stops{where}. NumPy, float(), loops and `if` cannot work on a batch "
                f"there: use tf or keras.ops. It stops with: {error}"
            ) from error
        smoothed = np.asarray(smoothed)
        assert smoothed.shape == labels.shape, (
            f"the shape should stay {labels.shape}, not become {smoothed.shape}"
        )
        assert np.allclose(smoothed[labels == 0], 0, atol=1e-6), (
            f"zeros should stay 0, not become {smoothed[labels == 0][0]:.2f}: only ones are lowered"
        )
        assert np.allclose(smoothed, right, atol=1e-6), (
            f"smooth(labels{', {}'.format(*amount) if amount else ''}) should make "
            f"{right.max():.2f} of each 1{where}, not {smoothed[labels == 1]}"
        )
    assert smoothed.dtype == "float32", (
        f"train joins these labels to those of gen_fake: keep them float32, not {smoothed.dtype}"
    )


check_smooth([1, 0, 1], 0.2)
check_smooth([1, 1, 0, 0, 1, 0], 0.5)
check_smooth([1, 0])  # the amount is 0.1 if none is given
### BEGIN HIDDEN TESTS
check_smooth([0, 1, 0, 0, 1], 0.35)
### END HIDDEN TESTS
print("Task 3 is right.")


# %% tags=["check"]
# No points here: what does smoothing bring? Three games with it, three without.
def smooth_real(n):
    """Real points with smoothed labels."""
    points, labels = generate_real(n)
    return points, smooth(labels)


for name, sampler in [("without", generate_real), ("with", smooth_real)]:
    scores = []
    for seed in range(3):
        played, _ = play(seed, n_full // 4, sampler=sampler)
        scores.append(judge(gen_fake(played, latent_dim, 2000)[0])["energy distance x 1000"])
    scores = np.round(scores, 1)
    print(f"{name:7} smoothing, {n_full // 4:,} steps: energy distances {scores} / 1000")

# %% [markdown]
# **Task 4: the original loss.** In the formula of the game the generator *minimises* $\log(1 -
# D(G(z)))$. In practice, here too, it minimises $-\log D(G(z))$ instead, the **non-saturating**
# loss. Write both for logits (hint: `tf.math.softplus(t)` is $\log(1 + e^t)$), and the check cell
# shows why: look at the gradients when the discriminator is sure that a point is generated, as it
# is early in the game.


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
losses_asked = {"original_loss": original_loss, "non_saturating_loss": non_saturating_loss}


def value_and_slopes(name, logits):
    """A loss of a batch of logits, a single number, and its gradient (n,)."""
    logits = tf.constant(np.reshape(logits, (-1, 1)).astype("float32"))
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = losses_asked[name](logits)
    assert np.size(value) == 1, (
        f"{name} of {len(logits)} logits should be their mean, one number, not {np.shape(value)}"
    )
    slopes = tape.gradient(value, logits) if tf.is_tensor(value) else None
    assert slopes is not None, (
        f"no gradient comes out of {name}: TensorFlow cannot look into NumPy, math or float(). "
        "Compute with tf or keras.ops"
    )
    return float(np.squeeze(value)), slopes.numpy().ravel()


def check_losses(*logits):
    """Both losses of a batch, to a hundredth: 1e-7 inside the log may stay."""
    n, D = len(logits), 1 / (1 + np.exp(-np.array(logits)))
    for name, formula, terms, right_slopes in [
        ("original_loss", "log(1 - D)", np.log(1 - D), -D / n),
        ("non_saturating_loss", "-log(D)", -np.log(D), (D - 1) / n),
    ]:
        value, slopes = value_and_slopes(name, logits)
        what = f"{name} of the logits {', '.join(map(str, logits))}"
        assert n == 1 or not np.isclose(value, terms.sum(), rtol=0.01), (
            f"{what} is the sum of {formula}: take the mean, which does not grow with the batch"
        )
        assert np.isclose(value, terms.mean(), rtol=0.01), (
            f"{what} should be the mean of {formula}, where D = tf.sigmoid(logits): "
            f"{terms.mean():.4f}, not {value:.4f}"
        )
        assert np.allclose(slopes, right_slopes, rtol=0.02, atol=1e-6), (
            f"{what} has the gradient {slopes.round(4)}, not {right_slopes.round(4)}: all of it "
            "should come from the logits"
        )


check_losses(0.0)
check_losses(-2.0, 2.0, 0.5)
check_losses(-10.0, -4.0, 3.0, 10.0)
### BEGIN HIDDEN TESTS
check_losses(9.0)
check_losses(-9.5, -7.0, -1.2, 0.3, 1.7, 5.0, 8.0)
### END HIDDEN TESTS
for logit in (-10.0, -2.0, 0.0, 2.0):
    original, other = (value_and_slopes(name, [logit])[1][0] for name in losses_asked)
    D = 1 / (1 + np.exp(-logit))
    print(f"D = {D:.5f}: gradient {original:.5f} or, non-saturating, {other:.5f}")
for name, logit, exact in [("original_loss", 100, -100), ("non_saturating_loss", -100, 100)]:
    value, slopes = value_and_slopes(name, [logit])
    print(
        f"{name}({logit}) = {value:.1f} (exactly {exact}), gradient {slopes[0]:.1f} (exactly -1)"
    )
print("Task 4 is right.")
