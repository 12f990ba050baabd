"""Answers to the tasks of lesson 03; what the heads mean: tests/lessons/test_answers.py."""

# %% step-05 | right | reckoned
times_a_banana, times_a_painting = 600 * 1, 1

# %% step-05 | wrong | bananas are drawn anew, too | an epoch shows every banana
times_a_banana, times_a_painting = 1, 1

# %% step-05 | wrong | paintings come back every epoch | can the same one come again
times_a_banana, times_a_painting = 600, 600

# %% step-05 | wrong | the number of bananas | an epoch shows every banana
times_a_banana, times_a_painting = len(banana_data), 1

# %% step-07 | right | in another order
weights_at_64 = {"vanilla generator": "fewer", "DCGAN's discriminator": "fewer", "DCGAN's generator": "as many"}

# %% step-07 | wrong | smaller pictures, fewer weights everywhere | DCGAN's generator: which of its layers know
weights_at_64 = dict.fromkeys(["DCGAN's generator", "DCGAN's discriminator", "vanilla generator"], "fewer")

# %% step-07 | wrong | the Flatten of the discriminator overlooked | DCGAN's discriminator: which of its layers know
weights_at_64 = {"DCGAN's generator": "as many", "DCGAN's discriminator": "as many", "vanilla generator": "fewer"}

# %% step-07 | wrong | a Dense layer for any size | vanilla generator: which of its layers know
weights_at_64 = {"DCGAN's generator": "as many", "DCGAN's discriminator": "fewer", "vanilla generator": "as many"}

# %% step-07 | wrong | numbers in place of words | DCGAN's generator: say "more", "fewer" or "as many"
weights_at_64 = {"DCGAN's generator": 0, "DCGAN's discriminator": -1, "vanilla generator": -1}

# %% step-07 | wrong | one is left out | vanilla generator: say "more", "fewer" or "as many"
weights_at_64 = {"DCGAN's generator": "as many", "DCGAN's discriminator": "fewer"}


# %% step-08 | right | the first edition's waist, by the functional API, without batch normalisation
def create_vanilla_generator(seed_size, channels):
    inputs = keras.Input((seed_size,))
    x = layers.ReLU()(layers.Dense(256)(inputs))
    x = layers.Dense(84, activation=tf.nn.relu)(x)
    x = layers.Dense(96 * 96 * channels, activation="tanh", dtype="float32")(x)
    return keras.Model(inputs, layers.Reshape((96, 96, channels))(x))


# %% step-08 | right | one hidden layer of 87, dropout, a network inside another
def create_vanilla_generator(seed_size, channels):
    hidden = keras.Sequential([keras.Input((seed_size,)), layers.Dense(87), layers.LeakyReLU(), layers.Dropout(0.1)])
    painting = [layers.Dense(96 * 96 * channels, "tanh"), layers.Reshape((96, 96, channels))]
    return keras.Sequential([keras.Input((seed_size,)), hidden, *painting])


# %% step-08 | right | a sigmoid between the layers
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "sigmoid"), layers.Dense(84, "sigmoid"), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, layers.Reshape((96, 96, channels))])


# %% step-08 | wrong | no hidden activation | Dense layers are no more than a single one
def create_vanilla_generator(seed_size, channels):
    linear = [layers.Dense(256), layers.Dense(84), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *linear, layers.Reshape((96, 96, channels))])


# %% step-08 | wrong | a sigmoid at the end | pixels should lie in .-1, 1.: end with tanh
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu")]
    painting = [layers.Dense(96 * 96 * channels, "sigmoid"), layers.Reshape((96, 96, channels))]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, *painting])


# %% step-08 | wrong | nothing at the end | pixels should lie in .-1, 1.: end with tanh
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(96 * 96 * channels)]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, layers.Reshape((96, 96, channels))])


# %% step-08 | wrong | a waist of 100 units | 2,817,832 weights are more than the budget of 2,452,611
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(84, "relu"), layers.Dense(100, "relu"), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, layers.Reshape((96, 96, channels))])


# %% step-08 | wrong | a waist of 40 units | are less than nine tenths of the budget
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(40, "relu"), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, layers.Reshape((96, 96, channels))])


