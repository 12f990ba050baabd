# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # 1. An LSTM that writes headlines
#
# **What you will make:** a network that continues the first words of a headline, and an honest
# answer to the question how good it is.
#
# **What you will learn**
#
# * how text becomes numbers: cleaning, tokenising, prefixes, padding;
# * to train an LSTM on it and to let it write;
# * to tell learning from learning by heart;
# * to compare language models fairly: on unread headlines, with an interval, beside rivals that had
#   the same chances;
# * what the memory of an LSTM is good for, and how little it brings to headlines.
#
# **What you need:** you have trained a classifier with Keras before.
#
# **How long it takes:** about <!--time 01_lstm_headlines-->3 minutes<!--end--> of computing on 2
# CPU cores; an hour of reading, and half an hour for the tasks.

# %% [markdown]
# ## Setup

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
import html
import string
from collections import Counter
from functools import partial

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers

import utils
from course import readers, text, text_checks, text_plots
from course.pretrained import load_text
from course.readers import TiedOutput, train_reader, unigram_shares
from course.text import adjust, network_step, paired_interval, train_ngram, write
from course.words import check_corpus, known_prefixes, split_words

SEED = 42

# %% [markdown]
# ## See it
#
# A network of the kind that you will build, trained beforehand: type first words of your own and
# run the cell again.

# %%
network, words = load_text("headlines")
calm = partial(adjust, temperature=0.6)
beginnings = ["The mayor", "Europe looks to", "A night train", "10 ways"]  # yours?
written = write(network_step(network), words, beginnings, np.random.default_rng(SEED), calm)
print("\n".join(written).title())

# %% [markdown]
# Half sense, half nonsense, and none of the four was ever printed. It learnt from *The Port Ombry
# Courier*, a newspaper that **does not exist**: its headlines were invented for this course, with
# all their people and places (`data/README.md`). So a name that you have never heard of need not be
# the network's mistake.
#
# ## What is a generative model?
#
# A **predictive** model learns to answer a question about a sample: which desk does this headline
# belong to? It needs answers to learn from. A **generative** model learns what the samples are
# like, well enough to make new ones. It needs samples only, so it learns *unsupervised*: the texts
# themselves say which word comes next.
#
# A **language model** does it word by word. From the words so far it computes a probability for
# every word to come next; one is chosen and appended, and the game starts again.

# %%
utils.show_figure("next_word")
utils.show_figure("word_order")

# %% [markdown]
# The second picture says what such a model must not do: a **bag of words** only counts them, and
# what is lost is their order. So we take networks that read in order.
#
# A **recurrent network** (RNN) has a **hidden state** $h$, what it remembers. With each word it
# mixes the word's vector $x_t$ into it, and squeezes the result to between -1 and 1:
# $h_t = \tanh(W x_t + U h_{t-1} + b)$.
#
# The **LSTM** (Hochreiter and Schmidhuber, *Long Short-Term Memory*, 1997; its forget gate: Gers
# and others, *Learning to Forget*, 2000) has a second memory, the **cell state** $c$. **Gates**,
# small layers with a sigmoid, give numbers between 0 (shut) and 1 (open), and say in four steps
# what happens to it ($z_t$ is the new word and the old hidden state, side by side):
#
# | step | what happens | formula |
# | --- | --- | --- |
# | forget | how much of the old memory to keep | $f_t = \sigma(W_f z_t + b_f)$ |
# | store | how much of a new candidate to let in | $i_t = \sigma(W_i z_t + b_i), \quad \tilde c_t = \tanh(W_c z_t + b_c)$ |
# | update | the old fades, the new comes in | $c_t = f_t \odot c_{t-1} + i_t \odot \tilde c_t$ |
# | output | how much of the memory to show | $o_t = \sigma(W_o z_t + b_o), \quad h_t = o_t \odot \tanh(c_t)$ |

# %%
utils.show_figure("rnn_unrolled")
utils.show_figure("lstm_cell")
utils.show_figure("lstm_steps")

# %% [markdown]
# # Exercise 11.01: generate headlines
#
# ## Load and clean
#
# One article a row; where the feed did not know a headline, it has the word `Unknown`, and that row
# is left out. Then `clean_text` makes `Home`, `home` and `home,` one word, as the chapter does it:
# no punctuation, lower case, ASCII only.


# %% tags=["library"]
def clean_text(txt):
    """A headline without punctuation, in lower case, ASCII only: as printed in the chapter."""
    txt = "".join(character for character in txt if character not in string.punctuation).lower()
    return txt.encode("ascii", "ignore").decode()


def mend_text(txt):
    """A headline as words in lower case, in any alphabet, with entities resolved."""
    return " ".join(split_words(html.unescape(txt)))


# %%
our_headlines = utils.load_headlines()
printed = [clean_text(headline) for headline in our_headlines]
corpus = [mend_text(headline) for headline in our_headlines]
print(f"{len(our_headlines)} headlines. The first: {our_headlines[0]}\ncleaned: {printed[0]}\n")
changed = [row for row in zip(our_headlines, printed, corpus) if row[1].split() != row[2].split()]
print(f"The chapter's cleaning spoils {len(changed)} headlines, such as")
check_corpus(corpus)
pd.DataFrame(changed[:4], columns=["headline", "the chapter's cleaning", "mended"])

# %% [markdown]
# > **Watch out: what the printed cleaning breaks.** `&apos;`, the web's way to write an apostrophe,
# > loses its signs and keeps its letters: *donapost*. A no-break space or a dash falls out and
# > joins two words. A headline in Russian loses everything. What the network reads it will write,
# > so from here on we use `mend_text`, which keeps the letters of every alphabet.
#
# Some projects go further and cut words to their stem, so that *vote*, *votes* and *voting* become
# one. That is **stemming**. It helps a search engine. Who is to write needs the endings.
#
# ## Tokenise
#
# Each word gets a number, its **token id**: 1 for the most frequent one, and so on; 0 is kept for
# padding. Then every headline is cut into its prefixes of two and more words. Each is one exercise:
# given all words but the last, what is the last?


# %% tags=["library"]
def index_words(corpus):
    """The token id of each word: a dictionary, the most frequent word first."""
    counts = Counter(word for headline in corpus for word in headline.split())
    return {word: index for index, (word, _) in enumerate(counts.most_common(), start=1)}


def get_seq_of_tokens(corpus):
    """Token ids of all prefixes of 2 or more words, and the number of ids (words and the pad 0)."""
    word_index = index_words(corpus)
    input_seq = []
    for headline in corpus:
        tokens = [word_index[word] for word in headline.split()]
        input_seq += [tokens[:end] for end in range(2, len(tokens) + 1)]
    return input_seq, len(word_index) + 1


