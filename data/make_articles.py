"""Build data/sample/articles.csv, the article feed of a newspaper that does not exist, and check it.

The headlines are written by hand in data/headlines.txt. This script adds the other columns of a newspaper's article
feed to them (dates in April 2031, invented reporters, keywords, a sentence on the article) and rows whose headline is
missing, as real feeds have. It uses no clock and a fixed seed: running it again gives the same file, byte for byte.

Usage:
    python data/make_articles.py

It prints what the corpus looks like, and stops with a sentence if the corpus would not serve the course.
"""

from __future__ import annotations

import csv
import html
import io
import random
import re
import string
import sys
import unicodedata
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

DATA = Path(__file__).resolve().parent
HEADLINES = DATA / "headlines.txt"
ARTICLES = DATA / "sample" / "articles.csv"

SOURCE = "The Port Ombry Courier"
SEED = 2031
FIRST_DAY = datetime(2031, 4, 1)  # a Tuesday
DAYS = 30
MISSING = "Unknown"  # what the feed writes where it has no headline or no section
MISSING_ROWS = 55
# The course starts its generated headlines with these words, so the corpus has to know them well.
SEEDS = ("10 ways", "europe looks to", "best way", "homeless in", "unexpected results", "critics warn")

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True)
class Topic:
    """What an article is about, told by the words of its headline.

    Attributes:
        words: a headline with one of these words has this topic.
        about: the topic as a noun phrase, for the sentence on the article.
        keywords: entries of the column keywords.
        section: entry of the column sectionName, where the desk has no section of its own.
    """

    words: frozenset[str]
    about: str
    keywords: tuple[str, ...]
    section: str = MISSING


@dataclass(frozen=True)
class Desk:
    """One desk of the newspaper.

    Attributes:
        keyword: the keyword that all articles of the desk carry.
        staff: names of the reporters.
        sentences: sentences on an article; those with ``{}`` wait for a topic, the others are for articles without.
        material: entry of the column typeOfMaterial.
        words: usual length of an article.
        section: section that a third of the articles without one go to.
        blog: share of blog posts.
    """

    keyword: str
    staff: tuple[str, ...]
    sentences: tuple[str, ...]
    material: str
    words: int
    section: str
    blog: float


@dataclass
class Story:
    """A headline on its way into the table."""

    headline: str
    desk: str
    when: datetime = FIRST_DAY
    column: bool = False  # a column that returns every week


