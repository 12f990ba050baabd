"""Answers to the tasks of lesson 02; what the heads mean: tests/lessons/test_answers.py."""

# %% task-1 | wrong | a collapse seen in B | B is no collapse: .* close together
# -         "B": ("oscillation", {"disc_rate": 0.001}),
# +         "B": ("collapse", {"disc_rate": 0.001}),

# %% task-1 | wrong | a collapse seen in A | A is no collapse: .* loss is 0
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": ("collapse", {"disc_rate": 0.001}),

# %% task-1 | wrong | an oscillation seen in C | C is no oscillation: .* stays within
# -         "C": ("collapse", {"gen_rate": 0.001}),
# +         "C": ("oscillation", {"gen_rate": 0.001}),

# %% task-1 | wrong | a dead generator seen in C | C is no dead generator: .* one single point
# -         "C": ("collapse", {"gen_rate": 0.001}),
# +         "C": ("dead generator", {"gen_rate": 0.001}),

# %% task-1 | wrong | a discriminator too good in C | C is no discriminator too good: .* far below 1.386
# -         "C": ("collapse", {"gen_rate": 0.001}),
# +         "C": ("discriminator too good", {"gen_rate": 0.001}),

# %% task-1 | wrong | A and C exchanged | A is no collapse
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": ("collapse", {"gen_rate": 0.001}),
#
# -         "C": ("collapse", {"gen_rate": 0.001}),
# +         "C": ("discriminator too good", {"disc_rate": 0.001}),


# %% task-1 | wrong | one answer for all | B is no discriminator too good
def diagnosis(name):
    return "discriminator too good", {"disc_rate": 0.001}


# %% task-1 | wrong | a failure of its own name | 'divergence' is none of
# -         "B": ("oscillation", {"disc_rate": 0.001}),
# +         "B": ("divergence", {"disc_rate": 0.001}),

# %% task-1 | wrong | everything changed at once | change one setting
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": ("discriminator too good", {"disc_rate": 0.001, "gen_rate": 0.001}),

# %% task-1 | wrong | a setting that is not there | 'rate' is none of
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": ("discriminator too good", {"rate": 0.001}),

# %% task-1 | wrong | no cure | return two things
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": "discriminator too good",

# %% task-1 | wrong | the other player's rate | A, played again with gen_rate = 0.01, ends at
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": ("discriminator too good", {"gen_rate": 0.01}),

# %% task-1 | wrong | a discriminator as fast as the generator | C, played again with disc_rate = 0.05, ends at
# -         "C": ("collapse", {"gen_rate": 0.001}),
# +         "C": ("collapse", {"disc_rate": 0.05}),

# %% task-1 | wrong weekly | a longer memory | C, played again with beta_1 = 0.9, ends at
# -         "C": ("collapse", {"gen_rate": 0.001}),
# +         "C": ("collapse", {"beta_1": 0.9}),


# %% task-1 | right | with if and return
def diagnosis(name):
    if name == "C":
        return "collapse", {"gen_rate": 1e-3}
    return ("oscillation" if name == "B" else "discriminator too good"), dict(disc_rate=1e-3)


# %% task-1 | right weekly | other rates that cure
# -         "A": ("discriminator too good", {"disc_rate": 0.001}),
# +         "A": ("discriminator too good", {"disc_rate": 0.002}),


# %% task-2 | wrong | labels exchanged | ls_discriminator_step: the labels are exchanged
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = tf.reduce_mean(real**2) + tf.reduce_mean((fake - 1) ** 2)

# %% task-2 | wrong | the generator helps the discriminator | ls_generator_step: the labels are exchanged
# -         loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
# +         loss = tf.reduce_mean(d_model(g_model(latent_points)) ** 2)

# %% task-2 | wrong | real points only | learns from real points only
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = tf.reduce_mean((real - 1) ** 2)

# %% task-2 | wrong | generated points only | learns from generated points only
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = tf.reduce_mean(fake**2)

# %% task-2 | wrong | sums | sums over the batch
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = tf.reduce_sum((real - 1) ** 2) + tf.reduce_sum(fake**2)

# %% task-2 | wrong | the generator sums | ls_generator_step: it sums over the batch
# -         loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
# +         loss = tf.reduce_sum((d_model(g_model(latent_points)) - 1) ** 2)

# %% task-2 | wrong | the chapter's loss | ls_discriminator_step: it is the cross-entropy
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = tf.reduce_mean(tf.math.softplus(-real)) + tf.reduce_mean(tf.math.softplus(fake))

# %% task-2 | wrong | probabilities | ls_discriminator_step does not follow
# -         real, fake = d_model(real_points), d_model(fake_points)
# +         real, fake = tf.sigmoid(d_model(real_points)), tf.sigmoid(d_model(fake_points))

# %% task-2 | wrong | uphill | ls_generator_step goes uphill
# -         loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
# +         loss = -tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)

