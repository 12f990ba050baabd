# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 3. A DCGAN that paints fruit
#
# **What you will make:** a network that paints tomatoes that nobody has seen, and a contest on
# bananas between that network and a plainer one. Six of these twelve tomatoes are real, six were
# painted by the network that you are about to train. Which ones? Write down your guess; the answer
# comes at the end of the exercise.

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
import functools
import time
from base64 import b64encode
from io import BytesIO
from pathlib import Path

import ipywidgets
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from IPython.display import Image as ShownImage
from IPython.display import display
from keras import layers
from PIL import Image

import utils
from course import judges, training
from course.counterfeits import counterfeits
from course.data import hold_out, stream_images
from course.layers import speed_up

SEED = 42
# The same two colours in every notebook, safe for colour-blind readers.
REAL, GENERATED = "#0072B2", "#D55E00"

# %%
keras.utils.set_random_seed(SEED)  # Python, NumPy and TensorFlow at once

# %%
utils.show_figure("which_is_painted")

# %% [markdown]
# **What you will learn**
#
# * what turns a GAN into a DCGAN: which layers it uses, which it avoids, and why;
# * how to write one training step in which two networks learn against each other, and the loop
#   around it;
# * how to train for hours: previews, a log, and a training that goes on after a cut;
# * how to judge painted pictures by numbers: how far from real ones, how varied, how much learnt by
#   heart;
# * how to compare two GANs fairly.
#
# **What you need:** notebook 2 (the two players and their losses) and a first acquaintance with
# convolutions.
#
# **How long it takes:** about <!--time 03_fruit_gan-->4 hours<!--end--> on 2 CPU cores with 16-bit
# arithmetic. An epoch means showing every picture once. We train for 300 epochs of tomatoes (the
# chapter asks for 1000) and 500 of bananas for each of two GANs: a job for a GPU, or for a night.
# To look around first, run `%env COURSE_EPOCHS=20` in a cell of its own first: every training stops
# after that many epochs, and the course is otherwise the same. You can stop at any time. Run the
# notebook again, and each training goes on where it was.

# %% [markdown]
# # Exercise 11.03: paint tomatoes with a DCGAN
#
# ## The constants
#
# A picture has `gen_square` x `gen_square` pixels. The generator builds it from a 4 x 4 start by
# doubling three times (4, 8, 16, 32) and multiplying by `gen_res` once more, so the side is always
# 32 times `gen_res`.

# %% tags=["library"]
gen_res = 3  # how often the last step enlarges 32 x 32 pixels
gen_square = 32 * gen_res  # side of a picture in pixels
img_chan = 3  # colour channels: red, green, blue

img_rows = 5  # the preview grid
img_cols = 5
img_margin = 16  # pixels of white between previews

seed_vector = 200  # length of the latent vector
num_batch = 32  # pictures per training step

# %%
epochs = utils.epochs(300)  # the chapter: 1000
data_path = utils.data_dir()
output_path = Path("output")

print(f"Pictures: {gen_square} x {gen_square} x {img_chan}, from latent vectors of {seed_vector}")
print(f"Training: {epochs} epochs in batches of {num_batch}")
print(f"Previews: {img_rows} x {img_cols} pictures, {img_margin} pixels apart, in {output_path}/")

# %% [markdown]
# Most of the time goes into convolutions. Recent GPUs multiply 16-bit `float16` numbers several
# times as fast as 32-bit ones, and many recent processors do so with `bfloat16`. With **mixed
# precision** Keras computes in 16 bits and keeps the weights in 32. `setup.precision()` chooses
# what is fast here; to compute in 32 bits throughout, write "float32" in its place.

# %%
keras.config.set_dtype_policy(setup.precision())
print("Precision:", keras.config.dtype_policy().name)

# %% [markdown]
# ## The pictures
#
# The fruit that comes with the course is rendered by a program, so that everybody may copy it:
# each picture shows a fruit of its own (`data/README.md` says how). The chapter's photographs are a
# `make data` away.
#
# `load_images` resizes every picture to 96 x 96 pixels and scales its bytes from 0..255 to
# **-1..1**. That is the range of `tanh`, with which the generator will end: real and painted
# pictures must live on one scale, or the discriminator could tell them apart by brightness alone.
# The pictures of the test set are **held out**: no network sees them, and their fruits are others.
# They will tell us how far apart two piles of *real* pictures are. (Where there are fewer than
# twelve, `hold_out` takes some of the others.)


# %% tags=["library"]
def load_fruit(fruit):
    """Pictures to train on and pictures held out, each (n, 96, 96, 3) in [-1, 1]."""
    images = utils.load_images(fruit, gen_square)
    try:
        held_out = utils.load_images(fruit, gen_square, split="test_set")
    except FileNotFoundError:
        held_out = images[:0]
    return hold_out(images, held_out, fruit)


# %%
training_data, held_out = load_fruit("tomato")
num_buffer = len(training_data)  # shuffle over all pictures
print(
    f"To train on: {len(training_data)} pictures as {training_data.dtype} {training_data.shape}"
)
low, high = training_data.min(), training_data.max()
print(f"from {low:.2f} to {high:.2f}, mean {training_data.mean():.2f}; held out: {len(held_out)}")
# If anything is wrong with the fruit for later, better to hear of it before the training.
print("Bananas for later:", " and ".join(str(len(pile)) for pile in load_fruit("banana")))


# %% tags=["library"]
def show_images(images, title):
    """A row of pictures, given in [-1, 1]."""
    figure, axes = plt.subplots(1, len(images), figsize=(1.6 * len(images), 2), squeeze=False)
    for axis, image in zip(axes[0], np.asarray(images, "float32"), strict=True):
        axis.imshow((image + 1) / 2)
        axis.axis("off")
    figure.suptitle(title)
    plt.show()


# %% alt="A row of twelve real tomatoes: round, flat and oval ones, red to green, with and without calyx."
show_images(training_data[:12], "Real tomatoes")

# %% [markdown]
# The pictures become a `tf.data` data set: the numbers of the pictures in random order, in batches,
# and for each batch its pictures. While the network works on one batch, `prefetch` gets the next
# one ready. The last batch of an epoch is smaller than the others unless 32 divides the number of
# pictures, so nothing below may rely on 32.


# %% tags=["library"]
def make_dataset(images):
    """Batches of num_batch pictures, in another order each epoch."""
    order = tf.data.Dataset.range(len(images)).shuffle(len(images), seed=SEED)
    images = tf.constant(images)
    return order.batch(num_batch).map(lambda numbers: tf.gather(images, numbers)).prefetch(1)


# %%
train_dataset = make_dataset(training_data)
print("Batches of", [len(batch) for batch in train_dataset])

# %% [markdown]
# ## What makes a DCGAN
#
# Radford, Metz and Chintala (*Unsupervised Representation Learning with Deep Convolutional
# Generative Adversarial Networks*, 2015) tried many ways to build GANs from convolutions. Few of
# them trained stably. These did:
#
# | rule | in the generator | in the discriminator |
# | --- | --- | --- |
# | change the size with learnt layers, without pooling | fractionally strided (transposed) convolution | strided convolution |
# | no fully connected hidden layers | one Dense layer to start the first 4 x 4 map | one Dense unit to end |
# | batch normalisation | everywhere but at the output | everywhere but at the input |
# | activation | ReLU, and tanh at the output | LeakyReLU |
#
# ## The generator
#
# Our generator follows the chapter in one departure from the table: it enlarges by **repeating
# pixels** (`UpSampling2D`) and then convolves, where a transposed convolution would do both at
# once. A transposed convolution adds up overlapping patches, and where they overlap unevenly it
# leaves a checkerboard in the picture (Odena, Dumoulin and Olah, *Deconvolution and Checkerboard
# Artifacts*, 2016). Small numbers show it: in the upper row the tinted cells are hit twice or four
# times, in the lower row every inner cell sums nine.

# %%
utils.show_figure("transposed_convolution")

# %% [markdown]
# The same on a real layer. Both variants below enlarge an even grey surface with random, untrained
# filters. The transposed convolution turns it into a pattern; behind `UpSampling2D` it stays even,
# but for the border.

# %% alt="Two enlarged grey squares: the transposed convolution leaves a checkerboard, upsampling and then convolving a smooth surface."
grey = tf.ones((1, 8, 8, 16))
variants = {
    "transposed convolution": [layers.Conv2DTranspose(1, 3, strides=2, padding="same")],
    "UpSampling2D, then convolution": [
        layers.UpSampling2D(),
        layers.Conv2D(1, 3, padding="same"),
    ],
}
figure, axes = plt.subplots(1, 2, figsize=(7, 3.4), layout="constrained")
for axis, (name, variant) in zip(axes, variants.items(), strict=True):
    enlarged = np.asarray(keras.Sequential(variant)(grey), "float32")[0, :, :, 0]
    axis.imshow(enlarged, cmap="gray")
    axis.set(title=f"{name}\ninner values differ by {np.ptp(enlarged[2:-2, 2:-2]):.2f}")
    axis.axis("off")
plt.show()

# %% [markdown]
# Now the generator:

# %%
utils.show_figure("dcgan_generator")


# %% tags=["library"]
def create_generator(seed_size, channels):
    """Latent vectors (n, seed_size) in, pictures (n, 96, 96, channels) in [-1, 1] out."""
    model = keras.Sequential(name="generator")
    model.add(keras.Input((seed_size,)))
    model.add(layers.Dense(4 * 4 * 256, activation="relu"))
    model.add(layers.Reshape((4, 4, 256)))
    for filters, enlarge in [(256, 2), (256, 2), (128, 2), (128, gen_res)]:
        model.add(layers.UpSampling2D(enlarge))
        model.add(layers.Conv2D(filters, 3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.ReLU())
    model.add(layers.Conv2D(channels, 3, padding="same"))
    model.add(layers.Activation("tanh", dtype="float32"))  # the picture itself in full precision
    return model


# %%
generator = create_generator(seed_vector, img_chan)
generator.summary()

# %% [markdown]
# Untrained, it turns a random vector into a grey blur. That is the first forgery of our
# counterfeiter.

# %% alt="What the untrained generator paints: a grey surface."
noise = tf.random.normal((1, seed_vector))
generated_image = generator(noise, training=False)
print(
    "Shape",
    generated_image.shape,
    "values from",
    f"{np.min(generated_image):.3f} to {np.max(generated_image):.3f}",
)
show_images(generated_image, "Untrained generator")

# %% [markdown]
# ## The discriminator
#
# The discriminator shrinks the picture by convolutions with **stride 2**: it learns how to shrink,
# where pooling has a fixed rule. `LeakyReLU` lets a fifth of a negative signal through, so that a
# gradient always finds its way back to the generator. `Dropout` keeps it from learning the few
# pictures by heart.

# %%
utils.show_figure("strided_convolution")
utils.show_figure("dcgan_discriminator")

# %% [markdown]
# > **Watch out: logits.** The printed discriminator ends with a sigmoid. Ours ends with the number
# > *before* the sigmoid, the **logit**, and the loss is told so. A sigmoid that is very sure rounds
# > to exactly 0 or 1, and there its gradient is gone. We apply the sigmoid only to show a
# > probability.


# %% tags=["library"]
def create_discriminator(image_shape):
    """Pictures (n, *image_shape) in [-1, 1] in, logits (n, 1) out: positive means "real"."""
    model = keras.Sequential(name="discriminator")
    model.add(keras.Input(image_shape))
    for filters, strides in [(32, 2), (64, 2), (128, 2), (256, 1), (512, 1)]:
        model.add(layers.Conv2D(filters, 3, strides=strides, padding="same"))
        if filters == 64:
            model.add(layers.ZeroPadding2D(((0, 1), (0, 1))))
        if filters > 32:  # no batch normalisation at the input
            model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dropout(0.25))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, dtype="float32"))
    return model


