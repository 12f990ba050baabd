"""Build data/sample/articles.csv, the article feed of a newspaper that does not exist, and check it.

The headlines are written by hand in data/headlines.txt. This script gives them a desk and a date in April 2031, as a
newspaper's feed has them, and adds rows whose headline is missing, as real feeds have those too. It uses no clock and
a fixed seed: running it again gives the same file, byte for byte.

Usage:
    python data/make_articles.py            April: the text of lesson 1's exercise
    python data/make_articles.py --more     March and May, data/headlines_march.txt and _may.txt: data/more_months.csv

It prints what the corpus looks like, and stops with a sentence if the corpus would not serve the course.
"""

from __future__ import annotations

import csv
import io
import random
import re
import string
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

DATA = Path(__file__).resolve().parent
HEADLINES = DATA / "headlines.txt"
ARTICLES = DATA / "sample" / "articles.csv"
MORE_MONTHS = DATA / "more_months.csv"

SEED = 2031
FIRST_DAY = datetime(2031, 4, 1)  # a Tuesday
DAYS = 30
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")  # strftime's names depend on the computer's language
MISSING = "Unknown"  # what the feed writes where it has no headline
MISSING_ROWS = 55
MORE = (("march", datetime(2031, 3, 1), 31), ("may", datetime(2031, 5, 1), 31))
# The course starts its generated headlines with these words, so the corpus has to know them well.
SEEDS = ("10 ways", "europe looks to", "best way", "homeless in", "unexpected results", "critics warn")


@dataclass(frozen=True)
class Story:
    """One row of the table.

    Attributes:
        when: date and time of publication.
        desk: the desk of the newspaper that it comes from.
        headline: its headline, or ``Unknown``.
        column: whether it belongs to a column that returns every week.
    """

    when: datetime
    desk: str
    headline: str
    column: bool = False


def clean(headline: str) -> list[str]:
    """The words of a headline as the course trains on them: lowercase, no punctuation, ASCII only."""
    text = "".join(char for char in headline if char not in string.punctuation).lower()
    return text.encode("utf8").decode("ascii", "ignore").split()


def read_headlines(path: Path) -> tuple[dict[str, list[str]], list[tuple[str, str, str]]]:
    """Read the file with the headlines.

    Args:
        path: text file with desks, headlines and columns; its first lines explain how it is written.

    Returns:
        The headlines of each desk, and the columns as (desk, weekday, title), all in the order of the file.

    Raises:
        ValueError: if a headline stands before the first desk or is there twice, or a weekday cannot be read.
    """
    by_desk: dict[str, list[str]] = {}
    columns: list[tuple[str, str, str]] = []
    desk = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip(" ").replace("&nbsp;", "\u00a0")
        if not line or line.startswith("##"):
            continue
        if line.startswith("# "):
            desk = line[2:].strip()
        elif not desk:
            raise ValueError(f"{path.name}, line {number}: a headline before the first desk.")
        elif found := re.match(r"\[(\w+)\] (.+)", line):
            if found[1] not in WEEKDAYS:
                raise ValueError(f"{path.name}, line {number}: {found[1]!r} is not one of {', '.join(WEEKDAYS)}.")
            columns.append((desk, found[1], found[2]))
        else:
            by_desk.setdefault(desk, []).append(line)
    counts = Counter(headline.casefold() for some in by_desk.values() for headline in some)
    if twice := [headline for headline, count in counts.items() if count > 1]:
        raise ValueError(f"{path.name} has these headlines twice: {'; '.join(twice)}.")
    return by_desk, columns


def make_stories(by_desk: dict[str, list[str]], columns: list[tuple[str, str, str]]) -> list[Story]:
    """Give each headline its date, and add the rows without one.

    Args:
        by_desk: the headlines of each desk; they keep their order inside the desk.
        columns: (desk, weekday, title); a title appears on each of its weekdays, early in the day.

    Returns:
        All stories of the month, in the order of their dates.
    """
    rng = random.Random(SEED)  # each draw depends on those before: another order of the steps is another file
    seconds = range(DAYS * 24 * 3600)
    stories = []
    for desk, weekday, title in columns:
        early = timedelta(hours=5, minutes=rng.randrange(60))
        days = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
        stories += [Story(day + early, desk, title, True) for day in days if WEEKDAYS[day.weekday()] == weekday]
    for desk, headlines in by_desk.items():
        times = sorted(rng.sample(seconds, len(headlines)))
        for second, headline in zip(times, headlines, strict=True):
            stories.append(Story(FIRST_DAY + timedelta(seconds=second), desk, headline))
    for _ in range(MISSING_ROWS):
        desk = rng.choice(list(by_desk))
        stories.append(Story(FIRST_DAY + timedelta(seconds=rng.choice(seconds)), desk, MISSING))
    return sorted(stories, key=lambda story: (story.when, story.headline))