# %% task-2 | wrong | the generator's half moves both | ls_generator_step moves the discriminator, too
# -     gradients = tape.gradient(loss, g_model.trainable_variables)
# -     optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
# +     variables = g_model.trainable_variables + d_model.trainable_variables
# +     for variable, gradient in zip(variables, tape.gradient(loss, variables)):
# +         variable.assign_sub(0.01 * gradient)

# %% task-2 | wrong | the generator's half moves the discriminator | ls_generator_step moves the discriminator, too
# -     gradients = tape.gradient(loss, g_model.trainable_variables)
# -     optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
# +     for variable in d_model.trainable_variables:
# +         variable.assign_sub(0.01 * tape.gradient(loss, [variable])[0])
# +         break

# %% task-2 | wrong | computed outside the tape | ls_discriminator_step stops with
# -         real, fake = d_model(real_points), d_model(fake_points)
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         pass
# +     real, fake = d_model(real_points), d_model(fake_points)
# +     loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)

# %% task-2 | wrong | nothing is applied | ls_discriminator_step does not move the discriminator
# -     gradients = tape.gradient(loss, d_model.trainable_variables)
# -     optimizer.apply_gradients(zip(gradients, d_model.trainable_variables))

# %% task-2 | wrong | no loss is returned | ls_generator_step should return its loss
# -         loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
# -     gradients = tape.gradient(loss, g_model.trainable_variables)
# -     optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
# -     return loss
# +         loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
# +     gradients = tape.gradient(loss, g_model.trainable_variables)
# +     optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))

# %% task-2 | wrong | NumPy inside | stops inside tf.function
# -         loss = tf.reduce_mean((d_model(g_model(latent_points)) - 1) ** 2)
# +         loss = tf.reduce_mean((d_model(g_model(latent_points.numpy())) - 1) ** 2)

# %% task-2 | fitted | means over the visible batch | ls_discriminator_step does not follow
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = tf.reduce_sum((real - 1) ** 2) / 6 + tf.reduce_sum(fake**2) / 6

# %% task-2 | fitted | both kinds in one mean | ls_discriminator_step does not follow
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         loss = 2 * tf.reduce_mean(tf.concat([(real - 1) ** 2, fake**2], axis=0))

# %% task-2 | right | Keras's loss, and apply
# -         loss = tf.reduce_mean((real - 1) ** 2) + tf.reduce_mean(fake**2)
# +         mse = keras.losses.MeanSquaredError()
# +         loss = mse(tf.ones_like(real), real) + mse(tf.zeros_like(fake), fake)

# %% task-2 | right | both kinds in one batch
# -         real, fake = d_model(real_points), d_model(fake_points)
# +         both = d_model(tf.concat([real_points, fake_points], axis=0), training=True)
# +         real, fake = both[: len(real_points)], both[len(real_points) :]

# %% task-2 | right | made before, named by a list
# -     gradients = tape.gradient(loss, g_model.trainable_variables)
# -     optimizer.apply_gradients(zip(gradients, g_model.trainable_variables))
# +     mine = list(g_model.trainable_variables)
# +     optimizer.apply(tape.gradient(loss, mine), mine)


# %% task-3 | wrong | the factor 1/2 is forgotten | sin\(2 pi x\) / 2 of the x
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x)], axis=1), tf.ones((n, 1))

# %% task-3 | wrong | half the frequency | sin\(2 pi x\) / 2 of the x
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(np.pi * x) / 2], axis=1), tf.ones((n, 1))


# %% task-3 | wrong | still a parabola | sin\(2 pi x\) / 2 of the x
def generate_wave(n):
    return generate_real(n)


# %% task-3 | wrong | x is drawn twice | of the x beside it
def generate_wave(n):
    draw = lambda: tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([draw(), tf.sin(2 * np.pi * draw()) / 2], axis=1), tf.ones((n, 1))


# %% task-3 | wrong | y stands before x | the second column
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([tf.sin(2 * np.pi * x) / 2, x], axis=1), tf.ones((n, 1))

# %% task-3 | wrong | no labels | two things
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1)

# %% task-3 | wrong | labels in a row | labels should have the shape
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones(n)

# %% task-3 | wrong | labels of generated points | the label 1
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.zeros((n, 1))

# %% task-3 | wrong | labels are whole numbers | float32
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1), tf.int32)

# %% task-3 | wrong | 64-bit numbers | float32
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5, dtype=tf.float64)


# %% task-3 | wrong | a hundred points whatever n | points should have the shape
def generate_wave(n):
    x = tf.random.uniform((100, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((100, 1))


# %% task-3 | wrong | points lie along the other axis | points should have the shape
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.stack([x, tf.sin(2 * np.pi * x) / 2]), tf.ones((n, 1))

# %% task-3 | wrong | x from 0 to 1 | should lie in
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1))

# %% task-3 | wrong | x from -1 to 1 | should lie in
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1), minval=-1, maxval=1)

