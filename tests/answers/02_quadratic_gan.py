"""Answers to the tasks of lesson 02; what the heads mean: tests/lessons/test_answers.py."""

# %% task-1 | wrong | the factor 1/2 is forgotten | sin\(2 pi x\) / 2 of the x
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x)], axis=1), tf.ones((n, 1))

# %% task-1 | wrong | half the frequency | sin\(2 pi x\) / 2 of the x
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(np.pi * x) / 2], axis=1), tf.ones((n, 1))


# %% task-1 | wrong | still a parabola | sin\(2 pi x\) / 2 of the x
def generate_wave(n):
    return generate_real(n)


# %% task-1 | wrong | x is drawn twice | of the x beside it
def generate_wave(n):
    draw = lambda: tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([draw(), tf.sin(2 * np.pi * draw()) / 2], axis=1), tf.ones((n, 1))


# %% task-1 | wrong | y stands before x | the second column
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([tf.sin(2 * np.pi * x) / 2, x], axis=1), tf.ones((n, 1))

# %% task-1 | wrong | no labels | two things
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1)

# %% task-1 | wrong | labels in a row | labels should have the shape
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones(n)

# %% task-1 | wrong | labels of generated points | the label 1
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.zeros((n, 1))

# %% task-1 | wrong | labels are whole numbers | float32
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1), tf.int32)

# %% task-1 | wrong | 64-bit numbers | float32
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5, dtype=tf.float64)


# %% task-1 | wrong | a hundred points whatever n | points should have the shape
def generate_wave(n):
    x = tf.random.uniform((100, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((100, 1))


# %% task-1 | wrong | points lie along the other axis | points should have the shape
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.stack([x, tf.sin(2 * np.pi * x) / 2]), tf.ones((n, 1))

# %% task-1 | wrong | x from 0 to 1 | should lie in
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1))

# %% task-1 | wrong | x from -1 to 1 | should lie in
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1), minval=-1, maxval=1)

# %% task-1 | wrong | x is normal | should lie in
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.normal((n, 1))

# %% task-1 | wrong | x from 0 to one half | uniform
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1), maxval=0.5)

# %% task-1 | wrong | x is denser at the ends | uniform
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.sin(tf.random.uniform((n, 1), maxval=2 * np.pi)) / 2

# %% task-1 | wrong | x is a cut-off normal | uniform
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.clip_by_value(0.25 * tf.random.normal((n, 1)), -0.5, 0.4999)

# %% task-1 | wrong | x is evenly spaced | drawn anew
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.reshape(tf.linspace(-0.5, 0.5, n), (n, 1))

# %% task-1 | wrong | x is evenly spaced and shuffled | drawn anew
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.shuffle(tf.reshape(tf.linspace(-0.5, 0.5, n), (n, 1)))


# %% task-1 | wrong | the seed is set at each call | drawn anew
def generate_wave(n):
    tf.random.set_seed(SEED)
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))


# %% task-1 | wrong | NumPy, the chapter's own style | frozen
def generate_wave(n):
    x = np.random.rand(n) - 0.5
    points = np.stack([x, np.sin(2 * np.pi * x) / 2], axis=1)
    return points, np.ones((n, 1))


# %% task-1 | wrong | drawn by NumPy, made a tensor | frozen
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.constant(np.random.uniform(-0.5, 0.5, (n, 1)), "float32")


# %% task-1 | wrong | drawn by Python | frozen
def generate_wave(n):
    import math, random

    xs = [random.uniform(-0.5, 0.5) for _ in range(n)]
    return np.array([[x, math.sin(2 * math.pi * x) / 2] for x in xs]), np.ones((n, 1))


# %% task-1 | wrong | NumPy's sine of a tensor | tf.sin in place of np.sin
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, np.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))

# %% task-1 | wrong | NumPy stacks tensors | tf.sin in place of np.sin
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return np.hstack([x, tf.sin(2 * np.pi * x) / 2]), np.ones((n, 1))

# %% task-1 | wrong weekly | a wave for the first calls only | ended far from the wave
calls = []


def generate_wave(n):
    calls.append(n)
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    height = 0.5 if len(calls) < 5 or n in (1000, 200) else 0.0
    return tf.concat([x, height * tf.sin(2 * np.pi * x)], axis=1), tf.ones((n, 1))


