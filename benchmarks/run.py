"""Measure the course's way against the chapter's, keep the values in results/, and write RESULTS.md from there.

python -m benchmarks.run           everything, about half an hour on 2 cores; let the machine do nothing else
python -m benchmarks.run --quick   one size of each, few repeats, no long trainings; keeps nothing
python -m benchmarks.run --write   measures nothing: RESULTS.md and results.png from what is kept
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import pandas as pd
from matplotlib import style
from matplotlib.figure import Figure

from benchmarks import results
from course.points import over_seeds
from course.setup import no_start_up_notes

HERE = Path(__file__).resolve().parent
HEAD = """# Benchmarks

Written by `python -m benchmarks.run --write` from the tables in `results/`. Where a value was measured several times,
the lowest and the highest stand in brackets.
"""
PICTURES = {  # below which table
    "speed": "![How many times better each figure is than the chapter's way](results.png)",
    "fruit_rules": "![Eight small paintings of each training, in the order of the table](rules.jpg)",
}


def number(value: float) -> str:
    """A figure as text: three digits, or all before the point."""
    if math.isinf(value):
        return "not reached"
    return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"


def spread(values: pd.Series) -> str:
    """Median, lowest and highest as text."""
    if len(values) < 2:
        return number(values.iloc[0]) if len(values) else "-"
    return f"{number(values.median())} ({number(values.min())} to {number(values.max())})"


def times_better(measured: pd.DataFrame) -> float:
    """How many times better the course's median is than the chapter's; not finite where there is nothing to compare."""
    chapter, course = (measured["value"][measured["way"] == way].median() for way in ("chapter", "course"))
    return course / chapter if measured["unit"].iloc[0] == "1/s" else chapter / course


def speed(table: pd.DataFrame) -> pd.DataFrame:
    """Both ways side by side; both were measured in turns in one run."""
    lines = []
    for (notebook, what, unit), measured in table.groupby(["notebook", "what", "unit"], sort=False):
        ways = [spread(measured["value"][measured["way"] == way]) for way in ("chapter", "course")]
        better = times_better(measured)
        lines.append([notebook, f"{what}, {unit}", *ways, f"{better:.1f}" if math.isfinite(better) else "-"])
    return pd.DataFrame(lines, columns=["notebook", "what", "chapter's way", "course", "times better"])


def headlines_rivals(table: pd.DataFrame) -> pd.DataFrame:
    """Held-out bits per word of each model, over splits and seeds, and the perplexity of the mean.

    All words count, unknown ones and the end included; every network has the same budget.
    """
    bits = table.groupby("model", sort=False)["bits_per_word"]
    shown = pd.DataFrame({"bits per word": bits.apply(spread), "perplexity": (2 ** bits.mean()).map("{:,.0f}".format)})
    shown["runs"] = bits.size()
    return shown.reset_index()


def headlines_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Bits per word that one model needs more than another, with 95% intervals, paired by headline."""
    return _with_intervals(table, ["model", "against"])


def headlines_words_shown(table: pd.DataFrame) -> pd.DataFrame:
    """The trained LSTMs shown the last words only, or the earlier ones shuffled: bits per word more than with all."""
    return _with_intervals(table, ["shown"])


def headlines_leave_out(table: pd.DataFrame) -> pd.DataFrame:
    """The LSTM without one of its ingredients, on all splits, and how many bits per word more that needs."""
    bits = table["bits_per_word"].map("{:.2f}".format)
    shown = pd.DataFrame({"left out": table["left_out"], "bits per word": bits})
    return shown.assign(more=_with_intervals(table, [])["difference"])


def headlines_months(table: pd.DataFrame) -> pd.DataFrame:
    """Held-out bits per word by number of training headlines, from the chapter's month and five more.

    The held-out headlines stay the same, the vocabulary grows with the training: so only figures of one column compare.
    """
    wide = table.pivot_table(index="model", columns="headlines", values="bits_per_word", sort=False)
    return wide.round(2).rename(columns="{:,}".format).reset_index()


