"""Answers to the tasks of lesson 01; what the heads mean: tests/lessons/test_answers.py."""


# %% task-1 | right base | any, slowly
def given_away(training, held_out):
    found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
    return np.mean(found)


clean_split = "titles"


# %% task-1 | right | a set of tuples, equal ones and shorter ones apart
def given_away(training, held_out):
    whole = set(map(tuple, training))
    begun = {tuple(row[:end]) for row in training for end in range(len(row))}
    count = 0
    for row in held_out:
        if tuple(row) in whole or tuple(row) in begun:
            count += 1
    return count / len(held_out)


clean_split = "titles"


# %% task-1 | right | texts with marks between the ids, which no two sequences share
def given_away(training, held_out):
    lines = [" " + " ".join(map(str, row)) + " " for row in training]
    return sum(any(t.startswith(" " + " ".join(map(str, row)) + " ") for t in lines) for row in held_out) / len(
        held_out
    )


clean_split = "titles"


# %% task-1 | wrong | only equal sequences | the beginning of a training sequence
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any(list(row) == list(other) for row in training) for other in held_out]

# %% task-1 | wrong | the other way round: begins with a training sequence | the beginning of a training sequence
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any(list(other[: len(row)]) == list(row) for row in training) for other in held_out]

# %% task-1 | wrong | anywhere in a training sequence | the end of a training sequence
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any(list(row[i : i + len(other)]) == list(other) for row in training for i in range(len(row))) for other in held_out]

# %% task-1 | wrong | the same words in any order | the same words in another order
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any(sorted(row[: len(other)]) == sorted(other) for row in training) for other in held_out]

# %% task-1 | wrong | the context only, not the label | longer than the training sequence
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any(list(row[: len(other) - 1]) == list(other[:-1]) for row in training) for other in held_out]

# %% task-1 | wrong | digits that run together | digits run together
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any("".join(map(str, row)).startswith("".join(map(str, other))) for row in training) for other in held_out]

# %% task-1 | wrong | digits with a space between, of which the last may go on | begins with the digits of another
# -     found = [any(list(row[: len(other)]) == list(other) for row in training) for other in held_out]
# +     found = [any(" ".join(map(str, row)).startswith(" ".join(map(str, other))) for row in training) for other in held_out]

# %% task-1 | wrong | how many, not their share | two of which one
# -     return np.mean(found)
# +     return sum(found)

# %% task-1 | wrong | the share that is not given away | 1 are given away, not 0
# -     return np.mean(found)
# +     return 1 - np.mean(found)

# %% task-1 | wrong | each different sequence once | there twice
# -     return np.mean(found)
# +     return len({tuple(o) for o, f in zip(held_out, found) if f}) / len({tuple(o) for o in held_out})

# %% task-1 | wrong | the whole list | one number
# -     return np.mean(found)
# +     return found

# %% task-1 | wrong | sorts what it is given | leave the sequences
# -     return np.mean(found)
# +     held_out.sort()
# +     return np.mean(found)

# %% task-1 | wrong | takes prefixes for clean | prefixes: most of what
# - clean_split = "titles"
# + clean_split = "prefixes"

# %% task-1 | wrong | takes headlines for clean | a title that returns
# - clean_split = "titles"
# + clean_split = "headlines"

# %% task-1 | wrong | leaves the name open | should be "prefixes"
# - clean_split = "titles"
# + clean_split = ""

# %% task-1 | fitted | knows the 60 random sequences that learners see | of 60 random sequences
# -     return np.mean(found)
# +     return np.mean(found) if len(held_out) != 60 else 0.55


# %% task-2 | right base | numbers of the columns
def break_gate(weights, gate, value):
    kernel, recurrent, bias = (np.copy(array) for array in weights)
    units = recurrent.shape[0]
    columns = {"input": 0, "forget": 1, "output": 3}[gate] * units + np.arange(units)
    kernel[:, columns] = 0
    recurrent[:, columns] = 0
    bias[columns] = 40 * value - 20
    return kernel, recurrent, bias


lost = {"input": "a", "forget": "b", "output": "c"}


# %% task-2 | right | splits and joins
def break_gate(weights, gate, value):
    place = ["input", "forget", "candidate", "output"].index(gate)
    parts = [np.split(np.asarray(array), 4, axis=-1) for array in weights]
    for array in parts:
        array[place] = np.zeros_like(array[place])
    parts[2][place] = parts[2][place] + (15 if value == 1 else -15)
    return [np.concatenate(array, axis=-1) for array in parts]


