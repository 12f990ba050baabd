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
        advice = "Open this notebook inside the course's folder, or set COURSE_REPO (owner/name)"
        raise RuntimeError(f"{advice}. Fetching '{address}' failed: {why}") from None
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
def create_generator(seed_size, channels, enlarge=gen_res):
    """Latent vectors (n, seed_size) in, pictures (n, 96, 96, channels) in [-1, 1] out."""
    model = keras.Sequential(name="generator")
    model.add(keras.Input((seed_size,)))
    model.add(layers.Dense(4 * 4 * 256, activation="relu"))
    model.add(layers.Reshape((4, 4, 256)))
    for filters, times in [(256, 2), (256, 2), (128, 2), (128, enlarge)]:
        model.add(layers.UpSampling2D(times))
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


def train_step(gan, images, augment=lambda gan, images: images):
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
# convolve? You find out on bananas.
#
# The 24 steps are the chapter's, in its order and with its names. What would only repeat the
# exercise is given, and you are asked for what matters in it: to predict, to find mistakes, to
# write the heart of a GAN, to judge. Each task says its minutes and points, about an hour in all;
# the check cell behind it says what is still wrong, and three hints are folded below it. In a cell
# to complete, replace `raise NotImplementedError()` by your code.
#
# Where the steps differ from print: 13 and 14 ask for your guess first; 17 takes a `training.GAN`,
# which holds both networks, and comes behind three broken steps; 18 trains any GAN; in 19 the DCGAN
# learns small to large, as in the exercise; 21 to 23 judge by figures, too; and 24 asks you to
# choose.
#
# The trainings of steps 19 and 20 take about fifteen minutes on 2 CPU cores. To go on at once, run
# `%env COURSE_EPOCHS=1` in a cell of its own first: then both stop after an epoch, and from step 21
# on the networks that came with the course paint for you.

# %% tags=["task"]
from course import checks, pretrained

steps = checks.Steps(globals())

# %% [markdown]
# **Steps 1 to 5** are given: imports, the time as text, the constants, the bananas, the batches.
# The constants of the exercise hold. New are the epochs: the chapter's 500 for the vanilla GAN,
# which is quick, and a little less than the exercise's for the DCGAN.

# %% tags=["task", "library"]
import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tqdm.auto import tqdm

from utils import time_string

# %% alt="A row of six real bananas." tags=["task"]
print("A minute and a bit:", time_string(65.5))
banana_epochs = utils.epochs(500)  # of the vanilla GAN
banana_stages = [(1, 44), (2, 17), (3, 15)]  # of the DCGAN: (enlarge, epochs)
print(f"{gen_square} x {gen_square} x {img_chan} from {seed_vector}, batches of {num_batch}")
print(f"{banana_epochs} epochs of the vanilla GAN, {banana_stages} of the DCGAN")

banana_data, banana_held_out = load_fruit("banana")
banana_reference = banana_held_out[: len(banana_data)]
show_images(banana_data[:6], "Real bananas")

banana_dataset = make_dataset(banana_data)
print("Batches of", [len(batch) for batch in banana_dataset])

# %% [markdown]
# **Question to steps 1 to 5** (3 minutes, 1 point). In the `banana_epochs` epochs of the vanilla
# GAN, how often is the discriminator shown the same real banana, and how often the same painting?
#
# <details><summary>Hint 1</summary>What is an epoch?</details>
# <details><summary>Hint 2</summary>Where does a training step take its paintings from, and where
# its bananas?</details>
# <details><summary>Hint 3</summary>A training step draws new latent vectors, and its generator is
# not the one of the step before.</details>

# %% nbgrader={"grade_id": "step-05", "solution": true} tags=["task"]
# times_a_banana = ...
# times_a_painting = ...
### BEGIN SOLUTION
times_a_banana = banana_epochs
times_a_painting = 1
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-05", "points": 1} tags=["check"]
steps.need("times_a_banana", "times_a_painting")
checks.times_shown(times_a_banana, times_a_painting, banana_epochs)
print("Right: bananas come back, which is why they can be learnt by heart. Paintings do not.")

# %% [markdown]
# **Steps 6 and 7.** The DCGAN's two networks are those of the exercise.

# %% tags=["task", "library"]
create_dcgan_generator, create_dcgan_discriminator = create_generator, create_discriminator

