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
# **What you will make:** a network that paints tomatoes which nobody photographed, and a contest on
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
from course import training
from course.judges import mean_similarity, nearest, scorecard, sliced_wasserstein
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
# **How long it takes:** about <!--time 03_fruit_gan-->5 hours<!--end--> on 2 CPU cores with 16-bit
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
# ## The photographs
#
# The fruit that comes with the course is rendered by a program, so that everybody may copy it
# (`data/README.md` says how); the chapter's own photographs are a `make data` away. The networks do
# not know the difference, and we call both photographs.
#
# `load_images` resizes every photograph to 96 x 96 pixels and scales its bytes from 0..255 to
# **-1..1**. That is the range of `tanh`, with which the generator will end: real and painted
# pictures must live on one scale, or the discriminator could tell them apart by brightness alone.
# The pictures of the test set are **held out**: no network sees them. They will tell us how far
# apart two piles of *real* pictures are.


# %% tags=["library"]
def load_fruit(fruit):
    """Pictures to train on and pictures held out, each (n, 96, 96, 3) in [-1, 1]."""
    images = utils.load_images(fruit, gen_square)
    try:
        return images, utils.load_images(fruit, gen_square, split="test_set")
    except FileNotFoundError:
        print(f"There are no test pictures of {fruit}: every fifth picture is held out.")
        held_out = np.arange(len(images)) % 5 == 0
        return images[~held_out], images[held_out]


# %%
training_data, held_out = load_fruit("tomato")
num_buffer = len(training_data)  # shuffle over all pictures
print(
    f"To train on: {len(training_data)} pictures as {training_data.dtype} {training_data.shape}"
)
low, high = training_data.min(), training_data.max()
print(f"from {low:.2f} to {high:.2f}, mean {training_data.mean():.2f}; held out: {len(held_out)}")


# %% tags=["library"]
def show_images(images, title):
    """A row of pictures, given in [-1, 1]."""
    figure, axes = plt.subplots(1, len(images), figsize=(1.6 * len(images), 2), squeeze=False)
    for axis, image in zip(axes[0], np.asarray(images, "float32"), strict=True):
        axis.imshow((image + 1) / 2)
        axis.axis("off")
    figure.suptitle(title)
    plt.show()