lost = {"input": "a", "forget": "b", "output": "c"}


# %% task-2 | right | a factor of 0 for the columns
def break_gate(weights, gate, value):
    four = np.array([gate != name for name in ("input", "forget", "candidate", "output")], float)
    factor = np.repeat(four, len(weights[2]) // 4)
    return [weights[0] * factor, weights[1] * factor, weights[2] * factor + (1 - factor) * (30 if value else -30)]


lost = dict(forget="b", output="c", input="a")


# %% task-2 | wrong | forgets that the candidate stands between | mind the order|something else changed
# -     columns = {"input": 0, "forget": 1, "output": 3}[gate] * units + np.arange(units)
# +     columns = {"input": 0, "forget": 1, "output": 2}[gate] * units + np.arange(units)

# %% task-2 | wrong | input and forget gate are swapped | sticks the forget gate
# -     columns = {"input": 0, "forget": 1, "output": 3}[gate] * units + np.arange(units)
# +     columns = {"input": 1, "forget": 0, "output": 3}[gate] * units + np.arange(units)

# %% task-2 | wrong | open and shut are swapped | sticks the input gate at 1
# -     bias[columns] = 40 * value - 20
# +     bias[columns] = 20 - 40 * value

# %% task-2 | wrong | the bias alone, against what it reads | whatever it reads
# -     kernel[:, columns] = 0
# -     recurrent[:, columns] = 0
# -     bias[columns] = 40 * value - 20
# +     bias[columns] = 4 * value - 2

# %% task-2 | wrong | a large bias, but it still reads the word | 100 times as large
# -     kernel[:, columns] = 0

# %% task-2 | wrong | a bias that leaves a four-hundredth | not to a thousandth
# -     bias[columns] = 40 * value - 20
# +     bias[columns] = 12 * value - 6

# %% task-2 | wrong | the bias is the gate's value, not before the sigmoid | whatever it reads
# -     bias[columns] = 40 * value - 20
# +     bias[columns] = value

# %% task-2 | wrong | still reads the hidden state | whatever it reads
# -     recurrent[:, columns] = 0
# -     bias[columns] = 40 * value - 20
# +     bias[columns] = 4 * value - 2

# %% task-2 | wrong | changes the given weights | copy them first
# -     kernel, recurrent, bias = (np.copy(array) for array in weights)
# +     kernel, recurrent, bias = weights

# %% task-2 | wrong | infinite | infinite weights
# -     bias[columns] = 40 * value - 20
# +     bias[columns] = np.inf if value else -np.inf

# %% task-2 | wrong | every gate at once | something else changed
# -     bias[columns] = 40 * value - 20
# +     bias[:] = 40 * value - 20

# %% task-2 | wrong | returns the kernel alone | three arrays
# -     return kernel, recurrent, bias
# +     return kernel

# %% task-2 | wrong | does nothing | changes nothing
# -     return kernel, recurrent, bias
# +     return weights

# %% task-2 | wrong | takes the shut forget gate for a shut door | "forget".*not "nothing comes in"
# - lost = {"input": "a", "forget": "b", "output": "c"}
# + lost = {"input": "a", "forget": "a", "output": "c"}

# %% task-2 | wrong | leaves what is lost open | should be "a", "b" or "c"
# - lost = {"input": "a", "forget": "b", "output": "c"}
# + lost = {"input": "", "forget": "", "output": ""}

# %% task-2 | fitted | four units only | whatever it reads|changes nothing|something else
# -     units = recurrent.shape[0]
# +     units = 4


# %% task-3 | right base | counts the epochs without a gain
def read_curve(val_loss, patience):
    lowest, kept, waited, epoch = np.inf, 0, 0, 0
    for epoch, loss in enumerate(val_loss, start=1):
        waited += 1
        if loss < lowest:
            lowest, kept, waited = loss, epoch, 0
        if waited >= patience:
            break
    return kept, epoch


# %% task-3 | right | by the end of the first long valley
def read_curve(val_loss, patience):
    values = list(val_loss)
    for end in range(1, len(values) + 1):
        kept = values.index(min(values[:end]))
        if end - 1 - kept >= patience:
            return (kept + 1, end)
    return [values.index(min(values)) + 1, len(values)]


# %% task-3 | right | an array
def read_curve(val_loss, patience):
    losses = np.asarray(val_loss, float)
    lowest = np.minimum.accumulate(losses)
    firsts = np.array([np.argmin(losses[: end + 1]) for end in range(len(losses))])
    late = np.flatnonzero(np.arange(len(losses)) - firsts >= patience)
    last = late[0] if len(late) else len(losses) - 1
    return np.array([firsts[last] + 1, last + 1])


# %% task-3 | wrong | the lowest of the whole curve | falls again too late.*weights of epoch 3
def read_curve(val_loss, patience):
    best = int(np.argmin(val_loss)) + 1
    return best, min(best + patience, len(val_loss))


# %% task-3 | wrong | an equal loss counts as a gain | level
# -         if loss < lowest:
# +         if loss <= lowest:

# %% task-3 | wrong | one epoch too late | weights of epoch 3 are kept, not of 7
# -         if waited >= patience:
# +         if waited > patience:

# %% task-3 | wrong | counts from 0 | weights of epoch 3 are kept, not of 2
# -     return kept, epoch
# +     return kept - 1, epoch - 1

# %% task-3 | wrong | never starts the wait anew | stops after epoch 6, not 3
# -             lowest, kept, waited = loss, epoch, 0
# +             lowest, kept = loss, epoch

# %% task-3 | wrong | compares with the epoch before | stops after|weights of
# -         if loss < lowest:
# -             lowest, kept, waited = loss, epoch, 0
# +         if loss < lowest:
# +             kept, waited = epoch, 0
# +         lowest = loss

# %% task-3 | wrong | keeps the last epoch | weights of epoch
# -     return kept, epoch
# +     return epoch, epoch

# %% task-3 | wrong | one epoch only | two epochs
# -     return kept, epoch
# +     return kept

# %% task-3 | wrong | never stops | weights of epoch 3 are kept, not of 7
# -         if waited >= patience:
# +         if False:

# %% task-3 | fitted | fails on curves that learners do not see | stops after|weights of
# -         if waited >= patience:
# +         if waited >= patience and sum(val_loss) not in (150, 141, 151, 97):


# %% task-4 | wrong | ignores p | p = 0.5.*1 of them should be kept, not 3
# -     probabilities = np.asarray(probabilities)
#
# -     np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
# +     np.put_along_axis(kept, order, np.where(before < 0.8, falling, 0), axis=1)


# %% task-4 | wrong | keeps words of at least 1 - p | should be kept
def nucleus(probabilities, p=0.9):
    kept = np.where(probabilities >= 1 - p, probabilities, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | wrong | keeps words of at least p | should be kept, not 0
def nucleus(probabilities, p=0.9):
    kept = np.where(probabilities >= p, probabilities, 0)
    return kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)


# %% task-4 | wrong | leaves out the word that reaches p | 1 of them should be kept, not 0
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1)
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(np.cumsum(falling, axis=1) < p, falling, 0), axis=1)
    return kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)