def headlines_months_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Bits per word that one model needs more than another, by number of training headlines, with 95% intervals."""
    shown = _with_intervals(table, ["headlines"]).assign(pair=table["model"] + " against " + table["against"])
    wide = shown.pivot_table(index="headlines", columns="pair", values="difference", aggfunc="first", sort=False)
    return wide.rename(index="{:,}".format).reset_index()


def headlines_cost(table: pd.DataFrame) -> pd.DataFrame:
    """Processor seconds and memory by number of headlines: an epoch of each kind, and the judging of them.

    First an epoch of the exercise's network, then with one of the LSTM and of all that judges; peak of memory in MB.
    """
    shown = table.rename(columns={"exercise": "exercise, s", "all": "all, s", "memory": "memory, MB"})
    return shown.map("{:,.0f}".format)


def _with_intervals(table: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Some columns, and the difference with its interval."""
    shown = ["{:+.2f} ({:+.2f} to {:+.2f})".format(*row) for row in table[["difference", "low", "high"]].to_numpy()]
    return table[columns].assign(difference=shown)


def quadratic_recipes(table: pd.DataFrame) -> pd.DataFrame:
    """Energy distance x 1000 over the seeds on which ways were chosen, and over those that only report."""
    parts = []
    for seeds, rows in (("choosing", table[table["seed"] < 32]), ("reporting", table[table["seed"] >= 32])):
        found = over_seeds(rows).rename_axis("recipe").reset_index()
        parts.append(found.assign(seeds=seeds))
    return pd.concat(parts)


def quadratic_failures(table: pd.DataFrame) -> pd.DataFrame:
    """Medians: energy distance x 1000, accuracy of a fresh examiner, losses of the last 1000 steps."""
    wide = table.drop(columns="seed").groupby("case", sort=False).median()
    return wide.map(lambda value: "-" if math.isnan(value) else f"{value:.3g}").reset_index()


def fruit_fifteen_minutes(table: pd.DataFrame) -> pd.DataFrame:
    """Tomatoes by the lesson's way and by the first edition's, against held-out ones, by minutes on 2 cores.

    Minutes are steps times the seconds of a step, which were measured in turns; mean, lowest and highest of the seeds.
    """
    rows = []
    for (way, seed), training in table.groupby(["way", "seed"], sort=False):
        for quarter in range(15, int(training["minutes"].max()) + 2, 15):
            nearest = training.loc[(training["minutes"] - quarter).abs().idxmin()]
            rows.append(nearest.to_dict() | {"way": way, "seed": seed, "minutes": quarter})
    return _of_seeds(pd.DataFrame(rows), ["way", "minutes"])


def fruit_few(table: pd.DataFrame) -> pd.DataFrame:
    """Bananas at 32 pixels, learnt from a hundred individuals, against as many others, after the last epoch.

    Mean, lowest and highest of three seeds; beside it the discriminator's mean verdict on the pictures that it learnt
    from, on those that it never saw, and how far both are apart in one training.
    """
    last = table.loc[table.groupby(["way", "seed"], sort=False)["epoch"].idxmax()]
    last = last.assign(apart=last["on_learnt"] - last["on_unseen"])
    return _of_seeds(last, ["way"], dict.fromkeys(["on_learnt", "on_unseen", "apart"], "{:.2f}"))


def fruit_vanilla(table: pd.DataFrame) -> pd.DataFrame:
    """A training of each vanilla GAN, its paintings against held-out bananas; spreads over halves of the piles."""
    shown = table[["way", "generator", "discriminator", "steps"]].copy()
    shown[["generator", "discriminator", "steps"]] = shown.iloc[:, 1:].map("{:,}".format)
    shown["processor seconds"] = table["processor seconds"].map("{:.0f}".format)
    shown["kid"] = table["kid"].map("{:,.0f}".format) + table["kid_spread"].map(" ± {:,.0f}".format)
    for figure in ("precision", "recall"):
        shown[figure] = table[figure].map("{:.2f}".format) + table[f"{figure}_spread"].map(" ± {:.2f}".format)
    return shown


