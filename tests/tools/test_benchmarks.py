"""What is measured is kept with its origin, and what is shown comes from there; a quick run still measures all."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from benchmarks import results, run
from benchmarks.common import both_ways
from tests.common import COURSE
from tests.tools.test_figures import EXACTLY, same

KEPT = sorted(path.stem for path in results.FOLDER.glob("*.csv"))
TABLE = pd.DataFrame({"what": ["a step", "a step"], "seconds": [0.25, 1 / 3]})


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty place for results."""
    monkeypatch.setattr(results, "FOLDER", tmp_path / "results")
    return results.FOLDER


# ---------------------------------------------------------------- what is kept


@pytest.mark.parametrize("name", KEPT)
def test_each_table_says_on_what_when_and_by_which_code_it_was_measured(name):
    facts = results.about(name)
    assert {"processor", "cores", "gpu", "python", "tensorflow", "keras"} <= set(facts["machine"])
    assert re.fullmatch(r"[0-9a-f]{40}", facts["commit"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\d", facts["date"])
    assert not re.search(r'"(/|~|[A-Z]:\\)', json.dumps(facts)), "a path of somebody's machine"
    table = results.read(name)
    measured = table[~table.iloc[:, 0].eq("real against real")]  # that row has the examiner's figures only
    measured = measured.drop(columns=["on_learnt", "on_unseen"], errors="ignore")  # the next test looks at these
    assert len(table) and not measured.isna().any().any()


def test_verdicts_stand_after_the_last_epoch_of_each_training():
    table = results.read("fruit_few").query("way != 'other real pictures'")
    ends = table["epoch"] == table["epoch"].max()
    assert ends.sum() == 6
    for column in ("on_learnt", "on_unseen"):
        assert table[column].notna().equals(ends)


def test_a_quarter_of_an_hour_is_the_nearest_judgement_of_each_training():
    """Notices seeds or ways that are mixed, another minute, an hour that is not there."""
    rows = [
        {"way": way, "seed": seed, "minutes": minutes, "kid": kid, "precision": 0.5, "recall": 0.0, "coverage": 1.0}
        for way, last in (("lesson", 16), ("first edition", 31))
        for seed in (0, 1)
        for minutes, kid in ((13.6, 900), (15.3, 100 + 20 * seed + len(way)), (last, 7 + seed))
    ]
    shown = run.fruit_fifteen_minutes(pd.DataFrame(rows))
    assert shown[["way", "minutes", "trainings"]].values.tolist() == [
        ["lesson", 15, 2],
        ["first edition", 15, 2],
        ["first edition", 30, 2],
    ]
    assert shown["kid"].tolist() == ["116 (106 to 126)", "123 (113 to 133)", "8 (7 to 8)"]


def test_every_table_is_shown_and_nothing_else_lies_there():
    cards = {path.stem for path in (COURSE / "weights").glob("*.md")}
    assert {name for name in KEPT if name.removeprefix("weights_") not in cards} <= set(run.SECTIONS)
    assert sorted(path.stem for path in results.FOLDER.iterdir()) == sorted(2 * KEPT)


def test_the_lessons_read_tables_that_there_are():
    sources = "".join(path.read_text(encoding="utf-8") for path in (COURSE / "solutions").glob("0*.py"))
    read = re.findall(r'read_csv\("benchmarks/results/(\w+)\.csv"\)', sources)
    assert set(read) >= {"headlines_rivals", "headlines_intervals"}
    assert set(read) <= set(KEPT)


def test_a_table_comes_back_as_it_was_kept(folder):
    results.keep("steps", TABLE, command="python -m benchmarks.steps", seeds=2)
    assert results.read("steps").round(5).equals(TABLE.round(5))
    assert results.about("steps")["settings"] == {"command": "python -m benchmarks.steps", "seeds": 2}
    assert results.origin("steps").endswith(("with changes", results.CODE["commit"][:7]))


def test_a_table_that_goes_on_says_where_its_earlier_rows_come_from(folder, monkeypatch):
    monkeypatch.setattr(results, "CODE", {"commit": "1" * 40, "dirty": False})
    results.keep("steps", TABLE, goes_on=True)
    assert "note" not in results.about("steps")
    monkeypatch.setattr(results, "CODE", {"commit": "2" * 40, "dirty": False})
    for _ in "at once", "again":
        results.keep("steps", TABLE, goes_on=True)
        assert results.origin("steps").count("commit") == 2 and "commit 1111111" in results.origin("steps")
    results.keep("steps", TABLE)
    assert "note" not in results.about("steps"), "measured anew as a whole"


def test_a_table_without_its_origin_is_an_error(folder):
    with pytest.raises(FileNotFoundError, match=r"no benchmarks/results/steps.csv: measure it first"):
        results.read("steps")
    results.keep("steps", TABLE)
    beside = folder / "steps.json"
    facts = json.loads(beside.read_text(encoding="utf-8"))
    for lost in ("machine", "commit", "date"):
        beside.write_text(json.dumps({key: value for key, value in facts.items() if key != lost}), encoding="utf-8")
        with pytest.raises(ValueError, match=f"steps.json does not say {lost}: measure it again"):
            results.read("steps")
    for broken in ("[]", "{"):
        beside.write_text(broken, encoding="utf-8")
        with pytest.raises(ValueError, match="does not say machine, commit, date"):
            results.read("steps")
    beside.unlink()
    with pytest.raises(FileNotFoundError, match=r"steps.csv has no steps.json beside it"):
        results.read("steps")


def test_data_is_named_without_a_path_of_this_machine(tmp_path):
    assert results.label(COURSE / "data" / "sample") == "data/sample"
    assert results.label(tmp_path / "may.csv") == "may.csv"


# ---------------------------------------------------------------- what is shown


def test_results_are_what_the_tables_give():
    assert (COURSE / "benchmarks" / "RESULTS.md").read_text(encoding="utf-8") == run.document(), "run  make notebooks"


def test_the_picture_is_what_the_table_of_speed_gives(tmp_path):
    table = results.read("speed")
    run.plot(table, tmp_path / "results.png")
    assert same(tmp_path / "results.png", COURSE / "benchmarks" / "results.png", EXACTLY), "run  make notebooks"
    table.loc[table["way"] == "course", "value"] *= 2
    run.plot(table, tmp_path / "other.png")
    assert not same(tmp_path / "other.png", COURSE / "benchmarks" / "results.png", EXACTLY)


def test_the_table_of_speed_shows_medians_spreads_and_how_many_times_better():
    rows = both_ways(2, "a step", "s", [4, 2, 3], [1.5]) + both_ways(2, "steps", "1/s", [10], [1000, 3000, 2000])
    rows += both_ways(2, "time to the end", "s", [60, float("inf"), 70], [7]) + both_ways(2, "alone", "s", [], [1])
    assert run.markdown(run.speed(pd.DataFrame(rows))).splitlines()[2:] == [
        "| 2 | a step, s | 3 (2 to 4) | 1.5 | 2.0 |",
        "| 2 | steps, 1/s | 10 | 2,000 (1,000 to 3,000) | 200.0 |",
        "| 2 | time to the end, s | 70 (60 to not reached) | 7 | 10.0 |",
        "| 2 | alone, s | - | 1 | - |",
    ]


# ---------------------------------------------------------------- measuring


def test_each_seed_is_judged_by_its_own_training(monkeypatch):
    """Notices a second seed that ends worse than a rejected setting's first, and is replaced by that one."""
    from benchmarks import headlines

    gives = {(0, headlines.DROPOUTS[0]): 0.2, (0, headlines.DROPOUTS[1]): 0.1, (1, headlines.DROPOUTS[0]): 0.05}

    def train_network(memory, ids, all_words, epochs, seed, dropout):
        return lambda now, state: (np.full((len(now), all_words), gives[seed, dropout]), None)

    monkeypatch.setattr(headlines, "train_network", train_network)
    kept = headlines.Kept("none", keep=False)
    headlines.judge_split(kept, (["one two"], ["two one"], ["one"]), {}, ["last word"], seeds=2, epochs=1)
    assert [row["setting"] for row in kept.rows] == ["dropout 0.4 0.6", "dropout 0.4 0.6"]
    assert [row["bits"] for row in kept.rows] == [[round(-2 * np.log2(share), 4)] for share in (0.2, 0.05)]


@pytest.mark.weekly
def test_quick_benchmarks_measure_every_notebook_and_keep_nothing():
    files = [path for path in (COURSE / "benchmarks").rglob("*") if path.suffix in (".csv", ".json", ".md", ".png")]
    before = {path: path.read_bytes() for path in files}
    command = [sys.executable, "-m", "benchmarks.run", "--quick"]
    result = subprocess.run(command, cwd=COURSE, capture_output=True, text=True, encoding="utf-8", timeout=1200)
    assert result.returncode == 0, result.stderr[-3000:]
    rows = [line.split(" | ") for line in result.stdout.splitlines() if line.startswith("| ")]
    measured = {row[0].strip("| ") for row in rows}
    assert {"1", "2", "3"} <= measured
    for what in ("time to training loss", "training steps", "step of 32 pictures", "peak memory", "loading", "grid"):
        assert any(what in row[1] for row in rows), what
    assert {path: path.read_bytes() for path in files} == before
