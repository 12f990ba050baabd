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
# * what the memory of an LSTM is good for, and when it brings nothing.
#
# **What you need:** you have trained a classifier with Keras before.
#
# **How long it takes:** about <!--time 01_lstm_headlines-->7 minutes<!--end--> of computing on 2
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
import html
import string
import sys
from collections import Counter

import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers, ops
from tqdm import tqdm
from tqdm.keras import TqdmCallback

import utils
from course import text, text_checks
from course.pretrained import load_text
from course.text import network_step, paired_interval, train_ngram, write
from course.words import check_corpus, check_split, plot_labels, split_words

SEED = 42
# The same two colours in every notebook, safe for colour-blind readers.
REAL, GENERATED = "#0072B2", "#D55E00"

# %% [markdown]
# ## See it
#
# A network of the kind that you will build, trained beforehand: type first words of your own and
# run the cell again.

# %%
network, words = load_text("headlines")
beginnings = ["The mayor", "Europe looks to", "A night train", "10 ways"]  # yours?
for headline in write(network_step(network), words, beginnings, np.random.default_rng(SEED), lambda p: p**2):
    print(headline.title())

# %% [markdown]
# Half sense, half nonsense, and none of it was ever printed. It learnt from *The Port Ombry
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
# The **LSTM** (Hochreiter and Schmidhuber, *Long Short-Term Memory*, 1997) has a second memory, the
# **cell state** $c$. **Gates**, small layers with a sigmoid, give numbers between 0 (shut) and 1
# (open), and say in four steps what happens to it ($z_t$ is the new word and the old hidden state,
# side by side):
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
lost = [row for row in changed if any(not sign.isascii() and sign.isalpha() for sign in row[0])]
print(f"The chapter's cleaning takes letters from {len(lost)} headlines, and spoils {len(changed)}:")
check_corpus(corpus)
pd.DataFrame(changed[:4], columns=["headline", "the chapter's cleaning", "mended"])

# %% [markdown]
# > **Watch out: what the printed cleaning breaks.** `&apos;`, the web's way to write an apostrophe,
# > loses its signs and keeps its letters: *donapost*. A no-break space or a dash falls out and joins
# > two words. A headline in Russian loses everything. What the network reads it will write, so from
# > here on we use `mend_text`, which keeps the letters of every alphabet.
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
# A batch has to be a rectangle, so the short ones get zeros **in front**. The last column is what to
# predict, the **label**; the columns before it are the **predictors**.
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
pd.DataFrame(table, index=["headlines", "sequences", "ids", "weights"]).T

# %% [markdown]
# ## Train
#
# The chapter trains for 200 epochs in batches of 32. Batches of 128, with a learning rate that is
# four times as large, take a quarter of the time; 100 epochs are enough to see what comes of it.


# %% tags=["library"]
def train_model(predictors, label, max_sequence_len, all_words, epochs, **options):
    """The chapter's network, trained in large batches; the network, and its losses by epoch."""
    model = create_model(max_sequence_len, all_words)
    model.optimizer.learning_rate = 0.004
    progress = TqdmCallback(verbose=0, tqdm_class=tqdm, file=sys.stdout)
    history = model.fit(
        predictors, label, batch_size=128, epochs=epochs, verbose=0, callbacks=[progress], **options
    )
    return model, pd.DataFrame(history.history)


# %%
keras.utils.set_random_seed(SEED)
epochs = utils.epochs(100)
model, losses = train_model(predictors, label, max_sequence_len, all_words, epochs)
print(f"Loss: {losses['loss'].iloc[0]:.2f} in the first epoch, {losses['loss'].iloc[-1]:.2f} in the last")

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
seeds = [
    ("10 ways", 11),
    ("europe looks to", 8),
    ("best way", 10),
    ("homeless in", 10),
    ("unexpected results", 10),
    ("critics warn", 10),
]
if not any(set(seed.split()) <= set(word_index) for seed, _ in seeds):  # another language
    seeds = [(" ".join(headline.split()[:2]), 8) for headline in corpus[:6]]
written = [generate_text(*seed, model, max_sequence_len) for seed in seeds]
print("\n".join(written))

# %% [markdown]
# That is the exercise. The first words after a seed often go together; further on the thread is
# lost, and no headline ends of itself, for nothing that the network has read says where one stops.

# %% [markdown]
# # Has it learnt, or learnt by heart?
#
# Beside each headline: the longest run of words that stands just so in a headline of the newspaper,
# and the printed headline that shares most words with it.