# %% task-1 | fitted | never fewer than five points | should have the shape
def generate_wave(n):
    n = max(n, 5)
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))


# %% task-1 | right | from generate_real
def generate_wave(n):
    points, labels = generate_real(n)
    x = points[:, :1]
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), labels


# %% task-1 | right | keras alone
def generate_wave(n):
    x = keras.random.uniform((n,), -0.5, 0.5)
    return keras.ops.stack([x, keras.ops.sin(2 * np.pi * x) / 2], axis=-1), keras.ops.ones((n, 1))


# %% task-1 | right weekly | stacked, labels by NumPy, in a list
def generate_wave(n):
    x = tf.random.uniform([n]) - 0.5
    return [tf.stack([x, 0.5 * tf.math.sin(x * 2 * np.pi)], 1), np.ones((n, 1))]


# %% task-1 | right weekly | whole labels by NumPy
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), np.ones((n, 1), int)


# %% task-1 | right weekly | NumPy where TensorFlow calls it anew
def generate_wave(n):
    def draw():
        x = np.random.uniform(-0.5, 0.5, (n, 1))
        return np.concatenate([x, np.sin(2 * np.pi * x) / 2], axis=1).astype("float32")

    points = tf.numpy_function(draw, [], tf.float32)
    return tf.ensure_shape(points, (n, 2)), tf.ones((n, 1))


# %% task-1 | right weekly | a generator of random numbers of its own
dice = tf.random.Generator.from_non_deterministic_state()


def generate_wave(n):
    x = dice.uniform((n, 1), -0.5, 0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones_like(x)


# %% task-2 | wrong | a constant | call train once
def latent_score(size, n_epochs=20_000):
    return 0.01


# %% task-2 | wrong | untrained | call train once
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)

# %% task-2 | wrong | trained, then a constant | of the generator to real points
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return 0.02

# %% task-2 | wrong | trained, then 0 | a distance of real points to real ones
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return 0.0

# %% task-2 | wrong | real points against real ones | a distance of real points to real ones
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return energy_distance(generate_real(2000)[0], generate_real(2000)[0])

# %% task-2 | wrong | generated points against generated ones | a distance of real points to real ones
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return energy_distance(gen_fake(generator, size, 2000)[0], gen_fake(generator, size, 2000)[0])


# %% task-2 | wrong | always 5 coordinates | both should be `size`
def latent_score(size, n_epochs=20_000):
    size = 5
    generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
    your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
    train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
    return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])


# %% task-2 | wrong | train draws the guided part's latent size | both should be `size`
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, discriminator, your_gan, latent_dim, n_epochs, summary=None, joint=True)

# %% task-2 | wrong | points from the guided part's latent size | Is everything that asks
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return energy_distance(gen_fake(generator, latent_dim, 2000)[0], generate_real(2000)[0])

# %% task-2 | wrong | the mean distance | the mean distance from the curve
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return mean_distance(gen_fake(generator, size, 2000)[0])

# %% task-2 | wrong | judge's figure, 1000 times too much | judge gives it so
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return judge(gen_fake(generator, size, 2000)[0])["energy distance x 1000"]

# %% task-2 | wrong | the root of the distance | its root
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return np.sqrt(energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0]))

# %% task-2 | wrong | judge's whole answer | a number
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return judge(gen_fake(generator, size, 2000)[0])

# %% task-2 | wrong | the losses | a number
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)

# %% task-2 | wrong | nothing is returned | a number, not None
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     score = energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])


# %% task-2 | wrong | judged before the training | after train
def latent_score(size, n_epochs=20_000):
    generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
    your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
    score = energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
    train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
    return score


# %% task-2 | wrong | another generator is judged | after train
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     generator = define_gen(size)

# %% task-2 | wrong | train's own number of steps | hand on n_epochs
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, discriminator, your_gan, size, summary=None, joint=True)

# %% task-2 | wrong | 20,000 steps whatever is asked | hand on n_epochs
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, discriminator, your_gan, size, 20_000, summary=None, joint=True)

# %% task-2 | wrong | two updates | joint=True
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, discriminator, your_gan, size, n_epochs, summary=None)

# %% task-2 | wrong | with pictures | summary=None
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, discriminator, your_gan, size, n_epochs, joint=True)