# Words of the headline | what the article is about | keywords; ... | section. The first topic that fits is taken.
TOPICS = tuple(
    Topic(frozenset(words.split()), about, tuple(keywords.split("; ")), section)
    for words, about, keywords, section in (
        [part.strip() for part in f"{line} | {MISSING}".split("|")[:4]]
        for line in """
recap finale premiere television tv | a series that the whole town is watching | Television | Television
homeless shelter | people without a home and those who help them | Homeless Persons; Shelters
goat goats | a goat with firm opinions | Goats; Animals at Large
herons bixley baseball umpire pitcher outfield | the Herons and the long season ahead | Baseball | Baseball
rovers roon goalkeeper penalties referee | the Rovers and their faithful supporters | Soccer | Soccer
lions lund hockey | the Lions and the last weeks of winter | Hockey, Ice; Winter | Hockey
swimmer swimmers diver sailors rowers regatta | those who race on the water and in it | Swimming; Sailing
bees ants worm spiders snail mosquitoes moths | small creatures with large plans | Insects; Animal Behavior
octopus whales turtles seals jellyfish eel eels | life below the surface | Marine Biology; Oceans and Seas
bird birds crows gull hen penguins pigeons owls swallow | birds and what they know about us | Birds
dogs dog cat bear horse mice elephants sheep frog | the animals who share our lives | Animals
moon planet comet stars telescope spacecraft | the night sky and those who study it | Space and Astronomy
glaciers arctic climate warmer coal permafrost | a warming planet and its coasts | Global Warming; Energy
storm cyclone flood flooded floods flooding gale | high water and what it leaves behind | Floods; Storms
dam reservoir drought wells rivers river | rivers, wells and dams | Water; Rivers; Dams
bridge | a bridge and the people who wait for it | Bridges and Tunnels; Infrastructure
ferry tugboat tugboats boat ships ship barge fleet | boats and their crews | Ferries; Ships and Shipping
bus buses tram trams train trains highway traffic | getting from one place to another | Transit Systems
parking potholes streets street pedestrians bicycles | streets and how to share them | Roads and Traffic
fish fishing herring mackerel salmon cod sardine | fish and the people who live by them | Fishing, Commercial
europe europes brussels paris berlin vienna | Europe and its many arguments | Europe; European Politics | Europe
rome lisbon madrid oslo dublin prague warsaw naples | a European city and its habits | Europe; Cities | Europe
peace ceasefire border treaty refugees aid | the long road to peace | War and Armed Conflicts; Diplomacy
governor haddow senate legislators lawmakers | the State House and its quarrels | State Legislatures | Politics
mayor quillan council councilor brack | City Hall and its quarrels | Local Government; Quillan, Ida
vote votes voters voted election polls referendum | ballots and those who count them | Elections | Politics
budget tax taxes tariffs | public money and where it goes | Taxation; Budgets and Budgeting
police judge court courts courthouse thief thieves | the law and its daily work | Courts; Police
arrested murder arson juror juries prison prisons | justice and its delays | Crime and Criminals; Courts
rent tenants renters landlord housing mortgage | the price of a roof | Renting and Leasing; Housing
house houses homes apartments cottage kitchen | homes and those who fill them | Real Estate; Families
school schools students teacher teachers class | schools and the people in them | Education and Schools
college classroom homework teaching lesson | lessons that last | Education and Schools; Learning
doctor doctors nurse nurses hospital hospitals pill | doctors, nurses and patients | Medicine; Hospitals | Live
brain memory sleep neurons dementia insomnia | the mind and its habits | Brain; Memory; Sleep | Mind
runner runners marathon walk walking stairs weights | bodies in motion | Exercise; Walking | Move
baby parents children toddlers toddler teenagers | parents, children and patience | Families; Children | Family
mother mothers father fathers grandmother brother | what families pass on | Families
bread bakery bakers cake toast sourdough flour | bread, cake and the people who bake | Bread; Bakeries
soup stew dumplings dumpling noodles rice pasta | something warm for dinner | Cooking; Recipes
cook chef restaurant menu egg eggs omelet sandwich | good things to eat | Cooking; Restaurants
opera song singer choir band cello accordion tuba | music and those who make it | Music; Concerts | Music
theater actor actors musical stagehand | the theater and its ghosts | Theater
book books novel poet poem library bookstores | books and their readers | Books and Literature | Book Review
painting painter painted museum gallery statue | art and where it hangs | Art; Museums | Art & Design
bank markets market prices inflation cash | markets and nerves | Banks; Prices | Economy
strike union boss job jobs work workers factory | work and what it pays | Labor and Jobs | Economy
robot robots computer algorithms phone password | machines that mean well | Computers; Robots
fog rain snow sunny frost hail drizzle weather | the weather on the North Coast | Weather
harbor sea tide tides island islands coast beach | the sea and the people beside it | Harbors; Coasts
tree trees garden gardens plants farm farmers | gardens, fields and patience | Agriculture; Gardens
love married marriage divorce proposed friends | love and other arrangements | Love; Friendship
""".strip().splitlines()
    )
)


def _desk(
    keyword: str,
    staff: str,
    *sentences: str,
    material: str = "News",
    words: int = 900,
    section: str = MISSING,
    blog: float = 0.0,
) -> Desk:
    return Desk(keyword, tuple(staff.split(", ")), sentences, material, words, section, blog)