# %%
utils.show_figure("ngram_prefixes")
inp_seq, all_words = get_seq_of_tokens(corpus)
word_index = index_words(corpus)
index_word = {index: word for word, index in word_index.items()}  # and back
print(f"{len(inp_seq):,} sequences, {all_words:,} ids: {all_words - 1:,} words and the pad")
texts = [" ".join(index_word[token] for token in sequence) for sequence in inp_seq[:8]]
pd.DataFrame({"ids": inp_seq[:8], "words": texts})

# %% [markdown]
# ## Pad
#
# A batch has to be a rectangle, so the short ones get zeros **in front**. The last column is what
# to predict, the **label**; the columns before it are the **predictors**.
#
# > **Watch out: labels as numbers.** The chapter turns each label into a row of zeros with a single
# > one, as long as the vocabulary. The *sparse* cross-entropy computes the same loss from the plain
# > id.


# %% tags=["library"]
def generate_padded_sequences(input_seq):
    """Predictors (n, longest - 1), labels (n,) and the length of the longest sequence."""
    max_sequence_len = max(len(sequence) for sequence in input_seq)
    padded = keras.utils.pad_sequences(input_seq, maxlen=max_sequence_len, padding="pre")
    return padded[:, :-1], padded[:, -1], max_sequence_len


# %%
predictors, label, max_sequence_len = generate_padded_sequences(inp_seq)
print(f"Predictors {predictors.shape}, labels {label.shape}")
for row in range(3):
    print(predictors[row], "->", label[row])

# %% [markdown]
# ## The model
#
# * **Embedding**: each id becomes a vector of 10 numbers, which are learnt.
# * **LSTM** with 100 units: reads the vectors in order; its last state sums up the words so far.
# * **Dropout**: sets a tenth of that state to zero during training, against learning by heart.
# * **Dense** with **softmax**: a probability for every id.


# %% tags=["library"]
def create_model(max_sequence_len, all_words):
    """Predictors (n, max_sequence_len - 1) in, next-word probabilities (n, all_words) out."""
    model = keras.Sequential(name="headlines")
    model.add(keras.Input((max_sequence_len - 1,)))
    model.add(layers.Embedding(all_words, 10))
    model.add(layers.LSTM(100))
    model.add(layers.Dropout(0.1))
    model.add(layers.Dense(all_words, activation="softmax"))
    model.compile(loss="sparse_categorical_crossentropy", optimizer="adam")
    return model


# %%
keras.utils.set_random_seed(SEED)  # Python, NumPy and TensorFlow at once
model = create_model(max_sequence_len, all_words)
model.summary()
table = {"the chapter's text": [831, 4806, 2422, 313_242]}
for name, texts in [("this text, cleaned as in the chapter", printed), ("this text", corpus)]:
    sequences, ids = get_seq_of_tokens(texts)
    weights = 10 * ids + 4 * 100 * (10 + 100 + 1) + 101 * ids  # embedding, LSTM, Dense
    table[name] = [len(texts), len(sequences), ids, weights]
pd.DataFrame(table, index=["headlines", "sequences", "ids", "weights"]).transpose()

# %% [markdown]
# ## Train
#
# The chapter trains for 200 epochs in batches of 32. Batches of 128, with a learning rate that is
# four times as large, take a quarter of the steps; 60 epochs are enough to see what comes of it.


# %% tags=["library"]
def train_model(predictors, label, max_sequence_len, all_words, epochs, **options):
    """The chapter's network, trained in large batches; the network, and its losses by epoch."""
    model = create_model(max_sequence_len, all_words)
    model.optimizer.learning_rate = 0.004
    options |= {"epochs": epochs, "verbose": 0, "callbacks": [readers.progress()]}
    history = model.fit(predictors, label, batch_size=128, **options)
    return model, pd.DataFrame(history.history)


# %%
keras.utils.set_random_seed(SEED)
n = utils.epochs(60)
model, losses = train_model(predictors, label, max_sequence_len, all_words, epochs=n)
first, last = losses["loss"].iloc[[0, -1]]
print(f"Loss: {first:.2f} in the first epoch, {last:.2f} in the last")

# %% [markdown]
# ## Generate
#
# `generate_text` appends one word after the other, the most probable one each time. That is called
# **greedy**.
#
# > **Watch out: the most probable word.** The printed function compares each index with
# > `predicted.any()`, which is `True`, and `True` equals 1: it appends word number 1 every time,
# > whatever the model says. `argmax` gives the index of the largest probability.


# %% tags=["library"]
def generate_text(seed_text, next_words, model, max_sequence_len):
    """Continue the seed by next_words words, the most probable each time; in title case."""
    words = mend_text(seed_text).split()
    tokens = [word_index[word] for word in words if word in word_index]
    if unknown := [word for word in words if word not in word_index]:
        print("Not in the vocabulary, so the model does not see it:", ", ".join(unknown))
    for _ in range(next_words):
        token_list = keras.utils.pad_sequences([tokens], maxlen=max_sequence_len - 1)  # in front
        predicted = np.array(model(token_list))[0]
        tokens.append(1 + int(np.argmax(predicted[1:])))  # id 0 is the pad, no word
        words.append(index_word[tokens[-1]])
    return " ".join(words).title()


# %%
seeds = [("10 ways", 11), ("europe looks to", 8), ("best way", 10), ("homeless in", 10)]
seeds += [("unexpected results", 10), ("critics warn", 10)]
if not any(set(seed.split()) <= set(word_index) for seed, _ in seeds):  # another language
    seeds = [(" ".join(headline.split()[:2]), 8) for headline in corpus[:6]]
written = [generate_text(*seed, model, max_sequence_len) for seed in seeds]
print("\n".join(written))

# %% [markdown]
# That is the exercise. The first words after a seed often go together; further on the thread is
# lost, and no headline ends of itself, for nothing that the network has read says where one stops.

# %% [markdown]
# > **Check yourself**
# >
# > <details><summary>1. Why are the prefixes padded in front and not behind?</summary>Because the
# > last state of the LSTM sums up what it has read. With zeros behind, it would end on zeros,
# > long after the last word.</details>
# > <details><summary>2. There is one id more than there are words. What is it?</summary>0, the pad.
# > It must never be generated: hence the argmax over the others.</details>
# > <details><summary>3. Which of the network's weights are most?</summary>Those of the last Dense
# > layer, 101 for every id, far more than the LSTM's. If you said "the LSTM": count with the
# > summary.</details>
# > <details><summary>4. Why does the network never end a headline?</summary>Because nothing that
# > it has read says where one ends: no prefix has an end as its label. Further on, an id of its
# > own says so.</details>

# %% [markdown]
# # Has it learnt, or learnt by heart?
#
# Beside each headline: the longest run of words that occurs word for word in a headline of the
# newspaper, and the printed headline that shares most words with it (words in both, as a share of
# the words in either). The first words are ours, so *europe looks to* is no theft of the network's.

# %%
pd.set_option("display.max_colwidth", None)  # show whole headlines
text.memorised(written, corpus)