# %% [markdown]
# **Question to steps 6 and 7** (3 minutes, 1 point). Suppose we want pictures of 64 x 64 pixels
# instead of 96 x 96. Does each of these networks then have "more", "fewer" or "as many" weights?
# Decide before you count. The third is the one that you are going to write in step 8: Dense layers
# only, the last of which has a unit for each number of the picture.
#
# <details><summary>Hint 1</summary>Go through the layers of each network. Which of them would have
# another shape of weights?</details>
# <details><summary>Hint 2</summary>A filter of 3 x 3 has the same weights wherever it is laid on,
# and enlarging has none at all.</details>
# <details><summary>Hint 3</summary>A Dense layer has a weight for each pair of input and output.
# Which Dense layers touch something whose size is the picture's?</details>

# %% nbgrader={"grade_id": "step-07", "solution": true} tags=["task"]
# weights_at_64 = {
#     "DCGAN's generator": ..., "DCGAN's discriminator": ..., "vanilla generator": ...
# }
### BEGIN SOLUTION
weights_at_64 = {
    "DCGAN's generator": "as many",
    "DCGAN's discriminator": "fewer",
    "vanilla generator": "fewer",
}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-07", "points": 1} tags=["check"]
steps.need("weights_at_64")
counts = {
    "DCGAN's generator": [
        create_generator(seed_vector, 3, size).count_params() for size in (2, 3)
    ],
    "DCGAN's discriminator": [create_discriminator((s, s, 3)).count_params() for s in (64, 96)],
    "vanilla generator": [
        84 * side * side * 3 for side in (64, 96)
    ],  # the last layer's, with 84 units before
}
for name, (at_64, at_96) in counts.items():
    right = "more" if at_64 > at_96 else "fewer" if at_64 < at_96 else "as many"
    assert weights_at_64.get(name) in ("more", "fewer", "as many"), (
        f'{name}: say "more", "fewer" or "as many"'
    )
    assert weights_at_64[name] == right, f"{name}: which of its layers know the picture's size?"
    print(f"{name}: {at_64:,} at 64 pixels, {at_96:,} at 96")
print("Right. So a DCGAN can go on from small to large, and a vanilla GAN cannot.")

# %% [markdown]
# **Step 8** (8 minutes, 2 points). The vanilla generator: write
# `create_vanilla_generator(seed_size, channels)`. Layers and units are your choice, within a
# budget, so that the contest is fair:
#
# * fully connected layers only: `Dense`, and what belongs between them (activations, batch
#   normalisation, dropout), then `Reshape` into a picture;
# * for `seed_vector` and three channels at most as many weights as the DCGAN's generator has,
#   2,452,611, and at least nine tenths of that;
# * pictures (n, 96, 96, `channels`) in [-1, 1].
#
# Reckon before you write: what does one unit in the last hidden layer cost?
#
# <details><summary>Hint 1</summary>The last layer has a unit for each of 96 * 96 * 3 numbers. Each
# of them has a weight for every unit of the layer before, and a bias.</details>
# <details><summary>Hint 2</summary>2,452,611 / 27,648 is 88.7. One of the 88 is the bias, and the
# layers before need weights, too.</details>
# <details><summary>Hint 3</summary>For instance Dense 256 and ReLU, Dense 84 and ReLU, Dense
# 27,648 with tanh, Reshape: 2,423,124 weights.</details>


# %% nbgrader={"grade_id": "step-08", "solution": true} tags=["task", "library"]
def create_vanilla_generator(seed_size, channels):
    """Latent vectors (n, seed_size) in, pictures (n, 96, 96, channels) in [-1, 1] out."""
    ### BEGIN SOLUTION
    model = keras.Sequential(name="vanilla_generator")
    model.add(keras.Input((seed_size,)))
    for units in (256, 84):
        model.add(layers.Dense(units))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.ReLU())
    model.add(layers.Dense(gen_square * gen_square * channels))
    model.add(layers.Activation("tanh", dtype="float32"))
    model.add(layers.Reshape((gen_square, gen_square, channels), dtype="float32"))
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-08", "points": 2} tags=["check"]
steps.need("create_vanilla_generator")
count = checks.vanilla_generator(create_vanilla_generator, seed_vector, img_chan, 2_452_611)
### BEGIN HIDDEN TESTS
checks.vanilla_generator(create_vanilla_generator, 7, 1)
### END HIDDEN TESTS
print(f"Step 8 is right: {count:,} weights.")