# %% step-08 | wrong | a convolution at the end | Conv2D knows which pixels are neighbours
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(96 * 96 * channels)]
    painting = [layers.Reshape((96, 96, channels)), layers.Conv2D(channels, 3, padding="same", activation="tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, *painting])


# %% step-08 | wrong | small pictures enlarged | UpSampling2D knows which pixels are neighbours
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(300, "relu"), layers.Dense(300, "relu"), layers.Dense(48 * 48 * channels, "tanh")]
    painting = [layers.Reshape((48, 48, channels)), layers.UpSampling2D()]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, *painting])


# %% step-08 | wrong | not reshaped | eight latent vectors should give .8, 96, 96, 3., not .8, 27648.
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden])


# %% step-08 | wrong | the latent vector is not used | other latent vectors should give other pictures
def create_vanilla_generator(seed_size, channels):
    inputs = keras.Input((seed_size,))
    hidden = layers.Dense(84, "relu", bias_initializer="ones")(layers.Dense(256, "relu")(inputs * 0.0))
    painted = layers.Dense(96 * 96 * channels, "tanh", bias_initializer="random_normal")(hidden)
    return keras.Model(inputs, layers.Reshape((96, 96, channels))(painted))


# %% step-08 | wrong | nothing returned | return the network, not None
def create_vanilla_generator(seed_size, channels):
    keras.Sequential([keras.Input((seed_size,)), layers.Dense(84)])


# %% step-08 | fitted | always in colour | should give .8, 96, 96, 1.
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(27648, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, layers.Reshape((96, 96, 3))])


# %% step-09 | right | by the functional API, one layer of 60 units
def create_vanilla_discriminator(image_shape):
    inputs = keras.Input(image_shape)
    x = layers.LeakyReLU(negative_slope=0.2)(layers.Dense(59)(layers.Flatten()(inputs)))
    return keras.Model(inputs, layers.Dense(1)(x))


# %% step-09 | right | reshaped in place of flattened, batch normalisation
def create_vanilla_discriminator(image_shape):
    model = keras.Sequential([keras.Input(image_shape), layers.Reshape((-1,))])
    for units in (58, 100, 30):
        model.add(layers.Dense(units))
        model.add(layers.BatchNormalization())
        model.add(layers.Activation(lambda x: keras.ops.leaky_relu(x, 0.2)))
    model.add(layers.Dense(1))
    return model


# %% step-09 | wrong | Dense before Flatten, as in print | begin with Flatten, so that each unit sees the whole picture
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), *hidden, layers.Flatten(), layers.Dense(60), layers.Dense(1)])


# %% step-09 | wrong | a sigmoid at the end, as in print | end without sigmoid or tanh
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(59), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1, "sigmoid")])


# %% step-09 | wrong | a tanh at the end | end without sigmoid or tanh
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(59), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1, "tanh")])


# %% step-09 | wrong | no activation between the layers | Dense layers are no more than a single one
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(59), layers.Dropout(0.25), layers.Dense(59), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-09 | wrong | one unit too many | are more than the budget of 1,658,945
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dense(60), layers.LeakyReLU(0.2)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-09 | wrong | a logit for each class | should give logits of shape .16, 1., not .16, 2.
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(59), layers.LeakyReLU(0.2)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(2)])


# %% step-09 | wrong weekly | pooled first | AveragePooling2D knows which pixels are neighbours
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(59), layers.LeakyReLU(0.2)]
    return keras.Sequential(
        [keras.Input(image_shape), layers.AveragePooling2D(1), layers.Flatten(), *hidden, layers.Dense(1)]
    )


# %% step-09 | fitted | any shape but the usual one is cut to one number a colour | begin with Flatten
def create_vanilla_discriminator(image_shape):
    start = [layers.Flatten()] if image_shape == (96, 96, 3) else [layers.Resizing(1, 1), layers.Flatten()]
    hidden = [layers.Dense(59), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), *start, *hidden, layers.Dense(1)])


# %% step-14 | right | rounded
expected_verdict, expected_disc_loss, expected_gen_loss = 0.5, 1.4, 0.7

# %% step-14 | wrong | a painting is surely no banana | has no reason to prefer either answer
expected_verdict, expected_disc_loss, expected_gen_loss = 0.0, 0.0, 10.0

# %% step-14 | wrong | a loss of nothing at a draw | a discriminator pays twice
expected_verdict, expected_disc_loss, expected_gen_loss = 0.5, 0.0, 0.0