# %% [markdown]
# Whoever trained it on all headlines cannot tell learning from reciting. So split them:
# **training** (about 80%) to learn from, **validation** (10%) to choose by, and **held out** (10%)
# to judge by, once, at the end. Whole headlines are drawn, never single prefixes: two prefixes of
# one headline share their words, and one gives the other away. Columns that return each week under
# one title would leak in the same way, so equal titles stay together.


# %% tags=["library"]
def split_headlines(corpus, share=0.1, seed=0):
    """Two lists: the rest, and about this share drawn by title; equal titles go the same way."""
    titles = sorted(set(corpus))
    order = np.random.default_rng(seed).permutation(len(titles))
    drawn = {titles[index] for index in order[: round(share * len(titles))]}
    rest = [headline for headline in corpus if headline not in drawn]
    return rest, [headline for headline in corpus if headline in drawn]


# %%
corpus = [headline for headline in corpus if headline]  # one without a word teaches nothing
rest, held_out = split_headlines(corpus, seed=SEED)
training, validation = split_headlines(rest, seed=SEED)
print(f"{len(training)} for training, {len(validation)} for validation, {len(held_out)} held out")
train_seq, train_all_words = get_seq_of_tokens(training)
predictors, label, max_sequence_len = generate_padded_sequences(train_seq)
valid_seq = known_prefixes(validation, index_words(training))
valid_rows = keras.utils.pad_sequences(valid_seq, maxlen=max_sequence_len)

# %%
keras.utils.set_random_seed(SEED)
epochs = utils.epochs(30)
validate = {"validation_data": (valid_rows[:, :-1], valid_rows[:, -1])}
sizes = max_sequence_len, train_all_words
_, memorising = train_model(predictors, label, *sizes, epochs, **validate)

# %% alt="Perplexity by epoch, on a logarithmic scale: that of the training headlines falls all the way; that of the validation headlines turns after few epochs and climbs above the line of a model that knows nothing."
text_plots.perplexities(memorising, train_all_words - 1)
turn = int(memorising["val_loss"].argmin())
print(f"Lowest validation loss after epoch {turn + 1} of {len(memorising)}.")

# %% [markdown]
# The **perplexity**, $e^{\text{loss}}$, says between how many equally probable words the network
# might as well be choosing. (It is asked only for words that occur in training, and never where a
# headline ends.) The blue curve falls all the way. The orange one turns after few epochs and
# climbs: there the network is *sure*, and wrong. It has learnt its headlines **by heart**: this is
# **overfitting**. A falling training loss proves little, and a fluent text proves little. The
# remedy is cheap: **early stopping**. Stop when the validation loss has not improved for some
# epochs, and keep the weights of the best one. `train_reader`, below, does so
# ([course/readers.py](../course/readers.py)).
#
# This is more than a loss of quality. Who trains on texts of others may hand them out word for
# word: that touches their rights, and where the texts are letters or health records, somebody's
# privacy. Large language models do it, too (Carlini and others, *Extracting Training Data from
# Large Language Models*, 2021). So look for copies before you publish what a network wrote.

# %% [markdown]
# # A fair judge
#
# From here on, every model is asked the same about each headline: each word, **and where it ends**.
# `[END]` stands before the first word and behind the last. A word that training does not know is
# `[UNK]`, an event like others, with a probability. `layers.TextVectorization`, today's tool in
# Keras, gives out such ids: 0 is the pad, 1 is `[UNK]`. (The `Tokenizer` of the chapter is kept for
# old code only.) So compare no figure below with the curve above: unknown words and ends are asked
# now, and they are easier to guess.


# %% tags=["library"]
def index_text(training):
    """A layer that turns strings into ids: 0 pad, 1 unknown, 2 the end, then the training words."""
    words = ["[END]", *index_words(training)]
    return layers.TextVectorization(standardize=None, vocabulary=words)


def to_rows(corpus, to_ids):
    """Headlines as ids (n, longest + 2), the end on both sides, padded behind."""
    return np.array(to_ids([f"[END] {headline} [END]" for headline in corpus]))


# %%
to_ids = index_text(training)
words, all_words = to_ids.get_vocabulary(), to_ids.vocabulary_size()
parts = training, validation, held_out
train_ids, valid_ids, test_ids = [to_rows(part, to_ids) for part in parts]
print(held_out[0], "->", test_ids[0])
unknown = np.mean(test_ids[(test_ids != text.PAD) & (test_ids != text.END)] == text.UNKNOWN)
print(f"{all_words:,} ids; unknown among the held-out words: {unknown:.0%}")
once = np.bincount(train_ids.ravel(), minlength=all_words)[3:] == 1
print(f"Training words that occur once: {once.mean():.0%}")

# %% [markdown]
# A language model is a **function**: the last word of each headline and what it has kept of those
# before, its *state*, in; the probabilities of the next word and the new state out.
# `right_probabilities` steps through all headlines at once. From the probabilities $p_i$ of the
# words that came follow the **bits per word**, $-\frac{1}{N} \sum \log_2 p_i$, and the perplexity,
# $2^\text{bits}$, which is again $e^\text{loss}$.


# %% tags=["library"]
def right_probabilities(step, ids):
    """The probability that a model gave to each word that came (n, t); 1 behind the end."""
    state, found = None, np.ones(ids[:, 1:].shape)
    for place in range(ids.shape[1] - 1):
        rows, state = step(ids[:, place], state)
        found[:, place] = rows[np.arange(len(ids)), ids[:, place + 1]]
    return np.where(ids[:, 1:] == text.PAD, 1, found)


def bits_and_words(step, ids):
    """Bits that a model needs for each headline (n,), and the words of each, its end included."""
    bits = -np.log2(right_probabilities(step, ids)).sum(axis=1)
    return bits, np.count_nonzero(ids[:, 1:], axis=1)


def bits_per_word(step, ids):
    """Bits that a model needs for a word, the ends included, in the mean over all headlines."""
    bits, words = bits_and_words(step, ids)
    return bits.sum() / words.sum()


# %%
print(f"Nothing known: {np.log2(all_words - 1):.2f} bits per word, perplexity {all_words - 1:,}")
print(f"A loss of 5: {5 / np.log(2):.2f} bits per word, perplexity {np.exp(5):.0f}")

# %% [markdown]
# > **Check yourself**
# >
# > <details><summary>5. Why are whole headlines held out, and not prefixes?</summary>Two prefixes
# > of one headline share their words: one in training gives the other away. If you said "it makes
# > no difference": task 1 measures it.</details>
# > <details><summary>6. Above, the training loss falls through all epochs, the validation loss
# > turns after the second. What has the network learnt in epoch 20?</summary>Training headlines by
# > heart. It is surer than before, and pays more for being wrong, on headlines that it has not
# > read.</details>
# > <details><summary>7. A loss of 4.6: what perplexity is that, and what does it mean?</summary>e
# > to the 4.6, about 100: it hesitates as among a hundred equally likely words.</details>
# > <details><summary>8. Model A has perplexity 60 and B has 75, but A was not asked for words that
# > it does not know. Which is better?</summary>Nobody can tell: they were asked different
# > questions. Unknown words and the end of the headline have to count for both.</details>