# %%
image_shape = (gen_square, gen_square, img_chan)
discriminator = create_discriminator(image_shape)
discriminator.summary()

# %% [markdown]
# The untrained discriminator has no opinion: its probability is close to 0.5 for the forgery and
# for a real picture alike.


# %% tags=["library"]
def probability_real(model, images):
    """The verdict on pictures (n, 96, 96, 3): probabilities (n, 1) that they are real."""
    return tf.sigmoid(model(images, training=False)).numpy()


# %%
for name, images in [("generated picture", generated_image), ("real picture", training_data[:1])]:
    print(f"Untrained verdict on a {name}: {probability_real(discriminator, images)[0, 0]:.3f}")

# %% [markdown]
# ## The two losses
#
# The discriminator should say 1 to real pictures and 0 to generated ones. The generator wants to
# hear 1 for what it painted. Both wishes are a binary cross-entropy. A useful mark: a discriminator
# that cannot tell says 0.5 to everything, which costs it $2\ln 2 \approx 1.386$, and then the
# generator pays $\ln 2 \approx 0.693$. The numbers in the figures are invented; the arithmetic is
# that of the losses below.

# %%
utils.show_figure("train_discriminator")
utils.show_figure("train_generator")

# %% tags=["library"]
cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)


def discrim_loss(real_output, fake_output):
    """Loss of the discriminator, from its logits for real and for generated pictures."""
    real_loss = cross_entropy(tf.ones_like(real_output), real_output)
    fake_loss = cross_entropy(tf.zeros_like(fake_output), fake_output)
    return real_loss + fake_loss


def gen_loss(fake_output):
    """Loss of the generator, from the discriminator's logits for generated pictures."""
    return cross_entropy(tf.ones_like(fake_output), fake_output)


# %%
undecided = tf.zeros((4, 1))  # logit 0 is probability 0.5
for name, loss in [
    ("discriminator", discrim_loss(undecided, undecided)),
    ("generator", gen_loss(undecided)),
]:
    print(f"Undecided: the {name} pays {loss:.3f}")

# %% [markdown]
# ## How good is a painted picture? Decide before you train
#
# Whoever looks at pictures for hours begins to like them. So we choose the judges first, and try
# them on pictures whose quality we know.
#
# All of them compare two piles with the same number of pictures: ours, and real ones that no
# network was trained on. Each picture is first turned into 560 numbers, its **features**: how
# strong edges of each direction are in each part of the picture, and which colours are where
# (`features` in `course/judges.py`). Two pictures are near to each other if their features are.
# Then the judges ask:
#
# | figure | the question | two piles of real pictures |
# | --- | --- | --- |
# | **KID** x 1000 | How far apart are the piles as a whole? (Bińkowski and others, [*Demystifying MMD GANs*](https://arxiv.org/abs/1801.01401), 2018) | about 0 |
# | **precision** | What share of our pictures lies among real ones? (Kynkäänniemi and others, [*Improved Precision and Recall Metric for Assessing Generative Models*](https://arxiv.org/abs/1904.06991), 2019) | near 1 |
# | **recall** | What share of the real ones lies among ours? (the same authors) | near 1 |
# | **coverage** | What share of the real ones has one of ours near by? (Naeem and others, [*Reliable Fidelity and Diversity Metrics for Generative Models*](https://arxiv.org/abs/2002.09797), 2020) | near 1 |
#
# Precision asks whether the pictures are good, recall and coverage ask whether they are varied. A
# network that paints one good tomato again and again has a high precision and no recall.

# %% [markdown]
# Can these judges tell good from bad? We try them on **counterfeits**: piles made from real
# training pictures, whose rank we know beforehand. The first row is the **floor**: real pictures
# against other real ones. No painting can be expected to do better.

# %%
num_judged = min(len(held_out), num_buffer)
reference = held_out[:num_judged]
real_sample = np.random.default_rng(SEED).permutation(training_data)[:num_judged]
fakes = counterfeits(real_sample, np.resize(load_fruit("banana")[0], real_sample.shape))
rows = ["innocent shift, 1 px", "halves side by side", "repeats, 10", "blur, 1 px", "half noise"]
piles = {"other real pictures": real_sample, **{name: fakes[name] for name in rows}}
battery = pd.DataFrame(
    {name: judges.scorecard(pile, reference) for name, pile in piles.items()}
).T
real_floor = judges.floor(np.concatenate([reference, real_sample]), num_judged)
print(f"Ten draws of {num_judged} real pictures against {num_judged} others:")
for figure in judges.FIGURES:
    print(f"  {figure:10} {real_floor[figure]:.2f}, spread {real_floor[f'{figure}_spread']:.2f}")
battery[judges.FIGURES].round(2)

# %% [markdown]
# Read it row by row, and ask what each judge ought to see. A shift by one pixel, which no eye
# notices, should hardly move any figure. Halves of different fruits glued together are no fruit:
# look at KID and precision. Ten pictures repeated are real, but few: look at recall and coverage.
# Blur and noise are no real pictures either. (The whole battery, 31 piles of tomatoes and bananas,
# is in `benchmarks/RESULTS.md`.)
#
# None of these figures says whether pictures are *copied* from the training set. For that there is
# a test of its own, further down.

# %% [markdown]
# ## Pictures to follow the training
#
# `save_images` paints 25 pictures from the seeds it is given and saves them as one grid. During
# training the seeds stay **fixed**, so that from grid to grid you see the same 25 pictures mature.


# %% tags=["library"]
def paint(generator, noise):
    """A picture per latent vector, as an array (n, 96, 96, 3), painted batch by batch."""
    starts = range(0, len(noise), num_batch)
    batches = [generator(noise[i : i + num_batch], training=False) for i in starts]
    return np.concatenate(batches)


def save_images(cnt, noise, generator, folder):
    """Paint a picture per row of noise, save the grid as train-{cnt}.png; its path."""
    path = folder / f"train-{cnt}.png"
    return utils.save_images(paint(generator, noise), path, img_rows, img_cols, img_margin)


# %% [markdown]
# ## The training step
#
# One step, on one batch of real pictures:
#
# 1. draw as many latent vectors as there are real pictures (the last batch is short!) and paint
#    pictures from them;
# 2. let the discriminator judge real pictures and paintings, both **augmented**: each shifted at
#    random;
# 3. compute both losses;
# 4. move the discriminator's weights along **its** gradient, and the generator's along **its own**.
#
# Two gradient tapes listen at the same time. In step 4 each is asked only for the weights of its
# network, so neither loss can move the other's. There is no `trainable` switch to forget.
#
# Why augment? A few hundred pictures are few. The discriminator soon knows each of them by heart,
# and then its advice to the generator is worth little. To augment only the *real pictures*, as one
# does for a classifier, would teach the generator to paint fruit off the centre. **Differentiable
# augmentation** (Zhao and others, *Differentiable Augmentation for Data-Efficient GAN Training*,
# 2020) changes real pictures and paintings alike, just before the discriminator sees them. It
# hardly ever sees the same picture twice, and since the change is differentiable, the gradient
# finds its way back to the generator, which itself paints fruit in its place. Of the paper's
# changes (shift, cut out, change of colours) we take only the shift, by up to an eighth of the
# side. The chapter does without; near the end of the exercise we measure what it brings.
#
# The two networks and their two optimisers travel together as a `training.GAN`, which also keeps
# the running mean of the generator's weights, `gan.average`. The weights circle around something
# rather than settle, as in notebook 2; their mean paints, but takes no part in the game. Random
# numbers come from `gan.draw`, so that a training that was cut off goes on with the very next one.
# And `scale_loss` matters on GPUs only: in `float16` small gradients become 0, so the loss is
# multiplied by a large number first; the optimiser divides by it afterwards.


# %% tags=["library"]
def shift(gan, images):
    """Each picture (side, side, 3) shifted by itself; what comes in is white paper."""
    side = images.shape[1]
    furthest = side // 8
    chance = gan.draw(keras.random.uniform, tf.shape(images)[0], 2)  # in [0, 1)
    by = tf.cast(chance * (2 * furthest + 1), "int32")
    images = tf.pad(images, [(0, 0), (furthest,) * 2, (furthest,) * 2, (0, 0)], constant_values=1)
    for axis in (1, 2):  # rows, columns
        places = tf.range(side) + by[:, axis - 1, None]
        images = tf.gather(images, places, axis=axis, batch_dims=1)
    return images


def train_step(gan, images, augment=shift):
    """One update of each network on a batch of images; the losses of generator, discriminator."""
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = gan.generator(noise, training=True)
        real_output = gan.discriminator(augment(gan, images), training=True)
        fake_output = gan.discriminator(augment(gan, generated_images), training=True)
        g_loss = gen_loss(fake_output)
        d_loss = discrim_loss(real_output, fake_output)
        scaled_g_loss = gan.gen_optimizer.scale_loss(g_loss)
        scaled_d_loss = gan.disc_optimizer.scale_loss(d_loss)

    gen_weights = gan.generator.trainable_variables
    disc_weights = gan.discriminator.trainable_variables
    gan.gen_optimizer.apply(gen_tape.gradient(scaled_g_loss, gen_weights), gen_weights)
    gan.disc_optimizer.apply(disc_tape.gradient(scaled_d_loss, disc_weights), disc_weights)
    return g_loss, d_loss