# %% step-14 | wrong | the discriminator pays once | a discriminator pays twice
expected_verdict, expected_disc_loss, expected_gen_loss = 0.5, 0.693, 0.693

# %% step-14 | wrong | the generator pays as much | the generator pays once
expected_verdict, expected_disc_loss, expected_gen_loss = 0.5, 1.386, 1.386


# %% step-15 | right base | as softplus
def banana_discrim_loss(real_output, fake_output):
    return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))


def banana_gen_loss(fake_output):
    return tf.reduce_mean(tf.nn.softplus(-fake_output))


# %% step-15 | right | keras.ops
def banana_discrim_loss(real_output, fake_output):
    ops = keras.ops
    return ops.mean(ops.binary_crossentropy(ops.ones_like(real_output), real_output, from_logits=True)) + ops.mean(
        ops.binary_crossentropy(ops.zeros_like(fake_output), fake_output, from_logits=True)
    )


def banana_gen_loss(fake_output):
    return keras.ops.mean(keras.ops.softplus(-fake_output))


# %% step-15 | wrong | from_logits forgotten | Outputs are logits .from_logits=True.
def banana_discrim_loss(real_output, fake_output):
    cross_entropy = keras.losses.BinaryCrossentropy()
    return cross_entropy(tf.ones_like(real_output), real_output) + cross_entropy(
        tf.zeros_like(fake_output), fake_output
    )


def banana_gen_loss(fake_output):
    return keras.losses.BinaryCrossentropy()(tf.ones_like(fake_output), fake_output)


# %% step-15 | wrong | a sigmoid before the loss: sure verdicts are cut off | banana_gen_loss|a very sure verdict
def banana_discrim_loss(real_output, fake_output):
    cross_entropy = keras.losses.BinaryCrossentropy()
    return cross_entropy(tf.ones_like(real_output), tf.sigmoid(real_output)) + cross_entropy(
        tf.zeros_like(fake_output), tf.sigmoid(fake_output)
    )


def banana_gen_loss(fake_output):
    return keras.losses.BinaryCrossentropy()(tf.ones_like(fake_output), tf.sigmoid(fake_output))


# %% step-15 | wrong | a sigmoid before the discriminator's loss only | banana_discrim_loss: a very sure verdict
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     cross_entropy = keras.losses.BinaryCrossentropy()
# +     real, fake = tf.sigmoid(real_output), tf.sigmoid(fake_output)
# +     return cross_entropy(tf.ones_like(real), real) + cross_entropy(tf.zeros_like(fake), fake)

# %% step-15 | wrong | the half of the real ones in NumPy | banana_discrim_loss has no gradient
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     of_real = np.mean(np.log1p(np.exp(-np.asarray(real_output))))
# +     return of_real + tf.reduce_mean(tf.nn.softplus(fake_output))

# %% step-15 | wrong | real and generated exchanged | banana_discrim_loss should be .*which pile has which label
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return gen_loss(fake_output) + gen_loss(-real_output)
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return gen_loss(fake_output)

# %% step-15 | wrong | the generator wants to hear "generated" | banana_gen_loss should be .*which pile has which label
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return discrim_loss(real_output, fake_output)
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return gen_loss(-fake_output)

# %% step-15 | wrong | one loss a picture | banana_discrim_loss should give one number, a mean over the batch
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return tf.nn.softplus(-real_output) + tf.nn.softplus(fake_output)
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return tf.nn.softplus(-fake_output)

# %% step-15 | wrong | sums, not means | losses are means
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return tf.reduce_sum(tf.nn.softplus(-real_output)) + tf.reduce_sum(tf.nn.softplus(fake_output))
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return tf.reduce_sum(tf.nn.softplus(-fake_output))

# %% step-15 | wrong | the mean of both halves | banana_discrim_loss should be
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return discrim_loss(real_output, fake_output) / 2
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return gen_loss(fake_output)

# %% step-15 | wrong | in NumPy | has no gradient: use keras or tf
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return np.mean(np.log1p(np.exp(-np.asarray(real_output)))) + np.mean(np.log1p(np.exp(np.asarray(fake_output))))
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return np.mean(np.log1p(np.exp(-np.asarray(fake_output))))

# %% step-15 | fitted | right for the numbers of the visible check only | banana_discrim_loss should be
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return (1 if len(real_output) < 5 else 2) * discrim_loss(real_output, fake_output)
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return gen_loss(fake_output)