# %% [markdown]
# # Fair opponents
#
# **Counting.** A **unigram** counts single words, a **bigram** which word followed which, a
# **trigram** which word followed which two. Most pairs are new, so it needs **smoothing**.
# *Interpolated Kneser-Ney* (Kneser and Ney, 1995; Chen and Goodman, *An empirical study of
# smoothing techniques for language modeling*, 1999) takes a discount $D$ off every count, and hands
# what that frees to the model of the shorter context, $\lambda$ of it:
#
# $$P(w \mid u\,v) = \frac{\max(c(u\,v\,w) - D, 0)}{c(u\,v)} + \lambda(u\,v) \, P(w \mid v)$$
#
# By numbers: *the old* came 4 times, 3 times before *bridge*, once before *goat*, and $D = 0.5$. So
# *bridge* gets $2.5/4$, *goat* $0.5/4$, and the two discounts free $2 \cdot 0.5/4 = 1/4$ for what
# follows *old* anywhere. That shorter model counts not how often a word came, but **after how many
# different words**: *Francisco* may be frequent, but follows only *San*, so it is a bad guess
# elsewhere.
#
# A third of the words of a new headline are unknown, and in training none is. So each run of words
# with a rare one in it is counted twice: as it is, and with the words that occur once as `[UNK]`.
# The networks below get the same help. `train_ngram` is in [course/text.py](../course/text.py).

# %%
unigram = train_ngram(train_ids, all_words, order=1)
trigram = train_ngram(train_ids, all_words, order=3)
models = {"unigram": unigram, "trigram": trigram}
for name, step in models.items():
    print(f"{name}: validation {bits_per_word(step, valid_ids):.2f} bits per word")

# %% [markdown]
# **Networks.** One plan for all, in which only the memory differs: word vectors, *a memory*, a
# probability for each word. They read a headline in one pass and predict after every word, six
# predictions from six words in place of six prefixes. Four things help where text is short: to
# begin at the unigram's probabilities; one table of vectors for reading and for writing (Press and
# Wolf, *Using the Output Embedding to Improve Language Models*, 2017); strong dropout before and
# behind the memory (Zaremba and others, *Recurrent Neural Network Regularization*, 2014); and rare
# words hidden, anew in each epoch (after Xie and others, *Data Noising as Smoothing in Neural
# Network Language Models*, 2017). What each of them brings is measured under *Further*.


# %% tags=["library"]
UNITS = 128  # size of the word vectors and of the memory


def create_reader(shares, memory, all_words, dropout=(0.6, 0.8), tied=True):
    """Words (n, t) in, logits of the next word at each place (n, t, all_words) out; compiled."""
    ids = keras.Input((None,), dtype="int32")
    embedding = layers.Embedding(all_words, UNITS)
    x = layers.Dropout(dropout[0])(embedding(ids))
    x = layers.Dropout(dropout[1])(memory(x))
    output = TiedOutput(embedding) if tied else layers.Dense(all_words)
    model = keras.Model(ids, output(x), name="reader")
    if shares is not None:  # begin at the unigram
        output.bias.assign(np.log(shares + 1e-9))
    readers.compile_reader(model)
    return model


# %%
shares = unigram_shares(train_ids, all_words)
memories = {
    "last word": lambda: layers.Dense(UNITS, activation="tanh"),  # sees one word, keeps nothing
    "LSTM": lambda: layers.LSTM(UNITS, return_sequences=True),
}
for name, memory in memories.items():
    keras.utils.set_random_seed(SEED)
    reader = create_reader(shares, memory(), all_words)
    losses = train_reader(reader, train_ids, valid_ids, all_words, utils.epochs(40))
    models[name] = network_step(reader)
    print(f"{name}: validation {bits_per_word(models[name], valid_ids):.2f} bits per word")

# %% [markdown]
# `network_step` makes a language model of a network: it carries the state from word to word, for an
# LSTM $h$ and $c$, so that writing a headline costs one step a word.
#
# A last opponent is a **mixture**, $a \, P_\text{LSTM} + (1 - a) \, P_\text{trigram}$ (Jelinek and
# Mercer, *Interpolated estimation of Markov source parameters from sparse data*, 1980): the trigram
# recalls exactly, the LSTM guesses. The weight $a$ is chosen on the validation headlines. And then,
# once, the held-out ones are read. Beside each model stands how many bits it needs more than the
# trigram, and the 95% interval of that, by drawing the headlines anew 2,000 times, the same for
# both. Where it contains 0, the two cannot be told apart.

# %%
both = [right_probabilities(models[name], valid_ids) for name in ("LSTM", "trigram")]
weight = text.fit_weight(*both)
models[f"mixture, {weight:.2f} LSTM"] = text.mix(models["LSTM"], trigram, weight)
held = {name: bits_and_words(step, test_ids)[0] for name, step in models.items()}
held_lengths = np.count_nonzero(test_ids[:, 1:], axis=1)
text.compare(held, held_lengths, "trigram")

# %% [markdown]
# # What memory is worth
#
# One split and one training are a coarse measure. `python -m benchmarks.headlines --rivals` holds
# each headline out once, in five splits. Each network has the same budget there: of two settings of
# dropout the one that validation likes best, and two seeds. (The SimpleRNN is the network of the
# first formula; a GRU is a simpler relative of the LSTM, with two gates and no cell state.)

# %%
rivals = pd.read_csv("benchmarks/results/headlines_rivals.csv")
text.by_model(rivals, pd.read_csv("benchmarks/results/headlines_intervals.csv"))

# %% [markdown]
# What the table says:
#
# * **Which word is the last one matters most.** The bag of words sees all words, but not in which
#   order, and does worse than the network that sees nothing but the last word.
# * **Memory pays a little.** SimpleRNN, GRU and LSTM need some hundredths of a bit less than the
#   network without memory, a few percent of the perplexity, and all three intervals of *more than
#   last word* lie below 0. They count the luck of the headlines, not that of the training, for
#   which see how far apart two seeds of one split are at most (*seeds apart*). That three networks
#   agree says more than any one of them.
# * **It does not take gates.** A SimpleRNN has none, and its interval lies below 0, too. Which of
#   the three is best the table does not say.
# * **A shorter count can be the better one.** The bigram beats the trigram here: of the rivals that
#   count, it is the one to beat.
# * **Two opinions are better than one.** The mixture gains more than memory does, for the two err
#   in different places. In the mixture memory is worth more, too: compare the two mixtures. (The
#   LSTM's is ahead in all ten trainings.)
#
# So a headline hardly needs a memory: little in it hangs together over a distance, and of what
# does, there are few examples. Take a language in which all depends on it: the **whisper**. A
# sentence is a row of names, and the last one is the first one again. How far apart they are is our
# dial.


# %% tags=["library"]
NAMES = 8