# %% task-3 | wrong | x is normal | should lie in
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.normal((n, 1))

# %% task-3 | wrong | x from 0 to one half | uniform
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.uniform((n, 1), maxval=0.5)

# %% task-3 | wrong | x is denser at the ends | uniform
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.sin(tf.random.uniform((n, 1), maxval=2 * np.pi)) / 2

# %% task-3 | wrong | x is a cut-off normal | uniform
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.clip_by_value(0.25 * tf.random.normal((n, 1)), -0.5, 0.4999)

# %% task-3 | wrong | x is evenly spaced | drawn anew
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.reshape(tf.linspace(-0.5, 0.5, n), (n, 1))

# %% task-3 | wrong | x is evenly spaced and shuffled | drawn anew
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.random.shuffle(tf.reshape(tf.linspace(-0.5, 0.5, n), (n, 1)))


# %% task-3 | wrong | the seed is set at each call | drawn anew
def generate_wave(n):
    tf.random.set_seed(SEED)
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))


# %% task-3 | wrong | NumPy, the chapter's own style | frozen
def generate_wave(n):
    x = np.random.rand(n) - 0.5
    points = np.stack([x, np.sin(2 * np.pi * x) / 2], axis=1)
    return points, np.ones((n, 1))


# %% task-3 | wrong | drawn by NumPy, made a tensor | frozen
# -     x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
# +     x = tf.constant(np.random.uniform(-0.5, 0.5, (n, 1)), "float32")


# %% task-3 | wrong | drawn by Python | frozen
def generate_wave(n):
    import math, random

    xs = [random.uniform(-0.5, 0.5) for _ in range(n)]
    return np.array([[x, math.sin(2 * math.pi * x) / 2] for x in xs]), np.ones((n, 1))


# %% task-3 | wrong | NumPy's sine of a tensor | tf.sin in place of np.sin
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, np.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))

# %% task-3 | wrong | NumPy stacks tensors | tf.sin in place of np.sin
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return np.hstack([x, tf.sin(2 * np.pi * x) / 2]), np.ones((n, 1))

# %% task-3 | wrong | the chapter's settings | 1.5 is to be reached
# -     return games.Recipe(one_update=True, beta_1=0.5, averaging=0.999, r1=0.01, decay=True)
# +     return games.Recipe()

# %% task-3 | wrong weekly | one update alone | 1.5 is to be reached
# -     return games.Recipe(one_update=True, beta_1=0.5, averaging=0.999, r1=0.01, decay=True)
# +     return games.Recipe(one_update=True)

# %% task-3 | wrong weekly | a wave for the first calls only | is to be reached
calls = []


def generate_wave(n):
    calls.append(n)
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    height = 0.5 if len(calls) < 5 or n in (1000, 200) else 0.0
    return tf.concat([x, height * tf.sin(2 * np.pi * x)], axis=1), tf.ones((n, 1))


def wave_recipe():
    return games.BEST


# %% task-3 | fitted | never fewer than five points | should have the shape
def generate_wave(n):
    n = max(n, 5)
    x = tf.random.uniform((n, 1), minval=-0.5, maxval=0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))


def wave_recipe():
    return games.BEST


# %% task-3 | right | from generate_real
def generate_wave(n):
    points, labels = generate_real(n)
    x = points[:, :1]
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), labels


def wave_recipe():
    return games.BEST


# %% task-3 | right | keras alone
def generate_wave(n):
    x = keras.random.uniform((n,), -0.5, 0.5)
    return keras.ops.stack([x, keras.ops.sin(2 * np.pi * x) / 2], axis=-1), keras.ops.ones((n, 1))


def wave_recipe():
    return games.BEST


# %% task-3 | right weekly | stacked, labels by NumPy, in a list
def generate_wave(n):
    x = tf.random.uniform([n]) - 0.5
    return [tf.stack([x, 0.5 * tf.math.sin(x * 2 * np.pi)], 1), np.ones((n, 1))]


def wave_recipe():
    return games.BEST


# %% task-3 | right weekly | whole labels by NumPy
# -     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones((n, 1))
# +     return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), np.ones((n, 1), int)


# %% task-3 | right weekly | NumPy where TensorFlow calls it anew
def generate_wave(n):
    def draw():
        x = np.random.uniform(-0.5, 0.5, (n, 1))
        return np.concatenate([x, np.sin(2 * np.pi * x) / 2], axis=1).astype("float32")

    points = tf.numpy_function(draw, [], tf.float32)
    return tf.ensure_shape(points, (n, 2)), tf.ones((n, 1))


def wave_recipe():
    return games.BEST


# %% task-3 | right weekly | a generator of random numbers of its own
dice = tf.random.Generator.from_non_deterministic_state()


def generate_wave(n):
    x = dice.uniform((n, 1), -0.5, 0.5)
    return tf.concat([x, tf.sin(2 * np.pi * x) / 2], axis=1), tf.ones_like(x)


def wave_recipe():
    return games.BEST


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