DESKS = {
    "City": _desk(
        "Port Ombry",
        "MIRA TOLLENGAST, JOSS HARBINGTON, DELPHINE OKUNDE, PETER WAINFLEET-ROE",
        "Nobody at City Hall expected a crowd, and nobody had brought enough chairs.",
        "A small story from the streets between the harbor and Tarrow Hill, told by those who were there.",
        "It started with a notice on a lamppost, and by noon the whole town had an opinion.",
        "Officials promise a decision before summer. Residents remember the last promise.",
        "A report from Port Ombry on {}.",
        "What residents told our reporter about {} may surprise City Hall.",
        "The town has been talking about {} all week, and it is not done yet.",
        "Neighbors on Lantern Street have strong views about {}.",
        "There is news about {}, and not everyone is pleased.",
        words=820,
    ),
    "World": _desk(
        "International Relations",
        "ANSELM KREUZBERT, LUCIA DEMARVO, HANA YOSHIGAWA-LEE, TOMAS VELLIK",
        "Far from the capital, the news arrived late, and people made up their own minds about it.",
        "Diplomats call it a first step; on the market square, they call it Thursday.",
        "In a country used to waiting, something has begun to change.",
        "The government has given an explanation, and its neighbors have given another.",
        "Our correspondent writes about {}, far from home.",
        "Abroad, a small decision changed the debate about {}.",
        "A letter from a foreign city about {}.",
        "Officials say little about {}; the people in the street say more.",
        "It has been a difficult spring, and the talk is of {}.",
        words=1000,
    ),
    "Region": _desk(
        "North Coast",
        "CORA HEXTABLE, WILLEM STOKELAND, BRIDIE FANSHAW-PYE",
        "In the hills above the coast, people tell it differently from the way they tell it in the capital.",
        "A county of farms and small towns has found its own answer, for now.",
        "State officials came to explain the plan and stayed to hear what was wrong with it.",
        "From the counties of the North Coast, a report about {}.",
        "In the capital and in the hills, people are arguing about {}.",
        "The state has new plans, and they concern {}.",
        "Small towns know more about {} than they are asked.",
    ),
    "OpEd": _desk(
        "Opinion",
        "LIONEL PRAETOR-BAY, MARGIT SOLVENNE, THEO CARRAGHAN, NADIA WESTERLOW",
        "I have changed my mind before, and I would recommend it to anyone.",
        "We keep having the same argument because we keep asking the same question.",
        "It is easier to be angry than to be useful. We should try the second for a week.",
        "This is not a popular opinion at my own breakfast table.",
        "We should talk differently about {}.",
        "I used to be sure of my opinion about {}. I am not anymore.",
        "A few plain words about {}, and an apology.",
        "The arguments about {} are loud, and most of them miss the point.",
        "What would change if we were honest about {}?",
        material="Op-Ed",
        section="Sunday Review",
    ),
    "Editorial": _desk(
        "Editorials",
        "THE EDITORIAL BOARD",
        "The facts are known and the remedies are simple. What is missing is the will.",
        "Port Ombry can do better, and it should begin this month.",
        "Public servants owe the public an answer, and soon.",
        "Those in charge have been silent too long about {}.",
        "There is a better plan, and it begins with an honest word about {}.",
        "The debate about {} deserves more than slogans.",
        "This page has written about {} before, and will again.",
        material="Editorial",
        words=520,
    ),
    "Business": _desk(
        "Business",
        "RUPERT ELLINGSWORTH, DIANTHA MOSS, KOFI BRANDEL",
        "The company says that all is well. Its customers are not so sure.",
        "It was a good idea with bad timing, and the bill has come in the mail.",
        "On the Fish Quay, fortunes are made slowly and lost before lunch.",
        "Owners and workers on the Fish Quay have learned something about {}.",
        "A company found out more about {}, and it was not free.",
        "The numbers are in, and they tell a story about {}.",
        "Investors thought that they knew everything about {}.",
        words=950,
    ),
    "Sports": _desk(
        "Sports",
        "BRAM COSTIGAN-VALE, LOTTIE PENHURST, DEV RAMSUNDER",
        "Nobody had planned for extra time, least of all the man who sells the pies.",
        "A season that began with rain and doubt has found its story.",
        "The coach asked for patience, the fans asked for their money back, and then something happened.",
        "The fans came early to talk about {}.",
        "It was a weekend that said a lot about {}.",
        "Coaches, players and one bus driver on {}.",
        "No one in the stands will soon forget this story about {}.",
    ),
    "Culture": _desk(
        "Arts",
        "OCTAVIA BELLWEATHER, FINN LARKSPUR, JUDITH AMARANTO",
        "It is strange, it is a little too long, and you should see it.",
        "Our critic went in doubting and came out humming.",
        "In a former net loft by the harbor, artists are trying something new.",
        "Our critic stayed to the end to write about {}.",
        "An evening about {}, with an interval and good coffee.",
        "Artists on the North Coast have something new to say about {}.",
        "It takes courage, and a warm coat, to make art about {}.",
    ),
    "Science": _desk(
        "Science",
        "ILSE MARCHBANK, RAFI TENDERLOCH",
        "The finding surprised the researchers, who had been looking for something else.",
        "It took nine years, two grants and a borrowed microscope to find out.",
        "What looked like an error in the data turned out to be the best part.",
        "A new study asks a simple question about {}.",
        "Researchers have changed their minds about {}.",
        "The data took nine years to collect, and they concern {}.",
        "Scientists at Tarrow College measured what everyone believed about {}.",
        words=850,
    ),
    "Well": _desk(
        "Health",
        "HARRIET SOLOMONDE, CASPAR NIGHTINGALL",
        "The evidence is better than the advice, and the advice is simple.",
        "It costs nothing, takes ten minutes and may do some good.",
        "Experts disagree, but kindly, and here is what they have in common.",
        "Ten minutes with an expert, and a new view of {}.",
        "Sound advice, and no miracle, about {}.",
        "A small trial brings good news about {}.",
        "Our readers sent us their questions about {}.",
        words=700,
    ),
    "Food": _desk(
        "Food",
        "CLEMENTINE ROUX-HALL, BASIL TURNCROFT",
        "It takes an hour, most of which you may spend reading.",
        "Use what you have, taste as you go and do not apologize at the table.",
        "Our cook tried it eleven times so that you need to try it only once.",
        "A recipe, and a short story about {}.",
        "All you need is an hour, a pot and some thoughts about {}.",
        "In the kitchen, we learned something about {}.",
        "Our cook has a few strong opinions about {}.",
        words=780,
    ),
    "Travel": _desk(
        "Travel and Vacations",
        "FELIX ROAMER-DUNNE, ASTRID KALLOWAY",
        "The map was wrong, the weather was worse, and nobody wanted to go home.",
        "Bring a sweater, a pencil and more time than you think.",
        "A short trip, a long conversation and the view from the wrong side.",
        "Notes from a long journey, with thoughts about {}.",
        "Bring a map, a sweater and an open mind about {}.",
        "A traveler finds out more than she expected about {}.",
        words=1300,
    ),
    "RealEstate": _desk(
        "Real Estate",
        "VERITY GABLE-STONE",
        "The listing said charming. The surveyor used another word.",
        "Two rooms, four offers and a view of somebody else’s laundry.",
        "They were looking for something sensible, and then they saw the stairs.",
        "Buyers, sellers and one surveyor on {}.",
        "Three rooms, two offers and a lesson about {}.",
        "What to know about {} before you sign.",
        words=1000,
    ),
    "Learning": _desk(
        "Education",
        "PHILIPPA QUILLFEATHER, AMIR SANDOVELLE",
        "Students are invited to read, think and write to us before Friday.",
        "There is no right answer, but there are some very good wrong ones.",
        "A lesson for one hour, with questions that you may take home.",
        "Students are invited to write to us about {}.",
        "A lesson for one hour about {}.",
        "Read the article, then tell us what you think about {}.",
        "A question for the classroom about {}.",
        words=420,
        blog=0.3,
    ),
    "Games": _desk(
        "Puzzles",
        "DEXTER ANAGRANT",
        "Today’s puzzle is gentler than it looks, until it is not.",
        "The theme hides in plain sight, which is where themes like to hide.",
        "Our puzzle maker explains, and apologizes for the lower left corner.",
        "Today’s puzzle takes its theme from {}.",
        "Our puzzle maker explains a difficult grid about {}.",
        "A hint for solvers: think about {}.",
        words=640,
        blog=0.2,
    ),
    "Obituaries": _desk(
        "Deaths (Obituaries)",
        "MAUD EVENSONG, CYRIL HALLOWBY",
        "A long life, told by those who were lucky enough to be in the way of it.",
        "The town will be quieter now, and will need to do some things for itself.",
        "Modest to the end, and usually right.",
        "Friends and neighbors look back and speak about {}.",
        "Even in old age there was one subject, and that was {}.",
        "Those who came to say goodbye told stories about {}.",
        material="Obituary (Obit)",
        words=1050,
    ),
    "Letters": _desk(
        "Letters",
        "OUR READERS",
        "Readers write to praise, to complain and, in one case, to propose.",
        "Some letters have been shortened, and one has been calmed down.",
        "Readers write to us about {}.",
        "Several readers disagree with us, and with each other, about {}.",
        material="Letter",
        words=380,
    ),
    "Weather": _desk(
        "Weather",
        "GALE PETTIBRIDGE",
        "Dress in layers, and do not trust the morning.",
        "The outlook from our weather station on Gull Point, where it is windy.",
        "Gardeners may hope; sailors should check again at noon.",
        "The outlook from our weather station on Gull Point, with a word about {}.",
        "Our forecaster looked out of the window and thought about {}.",
        "Bring an umbrella: a short report about {}.",
        material="Brief",
        words=240,
    ),
    "Newsroom": _desk(
        "Newspapers",
        "WINIFRED GALLEYFORD, ARLO TYNDRUM-MARSH",
        "An editor explains how a page is made, and how it is sometimes unmade.",
        "A look behind the paper, with more coffee than you would expect.",
        "You asked. Here is an honest answer from the newsroom.",
        "An editor explains how we report about {}.",
        "A look behind the page: our newsroom and {}.",
        "You asked how we write about {}. Here is an answer.",
        words=720,
    ),
    "Styles": _desk(
        "Fashion and Manners",
        "XANTHE BROCADEL",
        "Everybody is doing it, and nobody can say who began.",
        "A few questions of taste, and some answers without mercy.",
        "It was never meant to be elegant, which may be why it is.",
        "This season, everyone has a new idea about {}.",
        "Manners change, and so do our feelings about {}.",
        "A few questions of taste about {}.",
        words=800,
    ),
    "Magazine": _desk(
        "Magazine",
        "SERAPHINA DRAKEFIELD, JONAS ULLMARK-REED",
        "It began with a letter in the wrong mailbox, and it took a year to tell.",
        "What happened next is still a matter of dispute in three villages.",
        "Everyone remembers that summer differently, and everyone is sure.",
        "It began with a letter, and it turned into a story about {}.",
        "For a year our writer listened to people who know about {}.",
        "A long story of stubborn people, and of {}.",
        words=3200,
    ),
    "Numbers": _desk(
        "Statistics",
        "EUCLID FARTHINGALE",
        "We counted twice. The result is smaller than the argument about it.",
        "A chart, a caution and a few things that the average hides.",
        "The figures are public, and almost nobody has looked at them.",
        "We counted, and the result says something about {}.",
        "A chart, a caution and some figures about {}.",
        "The average hides a lot when the subject is {}.",
        material="News Analysis",
    ),
}