# %% alt="A row of six real tomatoes."
show_images(training_data[:: num_buffer // 6][:6], "Real tomatoes")

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
# photographs by heart.

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
# for a photograph alike.


# %% tags=["library"]
def probability_real(model, images):
    """The verdict on pictures (n, 96, 96, 3): probabilities (n, 1) that they are real."""
    return tf.sigmoid(model(images, training=False)).numpy()


# %%
for name, images in [("generated picture", generated_image), ("photograph", training_data[:1])]:
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
# **How far from real?** The **sliced Wasserstein distance** (Karras and others, *Progressive
# Growing of GANs for Improved Quality, Stability, and Variation*, 2018) compares two piles of
# pictures by their details:
#
# 1. take each picture apart into fine details (at 96 pixels), coarser details (at 48) and the rest
#    (at 24);
# 2. cut small patches of 7 x 7 pixels from random places, as many from each pile;
# 3. look at all patches from one random direction: each becomes a single number. Sort the numbers
#    of either pile, and take the mean difference of first and first, second and second, and so on;
# 4. average over many directions and over the three scales.
#
# The nearer two piles are, the smaller it is. Even two piles of real pictures are apart by some
# distance, and that is the **floor**.
#
# `sliced_wasserstein` computes it; its code, like that of the other judges, stands in
# `course/judges.py`.

# %% [markdown]
# **How varied?** A network that paints one good tomato again and again is of no use. The
# **structural similarity** (SSIM; Wang and others, *Image Quality Assessment: From Error Visibility
# to Structural Similarity*, 2004) of two pictures is 1 if they are equal. We take its mean over 200
# random pairs from one pile: a pile with less variety than real pictures shows a *higher*
# similarity.

# %% [markdown]
# Now try the judges. The reference is always the pile of held-out photographs. Against it compete
# as many training photographs (the floor), the same ones slightly blurred, all the same photograph,
# and noise.

# %%
rng = np.random.default_rng(SEED)
num_judged = min(len(held_out), num_buffer)
reference = held_out[:num_judged]
real_sample = training_data[rng.permutation(num_buffer)[:num_judged]]
piles = {
    "held-out photographs": reference,
    "training photographs": real_sample,
    "... slightly blurred": tf.nn.avg_pool2d(real_sample, 3, 1, "SAME").numpy(),
    "one photograph, repeated": np.repeat(real_sample[:1], num_judged, axis=0),
    "noise": rng.uniform(-1, 1, real_sample.shape).astype("float32"),
}
print(f"{num_judged} pictures each{'distance':>18}{'similarity':>14}")
for name, pile in piles.items():
    distance = sliced_wasserstein(reference, pile)
    print(f"{name:26}{distance:10.0f}{mean_similarity(pile):14.2f}")
floor = sliced_wasserstein(reference, real_sample)

# %% [markdown]
# The judges are sound so far: the distance notices a blur that the eye hardly sees, and the
# similarity gives away the repeated photograph. Neither says whether pictures are *copied* from the
# training set. For that we shall look up, for each painting, the most similar training photograph.

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
# One step, on one batch of photographs:
#
# 1. draw as many latent vectors as there are photographs (the last batch is short!) and paint
#    pictures from them;
# 2. let the discriminator judge photographs and paintings, both **augmented**: each shifted at
#    random;
# 3. compute both losses;
# 4. move the discriminator's weights along **its** gradient, and the generator's along **its own**.
#
# Two gradient tapes listen at the same time. In step 4 each is asked only for the weights of its
# network, so neither loss can move the other's. There is no `trainable` switch to forget.
#
# Why augment? A few hundred photographs are few. The discriminator soon knows each of them by
# heart, and then its advice to the generator is worth little. To augment only the *photographs*, as
# one does for a classifier, would teach the generator to paint fruit off the centre.
# **Differentiable augmentation** (Zhao and others, *Differentiable Augmentation for Data-Efficient
# GAN Training*, 2020) changes photographs and paintings alike, just before the discriminator sees
# them. It hardly ever sees the same picture twice, and since the change is differentiable, the
# gradient finds its way back to the generator, which itself paints fruit in its place. Of the
# paper's changes (shift, cut out, change of colours) we take only the shift, by up to an eighth of
# the side. The chapter does without; near the end of the exercise we measure what it brings.
#
# The two networks and their two optimisers travel together as a `training.GAN`, which also keeps
# the running mean of the generator's weights, `gan.average`. The weights circle around something
# rather than settle, as in notebook 2; their mean paints, but takes no part in the game. Random
# numbers come from `gan.draw`, so that a training that was cut off goes on with the very next one.
# And `scale_loss` matters on GPUs only: in `float16` small gradients become 0, so the loss is
# multiplied by a large number first; the optimiser divides by it afterwards.


# %% tags=["library"]
def shift(gan, images):
    """Each picture (side, side, 3) shifted by itself; what comes in repeats the edge."""
    side = images.shape[1]
    furthest = side // 8
    chance = gan.draw(keras.random.uniform, tf.shape(images)[0], 2)  # in [0, 1)
    by = tf.cast(chance * (2 * furthest + 1), "int32") - furthest
    for axis in (1, 2):  # rows, columns
        places = tf.range(side) + by[:, axis - 1, None]
        places = tf.clip_by_value(places, 0, side - 1)
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
show_images(np.clip(seen, -1, 1), "One photograph, as the discriminator may see it")

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


inputs, results = tf.random.normal((num_batch, seed_vector)), {}
for name, model in [("plain", generator), ("fast", speed_up(generator))]:
    forward_and_backward(model, inputs)  # the first call compiles
    start = time.perf_counter()
    results[name] = forward_and_backward(model, inputs)[0].numpy()
    print(f"{name:6} {time.perf_counter() - start:.2f} s")
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
        paintings = paint(gan.average, judged)
        distance = sliced_wasserstein(reference, paintings)
        return {"distance": distance, "similarity": mean_similarity(paintings)}

    return training.train(step, gan, dataset, epochs, folder, preview, judge)


# %%
gan = make_gan(generator, discriminator)
history = train(gan, train_dataset, epochs, output_path / "tomato", reference)

# %% [markdown]
# ## What it learnt
#
# First the losses. In an ordinary training the loss falls. Here each player's loss depends on the
# opponent, who learns as well, so a falling curve only says who is winning at the moment. The
# dashed lines mark the draw. (The run shown here was made in several sittings, hence the lines that
# it goes on where it was.)


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
def plot_distance(logs, floor, title, unit="epoch", scale="linear"):
    """Distance to held-out pictures over epochs or minutes, for logs {name: (log, colour)}."""
    figure, axis = plt.subplots(figsize=(8, 3.5), layout="constrained")
    for name, (log, colour) in logs.items():
        x = {"epoch": log.epoch + 1, "minute": log.seconds.cumsum() / 60}[unit]
        judged = log.distance.notna()
        axis.plot(x[judged], log.distance[judged], color=colour, marker=".", label=name)
    axis.axhline(floor, color=REAL, linestyle="--", linewidth=1, label="floor: real and real")
    label = "sliced Wasserstein\ndistance x 1000"
    axis.set(title=title, xlabel=unit, ylabel=label, yscale=scale)
    if scale == "linear":
        axis.set_ylim(0, None)
    axis.legend()
    plt.show()


# %% alt="Sliced Wasserstein distance of the paintings to held-out tomatoes by epoch, with a dashed line for the floor."
plot_distance({"DCGAN": (history, GENERATED)}, floor, "Tomatoes: distance to real pictures")

# %% [markdown]
# The dashed line is the distance of two piles of real pictures. Where the curve is flat, this judge
# sees no gain in more epochs. (If yours still falls, set `epochs` higher and run the training
# again: it goes on where it stopped. The judge is asked every 10 epochs and after the last.)
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
# scales its input by **running means** over all that the discriminator has seen, photographs and
# paintings together. In training it has always scaled photographs by the statistics of photographs,
# and paintings by those of paintings. So its verdict means something only when it judges a batch of
# one kind with that batch's own statistics, as it did in training. The nearer the two numbers of a
# line are to each other, the less it can tell the two kinds apart.

# %%
photographs = training_data[:100]
paintings = gan.generator(tf.random.normal((len(photographs), seed_vector)), training=False)
for name, in_training in [("running means", False), ("statistics of the batch", True)]:
    real = tf.sigmoid(gan.discriminator(photographs, training=in_training)).numpy().mean()
    fake = tf.sigmoid(gan.discriminator(paintings, training=in_training)).numpy().mean()
    print(f"With {name}: photographs {real:.2f}, paintings {fake:.2f} probably real")

# %% [markdown]
# ## The scorecard
#
# All judges, on as many paintings as there are held-out pictures. The generator appears twice: with
# its weights of the last step, and with the running mean of its weights, which also painted the
# previews. *Nearest photograph* is the root mean square difference to the most similar training
# picture, averaged over the pile. Paintings much nearer to the training pictures than held-out
# photographs are would be copies.

# %%
noise = tf.random.stateless_normal((num_judged, seed_vector), seed=(SEED, 2))
paintings = paint(gan.average, noise)
scorecard(
    {
        "noise": piles["noise"],
        "DCGAN, weights of the last step": paint(gan.generator, noise),
        "DCGAN, mean weights": paintings,
        "training photographs (the floor)": real_sample,
        "held-out photographs": reference,
    },
    reference,
    training_data,
)

# %% [markdown]
# Read it row by row: how far from held-out photographs, how varied, how near to a training
# photograph? Compare each figure with that of the floor. Mind what these judges cannot see: they
# look at small patches and at pixels, not at shape, and a copy that is shifted a little escapes
# them.
#
# ## Learnt by heart?
#
# Above, ten paintings; below each the training photograph that comes nearest.

# %% alt="Ten painted tomatoes, and below each the training photograph that is most similar to it."
numbers, differences = nearest(paintings[:10], training_data)
figure, axes = plt.subplots(2, 10, figsize=(12, 3), layout="constrained")
for column, number in enumerate(numbers):
    for axis, image in zip(axes[:, column], (paintings[column], training_data[number])):
        axis.imshow((image + 1) / 2)
        axis.axis("off")
    axes[0, column].set_title(f"{differences[column]:.2f}", fontsize=9)
figure.suptitle("Painted (above), the nearest photograph (below), and their RMS difference")
plt.show()

# %% [markdown]
# Colour, size and pose agree, which is what makes a picture the nearest one. The calyx, the light
# and the outline do not.
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
# seeds, not the best six, and six held-out photographs.

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
# ## Going further: what augmentation brings
#
# Collecting pictures is work. What if there are only a hundred? The same two networks learn from
# the same hundred bananas, with augmentation and, in a GAN that leaves pictures as they are,
# without it:


# %% tags=["library"]
def leave(gan, images):
    """No augmentation: pictures as they are, as in print."""
    return images


plain_step = functools.partial(train_step, augment=leave)

# %% alt="A row of seven real bananas."
bananas, held_out_bananas = load_fruit("banana")
few_bananas = bananas[:: max(len(bananas) // 100, 1)][:100]
show_images(few_bananas[:7], f"Seven of the {len(few_bananas)} bananas to learn from")

# %% alt=["Seven bananas painted by the GAN trained without augmentation.", "Seven bananas painted by the GAN trained with augmentation.", "Distance to held-out bananas by epoch, with and without augmentation, and the floor."]
few_dataset = make_dataset(few_bananas)
few_reference = held_out_bananas[: len(few_bananas)]
few_epochs = utils.epochs(300)
few_logs, few_paintings, verdicts = {}, {}, {}
for name, step, colour in [
    ("plain", plain_step, "#999999"),
    ("augmented", train_step, GENERATED),
]:
    keras.utils.set_random_seed(SEED)  # both begin with the same weights
    few_gan = make_gan(create_generator(seed_vector, img_chan), create_discriminator(image_shape))
    folder = output_path / f"few-bananas-{name}"
    few_logs[name] = train(few_gan, few_dataset, few_epochs, folder, few_reference, step), colour
    few_paintings[name] = paint(few_gan.average, noise[: len(few_reference)])
    show_images(few_paintings[name][:7], f"Painted after {few_epochs} epochs, {name}")
    verdicts[name] = {
        pile: tf.sigmoid(few_gan.discriminator(images, training=True)).numpy().mean()
        for pile, images in [
            ("photographs learnt from", few_bananas),
            ("photographs never seen", few_reference),
            ("paintings", few_paintings[name]),
        ]
    }

few_sample = bananas[np.random.default_rng(SEED).permutation(len(bananas))[: len(few_reference)]]
few_floor = sliced_wasserstein(few_reference, few_sample)
plot_distance(few_logs, few_floor, "A hundred bananas: distance to real pictures")
piles = {**few_paintings, "photographs (the floor)": few_sample}
display(scorecard(piles, few_reference, few_bananas))
print("How probably real the discriminator finds")
pd.DataFrame(verdicts).round(2)

# %% [markdown]
# Start with the last table of the run shown here. Without augmentation the discriminator knows its
# hundred photographs by heart: it finds them probably real, but not photographs of the same kind
# that it has never seen. It does not judge bananas any more, it recognises pictures. With
# augmentation both get the same verdict.
#
# That does not make better paintings at once. After 300 epochs both curves still fall, and both
# piles are far from real bananas. What you see is a difference in kind: rough grain and crumbs
# there, smooth surfaces here.
#
# And later? `python -m benchmarks.fruit --few` trains the same two for 600 epochs. Here are the
# distances of two such trainings, from different first weights; they differ a little from the run
# shown here, and the floor is the same:

# %%
few = pd.read_csv("benchmarks/results/fruit_few.csv")
few = few[few["epoch"] % 100 == 0]
distances = few[few["what"] == "distance"]
distances = distances.pivot(index=["seed", "way"], columns="epoch", values="value")
display(distances.round(0).astype(int))
print("How probably real the discriminators find in the end")
few_verdicts = few[few["what"].str.startswith("photographs")]
few_verdicts.pivot(index=["seed", "way"], columns="what", values="value").round(2)

# %% [markdown]
# The GAN without augmentation is ahead after 200 epochs, and comes to a halt: with seed 0 right
# there, with seed 42 later. With augmentation the GAN learns for longer, and ends nearer to real
# bananas. The discriminators' verdicts fit. Without augmentation they find the photographs that
# they learnt from far more probably real than unseen ones; with augmentation both get nearly the
# same verdict. Who recognises pictures has little advice left to give. Two seeds agree, which is
# more than one and less than proof. To try it here, set `few_epochs` to 600.
#
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
# hundred thousand, let Keras read the files while the training runs: what is in memory is then a
# few hundred pictures, however many files there are.


# %% tags=["library"]
def make_dataset_from_files(folder):
    """Batches as from make_dataset, but each picture is read from its file when it is needed."""
    size = gen_square, gen_square
    batches = keras.utils.image_dataset_from_directory(
        folder,
        None,
        None,
        batch_size=num_batch,
        image_size=size,
        interpolation="lanczos3",
        seed=SEED,
    )
    return batches.map(lambda images: tf.clip_by_value(images / 127.5 - 1, -1, 1)).prefetch(1)


# %%
folder = next(data_path.glob("*/training_set/tomato"))
files_dataset = make_dataset_from_files(folder)
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
def need(*names):
    """Stop with a plain sentence while an earlier step is still to do."""
    missing = [name for name in names if name not in globals()]
    if missing:
        raise NotImplementedError(f"First complete the step that defines {', '.join(missing)}.")


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
for seconds, wanted in [
    (0, "0:00:00.00"),
    (65.5, "0:01:05.50"),
    (3661.25, "1:01:01.25"),
    (36000, "10:00:00.00"),
]:
    assert time_string(seconds) == wanted, (
        f"time_string({seconds}) should be {wanted}, but is {time_string(seconds)}"
    )
print("Step 2 is right.")

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
need("banana_epochs")
assert gen_square == 96, f"gen_square should be 32 * 3 = 96, not {gen_square}"
assert (img_rows, img_cols, img_margin) == (5, 5, 16), (
    "the preview is 5 x 5 pictures with a margin of 16 pixels"
)
assert (img_chan, seed_vector, num_batch) == (3, 200, 32), (
    "3 channels, latent vectors of 200, batches of 32"
)
assert 1 <= banana_epochs <= 500, (
    f"banana_epochs should be utils.epochs(500), not {banana_epochs}"
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
assert banana_data.shape[1:] == banana_held_out.shape[1:] == (96, 96, 3), (
    f"pictures should be 96 x 96 x 3, not {banana_data.shape[1:]}"
)
assert banana_data.dtype == np.float32 and np.abs(banana_data).max() <= 1, (
    "pixels should be float32 in [-1, 1]"
)
print("Step 4 is right.")

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
sizes = [len(batch) for batch in banana_dataset]
assert sum(sizes) == len(banana_data), (
    f"an epoch should show all {len(banana_data)} bananas, but shows {sum(sizes)}"
)
assert max(sizes) == num_batch, f"batches should hold {num_batch} pictures, not {max(sizes)}"
assert not np.array_equal(next(iter(banana_dataset)), banana_data[:num_batch]), (
    "the bananas are not shuffled"
)
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
trial = create_dcgan_generator(seed_vector, img_chan)
picture = trial(tf.random.normal((2, seed_vector), stddev=100.0))
assert picture.shape == (2, 96, 96, 3), (
    f"two latent vectors should give (2, 96, 96, 3), not {picture.shape}"
)
assert np.abs(picture).max() <= 1, "pixels should lie in [-1, 1]: end with tanh"
assert trial.count_params() == 2_452_611, (
    f"there should be 2,452,611 weights, not {trial.count_params():,}"
)
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
trial = create_dcgan_discriminator(image_shape)
verdict = trial(tf.random.uniform((2, 96, 96, 3), -1, 1))
assert verdict.shape == (2, 1), (
    f"two pictures should give logits of shape (2, 1), not {verdict.shape}"
)
assert trial.count_params() == 1_658_945, (
    f"there should be 1,658,945 weights, not {trial.count_params():,}"
)
assert "sigmoid" not in str(trial.layers[-1].get_config()), (
    "end without a sigmoid: the losses expect logits"
)
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
trial = create_vanilla_generator(seed_vector, img_chan)
picture = trial(tf.random.normal((2, seed_vector), stddev=100.0))
assert picture.shape == (2, 96, 96, 3), (
    f"two latent vectors should give (2, 96, 96, 3), not {picture.shape}"
)
assert np.abs(picture).max() <= 1, "pixels should lie in [-1, 1]: end with tanh"
assert not any(
    isinstance(layer, (layers.Conv2D, layers.Conv2DTranspose)) for layer in trial.layers
), "no convolutions"
assert trial.count_params() == 2_423_124, (
    f"there should be 2,423,124 weights, not {trial.count_params():,}"
)
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
trial = create_vanilla_discriminator(image_shape)
assert isinstance(trial.layers[0], layers.Flatten), (
    "begin with Flatten, so that each unit sees the whole picture"
)
assert trial(tf.random.uniform((2, 96, 96, 3), -1, 1)).shape == (2, 1), (
    "two pictures should give logits of shape (2, 1)"
)
assert trial.count_params() == 1_662_661, (
    f"there should be 1,662,661 weights, not {trial.count_params():,}"
)
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

with tempfile.TemporaryDirectory() as folder:
    saved = save_progress(
        7,
        np.zeros((25, 3), "float32"),
        lambda noise, training: np.zeros((25, 96, 96, 3)),
        Path(folder),
    )
    assert Path(saved) == Path(folder) / "train-7.png", (
        f"the path should end in train-7.png, but is {saved}"
    )
    grid = plt.imread(saved)
assert grid.shape[:2] == (576, 576), (
    f"the grid should be 16 + 5 * (96 + 16) = 576 pixels wide and high, not {grid.shape}"
)
print("Step 10 is right.")

# %% [markdown]
# **Step 11.** Build the DCGAN's generator as `dcgan_generator` and look at one picture that it
# paints untrained. Use `seed_image`, one latent vector of shape (1, `seed_vector`), for this step
# and the next.

# %% alt="What the untrained generator of the DCGAN paints: a grey surface." nbgrader={"grade_id": "step-11", "solution": true} tags=["task"]
### BEGIN SOLUTION
seed_image = tf.random.normal((1, seed_vector))
dcgan_generator = create_dcgan_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator(seed_image, training=False)
show_images(dcgan_image, "Untrained DCGAN")
### END SOLUTION

# %% [markdown]
# **Step 12.** The same for the vanilla generator, as `vanilla_generator`.

# %% alt="What the untrained generator of the vanilla GAN paints: grey noise." nbgrader={"grade_id": "step-12", "solution": true} tags=["task"]
### BEGIN SOLUTION
vanilla_generator = create_vanilla_generator(seed_vector, img_chan)
vanilla_image = vanilla_generator(seed_image, training=False)
show_images(vanilla_image, "Untrained vanilla GAN")
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-12", "points": 1} tags=["check"]
need("seed_image", "dcgan_generator", "vanilla_generator")
for model in (dcgan_generator, vanilla_generator):
    assert model(seed_image).shape == (1, 96, 96, 3), (
        f"{model.name} should paint one picture from seed_image"
    )
print("Steps 11 and 12 are right.")

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
for model in (dcgan_discriminator, vanilla_discriminator):
    assert model(banana_data[:2]).shape == (2, 1), (
        f"{model.name} should give one logit per picture"
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
undecided, sure = tf.zeros((4, 1)), tf.fill((4, 1), 20.0)
assert np.isclose(banana_discrim_loss(undecided, undecided), 2 * np.log(2)), (
    "undecided logits should cost 2 ln 2"
)
assert np.isclose(banana_gen_loss(undecided), np.log(2)), (
    "undecided logits should cost the generator ln 2"
)
assert banana_discrim_loss(sure, -sure) < 1e-6, (
    "a discriminator that is right and sure should pay nothing"
)
assert np.isclose(banana_gen_loss(-sure), 20), (
    "the loss should grow with the logit: pass from_logits=True"
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
optimizers = [*adam_pair(), *adam_pair()]
assert len({id(optimizer) for optimizer in optimizers}) == 4, (
    "each call should make two new optimisers"
)
for optimizer in optimizers:
    assert np.isclose(float(optimizer.learning_rate), 1.5e-4), (
        "the learning rate should be 1.5e-4"
    )
    assert optimizer.beta_1 == 0.5, "beta_1 should be 0.5"
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
need("banana_data")
trial = training.GAN(
    create_vanilla_generator(seed_vector, img_chan),
    create_vanilla_discriminator(image_shape),
    *adam_pair(),
)
before = {
    name: [w.numpy() for w in getattr(trial, name).trainable_variables]
    for name in ("generator", "discriminator")
}
losses = banana_train_step(trial, tf.constant(banana_data[:5]))  # a short batch
assert len(losses) == 2, f"banana_train_step should return g_loss and d_loss, not {losses}"
for name, weights in before.items():
    after = getattr(trial, name).trainable_variables
    assert any(not np.array_equal(old, new) for old, new in zip(weights, after)), (
        f"the {name} did not learn"
    )
print("Step 17 is right: both networks learn, on a short batch too.")

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

# %% nbgrader={"grade": true, "grade_id": "check-20", "points": 2} tags=["check"]
need("dcgan_history", "vanilla_history")
for name, past in [("dcgan", dcgan_history), ("vanilla", vanilla_history)]:
    assert len(past["gen_loss"]) >= banana_epochs, (
        f"the {name} GAN should have trained for {banana_epochs} epochs"
    )
    assert np.isfinite(past["gen_loss"]).all(), (
        f"the {name} GAN's loss is not finite: it diverged"
    )
    assert (output_path / f"banana-{name}" / "train-0.png").exists(), (
        f"output/banana-{name} has no previews"
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

# %% alt=["Distance to held-out bananas of DCGAN and vanilla GAN, by epoch.", "Distance to held-out bananas of DCGAN and vanilla GAN, by minute.", "Seven bananas painted by the DCGAN.", "Seven bananas painted by the vanilla GAN."] tags=["task"]
need("dcgan_history", "vanilla_history", "dcgan", "vanilla_gan", "banana_held_out")
judges = banana_held_out[: len(banana_data)]
chosen = np.random.default_rng(SEED).permutation(len(banana_data))[: len(judges)]
banana_floor = sliced_wasserstein(judges, banana_data[chosen])
logs = {"DCGAN": (dcgan_history, GENERATED), "vanilla GAN": (vanilla_history, "#009E73")}
for unit in ("epoch", "minute"):
    title = f"Bananas: distance to real pictures, by {unit} (log scale)"
    plot_distance(logs, banana_floor, title, unit, scale="log")

shortest = min(log.seconds.sum() for log, _ in logs.values())
table = {}
for (name, (log, _)), network in zip(logs.items(), [dcgan, vanilla_gan]):
    judged = log[log.distance.notna()]
    in_time = judged[log.seconds.cumsum()[judged.index] <= shortest]
    table[name] = {
        "weights of generator and discriminator": f"{network.generator.count_params():,} and "
        f"{network.discriminator.count_params():,}",
        "seconds an epoch": f"{log.seconds.median():.2f}",
    }
    for cnt in (99, banana_epochs - 1):
        if cnt in judged.epoch.values:
            distance = judged.distance[judged.epoch == cnt].item()
            table[name][f"distance after epoch {cnt + 1}"] = f"{distance:.0f}"
    label = f"distance after {shortest / 60:.1f} minutes (epoch)"
    table[name][label] = "not yet judged"
    if len(in_time):
        table[name][label] = f"{in_time.distance.iloc[-1]:.0f} ({in_time.epoch.iloc[-1] + 1})"
display(pd.DataFrame(table))

noise = tf.random.stateless_normal((len(judges), seed_vector), seed=(SEED, 2))
paintings = {
    name: paint(network.average, noise)
    for name, network in [("DCGAN", dcgan), ("vanilla GAN", vanilla_gan)]
}
display(
    scorecard(
        {**paintings, "training photographs (the floor)": banana_data[chosen]},
        judges,
        banana_data,
    )
)
for name, images in paintings.items():
    show_images(images[:7], f"{name}, from the same latent vectors")

# %% [markdown]
# **Step 24.** Compare the two in words: sharpness, shape, variety, time. Say what you see and which
# number supports it.

# %% [markdown] nbgrader={"grade": true, "grade_id": "step-24", "points": 3, "solution": true} tags=["task"]
# ### BEGIN SOLUTION
# A good answer describes the pictures and names the numbers, for instance:
#
# * **Shape.** After 500 epochs the DCGAN paints bananas that anybody would name: bent, with edges
#   along the peel and dark ends. After 101 they were still yellow sticks. The vanilla GAN has
#   learnt where a banana lies and how it bends, but not what it is made of.
# * **Sharpness.** The vanilla GAN's pictures are full of coloured grain. In a Dense layer every
#   output pixel has weights of its own and knows nothing of its neighbours, so grain is hard to
#   unlearn. A filter is shared by all places, and what it learns of edges and surfaces serves
#   everywhere. The first table has the distances at equal epochs, next to that of real pictures.
# * **A warning about the judge.** The vanilla GAN's distance *grows* while its bananas take shape.
#   The measure looks at small patches, where the contrast of the grain outweighs everything.
#   Numbers and eyes together judge better than either.
# * **Time.** Weights are nearly equal in number, but a Dense layer uses each of them once a
#   picture, a filter at every place, and the table has what that costs. At equal time the DCGAN has
#   had few epochs and paints brown blots, yet is nearer to real bananas already. The time is not
#   what the vanilla GAN lacks: its curve does not fall.
# * **Variety.** The DCGAN's similarity is about that of photographs: as varied as they are. That of
#   the vanilla GAN says nothing about variety, for grain makes any two pictures dissimilar.
# ### END SOLUTION