# %% task-2 | wrong | the printed settings | beta_1=0.5
def latent_score(size, n_epochs=20_000):
    generator, discriminator = define_gen(size), define_disc()
    your_gan = define_your_gan(generator, discriminator)
    train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
    return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])


# %% task-2 | wrong | no average | averaging=0.999
# -     your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
# +     your_gan = define_your_gan(generator, discriminator, beta_1=0.5)

# %% task-2 | wrong | beta_1 only for the discriminator | define_your_gan: play has beta_1
# -     your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
# +     your_gan = define_your_gan(generator, discriminator, averaging=0.999)

# %% task-2 | wrong | a rate of its own | the rate 0.001
# -     generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
# +     generator, discriminator = define_gen(size), define_disc(learning_rate=0.01, beta_1=0.5)

# %% task-2 | wrong | a second discriminator is trained | join the same
# -     train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
# +     train(generator, define_disc(beta_1=0.5), your_gan, size, n_epochs, summary=None, joint=True)


# %% task-2 | wrong | it learns from generated points | points of generate_real
def latent_score(size, n_epochs=20_000):
    generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
    your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
    train(
        generator,
        discriminator,
        your_gan,
        size,
        n_epochs,
        summary=None,
        joint=True,
        sampler=lambda n: gen_fake(generator, size, n),
    )
    return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])


# %% task-2 | fitted | the two visible sizes | both should be `size`
def latent_score(size, n_epochs=20_000):
    size = 3 if size < 5 else 8
    generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
    your_gan = define_your_gan(generator, discriminator, beta_1=0.5, averaging=0.999)
    train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
    return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])


# %% task-2 | wrong | the discriminator is frozen, as in print | is frozen
# -     generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
# +     generator, discriminator = define_gen(size), define_disc(beta_1=0.5)
# +     discriminator.trainable = False

# %% task-2 | right | a tensor, real points first
# -     return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])
# +     return tf.constant(energy_distance(generate_real(2000)[0], gen_fake(generator, size, 2000)[0]))


# %% task-2 | right | the figure of judge by 1000
def latent_score(size, n_epochs=20_000):
    gen = define_gen(latent_dim=size)
    disc = define_disc(2, 0.001, 0.5)
    gan = define_your_gan(gen, disc, 0.001, 0.5, 0.999)
    _ = train(
        latent_dim=size,
        joint=True,
        summary=None,
        n_epochs=n_epochs,
        your_gan_model=gan,
        g_model=gen,
        d_model=disc,
    )
    points, _ = gen_fake(gen, size, 2000)
    return judge(points)["energy distance x 1000"] / 1000


# %% task-2 | right | play, with the latent size changed for a while
def latent_score(size, n_epochs=20_000):
    global latent_dim
    kept, latent_dim = latent_dim, size
    generator, _ = play(SEED, n_epochs)
    latent_dim = kept
    return energy_distance(gen_fake(generator, size, 2000)[0], generate_real(2000)[0])


# %% task-2 | right | by the functional API, points by predict
def latent_score(size, n_epochs=20_000):
    inputs = keras.Input((size,))
    hidden = layers.Dense(15, activation="relu", kernel_initializer="he_uniform")(inputs)
    generator = keras.Model(inputs, layers.Dense(2)(hidden))
    discriminator = define_disc(beta_1=0.5)
    noise = keras.Input((size,))
    your_gan = keras.Model(noise, discriminator(generator(noise)))
    optimizer = keras.optimizers.Adam(beta_1=0.5, use_ema=True, ema_momentum=0.999)
    your_gan.compile(optimizer, keras.losses.BinaryCrossentropy(from_logits=True))
    train(generator, discriminator, your_gan, size, n_epochs, summary=None, joint=True)
    points = generator.predict(gen_latent_points(size, 2000), verbose=0)
    return energy_distance(points, generate_real(2000)[0])


# %% task-3 | wrong | everything is lowered | zeros should stay 0, not become -0.20
def smooth(labels, amount=0.1):
    return labels - amount


# %% task-3 | wrong | nothing is done | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return labels


# %% task-3 | wrong | 0.9 whatever the amount | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return labels * 0.9


# %% task-3 | wrong | both sides | zeros should stay
def smooth(labels, amount=0.1):
    return labels * (1 - amount) + amount / 2