# %%
rows = []
for headline in written:
    tokens = headline.lower().split()
    closest, share = text.nearest(tokens, corpus)
    rows.append([headline, text.longest_copy(tokens, corpus), closest, f"{share:.0%}"])
pd.DataFrame(rows, columns=["written", "copied", "nearest printed headline", "words in common"])

# %% [markdown]
# Whoever trained it on all headlines cannot tell learning from reciting. So split them: **training**
# (about 80%) to learn from, **validation** (10%) to choose by, and **held out** (10%) to judge by,
# once, at the end. Whole headlines are drawn, never single prefixes: two prefixes of one headline
# share their words, and one gives the other away. Columns that return each week under one title
# would leak in the same way, so equal titles stay together.


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
known = index_words(training)
valid_seq = [[known.get(word, 0) for word in headline.split()] for headline in validation]
valid_seq = [row[:end] for row in valid_seq for end in range(2, len(row) + 1) if row[end - 1]]
check_split(valid_seq)
valid_rows = keras.utils.pad_sequences(valid_seq, maxlen=max_sequence_len)

# %%
keras.utils.set_random_seed(SEED)
epochs = utils.epochs(50)
unread = {"validation_data": (valid_rows[:, :-1], valid_rows[:, -1])}
_, losses = train_model(predictors, label, max_sequence_len, train_all_words, epochs, **unread)

# %% alt="Perplexity by epoch, on a logarithmic scale: that of the training headlines falls all the way; that of the validation headlines turns after few epochs and climbs above the line of a model that knows nothing."
figure, axis = plt.subplots(figsize=(8, 3.6), layout="constrained")
numbers = np.arange(1, len(losses) + 1)
axis.plot(numbers, np.exp(losses["loss"]), color=REAL, label="training headlines")
axis.plot(numbers, np.exp(losses["val_loss"]), color=GENERATED, label="validation headlines")
best = int(losses["val_loss"].argmin())
axis.plot(best + 1, np.exp(losses["val_loss"][best]), "o", color=GENERATED, label="lowest")
axis.axhline(train_all_words - 1, color="black", linestyle=":", label="all words equally probable")
axis.set(
    title="The chapter's network: learning, then memorising",
    xlabel="epoch",
    ylabel="perplexity = exp(loss), log scale",
    yscale="log",
)
axis.legend(fontsize=8)
plt.show()
print(f"Lowest validation loss after epoch {best + 1} of {len(losses)}.")

# %% [markdown]
# The **perplexity**, $e^{\text{loss}}$, says between how many equally probable words the network
# might as well be choosing. The blue curve falls all the way. The orange one turns after few epochs
# and climbs: there the network is *sure*, and wrong. It has learnt its headlines **by heart**. A
# falling training loss proves little, and a fluent text proves little.
#
# This is more than a loss of quality. Who trains on texts of others may hand them out word for word:
# that touches their rights, and where the texts are letters or health records, somebody's privacy.
# Large language models do it, too (Carlini and others, *Extracting Training Data from Large Language
# Models*, 2021). So look for copies before you publish what a network wrote.

# %% [markdown]
# # A fair judge
#
# From here on, every model is asked the same about each headline: each word, **and where it ends**.
# `[END]` stands before the first word and behind the last. A word that training does not know is
# `[UNK]`, an event like others, with a probability. `layers.TextVectorization`, today's tool in
# Keras, gives out such ids: 0 is the pad, 1 is `[UNK]`. (The `Tokenizer` of the chapter is kept for
# old code only.)


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
train_ids, valid_ids, test_ids = (
    to_rows(part, to_ids) for part in (training, validation, held_out)
)
print(held_out[0], "->", test_ids[0])
unknown = (test_ids == text.UNKNOWN).sum() / (test_ids > text.END).sum()
print(f"{all_words:,} ids; unknown among the held-out words: {unknown:.0%}")
once = np.bincount(train_ids.ravel(), minlength=all_words)[3:] == 1
print(f"Training words that occur once: {once.mean():.0%}")

# %% [markdown]
# A language model is a **function**: the last words and what it has kept of those before, its
# *state*, in; the probabilities of the next word and the new state out. `right_probabilities` steps
# through all headlines at once. From the probabilities $p_i$ of the words that came follow the
# **bits per word**, $-\frac{1}{N} \sum \log_2 p_i$, and the perplexity, $2^\text{bits}$, which is
# again $e^\text{loss}$.


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
    return -np.log2(right_probabilities(step, ids)).sum(axis=1), np.count_nonzero(ids[:, 1:], axis=1)