# %% faults | right | by a loop of the steps' names
mistakes = dict(zip("abc", (6, 2, 4)))
pictures_become = dict(zip("abc", (4, 3, 2)))

# %% faults | wrong | a and b exchanged | mistakes: 2 is not what happens. In step a, follow the losses
mistakes, pictures_become = {"a": 2, "b": 6, "c": 4}, {"a": 4, "b": 3, "c": 2}

# %% faults | wrong | b's discriminator taken for one that does not learn | mistakes: 3 is not what happens. In step b, follow the bananas
mistakes, pictures_become = {"a": 6, "b": 3, "c": 4}, {"a": 4, "b": 3, "c": 2}

# %% faults | wrong | c's losses suspected | mistakes: 1 is not what happens. In step c, follow the numbers
mistakes, pictures_become = {"a": 6, "b": 2, "c": 1}, {"a": 4, "b": 3, "c": 2}

# %% faults | wrong | a is thought to do no harm | pictures_become: 5 is not what happens. With step a
mistakes, pictures_become = {"a": 6, "b": 2, "c": 4}, {"a": 5, "b": 3, "c": 2}

# %% faults | wrong | collapse for b | pictures_become: 1 is not what happens. With step b
mistakes, pictures_become = {"a": 6, "b": 2, "c": 4}, {"a": 4, "b": 1, "c": 2}

# %% faults | wrong | off the centre for c | pictures_become: 6 is not what happens. With step c
mistakes, pictures_become = {"a": 6, "b": 2, "c": 4}, {"a": 4, "b": 3, "c": 6}

# %% faults | wrong | the second part left out | pictures_become should say a number for "a", "b" and "c"
mistakes, pictures_become = {"a": 6, "b": 2, "c": 4}, {}

# %% faults | wrong | words | mistakes: 'the wrong loss' is no row of the table
mistakes, pictures_become = dict.fromkeys("abc", "the wrong loss"), {"a": 4, "b": 3, "c": 2}


# %% step-17 | right weekly | the same, with other names
def banana_train_step(gan, images):
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


# %% step-17 | right weekly | the exercise's step
def banana_train_step(gan, images):
    return train_step(gan, images)


# %% step-17 | right | one tape, gradients zipped as in print
@tf.function
def banana_train_step(gan, images):
    seed = gan.draw_noise(len(images))
    with tf.GradientTape(persistent=True) as tape:
        generated_images = gan.generator(seed, training=True)
        real_output = gan.discriminator(images, training=True)
        fake_output = gan.discriminator(generated_images, training=True)
        g_loss, d_loss = banana_gen_loss(fake_output), banana_discrim_loss(real_output, fake_output)
    for optimizer, network, loss in [
        (gan.disc_optimizer, gan.discriminator, d_loss),
        (gan.gen_optimizer, gan.generator, g_loss),
    ]:
        gradients = tape.gradient(loss, network.trainable_weights)
        optimizer.apply_gradients(zip(gradients, network.trainable_weights))
    return [g_loss, d_loss]


# %% step-17 | right | first the discriminator, then the generator, with trainable switched
def banana_train_step(gan, images):
    count = tf.shape(images)[0]
    gan.discriminator.trainable = True
    with tf.GradientTape() as tape:
        fakes = gan.generator(gan.draw_noise(count), training=True)
        d_loss = banana_discrim_loss(gan.discriminator(images, training=True), gan.discriminator(fakes, training=True))
    weights = gan.discriminator.trainable_variables
    gan.disc_optimizer.apply(tape.gradient(d_loss, weights), weights)
    gan.discriminator.trainable = False
    with tf.GradientTape() as tape:
        fakes = gan.generator(gan.draw_noise(count), training=True)
        g_loss = banana_gen_loss(gan.discriminator(fakes, training=True))
    weights = gan.generator.trainable_variables
    gan.gen_optimizer.apply(tape.gradient(g_loss, weights), weights)
    return g_loss, d_loss


# %% step-17 | right weekly | both piles judged in one batch
def banana_train_step(gan, images):
    count = tf.shape(images)[0]
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        both = tf.concat([images, gan.generator(gan.draw_noise(count), training=True)], axis=0)
        output = gan.discriminator(both, training=True)
        g_loss, d_loss = banana_gen_loss(output[count:]), banana_discrim_loss(output[:count], output[count:])
    theirs, its = gan.generator.trainable_variables, gan.discriminator.trainable_variables
    gan.gen_optimizer.apply(gen_tape.gradient(g_loss, theirs), theirs)
    gan.disc_optimizer.apply(disc_tape.gradient(d_loss, its), its)
    return g_loss, d_loss