def sharing(headlines: list[list[str]], run: int = 5) -> set[int]:
    """Numbers of the headlines that have a run of so many words in common with another one."""
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, words in enumerate(headlines):
        for start in range(len(words) - run + 1):
            holders[tuple(words[start : start + run])].add(number)
    return {number for numbers in holders.values() if len(numbers) > 1 for number in numbers}


def check(stories: list[Story]) -> list[str]:
    """Print what the corpus looks like, and say what is wrong with it.

    Args:
        stories: all stories of the month.

    Returns:
        One sentence for each requirement that the corpus misses.
    """
    kept = [story for story in stories if story.headline != MISSING]
    titles = Counter(story.headline for story in kept if story.column)
    texts = [clean(story.headline) for story in kept]
    single = [clean(story.headline) for story in kept if not story.column]
    lengths = [len(text) for text in texts]
    vocabulary = Counter(word for text in texts for word in text)
    lines = [f" {' '.join(text)} " for text in texts]
    missing = 1 - len(kept) / len(stories)
    mean, longest = sum(lengths) / len(lengths), max(lengths)
    shared = len(sharing(single)) / len(single)
    everything = "".join(f"{story.headline}\n" for story in kept)
    spaces, apostrophes, ampersands = (everything.count(mark) for mark in ("\u00a0", "&apos;", "&amp;"))

    print(f"rows                            {len(stories)}")
    print(f"headline {MISSING!r}              {missing:.1%} ({len(stories) - len(kept)})")
    print(f"headlines kept                  {len(kept)}")
    print(f"mean length                     {mean:.2f} words")
    print(f"longest headline                {longest} words")
    print(f"words in all                    {sum(lengths)}")
    print(f"distinct words                  {len(vocabulary)}")
    print(f"words that occur once           {sum(count == 1 for count in vocabulary.values())}")
    print(f"headlines sharing a 5-word run  {shared:.2%} (without returning columns)")
    print(f"rows of returning columns       {sum(titles.values())} ({len(titles)} titles)")
    print(f"no-break spaces, &apos;, &amp;  {spaces}, {apostrophes}, {ampersands}")

    wanted = [
        (840 <= len(kept) <= 870, f"there are {len(kept)} headlines, not 840 to 870"),
        (0.055 <= missing <= 0.07, f"{missing:.1%} of the headlines are missing, not 5.5 to 7%"),
        (6 <= mean <= 8, f"a headline has {mean:.2f} words on average, not 6 to 8"),
        (16 <= longest <= 20, f"the longest headline has {longest} words, not 16 to 20"),
        (min(lengths) >= 1, "a headline has no word left after cleaning"),
        (2200 <= len(vocabulary) <= 2800, f"there are {len(vocabulary)} distinct words, not 2,200 to 2,800"),
        (shared <= 0.02, f"{shared:.1%} of the headlines share a run of 5 words with another one, not 2% at most"),
        (30 <= sum(titles.values()) <= 50, f"returning columns have {sum(titles.values())} rows, not 30 to 50"),
        (8 <= spaces <= 15, f"there are {spaces} no-break spaces, not 8 to 15"),
        (8 <= apostrophes <= 15, f"there are {apostrophes} '&apos;', not 8 to 15"),
        (1 <= ampersands <= 2, f"there are {ampersands} '&amp;', not 1 or 2"),
        ("'" not in everything and '"' not in everything, "a headline has a straight quotation mark"),
    ]
    for seed in SEEDS:
        phrase = sum(f" {seed} " in line for line in lines)
        each = ", ".join(f"{word} {vocabulary[word]}" for word in seed.split())
        print(f"{seed!r:<24}        {phrase} headlines; words: {each}")
        rare = [word for word in seed.split() if vocabulary[word] < 5]
        wanted.append((phrase > 0, f"no headline has the words {seed!r}"))
        wanted.append((not rare, f"of the seed {seed!r}, these words occur less than 5 times: {', '.join(rare)}"))
    return [sentence[0].upper() + sentence[1:] + "." for ok, sentence in wanted if not ok]