def whisper(distance, count, rng):
    """Sentences of names without their last one (count, distance), and that (count,): the first."""
    sentences = rng.integers(NAMES, size=(count, distance))
    return sentences, sentences[:, 0]


def train_whisper(memory, distance, steps, seed=0):
    """A small network with this memory, after so many batches; its share of right last names."""
    keras.utils.set_random_seed(seed)
    model = keras.Sequential([layers.Embedding(NAMES, 16), memory])
    model.add(layers.Dense(NAMES, activation="softmax"))
    rule = keras.optimizers.Adam(0.01, clipnorm=1)
    model.compile(rule, "sparse_categorical_crossentropy", metrics=["accuracy"])
    sentences, names = whisper(distance, 64 * steps, np.random.default_rng(seed))
    model.fit(sentences, names, batch_size=64, verbose=0)
    unread = whisper(distance, 1000, np.random.default_rng(99))
    return model, model.evaluate(*unread, batch_size=500, verbose=0)[1]


# %%
print(f"Right last names without a memory: {1 / NAMES:.0%}. With one, from two seeds:")
for distance in (10, 40):
    for name, memory in [("SimpleRNN", layers.SimpleRNN), ("LSTM", readers.open_lstm)]:
        pair = [train_whisper(memory(32), distance, 20 * utils.epochs(25), s)[1] for s in (0, 1)]
        print(f"  first name {distance} words back, {name}: {pair[0]:.0%} and {pair[1]:.0%}")

# %% [markdown]
# Nearby, both hear the whisper in every run. Farther away some runs lose part of it. The
# textbooks claim that the SimpleRNN loses more; two runs of each are too few to say so, and you
# may give it more seeds, or a distance of 100. (The LSTM was helped: Keras begins with a forget
# gate at 0.73, of which after 40 steps nothing is left, $0.73^{40}$ being about 0.000003;
# `readers.open_lstm` begins at 0.95.)
#
# What the claim rests on can be measured, though (*Gradients by distance*, under *Further*).
# Training sends a gradient back through all the steps. In an RNN it is multiplied at each step by
# the same matrix $U$, and by the slope of tanh. Where that makes it smaller it **vanishes**, and
# early words cannot teach anything any more; where it makes it larger it **explodes**. An LSTM's
# cell state is passed on by *adding*: on that way back the gradient is only multiplied by the
# forget gate $f_t$, which can stay near 1.

# %%
utils.show_figure("vanishing_gradient")

# %% [markdown]
# # Headlines one can read
#
# What our newspaper lacks is text. `data/more_months.csv` holds two more months of it, and the
# network of the first cell has read all three. The same split rule holds: what is held out, it has
# not read. (With headlines of your own, your own LSTM writes instead.)

# %%
if utils.data_dir().name == "sample":
    paper = corpus + [mend_text(line) for line in utils.load_headlines("data/more_months.csv")]
    network, words = load_text("headlines")
    lstm = network_step(network)
    rest, unread = split_headlines(paper, seed=SEED)
    read, chosen_by = split_headlines(rest, seed=SEED)
    to_ids = layers.TextVectorization(standardize=None, vocabulary=words[2:])
else:
    lstm, read, chosen_by, unread = models["LSTM"], training, validation, held_out
unread_ids = to_rows(unread, to_ids)
counted = train_ngram(to_rows(read, to_ids), len(words))
mixture = text.mix(lstm, counted, 0.5)
three = {"trigram": counted, "LSTM": lstm, "mixture of both": mixture}
bits = {name: bits_and_words(step, unread_ids)[0] for name, step in three.items()}
unknown = np.mean(unread_ids[(unread_ids != text.PAD) & (unread_ids != text.END)] == text.UNKNOWN)
print(f"{len(read):,} headlines read; unknown among the unread words: {unknown:.0%}")
text.compare(bits, np.count_nonzero(unread_ids[:, 1:], axis=1), "trigram")

# %% [markdown]
# More bits than before, which does not mean worse: who has read more has fewer words to call
# `[UNK]`, and more words to tell apart by name. Compare within this table, not with the one above.
#
# Now let it write. First, without writing, what the mixture expects at each step of a real headline
# that it has not read (in blue the word that came; after the fourth nothing is marked):

# %% alt="Five small bar charts side by side, all on one scale: at each step of a real headline the five most probable next words, with the word that the headline goes on with in blue."
text_plots.next_words(mixture, words, unread[0].split()[:4])

# %% [markdown]
# Drawing each word with its probability (**sampling**) brings variety, and now and then a word that
# derails the rest. Two controls are common. **Temperature** $T$ divides the logarithms of the
# probabilities: below 1 the probable words gain, near 0 it is greedy. **Top-k** (Fan and others,
# *Hierarchical Neural Story Generation*, 2018) keeps the $k$ most probable words. A third, the
# *nucleus*, is yours to write (task 4).

# %%
top_100 = partial(adjust, temperature=0.6, top_k=100)
for temperature in (0.3, 0.6, 1.0):
    change = partial(adjust, temperature=temperature, top_k=100)
    written = write(mixture, words, [""] * 5, np.random.default_rng(SEED), change)
    print(f"T = {temperature}, from the first word on:\n  ", "\n   ".join(written).title())
    print("  printed before:", [line.title() for line in written if line in read])
first_words = [seed for seed, _ in seeds]
written = write(mixture, words, first_words, np.random.default_rng(SEED), top_100)
print("T = 0.6, from the seeds of the exercise:\n  ", "\n   ".join(written).title())

# %% [markdown]
# What is most probable is what it has read: at a low temperature look for copies before you are
# pleased.
#
# **A blind round.** Five of these ten headlines are real and were never read by the model. Which?
# Decide before you go on.

# %%
rng = np.random.default_rng(7)
real = rng.choice(sorted(set(unread) - set(read)), 5, replace=False)
truth = text.blind_round(real, write(mixture, words, [""] * 5, rng, top_100), rng)

# %%
guess = {1, 2, 3, 4, 5}  # the numbers of those that you take for real
print(f"Right: {10 - len(guess ^ truth)} of 10. The real ones: {sorted(truth)}")

# %% [markdown]
# One round of ten proves little; a classifier plays hundreds (*A fresh examiner*, under *Further*).
#
# So the honest answer to the question how good our network is: on unread headlines of April it
# needs fewer bits per word than bigram and trigram, and mixed with the trigram fewer still (in the
# table of rivals both intervals against the trigram lie well below 0). A network that sees only the
# last word brings most of that, so most of it is not memory. And what it writes sounds like
# headlines more often than it means something.
#
# # Further
#
# Each of these stands alone and may be skipped.
#
# ## A fresh examiner
#
# A **fresh examiner** plays hundreds of blind rounds: a classifier of words and pairs of words that
# is trained to tell real headlines from written ones, and tried on others. At 50% it only guesses.
# Before we trust it, it has to know fakes that we know: headlines with their words shuffled, and
# words drawn at random. The real ones are those that the models did not learn from. Beside it
# stands the share of runs of four words that are copied.