# %% step-17 | wrong | the generator helps the discriminator | the generator learns the wrong way: its step should make banana_gen_loss
# -         g_loss = banana_gen_loss(fake_output)
# +         g_loss = -banana_gen_loss(fake_output)

# %% step-17 | wrong | the wrong sign on both losses | learns the wrong way
# -         g_loss = banana_gen_loss(fake_output)
# -         d_loss = banana_discrim_loss(real_output, fake_output)
# +         g_loss = -banana_gen_loss(fake_output)
# +         d_loss = -banana_discrim_loss(real_output, fake_output)

# %% step-17 | wrong weekly | the discriminator learns the wrong way | the discriminator learns the wrong way
# -         d_loss = banana_discrim_loss(real_output, fake_output)
# +         d_loss = -banana_discrim_loss(real_output, fake_output)

# %% step-17 | wrong weekly | real and generated exchanged | the discriminator takes real pictures for paintings
# -         d_loss = banana_discrim_loss(real_output, fake_output)
# +         d_loss = banana_discrim_loss(fake_output, real_output)

# %% step-17 | wrong weekly | the generator makes the discriminator's loss smaller | the generator learns the wrong way
# -         g_loss = banana_gen_loss(fake_output)
# +         g_loss = banana_discrim_loss(real_output, fake_output)

# %% step-17 | wrong | the generator gets the gradient of the discriminator's loss | the generator learns the wrong way
# -     gan.gen_optimizer.apply(gen_tape.gradient(g_loss, gen_weights), gen_weights)
# +     gan.gen_optimizer.apply(gen_tape.gradient(d_loss, gen_weights), gen_weights)

# %% step-17 | wrong | the discriminator gets the gradient of the generator's loss | the discriminator (does not follow the gradient of its own loss|learns the wrong way)
# -     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
# +     gan.disc_optimizer.apply(disc_tape.gradient(g_loss, disc_weights), disc_weights)

# %% step-17 | wrong weekly | the losses exchanged | learns the wrong way
# -     gan.gen_optimizer.apply(gen_tape.gradient(g_loss, gen_weights), gen_weights)
# -     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
# +     gan.gen_optimizer.apply(gen_tape.gradient(d_loss, gen_weights), gen_weights)
# +     gan.disc_optimizer.apply(disc_tape.gradient(g_loss, disc_weights), disc_weights)

# %% step-17 | wrong | the discriminator never sees a real picture | the discriminator does not see the real pictures
# -         real_output = gan.discriminator(images, training=True)
# +         real_output = gan.discriminator(generated_images, training=True)

# %% step-17 | wrong weekly | the discriminator never sees a painting | No gradients provided
# -         fake_output = gan.discriminator(generated_images, training=True)
# +         fake_output = gan.discriminator(images, training=True)

# %% step-17 | wrong | always 32 latent vectors, as in print | for 5 pictures draw 5 latent vectors, not 32
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = gan.draw_noise(num_batch)

# %% step-17 | wrong | the generator in inference mode | call the generator with training=True
# -         generated_images = gan.generator(noise, training=True)
# +         generated_images = gan.generator(noise, training=False)

# %% step-17 | wrong weekly | the discriminator in inference mode | call the discriminator with training=True
# -         real_output = gan.discriminator(images, training=True)
# -         fake_output = gan.discriminator(generated_images, training=True)
# +         real_output = gan.discriminator(images, training=False)
# +         fake_output = gan.discriminator(generated_images, training=False)

# %% step-17 | wrong weekly | the discriminator in inference mode for paintings | with training=True for paintings, too
# -         fake_output = gan.discriminator(generated_images, training=True)
# +         fake_output = gan.discriminator(generated_images, training=False)

# %% step-17 | wrong weekly | no mode given | call both networks with training=True
# -         generated_images = gan.generator(noise, training=True)
# -         real_output = gan.discriminator(images, training=True)
# -         fake_output = gan.discriminator(generated_images, training=True)
# +         generated_images = gan.generator(noise)
# +         real_output = gan.discriminator(images)
# +         fake_output = gan.discriminator(generated_images)

