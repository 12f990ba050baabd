"""Answers to the tasks of lesson 04; what the heads mean: tests/lessons/test_answers.py."""


# %% task-1 | right | with keras.ops, by the double angle
def cosine(t):
    return 0.5 + 0.5 * keras.ops.cos(0.999 * np.pi * t)


prediction = {
    "cosine, 10 steps, against the lesson's, 10 steps": "larger",
    "cosine, 200 steps, against cosine, 10 steps": "smaller",
    "ends early, 200 steps, against the lesson's, 10 steps": "larger",
}

# %% task-1 | wrong | the cosine without its square | that is the cosine, not its square
# -     return tf.cos(0.999 * t * np.pi / 2) ** 2
# +     return tf.cos(0.999 * t * np.pi / 2)

# %% task-1 | wrong | the share of noise | share of noise; the signal is wanted
# -     return tf.cos(0.999 * t * np.pi / 2) ** 2
# +     return tf.sin(0.999 * t * np.pi / 2) ** 2

# %% task-1 | wrong | a straight line | at t = 0.25 the signal should be
# -     return tf.cos(0.999 * t * np.pi / 2) ** 2
# +     return 1 - t

# %% task-1 | wrong | a number for all times | it should return as many
# -     return tf.cos(0.999 * t * np.pi / 2) ** 2
# +     return tf.reduce_mean(tf.cos(0.999 * t * np.pi / 2) ** 2)

# %% task-1 | wrong | nothing predicted | predict "smaller" or "larger", not ''
# - prediction = dict(zip(prediction, ["larger", "smaller", "larger"]))

# %% task-1 | wrong | one left out | predict each of the three cases
# - prediction = dict(zip(prediction, ["larger", "smaller", "larger"]))
# + prediction = dict(zip(list(prediction)[:2], ["larger", "smaller"]))

# %% task-1 | wrong | more steps make up for the missing noise | the lesson's, 10 steps: not smaller
# - prediction = dict(zip(prediction, ["larger", "smaller", "larger"]))
# + prediction = dict(zip(prediction, ["larger", "smaller", "smaller"]))

# %% task-1 | wrong | one answer for all | cosine, 10 steps: not larger
# - prediction = dict(zip(prediction, ["larger", "smaller", "larger"]))
# + prediction = dict.fromkeys(prediction, "larger")

# %% task-1 | fitted | right at the times that are seen, and straight in between | the signal should be
# -     return tf.cos(0.999 * t * np.pi / 2) ** 2
# +     seen = [0.0, 0.25, 0.5, 0.9, 1.0]
# +     return np.interp(t, seen, np.cos(0.999 * np.pi / 2 * np.array(seen)) ** 2)


# %% task-2 | right | NumPy, a loop over the places
def causal_attention(queries, keys, values):
    queries, keys, values = (np.asarray(array) for array in (queries, keys, values))
    mixed = np.zeros_like(values)
    for place in range(values.shape[1]):
        scores = np.einsum("nd,ntd->nt", queries[:, place], keys[:, : place + 1]) / np.sqrt(keys.shape[-1])
        weights = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
        mixed[:, place] = np.einsum("nt,ntd->nd", weights, values[:, : place + 1])
    return mixed


# %% task-2 | right | NumPy throughout
def causal_attention(queries, keys, values):
    scores = queries @ keys.transpose(0, 2, 1) / np.sqrt(keys.shape[-1])
    scores[:, np.tri(keys.shape[1]) == 0] = -1e9
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ values


# %% task-2 | right | the three lines for each of the batch
def causal_attention(queries, keys, values):
    mixed = []
    for q, k, v in zip(queries, keys, values):
        weights = np.exp(q @ k.T / np.sqrt(k.shape[1])) * np.tri(len(k))
        mixed.append(weights / weights.sum(axis=1, keepdims=True) @ v)
    return np.array(mixed)


# %% task-2 | right | keras.ops
def causal_attention(queries, keys, values):
    scores = keras.ops.einsum("nqd,nkd->nqk", queries, keys) / np.sqrt(keys.shape[-1])
    scores = keras.ops.where(np.tri(keys.shape[1]) == 1, scores, -np.inf)
    return keras.ops.softmax(scores) @ values


# %% task-2 | wrong | mixtures and weights, as in the lesson | return the mixtures only
# -     return tf.matmul(tf.nn.softmax(scores, axis=-1), values)
# +     return tf.matmul(tf.nn.softmax(scores, axis=-1), values), tf.nn.softmax(scores, axis=-1)

# %% task-2 | right | minus infinity above the diagonal, added
# -     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, -1e9)
# +     scores += np.triu(np.full((keys.shape[1],) * 2, -np.inf, "float32"), 1)

# %% task-2 | right | weights made 0 after the exponential
# -     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, -1e9)
# -     return tf.matmul(tf.nn.softmax(scores, axis=-1), values)
# +     weights = tf.exp(scores) * np.tri(keys.shape[1]).astype("float32")
# +     return tf.matmul(weights / tf.reduce_sum(weights, axis=-1, keepdims=True), values)

# %% task-2 | wrong | no mask | it looks ahead
# -     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, -1e9)

# %% task-2 | wrong | the mask the other way round | the first place sees itself only
# -     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, -1e9)
# +     scores = tf.where(np.tri(keys.shape[1]).T == 1, scores, -1e9)

# %% task-2 | wrong | not even itself | some mixtures are not finite|the first place sees itself only
# -     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, -1e9)
# +     scores = tf.where(np.tri(keys.shape[1], k=-1) == 1, scores, -np.inf)

# %% task-2 | wrong | not divided | not divided by the root
# -     scores = tf.matmul(queries, keys, transpose_b=True) / np.sqrt(keys.shape[-1])
# +     scores = tf.matmul(queries, keys, transpose_b=True)

# %% task-2 | wrong | divided by the size | divided by the size, not by its root
# -     scores = tf.matmul(queries, keys, transpose_b=True) / np.sqrt(keys.shape[-1])
# +     scores = tf.matmul(queries, keys, transpose_b=True) / keys.shape[-1]

# %% task-2 | wrong | each key's weights add up to 1 | mind the axis
# -     return tf.matmul(tf.nn.softmax(scores, axis=-1), values)
# +     return tf.matmul(tf.nn.softmax(scores, axis=1), values)

# %% task-2 | wrong | the weights, and no mixture | should have the shape
# -     return tf.matmul(tf.nn.softmax(scores, axis=-1), values)
# +     return tf.nn.softmax(scores, axis=-1)

# %% task-2 | wrong | zeros in place of minus infinity | the mixtures are others|the first place sees itself only
# -     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, -1e9)
# +     scores = tf.where(np.tri(keys.shape[1]) == 1, scores, 0.0)

# %% task-2 | fitted | for vectors of four numbers only | not divided|the mixtures are others
# -     scores = tf.matmul(queries, keys, transpose_b=True) / np.sqrt(keys.shape[-1])
# +     scores = tf.matmul(queries, keys, transpose_b=True) / 2

# %% task-3 | right | one after the other
claims = {"a": "shown"}
claims["b"] = claims["c"] = "refuted"
claims["d"], claims["e"] = "shown", "open"

# %% task-3 | wrong | what is probable taken for shown | e: not shown: nobody here has trained it
# - claims = {"a": "shown", "b": "refuted", "c": "refuted", "d": "shown", "e": "open"}
# + claims = {"a": "shown", "b": "refuted", "c": "refuted", "d": "shown", "e": "shown"}

# %% task-3 | wrong | the usual excuse | c: not shown: an LSTM in its place has fewer
# - claims = {"a": "shown", "b": "refuted", "c": "refuted", "d": "shown", "e": "open"}
# + claims = {"a": "shown", "b": "refuted", "c": "shown", "d": "shown", "e": "open"}

# %% task-3 | wrong | the whisper forgotten | b: not open: in the whisper
# - claims = {"a": "shown", "b": "refuted", "c": "refuted", "d": "shown", "e": "open"}
# + claims = {"a": "shown", "b": "open", "c": "refuted", "d": "shown", "e": "open"}

# %% task-3 | wrong | left empty | "shown", "refuted" or "open", not ''
# - claims = {"a": "shown", "b": "refuted", "c": "refuted", "d": "shown", "e": "open"}

# %% task-3 | wrong | one left out | say something of each
# - claims = {"a": "shown", "b": "refuted", "c": "refuted", "d": "shown", "e": "open"}
# + claims = {"a": "shown"}
