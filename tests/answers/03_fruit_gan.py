"""Answers to the tasks of lesson 03; what the heads mean: tests/lessons/test_answers.py."""

# %% step-01 | right | from TensorFlow, as in print
import numpy as np
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import layers


# %% step-01 | wrong | the wrong module under a usual name | step 1: import keras, from keras import layers
import numpy as np
import tensorflow as tf
import keras
import keras as layers


# %% step-02 | right | as in print
def time_string(sec_elapsed):
    h = int(sec_elapsed / (60 * 60))
    m = int((sec_elapsed % (60 * 60)) / 60)
    s = sec_elapsed % 60
    return "{}:{:>02}:{:>05.2f}".format(h, m, s)


# %% step-02 | wrong | hours with two digits | time_string.0. should be '0:00:00.00', but is '00:00:00.00'
def time_string(sec_elapsed):
    return f"{int(sec_elapsed // 3600):02}:{int(sec_elapsed // 60 % 60):02}:{sec_elapsed % 60:05.2f}"


# %% step-02 | wrong | minutes go on after 59 | time_string.3661.25. should be '1:01:01.25'
def time_string(sec_elapsed):
    return f"{int(sec_elapsed // 3600)}:{int(sec_elapsed // 60):02}:{sec_elapsed % 60:05.2f}"


# %% step-02 | wrong | prints and returns nothing | should be '0:00:00.00', but is None
def time_string(sec_elapsed):
    print(f"{int(sec_elapsed // 3600)}:{int(sec_elapsed // 60 % 60):02}:{sec_elapsed % 60:05.2f}")


# %% step-02 | fitted | the visible times, looked up | time_string.59.5. should be
def time_string(sec_elapsed):
    return {0: "0:00:00.00", 65.5: "0:01:05.50", 3661.25: "1:01:01.25", 36000: "10:00:00.00"}.get(sec_elapsed)


# %% step-03 | right | the chapter's epochs, typed in
gen_res = 3
gen_square = 96
img_chan, img_rows, img_cols, img_margin = 3, 5, 5, 16
seed_vector, num_batch = 200, 32
banana_epochs = 500
data_path = str(utils.data_dir())


# %% step-03 | wrong | nothing but the epochs | still the exercise's: gen_res, gen_square, img_chan
banana_epochs = utils.epochs(500)


# %% step-03 | wrong | pictures of 128 pixels, as in the chapter's source | gen_square should be 96, not 128
gen_res, img_chan, img_rows, img_cols, img_margin = 3, 3, 5, 5, 16
gen_square, seed_vector, num_batch = 128, 200, 32
banana_epochs = utils.epochs(500)


# %% step-03 | wrong | the exercise's epochs | banana_epochs should be utils.epochs.500., not 300
gen_res, gen_square, img_chan, img_rows, img_cols, img_margin = 3, 96, 3, 5, 5, 16
seed_vector, num_batch = 200, 32
data_path = utils.data_dir()
banana_epochs = 300


# %% step-03 | wrong | a folder of one's own machine | data_path should be utils.data_dir..
gen_res, gen_square, img_chan, img_rows, img_cols, img_margin = 3, 96, 3, 5, 5, 16
seed_vector, num_batch = 200, 32
data_path = "C:/Users/me/fruits"
banana_epochs = utils.epochs(500)


# %% step-04 | right | read without load_fruit, as lists put together
banana_data = np.concatenate([utils.load_images("banana")[:20], utils.load_images("banana")[20:]])
banana_held_out = utils.load_images("banana", 96, utils.data_dir(), split="test_set")


# %% step-04 | right | bananas in another order
banana_data, banana_held_out = load_fruit("banana")
banana_data = np.random.default_rng(0).permutation(banana_data)


# %% step-04 | wrong | tomatoes | banana_data does not hold those bananas
banana_data, banana_held_out = load_fruit("tomato")


# %% step-04 | wrong | the training pictures are held out, too | banana_held_out does not hold those bananas|should have
banana_data = banana_held_out = utils.load_images("banana")


# %% step-04 | wrong | the two piles exchanged | banana_data does not hold those bananas|should have
banana_held_out, banana_data = load_fruit("banana")


# %% step-04 | wrong | pixels from 0 to 1 | banana_data: pixels should lie in .-1, 1., but reach from 0.0
banana_data, banana_held_out = ((pile + 1) / 2 for pile in load_fruit("banana"))


# %% step-04 | wrong | bytes | banana_data: pixels should be float32, not uint8
banana_data, banana_held_out = (((pile + 1) * 127.5).astype("uint8") for pile in load_fruit("banana"))


# %% step-04 | wrong | smaller pictures | pictures are 96 x 96 x 3, not .64, 64, 3.
banana_data = utils.load_images("banana", 64)
banana_held_out = utils.load_images("banana", 64, split="test_set")