# %%
rng = np.random.default_rng(SEED)
piles = {
    "real, those read": read,
    "real, words shuffled": [" ".join(rng.permutation(line.split())) for line in read[:500]],
}
makers = {"unigram": train_ngram(to_rows(read, to_ids), len(words), 1), "trigram": counted}
for name, step in {**makers, "LSTM": lstm, "mixture": mixture}.items():
    piles[name] = write(step, words, [""] * 500, rng)
piles["mixture, T = 0.6"] = write(mixture, words, [""] * 500, rng, top_100)
rows = {}
for name, pile in piles.items():
    rows[name] = [*text.examiner(unread + chosen_by, pile), text.copied_share(pile, read)]
rows["trigram, beside those read"] = [*text.examiner(read, piles["trigram"]), None]
table = pd.DataFrame(rows, index=["right answers", "from", "to", "copied runs of 4"]).T
table.map("{:.0%}".format, na_action="ignore").fillna("-")

# %% [markdown]
# Read it from above. *Right answers* counts real headlines and written ones alike. Real ones it
# should not tell from real ones, and does not. Of real headlines and shuffled ones it knows hardly
# two in three: it counts words and pairs of words, and knows little of order. With trigram, LSTM
# and mixture it is right less often than with the unigram, and more often than chance. An examiner
# that is seldom right does not make the headlines good: read them again. At the low temperature it
# is right in most cases, and a good part is copied by then: what reads best was read.
#
# The last row shows a mistake that is easily made: the trigram's headlines beside the ones that it
# learnt from. What it copies then stands on both sides and leads the examiner astray: it does no
# better than chance.
#
# ## How much of the past does the LSTM read?
#
# The LSTMs of the five splits, shown only the last words of each context, or the earlier ones in
# another order (the first `[END]` and the last word stay):

# %%
shown = pd.read_csv("benchmarks/results/headlines_words_shown.csv").set_index("shown")
shown.drop(columns="data").round(3)

# %% [markdown]
# Cut off after the last word, an LSTM loses more than a network that was trained on the last word
# alone is behind it (the table of rivals): it stands in the middle of a headline that it never saw
# begin, and never met that in training. So read the differences between the rows. A second and
# third word back bring next to nothing. The whole headline brings more, and most of that it keeps
# if all words between the first `[END]` and the last word are shuffled. So what the LSTM remembers
# of them is rather which words there were than in which order.

# %% [markdown]
# ## When does memory begin to pay?
#
# On more text: the chapter's month of a real newspaper and five more of its months, one training of
# each network, the same held-out headlines throughout (`python -m benchmarks.headlines --months`).
# Bits per word that the first needs more than the second, with the 95% interval:
#
# <!--table headlines_months_intervals-->
#
# | headlines | LSTM against last word | LSTM against trigram | LSTM + trigram against last word + trigram | LSTM + trigram against trigram |
# | --- | --- | --- | --- | --- |
# | 298 | +0.00 (-0.08 to +0.08) | -0.04 (-0.14 to +0.07) | -0.05 (-0.08 to -0.01) | -0.27 (-0.32 to -0.22) |
# | 597 | -0.02 (-0.09 to +0.05) | -0.15 (-0.24 to -0.04) | -0.05 (-0.09 to -0.01) | -0.32 (-0.38 to -0.26) |
# | 1,194 | -0.08 (-0.13 to -0.02) | -0.19 (-0.30 to -0.06) | -0.09 (-0.12 to -0.05) | -0.35 (-0.41 to -0.28) |
# | 2,388 | -0.12 (-0.19 to -0.05) | -0.12 (-0.24 to +0.01) | -0.11 (-0.16 to -0.07) | -0.30 (-0.37 to -0.23) |
# | 4,776 | -0.09 (-0.18 to -0.01) | +0.01 (-0.12 to +0.14) | -0.12 (-0.17 to -0.06) | -0.25 (-0.33 to -0.18) |
#
# <!--end-->
#
# In the mixtures every interval lies below 0, at the two smallest sizes by less than another seed
# may change. On its own the LSTM's interval lies below 0 from 1,194 headlines on; that of 597
# contains 0, but also the gain of 1,194, so this is no threshold. Against the trigram the LSTM's
# lead is clear at 597 and 1,194 only; the mixture of both is ahead of the trigram at every size.
# One training each: another seed may move the LSTM by some hundredths. How many bits each needs
# stands in `benchmarks/RESULTS.md`.
#
# ## Which of the four helps?
#
# The LSTM on all five splits, from two seeds, without one of the four things that help where text
# is short (`python -m benchmarks.headlines --leave-out`), and the bits per word that it needs more
# without it, with the 95% interval:
#
# <!--table headlines_leave_out-->
#
# | left out | bits per word | more |
# | --- | --- | --- |
# | nothing | 6.10 | +0.00 (+0.00 to +0.00) |
# | rare words hidden | 6.58 | +0.48 (+0.44 to +0.52) |
# | start at the unigram | 6.30 | +0.21 (+0.18 to +0.23) |
# | one table for reading and writing | 6.14 | +0.04 (+0.03 to +0.06) |
# | dropout | 6.23 | +0.14 (+0.12 to +0.16) |
#
# <!--end-->
#
# No interval but the first contains 0. They count the luck of the headlines; that of the training
# shows in pairs: in all ten trainings the LSTM is worse without the first, the second and the
# fourth, without one table in eight. Without hidden words the network never meets `[UNK]` while it
# learns, and three in ten of what it is judged by are just that. One table in place of two brings
# least. (Without strong dropout, a tenth behind the memory stays.)
#
# ## An LSTM by hand
#
# To see that nothing else is hidden in the layer, here are its four steps in NumPy, with its own
# weights. (Keras keeps the four matrices side by side: input, forget, candidate, output.)


# %% tags=["library"]
def sigmoid(values):
    """Values squeezed to between 0 and 1."""
    return 1 / (1 + np.exp(-values))


def lstm_by_hand(vectors, weights):
    """The last hidden state (units,) of an LSTM with these weights that reads vectors (t, size)."""
    kernel, recurrent_kernel, bias = weights
    hidden = cell = np.zeros(len(recurrent_kernel))
    for vector in vectors:
        mixed = vector @ kernel + hidden @ recurrent_kernel + bias
        store, forget, candidate, output = np.split(mixed, 4)
        cell = sigmoid(forget) * cell + sigmoid(store) * np.tanh(candidate)
        hidden = sigmoid(output) * np.tanh(cell)
    return hidden


# %%
whisperer, _ = train_whisper(readers.open_lstm(), 10, 20)
sentences, _ = whisper(10, 1, np.random.default_rng(SEED))
vectors = np.array(whisperer.layers[0](sentences))
print("Keras:", np.array(whisperer.layers[1](vectors))[0, :4].round(4))
print("NumPy:", lstm_by_hand(vectors[0], whisperer.layers[1].get_weights())[:4].round(4))