MATERIAL_OF_COLUMN = {
    "Before the Kettle Boils": "briefing",
    "Corrections": "Correction",
    "Letters From Our Readers": "Letter",
    "Quiz: Were You Paying Attention?": "Question",
    "The Tide Table": "Brief",
}


def clean(headline: str) -> list[str]:
    """The words of a headline as the course trains on them: lowercase, no punctuation, ASCII only."""
    text = "".join(char for char in headline if char not in string.punctuation).lower()
    return text.encode("utf8").decode("ascii", "ignore").split()


def read_stories(path: Path) -> list[Story]:
    """Read the headlines and give each its date.

    Inside a desk the stories keep the order of the file; columns appear on each of their weekdays, early in the day.

    Args:
        path: text file with desks, headlines and columns; its first lines explain how it is written.

    Returns:
        All stories of the month, in the order of their dates.

    Raises:
        ValueError: if a desk has no entry in DESKS, a headline stands before the first desk or is there twice, or a
            weekday cannot be read.
    """
    rng = random.Random(SEED)
    by_desk: dict[str, list[Story]] = {}
    columns: list[Story] = []
    desk = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        line = line.strip(" ")
        if not line or line.startswith("##"):
            continue
        if line.startswith("# "):
            desk = line[2:].strip()
            if desk not in DESKS:
                raise ValueError(f"{path.name}, line {number}: there is no desk {desk!r}, only {', '.join(DESKS)}.")
            continue
        if not desk:
            raise ValueError(f"{path.name}, line {number}: a headline before the first desk.")
        line = line.replace("&nbsp;", "\u00a0")
        if weekday := re.match(r"\[(\w{3})\] (.+)", line):
            dates = [FIRST_DAY + timedelta(days=day) for day in range(DAYS)]
            found = [date for date in dates if WEEKDAYS[date.weekday()] == weekday[1]]
            if not found:
                raise ValueError(f"{path.name}, line {number}: {weekday[1]!r} is not one of {', '.join(WEEKDAYS)}.")
            minute = rng.randrange(60)
            columns += [Story(weekday[2], desk, date + timedelta(hours=5, minutes=minute), True) for date in found]
        else:
            by_desk.setdefault(desk, []).append(Story(line, desk))

    stories = [story for some in by_desk.values() for story in some]
    counts = Counter(story.headline.casefold() for story in stories)
    if twice := [headline for headline, count in counts.items() if count > 1]:
        raise ValueError(f"{path.name} has these headlines twice: {'; '.join(twice)}.")
    for some in by_desk.values():
        seconds = sorted(rng.sample(range(DAYS * 24 * 3600), len(some)))
        for story, second in zip(some, seconds, strict=True):
            story.when = FIRST_DAY + timedelta(seconds=second)
    missing = [
        Story(MISSING, rng.choice(list(by_desk)), FIRST_DAY + timedelta(seconds=rng.randrange(DAYS * 24 * 3600)))
        for _ in range(MISSING_ROWS)
    ]
    return sorted(stories + columns + missing, key=lambda story: (story.when, story.headline))


