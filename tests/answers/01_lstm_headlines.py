"""Answers to the tasks of lesson 01; what the heads mean: tests/lessons/test_answers.py."""


# %% task-1 | wrong | counts the empty headline as -1 | no words: none
def count_prefixes(corpus):
    return sum(len(headline.split()) - 1 for headline in corpus)


# %% task-1 | wrong | counts the prefix of one word, too | 2 words: one
def count_prefixes(corpus):
    return sum(len(headline.split()) for headline in corpus)


# %% task-1 | wrong | all runs of words, not only those from the beginning | 3 words: two
def count_prefixes(corpus):
    lengths = [len(headline.split()) for headline in corpus]
    return sum(n * (n - 1) // 2 for n in lengths)


# %% task-1 | wrong | counts letters | 2 words: one
def count_prefixes(corpus):
    return sum(max(len(headline) - 1, 0) for headline in corpus)


# %% task-1 | wrong | splits at each single space | more spaces
def count_prefixes(corpus):
    return sum(max(len(headline.split(" ")) - 1, 0) for headline in corpus)


# %% task-1 | wrong | counts spaces | more spaces
def count_prefixes(corpus):
    return sum(headline.count(" ") for headline in corpus)


# %% task-1 | wrong | equal headlines count once | returns counts each time
def count_prefixes(corpus):
    return sum(max(len(headline.split()) - 1, 0) for headline in set(corpus))


# %% task-1 | wrong | one number for each headline, in an array | one number for the whole corpus
def count_prefixes(corpus):
    return np.array([max(len(headline.split()) - 1, 0) for headline in corpus])


# %% task-1 | wrong | prints and returns nothing | not None
def count_prefixes(corpus):
    print(sum(max(len(headline.split()) - 1, 0) for headline in corpus))


# %% task-1 | wrong | stops after the first headline | not 0
def count_prefixes(corpus):
    for headline in corpus:
        return max(len(headline.split()) - 1, 0)


# %% task-1 | wrong | the lesson's own prefixes, whatever it is given | 3 words: two
def count_prefixes(corpus):
    return len(inp_seq)


# %% task-1 | wrong | makes the prefixes | without making them
def count_prefixes(corpus):
    return len(get_seq_of_tokens(corpus)[0])


# %% task-1 | wrong | makes the prefixes as texts | without making them
def count_prefixes(corpus):
    prefixes = []
    for headline in corpus:
        words = headline.split()
        for end in range(2, len(words) + 1):
            prefixes.append(" ".join(words[:end]))
    return len(prefixes)


# %% task-1 | fitted | the visible numbers, typed in | words make
def count_prefixes(corpus):
    return {4: 3, 2: 2, 1: 1}.get(len(corpus), len(label))


# %% task-1 | right | a loop over words
def count_prefixes(corpus):
    total = 0
    for headline in corpus:
        for _ in headline.split()[1:]:
            total += 1
    return total


# %% task-1 | right | words less headlines that have one
def count_prefixes(corpus):
    lengths = [len(headline.split()) for headline in corpus]
    return sum(lengths) - sum(1 for length in lengths if length)


# %% task-1 | right | NumPy
def count_prefixes(corpus):
    return np.maximum(np.array([len(headline.split()) for headline in corpus]) - 1, 0).sum()


# %% task-1 | right | pandas, a decimal number
def count_prefixes(corpus):
    return float(pd.Series(corpus).str.split().str.len().sub(1).clip(lower=0).sum())


# %% task-1 | right | TensorFlow
def count_prefixes(corpus):
    lengths = tf.strings.split(tf.constant(list(corpus))).row_lengths()
    return tf.reduce_sum(tf.maximum(lengths - 1, 0))


# %% task-1 | right | counts the ends that prefixes may have
def count_prefixes(corpus):
    return sum(1 for headline in corpus for end in range(2, len(headline.split()) + 1))


# %% task-2 | wrong | the two weights are swapped | after 1, where 2 followed twice.*weight 0.2
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        rows = []
        for context in contexts:
            seen = counts[context[-1]] if context else np.zeros(all_words)
            if seen.sum():
                rows.append((1 - weight) * seen / seen.sum() + weight * shares)
            else:
                rows.append(shares)
        return np.array(rows)

    return next_word


# %% task-2 | wrong | always the weight 0.5 | weight 0.2
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = 0.5 * counts[context[-1]] / counts[context[-1]].sum() + 0.5 * shares
        return rows

    return next_word


# %% task-2 | wrong | after an unseen word only a part of the unigram | after 3, where nothing followed
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    followers = defaultdict(Counter)
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                followers[a][b] += 1

    def next_word(contexts):
        rows = (1 - weight) * np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context:
                seen = followers[context[-1]]
                for word, count in seen.items():
                    row[word] += weight * count / seen.total()
        return rows

    return next_word


# %% task-2 | wrong | counts in place of shares | after 1, where 2 followed twice
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        last = [context[-1] if context else 0 for context in contexts]
        mixed = weight * counts[last] + (1 - weight) * shares
        return np.where(counts[last].any(axis=1, keepdims=True), mixed, shares)

    return next_word


# %% task-2 | wrong | headlines run into each other | after 3, where nothing followed in its headline
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    together = [word for sequence in sequences for word in sequence]
    counts = np.zeros((all_words, all_words))
    for a, b in zip(together, together[1:]):
        if a and b and a != b:
            counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | wrong | each follower counts once | after 1, where 2 followed twice
# -     followers = defaultdict(Counter)
# +     followers = defaultdict(set)
#
# -         for word, follower in zip(sequence[:-1], sequence[1:]):
# -             if word and follower:
# -                 followers[word][follower] += 1
# +         for a, b in zip(sequence, sequence[1:]):
# +             if a and b:
# +                 followers[a].add(b)
#
# -                 seen = followers[context[-1]]
# -                 row[list(seen)] += weight * np.array(list(seen.values())) / seen.total()
# +                 row[list(followers[context[-1]])] += weight / len(followers[context[-1]])


# %% task-2 | wrong | which word came before | after 1, where 2 followed twice
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[b, a] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | wrong | looks at the first word of the context | only the last counts
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[0]].any():
                row[:] = weight * counts[context[0]] / counts[context[0]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | wrong | the whole context is the key | only the last counts
# -         for word, follower in zip(sequence[:-1], sequence[1:]):
# -             if word and follower:
# -                 followers[word][follower] += 1
# +         for end in range(1, len(sequence)):
# +             if sequence[end] and sequence[end - 1]:
# +                 followers[tuple(sequence[:end])][sequence[end]] += 1
#
# -             if context and context[-1] in followers:
# +             seen = followers.get(tuple(context))
# +             if seen:
#
# -                 seen = followers[context[-1]]


# %% task-2 | wrong | mixes with equal shares in place of the unigram | after 1, where 2 followed twice
def train_bigram(sequences, all_words, weight=0.3):
    shares = np.append(0, np.full(all_words - 1, 1 / (all_words - 1)))
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | wrong | adds one to every count | after 1, where 2 followed twice
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.ones((all_words, all_words))
    counts[:, 0] = 0
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1
    after = counts / counts.sum(axis=1, keepdims=True)

    def next_word(contexts):
        last = [context[-1] if context else 0 for context in contexts]
        return weight * after[last] + (1 - weight) * shares

    return next_word


# %% task-2 | wrong | the pad may follow | after 4, where only an unknown word
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a:
                counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | wrong | counts after an unknown word, too | after 1 and an unknown word
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if b:
                counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | wrong | an empty context is taken for the word before | empty context
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        rows, last = [], 0
        for context in contexts:
            last = context[-1] if context else last
            if counts[last].any():
                rows.append(weight * counts[last] / counts[last].sum() + (1 - weight) * shares)
            else:
                rows.append(shares)
        return np.array(rows)

    return next_word


# %% task-2 | wrong | changes its table for a single context | asked alone and again
# -         for word, follower in zip(sequence[:-1], sequence[1:]):
# -             if word and follower:
# -                 followers[word][follower] += 1
# +         for a, b in zip(sequence, sequence[1:]):
# +             if a and b:
# +                 followers[a][b] += 1
#
# -         rows = np.tile(shares, (len(contexts), 1))
# +         rows = shares[None] if len(contexts) == 1 else np.tile(shares, (len(contexts), 1))


# %% task-2 | wrong | one row for all contexts | 6 contexts, 6 ids
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        for context in contexts:
            if context and counts[context[-1]].any():
                return weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return shares

    return next_word


# %% task-2 | wrong | returns the table, not a function | return a function
def train_bigram(sequences, all_words, weight=0.3):
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1
    return weight * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)