# %% [markdown]
# **Step 9** (5 minutes, 1 point). The vanilla discriminator, by the same rules:
# `create_vanilla_discriminator(image_shape)`, fully connected layers only, for pictures of 96 x 96
# x 3 at most 1,658,945 weights and at least nine tenths of that, one logit a picture.
#
# > **Watch out: Flatten first.** A Dense layer works on the last axis only. In print it comes
# > before Flatten and so is applied to each of the 9,216 pixels by itself: 9.4 million numbers per
# > picture, and no unit sees two pixels.
#
# <details><summary>Hint 1</summary>Here the first layer is the dear one: each of its units has
# 27,648 weights.</details>
# <details><summary>Hint 2</summary>1,658,945 / 27,648 is 60.0, with a remainder of 65. What fits
# into 65 weights? Or is it better to have 59 units, and room for a second layer?</details>
# <details><summary>Hint 3</summary>For instance Flatten, Dense 59, LeakyReLU, Dropout, Dense 59,
# LeakyReLU, Dropout, Dense 1: 1,634,891 weights.</details>


# %% nbgrader={"grade_id": "step-09", "solution": true} tags=["task", "library"]
def create_vanilla_discriminator(image_shape):
    """Pictures (n, *image_shape) in, logits (n, 1) out; fully connected layers only."""
    ### BEGIN SOLUTION
    model = keras.Sequential(name="vanilla_discriminator")
    model.add(keras.Input(image_shape))
    model.add(layers.Flatten())
    for units in (59, 59):
        model.add(layers.Dense(units))
        model.add(layers.LeakyReLU(negative_slope=0.2))
        model.add(layers.Dropout(0.25))
    model.add(layers.Dense(1, dtype="float32"))
    return model
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-09", "points": 1} tags=["check"]
steps.need("create_vanilla_discriminator")
count = checks.vanilla_discriminator(create_vanilla_discriminator, image_shape, 1_658_945)
### BEGIN HIDDEN TESTS
checks.vanilla_discriminator(create_vanilla_discriminator, (32, 32, 1))
### END HIDDEN TESTS
print(f"Step 9 is right: {count:,} weights.")

# %% tags=["task"]
steps.stand_in("create_vanilla_generator", lambda: checks.plain_generator)
steps.stand_in("create_vanilla_discriminator", lambda: checks.plain_discriminator)

# %% [markdown]
# **Step 10** is given: `save_progress` paints a preview grid and saves it as `train-{cnt}.png`, as
# the exercise's `save_images` does.

# %% tags=["task", "library"]
save_progress = save_images

# %% [markdown]
# **Steps 11 and 12** are given: what the two generators paint untrained, from one latent vector.
# Look at both: which of the two knows already that neighbouring pixels belong together?

# %% alt=["What the untrained generator of the DCGAN paints: a grey surface.", "What the untrained generator of the vanilla GAN paints: grey noise."] tags=["task"]
seed_image = tf.random.normal((1, seed_vector))
dcgan_generator = create_dcgan_generator(seed_vector, img_chan)
vanilla_generator = create_vanilla_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator(seed_image, training=False)
vanilla_image = vanilla_generator(seed_image, training=False)
show_images(dcgan_image, "Untrained DCGAN")
show_images(vanilla_image, "Untrained vanilla GAN")

# %% [markdown]
# **Steps 13 and 14** (3 minutes, 1 point). Predict, then run. Two discriminators that have seen
# nothing yet look at these two paintings.
#
# * `expected_verdict`: which probability "real" will they give, about?
# * `expected_disc_loss`: if they gave it to real bananas as well, what would a discriminator pay,
#   by the exercise's loss?
# * `expected_gen_loss`: and what would the generator pay?
#
# <details><summary>Hint 1</summary>Before the first step a discriminator has no reason to prefer
# either answer.</details>
# <details><summary>Hint 2</summary>Its logit is near 0. Which probability is that?</details>
# <details><summary>Hint 3</summary>An answer of probability p costs -ln p if it is the right one.
# The discriminator pays for real bananas and for paintings, the generator for paintings.</details>