def check_more(stories: list[Story], april: list[Story]) -> list[str]:
    """Say what is wrong with the two more months: the same demands as on April, whose headlines they must not repeat.

    Args:
        stories: those of the other months.
        april: those of April.

    Returns:
        One sentence for each requirement that they miss.
    """
    texts = [clean(story.headline) for story in stories]
    before = {tuple(clean(story.headline)) for story in april}
    both = [*texts, *(list(text) for text in sorted(before))]
    lengths = [len(text) for text in texts]
    mean, vocabulary = sum(lengths) / len(lengths), {word for text in texts for word in text}
    repeated = [story.headline for story, text in zip(stories, texts, strict=True) if tuple(text) in before]
    twice = [" ".join(text) for text, count in Counter(map(tuple, texts)).items() if count > 1]
    shared = len(sharing(both)) / len(both)
    everything = "".join(story.headline for story in stories)
    print(f"headlines                       {len(stories)}")
    print(f"mean length, longest            {mean:.2f} and {max(lengths)} words")
    print(f"distinct words                  {len(vocabulary)}")
    print(f"headlines sharing a 5-word run  {shared:.2%}, April's included")
    wanted = [
        (len(stories) >= 1300, f"there are {len(stories)} headlines, fewer than 1,300"),
        (5.5 <= mean <= 8, f"a headline has {mean:.2f} words on average, not 5.5 to 8"),
        (max(lengths) <= 20, f"the longest headline has {max(lengths)} words, more than 20"),
        (len(vocabulary) >= 2200, f"there are {len(vocabulary)} distinct words, fewer than 2,200"),
        (shared <= 0.02, f"{shared:.1%} of the headlines share a run of 5 words with another one, not 2% at most"),
        (not repeated, f"these stand in April, too: {'; '.join(repeated)}"),
        (not twice, f"these are there twice: {'; '.join(twice)}"),
        ("'" not in everything and '"' not in everything, "a headline has a straight quotation mark"),
    ]
    return [sentence[0].upper() + sentence[1:] + "." for ok, sentence in wanted if not ok]


def date_month(by_desk: dict[str, list[str]], first: datetime, days: int) -> list[Story]:
    """Give the headlines of a month their dates; inside a desk they keep their order."""
    rng = random.Random(f"{SEED} {first:%m}")
    stories = []
    for desk, headlines in by_desk.items():
        times = sorted(rng.sample(range(days * 24 * 3600), len(headlines)))
        stories += [Story(first + timedelta(seconds=s), desk, h) for s, h in zip(times, headlines, strict=True)]
    return sorted(stories, key=lambda story: (story.when, story.headline))


def write(stories: list[Story], path: Path) -> None:
    """Write the table, as bytes, so that Windows does not change the line ends."""
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(("pubDate", "newDesk", "headline"))
    writer.writerows((f"{story.when:%Y-%m-%d %H:%M:%S}", story.desk, story.headline) for story in stories)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(table.getvalue().encode("utf-8"))
    print(f"\nwritten: {path.relative_to(DATA.parent)}")


def main() -> int:
    """Write data/sample/articles.csv, or with --more data/more_months.csv, if the corpus is as it should be.

    Returns:
        0, or 1 if a requirement is missed; nothing is written then.
    """
    more = sys.argv[1:] == ["--more"]
    try:
        stories = make_stories(*read_headlines(HEADLINES))
        if more:
            april, stories = [story for story in stories if story.headline != MISSING], []
            for month, first, days in MORE:
                by_desk, _ = read_headlines(DATA / f"headlines_{month}.txt")
                stories += date_month(by_desk, first, days)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    if faults := check_more(stories, april) if more else check(stories):
        print("\nNothing was written:", *faults, sep="\n", file=sys.stderr)
        return 1
    write(stories, MORE_MONTHS if more else ARTICLES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