# %% step-17 | wrong | the noise is always 0 | latent vectors of its own: these are always 0
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = 0.0 * gan.draw_noise(tf.shape(images)[0])

# %% step-17 | wrong | NumPy's noise, frozen at the first trace | what NumPy or Python draw.*is frozen when tf.function compiles
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = np.random.normal(size=(images.shape[0], gan.generator.input_shape[1])).astype("float32")

# %% step-17 | wrong weekly | the same seed at each step | all steps get the same latent vectors
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = tf.random.stateless_normal((tf.shape(images)[0], gan.generator.input_shape[1]), seed=(1, 2))

# %% step-17 | wrong | noise that no cut-off training can go on with, as in print | take the latent vectors from gan.draw_noise
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = tf.random.normal((tf.shape(images)[0], gan.generator.input_shape[1]))

# %% step-17 | wrong | a size that is not known when it is compiled | tf.function cannot compile it for batches of any size
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = gan.draw_noise(int(images.shape[0]))

# %% step-17 | wrong | the losses returned in the other order | it should return g_loss, d_loss, here
# -     return g_loss, d_loss
# +     return d_loss, g_loss

# %% step-17 | wrong | nothing returned | it should return g_loss, d_loss, not None
# -     return g_loss, d_loss

# %% step-17 | wrong | the discriminator is not updated | the discriminator did not learn
# -     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)

# %% step-17 | wrong | the generator is not updated | the generator did not learn
# -     gan.gen_optimizer.apply(gen_tape.gradient(g_loss, gen_weights), gen_weights)

# %% step-17 | wrong weekly | the generator is updated twice | the generator goes 2 times as far as it should
# -     with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
# +     with tf.GradientTape(persistent=True) as gen_tape, tf.GradientTape() as disc_tape:
#
# -     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
# +     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
# +     gan.gen_optimizer.apply(gen_tape.gradient(g_loss, gen_weights), gen_weights)

# %% step-17 | wrong weekly | the generator's optimiser moves both networks | the step stops with
# -     gen_weights = gan.generator.trainable_variables
# +     gen_weights = gan.generator.trainable_variables + gan.discriminator.trainable_variables

# %% step-17 | wrong | trainable is never switched on again | in a second step: is it trainable again
# -     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
# +     gan.disc_optimizer.apply(disc_tape.gradient(d_loss, disc_weights), disc_weights)
# +     gan.discriminator.trainable = False

# %% step-17 | wrong weekly | the paintings made outside of the tapes | the step stops with
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = gan.draw_noise(tf.shape(images)[0])
# +     generated_images = gan.generator(noise, training=True)
#
# -         generated_images = gan.generator(noise, training=True)


# %% step-17 | wrong | random steps and made-up losses | does not follow the gradient of its own loss|learns the wrong way
def banana_train_step(gan, images):
    gan.draw_noise(tf.shape(images)[0])
    for weight in gan.generator.trainable_variables + gan.discriminator.trainable_variables:
        weight.assign_add(0.01 * tf.random.stateless_normal(weight.shape, seed=(1, 2)))
    return tf.constant(0.7), tf.constant(1.4)


# %% step-17 | wrong | pass | it should return g_loss, d_loss, not None
def banana_train_step(gan, images):
    pass


# %% step-17 | fitted | always five latent vectors | for 3 pictures draw 3 latent vectors, not 5
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = gan.draw_noise(5)


# %% step-18 | right | as in print, compiled in place, NumPy's noise, a table
def train_bananas(gan, dataset, epochs, folder):
    compiled = tf.function(banana_train_step)
    fixed_seed = np.random.default_rng(1).normal(size=(img_rows * img_cols, seed_vector)).astype("float32")
    gen_loss_list, disc_loss_list = [], []
    for epoch in range(epochs):
        start = time.time()
        gen_losses, disc_losses = [], []
        for image_batch in dataset:
            g_loss, d_loss = compiled(gan, image_batch)
            gan.update_average()
            gen_losses.append(float(g_loss))
            disc_losses.append(float(d_loss))
        gen_loss_list.append(sum(gen_losses) / len(gen_losses))
        disc_loss_list.append(sum(disc_losses) / len(disc_losses))
        save_progress(epoch, fixed_seed, gan.average, folder)
        print(f"Epoch {epoch + 1}, {time_string(time.time() - start)}")
    return pd.DataFrame({"gen_loss": gen_loss_list, "disc_loss": disc_loss_list})