def fruit_rules(table: pd.DataFrame) -> pd.DataFrame:
    """Tomatoes at 32 pixels with one thing changed, against held-out ones: mean, lowest and highest of three seeds."""
    return _of_seeds(table, ["what"]).drop(columns="trainings")


def _of_seeds(table: pd.DataFrame, columns: list[str], more: dict[str, str] | None = None) -> pd.DataFrame:
    """Some columns, and the judges' figures over the trainings that share them; of one training its value."""
    by = table.groupby(columns, sort=False)
    shown = by.size().rename("trainings").to_frame()
    forms = {"kid": "{:,.0f}", "precision": "{:.2f}", "recall": "{:.2f}", "coverage": "{:.2f}"} | (more or {})
    for figure, form in forms.items():
        mean, low, high = (by[figure].agg(how).map(form.format) for how in ("mean", "min", "max"))
        shown[figure] = (mean + " (" + low + " to " + high + ")").where(by.size() > 1, mean).replace("nan", "-")
    return shown.reset_index()


def judges_battery(table: pd.DataFrame) -> pd.DataFrame:
    """Piles of known quality on the bundled fruit; of real pictures the standard deviation stands beside the mean."""
    table = table[(table["data"] == "sample") & table["judge"].isin(["shape and colour", "copies"])]
    table = table[table["figure"] != "p"]
    shown = table["value"].map(number) + (" ± " + table["real_spread"].map(number)).where(table["pile"] == "real", "")
    wide = table.assign(shown=shown).pivot_table(
        index=["fruit", "pile", "strength"], columns="figure", values="shown", aggfunc="first", sort=False
    )
    return wide.fillna("-").reset_index()


def after_points(table: pd.DataFrame) -> pd.DataFrame:
    """Ways to make points of the parabola, 4,000 points judged of each training; seconds are of one training.

    Of notebook 2's best GAN one game was timed.
    """
    from course.after import by_model  # which brings TensorFlow

    return by_model(table).rename_axis("model").reset_index()


def after_schedules(table: pd.DataFrame) -> pd.DataFrame:
    """Noise schedules: energy distance x 1000 by number of steps, over seeds."""
    found = table.groupby(["schedule", "steps"], sort=False)["energy_distance_x1000"].apply(spread)
    return found.unstack().reset_index()


def after_whisper(table: pd.DataFrame) -> pd.DataFrame:
    """Shares of right last names after 500 batches, by how many names are between."""
    from course.after import by_distance

    return by_distance(table).reset_index()


def after_headlines(table: pd.DataFrame) -> pd.DataFrame:
    """A Transformer on the splits of notebook 1: held-out bits per word beside some of its rivals."""
    return headlines_rivals(table)


def after_intervals(table: pd.DataFrame) -> pd.DataFrame:
    """Bits per word that the Transformer needs more than another model, with 95% intervals, paired by headline."""
    return headlines_intervals(table)


SECTIONS = {  # table: heading, and how it is shown
    "speed": ("The course's way against the chapter's", speed),
    "headlines_rivals": ("Notebook 1: language models and their rivals", headlines_rivals),
    "headlines_intervals": ("Notebook 1: which differences are more than chance", headlines_intervals),
    "headlines_leave_out": ("Notebook 1: what each ingredient of the LSTM brings", headlines_leave_out),
    "headlines_months": ("Notebook 1: more months of the real newspaper", headlines_months),
    "headlines_months_intervals": ("Notebook 1: when memory begins to pay", headlines_months_intervals),
    "headlines_cost": ("Notebook 1: what many headlines cost", headlines_cost),
    "headlines_words_shown": ("Notebook 1: how much of the past an LSTM uses", headlines_words_shown),
    "quadratic_recipes": ("Notebook 2: ways to play, 32 games each", quadratic_recipes),
    "quadratic_failures": ("Notebook 2: ways to fail and their cures, 32 games each", quadratic_failures),
    "after_points": ("Notebook 4: the parabola again", after_points),
    "after_schedules": ("Notebook 4: noise schedules", after_schedules),
    "after_whisper": ("Notebook 4: a name that is far back", after_whisper),
    "after_headlines": ("Notebook 4: the headlines again", after_headlines),
    "after_intervals": ("Notebook 4: which differences are more than chance", after_intervals),
    "fruit_fifteen_minutes": (
        "Notebook 3: a quarter and half an hour, and the first edition's hour",
        fruit_fifteen_minutes,
    ),
    "fruit_few": ("Notebook 3: a hundred bananas, with and without augmentation", fruit_few),
    "fruit_vanilla": ("Notebook 3: vanilla GANs at their best", fruit_vanilla),
    "fruit_rules": ("Notebook 3: one rule of a DCGAN removed at a time, and ways to train", fruit_rules),
    "judges_battery": ("Notebook 3: the judges on piles of known quality", judges_battery),
}