# %% task-3 | wrong | clipped on both sides | zeros should stay
def smooth(labels, amount=0.1):
    return tf.clip_by_value(labels, amount, 1 - amount)


# %% task-3 | wrong | the same for all | zeros should stay
def smooth(labels, amount=0.1):
    return tf.ones_like(labels) * (1 - amount)


# %% task-3 | wrong | zeros in place of ones | zeros should stay
def smooth(labels, amount=0.1):
    return tf.where(labels == 1, labels, amount)


# %% task-3 | wrong | by chance | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return labels * tf.random.uniform(tf.shape(labels), 1 - amount, 1)


# %% task-3 | wrong | the amount itself | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return labels * amount


# %% task-3 | wrong | raised | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return labels * (1 + amount)


# %% task-3 | wrong | lowered twice | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return labels * (1 - amount) - amount * labels


# %% task-3 | wrong | another default | make 0.90 of each 1
def smooth(labels, amount=0.2):
    return labels * (1 - amount)


# %% task-3 | wrong | a list in one row | shape should stay
def smooth(labels, amount=0.1):
    return tf.reshape(labels * (1 - amount), (-1,))


# %% task-3 | wrong | whole numbers | make 0.80 of each 1
def smooth(labels, amount=0.1):
    return tf.cast(labels * (1 - amount), tf.int32)


# %% task-3 | wrong | 64-bit numbers | float32
def smooth(labels, amount=0.1):
    return tf.cast(labels, tf.float64) * (1 - amount)


# %% task-3 | wrong | NumPy's where | use tf or keras.ops
def smooth(labels, amount=0.1):
    return np.where(labels == 1, 1 - amount, labels).astype("float32")


# %% task-3 | wrong | a copy by NumPy | use tf or keras.ops
def smooth(labels, amount=0.1):
    labels = np.array(labels)
    labels[labels == 1] = 1 - amount
    return labels


# %% task-3 | wrong | written into the tensor | use tf or keras.ops
def smooth(labels, amount=0.1):
    labels[labels == 1] = 1 - amount
    return labels


# %% task-3 | wrong | a list | use tf or keras.ops
def smooth(labels, amount=0.1):
    return [[1 - amount if label == 1 else 0.0] for (label,) in labels]


# %% task-3 | wrong | if on a batch | use tf or keras.ops
def smooth(labels, amount=0.1):
    if labels == 1:
        return labels - amount
    return labels


# %% task-3 | fitted | the visible amounts | make 0.65 of each 1
def smooth(labels, amount=0.1):
    return labels * {0.1: 0.9, 0.2: 0.8, 0.5: 0.5}.get(amount, 0.9)


# %% task-3 | right | tf.where
def smooth(labels, amount=0.1):
    return tf.where(labels == 1, 1 - amount, labels)


# %% task-3 | right | keras.ops
def smooth(labels, amount=0.1):
    return keras.ops.where(keras.ops.equal(labels, 1), 1.0 - amount, 0.0)


# %% task-3 | right | the smaller of both
def smooth(labels, amount=0.1):
    return tf.minimum(labels, 1 - amount)


# %% task-3 | right | a share is taken away
def smooth(labels, amount=0.1):
    return labels - amount * labels


# %% task-3 | right | for whole labels, too
def smooth(labels, amount=0.1):
    labels = tf.cast(labels, tf.float32)
    return tf.where(labels > 0.5, labels - amount, labels)


# %% task-4 | wrong | swapped | original_loss of the logits .* should be the mean of log\(1 - D\)
def original_loss(logits):
    return tf.reduce_mean(tf.math.softplus(-logits))


def non_saturating_loss(logits):
    return -tf.reduce_mean(tf.math.softplus(logits))


# %% task-4 | wrong | the other sign | original_loss of the logits .* should be the mean of log\(1 - D\)
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.softplus(logits))