def slug(headline: str) -> str:
    """A headline as the last part of an address, such as ``the-last-night-ferry``."""
    text = html.unescape(headline).replace("’", "").replace("'", "")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", text)[:10])


def make_row(story: Story, rng: random.Random) -> dict[str, str | int]:
    """One row of the table: the story with plausible entries in the other columns."""
    desk = DESKS[story.desk]
    words = set(clean(html.unescape(story.headline).replace("’s ", " ")))
    topic = next((topic for topic in TOPICS if topic.words & words), None)
    keywords = [desk.keyword]
    if topic:
        keywords += [word for word in topic.keywords if word != desk.keyword]
    for place in ("Port Ombry", "Marrish", "Saltmarsh", "Tarrow Hill", "Lantern Street", "Gull Point"):
        if place in story.headline and place not in keywords:
            keywords.append(place)
    section = topic.section if topic and rng.random() < 0.8 else MISSING
    if section == MISSING and rng.random() < 0.33:
        section = desk.section
    material = MATERIAL_OF_COLUMN.get(story.headline, desk.material)
    if re.search(r"\b(Review|Recap|Finale|Premiere)\b", story.headline) and story.desk in ("Culture", "Food"):
        material = "Review"
    sentences = [sentence for sentence in desk.sentences if ("{}" in sentence) == bool(topic)]
    snippet = rng.choice(sentences).format(topic.about if topic else "")
    length = round(desk.words * rng.lognormvariate(0, 0.35))
    byline = "By " + rng.choice(desk.staff)
    if len(desk.staff) > 2 and rng.random() < 0.06:
        byline = "By " + " and ".join(rng.sample(desk.staff, 2))
    article_id = f"{rng.getrandbits(96):024x}"
    path = f"{story.when:%Y/%m/%d}/{story.desk.lower()}"
    name = article_id[:10] if story.headline == MISSING else slug(story.headline)
    return {
        "abstract": snippet if rng.random() < 0.025 else "",
        "articleID": article_id,
        "articleWordCount": min(max(length, 60), 7800),
        "byline": byline,
        "documentType": "blogpost" if rng.random() < desk.blog else "article",
        "headline": story.headline,
        "keywords": str(keywords),
        "multimedia": rng.choices((3, 0, 2, 66), weights=(92, 5, 1, 2))[0],
        "newDesk": story.desk,
        "printPage": 0 if rng.random() < 0.32 else min(1 + int(rng.expovariate(1 / 9)), 48),
        "pubDate": f"{story.when:%Y-%m-%d %H:%M:%S}",
        "sectionName": section,
        "snippet": snippet,
        "source": SOURCE,
        "typeOfMaterial": material,
        "webURL": f"https://example.org/{path}/{name}.html",
    }