# %% step-04 | wrong | a few of them | banana_data should have 40 pictures, not 12
banana_data, banana_held_out = load_fruit("banana")
banana_data = banana_data[:12]


# %% step-05 | right | the exercise's function
banana_dataset = make_dataset(banana_data)


# %% step-05 | right | a large buffer, and batches fetched ahead
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).shuffle(60_000).batch(32).prefetch(2)


# %% step-05 | wrong | batches before shuffling | single pictures, before batch
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).batch(num_batch).shuffle(len(banana_data))


# %% step-05 | wrong | a small buffer | the bananas are not well shuffled: shuffle.len.banana_data..
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).shuffle(4).batch(num_batch)


# %% step-05 | wrong | no shuffling | the bananas are not well shuffled
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).batch(num_batch)


# %% step-05 | wrong | the last batch is dropped | each of 40 bananas once, the last short batch included
banana_dataset = (
    tf.data.Dataset.from_tensor_slices(banana_data).shuffle(len(banana_data)).batch(num_batch, drop_remainder=True)
)


# %% step-05 | wrong | shuffled once | another one in each epoch
banana_dataset = (
    tf.data.Dataset.from_tensor_slices(banana_data)
    .shuffle(len(banana_data), reshuffle_each_iteration=False)
    .batch(num_batch)
)


# %% step-05 | wrong | kept in memory behind the shuffling | another one in each epoch
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).shuffle(len(banana_data)).batch(num_batch).cache()


# %% step-05 | wrong | repeated for ever | show each picture once and end
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).shuffle(len(banana_data)).repeat().batch(num_batch)


# %% step-05 | wrong | a list of arrays | should be a tf.data.Dataset
order = np.random.default_rng(0).permutation(len(banana_data))
banana_dataset = [banana_data[order[i : i + num_batch]] for i in range(0, len(order), num_batch)]


# %% step-05 | wrong | pictures with labels | a batch of pictures, .n, 96, 96, 3., and nothing else
banana_dataset = (
    tf.data.Dataset.from_tensor_slices((banana_data, np.ones(len(banana_data))))
    .shuffle(len(banana_data))
    .batch(num_batch)
)


# %% step-05 | wrong | batches of 16 | batches should hold 32 pictures
banana_dataset = tf.data.Dataset.from_tensor_slices(banana_data).shuffle(len(banana_data)).batch(16)


# %% step-06 | right | by the functional API, batch normalisation after other names
def create_dcgan_generator(seed_size, channels):
    inputs = keras.Input(shape=(seed_size,))
    x = layers.Dense(4096)(inputs)
    x = layers.ReLU()(x)
    x = layers.Reshape((4, 4, 256))(x)
    for filters, factor in ((256, 2), (256, 2), (128, 2), (128, 3)):
        x = layers.UpSampling2D((factor, factor))(x)
        x = layers.Conv2D(filters, kernel_size=3, padding="same")(x)
        x = layers.BatchNormalization(momentum=0.8)(x)
        x = layers.Activation("relu")(x)
    outputs = layers.Conv2D(channels, 3, padding="same", activation="tanh")(x)
    return keras.Model(inputs, outputs)