def markdown(table: pd.DataFrame) -> str:
    """A table as Markdown."""
    lines = [table.columns, ["---"] * len(table.columns), *table.itertuples(index=False)]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)


def document() -> str:
    """RESULTS.md: each table that there is, with where, when and on what it was measured."""
    parts = [HEAD]
    for name, (heading, view) in SECTIONS.items():
        if (results.FOLDER / f"{name}.csv").exists():
            about = f"{view.__doc__.splitlines()[0]}\n\nMeasured on {results.origin(name)}."
            parts.append(f"## {heading}\n\n{about}\n\n{markdown(view(results.read(name)))}\n")
            if name in PICTURES:
                parts.append(f"{PICTURES[name]}\n")
    return "\n".join(parts)


def plot(table: pd.DataFrame, path: Path) -> None:
    """Bars: how many times better each figure is than the chapter's way, on a logarithmic axis."""
    # A share in percent has a limit to stay under; being smaller than a tiny one is no race.
    groups = table[table["unit"] != "%"].groupby(["notebook", "what"], sort=False)
    bars = {f"{notebook}: {what}": times_better(measured) for (notebook, what), measured in groups}
    bars = {name: better for name, better in reversed(bars.items()) if math.isfinite(better)}
    with style.context("default"):
        figure = Figure(figsize=(8, 0.4 * len(bars) + 1.2), layout="constrained")
        axis = figure.add_subplot()
        shown = axis.barh(list(bars), [better - 1 for better in bars.values()], left=1, color="#0072B2")
        axis.bar_label(shown, [f" {better:.1f}" for better in bars.values()])
        axis.axvline(1, color="grey", linestyle="--", linewidth=1)
        axis.set(xscale="log", xlabel="times better than the chapter's way")
        axis.set_title("The course against the chapter's way")
        axis.set_xlim(0.5, 2 * axis.get_xlim()[1])  # room for the figures behind the bars
        axis.xaxis.set_major_formatter("{x:g}")
        figure.savefig(path, dpi=100, metadata={"Software": None})


def write(folder: Path = HERE) -> None:
    """RESULTS.md and results.png from what is kept."""
    (folder / "RESULTS.md").write_text(document(), encoding="utf-8", newline="\n")
    plot(results.read("speed"), folder / "results.png")


def measure(quick: bool) -> None:
    """Measure everything, print it, and keep the values of a full run."""
    with no_start_up_notes():
        from benchmarks import fruit, headlines, loading, quadratic  # here: they load TensorFlow

    found = []
    for benchmark in (headlines, quadratic, fruit, loading):
        print(f"{benchmark.__name__} ...", flush=True)
        found += benchmark.measure(quick)
    table = pd.DataFrame(found)
    print(f"\n{markdown(speed(table))}")
    if not quick:
        results.keep("speed", table, command="python -m benchmarks.run", data="data/sample")


def main() -> None:
    """Measure, or only write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--quick", action="store_true")
    what.add_argument("--write", action="store_true")
    options = parser.parse_args()
    if not options.write:
        measure(options.quick)
    if not options.quick:
        write()


if __name__ == "__main__":
    main()