# %% nbgrader={"grade_id": "step-14", "solution": true} tags=["task"]
# expected_verdict = ...
# expected_disc_loss = ...
# expected_gen_loss = ...
### BEGIN SOLUTION
expected_verdict = 0.5
expected_disc_loss = 2 * np.log(2)
expected_gen_loss = np.log(2)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-14", "points": 1} tags=["check"]
steps.need("expected_verdict", "expected_disc_loss", "expected_gen_loss")
checks.at_a_draw(expected_verdict, expected_disc_loss, expected_gen_loss)
print("Steps 13 and 14 are right. The next cell shows what the networks say.")

# %% [markdown]
# Here are the verdicts, on the paintings and on a real banana. For the paintings both stand near
# one half. But a real banana is mostly white paper, thousands of numbers that are all 1, and a
# Dense unit adds up all of them: so the vanilla discriminator may lean to one side before it has
# learnt anything.

# %% tags=["task"]
dcgan_discriminator = create_dcgan_discriminator(image_shape)
vanilla_discriminator = create_vanilla_discriminator(image_shape)
for kind, network, painting in [
    ("DCGAN", dcgan_discriminator, dcgan_image),
    ("vanilla GAN", vanilla_discriminator, vanilla_image),
]:
    verdicts = [probability_real(network, one)[0, 0] for one in (painting, banana_data[:1])]
    print(f"{kind}, untrained: painting {verdicts[0]:.2f}, banana {verdicts[1]:.2f}")

# %% [markdown]
# **Step 15** (6 minutes, 2 points). Write the two losses, which both GANs share, from what they
# must say. Both take logits (n, 1) and give one number, the mean over the batch:
#
# | loss | what it should cost |
# | --- | --- |
# | `banana_discrim_loss(real_output, fake_output)` | -ln of the probability of "real" for bananas, plus -ln of the probability of "painted" for paintings |
# | `banana_gen_loss(fake_output)` | -ln of the probability of "real" for paintings |
#
# A network that is very sure and wrong, with a logit of 200, must pay 200, not infinity and not 16.
#
# <details><summary>Hint 1</summary>That is a binary cross-entropy: with the label 1 for what should
# be called real, and 0 for what should be called painted.</details>
# <details><summary>Hint 2</summary>`keras.losses.BinaryCrossentropy` takes labels, then outputs.
# Who computes the sigmoid, you or the loss?</details>
# <details><summary>Hint 3</summary>`from_logits=True`, labels from `tf.ones_like` and
# `tf.zeros_like`.</details>


# %% nbgrader={"grade_id": "step-15", "solution": true} tags=["task", "library"]
def banana_discrim_loss(real_output, fake_output):
    """Cross-entropy of "real is 1" plus that of "generated is 0"."""
    ### BEGIN SOLUTION
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    real_loss = cross_entropy(tf.ones_like(real_output), real_output)
    return real_loss + cross_entropy(tf.zeros_like(fake_output), fake_output)
    ### END SOLUTION


def banana_gen_loss(fake_output):
    """Cross-entropy of "generated is 1"."""
    ### BEGIN SOLUTION
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True)
    return cross_entropy(y_true=tf.ones_like(fake_output), y_pred=fake_output)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-15", "points": 2} tags=["check"]
steps.need("banana_discrim_loss", "banana_gen_loss")
checks.losses(banana_discrim_loss, banana_gen_loss, [0, 2, -1], [-1, 1.5, 3])
### BEGIN HIDDEN TESTS
checks.losses(banana_discrim_loss, banana_gen_loss, *np.random.default_rng(5).normal(size=(2, 9)))
### END HIDDEN TESTS
print("Step 15 is right.")

# %% [markdown]
# **Step 16** is given: an Adam for each network, as in the exercise.
#
# > **Watch out: a pair per GAN.** In print both GANs share one pair of optimisers. An Adam
# > remembers the gradients of the weights that it has moved. Those of another network mean nothing
# > to it, and Keras 3 refuses them.


# %% tags=["task", "library"]
def adam_pair(rate=1.5e-4):
    """A new Adam for the generator and a new one for the discriminator."""
    return adam(rate), adam(rate)


# %% [markdown]
# **Before step 17: three broken steps** (8 minutes, 3 points). Each of these training steps has
# one mistake. None of them stops with an error. Find the mistake, and say what it would do.


# %% tags=["task", "library"]
def move(network, optimizer, tape, loss):
    """Move a network's weights along the gradient that makes a loss smaller."""
    weights = network.trainable_variables
    optimizer.apply(tape.gradient(loss, weights), weights)