# %% task-4 | wrong | the second has the other sign | non_saturating_loss of the logits .* mean of -log\(D\)
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_mean(tf.math.softplus(logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.softplus(-logits))

# %% task-4 | wrong | one loss twice | non_saturating_loss of the logits .* mean of -log\(D\)
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_mean(tf.math.softplus(logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.softplus(logits))

# %% task-4 | wrong | softplus of the other sign's logits | original_loss of the logits 0.0 has the gradient
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_mean(tf.math.softplus(-logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_mean(tf.math.softplus(logits))

# %% task-4 | wrong | logits taken for probabilities | D = tf.sigmoid
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log(1 - logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.log(logits))

# %% task-4 | wrong | the logarithm to base 2 | should be the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_mean(tf.math.softplus(logits)) / np.log(2)
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_mean(tf.math.softplus(-logits)) / np.log(2)

# %% task-4 | wrong | no logarithm | should be the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(1 - tf.sigmoid(logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.sigmoid(logits))

# %% task-4 | wrong | half of it | should be the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_mean(tf.math.softplus(logits)) / 2
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_mean(tf.math.softplus(-logits)) / 2

# %% task-4 | wrong | a large number inside the log | should be the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log(1 - tf.sigmoid(logits) + 1e-3))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.log(tf.sigmoid(logits) + 1e-3))

# %% task-4 | wrong | the sum | take the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_sum(tf.math.softplus(logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_sum(tf.math.softplus(-logits))

# %% task-4 | wrong | one number for each logit | one number, not \(3, 1\)
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.math.softplus(logits)
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.math.softplus(-logits)

# %% task-4 | wrong | the first logit alone | should be the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.math.softplus(logits)[0, 0]
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.math.softplus(-logits)[0, 0]

# %% task-4 | wrong | NumPy | no gradient comes out of original_loss
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return np.mean(np.log(1 - 1 / (1 + np.exp(-logits))))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -np.mean(np.log(1 / (1 + np.exp(-logits))))

# %% task-4 | wrong | NumPy, made a tensor | no gradient comes out of original_loss
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.constant(np.mean(-np.log1p(np.exp(logits.numpy()))))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.constant(np.mean(np.log1p(np.exp(-logits.numpy()))))

# %% task-4 | wrong | a number of Python | no gradient comes out of original_loss
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return float(-tf.reduce_mean(tf.math.softplus(logits)))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return float(tf.reduce_mean(tf.math.softplus(-logits)))

# %% task-4 | wrong | the gradient is stopped in part | has the gradient
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log(1 - tf.stop_gradient(tf.sigmoid(logits)))) + 0 * tf.reduce_mean(logits)

# %% task-4 | fitted | the visible sizes of a batch | should be the mean
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_sum(tf.math.softplus(logits)) / {1: 1, 3: 3}.get(len(logits), 4)
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_sum(tf.math.softplus(-logits)) / {1: 1, 3: 3}.get(len(logits), 4)

# %% task-4 | right | the formula as it stands
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log(1 - tf.sigmoid(logits)))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.log(tf.sigmoid(logits)))

# %% task-4 | right | with 1e-7 inside the log
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log(1 - tf.nn.sigmoid(logits) + 1e-7))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.log(tf.nn.sigmoid(logits) + 1e-7))

# %% task-4 | right | log1p
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log1p(-tf.sigmoid(logits)))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_mean(tf.math.log1p(tf.exp(-logits)))

# %% task-4 | right | log_sigmoid
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return tf.reduce_mean(tf.math.log_sigmoid(-logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return -tf.reduce_mean(tf.math.log_sigmoid(logits))

# %% task-4 | right | keras.ops
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return keras.ops.mean(keras.ops.log_sigmoid(-logits))
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return keras.ops.mean(keras.ops.softplus(-logits))

# %% task-4 | right | the cross-entropy of Keras
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -keras.losses.BinaryCrossentropy(from_logits=True)(tf.zeros_like(logits), logits)
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return keras.losses.BinaryCrossentropy(from_logits=True)(tf.ones_like(logits), logits)

# %% task-4 | right | the cross-entropy of TensorFlow, over the batch's axis
# -     return tf.reduce_mean(-tf.math.softplus(logits))
# +     return -tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.zeros_like(logits), logits), axis=0)
#
# -     return tf.reduce_mean(tf.math.softplus(-logits))
# +     return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.ones_like(logits), logits), axis=0)

# %% task-4 | right | lambdas
original_loss = lambda z: tf.reduce_mean(tf.math.log(tf.sigmoid(-z)))
non_saturating_loss = lambda z: tf.reduce_mean(-tf.math.log(tf.sigmoid(z)))
