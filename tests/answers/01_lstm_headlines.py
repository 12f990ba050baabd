"""Answers to the tasks of lesson 01; what the heads mean: tests/lessons/test_answers.py."""


# %% task-1 | wrong | counts the empty headline as -1 | no words
def count_prefixes(corpus):
    return sum(len(headline.split()) - 1 for headline in corpus)


# %% task-1 | right | a loop over words
def count_prefixes(corpus):
    total = 0
    for headline in corpus:
        for _ in headline.split()[1:]:
            total += 1
    return total
