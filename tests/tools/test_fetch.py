"""data/fetch.py, against local repositories of the real ones' layout over file://."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time

import pytest

from data import fetch
from tests.common import COURSE

TOMATO = "apple-or-tomato/training_set/tomato"


def commit_all(folder, message="one"):
    git = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org"]
    for command in (["add", "."], ["commit", "--quiet", "-m", message]):
        subprocess.run([*git, *command], cwd=folder, check=True)
    return subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


@pytest.fixture
def repository(tmp_path):
    """A repository that allows partial clones of any commit, as the real hosts do."""
    folder = tmp_path / "remote repository"
    files = {f"Training/Tomato 1/{n}_100.jpg": f"tomato {n}" for n in range(5)}
    files |= {
        f"dataset/{split}/Tomato/{kind}/{kind}_1.jpg": "t" for split in ("train", "val") for kind in ("Beef", "Vine")
    }
    files |= {
        "Training/Apple/1.jpg": "not asked for",
        "LICENSE": "MIT",
        "Ch 9/The Articles.csv": "headline\nOne\n\u201cTwo\u201d\n",
    }
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    for setting in ("uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"):
        subprocess.run(["git", "config", setting, "true"], cwd=folder, check=True)
    return folder


@pytest.fixture
def source(repository):
    items = (
        fetch.Item(TOMATO, ("Training/Tomato 1",), 5),
        fetch.Item("shop/training_set/tomato", ("dataset/train/Tomato", "dataset/val/Tomato")),
        fetch.Item("articles.csv", ("Ch 9/The Articles.csv",), 2),
    )
    return fetch.Source(f"file://{repository}", commit_all(repository), "free", items)


def everything(root):
    return sorted(path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file())


WANTED = [
    *(f"{TOMATO}/{n}_100.jpg" for n in range(5)),
    "articles.csv",
    *(f"shop/training_set/tomato/{split}_{kind}_1.jpg" for split in ("train", "val") for kind in ("Beef", "Vine")),
]


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    monkeypatch.setattr(fetch.time, "sleep", lambda seconds: None)


def test_fetches_what_is_asked_for_and_nothing_else(source, tmp_path, capfd):
    fetch.fetch((source,), tmp_path / "book")
    assert everything(tmp_path / "book") == sorted(WANTED)
    assert (tmp_path / "book" / TOMATO / "3_100.jpg").read_text() == "tomato 3"
    assert "Licence: free" in capfd.readouterr().out


def test_takes_the_pinned_commit_not_the_newest(source, repository, tmp_path):
    (repository / "Training/Tomato 1/3_100.jpg").write_text("changed later")
    commit_all(repository, "two")
    fetch.fetch((source,), tmp_path / "book")
    assert (tmp_path / "book" / TOMATO / "3_100.jpg").read_text() == "tomato 3"


def test_a_second_run_fetches_nothing(source, tmp_path, monkeypatch):
    fetch.fetch((source,), tmp_path / "book")
    monkeypatch.setattr(fetch, "check_out", lambda *arguments: pytest.fail("fetched again"))
    fetch.fetch((source,), tmp_path / "book")


def test_a_second_run_fetches_only_what_is_missing(source, tmp_path):
    fetch.fetch((source,), tmp_path / "book")
    shutil.rmtree(tmp_path / "book" / "shop")
    kept = (tmp_path / "book" / "articles.csv").stat().st_ino
    fetch.fetch((source,), tmp_path / "book")
    assert everything(tmp_path / "book") == sorted(WANTED)
    assert (tmp_path / "book" / "articles.csv").stat().st_ino == kept


def test_another_count_than_expected_is_an_error(source, tmp_path):
    wrong = fetch.Source(source.url, source.commit, "free", (fetch.Item(TOMATO, ("Training/Tomato 1",), 6),))
    with pytest.raises(fetch.FetchError, match="gave 5 of .*tomato, but 6 were expected"):
        fetch.fetch((wrong,), tmp_path / "book")
    assert everything(tmp_path / "book") == []


def test_a_folder_with_another_count_is_not_taken_for_complete(source, tmp_path):
    (tmp_path / "book" / TOMATO).mkdir(parents=True)
    with pytest.raises(fetch.FetchError, match="holds 0, but 5 are expected: delete it"):
        fetch.fetch((source,), tmp_path / "book")


@pytest.mark.parametrize("url", ["file:///no/such/repository", "http://127.0.0.1:9/nothing/listens/here"])
def test_without_network_it_tries_three_times_and_says_so(source, tmp_path, url, monkeypatch, capfd):
    tries = []
    real = fetch.git
    monkeypatch.setattr(fetch, "git", lambda *a, **k: tries.append(a[0]) or real(*a, **k))
    lost = fetch.Source(url, source.commit, "free", source.items)
    with pytest.raises(fetch.FetchError, match="could not be fetched in 3 tries.*network"):
        fetch.fetch((lost,), tmp_path / "book")
    assert tries.count("fetch") == 3
    assert everything(tmp_path / "book") == []


def test_a_passing_failure_is_tried_again(source, tmp_path, monkeypatch, capfd):
    failures = [subprocess.CalledProcessError(128, "git fetch")]
    real = fetch.git

    def shaky(*arguments, **options):
        if arguments[0] == "fetch" and failures:
            raise failures.pop()
        return real(*arguments, **options)

    monkeypatch.setattr(fetch, "git", shaky)
    fetch.fetch((source,), tmp_path / "book")
    assert everything(tmp_path / "book") == sorted(WANTED)
    assert "trying again" in capfd.readouterr().out


def test_without_git(source, tmp_path, monkeypatch):
    monkeypatch.setattr(fetch.shutil, "which", lambda name: None)
    with pytest.raises(fetch.FetchError, match="needs git"):
        fetch.fetch((source,), tmp_path / "book")


def test_full_disk_leaves_nothing_half_written(source, tmp_path, monkeypatch):
    copied = []

    def full(from_, to):
        if len(copied) == 3:
            raise OSError(28, "No space left on device")
        copied.append(to)

    monkeypatch.setattr(fetch.shutil, "copy", full)
    with pytest.raises(OSError, match="No space left"):
        fetch.fetch((source,), tmp_path / "book")
    assert everything(tmp_path / "book") == []


@pytest.mark.skipif(sys.platform == "win32", reason="not on Windows: signals and shell scripts are Unix'")
@pytest.mark.parametrize("how", ["SIGINT", "SIGKILL"])
def test_a_run_killed_in_the_middle_is_finished_by_the_next(source, tmp_path, how):
    """The run is killed after its first folder, while git checks out the second source."""
    first = fetch.Source(source.url, source.commit, "free", source.items[:1])
    second = fetch.Source(source.url, source.commit, "free", source.items[1:])
    slow = tmp_path / "bin" / "git"
    slow.parent.mkdir()
    slow.write_text(f"""#!/bin/sh