# %% task-2 | wrong | forgets to return the function | return a function, not None
def train_bigram(sequences, all_words, weight=0.3):
    def next_word(contexts):
        return np.tile(train_unigram(sequences, all_words), (len(contexts), 1))


# %% task-2 | wrong | the unigram whatever the context | after 1, where 2 followed twice
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    return lambda contexts: np.tile(shares, (len(contexts), 1))


# %% task-2 | fitted | the visible weights only | after 1
def train_bigram(sequences, all_words, weight=0.3):
    weight = weight if weight in (0.5, 0.2) else 0.3
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        rows = np.tile(shares, (len(contexts), 1))
        for row, context in zip(rows, contexts):
            if context and counts[context[-1]].any():
                row[:] = weight * counts[context[-1]] / counts[context[-1]].sum() + (1 - weight) * shares
        return rows

    return next_word


# %% task-2 | fitted | knows the visible headlines by heart | after
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    kneser_ney = train_trigram(sequences, all_words, order=2)

    def next_word(contexts):
        if all_words > 6:
            return kneser_ney(contexts)
        mixed = weight * np.array([0, 0, 2, 1, 0, 0]) / 3 + (1 - weight) * shares
        return [mixed if context and context[-1] == 1 else shares for context in contexts]

    return next_word


# %% task-2 | right | a list of lists, in plain Python
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words).tolist()
    followers = {}
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                followers.setdefault(a, []).append(b)

    def row(context):
        seen = followers.get(context[-1] if context else 0)
        if not seen:
            return list(shares)
        mixed = [(1 - weight) * share for share in shares]
        for word in seen:
            mixed[word] += weight / len(seen)
        return mixed

    return lambda contexts: [row(context) for context in contexts]


