"""A browser for the tests that look at pages."""

import shutil

import pytest

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