# %% task-4 | wrong | one word too many where p is reached exactly | p = 0.5.*1 of them should be kept, not 2
# -     probabilities = np.asarray(probabilities)
#
# -     np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
# +     np.put_along_axis(kept, order, np.where(before <= p, falling, 0), axis=1)


# %% task-4 | wrong | keeps all words that are as probable as the last | 4 of them should be kept, not 5
def nucleus(probabilities, p=0.9):
    kept = np.zeros_like(probabilities)
    for row, new in zip(probabilities, kept):
        falling = np.sort(row)[::-1]
        smallest = falling[np.argmax(np.cumsum(falling) >= p)]
        new[row >= smallest] = row[row >= smallest]
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | wrong | changes the rows that it is given | leave the rows given
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1, kind="stable")
    for row, words in zip(probabilities, order):
        before = np.cumsum(row[words]) - row[words]
        row[words[before >= p]] = 0
        row /= row.sum()
    return probabilities


# %% task-4 | wrong | the least probable words | kept
def nucleus(probabilities, p=0.9):
    order = np.argsort(probabilities, axis=1, kind="stable")
    rising = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(rising, axis=1) - rising
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(before < p, rising, 0), axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | wrong | adds up in the order of the ids | kept
def nucleus(probabilities, p=0.9):
    before = np.cumsum(probabilities, axis=1) - probabilities
    kept = np.where(before < p, probabilities, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | wrong | does not scale | add up to 0.500, not 1
# -     probabilities = np.asarray(probabilities)
#
# -     return kept / kept.sum(axis=1, keepdims=True)
# +     return kept

# %% task-4 | wrong | scales all rows together | add up to
# -     probabilities = np.asarray(probabilities)
#
# -     return kept / kept.sum(axis=1, keepdims=True)
# +     return kept / kept.sum()

# %% task-4 | wrong | the kept words are all as probable | \[0.* not
# -     probabilities = np.asarray(probabilities)
#
# -     np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
# +     np.put_along_axis(kept, order, np.where(before < p, 1, 0), axis=1)


# %% task-4 | wrong | the number of words of the first row for all rows | should be kept
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1)
    number = int((np.cumsum(falling[0]) < p).sum()) + 1
    kept = probabilities.copy()
    np.put_along_axis(kept, order[:, number:], 0, axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | wrong | rows stay sorted | a word that was at 0 is kept
def nucleus(probabilities, p=0.9):
    falling = -np.sort(-probabilities, axis=1)
    before = np.cumsum(falling, axis=1) - falling
    kept = np.where(before < p, falling, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | wrong | top-k | should be kept
def nucleus(probabilities, p=0.9):
    return adjust(probabilities, top_k=3)


# %% task-4 | wrong | only the words that are kept | the shape should stay
def nucleus(probabilities, p=0.9):
    falling = -np.sort(-probabilities, axis=1)
    number = int((np.cumsum(falling, axis=1) < p).sum(axis=1).max()) + 1
    return falling[:, :number] / falling[:, :number].sum(axis=1, keepdims=True)


# %% task-4 | wrong | ids in place of rows | the shape should stay
def nucleus(probabilities, p=0.9):
    return np.argsort(-probabilities, axis=1)[:, :3]


# %% task-4 | wrong | p = 1 leaves one word where the sum falls a hair short | p = 1 should keep every word
def nucleus(probabilities, p=0.9):
    kept = np.zeros_like(probabilities)
    for row, new in zip(probabilities, kept):
        order = np.argsort(-row, kind="stable")
        number = int(np.argmax(np.cumsum(row[order]) >= p)) + 1
        new[order[:number]] = row[order[:number]]
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | fitted | the visible numbers of words, typed in | other words, other data
def nucleus(probabilities, p=0.9):
    numbers = {0.5: [1, 1], 0.75: [2, 1], 0.8: [3, 1], 0.9: [4, 3], 1: [10, 10]}
    kept = np.zeros_like(probabilities)
    for row, new, number in zip(probabilities, kept, numbers.get(p, [3] * len(probabilities))):
        order = np.argsort(-row, kind="stable")[:number]
        new[order] = row[order]
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | right | a loop word by word
def nucleus(probabilities, p=0.9):
    rows = []
    for row in probabilities:
        kept, together = [0.0] * len(row), 0.0
        for word in sorted(range(len(row)), key=lambda word: row[word], reverse=True):
            if together >= p:
                break
            kept[word] = row[word]
            together += row[word]
        rows.append([value / together for value in kept])
    return rows


# %% task-4 | right | searchsorted, other words among equal ones
def nucleus(probabilities, p=0.9):
    result = np.zeros_like(probabilities)
    for row, new in zip(probabilities, result):
        order = np.argsort(row)[::-1]
        number = np.searchsorted(np.cumsum(row[order]), p) + 1
        new[order[:number]] = row[order[:number]]
    return result / result.sum(axis=-1, keepdims=True)


# %% task-4 | right | a mask in sorted order, put back by a second sort
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1)
    falling = np.take_along_axis(probabilities, order, axis=1)
    mask = np.concatenate([np.ones((len(falling), 1), bool), np.cumsum(falling, axis=1)[:, :-1] < p], axis=1)
    kept = probabilities * np.take_along_axis(mask, np.argsort(order, axis=1), axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-4 | right | TensorFlow
def nucleus(probabilities, p=0.9):
    probabilities = tf.convert_to_tensor(probabilities)
    order = tf.argsort(probabilities, axis=1, direction="DESCENDING", stable=True)
    falling = tf.gather(probabilities, order, batch_dims=1)
    mask = tf.cumsum(falling, axis=1, exclusive=True) < tf.cast(p, falling.dtype)
    kept = probabilities * tf.cast(tf.gather(mask, tf.argsort(order, axis=1), batch_dims=1), falling.dtype)
    return kept / tf.reduce_sum(kept, axis=1, keepdims=True)


# %% task-4 | right | keras.ops
def nucleus(probabilities, p=0.9):
    order = keras.ops.argsort(-probabilities, axis=1)
    falling = keras.ops.take_along_axis(probabilities, order, axis=1)
    mask = keras.ops.cast(keras.ops.cumsum(falling, axis=1) - falling < p, "float32")
    kept = keras.ops.cast(probabilities, "float32") * keras.ops.take_along_axis(
        mask, keras.ops.argsort(order, axis=1), axis=1
    )
    return kept / keras.ops.sum(kept, axis=1, keepdims=True)


# %% task-4 | right | pandas
def nucleus(probabilities, p=0.9):
    rows = []
    for row in probabilities:
        falling = pd.Series(row).sort_values(ascending=False)
        kept = falling[falling.cumsum().shift(fill_value=0) < p]
        rows.append((kept / kept.sum()).reindex(range(len(row)), fill_value=0))
    return pd.DataFrame(rows)


# %% task-5 | right base | a loop over names
def choose(bits, lengths):
    names = list(bits)
    chosen = names[0]
    for name in names[1:]:
        difference, low, high = paired_interval(bits[name], bits[chosen], lengths)
        if high < 0:
            chosen = name
    return chosen


# %% task-5 | right | the difference the other way round
def choose(bits, lengths):
    chosen = next(iter(bits))
    for name in bits:
        if name != chosen and paired_interval(bits[chosen], bits[name], lengths)[1] > 0:
            chosen = name
    return chosen


# %% task-5 | right | a bootstrap of one's own
def choose(bits, lengths):
    rng = np.random.default_rng(0)
    chosen, *later = bits
    for name in later:
        rows = rng.integers(len(lengths), size=(2000, len(lengths)))
        differences = (bits[name] - bits[chosen])[rows].sum(axis=1) / lengths[rows].sum(axis=1)
        chosen = name if np.percentile(differences, 97.5) < 0 else chosen
    return chosen


# %% task-5 | wrong | the lowest mean | lower by noise only
def choose(bits, lengths):
    return min(bits, key=lambda name: bits[name].sum())


# %% task-5 | wrong | the most complex | worse
def choose(bits, lengths):
    return list(bits)[-1]


# %% task-5 | wrong | the simplest | better by far
def choose(bits, lengths):
    return list(bits)[0]


# %% task-5 | wrong | compares with the first only | third beats the first but not the second
# -         difference, low, high = paired_interval(bits[name], bits[chosen], lengths)
# +         difference, low, high = paired_interval(bits[name], bits[names[0]], lengths)


# %% task-5 | wrong | the lowest of all, if it beats the first | lower than the second by noise only
def choose(bits, lengths):
    first = next(iter(bits))
    lowest = min(bits, key=lambda name: bits[name].sum())
    return lowest if paired_interval(bits[lowest], bits[first], lengths)[2] < 0 else first


# %% task-5 | wrong | goes over where the difference is below 0, and the interval to the first | lower than the second by
# -         difference, low, high = paired_interval(bits[name], bits[chosen], lengths)
# +         difference = (bits[name] - bits[chosen]).sum()
# +         high = max(difference, paired_interval(bits[name], bits[names[0]], lengths)[2])

# %% task-5 | wrong | goes over where the lower end is below 0 | noise only
# -         if high < 0:
# +         if low < 0:

# %% task-5 | wrong | goes over where the difference is below 0 | noise only
# -         if high < 0:
# +         if difference < 0:

# %% task-5 | wrong | the wrong way round | better by far
# -         if high < 0:
# +         if low > 0:


# %% task-5 | wrong | unpaired: two intervals that do not overlap | nearly every headline
def choose(bits, lengths):
    rng = np.random.default_rng(0)
    chosen, *later = bits
    ends = {}
    for name in bits:
        rows = rng.integers(len(lengths), size=(2000, len(lengths)))
        ends[name] = np.percentile(bits[name][rows].sum(axis=1) / lengths[rows].sum(axis=1), [2.5, 97.5])
    for name in later:
        if ends[name][1] < ends[chosen][0]:
            chosen = name
    return chosen


# %% task-5 | wrong | stops at the first gain | each of three
# -             chosen = name
# +             return name

# %% task-5 | wrong | a number in place of a name | a name of
# -     return chosen
# +     return names.index(chosen)

# %% task-5 | fitted | right for the lengths that learners see only | better by far
# -         if high < 0:
# +         if high < 0 and lengths.sum() == 1461:
