"""Build data/sample/articles.csv, the article feed of a newspaper that does not exist.

The headlines are written by hand in data/headlines.txt. This script gives them a desk and a date in April 2031, as a
newspaper's feed has them, and adds rows whose headline is missing, as real feeds have those too. It uses no clock and
a fixed seed: running it again gives the same file, byte for byte.

Usage:
    python data/make_articles.py            April: the text of lesson 1's exercise
    python data/make_articles.py --more     March and May, data/headlines_march.txt and _may.txt: data/more_months.csv

It stops with a sentence if it cannot place a line. What the corpus has to be is in tests/tools/test_sample.py.
"""

from __future__ import annotations

import csv
import io
import random
import re
import sys
from collections import Counter
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


@dataclass(frozen=True)
class Story:
    """One row of the table.

    Attributes:
        when: date and time of publication.
        desk: the desk of the newspaper that it comes from.
        headline: its headline, or ``Unknown``.
    """

    when: datetime
    desk: str
    headline: str


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
        stories += [Story(day + early, desk, title) for day in days if WEEKDAYS[day.weekday()] == weekday]
    for desk, headlines in by_desk.items():
        times = sorted(rng.sample(seconds, len(headlines)))
        for second, headline in zip(times, headlines, strict=True):
            stories.append(Story(FIRST_DAY + timedelta(seconds=second), desk, headline))
    for _ in range(MISSING_ROWS):
        desk = rng.choice(list(by_desk))
        stories.append(Story(FIRST_DAY + timedelta(seconds=rng.choice(seconds)), desk, MISSING))
    return sorted(stories, key=lambda story: (story.when, story.headline))


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
    print(f"written: {path.relative_to(DATA.parent)}")


def main() -> int:
    """Write data/sample/articles.csv, or with --more data/more_months.csv.

    Returns:
        0, or 1 if the headlines cannot be read; nothing is written then.
    """
    more = sys.argv[1:] == ["--more"]
    try:
        if more:
            stories = []
            for month, first, days in MORE:
                by_desk, _ = read_headlines(DATA / f"headlines_{month}.txt")
                stories += date_month(by_desk, first, days)
        else:
            stories = make_stories(*read_headlines(HEADLINES))
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    write(stories, MORE_MONTHS if more else ARTICLES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