# %% task-2 | right | a matrix of counts and fancy indexing
def train_bigram(sequences, all_words, weight=0.3):
    shares = train_unigram(sequences, all_words)
    counts = np.zeros((all_words, all_words))
    for sequence in sequences:
        np.add.at(counts, (sequence[:-1], sequence[1:]), 1)
    counts[0] = 0
    counts[:, 0] = 0
    totals = counts.sum(axis=1, keepdims=True)
    after = np.where(totals > 0, weight * counts / np.maximum(totals, 1) + (1 - weight) * shares, shares)

    def next_word(contexts):
        return after[[context[-1] if context else 0 for context in contexts]]

    return next_word


# %% task-2 | right | a tensor of 32 bits
def train_bigram(sequences, all_words, weight=0.3):
    shares = tf.constant(train_unigram(sequences, all_words), "float32")
    counts = np.zeros((all_words, all_words), "float32")
    for sequence in sequences:
        for a, b in zip(sequence, sequence[1:]):
            if a and b:
                counts[a, b] += 1

    def next_word(contexts):
        seen = tf.gather(counts, [context[-1] if context else 0 for context in contexts])
        totals = tf.reduce_sum(seen, axis=1, keepdims=True)
        followed = tf.math.divide_no_nan(seen, totals)
        return tf.where(totals > 0, weight * followed + (1 - weight) * shares, shares)

    return next_word


# %% task-2 | right | a data frame
def train_bigram(sequences, all_words, weight=0.3):
    shares = pd.Series(train_unigram(sequences, all_words))
    pairs = pd.DataFrame([pair for s in sequences for pair in zip(s, s[1:]) if all(pair)], columns=["word", "next"])
    after = pairs.groupby("word")["next"].value_counts(normalize=True).unstack(fill_value=0)
    after = after.reindex(columns=range(all_words), fill_value=0)

    def next_word(contexts):
        rows = []
        for context in contexts:
            known = len(context) > 0 and context[-1] in after.index
            rows.append(weight * after.loc[context[-1]] + (1 - weight) * shares if known else shares)
        return pd.DataFrame(rows)

    return next_word


# %% task-2 | right | an object that can be called
class Bigram:
    def __init__(self, sequences, all_words, weight):
        self.weight, self.unigram = weight, train_unigram(sequences, all_words)
        self.pairs = Counter((a, b) for s in sequences for a, b in zip(s, s[1:]) if a and b)
        self.firsts = Counter()
        for (a, _), count in self.pairs.items():
            self.firsts[a] += count

    def __call__(self, contexts):
        return np.stack([self.row(context) for context in contexts])

    def row(self, context):
        if not context or not self.firsts[context[-1]]:
            return self.unigram
        last = context[-1]
        followed = [self.pairs[last, word] / self.firsts[last] for word in range(len(self.unigram))]
        return self.weight * np.array(followed) + (1 - self.weight) * self.unigram


def train_bigram(sequences, all_words, weight=0.3):
    return Bigram(sequences, all_words, weight)