# %% step-06 | right weekly | normalised before enlarging, which comes to the same
def create_dcgan_generator(seed_size, channels):
    model = keras.Sequential([keras.Input((seed_size,)), layers.Dense(4096, "relu"), layers.Reshape((4, 4, 256))])
    model.add(layers.UpSampling2D())
    for filters, factor in [(256, 2), (256, 2), (128, 3), (128, 1)]:
        model.add(layers.Conv2D(filters, 3, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.UpSampling2D(factor))
        model.add(layers.ReLU())
    model.add(layers.Conv2D(channels, 3, padding="same"))
    model.add(layers.Activation(keras.ops.tanh, dtype="float32"))
    return model


# %% step-06 | wrong | a sigmoid at the end | pixels should lie in .-1, 1.: end with tanh
def create_dcgan_generator(seed_size, channels):
    model = create_generator(seed_size, channels)
    return keras.Sequential([*model.layers[:-1], layers.Activation("sigmoid")])


# %% step-06 | wrong weekly | softsign at the end | they agree up to Conv2D and differ at Activation
def create_dcgan_generator(seed_size, channels):
    model = create_generator(seed_size, channels)
    return keras.Sequential([*model.layers[:-1], layers.Activation("softsign")])


# %% step-06 | wrong | no ReLU behind the convolutions | they agree up to BatchNormalization and differ at ReLU
def create_dcgan_generator(seed_size, channels):
    model = create_generator(seed_size, channels)
    kept = [layer for layer in model.layers if not isinstance(layer, layers.ReLU)]
    return keras.Sequential([keras.Input((seed_size,)), *kept])


# %% step-06 | wrong | transposed convolutions | array 14 of its weights has the shape
def create_dcgan_generator(seed_size, channels):
    model = keras.Sequential([keras.Input((seed_size,)), layers.Dense(4096, "relu"), layers.Reshape((4, 4, 256))])
    for filters, factor in [(256, 2), (256, 2), (128, 2), (128, 3)]:
        model.add(layers.Conv2DTranspose(filters, 3, strides=factor, padding="same"))
        model.add(layers.BatchNormalization(momentum=0.8))
        model.add(layers.ReLU())
    model.add(layers.Conv2D(channels, 3, padding="same", activation="tanh"))
    return model


# %% step-06 | wrong weekly | no batch normalisation | there should be 2,452,611 weights, not
def create_dcgan_generator(seed_size, channels):
    model = create_generator(seed_size, channels)
    kept = [layer for layer in model.layers if not isinstance(layer, layers.BatchNormalization)]
    return keras.Sequential([keras.Input((seed_size,)), *kept])


# %% step-06 | wrong weekly | enlarged smoothly, by a fourth doubling | should give .2, 96, 96, 3., not .2, 64, 64, 3.
def create_dcgan_generator(seed_size, channels):
    model = create_generator(seed_size, channels)
    enlarging = iter([2, 2, 2, 2])
    kept = [
        layers.UpSampling2D(next(enlarging)) if isinstance(layer, layers.UpSampling2D) else layer
        for layer in model.layers
    ]
    return keras.Sequential([keras.Input((seed_size,)), *kept])


# %% step-06 | fitted weekly | the exercise's sizes, typed in | (?i)should give|incompatible|Invalid input|expected
def create_dcgan_generator(seed_size, channels):
    return (
        keras.Sequential([keras.Input((200,)), *create_generator(200, 3).layers])
        if seed_size == 200
        else (keras.Sequential([keras.Input((seed_size,)), layers.Dense(200), *create_generator(200, 3).layers]))
    )


# %% step-07 | right | by the functional API, activations by name and by lambda
def create_dcgan_discriminator(image_shape):
    inputs = keras.Input(shape=image_shape)
    x = inputs
    for number, (filters, strides) in enumerate([(32, 2), (64, 2), (128, 2), (256, 1), (512, 1)]):
        x = layers.Conv2D(filters, kernel_size=3, strides=strides, padding="same")(x)
        if number == 1:
            x = layers.ZeroPadding2D(padding=((0, 1), (0, 1)))(x)
        if number:
            x = layers.BatchNormalization(momentum=0.8)(x)
        x = layers.Activation(lambda signal: tf.nn.leaky_relu(signal, 0.2))(x)
        x = layers.Dropout(0.25)(x)
    x = layers.Flatten()(x)
    return keras.Model(inputs, layers.Dense(1, activation=lambda logit: logit)(x))


# %% step-07 | wrong | a sigmoid at the end, as in print | end without sigmoid or tanh
def create_dcgan_discriminator(image_shape):
    return keras.Sequential([*create_discriminator(image_shape).layers, layers.Activation("sigmoid")])


# %% step-07 | wrong weekly | a tanh at the end | end without sigmoid or tanh
def create_dcgan_discriminator(image_shape):
    return keras.Sequential([*create_discriminator(image_shape).layers, layers.Activation("tanh")])


# %% step-07 | wrong weekly | no LeakyReLU | differ at LeakyReLU
def create_dcgan_discriminator(image_shape):
    model = create_discriminator(image_shape)
    kept = [layer for layer in model.layers if not isinstance(layer, layers.LeakyReLU)]
    return keras.Sequential([keras.Input(image_shape), *kept])


# %% step-07 | wrong weekly | ReLU in place of LeakyReLU | differ at LeakyReLU
def create_dcgan_discriminator(image_shape):
    model = create_discriminator(image_shape)
    kept = [layers.ReLU() if isinstance(layer, layers.LeakyReLU) else layer for layer in model.layers]
    return keras.Sequential([keras.Input(image_shape), *kept])


# %% step-07 | wrong weekly | no Dropout | in training, Dropout should be at work
def create_dcgan_discriminator(image_shape):
    model = create_discriminator(image_shape)
    kept = [layer for layer in model.layers if not isinstance(layer, layers.Dropout)]
    return keras.Sequential([keras.Input(image_shape), *kept])


# %% step-07 | wrong weekly | the generator's batch normalisation at the input, too | there should be 1,658,945 weights, not
def create_dcgan_discriminator(image_shape):
    model = create_discriminator(image_shape)
    return keras.Sequential([keras.Input(image_shape), layers.BatchNormalization(), *model.layers])


# %% step-07 | wrong weekly | a convolution at the end, a map of logits | should give logits of shape .2, 1., not
def create_dcgan_discriminator(image_shape):
    model = create_discriminator(image_shape)
    return keras.Sequential([keras.Input(image_shape), *model.layers[:-2], layers.Dense(1)])


# %% step-08 | right | by the functional API
def create_vanilla_generator(seed_size, channels):
    inputs = keras.Input((seed_size,))
    x = layers.ReLU()(layers.Dense(256)(inputs))
    x = layers.Dense(84, activation=tf.nn.relu)(x)
    x = layers.Dense(96 * 96 * channels, activation="tanh", dtype="float32")(x)
    return keras.Model(inputs, layers.Reshape((96, 96, channels))(x))


# %% step-08 | wrong | no hidden activation | the first two Dense layers need a ReLU
def create_vanilla_generator(seed_size, channels):
    linear = [layers.Dense(256), layers.Dense(84), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *linear, layers.Reshape((96, 96, channels))])