# %% [markdown]
# Each network has its own Adam, because Adam keeps running means of *its* network's gradients. The
# small `beta_1` makes it forget old gradients faster, since the opponent changes all the time.
#
# `speed_up` (in `course/layers.py`) returns the same network with the same weights, made of faster
# layers. Repeating pixels and then convolving, for instance, multiplies the same number by up to
# nine weights of a filter; it is enough to add up the weights first and multiply once.


# %% tags=["library"]
def adam():
    """The optimiser of the chapter: a new one for each network."""
    return keras.optimizers.Adam(1.5e-4, beta_1=0.5)


def make_gan(generator, discriminator):
    """Two networks, ready to learn against each other."""
    return training.GAN(speed_up(generator), speed_up(discriminator), adam(), adam(), SEED)


# %% alt="The same tomato seven times, at different places of the picture."
trial = make_gan(generator, discriminator)
seen = shift(trial, tf.repeat(training_data[:1], 7, axis=0))
show_images(np.clip(seen, -1, 1), "One picture, as the discriminator may see it")

# %% [markdown]
# Does the fast generator compute the same, and how much faster? Forwards, and backwards for the
# gradients, as in a training step:


# %%
@tf.function
def forward_and_backward(model, inputs):
    """The model's output and the gradients of its mean square."""
    with tf.GradientTape() as tape:
        outputs = tf.cast(model(inputs, training=True), "float32")
        loss = tf.reduce_mean(outputs**2)
    return outputs, tape.gradient(loss, model.trainable_variables)


inputs = tf.random.normal((num_batch, seed_vector))
models = {"plain": generator, "fast": speed_up(generator)}
results, seconds = {}, {name: [] for name in models}
for _ in range(6):  # in turns; the first turn compiles and does not count
    for name, model in models.items():
        start = time.perf_counter()
        results[name] = forward_and_backward(model, inputs)[0].numpy()
        seconds[name].append(time.perf_counter() - start)
for name, taken in seconds.items():
    print(f"{name:6} {min(taken[1:]):.2f} to {max(taken[1:]):.2f} s")
difference = np.abs(results["plain"] - results["fast"]).mean()
print(f"mean difference {difference:.5f} ({keras.config.dtype_policy().name})")

# %% [markdown]
# What difference there is comes from rounding: in 16 bits a number has two to three decimal digits.
#
# ## The loop
#
# A training is a loop over epochs, and in it a loop over batches. `tf.function` compiles the step
# into a graph. Here it is for two batches:

# %%
compiled_step = tf.function(train_step)
for epoch in range(1):
    for images in train_dataset.take(2):
        g_loss, d_loss = compiled_step(trial, images)
    print(f"Epoch {epoch + 1}: generator {g_loss:.3f}, discriminator {d_loss:.3f}")

# %% [markdown]
# A training of hours gets interrupted: the laptop sleeps, the battery is empty. `training.train`
# (in `course/training.py`) is the same loop with what a night needs: after each epoch it keeps
# **all** that the next one depends on, weights, optimisers and the count of random numbers; run
# again, it goes on where it was. It keeps each training in a folder of its own, and begins anew,
# and says so, when the step, a network, an optimiser or the pictures have changed. Every 10 epochs
# it paints a preview and asks the judges.


# %% tags=["library"]
def train(gan, dataset, epochs, folder, reference, step=train_step):
    """Train a GAN for so many epochs, those of an earlier run included; the log as a table."""
    fixed_seed = tf.random.stateless_normal((img_rows * img_cols, seed_vector), seed=(SEED, 0))
    judged = tf.random.stateless_normal((len(reference), seed_vector), seed=(SEED, 1))

    def preview(gan, epoch):
        save_images(epoch, fixed_seed, gan.average, folder)

    def judge(gan):
        return judges.scorecard(paint(gan.average, judged), reference)

    return training.train(step, gan, dataset, epochs, folder, preview, judge)


# %%
gan = make_gan(generator, discriminator)
history = train(gan, train_dataset, epochs, output_path / "tomato", reference)

# %% [markdown]
# ## What it learnt
#
# First the losses. In an ordinary training the loss falls. Here each player's loss depends on the
# opponent, who learns as well, so a falling curve only says who is winning at the moment. The
# dashed lines mark the draw.
#
# > **Before you have run it.** Up to the training, each output here is of this very code. From here
# > on the pictures that you see were made by an earlier training, on an earlier rendering of the
# > fruit, and cells with tables are still empty. Your own run fills and replaces them all.


# %% tags=["library"]
def plot_losses(history, title):
    """Mean loss of each network per epoch, with the values of an undecided discriminator."""
    epoch = np.arange(1, len(history["gen_loss"]) + 1)
    marker = "o" if len(epoch) < 5 else None
    figure, axis = plt.subplots(figsize=(8, 3.5), layout="constrained")
    for name, player, colour, draw, label in [
        ("gen_loss", "generator", GENERATED, np.log(2), "ln 2"),
        ("disc_loss", "discriminator", REAL, 2 * np.log(2), "2 ln 2"),
    ]:
        axis.plot(epoch, history[name], color=colour, label=player, marker=marker)
        axis.axhline(draw, color=colour, linestyle="--", linewidth=1, label=f"at a draw, {label}")
    axis.xaxis.get_major_locator().set_params(integer=True)
    axis.set(xlabel="epoch", ylabel="loss (nats)", title=title)
    axis.legend(fontsize=8, ncols=2)
    plt.show()


# %% alt="Loss of generator and discriminator by epoch, with a dashed line for each at a draw."
plot_losses(history, "Tomatoes: the losses of both players")

# %% [markdown]
# In the first epochs the discriminator has an easy game: its loss is far below the draw, the
# generator's far above. Ten epochs later the forgeries have caught up, and from then on both curves
# run nearly level, the discriminator's along its dashed line, the generator's somewhat above its
# own. You might think that nothing is learnt any more. In truth most is learnt now: level losses
# only say that the two are evenly matched.
#
# How good the paintings are, the judge says that we chose before the training: how far are they
# from real pictures, and is it still worth while to train on?


# %% tags=["library"]
def plot_figures(logs, title, unit="epoch"):
    """KID, precision and recall with spread, by epoch or minute; logs: {name: (log, colour)}."""
    figure, axes = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained")
    for name, (log, colour) in logs.items():
        x = {"epoch": log.epoch + 1, "minute": log.seconds.cumsum() / 60}[unit]
        judged = log.kid.notna()
        for axis, judge in zip(axes, ["kid", "precision", "recall"]):
            values, spread = log[judge][judged], log[f"{judge}_spread"][judged]
            axis.errorbar(x[judged], values, spread, color=colour, label=name)
    for axis, label in zip(axes, ["KID x 1000", "precision", "recall"]):
        axis.set(xlabel=unit, title=label)
    axes[0].legend()
    figure.suptitle(title)
    plt.show()


# %% alt="KID, precision and recall of the painted tomatoes by epoch, with their spread."
plot_figures({"DCGAN": (history, GENERATED)}, "Tomatoes: paintings against held-out pictures")

# %% [markdown]
# Compare the ends of the curves with the floor that stands above: there is something left to gain
# wherever a curve is further from it than its spread. (If yours still move, set `epochs` higher and
# run the training again: it goes on where it stopped. The judges are asked every 10 epochs and
# after the last.)
#
# Then the pictures: the same 25 seeds after the first epoch, after 101, 251 and 501, and after the
# last, as far as the training went.


# %% tags=["library"]
def show_previews(folder, counts, title):
    """The saved grids train-{cnt}.png, side by side, as far as they were made."""
    there = [cnt for cnt in sorted(set(counts)) if (folder / f"train-{cnt}.png").exists()]
    figure, axes = plt.subplots(
        1, len(there), figsize=(3.6 * len(there), 4.1), squeeze=False, layout="constrained"
    )
    for axis, cnt in zip(axes[0], there, strict=True):
        axis.imshow(plt.imread(folder / f"train-{cnt}.png"))
        axis.set_title(f"epoch {cnt + 1}")
        axis.axis("off")
    figure.suptitle(title)
    plt.show()


# %% alt="Grids of 25 tomatoes painted from the same seeds, after more and more epochs."
milestones = [cnt for cnt in (0, 100, 250, 500, epochs - 1) if cnt < epochs]
show_previews(output_path / "tomato", milestones, "Tomatoes from fixed seeds")

# %% [markdown]
# First come patches of colour, then the round shape and its light, last the calyx: blocks of green
# after 101 epochs, and single leaves after 251. Not all of them are good. Where the calyx should
# sit on the side or below, it is often only a green rim.
#
# The same as a film, ten of the seeds from the first epoch to the last:


# %% tags=["library"]
def make_film(folder, counts, rows=2, cols=5):
    """An animated GIF of the previews train-{cnt}.png, cut to rows x cols; its path."""
    width, height = (img_margin + n * (gen_square + img_margin) for n in (cols, rows))
    there = [folder / f"train-{cnt}.png" for cnt in counts]
    frames = [Image.open(path).crop((0, 0, width, height)) for path in there if path.exists()]
    frames = [frame.quantize(64, dither=Image.Dither.NONE) for frame in frames]
    durations = [150] * (len(frames) - 1) + [2000]  # milliseconds; the last one stays
    path = folder / "film.gif"
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return path


# %%
spacing = max(epochs // 40 // 10 * 10, 10)
film = make_film(output_path / "tomato", [*range(0, epochs, spacing), epochs - 1])
print(f"{film}: {film.stat().st_size / 1e6:.1f} MB")
text = "Film: ten patches of colour take on shape and become tomatoes"
display(ShownImage(film, format="png", alt=text))

# %% [markdown]
# And what does the trained discriminator say? Mind a trap: outside training, batch normalisation
# scales its input by **running means** over all that the discriminator has seen, real pictures and
# paintings together. In training it has always scaled real pictures by the statistics of real
# pictures, and paintings by those of paintings. So its verdict means something only when it judges
# a batch of one kind with that batch's own statistics, as it did in training. The nearer the two
# numbers of a line are to each other, the less it can tell the two kinds apart.

# %%
real_pictures = training_data[:100]
paintings = gan.generator(tf.random.normal((len(real_pictures), seed_vector)), training=False)
for name, in_training in [("running means", False), ("statistics of the batch", True)]:
    real = tf.sigmoid(gan.discriminator(real_pictures, training=in_training)).numpy().mean()
    fake = tf.sigmoid(gan.discriminator(paintings, training=in_training)).numpy().mean()
    print(f"With {name}: real pictures {real:.2f}, paintings {fake:.2f} probably real")

# %% [markdown]
# ## The scorecard
#
# All judges, on as many paintings as there are held-out pictures. The generator appears twice: with
# its weights of the last step, and with the running mean of its weights, which also painted the
# previews. Below each figure stands its spread over random halves of the two piles.

# %%
noise = tf.random.stateless_normal((num_judged, seed_vector), seed=(SEED, 2))
paintings = paint(gan.average, noise)
piles = {
    "DCGAN, weights of the last step": paint(gan.generator, noise),
    "DCGAN, mean weights": paintings,
    "other real pictures (the floor)": real_sample,
}
card = pd.DataFrame({name: judges.scorecard(pile, reference) for name, pile in piles.items()}).T
card.round(2)

# %% [markdown]
# Compare each figure with that of the floor, and the difference with the spread.
#
# ## Learnt by heart?
#
# A network that has learnt its pictures by heart paints copies. Copies may be shifted, mirrored or
# turned a little, so the test tries all of that: for each painting it looks for the most similar
# picture among the training pictures and as many held-out ones. Who copies nothing meets training
# pictures no more often than held-out ones (after Meehan and others, [*A Non-Parametric Test to
# Detect Data-Copying in Generative Models*](https://arxiv.org/abs/2004.05675), 2020). Beside the
# paintings two piles whose answer we know: training pictures shifted by two pixels, and held-out
# pictures.

# %% alt="Ten painted tomatoes, and below each the training picture that is most similar to it."
half = num_judged // 2
asked = {
    "paintings": paintings[:half],
    "training pictures, shifted": np.roll(real_sample[:half], 2, axis=2),
    "held-out pictures": held_out[half : 2 * half],
}
found = {name: judges.copies(pile, real_sample, held_out[:half]) for name, pile in asked.items()}
columns = ["share", "expected", "spread", "p", "copied"]
display(pd.DataFrame(found).T[columns])

show_images(paintings[:10], "Painted")
show_images(real_sample[found["paintings"]["nearest"][:10]], "The most similar training pictures")

# %% [markdown]
# `share` is the share of a pile that is nearer to a training picture than to every held-out one,
# `expected` what it would be without copying, and `p` how often chance alone leads so far. The
# test has to name the shifted training pictures and to let the held-out ones pass; then look at
# the first row.
#
# ## Walks through latent space
#
# A generator that only recites pictures would jump from one to the next. So let us walk from one
# latent vector to another. The way follows the sphere near which nearly all such vectors lie (their
# length is close to $\sqrt{200} \approx 14$); the straight way would cut through the middle, where
# the generator was never trained.


# %% tags=["library"]
def walk(start, end, steps):
    """Latent vectors (steps, seed_vector) from start to end, along the sphere."""
    angle = np.arccos(start @ end / np.linalg.norm(start) / np.linalg.norm(end))
    part = np.linspace(0, 1, steps)[:, None]
    return (np.sin((1 - part) * angle) * start + np.sin(part * angle) * end) / np.sin(angle)


# %%
places = tf.random.stateless_normal((10, seed_vector), seed=(SEED, 3)).numpy()
ways = np.concatenate([walk(places[i], places[i + 5], 8) for i in range(5)])
walks = paint(gan.average, ways.astype("float32"))
grid = utils.save_images(walks, output_path / "tomato" / "walks.png", 5, 8, 8)
display(ShownImage(grid, alt="Five rows of eight tomatoes; each row changes by small steps"))

# %% [markdown]
# Neighbours differ little, and each stop is a tomato of its own: the calyx wanders or turns, the
# colour goes over from one to the other. The paint smears a little where the calyx has to get from
# the side to the top.
#
# Now walk yourself: choose two places and how far to go from the first to the second. (Where
# sliders do not run, as on a page without Python, you see one step of such a walk.)


# %% alt="One painted tomato, half of the way between two places of latent space."
def explore(first=0, second=1, way=0.5):
    """Show what is painted part of the way from one place to another."""
    latent = places[[first]]
    if first != second:
        latent = walk(places[first], places[second], 101)[[round(100 * way)]]
    image = gan.average(latent.astype("float32"), training=False)
    show_images(image, f"{100 * way:.0f} % of the way from {first} to {second}")


sliders = ipywidgets.interactive(
    explore, first=(0, 9), second=(0, 9), way=ipywidgets.FloatSlider(0.5, min=0, max=1, step=0.05)
)
shown, _ = get_ipython().display_formatter.format(sliders)
half_way = Image.fromarray(np.uint8((walks[3] + 1) * 127.5))
half_way.save(still := BytesIO(), format="PNG")
shown["image/png"] = b64encode(still.getvalue()).decode()  # for pages that cannot show sliders
display(shown, raw=True)

# %% [markdown]
# ## Which ones were painted?
#
# Here is the quiz from the top once more, with your network's paintings: the first six of the fixed
# seeds, not the best six, and six held-out pictures.

# %%
order = np.random.default_rng(SEED).permutation(12)
fixed_seed = tf.random.stateless_normal((img_rows * img_cols, seed_vector), seed=(SEED, 0))
six_painted = paint(gan.average, fixed_seed)[:6]
six_real = held_out[:: len(held_out) // 6][:6]
quiz = np.concatenate([six_painted, six_real])[order]
grid = utils.save_images(quiz, output_path / "tomato" / "quiz.png", 2, 6, img_margin)
display(ShownImage(grid, alt="Twelve tomatoes in two rows, real ones and painted ones mixed"))
for row, name in enumerate(["upper", "lower"]):
    painted = [str(column + 1) for column in range(6) if order[6 * row + column] < 6]
    print(f"Painted in the {name} row: {', '.join(painted)}")

# %% [markdown]
# (The answer is the same for the picture at the top. There, too, the paintings are the first six of
# the fixed seeds.)

# %% [markdown]
# ## Going further: without augmentation
#
# `train_step` takes the augmentation as an argument. With `leave` it is the chapter's step, which
# shows the discriminator pictures as they are. Whether augmentation helps depends on how many
# pictures there are and how long you train: `python -m benchmarks.fruit --few` trains both ways on
# a hundred bananas, each another fruit, and judges them.


# %% tags=["library"]
def leave(gan, images):
    """No augmentation: pictures as they are, as in print."""
    return images


plain_step = functools.partial(train_step, augment=leave)

# %% [markdown]
# ## Going further: more devices, more pictures
#
# **Several GPUs.** Under a *strategy* of `tf.distribute` each GPU gets a copy of both networks and
# a part of every batch. What changes? The GAN is made, and trained, inside one `with`. What does
# not change is `train_step`: Keras divides the losses by the number of devices and its optimisers
# add up the gradients, the fast batch normalisation takes its means over all devices, and
# `gan.draw` gives each device other latent vectors. So two GPUs take the same course as one, only
# faster. Here is one epoch of two batches, on what this machine has:

# %%
strategy = (
    tf.distribute.MirroredStrategy() if len(setup.gpus()) > 1 else tf.distribute.get_strategy()
)
with strategy.scope():
    shared_gan = make_gan(
        create_generator(seed_vector, img_chan), create_discriminator(image_shape)
    )
    training.train(train_step, shared_gan, train_dataset.take(2), 1, output_path / "devices")
print(f"{strategy.num_replicas_in_sync} device(s)")

# %% [markdown]
# `python -m tools.train` trains that way to the end, and over several machines, too: it says how.
#
# **More pictures than fit into memory.** `load_images` holds all of them, 111 kB each. For a
# hundred thousand, read the files while the training runs: `stream_images` hands them out one by
# one, and what is in memory is then a few hundred pictures, however many files there are.


# %% tags=["library"]
def make_dataset_from_files(fruit, root):
    """Batches as from make_dataset, but each picture is read from its file when it is needed."""
    rng = np.random.default_rng(SEED)
    pictures = tf.data.Dataset.from_generator(
        lambda: stream_images(fruit, gen_square, root, rng=rng),
        output_signature=tf.TensorSpec((gen_square, gen_square, img_chan)),
    )
    return pictures.batch(num_batch).prefetch(1)


# %%
files_dataset = make_dataset_from_files("tomato", data_path)
start = time.perf_counter()
counts = [len(images) for images in files_dataset]
per_batch = (time.perf_counter() - start) / len(counts)
print(f"{sum(counts)} pictures in {len(counts)} batches, {1000 * per_batch:.0f} ms a batch")

# %% [markdown]
# # Activity 11.01: a DCGAN against a vanilla GAN on bananas
#
# A **vanilla GAN** plays the same game with fully connected layers only. Is it worth the trouble to
# convolve? You find out on bananas, 500 epochs for each of the two. The 24 steps follow the
# chapter. Most of them repeat what the exercise did, so look there when you are stuck, but write
# the code yourself. After each step a **check cell** tells you what is still wrong.
#
# In every cell to complete, replace the line `raise NotImplementedError()` by your code.


# %% tags=["task"]
from course import checks

stand_ins = {}


def is_open(name):
    """Whether a step is still to do: what it defines is not there, or only says that it is not."""
    made = globals().get(name)
    uses = getattr(getattr(made, "__code__", None), "co_names", ())
    return made is None or uses == ("NotImplementedError",)


def need(*names):
    """Stop with a plain sentence while an earlier step is still to do."""
    missing = [name for name in names if is_open(name) or globals()[name] is stand_ins.get(name)]
    if missing:
        raise NotImplementedError(f"First complete the step that defines {', '.join(missing)}.")


def stand_in(name, make):
    """Where a step is still open, something else for what it defines, so that you can go on."""
    if is_open(name):
        globals()[name] = stand_ins[name] = make()
        print(f"The step that defines {name} is still open: something simpler stands in.")


# %% [markdown]
# **Step 1.** Import what a GAN needs: `numpy` as `np`, `tensorflow` as `tf`, `keras`, and `layers`
# from keras. (The setup cell at the top has found the course and, on Colab, brought it there.)

# %% nbgrader={"grade_id": "step-01", "solution": true} tags=["task"]
### BEGIN SOLUTION
import keras
import numpy as np
import tensorflow as tf
from keras import layers
### END SOLUTION

# %% [markdown]
# **Step 2.** Write `time_string(sec_elapsed)`: seconds in, `h:mm:ss.ss` out, so that 65.5 becomes
# `0:01:05.50`.


# %% nbgrader={"grade_id": "step-02", "solution": true} tags=["task", "library"]
def time_string(sec_elapsed):
    """Seconds as h:mm:ss.ss."""
    ### BEGIN SOLUTION
    minutes, hundredths = divmod(round(sec_elapsed * 100), 60 * 100)  # 59.999 is a minute
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{hundredths / 100:05.2f}"
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-02", "points": 1} tags=["check"]
assert (np.__name__, tf.__name__) == ("numpy", "tensorflow"), (
    "step 1: import numpy as np, import tensorflow as tf"
)
assert keras.Model is tf.keras.Model and hasattr(layers, "Dense"), (
    "step 1: import keras, from keras import layers"
)
cases = [(0, "0:00:00.00"), (65.5, "0:01:05.50"), (3661.25, "1:01:01.25"), (36000, "10:00:00.00")]
### BEGIN HIDDEN TESTS
cases += [(59.5, "0:00:59.50"), (7322.07, "2:02:02.07"), (90061.5, "25:01:01.50")]
### END HIDDEN TESTS
for seconds, wanted in cases:
    assert time_string(seconds) == wanted, (
        f"time_string({seconds}) should be {wanted!r}, but is {time_string(seconds)!r}"
    )
print("Steps 1 and 2 are right.")


# %% tags=["task"]
class OfTheExercise(int):
    """A number like any other, but the check of step 3 can tell the exercise's from yours."""


names = "gen_res gen_square img_chan img_rows img_cols img_margin seed_vector num_batch".split()
for name in names:
    globals()[name] = OfTheExercise(globals()[name])

# %% [markdown]
# **Step 3.** Set the constants, with the chapter's values: `gen_res` 3, `gen_square` 32 times that,
# `img_chan` 3, `img_rows` and `img_cols` 5, `img_margin` 16, `seed_vector` 200, `num_batch` 32,
# `data_path` the course's data folder. For the epochs use `banana_epochs = utils.epochs(500)`.
# Print them.

# %% nbgrader={"grade_id": "step-03", "solution": true} tags=["task"]
### BEGIN SOLUTION
gen_res = 3
gen_square = 32 * gen_res
img_chan = 3
img_rows = 5
img_cols = 5
img_margin = 16
seed_vector = 200
num_batch = 32
banana_epochs = utils.epochs(500)
data_path = utils.data_dir()
print(
    f"Pictures of {gen_square} x {gen_square} x {img_chan} from latent vectors of {seed_vector}"
)
print(f"{banana_epochs} epochs in batches of {num_batch}")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-03", "points": 1} tags=["check"]
constants = {"gen_res": 3, "gen_square": 96, "img_chan": 3, "img_rows": 5, "img_cols": 5}
constants |= {"img_margin": 16, "seed_vector": 200, "num_batch": 32}
for name, wanted in constants.items():
    assert globals()[name] == wanted, f"{name} should be {wanted}, not {globals()[name]}"
missing = [name for name in constants if isinstance(globals()[name], OfTheExercise)]
assert not missing, f"set all constants yourself; still the exercise's: {', '.join(missing)}"
assert Path(data_path).resolve() == utils.data_dir().resolve(), (
    f"data_path should be utils.data_dir(), not {data_path}"
)
need("banana_epochs")
assert banana_epochs in (500, utils.epochs(500)), (
    f"banana_epochs should be utils.epochs(500), not {banana_epochs}; "
    "to train for less, set COURSE_EPOCHS as at the top of this notebook"
)
print("Step 3 is right.")

# %% [markdown]
# **Step 4.** Load the bananas into `banana_data` and `banana_held_out` with the exercise's
# `load_fruit`. The pictures are prepared once and the array is kept, so that it loads at once the
# next time.

# %% alt="A row of six real bananas." nbgrader={"grade_id": "step-04", "solution": true} tags=["task"]
### BEGIN SOLUTION
banana_data, banana_held_out = load_fruit("banana")
print(f"{len(banana_data)} pictures as {banana_data.dtype} {banana_data.shape}")
show_images(banana_data[:: len(banana_data) // 6][:6], "Real bananas")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-04", "points": 1} tags=["check"]
need("banana_data", "banana_held_out")
for name, pile, again in zip(
    ("banana_data", "banana_held_out"), (banana_data, banana_held_out), load_fruit("banana")
):
    pile = np.asarray(pile)
    assert pile.shape[1:] == (96, 96, 3), (
        f"{name}: pictures are 96 x 96 x 3, not {pile.shape[1:]}"
    )
    assert pile.dtype == np.float32, f"{name}: pixels should be float32, not {pile.dtype}"
    assert -1 <= pile.min() < -0.1 and 0.5 < pile.max() <= 1, (
        f"{name}: pixels should lie in [-1, 1], but reach from {pile.min():.1f} to {pile.max():.1f}"
    )
    assert len(pile) == len(again), (
        f"{name} should have {len(again)} pictures, not {len(pile)}: "
        "first those to train on, then those held out"
    )
    means = [np.sort(part.mean(axis=(1, 2)), axis=0) for part in (pile, again)]
    assert np.allclose(*means, atol=0.02), (
        f"{name} does not hold those bananas: which fruit, and which of the two piles?"
    )
print("Step 4 is right.")

# %% tags=["task"]
stand_in("banana_data", lambda: load_fruit("banana")[0])
stand_in("banana_held_out", lambda: load_fruit("banana")[1])

# %% [markdown]
# **Step 5.** Make `banana_dataset`, a `tf.data.Dataset` that shuffles all bananas and deals them in
# batches of `num_batch`.

# %% nbgrader={"grade_id": "step-05", "solution": true} tags=["task"]
### BEGIN SOLUTION
banana_dataset = (
    tf.data.Dataset.from_tensor_slices(banana_data)
    .shuffle(len(banana_data), seed=SEED)
    .batch(num_batch)
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-05", "points": 1} tags=["check"]
need("banana_dataset")
assert isinstance(banana_dataset, tf.data.Dataset), "banana_dataset should be a tf.data.Dataset"
assert 0 < banana_dataset.cardinality() <= len(banana_data), (
    "banana_dataset should show each picture once and end: it is the loop that repeats it"
)
assert getattr(banana_dataset.element_spec, "shape", ())[1:] == (96, 96, 3), (
    "each element should be a batch of pictures, (n, 96, 96, 3), and nothing else"
)
number_of = {np.asarray(picture).tobytes(): i for i, picture in enumerate(banana_data)}
epochs_seen = []
for _ in range(2):
    batches = [
        [number_of.get(one.tobytes()) for one in batch.numpy()] for batch in banana_dataset
    ]
    epochs_seen.append(sum(batches, []))
sizes = [len(batch) for batch in batches]
assert set(sizes[:-1]) <= {num_batch} and sizes[-1] <= num_batch, (
    f"batches should hold {num_batch} pictures, and only the last one fewer, not {sizes}"
)
assert set(epochs_seen[0]) == set(number_of.values()) and len(epochs_seen[0]) == len(
    banana_data
), f"an epoch should show each of {len(banana_data)} bananas once, the last short batch included"
jumps = np.abs(np.diff(epochs_seen[0])).mean() / (len(banana_data) / 3)  # 1 if fully shuffled
assert jumps > 0.7, (
    "the bananas are not well shuffled: shuffle(len(banana_data)), single pictures, before batch()"
)
assert epochs_seen[0] != epochs_seen[1], "the order should be another one in each epoch"
print("Step 5 is right: batches of", sizes)

# %% [markdown]
# **Step 6.** The DCGAN's generator: from a vector of `seed_size` to a picture of 96 x 96 x
# `channels`, with 2,452,611 weights.


# %% nbgrader={"grade_id": "step-06", "solution": true} tags=["task", "library"]
def create_dcgan_generator(seed_size, channels):
    """Latent vectors (n, seed_size) in, pictures (n, 96, 96, channels) in [-1, 1] out."""
    ### BEGIN SOLUTION
    model = keras.Sequential(name="dcgan_generator")
    model.add(keras.Input((seed_size,)))
    model.add(layers.Dense(4 * 4 * 256, activation="relu"))
    model.add(layers.Reshape((4, 4, 256)))
    for filters, enlarge in [(256, 2), (256, 2), (128, 2), (128, gen_res)]:
        model.add(layers.UpSampling2D(enlarge))
        model.add(layers.Conv2D(filters, 3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.ReLU())
    model.add(layers.Conv2D(channels, 3, padding="same"))
    model.add(layers.Activation("tanh", dtype="float32"))
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-06", "points": 1} tags=["check"]
need("create_dcgan_generator")


def check_generator(seed_size, channels):
    """Compare with the exercise's generator, which gets the same weights."""
    mine, other = (
        make(seed_size, channels) for make in (create_dcgan_generator, create_generator)
    )
    noise = tf.random.normal((2, seed_size))
    painted = mine(noise, training=False).shape
    assert painted == (2, 96, 96, channels), (
        f"two latent vectors should give (2, 96, 96, {channels}), not {painted}"
    )
    assert mine.count_params() == other.count_params(), (
        f"there should be {other.count_params():,} weights, not {mine.count_params():,}"
    )
    checks.give_weights(mine, other)
    different = checks.difference(mine, other, noise)
    assert not different or np.min(mine(noise)) < 0, "pixels should lie in [-1, 1]: end with tanh"
    assert not different, f"compare it with the exercise's generator: {different}"


check_generator(seed_vector, img_chan)
### BEGIN HIDDEN TESTS
check_generator(7, 1)
### END HIDDEN TESTS
print("Step 6 is right.")

# %% [markdown]
# **Step 7.** The DCGAN's discriminator: from a picture to one logit, with 1,658,945 weights.


# %% nbgrader={"grade_id": "step-07", "solution": true} tags=["task", "library"]
def create_dcgan_discriminator(image_shape):
    """Pictures (n, *image_shape) in, logits (n, 1) out; convolutions."""
    ### BEGIN SOLUTION
    model = keras.Sequential(name="dcgan_discriminator")
    model.add(keras.Input(image_shape))
    for filters, strides in [(32, 2), (64, 2), (128, 2), (256, 1), (512, 1)]:
        model.add(layers.Conv2D(filters, 3, strides=strides, padding="same"))
        if filters == 64:
            model.add(layers.ZeroPadding2D(((0, 1), (0, 1))))
        if filters > 32:
            model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dropout(0.25))
    model.add(layers.Flatten())
    model.add(layers.Dense(1, dtype="float32"))
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-07", "points": 1} tags=["check"]
need("create_dcgan_discriminator")


def check_discriminator(shape):
    """Compare with the exercise's discriminator, which gets the same weights."""
    mine, other = (make(shape) for make in (create_dcgan_discriminator, create_discriminator))
    pictures = tf.random.uniform((2, *shape), -1, 1)
    judged = mine(pictures, training=False).shape
    assert judged == (2, 1), f"two pictures should give logits of shape (2, 1), not {judged}"
    assert mine.count_params() == other.count_params(), (
        f"there should be {other.count_params():,} weights, not {mine.count_params():,}"
    )
    checks.give_weights(mine, other)
    different = checks.difference(mine, other, pictures)
    for squash in (tf.sigmoid, tf.tanh) if different else ():
        assert not checks.same(mine(pictures), squash(other(pictures))), (
            "end without sigmoid or tanh: the losses expect logits"
        )
    assert not different, f"compare it with the exercise's discriminator: {different}"
    twice = mine(tf.repeat(pictures[:1], 2, axis=0), training=True)
    assert abs(float(twice[0, 0] - twice[1, 0])) > 1e-6, "in training, Dropout should be at work"


check_discriminator(image_shape)
### BEGIN HIDDEN TESTS
check_discriminator((64, 64, 1))
### END HIDDEN TESTS
print("Step 7 is right.")

# %% [markdown]
# **Step 8.** The vanilla generator, with fully connected layers only: Dense layers of 256 and 84
# units with ReLU, then one of 96 * 96 * `channels` units with tanh, reshaped to a picture. That
# makes 2.42 million weights, about as many as the DCGAN's generator has, so that the contest is
# fair.


# %% nbgrader={"grade_id": "step-08", "solution": true} tags=["task", "library"]
def create_vanilla_generator(seed_size, channels):
    """Latent vectors (n, seed_size) in, pictures (n, 96, 96, channels) in [-1, 1] out."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input((seed_size,)),
            layers.Dense(256, activation="relu"),
            layers.Dense(84, activation="relu"),
            layers.Dense(gen_square * gen_square * channels),
            layers.Activation("tanh", dtype="float32"),
            layers.Reshape((gen_square, gen_square, channels), dtype="float32"),
        ],
        name="vanilla_generator",
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-08", "points": 1} tags=["check"]
need("create_vanilla_generator")


def check_vanilla_generator(seed_size, channels):
    """Compare with the same three layers, written in NumPy."""
    trial = create_vanilla_generator(seed_size, channels)
    noise = np.random.default_rng(0).normal(size=(2, seed_size)).astype("float32")
    painted = trial(noise, training=False).shape
    assert painted == (2, 96, 96, channels), (
        f"two latent vectors should give (2, 96, 96, {channels}), not {painted}"
    )
    units = [256, 84, 96 * 96 * channels]
    shapes = [weight.shape for weight in trial.weights]
    dense = all(len(kernel) == 2 for kernel in shapes[::2])
    assert dense and shapes[1::2] == [(n,) for n in units], (
        f"Dense layers of {units} units, and nothing else that has weights: "
        f"here are {trial.count_params():,}"
    )
    checks.give_weights(trial)
    kernels, biases = trial.get_weights()[::2], trial.get_weights()[1::2]
    hidden = linear = noise
    for kernel, bias in zip(kernels[:2], biases):
        hidden, linear = np.maximum(hidden @ kernel + bias, 0), linear @ kernel + bias
    ends = [(part @ kernels[2] + biases[2]).reshape(painted) for part in (hidden, linear)]
    picture = trial(noise, training=False)
    assert np.min(picture) < 0, "pixels should lie in [-1, 1]: end with tanh"
    assert not checks.same(picture, np.tanh(ends[1])), "the first two Dense layers need a ReLU"
    assert checks.same(picture, np.tanh(ends[0])), (
        "it paints something else than Dense, ReLU, Dense, ReLU, Dense, tanh, reshaped to a picture"
    )


check_vanilla_generator(seed_vector, img_chan)
### BEGIN HIDDEN TESTS
check_vanilla_generator(7, 1)
### END HIDDEN TESTS
print("Step 8 is right.")

# %% [markdown]
# **Step 9.** The vanilla discriminator: Flatten **first**, then Dense layers of 60 and 60 units
# with LeakyReLU (slope 0.2) and Dropout (0.25) behind each, then one logit.
#
# > **Watch out: Flatten first.** A Dense layer works on the last axis only. In print it comes
# > before Flatten and so is applied to each of the 9,216 pixels by itself: 9.4 million numbers per
# > picture, and no unit sees two pixels.


# %% nbgrader={"grade_id": "step-09", "solution": true} tags=["task", "library"]
def create_vanilla_discriminator(image_shape):
    """Pictures (n, *image_shape) in, logits (n, 1) out; fully connected layers only."""
    ### BEGIN SOLUTION
    return keras.Sequential(
        [
            keras.Input(image_shape),
            layers.Flatten(),
            layers.Dense(60),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Dense(60),
            layers.LeakyReLU(negative_slope=0.2),
            layers.Dropout(0.25),
            layers.Dense(1, dtype="float32"),
        ],
        name="vanilla_discriminator",
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-09", "points": 1} tags=["check"]
need("create_vanilla_discriminator")


def check_vanilla_discriminator(shape):
    """Compare with the same layers, written in NumPy."""
    trial = create_vanilla_discriminator(shape)
    pictures = np.random.default_rng(0).uniform(-1, 1, (2, *shape)).astype("float32")
    judged = trial(pictures, training=False).shape
    assert judged == (2, 1), f"two pictures should give logits of shape (2, 1), not {judged}"
    shapes = [weight.shape for weight in trial.weights]
    assert shapes and shapes[0][0] == np.prod(shape), (
        "begin with Flatten, so that each unit sees the whole picture"
    )
    dense = all(len(kernel) == 2 for kernel in shapes[::2])
    assert dense and shapes[1::2] == [(60,), (60,), (1,)], (
        "Dense layers of 60, 60 and 1 units, and nothing else that has weights: "
        f"here are {trial.count_params():,}"
    )
    checks.give_weights(trial)
    kernels, biases = trial.get_weights()[::2], trial.get_weights()[1::2]
    hidden = pictures.reshape(2, -1)
    for kernel, bias in zip(kernels[:2], biases):
        hidden = hidden @ kernel + bias
        hidden = np.where(hidden > 0, hidden, 0.2 * hidden)
    wanted = hidden @ kernels[2] + biases[2]
    logits = trial(pictures, training=False)
    wrong = not checks.same(logits, wanted)
    for squash in (tf.sigmoid, tf.tanh) if wrong else ():
        assert not checks.same(logits, squash(wanted)), (
            "end without sigmoid or tanh: the losses expect logits"
        )
    assert not wrong, (
        "behind each of the two hidden layers should be LeakyReLU with negative_slope=0.2"
    )
    # With these weights every unit is 1, and the logit is a mean: its spread is that of Dropout.
    trial.set_weights([np.full(one, 1 / one[0]) for one in shapes])
    trial.weights[0].assign(np.zeros(shapes[0]))
    for number, start in [(1, 1.0), (3, 0.0), (5, 0.0)]:  # the biases
        trial.weights[number].assign(np.full(shapes[number], start))
    spread = np.std(trial(np.zeros((300, *shape), "float32"), training=True))
    assert 0.085 < spread < 0.125, (
        "Dropout(0.25) should stand behind each of the two hidden layers"
    )


check_vanilla_discriminator(image_shape)
### BEGIN HIDDEN TESTS
check_vanilla_discriminator((32, 32, 1))
### END HIDDEN TESTS
print("Step 9 is right.")

# %% [markdown]
# **Step 10.** Write `save_progress(cnt, noise, generator, folder)`: paint a picture per row of
# noise (`training=False`), save the grid of `img_rows` x `img_cols` as `train-{cnt}.png` in the
# folder, and return its path. `utils.save_images` draws the grid.


# %% nbgrader={"grade_id": "step-10", "solution": true} tags=["task", "library"]
def save_progress(cnt, noise, generator, folder):
    """Paint and save a preview grid; its path is returned."""
    ### BEGIN SOLUTION
    generated_images = generator(noise, training=False)
    return utils.save_images(
        generated_images, folder / f"train-{cnt}.png", img_rows, img_cols, img_margin
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-10", "points": 1} tags=["check"]
import tempfile

need("save_progress")
# A generator whose pictures have a single colour, its latent vector; in training it would differ.
painter = [
    layers.Dropout(0.5),
    layers.Reshape((1, 1, 3)),
    layers.UpSampling2D(96, dtype="float32"),
]
painter = keras.Sequential([keras.Input((3,)), *painter])
counts = [7]
### BEGIN HIDDEN TESTS
counts += [0, 120]
### END HIDDEN TESTS
for count in counts:
    colours = np.random.default_rng(count).uniform(-1, 1, (25, 3)).astype("float32")
    with tempfile.TemporaryDirectory() as folder:
        saved = save_progress(count, colours, painter, Path(folder))
        assert saved and Path(saved) == Path(folder) / f"train-{count}.png", (
            f"it should return folder / 'train-{count}.png', not {saved}"
        )
        assert Path(saved).is_file(), f"there is no file train-{count}.png in the folder"
        preview = plt.imread(saved)[:, :, :3]
    assert preview.shape == (576, 576, 3), (
        f"the grid should be 16 + 5 * (96 + 16) = 576 pixels wide and high, not {preview.shape}"
    )
    centres = preview[64::112, 64::112].reshape(25, 3)  # the middle of each picture, row by row
    assert np.allclose(centres, (colours + 1) / 2, atol=0.02), (
        "the grid should show what the generator paints from the noise, row by row, "
        "with training=False and -1..1 as black to white"
    )
    white = np.all(preview[:16] == 1) and np.all(preview[:, 112:128] == 1)
    assert white, "the margins should be white, 16 pixels wide"
print("Step 10 is right.")

# %% tags=["task"]
stand_in("create_dcgan_generator", lambda: create_generator)
stand_in("create_dcgan_discriminator", lambda: create_discriminator)
stand_in("create_vanilla_generator", lambda: checks.plain_generator)
stand_in("create_vanilla_discriminator", lambda: checks.plain_discriminator)
stand_in("seed_image", lambda: tf.random.normal((1, seed_vector)))

# %% [markdown]
# **Step 11.** Build the DCGAN's generator as `dcgan_generator` and look at one picture,
# `dcgan_image`, that it paints untrained. Use `seed_image`, one latent vector of shape
# (1, `seed_vector`), for this step and the next.

# %% alt="What the untrained generator of the DCGAN paints: a grey surface." nbgrader={"grade_id": "step-11", "solution": true} tags=["task"]
### BEGIN SOLUTION
seed_image = tf.random.normal((1, seed_vector))
dcgan_generator = create_dcgan_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator(seed_image, training=False)
show_images(dcgan_image, "Untrained DCGAN")
### END SOLUTION

# %% [markdown]
# **Step 12.** The same for the vanilla generator: `vanilla_generator`, `vanilla_image`.

# %% alt="What the untrained generator of the vanilla GAN paints: grey noise." nbgrader={"grade_id": "step-12", "solution": true} tags=["task"]
### BEGIN SOLUTION
vanilla_generator = create_vanilla_generator(seed_vector, img_chan)
vanilla_image = vanilla_generator(seed_image, training=False)
show_images(vanilla_image, "Untrained vanilla GAN")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-12", "points": 1} tags=["check"]
need("seed_image", "dcgan_generator", "dcgan_image", "vanilla_generator", "vanilla_image")
assert np.shape(seed_image) == (1, 200), (
    f"seed_image should be one latent vector, (1, 200), not {np.shape(seed_image)}"
)
for kind, model, create, picture in [
    ("dcgan", dcgan_generator, create_dcgan_generator, dcgan_image),
    ("vanilla", vanilla_generator, create_vanilla_generator, vanilla_image),
]:
    shapes = [weight.shape for weight in create(seed_vector, img_chan).weights]
    assert [weight.shape for weight in getattr(model, "weights", [])] == shapes, (
        f"{kind}_generator should be a network from create_{kind}_generator(seed_vector, img_chan)"
    )
    assert np.shape(picture) == np.shape(model(seed_image)), (
        f"{kind}_image should be one picture that {kind}_generator paints from seed_image"
    )
print("Steps 11 and 12 are right.")

# %% tags=["task"]
stand_in("dcgan_image", lambda: tf.zeros((1, *image_shape)))
stand_in("vanilla_image", lambda: tf.zeros((1, *image_shape)))

# %% [markdown]
# **Step 13.** Build the DCGAN's discriminator as `dcgan_discriminator` and print its verdict on the
# picture of step 11, as a probability.

# %% nbgrader={"grade_id": "step-13", "solution": true} tags=["task"]
### BEGIN SOLUTION
dcgan_discriminator = create_dcgan_discriminator(image_shape)
verdict = probability_real(dcgan_discriminator, dcgan_image)[0, 0]
print(f"DCGAN's verdict, untrained: {verdict:.3f}")
### END SOLUTION

# %% [markdown]
# **Step 14.** The same for the vanilla discriminator, as `vanilla_discriminator`, on the picture of
# step 12.

# %% nbgrader={"grade_id": "step-14", "solution": true} tags=["task"]
### BEGIN SOLUTION
vanilla_discriminator = create_vanilla_discriminator(image_shape)
verdict = probability_real(vanilla_discriminator, vanilla_image)[0, 0]
print(f"Vanilla GAN's verdict, untrained: {verdict:.3f}")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-14", "points": 1} tags=["check"]
need("dcgan_discriminator", "vanilla_discriminator")
for kind, model, create in [
    ("dcgan", dcgan_discriminator, create_dcgan_discriminator),
    ("vanilla", vanilla_discriminator, create_vanilla_discriminator),
]:
    shapes = [weight.shape for weight in create(image_shape).weights]
    assert [weight.shape for weight in getattr(model, "weights", [])] == shapes, (
        f"{kind}_discriminator should be a network from create_{kind}_discriminator(image_shape)"
    )
print("Steps 13 and 14 are right.")

# %% [markdown]
# **Step 15.** Write the two losses, which both GANs share. Both take logits.


# %% nbgrader={"grade_id": "step-15", "solution": true} tags=["task", "library"]
def banana_discrim_loss(real_output, fake_output):
    """Cross-entropy of "real is 1" plus that of "generated is 0"."""
    ### BEGIN SOLUTION
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    return cross_entropy(tf.ones_like(real_output), real_output) + cross_entropy(
        tf.zeros_like(fake_output), fake_output
    )
    ### END SOLUTION


def banana_gen_loss(fake_output):
    """Cross-entropy of "generated is 1"."""
    ### BEGIN SOLUTION
    return keras.losses.BinaryCrossentropy(from_logits=True)(
        tf.ones_like(fake_output), fake_output
    )
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-15", "points": 1} tags=["check"]
need("banana_discrim_loss", "banana_gen_loss")


def price(logits, label):
    """The cross-entropy of logits with a label, computed in NumPy."""
    return np.mean(np.log1p(np.exp(logits if label == 0 else -logits)))


real, fake = np.float32([[0], [2], [-1]]), np.float32([[-1], [1.5], [3]])
### BEGIN HIDDEN TESTS
rng = np.random.default_rng(5)
real, fake = rng.normal(size=(9, 1)).astype("float32"), rng.normal(size=(9, 1)).astype("float32")
### END HIDDEN TESTS
real, fake = tf.constant(real), tf.constant(fake)
with tf.GradientTape(persistent=True) as tape:
    tape.watch([real, fake])
    disc_pays, gen_pays = banana_discrim_loss(real, fake), banana_gen_loss(fake)
wanted = price(real, 1) + price(fake, 0), price(fake, 1)
for name, pays, right in [("discrim", disc_pays, wanted[0]), ("gen", gen_pays, wanted[1])]:
    assert np.shape(pays) == (), (
        f"banana_{name}_loss should give one number, a mean over the batch"
    )
    assert np.isclose(pays, right, rtol=1e-3), (
        f"banana_{name}_loss should be {right:.3f} here, not {float(pays):.3f}: "
        "which pile has which label? Outputs are logits (from_logits=True), losses are means"
    )
    assert tf.is_tensor(pays) and tape.gradient(pays, fake) is not None, (
        f"banana_{name}_loss has no gradient: use keras or tf, the tape does not record NumPy"
    )
sure = tf.fill((4, 1), 200.0)
assert np.isclose(banana_gen_loss(-sure), 200, rtol=1e-3), (
    "a very sure verdict should cost what its logit says: pass from_logits=True"
)
print("Step 15 is right.")

# %% [markdown]
# **Step 16.** Write `adam_pair()`, which returns two **new** optimisers, for a generator and for a
# discriminator: Adam with learning rate 1.5e-4 and `beta_1` 0.5.
#
# > **Watch out: a pair per GAN.** In print both GANs share one pair of optimisers. An Adam
# > remembers the gradients of the weights that it has moved. Those of another network mean nothing
# > to it, and Keras 3 refuses them.


# %% nbgrader={"grade_id": "step-16", "solution": true} tags=["task", "library"]
def adam_pair():
    """A new Adam for the generator and a new one for the discriminator."""
    ### BEGIN SOLUTION
    return keras.optimizers.Adam(1.5e-4, beta_1=0.5), keras.optimizers.Adam(1.5e-4, beta_1=0.5)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-16", "points": 1} tags=["check"]
need("adam_pair")
pairs = adam_pair(), adam_pair()
assert all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in pairs), (
    f"adam_pair() should return two optimisers, not {pairs[0]}"
)
optimizers = [optimizer for pair in pairs for optimizer in pair]
assert all(isinstance(optimizer, type(adam())) for optimizer in optimizers), (
    "both optimisers should be Adam"
)
assert len({id(optimizer) for optimizer in optimizers}) == 4, (
    "each call should make two new optimisers, each for one network"
)
for optimizer in optimizers:
    assert np.isclose(float(optimizer.learning_rate), 1.5e-4), (
        f"the learning rate should be 1.5e-4, not {float(optimizer.learning_rate):g}"
    )
    assert optimizer.beta_1 == 0.5, f"beta_1 should be 0.5, not {optimizer.beta_1}"
print("Step 16 is right.")

# %% [markdown]
# **Step 17.** Write the training step. `banana_train_step(gan, images)` takes a `training.GAN`
# (with `gan.generator`, `gan.discriminator`, `gan.draw_noise(count)` and the two optimisers) and a
# batch of images, makes one update of each network with your losses, and returns `g_loss, d_loss`.
# Augment as the exercise does, with `shift(gan, images)`. (On a GPU the numbers have 16 bits: take
# the gradients of what `scale_loss` gives, as in the exercise.)


# %% nbgrader={"grade_id": "step-17", "solution": true} tags=["task", "library"]
def banana_train_step(gan, images):
    """One update of any generator and any discriminator; the losses of both."""
    ### BEGIN SOLUTION
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = gan.generator(noise, training=True)
        real_output = gan.discriminator(shift(gan, images), training=True)
        fake_output = gan.discriminator(shift(gan, generated_images), training=True)
        g_loss = banana_gen_loss(fake_output)
        d_loss = banana_discrim_loss(real_output, fake_output)
        scaled_g_loss = gan.gen_optimizer.scale_loss(g_loss)
        scaled_d_loss = gan.disc_optimizer.scale_loss(d_loss)
    gen_weights = gan.generator.trainable_variables
    disc_weights = gan.discriminator.trainable_variables
    gan.gen_optimizer.apply(gen_tape.gradient(scaled_g_loss, gen_weights), gen_weights)
    gan.disc_optimizer.apply(disc_tape.gradient(scaled_d_loss, disc_weights), disc_weights)
    return g_loss, d_loss
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-17", "points": 2} tags=["check"]
need("banana_train_step")
# Two small networks take one step of yours and one that is right, with the same latent vectors and
# shifts (course/checks.py). Both have to move the weights alike. The losses are the exercise's.
with checks.standing_in(globals(), banana_gen_loss=gen_loss, banana_discrim_loss=discrim_loss):
    checks.training_step(banana_train_step, gen_loss, discrim_loss, shift)
    ### BEGIN HIDDEN TESTS
    checks.training_step(
        banana_train_step, gen_loss, discrim_loss, shift, 3, latent=6, side=16, compiled=False
    )
    ### END HIDDEN TESTS
print("Step 17 is right: both networks learn what they should, on a short batch too.")

# %% [markdown]
# **Step 18.** Write `train_bananas(gan, dataset, epochs, folder)`: train over the epochs with
# previews from fixed seeds in the folder, judged by the held-out bananas, and return the log of the
# losses. The exercise's `train` takes your step as `step=`.


# %% nbgrader={"grade_id": "step-18", "solution": true} tags=["task", "library"]
def train_bananas(gan, dataset, epochs, folder):
    """Train a GAN with previews from fixed seeds; the log of losses per epoch is returned."""
    ### BEGIN SOLUTION
    reference = banana_held_out[: len(banana_data)]
    return train(gan, dataset, epochs, folder, reference, banana_train_step)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-18", "points": 1} tags=["check"]
import inspect
import tempfile

need("train_bananas")
real_train, given, calls = train, {}, tf.Variable(0)


def counted_step(gan, images):
    """In place of step 17: counts how often it is called."""
    calls.assign_add(1)
    return tf.constant(1.0), tf.constant(2.0)


def watched_train(*values, **named):
    """The exercise's train without previews and judges; it notes what it is given."""
    bound = inspect.signature(real_train).bind(*values, **named)
    bound.apply_defaults()
    given.update(bound.arguments)
    parts = ("step", "gan", "dataset", "epochs", "folder")
    return training.train(*(given[part] for part in parts))


trial_gan = training.GAN(
    checks.plain_generator(seed_vector, img_chan),
    checks.plain_discriminator((96, 96, 3)),
    *(keras.optimizers.SGD(0.0), keras.optimizers.SGD(0.0)),
)
trial_epochs, trial_batches = utils.epochs(2), make_dataset(np.zeros((40, 96, 96, 3), "float32"))
### BEGIN HIDDEN TESTS
trial_batches = make_dataset(np.zeros((70, 96, 96, 3), "float32"))
### END HIDDEN TESTS
with (
    tempfile.TemporaryDirectory() as place,
    checks.standing_in(
        globals(),
        banana_train_step=counted_step,
        train=watched_train,
        save_progress=save_images,
        banana_data=np.zeros((4, 96, 96, 3), "float32"),
        banana_held_out=np.ones((4, 96, 96, 3), "float32"),
    ),
):
    log = train_bananas(trial_gan, trial_batches, trial_epochs, Path(place) / "bananas")
    written = {path.name for path in Path(place).glob("bananas/*")}
assert log is not None, "return the log of the losses"
taken = int(calls)
assert taken > 0, "banana_train_step is never called: the exercise's train takes it as step="
assert taken == trial_epochs * len(trial_batches), (
    f"{trial_epochs} epochs of {len(trial_batches)} batches do not make {taken} steps: "
    "take the gan, the dataset and the epochs that it is given"
)
assert written, "previews and log should be in the folder that train_bananas is given"
assert given or "train-0.png" in written, "the first preview, train-0.png, is not in the folder"
judged_by = [value for value in given.values() if isinstance(value, np.ndarray)]
assert not given or any(np.all(pile == 1) for pile in judged_by), "judge by banana_held_out"
for name, loss in [("gen_loss", 1), ("disc_loss", 2)]:
    assert name in log and len(log[name]) == trial_epochs and np.allclose(log[name], loss), (
        f"the log should have a column {name} with the mean over each epoch"
    )
print("Step 18 is right.")

# %% tags=["task"]
stand_in("banana_epochs", lambda: utils.epochs(500))
stand_in("banana_dataset", lambda: make_dataset(banana_data))
stand_in("dcgan_generator", lambda: checks.plain_generator(seed_vector, img_chan))
stand_in("dcgan_discriminator", lambda: checks.plain_discriminator(image_shape))
stand_in("vanilla_generator", lambda: checks.plain_generator(seed_vector, img_chan, units=4))
stand_in("vanilla_discriminator", lambda: checks.plain_discriminator(image_shape, units=4))
stand_in("adam_pair", lambda: lambda: (adam(), adam()))
stand_in("banana_train_step", lambda: train_step)
stand_in("banana_discrim_loss", lambda: discrim_loss)
stand_in("banana_gen_loss", lambda: gen_loss)


def train_plainly(gan, dataset, epochs, folder):
    """In place of step 18: with previews of a few pictures, and without a judge."""
    seeds = tf.zeros((1, seed_vector))
    return training.train(
        banana_train_step,
        *(gan, dataset, epochs, folder),
        preview=lambda gan, epoch: save_images(epoch, seeds, gan.average, folder),
    )


stand_in("train_bananas", lambda: train_plainly)

# %% [markdown]
# **Step 19.** Train the DCGAN: make `dcgan`, a `training.GAN` of the networks of steps 11 and 13
# (`speed_up` saves you half of the time) and of an `adam_pair`, and train it into `dcgan_history`,
# with previews in `output/banana-dcgan`.

# %% nbgrader={"grade_id": "step-19", "solution": true} tags=["task"]
### BEGIN SOLUTION
dcgan = training.GAN(speed_up(dcgan_generator), speed_up(dcgan_discriminator), *adam_pair())
dcgan_history = train_bananas(dcgan, banana_dataset, banana_epochs, output_path / "banana-dcgan")
### END SOLUTION

# %% [markdown]
# **Step 20.** Train the vanilla GAN the same way: `vanilla_gan`, `vanilla_history`, previews in
# `output/banana-vanilla`.

# %% nbgrader={"grade_id": "step-20", "solution": true} tags=["task"]
### BEGIN SOLUTION
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(
    vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-vanilla"
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-20", "points": 1} tags=["check"]
need("dcgan", "dcgan_history", "vanilla_gan", "vanilla_history")
least = utils.epochs(banana_epochs)
for name, gan_of_it, past, generator_of_it in [
    ("dcgan", dcgan, dcgan_history, dcgan_generator),
    ("vanilla", vanilla_gan, vanilla_history, vanilla_generator),
]:
    assert isinstance(gan_of_it, training.GAN), f"the {name} GAN should be a training.GAN"
    made_of = gan_of_it.generator, generator_of_it
    shapes = [[weight.shape for weight in network.weights] for network in made_of]
    assert shapes[0] == shapes[1], f"the {name} GAN should be made of the {name} networks"
    in_folder = output_path / f"banana-{name}"
    assert (in_folder / "train-0.png").exists(), f"{in_folder} has no previews"
    assert len(past["gen_loss"]) >= least, (
        f"the {name} GAN should have trained for {least} epochs"
    )
    assert np.isfinite(past["gen_loss"]).all(), (
        f"the {name} GAN's loss is not finite: it diverged"
    )
    assert int(gan_of_it.gen_optimizer.iterations) >= len(past["gen_loss"]), (
        f"this {name} GAN has not trained: is the history another one's?"
    )
    logs = sorted(in_folder.glob("run-*/log.jsonl"), key=lambda path: path.stat().st_mtime)
    last = list(past["gen_loss"])[-1]
    assert not logs or np.isclose(
        pd.read_json(logs[-1], lines=True)["gen_loss"].iloc[-1], last
    ), f"{name}_history is not the log of the training in {in_folder}"
everything = [id(variable) for one in (dcgan, vanilla_gan) for variable in one.variables]
assert len(everything) == len(set(everything)), (
    "the two GANs share a network or an optimiser: each needs its own"
)
print("Steps 19 and 20 are right.")

# %% [markdown]
# **Steps 21 and 22.** Show the previews of the DCGAN after about 100 epochs (`train-100.png`) and
# after the last, with `show_previews`.

# %% alt=["Losses of the DCGAN on bananas by epoch.", "Grids of 25 bananas painted by the DCGAN from the same seeds, after 101 epochs and after the last."] nbgrader={"grade_id": "step-21", "solution": true} tags=["task"]
### BEGIN SOLUTION
plot_losses(dcgan_history, "Bananas, DCGAN: the losses of both players")
shown = [cnt for cnt in (100, banana_epochs - 1) if cnt < banana_epochs]
show_previews(output_path / "banana-dcgan", shown, "Bananas, DCGAN")
### END SOLUTION

# %% [markdown]
# **Step 23.** The same for the vanilla GAN.

# %% alt=["Losses of the vanilla GAN on bananas by epoch.", "Grids of 25 bananas painted by the vanilla GAN from the same seeds, after 101 epochs and after the last."] nbgrader={"grade_id": "step-23", "solution": true} tags=["task"]
### BEGIN SOLUTION
plot_losses(vanilla_history, "Bananas, vanilla GAN: the losses of both players")
show_previews(output_path / "banana-vanilla", shown, "Bananas, vanilla GAN")
### END SOLUTION

# %% [markdown]
# Now numbers for the comparison, from both logs and from the networks as they are. They compare at
# **equal epochs** and at **equal time**: after as many minutes as the faster of the two took for
# everything.

# %% alt=["KID, precision and recall of DCGAN and vanilla GAN on bananas, by epoch.", "The same by minute.", "Seven bananas painted by the DCGAN.", "Seven bananas painted by the vanilla GAN."] tags=["task"]
need("train_bananas", "dcgan_history", "vanilla_history", "dcgan", "vanilla_gan")
banana_reference = banana_held_out[: len(banana_data)]
count = len(banana_reference)
chosen = np.random.default_rng(SEED).permutation(len(banana_data))[:count]
logs = {"DCGAN": (dcgan_history, GENERATED), "vanilla GAN": (vanilla_history, "#009E73")}
for unit in ("epoch", "minute"):
    plot_figures(logs, f"Bananas: paintings against held-out pictures, by {unit}", unit)

shortest = min(log.seconds.sum() for log, _ in logs.values())
table = {}
for (name, (log, _)), network in zip(logs.items(), [dcgan, vanilla_gan]):
    judged = log[log.kid.notna()]
    in_time = judged[log.seconds.cumsum()[judged.index] <= shortest]
    table[name] = {
        "weights of generator and discriminator": f"{network.generator.count_params():,} and "
        f"{network.discriminator.count_params():,}",
        "seconds an epoch": f"{log.seconds.median():.2f}",
        f"KID at equal time, {shortest / 60:.1f} minutes": f"{in_time.kid.iloc[-1]:.0f}"
        if len(in_time)
        else "not yet judged",
    }
display(pd.DataFrame(table))

noise = tf.random.stateless_normal((count, seed_vector), seed=(SEED, 2))
paintings = {
    name: paint(network.average, noise)
    for name, network in [("DCGAN", dcgan), ("vanilla GAN", vanilla_gan)]
}
piles = {**paintings, "other real pictures (the floor)": banana_data[chosen]}
card = {name: judges.scorecard(pile, banana_reference) for name, pile in piles.items()}
display(pd.DataFrame(card).T.round(2))
for name, images in paintings.items():
    show_images(images[:7], f"{name}, from the same latent vectors")

# %% [markdown]
# **Step 24.** Compare the two in words: sharpness, shape, variety, time. Say what you see and which
# number supports it.

# %% [markdown] nbgrader={"grade": true, "grade_id": "step-24", "points": 3, "solution": true} tags=["task"]
# ### BEGIN SOLUTION
# A good answer describes the pictures and names the numbers that support it, for instance:
#
# * **Shape.** The DCGAN's bananas are bent, with edges along the peel and dark ends; those of the
#   vanilla GAN lie where a banana lies, but have no peel. Precision says so: it is the share of the
#   paintings that lie among real bananas.
# * **Sharpness.** The vanilla GAN's pictures are full of coloured grain. In a Dense layer every
#   output pixel has weights of its own and knows nothing of its neighbours, so grain is hard to
#   unlearn. A filter is shared by all places, and what it learns of edges and surfaces serves
#   everywhere. KID, next to that of other real pictures, measures it.
# * **Time.** Weights are nearly equal in number, but a Dense layer uses each of them once a
#   picture, a filter at every place: compare the seconds an epoch, and KID at equal time.
# * **Variety.** Recall and coverage: which share of the real bananas has a painting near by?
# * **How sure?** A difference counts if it is larger than the two spreads beside it. And all this
#   is one training of each, from one seed.
# ### END SOLUTION