case "$*" in *checkout*) test -e "{tmp_path}/book/{TOMATO}" && touch "{tmp_path}/reached" && exec sleep 60;; esac
exec {shutil.which("git")} "$@"
""")
    slow.chmod(0o755)
    script = f"""
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored, where the tests run in the background
from pathlib import Path
from data import fetch
from data.fetch import Item, Source
fetch.fetch(({first!r}, {second!r}), Path({str(tmp_path / "book")!r}))
"""
    process = subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=COURSE,
        env={**os.environ, "PATH": f"{slow.parent}:{os.environ['PATH']}"},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while not (tmp_path / "reached").exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    os.killpg(process.pid, getattr(signal, how))
    process.wait()
    there = [name for name in everything(tmp_path / "book") if not name.startswith(".fetch-")]
    assert there == sorted(WANTED[:5]), "the first folder is complete, nothing else is there under its name"

    fetch.fetch((first, second), tmp_path / "book")
    assert everything(tmp_path / "book") == sorted(WANTED), "complete, and what the killed run left is gone"


def test_the_real_sources_are_pinned_and_fill_the_course_layout():
    for source in (*fetch.BOOK, *fetch.GROCERY):
        assert source.url.startswith("https://github.com/") and len(source.commit) == 40
    targets = [item.target for source in fetch.BOOK for item in source.items]
    sample = COURSE / "data" / "sample"
    assert sorted(targets) == sorted(
        ["articles.csv", *(folder.relative_to(sample).as_posix() for folder in sample.glob("*/*_set/*"))]
    )
    assert targets[-1] == "articles.csv", "data_dir() takes a folder with articles.csv for a complete one"