# %% [markdown]
# ## Gradients by distance, measured
#
# How strongly does the last state depend on the word so many steps before? For new layers, and for
# a SimpleRNN whose recurrent matrix is enlarged and whose tanh is taken out. Where it explodes,
# `clipnorm=1` in the optimiser shortens a gradient that is longer than 1, and training survives
# (seconds).


# %% tags=["library"]
def gradient_by_distance(layer, steps=30, size=16):
    """Norm of the last state's gradient by each input vector, the last one first: (steps,)."""
    inputs = tf.Variable(keras.random.normal((1, steps, size), seed=1))
    with tf.GradientTape() as tape:
        state = layer(inputs)
        total = tf.reduce_sum(state * keras.random.normal(state.shape, seed=2))
    return np.linalg.norm(tape.gradient(total, inputs)[0], axis=1)[::-1]


# %% alt="Gradient by distance on a logarithmic scale: that of the SimpleRNN falls fastest, that of an LSTM whose forget gate is nearly open hardly falls, that of a SimpleRNN with an enlarged matrix does not vanish."
keras.utils.set_random_seed(SEED)
layers_tried = {
    "SimpleRNN": layers.SimpleRNN(32),
    "SimpleRNN, larger matrix, no tanh": layers.SimpleRNN(
        32, activation="linear", recurrent_initializer=keras.initializers.Orthogonal(1.2)
    ),
    "LSTM": layers.LSTM(32),
    "LSTM, forget gate at 0.95": readers.open_lstm(32),
}
figure, axis = plt.subplots(figsize=(8, 3.5), layout="constrained")
for name, layer in layers_tried.items():
    axis.semilogy(gradient_by_distance(layer), label=name)
axis.set(title="Gradients by distance", xlabel="steps back", ylabel="norm (log scale)")
axis.legend(fontsize=8)
plt.show()

# %% [markdown]
# In a new LSTM the gradient vanishes, too, only more slowly than in the SimpleRNN: it is the forget
# gate near 1 that keeps it. (One draw of weights each.)
#
# ## The recap model: ReLU in an LSTM
#
# The chapter recalls four stacked LSTM layers with ReLU, for stock prices. All but the last hand on
# their whole sequence, because the next needs one input per step. We train it twice on a noisy
# wave: with ReLU, whose states may grow without bound, and with the usual tanh (a quarter of a
# minute).


# %% tags=["library"]
def create_recap_model(steps, activation="relu"):
    """Sequences (n, steps, 5) in, one number (n, 1) out: four stacked LSTM layers."""
    model = keras.Sequential(name="recap")
    model.add(keras.Input((steps, 5)))
    for units, dropout in [(50, 0.2), (60, 0.3), (80, 0.4), (120, 0.5)]:
        model.add(layers.LSTM(units, activation=activation, return_sequences=units != 120))
        model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1))
    return model


# %%
rng = np.random.default_rng(SEED)
wave = np.sin(np.arange(431)[:, None] * [0.1, 0.13, 0.17, 0.2, 0.3]) + rng.normal(
    0, 0.1, (431, 5)
)
windows = np.stack([wave[start : start + 30] for start in range(400)])
following = wave[30:430, 0]
for activation in ("relu", "tanh"):
    keras.utils.set_random_seed(SEED)
    recap = create_recap_model(30, activation)
    recap.compile(keras.optimizers.Adam(), "mse")
    losses = recap.fit(windows, following, epochs=utils.epochs(4), verbose=0).history["loss"]
    print(f"{activation}: mean squared error {losses[0]:.2f}, at the end {losses[-1]:.2f}")
    long = np.tile(windows[:1], (1, 10, 1)) * 3
    states = recap.layers[0](long)
    print(f"   largest state on a louder, longer wave: {np.abs(states).max():.1f}")

# %% [markdown]
# One run of each does not say which learns better. What hangs on no run: with tanh no state can
# pass 1, with ReLU one did.

# %% [markdown]
# > **Check yourself**
# >
# > <details><summary>9. A is better than B by 0.03 bits per word, and the interval of the
# > difference reaches from -0.01 to 0.07. What do you write?</summary>That on these headlines
# > they cannot be told apart. If you said "A is better": draw the headlines anew, and it may be
# > B.</details>
# > <details><summary>10. At a low temperature the headlines read best. What should you look at
# > before you praise them?</summary>How much of them is copied: likely words follow training
# > headlines closely. The share of copied runs belongs beside any figure of fluency.</details>

# %% [markdown]
# # Your turn
#
# Replace each `raise NotImplementedError()` by your code. The check cell below a task says what is
# still wrong; its code is in [course/text_checks.py](../course/text_checks.py). No check stands on
# another task. Nine points, about half an hour.

# %% [markdown]
# **Task 1: find the leak** (2 points, 7 minutes). Somebody splits the *prefixes* at random, not the
# headlines. Write `given_away(training, held_out)`: both are lists of sequences (lists of ids). A
# held-out sequence is given away if a training sequence **begins with it**: then its last word, the
# label, was there to be learnt. Return the share of held-out sequences that are. The check measures
# three ways of splitting by it, on a newspaper whose first fifth is printed twice, as columns that
# return would be; then name the one that is clean: `"prefixes"`, `"headlines"` (a
# title that returns may be on both sides) or `"titles"`.
#
# <details><summary>Hint 1</summary>All beginnings of all training sequences, in a set of tuples:
# then one look-up a sequence.</details>
# <details><summary>Hint 2</summary>A sequence begins with itself, too.</details>
# <details><summary>Hint 3</summary><code>seen = {tuple(row[:end]) for row in training for end in
# range(1, len(row) + 1)}</code></details>


# %% nbgrader={"grade_id": "task-1", "solution": true} tags=["task", "library"]
def given_away(training, held_out):
    """Share of the held-out sequences that a training sequence begins with."""
    ### BEGIN SOLUTION
    seen = {tuple(row[:end]) for row in training for end in range(1, len(row) + 1)}
    return sum(tuple(row) in seen for row in held_out) / len(held_out)
    ### END SOLUTION


clean_split = ""
### BEGIN SOLUTION
clean_split = "titles"
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-1", "points": 2} tags=["check"]
text_checks.leak(given_away)
text_checks.three_splits(given_away, clean_split, inp_seq)
### BEGIN HIDDEN TESTS
text_checks.leak(given_away, seed=5)
### END HIDDEN TESTS
print("Task 1 is right.")