# %%
def uniform(words, state=None):
    """The model that knows nothing."""
    return np.tile(np.append(0, np.full(all_words - 1, 1 / (all_words - 1))), (len(words), 1)), None


bits, lengths = bits_and_words(uniform, valid_ids)
per_word = bits.sum() / lengths.sum()
print(f"{per_word:.2f} bits per word; perplexity {2**per_word:.0f}; {all_words - 1} choices")

# %% [markdown]
# # Fair opponents
#
# **Counting.** A trigram counts which word followed which two. Most pairs are new, so it needs
# **smoothing**. *Interpolated Kneser-Ney* (Kneser and Ney, 1995; Chen and Goodman, *An empirical study
# of smoothing techniques for language modeling*, 1999) takes a discount $D$ off every count, and hands
# what that frees to the model of the shorter context, $\lambda$ of it:
#
# $$P(w \mid u\,v) = \frac{\max(c(u\,v\,w) - D, 0)}{c(u\,v)} + \lambda(u\,v) \, P(w \mid v)$$
#
# By numbers: *the old* came 4 times, 3 times before *bridge*, once before *goat*, and $D = 0.5$. So
# *bridge* gets $2.5/4$, *goat* $0.5/4$, and the two discounts free $2 \cdot 0.5/4 = 1/4$ for what
# follows *old* anywhere. That shorter model counts not how often a word came, but **after how many
# different words**: *Francisco* may be frequent, but follows only *San*, so it is a bad guess elsewhere.
#
# A third of the words of a new headline are unknown, and in training none is. So each headline is
# counted twice: as it is, and with the words that occur once as `[UNK]`. The networks below get the
# same help. `train_ngram` is in [course/text.py](../course/text.py).

# %%
unigram = train_ngram(train_ids, all_words, order=1)
trigram = train_ngram(train_ids, all_words, order=3)
valid_figures = {}
for name, step in [("uniform", uniform), ("unigram", unigram), ("trigram", trigram)]:
    bits, lengths = bits_and_words(step, valid_ids)
    valid_figures[name] = bits.sum() / lengths.sum()
    print(f"{name}: validation {valid_figures[name]:.2f} bits per word")

# %% [markdown]
# **Networks.** One plan for all, in which only the memory differs: word vectors, *a memory*, a
# probability for each word. They read a headline in one pass and predict after every word, six
# predictions from six words in place of six prefixes. Four things help where text is short: to begin
# at the unigram's probabilities; one table of vectors for reading and for writing (Press and Wolf,
# *Using the Output Embedding to Improve Language Models*, 2017); strong dropout before and behind the
# memory (Zaremba and others, *Recurrent Neural Network Regularization*, 2014); and rare words hidden,
# anew in each epoch (after Xie and others, *Data Noising as Smoothing in Neural Network Language
# Models*, 2017).


# %% tags=["library"]
UNITS, SHARE = 128, 0.75  # size of vectors and memory; how often a word that occurs once is hidden


class TiedOutput(layers.Layer):
    """States (n, t, units) in, logits (n, t, all_words) out: state times word vector, plus bias."""

    def __init__(self, embedding, **options):
        super().__init__(**options)
        self.embedding = embedding
        self.bias = self.add_weight(shape=(embedding.input_dim,), initializer="zeros", name="bias")

    def call(self, states):
        return ops.matmul(states, ops.transpose(self.embedding.embeddings)) + self.bias


def create_reader(shares, memory, all_words, dropout=(0.6, 0.8), tied=True):
    """Words (n, t) in, logits of the next word at each place (n, t, all_words) out; compiled."""
    ids = keras.Input((None,), dtype="int32")
    embedding = layers.Embedding(all_words, UNITS)
    x = layers.Dropout(dropout[0])(embedding(ids))
    x = layers.Dropout(dropout[1])(memory(x))
    output = TiedOutput(embedding) if tied else layers.Dense(all_words)
    model = keras.Model(ids, output(x), name="reader")
    if shares is not None:  # the unigram's
        output.bias.assign(np.log(shares + 1e-9))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True, ignore_class=text.PAD)
    model.compile(keras.optimizers.Adam(0.01), loss)
    return model


# %% tags=["library"]
def unigram_shares(ids, all_words):
    """The unigram's probabilities (all_words,)."""
    return train_ngram(ids, all_words, order=1)(np.array([text.END]))[0][0]