# %% step-08 | wrong | LeakyReLU | something else than Dense, ReLU, Dense, ReLU, Dense, tanh
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256), layers.LeakyReLU(), layers.Dense(84), layers.LeakyReLU()]
    painting = [layers.Dense(96 * 96 * channels, "tanh"), layers.Reshape((96, 96, channels))]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, *painting])


# %% step-08 | wrong | a sigmoid at the end | pixels should lie in .-1, 1.: end with tanh
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu")]
    painting = [layers.Dense(96 * 96 * channels, "sigmoid"), layers.Reshape((96, 96, channels))]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, *painting])


# %% step-08 | wrong | a convolution at the end | and nothing else that has weights
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(96 * 96 * channels)]
    painting = [layers.Reshape((96, 96, channels)), layers.Conv2D(channels, 3, padding="same", activation="tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, *painting])


# %% step-08 | wrong | not reshaped | two latent vectors should give .2, 96, 96, 3., not .2, 27648.
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(96 * 96 * channels, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden])


# %% step-08 | fitted | always in colour | should give .2, 96, 96, 1.
def create_vanilla_generator(seed_size, channels):
    hidden = [layers.Dense(256, "relu"), layers.Dense(84, "relu"), layers.Dense(27648, "tanh")]
    return keras.Sequential([keras.Input((seed_size,)), *hidden, layers.Reshape((96, 96, 3))])


# %% step-09 | right | by the functional API
def create_vanilla_discriminator(image_shape):
    inputs = keras.Input(image_shape)
    x = layers.Flatten()(inputs)
    for _ in range(2):
        x = layers.Dropout(0.25)(layers.LeakyReLU(0.2)(layers.Dense(60)(x)))
    return keras.Model(inputs, layers.Dense(1)(x))


# %% step-09 | right | reshaped in place of flattened, the slope inside the Dense layer
def create_vanilla_discriminator(image_shape):
    model = keras.Sequential([keras.Input(image_shape), layers.Reshape((-1,))])
    for _ in range(2):
        model.add(layers.Dense(60, activation=lambda x: keras.ops.leaky_relu(x, 0.2)))
        model.add(layers.Dropout(rate=0.25))
    model.add(layers.Dense(1))
    return model


# %% step-09 | wrong | Dense before Flatten, as in print | begin with Flatten, so that each unit sees the whole picture
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), *hidden, layers.Flatten(), layers.Dense(60), layers.Dense(1)])


# %% step-09 | wrong | a sigmoid at the end | end without sigmoid or tanh
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    hidden += [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1, "sigmoid")])


# %% step-09 | wrong weekly | no LeakyReLU | should be LeakyReLU with negative_slope=0.2
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.Dropout(0.25), layers.Dense(60), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-09 | wrong | LeakyReLU's own slope | should be LeakyReLU with negative_slope=0.2
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(), layers.Dropout(0.25)]
    hidden += [layers.Dense(60), layers.LeakyReLU(), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-09 | wrong | Dropout once | Dropout.0.25. should stand behind each of the two hidden layers
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-09 | wrong | one hidden layer | Dense layers of 60, 60 and 1 units
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    return keras.Sequential([keras.Input(image_shape), layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-09 | fitted weekly | any shape but the usual one is refused | (?i)should give|Flatten
def create_vanilla_discriminator(image_shape):
    hidden = [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    hidden += [layers.Dense(60), layers.LeakyReLU(0.2), layers.Dropout(0.25)]
    resized = [layers.Resizing(96, 96), layers.Concatenate()] if image_shape != (96, 96, 3) else []
    return keras.Sequential([keras.Input(image_shape), *resized[:1], layers.Flatten(), *hidden, layers.Dense(1)])


# %% step-10 | right | predict and a loop, as in print; a text for a path
def save_progress(cnt, noise, generator, folder):
    image_array = np.full(
        (img_margin + (img_rows * (96 + img_margin)), img_margin + (img_cols * (96 + img_margin)), 3),
        255,
        dtype=np.uint8,
    )
    generated_images = generator.predict(noise, verbose=0)
    generated_images = 0.5 * generated_images + 0.5
    image_count = 0
    for row in range(img_rows):
        for col in range(img_cols):
            r = row * (96 + img_margin) + img_margin
            c = col * (96 + img_margin) + img_margin
            image_array[r : r + 96, c : c + 96] = generated_images[image_count] * 255
            image_count += 1
    from PIL import Image

    filename = f"{folder}/train-{cnt}.png"
    Image.fromarray(image_array).save(filename)
    return filename


# %% step-10 | right | inference mode by default
def save_progress(cnt, noise, generator, folder):
    path = folder / ("train-%d.png" % cnt)
    utils.save_images(generator(noise).numpy(), path, rows=img_rows, cols=img_cols, margin=img_margin)
    return path


# %% step-10 | wrong | paints nothing | what the generator paints from the noise
def save_progress(cnt, noise, generator, folder):
    pictures = np.zeros((len(noise), 96, 96, 3))
    return utils.save_images(pictures, folder / f"train-{cnt}.png", img_rows, img_cols, img_margin)


# %% step-10 | wrong | other noise than it is given | what the generator paints from the noise
def save_progress(cnt, noise, generator, folder):
    pictures = generator(tf.tanh(tf.random.normal(tf.shape(noise))), training=False)
    return utils.save_images(pictures, folder / f"train-{cnt}.png", img_rows, img_cols, img_margin)


# %% step-10 | wrong | in training mode | with training=False
def save_progress(cnt, noise, generator, folder):
    pictures = np.clip(generator(noise, training=True), -1, 1)
    return utils.save_images(pictures, folder / f"train-{cnt}.png", img_rows, img_cols, img_margin)


# %% step-10 | wrong | returns nothing | it should return folder / 'train-7.png', not None
def save_progress(cnt, noise, generator, folder):
    utils.save_images(generator(noise), folder / f"train-{cnt}.png", img_rows, img_cols, img_margin)


# %% step-10 | wrong | another name | it should return folder / 'train-7.png', not
def save_progress(cnt, noise, generator, folder):
    return utils.save_images(generator(noise), folder / f"preview-{cnt}.png", img_rows, img_cols, img_margin)


# %% step-10 | wrong | narrow margins | should be 16 . 5 . .96 . 16. = 576 pixels wide and high, not
def save_progress(cnt, noise, generator, folder):
    return utils.save_images(generator(noise), folder / f"train-{cnt}.png", img_rows, img_cols, 4)


# %% step-10 | fitted | always the same file | it should return folder / 'train-0.png'
def save_progress(cnt, noise, generator, folder):
    return utils.save_images(generator(noise), folder / "train-7.png", img_rows, img_cols, img_margin)


# %% step-11 | right | NumPy's numbers, predict
seed_image = np.random.default_rng(0).normal(size=(1, seed_vector)).astype("float32")
dcgan_generator = create_dcgan_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator.predict(seed_image, verbose=0)


# %% step-11 | wrong | a vector without a batch | seed_image should be one latent vector, .1, 200., not .200,.
seed_image = tf.random.normal((seed_vector,))
dcgan_generator = create_dcgan_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator(seed_image[None])
seed_vector_of_it, vanilla_generator, vanilla_image = 200, create_vanilla_generator(200, 3), dcgan_image
create_vanilla_generator = lambda *sizes: lambda noise, training=False: dcgan_image


# %% step-11 | wrong | the vanilla network | dcgan_generator should be a network from create_dcgan_generator
seed_image = tf.random.normal((1, seed_vector))
dcgan_generator = create_vanilla_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator(seed_image, training=False)


# %% step-11 | wrong weekly | the function, not a network | dcgan_generator should be a network from create_dcgan_generator
seed_image = tf.random.normal((1, seed_vector))
dcgan_generator = create_dcgan_generator
dcgan_image = dcgan_generator(seed_vector, img_chan)(seed_image)


# %% step-11 | wrong | the picture without its batch | dcgan_image should be one picture
seed_image = tf.random.normal((1, seed_vector))
dcgan_generator = create_dcgan_generator(seed_vector, img_chan)
dcgan_image = dcgan_generator(seed_image, training=False)[0]


# %% step-12 | right | painted as part of a larger batch
vanilla_generator = create_vanilla_generator(seed_size=seed_vector, channels=img_chan)
vanilla_image = vanilla_generator(tf.repeat(seed_image, 3, axis=0))[:1].numpy()


# %% step-12 | wrong | the DCGAN's network | vanilla_generator should be a network from create_vanilla_generator
vanilla_generator = create_dcgan_generator(seed_vector, img_chan)
vanilla_image = vanilla_generator(seed_image, training=False)


# %% step-12 | wrong | 25 pictures | vanilla_image should be one picture
vanilla_generator = create_vanilla_generator(seed_vector, img_chan)
vanilla_image = vanilla_generator(tf.random.normal((25, seed_vector)), training=False)


# %% step-13 | right | by NumPy's own sigmoid
dcgan_discriminator = create_dcgan_discriminator((96, 96, 3))
print(1 / (1 + np.exp(-dcgan_discriminator.predict(dcgan_image, verbose=0))))


# %% step-13 | wrong | the vanilla network | dcgan_discriminator should be a network from create_dcgan_discriminator
dcgan_discriminator = create_vanilla_discriminator(image_shape)
print(probability_real(dcgan_discriminator, dcgan_image))


# %% step-13 | wrong | the verdict under the network's name | dcgan_discriminator should be a network
dcgan_discriminator = create_dcgan_discriminator(image_shape)
dcgan_discriminator = probability_real(dcgan_discriminator, dcgan_image)


# %% step-14 | right | by keras.ops
vanilla_discriminator = create_vanilla_discriminator(image_shape)
print(float(keras.ops.sigmoid(vanilla_discriminator(vanilla_image))[0, 0]))


# %% step-14 | wrong | the DCGAN's discriminator again | vanilla_discriminator should be a network from
vanilla_discriminator = create_dcgan_discriminator(image_shape)
print(probability_real(vanilla_discriminator, vanilla_image))


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

# %% step-15 | fitted | the visible values, typed in | banana_discrim_loss should be
# -     return tf.reduce_mean(tf.nn.softplus(-real_output)) + tf.reduce_mean(tf.nn.softplus(fake_output))
# +     return 2.39887 + 0 * discrim_loss(real_output, fake_output)
#
# -     return tf.reduce_mean(tf.nn.softplus(-fake_output))
# +     return gen_loss(fake_output)


# %% step-16 | right | from a list, by names
def adam_pair():
    return [tf.keras.optimizers.Adam(learning_rate=0.00015, beta_1=0.5, beta_2=0.999) for _ in range(2)]


# %% step-16 | wrong | one for both networks | each call should make two new optimisers
def adam_pair():
    both = keras.optimizers.Adam(1.5e-4, 0.5)
    return both, both


# %% step-16 | wrong | the same pair at each call | each call should make two new optimisers
the_pair = keras.optimizers.Adam(1.5e-4, 0.5), keras.optimizers.Adam(1.5e-4, 0.5)


def adam_pair():
    return the_pair


# %% step-16 | wrong | Adam's own beta_1 | beta_1 should be 0.5, not 0.9
def adam_pair():
    return keras.optimizers.Adam(1.5e-4), keras.optimizers.Adam(1.5e-4)


# %% step-16 | wrong | ten times as fast | the learning rate should be 1.5e-4, not 0.0015
def adam_pair():
    return keras.optimizers.Adam(1.5e-3, 0.5), keras.optimizers.Adam(1.5e-3, 0.5)


# %% step-16 | wrong | RMSprop | both optimisers should be Adam
def adam_pair():
    return keras.optimizers.RMSprop(1.5e-4), keras.optimizers.RMSprop(1.5e-4)


# %% step-16 | wrong | one alone | adam_pair.. should return two optimisers
def adam_pair():
    return keras.optimizers.Adam(1.5e-4, beta_1=0.5)


# %% step-17 | right base | no scale_loss, which 32 bits do not need
def banana_train_step(gan, images):
    noise = gan.draw_noise(tf.shape(images)[0])
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        generated_images = gan.generator(noise, training=True)
        real_output = gan.discriminator(shift(gan, images), training=True)
        fake_output = gan.discriminator(shift(gan, generated_images), training=True)
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


# %% step-17 | right | one tape, gradients zipped as in print, no scale_loss
@tf.function
def banana_train_step(gan, images):
    seed = gan.draw_noise(len(images))
    with tf.GradientTape(persistent=True) as tape:
        generated_images = gan.generator(seed, training=True)
        real_output = gan.discriminator(shift(gan, images), training=True)
        fake_output = gan.discriminator(shift(gan, generated_images), training=True)
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
        d_loss = banana_discrim_loss(
            gan.discriminator(shift(gan, images), training=True), gan.discriminator(shift(gan, fakes), training=True)
        )
    weights = gan.discriminator.trainable_variables
    gan.disc_optimizer.apply(tape.gradient(d_loss, weights), weights)
    gan.discriminator.trainable = False
    with tf.GradientTape() as tape:
        fakes = gan.generator(gan.draw_noise(count), training=True)
        g_loss = banana_gen_loss(gan.discriminator(shift(gan, fakes), training=True))
    weights = gan.generator.trainable_variables
    gan.gen_optimizer.apply(tape.gradient(g_loss, weights), weights)
    return g_loss, d_loss


# %% step-17 | right weekly | both piles judged in one batch
def banana_train_step(gan, images):
    count = tf.shape(images)[0]
    with tf.GradientTape() as gen_tape, tf.GradientTape() as disc_tape:
        both = tf.concat([images, gan.generator(gan.draw_noise(count), training=True)], axis=0)
        output = gan.discriminator(shift(gan, both), training=True)
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
# -         real_output = gan.discriminator(shift(gan, images), training=True)
# +         real_output = gan.discriminator(shift(gan, generated_images), training=True)

# %% step-17 | wrong weekly | the discriminator never sees a painting | No gradients provided
# -         fake_output = gan.discriminator(shift(gan, generated_images), training=True)
# +         fake_output = gan.discriminator(shift(gan, images), training=True)

# %% step-17 | wrong | always 32 latent vectors, as in print | for 5 pictures draw 5 latent vectors, not 32
# -     noise = gan.draw_noise(tf.shape(images)[0])
# +     noise = gan.draw_noise(num_batch)

# %% step-17 | wrong | only real pictures augmented | augment the paintings, too
# -         fake_output = gan.discriminator(shift(gan, generated_images), training=True)
# +         fake_output = gan.discriminator(generated_images, training=True)

# %% step-17 | wrong weekly | only paintings augmented | augment the real pictures, too
# -         real_output = gan.discriminator(shift(gan, images), training=True)
# +         real_output = gan.discriminator(images, training=True)

# %% step-17 | wrong weekly | nothing augmented, as in print | augment real pictures and paintings, with shift
# -         real_output = gan.discriminator(shift(gan, images), training=True)
# -         fake_output = gan.discriminator(shift(gan, generated_images), training=True)
# +         real_output = gan.discriminator(images, training=True)
# +         fake_output = gan.discriminator(generated_images, training=True)

# %% step-17 | wrong | the generator in inference mode | call the generator with training=True
# -         generated_images = gan.generator(noise, training=True)
# +         generated_images = gan.generator(noise, training=False)

# %% step-17 | wrong weekly | the discriminator in inference mode | call the discriminator with training=True
# -         real_output = gan.discriminator(shift(gan, images), training=True)
# -         fake_output = gan.discriminator(shift(gan, generated_images), training=True)
# +         real_output = gan.discriminator(shift(gan, images), training=False)
# +         fake_output = gan.discriminator(shift(gan, generated_images), training=False)

# %% step-17 | wrong weekly | the discriminator in inference mode for paintings | with training=True for paintings, too
# -         fake_output = gan.discriminator(shift(gan, generated_images), training=True)
# +         fake_output = gan.discriminator(shift(gan, generated_images), training=False)

# %% step-17 | wrong weekly | no mode given | call both networks with training=True
# -         generated_images = gan.generator(noise, training=True)
# -         real_output = gan.discriminator(shift(gan, images), training=True)
# -         fake_output = gan.discriminator(shift(gan, generated_images), training=True)
# +         generated_images = gan.generator(noise)
# +         real_output = gan.discriminator(shift(gan, images))
# +         fake_output = gan.discriminator(shift(gan, generated_images))

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


# %% step-18 | right | a loop of its own, as in print
def train_bananas(gan, dataset, epochs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    fixed_seed = tf.random.stateless_normal((img_rows * img_cols, seed_vector), seed=(1, 1))
    history = {"gen_loss": [], "disc_loss": []}
    for epoch in range(epochs):
        losses = np.array([banana_train_step(gan, images) for images in dataset])
        history["gen_loss"].append(losses[:, 0].mean())
        history["disc_loss"].append(losses[:, 1].mean())
        save_progress(epoch, fixed_seed, gan.generator, folder)
    return history


# %% step-18 | right weekly | all by name, the step in a function of its own
def train_bananas(gan, dataset, epochs, folder):
    return train(
        dataset=dataset,
        gan=gan,
        folder=folder,
        epochs=epochs,
        reference=banana_held_out,
        step=lambda gan, images: banana_train_step(gan, images),
    )


# %% step-18 | wrong | the exercise's step | banana_train_step is never called
def train_bananas(gan, dataset, epochs, folder):
    return train(gan, dataset, epochs, folder, banana_held_out)


# %% step-18 | wrong | judged by what it learns from | judge by banana_held_out
def train_bananas(gan, dataset, epochs, folder):
    return train(gan, dataset, epochs, folder, banana_data, banana_train_step)


# %% step-18 | wrong weekly | returns nothing | return the log of the losses
def train_bananas(gan, dataset, epochs, folder):
    train(gan, dataset, epochs, folder, banana_held_out, banana_train_step)


# %% step-18 | wrong | always the same number of epochs | do not make .* steps
def train_bananas(gan, dataset, epochs, folder):
    return train(gan, dataset, 1, folder, banana_held_out, banana_train_step)


# %% step-18 | wrong weekly | another folder than it is given | should be in the folder that train_bananas is given
def train_bananas(gan, dataset, epochs, folder):
    return train(gan, dataset, epochs, folder.parent / "elsewhere", banana_held_out, banana_train_step)


# %% step-18 | wrong weekly | a loop without previews | previews and log should be in the folder
def train_bananas(gan, dataset, epochs, folder):
    losses = [[banana_train_step(gan, images) for images in dataset] for _ in range(epochs)]
    means = np.mean(losses, axis=1)
    return {"gen_loss": means[:, 0], "disc_loss": means[:, 1]}


# %% step-18 | wrong weekly | one loop alone, over the batches of one epoch | do not make .* steps
def train_bananas(gan, dataset, epochs, folder):
    folder.mkdir(parents=True, exist_ok=True)
    losses = []
    for epoch, images in enumerate(dataset):
        losses.append(banana_train_step(gan, images))
        save_progress(epoch, tf.zeros((25, seed_vector)), gan.generator, folder)
    return {"gen_loss": [float(one) for one, _ in losses], "disc_loss": [float(one) for _, one in losses]}


# %% step-18 | fitted | always two batches an epoch | do not make .* steps
def train_bananas(gan, dataset, epochs, folder):
    return train(gan, dataset.take(2), epochs, folder, banana_held_out, banana_train_step)


# %% step-19 | right weekly | plain layers, the epochs typed in
dcgan = training.GAN(dcgan_generator, dcgan_discriminator, *adam_pair(), seed=1)
dcgan_history = train_bananas(dcgan, banana_dataset, 500, Path("output") / "banana-dcgan")


# %% step-19 | wrong weekly | no training, a history made up | .*banana-dcgan has no previews
dcgan = training.GAN(dcgan_generator, dcgan_discriminator, *adam_pair())
dcgan_history = {"gen_loss": [0.7] * 500, "disc_loss": [1.4] * 500}


# %% step-19 | wrong weekly | the networks of the vanilla GAN | the dcgan GAN should be made of the dcgan networks
dcgan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
dcgan_history = train_bananas(dcgan, banana_dataset, 1, output_path / "banana-dcgan")


# %% step-19 | wrong weekly | one epoch | the dcgan GAN should have trained for 3 epochs
dcgan = training.GAN(dcgan_generator, dcgan_discriminator, *adam_pair())
dcgan_history = train_bananas(dcgan, banana_dataset, 1, output_path / "banana-dcgan")


# %% step-20 | right weekly | a list for the optimisers
generator_rate, discriminator_rate = adam_pair()
vanilla_gan = training.GAN(
    vanilla_generator, vanilla_discriminator, gen_optimizer=generator_rate, disc_optimizer=discriminator_rate
)
vanilla_history = train_bananas(vanilla_gan, banana_dataset, epochs=banana_epochs, folder=Path("output/banana-vanilla"))


# %% step-20 | wrong weekly | the DCGAN's history again | vanilla_history is not the log of the training
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
train_bananas(vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-vanilla")
vanilla_history = dcgan_history


# %% step-20 | wrong weekly | another GAN than the one that was trained | this vanilla GAN has not trained
trained = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(trained, banana_dataset, banana_epochs, output_path / "banana-vanilla")
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())


# %% step-20 | wrong weekly | the DCGAN once more | the vanilla GAN should be made of the vanilla networks
vanilla_gan = dcgan
vanilla_history = train_bananas(dcgan, banana_dataset, banana_epochs, output_path / "banana-vanilla")


# %% step-20 | wrong weekly | previews in the DCGAN's folder | has no previews|is not the log of the training in
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-dcgan")


# %% step-20 | wrong weekly | the DCGAN's judge of paintings, too | the two GANs share a network or an optimiser
vanilla_gan = training.GAN(vanilla_generator, vanilla_discriminator, *adam_pair())
vanilla_history = train_bananas(vanilla_gan, banana_dataset, banana_epochs, output_path / "banana-vanilla")
vanilla_gan.discriminator = dcgan.discriminator