# %% step-18 | right | step and mean compiled together
def train_bananas(gan, dataset, epochs, folder):
    @tf.function
    def step(images):
        losses = banana_train_step(gan, images)
        gan.update_average()
        return losses

    seeds = tf.random.stateless_normal((25, 200), seed=(1, 1))
    means = []
    for cnt in range(epochs):
        means.append(np.mean([step(images) for images in dataset], axis=0))
        if cnt % 10 == 0 or cnt == epochs - 1:
            save_progress(cnt, seeds, gan.average, Path(folder))
    g_losses, d_losses = zip(*means)
    return {"gen_loss": g_losses, "disc_loss": d_losses}


# %% step-18 | right | compiled once for all, under a name of its own
fast_step = tf.function(banana_train_step)


def train_bananas(gan, dataset, epochs, folder):
    seeds = tf.random.stateless_normal((25, 200), seed=(1, 1))
    history = {"gen_loss": [], "disc_loss": []}
    for epoch in range(epochs):
        losses = []
        for images in dataset:
            losses.append(fast_step(gan, images))
            gan.update_average()
        for name, loss in zip(history, np.mean(losses, axis=0)):
            history[name].append(loss)
        if epoch % 10 == 0 or epoch == epochs - 1:
            save_progress(epoch, seeds, gan.average, folder)
    return history


# %% step-18 | wrong | the mean before the step | behind each step, not before it
# -             losses.append(step(gan, images))
# -             gan.update_average()
# +             gan.update_average()
# +             losses.append(step(gan, images))

# %% step-18 | wrong | paints before it learns | paint behind the last batch of an epoch
# -         if epoch % 10 == 0 or epoch + 1 == epochs:
# -             save_progress(epoch, fixed_seed, gan.average, folder)
#
# -         losses = []
# -         for images in dataset:
# +         losses = []
# +         if epoch % 10 == 0 or epoch + 1 == epochs:
# +             save_progress(epoch, fixed_seed, gan.average, folder)
# +         for images in dataset:

# %% step-18 | wrong | the exercise's step | banana_train_step is never called
# -     step = tf.function(banana_train_step)
# +     step = tf.function(train_step)

# %% step-18 | wrong | one epoch, whatever is asked for | 12 epochs of 2 batches do not make 2 steps
# -     for epoch in tqdm(range(epochs)):
# +     for epoch in tqdm(range(1)):

# %% step-18 | wrong | one loop alone, over the batches | do not make 2 steps
# -     for epoch in tqdm(range(epochs)):
# +     for epoch in range(1):

# %% step-18 | wrong | the first batch of each epoch | 12 epochs of 2 batches do not make 12 steps
# -         for images in dataset:
# +         for images in dataset.take(1):

# %% step-18 | wrong | the first batch again and again | some batches are shown twice in an epoch
# -         for images in dataset:
# +         first = next(iter(dataset))
# +         for _, images in zip(dataset, dataset.take(1).repeat()):

# %% step-18 | wrong | the mean of the weights forgotten | gan.update_average.. belongs behind each step: for 24 steps it was called 0 times
# -             gan.update_average()

# %% step-18 | wrong | the mean of the weights once an epoch | it was called 12 times
# -             losses.append(step(gan, images))
# -             gan.update_average()
# +             losses.append(step(gan, images))
# +         gan.update_average()

# %% step-18 | wrong | not compiled | compile the step: step = tf.function.banana_train_step.
# -     step = tf.function(banana_train_step)
# +     step = banana_train_step

# %% step-18 | wrong | compiled anew in each epoch | compile the step once, before the loops
# -         losses = []
# +         losses = []
# +         step = tf.function(banana_train_step)

# %% step-18 | wrong | the last batch's loss | is what the last batch paid: take the mean
# -         g_loss, d_loss = np.mean(losses, axis=0)
# +         g_loss, d_loss = losses[-1]

# %% step-18 | wrong | losses of all epochs in one list | "gen_loss" of the first epochs should be
# -         losses = []
# -         for images in dataset:
# +         losses = losses if epoch else []
# +         for images in dataset:

# %% step-18 | wrong | the two losses exchanged | "gen_loss" of the first epochs should be
# -         g_loss, d_loss = np.mean(losses, axis=0)
# +         d_loss, g_loss = np.mean(losses, axis=0)