def headline_batches(ids, all_words, share=SHARE, batch=64):
    """Data set of words and next words; in each epoch other rare words are unknown."""

    def prepare(rows, hidden):
        rows = tf.where(tf.random.uniform(tf.shape(rows)) < share, hidden, rows)
        rows = rows[:, : tf.reduce_max(tf.math.count_nonzero(rows, axis=1))]  # no column of pads
        return rows[:, :-1], rows[:, 1:]

    pairs = tf.data.Dataset.from_tensor_slices((ids, text.hide_rare(ids, all_words)))
    return pairs.shuffle(len(ids)).batch(batch).map(prepare).prefetch(2)


def train_reader(model, train_ids, valid_ids, all_words, epochs, share=SHARE):
    """Train until the validation loss has not improved for 4 epochs; keep the best weights."""
    return model.fit(
        headline_batches(train_ids, all_words, share),
        epochs=epochs,
        shuffle=False,  # the data set shuffles
        verbose=0,
        validation_data=(valid_ids[:, :-1], valid_ids[:, 1:]),
        validation_batch_size=64,
        callbacks=[
            keras.callbacks.EarlyStopping(patience=4, restore_best_weights=True),
            TqdmCallback(verbose=0, tqdm_class=tqdm, file=sys.stdout, leave=False),
        ],
    ).history


# %%
shares = unigram_shares(train_ids, all_words)
memories = {
    "last word": lambda: layers.Dense(UNITS, activation="tanh"),  # sees one word, keeps nothing
    "LSTM": lambda: layers.LSTM(UNITS, return_sequences=True),
}
models = {"unigram": unigram, "trigram": trigram}
for name, memory in memories.items():
    keras.utils.set_random_seed(SEED)
    reader = create_reader(shares, memory(), all_words)
    losses = train_reader(reader, train_ids, valid_ids, all_words, utils.epochs(40))
    models[name] = network_step(reader)
    bits, lengths = bits_and_words(models[name], valid_ids)
    print(f"{name}: validation {bits.sum() / lengths.sum():.2f} bits per word")

# %% [markdown]
# The state is the memory itself. For one word the LSTM keeps two vectors, $h$ and $c$; the trigram
# keeps one word; the network without memory keeps nothing. `network_step` carries it from word to
# word, so that writing a headline costs one step a word.

# %%
for name in ("trigram", "last word", "LSTM"):
    _, state = models[name](np.array([text.END]))
    print(name, [part.shape for part in state] if name == "LSTM" else state)

# %% [markdown]
# A last opponent is a **mixture**, $a \, P_\text{LSTM} + (1 - a) \, P_\text{trigram}$ (Jelinek and
# Mercer, *Interpolated estimation of Markov source parameters from sparse data*, 1980): one recalls
# exactly, the other guesses. The weight $a$ is chosen on the validation headlines. And then, once,
# the held-out ones are read. Beside each model stands how many bits it needs more than the trigram,
# and the 95% interval of that, by drawing the headlines anew 2,000 times, the same for both. Where
# it holds 0, the two cannot be told apart.

# %%
weight = text.fit_weight(
    *(right_probabilities(models[name], valid_ids) for name in ("LSTM", "trigram"))
)
models[f"mixture, {weight:.2f} LSTM"] = text.mix(models["LSTM"], trigram, weight)
held = {name: bits_and_words(step, test_ids)[0] for name, step in models.items()}
lengths = np.count_nonzero(test_ids[:, 1:], axis=1)
rows = {}
for name, bits in held.items():
    more, low, high = paired_interval(bits, held["trigram"], lengths)
    per_word = bits.sum() / lengths.sum()
    rows[name] = [per_word, 2**per_word, more, low, high]
columns = ["bits per word", "perplexity", "more than the trigram", "from", "to"]
pd.DataFrame(rows, index=columns).T.round(2)

# %% [markdown]
# # What memory is worth
#
# One split and one training are a coarse measure. `python -m benchmarks.headlines --rivals` holds
# each headline out once, in five splits. Each network has the same budget there: of three dropout
# rates the one that validation likes best, and two seeds.

# %%
rivals = pd.read_csv("benchmarks/results/headlines_rivals.csv")
table = rivals.groupby("model", sort=False)["bits_per_word"].agg(["mean"])
table["perplexity"] = 2 ** table["mean"]
against = pd.read_csv("benchmarks/results/headlines_intervals.csv")
for other in ("trigram", "last word"):
    some = against[against["against"] == other].set_index("model")
    shown = some[["difference", "low", "high"]].apply(
        lambda row: "{:+.2f} ({:+.2f} to {:+.2f})".format(*row), axis=1
    )
    table[f"more than {other}"] = shown
table.round({"mean": 2, "perplexity": 0}).fillna("").rename(columns={"mean": "bits per word"})