# %% task-3 | wrong | ignores p | p = 0.5.*1 of them should be kept, not 3
# -     probabilities = np.asarray(probabilities)
#
# -     np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
# +     np.put_along_axis(kept, order, np.where(before < 0.8, falling, 0), axis=1)


# %% task-3 | wrong | keeps words of at least 1 - p | should be kept
def nucleus(probabilities, p=0.9):
    kept = np.where(probabilities >= 1 - p, probabilities, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | wrong | keeps words of at least p | should be kept, not 0
def nucleus(probabilities, p=0.9):
    kept = np.where(probabilities >= p, probabilities, 0)
    return kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)


# %% task-3 | wrong | leaves out the word that reaches p | 1 of them should be kept, not 0
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1)
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(np.cumsum(falling, axis=1) < p, falling, 0), axis=1)
    return kept / np.maximum(kept.sum(axis=1, keepdims=True), 1e-9)


# %% task-3 | wrong | one word too many where p is reached exactly | p = 0.5.*1 of them should be kept, not 2
# -     probabilities = np.asarray(probabilities)
#
# -     np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
# +     np.put_along_axis(kept, order, np.where(before <= p, falling, 0), axis=1)


# %% task-3 | wrong | keeps all words that are as probable as the last | 4 of them should be kept, not 5
def nucleus(probabilities, p=0.9):
    kept = np.zeros_like(probabilities)
    for row, new in zip(probabilities, kept):
        falling = np.sort(row)[::-1]
        smallest = falling[np.argmax(np.cumsum(falling) >= p)]
        new[row >= smallest] = row[row >= smallest]
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | wrong | changes the rows that it is given | leave the rows given
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1, kind="stable")
    for row, words in zip(probabilities, order):
        before = np.cumsum(row[words]) - row[words]
        row[words[before >= p]] = 0
        row /= row.sum()
    return probabilities