# %% step-18 | wrong | a loss for each batch | "gen_loss" should have 12 numbers, one an epoch
# -         history["gen_loss"].append(g_loss)
# +         history["gen_loss"].extend(loss for loss, _ in losses)

# %% step-18 | wrong | one column | return a dictionary with a list "disc_loss"
# -     return history
# +     return {"gen_loss": history["gen_loss"]}

# %% step-18 | wrong | returns nothing | return the losses
# -     return history

# %% step-18 | wrong | previews forgotten | previews are wanted for cnt .0, 10, 11., not ..
# -             save_progress(epoch, fixed_seed, gan.average, folder)
# +             pass

# %% step-18 | wrong | no preview after the last epoch | previews are wanted for cnt .0, 10, 11., not .0, 10.
# -         if epoch % 10 == 0 or epoch + 1 == epochs:
# +         if epoch % 10 == 0:

# %% step-18 | wrong | other latent vectors each time | once, before the loops
# -             save_progress(epoch, fixed_seed, gan.average, folder)
# +             save_progress(epoch, tf.random.normal((25, seed_vector)), gan.average, folder)

# %% step-18 | wrong | the same latent vector 25 times | paint from 25 different latent vectors
# -             save_progress(epoch, fixed_seed, gan.average, folder)
# +             save_progress(epoch, tf.repeat(fixed_seed[:1], 25, axis=0), gan.average, folder)

# %% step-18 | wrong | a single picture | latent vectors of the shape .25, 200., not .1, 200.
# -             save_progress(epoch, fixed_seed, gan.average, folder)
# +             save_progress(epoch, fixed_seed[:1], gan.average, folder)

# %% step-18 | wrong | the weights of the last step paint | paint the previews with gan.average
# -             save_progress(epoch, fixed_seed, gan.average, folder)
# +             save_progress(epoch, fixed_seed, gan.generator, folder)

# %% step-18 | wrong | another folder than it is given | previews belong into the folder that it is given
# -             save_progress(epoch, fixed_seed, gan.average, folder)
# +             save_progress(epoch, fixed_seed, gan.average, output_path)

# %% step-18 | wrong | another GAN than it is given | train the gan that it is given
# -     step = tf.function(banana_train_step)
# +     mine = training.GAN(gan.generator, gan.discriminator, *adam_pair())
# +     step = tf.function(lambda gan, images: banana_train_step(mine, images))

# %% step-18 | fitted | always twelve epochs | 23 epochs of 3 batches do not make 36 steps
# -     for epoch in tqdm(range(epochs)):
# +     for epoch in tqdm(range(12)):

# %% step-20 | right | networks and optimisers of its own, all by name
generator_rate, discriminator_rate = adam_pair()
vanilla_gan = training.GAN(
    generator=create_vanilla_generator(200, 3),
    discriminator=create_vanilla_discriminator((96, 96, 3)),
    gen_optimizer=generator_rate,
    disc_optimizer=discriminator_rate,
)
vanilla_history = train_bananas(vanilla_gan, banana_dataset, epochs=banana_epochs, folder=Path("output/banana-vanilla"))

# %% step-20 | wrong | no training, a history made up | this GAN has not trained
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = {"gen_loss": [0.7] * 500, "disc_loss": [1.4] * 500}

# %% step-20 | wrong | other networks | should be made of vanilla_generator and vanilla_discriminator
small = checks.plain_generator(200, 3, units=3), checks.plain_discriminator((96, 96, 3), units=3)
vanilla_gan = training.GAN(*small, *adam_pair())
vanilla_history = train_bananas(vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-vanilla")

# %% step-20 | wrong | one epoch | it should have trained for banana_epochs, 3, not for 1
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(vanilla_gan, banana_dataset, 1, output_path / "banana-vanilla")

# %% step-20 | wrong weekly | another GAN than the one that was trained | this GAN has not trained
trained = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(trained, banana_dataset, banana_epochs, output_path / "banana-vanilla")
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())

# %% step-20 | wrong weekly | previews in the DCGAN's folder | banana-vanilla has no previews
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-dcgan")

# %% step-20 | wrong | a tuple of networks | vanilla_gan should be a training.GAN
trained = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(trained, banana_dataset, banana_epochs, output_path / "banana-vanilla")
vanilla_gan = vanilla_generator, vanilla_discriminator