def sharing(headlines: list[list[str]], run: int = 5) -> list[int]:
    """Numbers of the headlines that have a run of so many words in common with another one."""
    holders: dict[tuple[str, ...], set[int]] = defaultdict(set)
    for number, words in enumerate(headlines):
        for start in range(len(words) - run + 1):
            holders[tuple(words[start : start + run])].add(number)
    return sorted({number for numbers in holders.values() if len(numbers) > 1 for number in numbers})


def check(stories: list[Story], rows: list[dict[str, str | int]]) -> list[str]:
    """Print what the corpus looks like, and say what is wrong with it.

    Args:
        stories: all stories of the month.
        rows: the rows made of them.

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

    print(f"rows                            {len(rows)}")
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
    spread = " ".join(f"{length}:{count}" for length, count in sorted(Counter(lengths).items()))
    print(f"lengths                         {spread}")
    for seed in SEEDS:
        phrase = sum(f" {seed} " in line for line in lines)
        each = ", ".join(f"{word} {vocabulary[word]}" for word in seed.split())
        print(f"{seed!r:<24}        {phrase} headlines; words: {each}")

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
        (len({row["articleID"] for row in rows}) == len(rows), "two articles have the same articleID"),
        (len({row["webURL"] for row in rows}) == len(rows), "two articles have the same webURL"),
        (all(row["snippet"] and row["keywords"] for row in rows), "an article has no snippet or no keywords"),
        ("'" not in everything and '"' not in everything, "a headline has a straight quotation mark"),
    ]
    for seed in SEEDS:
        wanted.append((any(f" {seed} " in line for line in lines), f"no headline has the words {seed!r}"))
        rare = [word for word in seed.split() if vocabulary[word] < 5]
        wanted.append((not rare, f"of the seed {seed!r}, these words occur less than 5 times: {', '.join(rare)}"))
    return [sentence[0].upper() + sentence[1:] + "." for ok, sentence in wanted if not ok]


def main() -> int:
    """Write data/sample/articles.csv if the corpus is as it should be.

    Returns:
        0, or 1 if a requirement is missed; nothing is written then.
    """
    try:
        stories = read_stories(HEADLINES)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    rng = random.Random(SEED + 1)
    rows = [make_row(story, rng) for story in stories]
    faults = check(stories, rows)
    if faults:
        print("\nNothing was written:", *faults, sep="\n", file=sys.stderr)
        return 1
    table = io.StringIO()
    writer = csv.DictWriter(table, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    ARTICLES.parent.mkdir(parents=True, exist_ok=True)
    ARTICLES.write_bytes(table.getvalue().encode("utf-8"))
    print(f"\nwritten: {ARTICLES.relative_to(DATA.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