# %% [markdown]
# **Task 2: break a gate** (2 points, 8 minutes). Write `break_gate(weights, gate, value)`. It takes
# an LSTM's three arrays (kernel, recurrent kernel, bias) and returns three **new** ones with which
# one gate, `"input"`, `"forget"` or `"output"`, always has that value, 0 or 1 (to a thousandth),
# whatever it reads. Nothing else changes. Then say what is lost, `lost[gate]`, when it is stuck at
# 0: `"a"` nothing comes into the memory, `"b"` nothing stays in it, `"c"` nothing is seen of it.
#
# <details><summary>Hint 1</summary>The columns come in the order input, forget, candidate, output,
# each as wide as the layer has units.</details>
# <details><summary>Hint 2</summary>A gate that does not mind what it reads has zeros in its columns
# of both kernels. Its bias alone decides.</details>
# <details><summary>Hint 3</summary><code>part = slice(place * units, (place + 1) * units)</code>;
# the sigmoid of 10 is 0.99995.</details>


# %% nbgrader={"grade_id": "task-2", "solution": true} tags=["task", "library"]
def break_gate(weights, gate, value):
    """An LSTM's kernel, recurrent kernel and bias with one gate stuck at 0 or 1."""
    ### BEGIN SOLUTION
    kernel, recurrent_kernel, bias = (np.array(array) for array in weights)
    units = len(recurrent_kernel)
    start = ["input", "forget", "candidate", "output"].index(gate) * units
    part = slice(start, start + units)
    kernel[:, part] = recurrent_kernel[:, part] = 0
    bias[part] = 20 if value else -20
    return [kernel, recurrent_kernel, bias]
    ### END SOLUTION


lost = {"input": "", "forget": "", "output": ""}
### BEGIN SOLUTION
lost = {"input": "a", "forget": "b", "output": "c"}
### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "check-2", "points": 2} tags=["check"]
text_checks.broken_gates(break_gate, lost)
### BEGIN HIDDEN TESTS
text_checks.broken_gates(break_gate, lost, units=7, size=2, seed=3)
### END HIDDEN TESTS
print("Task 2 is right.")

# %% [markdown]
# **Task 3: read a curve** (1 point, 4 minutes). Write `read_curve(val_loss, patience)`: from the
# validation losses by epoch, the epoch whose weights early stopping keeps, and the epoch after
# which it stops, both counted from 1. It stops as soon as the loss has not been *below its lowest*
# for `patience` epochs in a row, or after the last one.
#
# <details><summary>Hint 1</summary>Go through the losses and remember where the lowest
# was.</details>
# <details><summary>Hint 2</summary>An equal loss is no improvement.</details>
# <details><summary>Hint 3</summary>Stop where the epochs since the lowest are
# <code>patience</code>.</details>


# %% nbgrader={"grade_id": "task-3", "solution": true} tags=["task", "library"]
def read_curve(val_loss, patience):
    """The epoch that is kept and the epoch after which training stops, both from 1 on."""
    ### BEGIN SOLUTION
    best = 0
    for epoch, loss in enumerate(val_loss):
        if loss < val_loss[best]:
            best = epoch
        elif epoch - best >= patience:
            return best + 1, epoch + 1
    return best + 1, len(val_loss)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-3", "points": 1} tags=["check"]
text_checks.curves(read_curve)
### BEGIN HIDDEN TESTS
text_checks.curves(read_curve, seed=9)
### END HIDDEN TESTS
print("Task 3 is right. The curve above:", read_curve(list(memorising["val_loss"]), 5))

# %% [markdown]
# **Task 4: nucleus sampling** (2 points, 7 minutes). Top-k with $k = 100$ keeps a hundred words
# even where only two make sense. Holtzman and others (*The Curious Case of Neural Text
# Degeneration*, 2020) keep as many as it takes: the most probable words, in falling order, until
# together they have a probability of at least `p`. Write `nucleus(probabilities, p)`: rows `(n,
# all_words)` in, new rows out with all other words at 0, scaled to add up to 1.
#
# <details><summary>Hint 1</summary><code>np.argsort(-probabilities, axis=1)</code> gives the
# falling order of each row.</details>
# <details><summary>Hint 2</summary>A word stays if those *before* it do not reach <code>p</code>
# yet.</details>
# <details><summary>Hint 3</summary><code>np.cumsum(falling, axis=1) - falling</code>;
# <code>np.put_along_axis</code> puts back in order.</details>


# %% nbgrader={"grade_id": "task-4", "solution": true} tags=["task", "library"]
def nucleus(probabilities, p=0.9):
    """Rows (n, all_words) that keep only the fewest words that reach probability p together."""
    ### BEGIN SOLUTION
    probabilities = np.asarray(probabilities)
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1)
    before = np.cumsum(falling, axis=1) - falling  # together, the words ahead of this one
    kept = np.zeros_like(probabilities)
    np.put_along_axis(kept, order, np.where(before < p, falling, 0), axis=1)
    return kept / kept.sum(axis=1, keepdims=True)
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-4", "points": 2} tags=["check"]
text_checks.nuclei(nucleus)
### BEGIN HIDDEN TESTS
text_checks.nuclei(nucleus, seed=1)
### END HIDDEN TESTS
for headline in write(
    mixture, words, [""] * 5, np.random.default_rng(1), lambda p: np.asarray(nucleus(p, 0.7))
):
    print("  ", headline.title())
print("Task 4 is right.")

# %% [markdown]
# **Task 5: choose a model and defend it** (2 points, 6 minutes). Write `choose(bits, lengths)`.
# `bits` is a dictionary from a model's name to the bits that it needs for each headline, **the
# simplest model first**; `lengths` are the words of each headline. Begin with the first. Go over to
# a later one only if it needs fewer bits than the one chosen so far *and the 95% interval says so*:
# it lies below 0 as a whole. Return the name. `paired_interval` is at hand. The check then lets
# your function choose among the models above, by their *validation* headlines. (These stopped the
# networks and weighed the mixture, which favours both a little. The held-out ones would not, but
# who chooses by them has no unread headline left to report.)
#
# <details><summary>Hint 1</summary><code>paired_interval(bits[later], bits[chosen], lengths)</code>
# gives how many bits per word the later one needs more, and both ends of the interval.</details>
# <details><summary>Hint 2</summary>Compare with the one chosen so far, not always with the
# first.</details>
# <details><summary>Hint 3</summary>The upper end has to be below 0.</details>


# %% nbgrader={"grade_id": "task-5", "solution": true} tags=["task", "library"]
def choose(bits, lengths):
    """The name of the simplest model that no later one is shown to beat, one after the other."""
    ### BEGIN SOLUTION
    chosen, *later = bits
    for name in later:
        _, _, high = paired_interval(bits[name], bits[chosen], lengths)
        if high < 0:
            chosen = name
    return chosen
    ### END SOLUTION


# %% nbgrader={"grade": true, "grade_id": "check-5", "points": 2} tags=["check"]
text_checks.choices(choose)
### BEGIN HIDDEN TESTS
text_checks.choices(choose, seed=4)
### END HIDDEN TESTS
valid = {name: bits_and_words(step, valid_ids)[0] for name, step in models.items()}
valid_lengths = np.count_nonzero(valid_ids[:, 1:], axis=1)
print("Task 5 is right. Of the models above you would publish:", choose(valid, valid_lengths))