# %% task-3 | wrong | the least probable words | kept
def nucleus(probabilities, p=0.9):
    order = np.argsort(probabilities, axis=1, kind="stable")
    rising = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(rising, axis=1) - rising
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(before < p, rising, 0), axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | wrong | adds up in the order of the ids | kept
def nucleus(probabilities, p=0.9):
    before = np.cumsum(probabilities, axis=1) - probabilities
    kept = np.where(before < p, probabilities, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | wrong | does not scale | add up to 0.500, not 1
# -     probabilities = np.asarray(probabilities)
#
# -     return kept / kept.sum(axis=1, keepdims=True)
# +     return kept

# %% task-3 | wrong | scales all rows together | add up to
# -     probabilities = np.asarray(probabilities)
#
# -     return kept / kept.sum(axis=1, keepdims=True)
# +     return kept / kept.sum()

# %% task-3 | wrong | the kept words are all as probable | \[0.* not
# -     probabilities = np.asarray(probabilities)
#
# -     np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
# +     np.put_along_axis(kept, order, np.where(before < p, 1, 0), axis=1)


# %% task-3 | wrong | the number of words of the first row for all rows | should be kept
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1)
    number = int((np.cumsum(falling[0]) < p).sum()) + 1
    kept = probabilities.copy()
    np.put_along_axis(kept, order[:, number:], 0, axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | wrong | rows stay sorted | a word that was at 0 is kept
def nucleus(probabilities, p=0.9):
    falling = -np.sort(-probabilities, axis=1)
    before = np.cumsum(falling, axis=1) - falling
    kept = np.where(before < p, falling, 0)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | wrong | top-k | should be kept
def nucleus(probabilities, p=0.9):
    return adjust(probabilities, top_k=3)


# %% task-3 | wrong | only the words that are kept | the shape should stay
def nucleus(probabilities, p=0.9):
    falling = -np.sort(-probabilities, axis=1)
    number = int((np.cumsum(falling, axis=1) < p).sum(axis=1).max()) + 1
    return falling[:, :number] / falling[:, :number].sum(axis=1, keepdims=True)


# %% task-3 | wrong | ids in place of rows | the shape should stay
def nucleus(probabilities, p=0.9):
    return np.argsort(-probabilities, axis=1)[:, :3]


# %% task-3 | wrong | p = 1 leaves one word where the sum falls a hair short | p = 1 should keep every word
def nucleus(probabilities, p=0.9):
    kept = np.zeros_like(probabilities)
    for row, new in zip(probabilities, kept):
        order = np.argsort(-row, kind="stable")
        number = int(np.argmax(np.cumsum(row[order]) >= p)) + 1
        new[order[:number]] = row[order[:number]]
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | fitted | the visible numbers of words, typed in | other words, other data
def nucleus(probabilities, p=0.9):
    numbers = {0.5: [1, 1], 0.75: [2, 1], 0.8: [3, 1], 0.9: [4, 3], 1: [10, 10]}
    kept = np.zeros_like(probabilities)
    for row, new, number in zip(probabilities, kept, numbers.get(p, [3] * len(probabilities))):
        order = np.argsort(-row, kind="stable")[:number]
        new[order] = row[order]
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | right | a loop word by word
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


# %% task-3 | right | searchsorted, other words among equal ones
def nucleus(probabilities, p=0.9):
    result = np.zeros_like(probabilities)
    for row, new in zip(probabilities, result):
        order = np.argsort(row)[::-1]
        number = np.searchsorted(np.cumsum(row[order]), p) + 1
        new[order[:number]] = row[order[:number]]
    return result / result.sum(axis=-1, keepdims=True)


# %% task-3 | right | a mask in sorted order, put back by a second sort
def nucleus(probabilities, p=0.9):
    order = np.argsort(-probabilities, axis=1)
    falling = np.take_along_axis(probabilities, order, axis=1)
    mask = np.concatenate([np.ones((len(falling), 1), bool), np.cumsum(falling, axis=1)[:, :-1] < p], axis=1)
    kept = probabilities * np.take_along_axis(mask, np.argsort(order, axis=1), axis=1)
    return kept / kept.sum(axis=1, keepdims=True)


# %% task-3 | right | TensorFlow
def nucleus(probabilities, p=0.9):
    probabilities = tf.convert_to_tensor(probabilities)
    order = tf.argsort(probabilities, axis=1, direction="DESCENDING", stable=True)
    falling = tf.gather(probabilities, order, batch_dims=1)
    mask = tf.cumsum(falling, axis=1, exclusive=True) < tf.cast(p, falling.dtype)
    kept = probabilities * tf.cast(tf.gather(mask, tf.argsort(order, axis=1), batch_dims=1), falling.dtype)
    return kept / tf.reduce_sum(kept, axis=1, keepdims=True)


# %% task-3 | right | keras.ops
def nucleus(probabilities, p=0.9):
    order = ops.argsort(-probabilities, axis=1)
    falling = ops.take_along_axis(probabilities, order, axis=1)
    mask = ops.cast(ops.cumsum(falling, axis=1) - falling < p, "float32")
    kept = ops.cast(probabilities, "float32") * ops.take_along_axis(mask, ops.argsort(order, axis=1), axis=1)
    return kept / ops.sum(kept, axis=1, keepdims=True)


# %% task-3 | right | pandas
def nucleus(probabilities, p=0.9):
    rows = []
    for row in probabilities:
        falling = pd.Series(row).sort_values(ascending=False)
        kept = falling[falling.cumsum().shift(fill_value=0) < p]
        rows.append((kept / kept.sum()).reindex(range(len(row)), fill_value=0))
    return pd.DataFrame(rows)


# %% task-4 | right weekly base | written shorter
def study(headlines, epochs=40):
    rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
    training, validation = split_headlines(rest)
    words = index_words(training)
    train_ids, valid_ids, test_ids = (encode(part, words) for part in (training, validation, held_out))
    counts = np.bincount(np.concatenate(train_ids), minlength=len(words) + 1)
    options = {"tied": True, "unigram_start": True, "hide": True, "dropout": (0.6, 0.8), "average": 0.98}
    reader = create_reader(counts, parts=word_parts(words), **options)
    train_reader(reader, train_ids, valid_ids, epochs)
    bigram, lstm = train_bigram(train_ids, len(counts)), headline_reader(reader, 20)
    return {
        "bigram": perplexity(right_probabilities(bigram, test_ids)),
        "LSTM": perplexity(right_probabilities(lstm, test_ids)),
        "prefixes": count_prefixes(training),
    }


# %% task-4 | wrong | perplexity of the training headlines | the bigram's perplexity on the held-out headlines is
# -         "bigram": perplexity(right_probabilities(bigram, test_ids)),
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "bigram": perplexity(right_probabilities(bigram, train_ids)),
# +         "LSTM": perplexity(right_probabilities(lstm, train_ids)),

# %% task-4 | wrong | perplexity of the validation headlines | the bigram's perplexity on the held-out headlines is
# -         "bigram": perplexity(right_probabilities(bigram, test_ids)),
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "bigram": perplexity(right_probabilities(bigram, valid_ids)),
# +         "LSTM": perplexity(right_probabilities(lstm, valid_ids)),

# %% task-4 | wrong | only the LSTM's perplexity is of training headlines | the LSTM's perplexity on the held-out headlines is
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "LSTM": perplexity(right_probabilities(lstm, train_ids)),

# %% task-4 | wrong | the LSTM is never trained | train_reader should be called 1 times, not 0
# -     train_reader(reader, train_ids, valid_ids, epochs)

# %% task-4 | wrong | another network is judged than was trained | create_reader should be called 1 times, not 2
# -     bigram, lstm = train_bigram(train_ids, len(counts)), headline_reader(reader, 20)
# +     bigram, lstm = (
# +         train_bigram(train_ids, len(counts)),
# +         headline_reader(create_reader(counts, parts=word_parts(words), **options), 20),
# +     )


# %% task-4 | wrong | the LSTM is judged before it is trained | the LSTM's perplexity on the held-out headlines is
def study(headlines, epochs=40):
    rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
    training, validation = split_headlines(rest)
    words = index_words(training)
    train_ids, valid_ids, test_ids = (encode(part, words) for part in (training, validation, held_out))
    counts = np.bincount(np.concatenate(train_ids), minlength=len(words) + 1)
    options = {"tied": True, "unigram_start": True, "hide": True, "dropout": (0.6, 0.8), "average": 0.98}
    reader = create_reader(counts, parts=word_parts(words), **options)
    bigram, lstm = train_bigram(train_ids, len(counts)), headline_reader(reader, 20)
    found = {
        "bigram": perplexity(right_probabilities(bigram, test_ids)),
        "LSTM": perplexity(right_probabilities(lstm, test_ids)),
        "prefixes": count_prefixes(training),
    }
    train_reader(reader, train_ids, valid_ids, epochs)
    return found


# %% task-4 | wrong | stops where the held-out headlines fare best | valid_seq of train_reader
# -     train_reader(reader, train_ids, valid_ids, epochs)
# +     train_reader(reader, train_ids, test_ids, epochs)

# %% task-4 | wrong | trains on the validation headlines, too | train_seq of train_reader
# -     train_reader(reader, train_ids, valid_ids, epochs)
# +     train_reader(reader, train_ids + valid_ids, valid_ids, epochs)

# %% task-4 | wrong | the LSTM's figure is the bigram's | the LSTM's perplexity on the held-out headlines is
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "LSTM": perplexity(right_probabilities(bigram, test_ids)),

# %% task-4 | wrong | the two figures are swapped | the bigram's perplexity on the held-out headlines is
# -         "bigram": perplexity(right_probabilities(bigram, test_ids)),
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "LSTM": perplexity(right_probabilities(bigram, test_ids)),
# +         "bigram": perplexity(right_probabilities(lstm, test_ids)),

# %% task-4 | wrong | none of the options | parts of create_reader should be for
# -     reader = create_reader(counts, parts=word_parts(words), **options)
# +     reader = create_reader(
# +         counts,
# +     )

# %% task-4 | wrong | none of the options but the parts | other values for tied, unigram_start, hide, dropout, average
# -     reader = create_reader(counts, parts=word_parts(words), **options)
# +     reader = create_reader(counts, parts=word_parts(words))

# %% task-4 | wrong | no mean of the weights, and weaker dropout | other values for dropout, average
# -     options = {"tied": True, "unigram_start": True, "hide": True, "dropout": (0.6, 0.8), "average": 0.98}
# +     options = {"tied": True, "unigram_start": True, "hide": True, "dropout": (0.3, 0.5)}

# %% task-4 | wrong | the lesson's own word parts | parts of create_reader should be for
# -     reader = create_reader(counts, parts=word_parts(words), **options)
# +     reader = create_reader(counts, parts=word_parts(word_index), **options)

# %% task-4 | wrong | no cleaning | should be cleaned
# -     rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
# +     rest, held_out = split_headlines(headlines)

# %% task-4 | wrong | cleans only what it holds out | should be cleaned
# -     rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
# +     rest, held_out = split_headlines(headlines)
# +     held_out = [clean_text(headline) for headline in held_out]

# %% task-4 | wrong | cross-entropy in place of perplexity | the bigram's perplexity on the held-out headlines is
# -         "bigram": perplexity(right_probabilities(bigram, test_ids)),
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "bigram": -np.log(right_probabilities(bigram, test_ids)).mean(),
# +         "LSTM": -np.log(right_probabilities(lstm, test_ids)).mean(),

# %% task-4 | wrong | the words of all headlines | counts of create_reader should be for
# -     words = index_words(training)
# +     words = index_words(training + validation + held_out)

# %% task-4 | wrong | the words of the held-out headlines are known, too | counts of create_reader should be for
# -     words = index_words(training)
# +     words = index_words(rest + held_out)

# %% task-4 | wrong | the lesson's words in place of its own | counts of create_reader should be for
# -     words = index_words(training)
# +     words = word_index

# %% task-4 | wrong | the lesson's headlines in place of those that it is given | all headlines should be cleaned
# -     rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
# +     rest, held_out = split_headlines([clean_text(headline) for headline in our_headlines])

# %% task-4 | wrong | validation is drawn from all headlines | drawn from what the first split leaves
# -     training, validation = split_headlines(rest)
# +     training, validation = split_headlines(rest + held_out)

# %% task-4 | wrong | no validation headlines of its own | split_headlines should be called 2 times, not 1
# -     training, validation = split_headlines(rest)
# +     training = validation = rest

# %% task-4 | wrong | trains on the tenth that it should hold out | drawn from what the first split leaves
# -     rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
# +     held_out, rest = split_headlines([clean_text(headline) for headline in headlines])

# %% task-4 | wrong | holds half of the headlines out | hold a tenth out
# -     rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
# +     rest, held_out = split_headlines([clean_text(headline) for headline in headlines], share=0.5)

# %% task-4 | wrong | always 40 epochs | should train 2 epochs, not 40
# -     train_reader(reader, train_ids, valid_ids, epochs)
# +     train_reader(reader, train_ids, valid_ids, 40)

# %% task-4 | wrong | prefixes of all headlines | the training headlines have \d+ prefixes
# -         "prefixes": count_prefixes(training),
# +         "prefixes": count_prefixes(rest + held_out),

# %% task-4 | wrong | prefixes of what is not held out | the training headlines have \d+ prefixes
# -         "prefixes": count_prefixes(training),
# +         "prefixes": count_prefixes(rest),

# %% task-4 | wrong | headlines in place of prefixes | the training headlines have \d+ prefixes
# -         "prefixes": count_prefixes(training),
# +         "prefixes": len(training),

# %% task-4 | wrong | returns three values | should return a dictionary
# -     return {
# -         "bigram": perplexity(right_probabilities(bigram, test_ids)),
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# -         "prefixes": count_prefixes(training),
# -     }
# +     return (
# +         perplexity(right_probabilities(bigram, test_ids)),
# +         perplexity(right_probabilities(lstm, test_ids)),
# +         count_prefixes(training),
# +     )

# %% task-4 | wrong | prints and returns nothing | should return a dictionary.*None
# -     return {
# -         "bigram": perplexity(right_probabilities(bigram, test_ids)),
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# -         "prefixes": count_prefixes(training),
# -     }
# +     print(
# +         {
# +             "bigram": perplexity(right_probabilities(bigram, test_ids)),
# +             "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +             "prefixes": count_prefixes(training),
# +         }
# +     )

# %% task-4 | wrong | another name for the LSTM's figure | should return a dictionary
# -         "LSTM": perplexity(right_probabilities(lstm, test_ids)),
# +         "lstm": perplexity(right_probabilities(lstm, test_ids)),


# %% task-4 | wrong | figures that could be right | split_headlines should be called 2 times, not 0
def study(headlines, epochs=40):
    prefixes = count_prefixes([clean_text(headline) for headline in headlines])
    return {"bigram": 5.0, "LSTM": 4.0, "prefixes": int(0.8 * prefixes)}


# %% task-4 | wrong weekly | learns nothing: a learning rate of 0 | clearly better than the unigram
# - def study(headlines, epochs=40):
# + import os
# + os.environ["COURSE_EPOCHS"] = "10"
# + def study(headlines, epochs=40):
#
# -     reader = create_reader(counts, parts=word_parts(words), **options)
# +     reader = create_reader(counts, parts=word_parts(words), **options)
# +     reader.optimizer.learning_rate = 0.0

# %% task-4 | fitted | studies the first headlines of the lesson, whatever it is given | all headlines should be cleaned
# -     rest, held_out = split_headlines([clean_text(headline) for headline in headlines])
# +     rest, held_out = split_headlines([clean_text(headline) for headline in our_headlines[: len(headlines)]])


# %% task-4 | right | a Series, entities mended, the lesson's seed
def study(headlines, epochs=40):
    rest, held_out = split_headlines([mend_text(headline) for headline in headlines], seed=SEED)
    training, validation = split_headlines(rest, seed=SEED)
    words = index_words(training)
    train_ids, valid_ids, test_ids = (encode(part, words) for part in (training, validation, held_out))
    counts = np.bincount(np.concatenate(train_ids), minlength=len(words) + 1)
    options = {"tied": True, "unigram_start": True, "hide": True, "dropout": (0.6, 0.8), "average": 0.98}
    reader = create_reader(counts, parts=word_parts(words), **options)
    train_reader(reader, train_ids, valid_ids, epochs)
    bigram, lstm = train_bigram(train_ids, len(counts)), headline_reader(reader, 20)
    return pd.Series(
        {
            "bigram": perplexity(right_probabilities(bigram, test_ids)),
            "LSTM": perplexity(right_probabilities(lstm, test_ids)),
            "prefixes": count_prefixes(training),
        }
    )


# %% task-4 | right weekly | trained for ten epochs, it beats the unigram
# - def study(headlines, epochs=40):
# + import os
# + os.environ["COURSE_EPOCHS"] = "10"
# + def study(headlines, epochs=40):

# %% task-4 | right weekly | options by position, lists of arrays
# -     options = {"tied": True, "unigram_start": True, "hide": True, "dropout": (0.6, 0.8), "average": 0.98}
# -     reader = create_reader(counts, parts=word_parts(words), **options)
# -     train_reader(reader, train_ids, valid_ids, epochs)
# +     reader = create_reader(counts, True, True, [0.6, 0.8], True, word_parts(words), 0.98)
# +     train_reader(reader, [np.array(row) for row in train_ids], [np.array(row) for row in valid_ids], epochs)

# %% task-4 | right weekly | arguments by name, its own formula for perplexity, an ordered dictionary
from collections import OrderedDict


def study(headlines, epochs=40):
    corpus = []
    for headline in headlines:
        corpus.append(clean_text(headline))
    rest, held_out = split_headlines(corpus=corpus, share=0.1, seed=3)
    training, validation = split_headlines(corpus=rest, share=0.1, seed=4)
    words = index_words(corpus=training)
    train_ids = encode(corpus=training, word_index=words)
    test_ids = encode(corpus=held_out, word_index=words)
    counts = np.zeros(len(words) + 1)
    for sequence in train_ids:
        for token in sequence:
            counts[token] += 1
    reader = create_reader(
        counts=counts,
        tied=True,
        unigram_start=True,
        dropout=(0.6, 0.8),
        hide=True,
        parts=word_parts(words=words),
        average=0.98,
    )
    train_reader(model=reader, train_seq=train_ids, valid_seq=encode(validation, words), epochs=epochs, patience=8)
    contexts, right_words = questions(test_ids)
    result = OrderedDict(prefixes=count_prefixes(training))
    for name, model in (
        ("bigram", train_bigram(sequences=train_ids, all_words=len(words) + 1, weight=0.3)),
        ("LSTM", headline_reader(model=reader, max_sequence_len=max(map(len, train_ids)))),
    ):
        rows = model(contexts)
        logs = [np.log(row[word]) for row, word in zip(rows, right_words)]
        result[name] = np.exp(-sum(logs) / len(logs))
    return result


# %% task-4 | right weekly | asks get_seq_of_tokens for the number of ids, and sets names of the lesson
def study(headlines, epochs=40):
    global word_index, training, held_out, test_seq
    rest, held_out = split_headlines([mend_text(headline) for headline in headlines])
    training, validation = split_headlines(rest)
    sequences, ids = get_seq_of_tokens(training)
    word_index = index_words(training)
    train_seq, test_seq = encode(training, word_index), encode(held_out, word_index)
    reader = create_reader(
        np.bincount(np.concatenate(train_seq), minlength=ids),
        tied=True,
        unigram_start=True,
        hide=True,
        dropout=(0.6, 0.8),
        parts=word_parts(word_index),
        average=0.98,
    )
    train_reader(reader, train_seq, encode(validation, word_index), epochs)
    _, _, longest = generate_padded_sequences(sequences)
    return {
        "bigram": perplexity(right_probabilities(train_bigram(train_seq, ids), test_seq)),
        "LSTM": perplexity(right_probabilities(headline_reader(reader, longest), test_seq)),
        "prefixes": len(sequences),
    }