# %% tags=["task", "library"]
def step_a(gan, images):
    """Broken: what is wrong?"""
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        paintings = gan.generator(noise, training=True)
        real_output = gan.discriminator(images, training=True)
        fake_output = gan.discriminator(paintings, training=True)
        g_loss, d_loss = gen_loss(fake_output), discrim_loss(real_output, fake_output)
    move(gan.generator, gan.gen_optimizer, gen_tape, d_loss)
    move(gan.discriminator, gan.disc_optimizer, disc_tape, d_loss)
    return g_loss, d_loss


# %% tags=["task", "library"]
def step_b(gan, images):
    """Broken: what is wrong?"""
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        images = gan.generator(noise, training=True)
        real_output = gan.discriminator(images, training=True)
        fake_output = gan.discriminator(images, training=True)
        g_loss, d_loss = gen_loss(fake_output), discrim_loss(real_output, fake_output)
    move(gan.generator, gan.gen_optimizer, gen_tape, g_loss)
    move(gan.discriminator, gan.disc_optimizer, disc_tape, d_loss)
    return g_loss, d_loss


# %% tags=["task", "library"]
def step_c(gan, images):
    """Broken: what is wrong?"""
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        paintings = gan.generator(noise, training=True)
        real_output = gan.discriminator((images + 1) / 2, training=True)
        fake_output = gan.discriminator(paintings, training=True)
        g_loss, d_loss = gen_loss(fake_output), discrim_loss(real_output, fake_output)
    move(gan.generator, gan.gen_optimizer, gen_tape, g_loss)
    move(gan.discriminator, gan.disc_optimizer, disc_tape, d_loss)
    return g_loss, d_loss


# %% [markdown]
# Give a number from the left half of this table to each step (`mistakes`), and one from the right
# half (`pictures_become`):
#
# | number | the mistake | number | what becomes of the pictures |
# | --- | --- | --- | --- |
# | 1 | the losses take probabilities for logits | 1 | bananas, but nearly the same one each time |
# | 2 | the discriminator never sees a banana | 2 | bananas, but pale: nothing is darker than a middle grey |
# | 3 | the discriminator's weights do not move | 3 | no bananas, though both losses stay at a draw |
# | 4 | bananas and paintings are on different scales | 4 | ever further from bananas; the discriminator's loss falls to 0 |
# | 5 | all latent vectors of a batch are equal | 5 | bananas as good as ever; only the losses are printed wrongly |
# | 6 | the generator makes the wrong loss smaller | 6 | bananas that lie off the centre |
#
# <details><summary>Hint 1</summary>Follow the bananas through the step, then the paintings, then
# each loss to where it is used.</details>
# <details><summary>Hint 2</summary>For what becomes of the pictures, take the generator's part: it
# knows of bananas only what the discriminator tells it. What does it learn here?</details>
# <details><summary>Hint 3</summary>In one step look at the last three lines, in one at what is
# called `images`, in one at the numbers that the discriminator sees.</details>

# %% nbgrader={"grade_id": "faults", "solution": true} tags=["task"]
# mistakes = {"a": ..., "b": ..., "c": ...}
# pictures_become = {"a": ..., "b": ..., "c": ...}
### BEGIN SOLUTION
mistakes = {"a": 6, "b": 2, "c": 4}
pictures_become = {"a": 4, "b": 3, "c": 2}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-faults", "points": 3} tags=["check"]
steps.need("mistakes", "pictures_become")
checks.faults(mistakes, pictures_become)
print("Right. The next cell shows what becomes of the pictures.")

# %% [markdown]
# Were you right? A small DCGAN learns from bananas of 32 x 32 pixels by each of the three, and by
# the exercise's step: 200 steps each, less than a minute in all.

# %% alt="Four rows of small pictures: blue noise by step a, coloured noise by step b, pale shapes by step c, yellow bananas by the right step." tags=["task", "long"]
for name, one_step in {"a": step_a, "b": step_b, "c": step_c, "right": train_step}.items():
    painted, g_loss, d_loss = checks.short_training(one_step, banana_data, 200)
    show_images(painted, f"Step {name}: generator pays {g_loss:.2f}, discriminator {d_loss:.2f}")

# %% [markdown]
# **Step 17** (6 minutes, 2 points). Now write the right one, without looking back if you can.
# `banana_train_step(gan, images)` takes a `training.GAN` (with `gan.generator`,
# `gan.discriminator`, `gan.draw_noise(count)` and the two optimisers) and a batch of images, makes
# one update of each network with your losses, and returns `g_loss, d_loss`.
#
# <details><summary>Hint 1</summary>In words: draw as many latent vectors as there are images;
# paint; judge both piles; compute both losses; move each network along the gradient of its own
# loss.</details>
# <details><summary>Hint 2</summary>All that a gradient has to pass through happens inside `with
# tf.GradientTape()`, with `training=True`. One tape for each network.</details>
# <details><summary>Hint 3</summary>Take one of the broken steps and mend it: the lines that are
# wrong in one are right in the two others.</details>


# %% nbgrader={"grade_id": "step-17", "solution": true} tags=["task", "library"]
def banana_train_step(gan, images):
    """One update of any generator and any discriminator; the losses of both."""
    ### BEGIN SOLUTION
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = gan.generator(noise, training=True)
        real_output = gan.discriminator(images, training=True)
        fake_output = gan.discriminator(generated_images, training=True)
        g_loss = banana_gen_loss(fake_output)
        d_loss = banana_discrim_loss(real_output, fake_output)
    gen_weights = gan.generator.trainable_variables
    disc_weights = gan.discriminator.trainable_variables
    gan.gen_optimizer.apply(gen_tape.gradient(g_loss, gen_weights), gen_weights)
    gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
    return g_loss, d_loss
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-17", "points": 2} tags=["check"]
steps.need("banana_train_step")
# Two small networks take one step of yours and one that is right, with the same latent vectors
# (course/checks.py). Both have to move the weights alike. The losses are the exercise's.
with checks.standing_in(globals(), banana_gen_loss=gen_loss, banana_discrim_loss=discrim_loss):
    checks.training_step(banana_train_step, gen_loss, discrim_loss)
    ### BEGIN HIDDEN TESTS
    checks.training_step(
        banana_train_step, gen_loss, discrim_loss, 3, latent=6, side=16, compiled=False
    )
    ### END HIDDEN TESTS
print("Step 17 is right: both networks learn what they should, on a short batch too.")

# %% [markdown]
# **Step 18** (10 minutes, 3 points). Write the loop: `train_bananas(gan, dataset, epochs, folder)`
# trains a GAN with your step and returns a dictionary with two lists, `"gen_loss"` and
# `"disc_loss"`: the **mean** loss of each epoch.
#
# * `tf.function` compiles your step, once.
# * Behind each step `gan.update_average()` moves the mean of the generator's weights.
# * After the first epoch (`cnt` 0), then after every tenth (10, 20, ...) and after the last,
#   `save_progress` paints with `gan.average` from `img_rows * img_cols` latent vectors that are the
#   **same** each time. Otherwise you would not see 25 pictures mature, but others each time.
#
# (`for epoch in tqdm(range(epochs))` shows how long it takes. The loop goes on after no cut: for a
# night, use the exercise's.)
#
# <details><summary>Hint 1</summary>Two loops: over the epochs, and in it over the batches of the
# data set. What is made once, before both? What anew in each epoch?</details>
# <details><summary>Hint 2</summary>Collect `step(gan, images)` of each batch in a list; at the end
# of the epoch `np.mean(losses, axis=0)` gives both means.</details>
# <details><summary>Hint 3</summary>`epoch % 10 == 0 or epoch + 1 == epochs` says when to paint;
# `tf.random.stateless_normal((25, seed_vector), seed=(1, 2))` gives latent vectors that are the
# same in every run.</details>


# %% nbgrader={"grade_id": "step-18", "solution": true} tags=["task", "library"]
def train_bananas(gan, dataset, epochs, folder):
    """Train a GAN with previews from fixed seeds; the mean losses of each epoch are returned."""
    ### BEGIN SOLUTION
    step = tf.function(banana_train_step)
    fixed_seed = tf.random.stateless_normal((img_rows * img_cols, seed_vector), seed=(SEED, 0))
    history = {"gen_loss": [], "disc_loss": []}
    for epoch in tqdm(range(epochs)):
        losses = []
        for images in dataset:
            losses.append(step(gan, images))
            gan.update_average()
        g_loss, d_loss = np.mean(losses, axis=0)
        history["gen_loss"].append(g_loss)
        history["disc_loss"].append(d_loss)
        if epoch % 10 == 0 or epoch + 1 == epochs:
            save_progress(epoch, fixed_seed, gan.average, folder)
    return history
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-18", "points": 3} tags=["check"]
steps.need("train_bananas")
# Your loop runs with a step that learns nothing, but counts (course/checks.py).
checks.training_loop(train_bananas, globals(), epochs=12, pictures=40)
### BEGIN HIDDEN TESTS
checks.training_loop(train_bananas, globals(), epochs=23, pictures=70)
### END HIDDEN TESTS
print("Step 18 is right.")

# %% tags=["task"]
steps.stand_in("banana_discrim_loss", lambda: discrim_loss)
steps.stand_in("banana_gen_loss", lambda: gen_loss)
steps.stand_in("banana_train_step", lambda: train_step)
steps.stand_in("train_bananas", lambda: checks.plain_loop(banana_train_step, save_progress))

# %% [markdown]
# **Step 19** is given: the DCGAN learns with your step, small to large, by the exercise's
# `train_small_to_large`. About eleven minutes on 2 CPU cores.

# %% tags=["task", "long"]
dcgan, dcgan_history = train_small_to_large(
    banana_data, banana_stages, output_path / "banana-dcgan", banana_reference, banana_train_step
)

# %% [markdown]
# **Step 20** (2 minutes, then about three minutes of training; 1 point). Train the vanilla GAN by
# your own loop: make `vanilla_gan`, a `training.GAN(generator, discriminator, gen_optimizer,
# disc_optimizer)` of the two vanilla networks of above and of a new pair of optimisers, at the
# chapter's rate or at one of your own, and train it for `banana_epochs` epochs into
# `vanilla_history`, with previews in `output_path / "banana-vanilla"`.
#
# <details><summary>Hint 1</summary>The networks are `vanilla_generator` and
# `vanilla_discriminator`.</details>
# <details><summary>Hint 2</summary>`adam_pair()` gives both optimisers; a star hands them on one by
# one: `*adam_pair()`.</details>
# <details><summary>Hint 3</summary>`train_bananas(vanilla_gan, banana_dataset, banana_epochs,
# folder)`.</details>

# %% nbgrader={"grade_id": "step-20", "solution": true} tags=["task"]
### BEGIN SOLUTION
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair(1e-3))
vanilla_history = train_bananas(
    vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-vanilla"
)
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-20", "points": 1} tags=["check"]
steps.need("vanilla_gan", "vanilla_history")
checks.trained(
    vanilla_gan,
    vanilla_history,
    [create_vanilla_generator(seed_vector, img_chan), create_vanilla_discriminator(image_shape)],
    banana_epochs,
    output_path / "banana-vanilla",
)
print("Step 20 is right.")

# %% [markdown]
# Who paints from here on? Your own networks, where they have trained to the end; otherwise those
# that came with the course. Each title says which.

# %% tags=["task"]
steps.need("vanilla_gan", "vanilla_history")
painters = {}
for kind, own, name in [
    ("DCGAN", dcgan, "banana"),
    ("vanilla GAN", vanilla_gan, "banana_vanilla"),
]:
    if banana_epochs == 500:
        painters[f"{kind}, trained here"] = own.average
    else:
        painters[f"{kind}, came with the course"] = pretrained.load(name)
noise = tf.random.stateless_normal((len(banana_reference), seed_vector), seed=(SEED, 2))
paintings = {name: paint(generator, noise) for name, generator in painters.items()}

# %% [markdown]
# **Steps 21 and 22** are given: what the DCGAN has learnt.

# %% alt=["Losses of the DCGAN on bananas by epoch.", "Twelve bananas painted by the DCGAN."] tags=["task"]
(dcgan_name, dcgan_pictures), (vanilla_name, vanilla_pictures) = paintings.items()
plot_losses(dcgan_history, "Bananas, DCGAN: the losses of both players")
show_images(dcgan_pictures[:12], dcgan_name)

# %% [markdown]
# **Step 23** is given: the vanilla GAN, from the same latent vectors, and its previews after about
# 100 epochs and after the last.

# %% alt=["Losses of the vanilla GAN on bananas by epoch.", "Grids of 25 bananas painted by the vanilla GAN from the same seeds, after 101 epochs and after the last.", "Twelve bananas painted by the vanilla GAN."] tags=["task"]
plot_losses(vanilla_history, "Bananas, vanilla GAN: the losses of both players")
shown = [cnt for cnt in (0, 100, banana_epochs - 1) if cnt < banana_epochs]
show_previews(output_path / "banana-vanilla", shown, "Bananas, vanilla GAN, trained here")
show_images(vanilla_pictures[:12], vanilla_name)

# %% [markdown]
# Now the judges, each figure with its spread in a column of its own.

# %% tags=["task"]
chosen = np.random.default_rng(SEED).permutation(len(banana_data))[: len(banana_reference)]
piles = {**paintings, "other real pictures (the floor)": banana_data[chosen]}
card = {name: judges.scorecard(pile, banana_reference) for name, pile in piles.items()}
pd.DataFrame(card).T.round(2)

# %% [markdown]
# One training of each, from one seed, not for the same time, and a vanilla GAN of your design: is
# that a fair comparison? `python -m benchmarks.vanilla` gives vanilla GANs a better chance: as many
# weights as the DCGAN, with and without batch normalisation, at the chapter's rate and at a higher
# one, for as many steps as the DCGAN takes in fifteen minutes; or as much processor time, for
# networks fifteen times as large. What has been measured so far, on held-out bananas:

# %% tags=["task"]
measured = pd.read_csv("benchmarks/results/fruit_vanilla.csv").set_index("way")
measured[["generator", "steps", "processor seconds", "kid", "kid_spread", "precision"]].round(2)

# %% [markdown]
# Read it with the floor in mind, a KID near 0 and a precision near 1. Which of the changes brings
# more than the spread? And is any of these near to your DCGAN? Where the weights are equal in
# number, they are not equally used. In a Dense layer each number of the picture has weights of its
# own and knows nothing of its neighbours, so that the grain of the first pictures goes slowly. A
# filter serves all places of the picture, and what it learns of an edge in one place it knows in
# all. Each row is one training, from one seed.

# %% [markdown]
# **Step 24** (8 minutes, 3 points, marked by people). Two painters of bananas, A and B: you do not
# see what they paint, only their scorecards, with the spreads. Which do you choose, and for what?

# %% tags=["task"]
unseen = checks.two_painters(banana_data[chosen])
both = {name: judges.scorecard(pile, banana_reference) for name, pile in unseen.items()}
pd.DataFrame(both).T.round(2)

# %% [markdown]
# Write down, before you run the cell behind the answer:
#
# 1. a purpose, and the painter that you choose for it: pictures for a shop's label, say, or for a
#    machine that has to learn to sort bananas;
# 2. the figures that speak for your choice and those that speak against it, and which of the
#    differences are larger than their spreads;
# 3. what neither scorecard can tell you, and how you would find out;
# 4. in one sentence the same for the two GANs above: which would you choose, and on the word of
#    which figure?
#
# <details><summary>Hint 1</summary>Precision asks whether the paintings are good, recall and
# coverage whether they are varied. Which of the two does your purpose need?</details>
# <details><summary>Hint 2</summary>A difference counts if it is clearly larger than the spreads of
# both. Which row is nearer to the floor above, by which figure?</details>
# <details><summary>Hint 3</summary>How would a painter score who hands in photographs of training
# bananas as its own? What would tell?</details>

# %% [markdown] nbgrader={"grade": true, "grade_id": "step-24", "points": 3, "solution": true} tags=["task"]
# ### BEGIN SOLUTION
# A good answer names a purpose, and figures that support the choice, for instance:
#
# * **For a label, A.** More of what A paints lies among real bananas (precision), by several times
#   the spread, and one good picture is enough. Against it: its recall is 0, so it knows few kinds.
# * **To learn sorting, B.** Nearly all real bananas lie among its paintings (recall), and its KID
#   is lower by several times the spread. Against it: about half of its pictures lie outside of the
#   real ones, so something is wrong with them, which the figure does not name. One has to look.
# * **How sure?** These differences are larger than both spreads. A tenth of that would not be.
# * **What no scorecard says:** whether anything is copied. Photographs would score best of all; the
#   copy test asks that. And it is one judge with its own eye for shape and colour.
# * **The two GANs:** the DCGAN, by each figure that differs by more than its spread; but from one
#   training, and at the time that each took.
# ### END SOLUTION

# %% [markdown]
# Now look at what they paint.

# %% alt=["What A paints: ten bananas, then the same ones again.", "What B paints: bananas of all kinds, a little blurred."] tags=["task"]
for name, pile in unseen.items():
    show_images(pile[:12], f"Painter {name}")
