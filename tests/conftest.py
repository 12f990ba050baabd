"""What tests share: a browser, figures, pictures, and a line at the end that says what was not checked."""

from __future__ import annotations

import shutil

import matplotlib.pyplot as plt
import pytest
from PIL import Image

from tests.common import REAL_DATA, tomatoes

BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge"]


@pytest.fixture(scope="session")
def browser():
    """Chromium or Chrome, where one is installed, or the one that `playwright install chromium` fetches."""
    sync_api = pytest.importorskip("playwright.sync_api")
    installed = next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_api.sync_playwright() as playwright:
        try:
            browser = playwright.chromium.launch(executable_path=installed, args=["--no-sandbox"])
        except sync_api.Error:
            pytest.skip("no browser is installed:  playwright install chromium")
        yield browser
        browser.close()


@pytest.fixture
def figure(monkeypatch):
    """The figure that a call has drawn."""
    plt.close("all")
    monkeypatch.setattr(plt, "show", lambda: None)
    yield plt.gcf
    plt.close("all")


@pytest.fixture
def root(tmp_path):
    """A data folder with four tiny tomatoes of different brightness."""
    folder = tomatoes(tmp_path / "root")
    folder.mkdir(parents=True)
    for number, grey in enumerate([0, 50, 100, 255]):
        Image.new("RGB", (10, 10), (grey, 0, 255)).save(folder / f"{number}.png")
    return tmp_path / "root"


def pytest_terminal_summary(terminalreporter):
    """Say at the end whether the chapter's own data was there."""
    if REAL_DATA is None:
        terminalreporter.write_line("The chapter's own data was absent: its exact figures were not checked.")
