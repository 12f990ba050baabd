"""End to end, as a learner: JupyterLab in a real browser, each of notebooks/ opened and all its cells run.

The tasks are still to do, so their cells raise NotImplementedError, and nothing else may be raised anywhere.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
import urllib.request

import nbformat
import pytest

from tests.common import COURSE, NOTEBOOKS, is_task, read

pytestmark = pytest.mark.slow

SETTINGS = {  # all cells are in the page, not only those in view; no questions before the first notebook
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
SECONDS = 600


def prepared(name):
    """A learner's notebook without outputs; the cells after a task that is still to do run, too."""
    notebook = read(name, "notebooks")
    for cell in notebook.cells:
        if is_task(cell):
            cell.metadata.tags.append("raises-exception")
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Address and token of a JupyterLab in a copy of the course, with few pictures and one epoch."""
    folder = tmp_path_factory.mktemp("the course")
    for name in ("course", "figures", "benchmarks", "weights", "data"):
        shutil.copytree(COURSE / name, folder / name, ignore=shutil.ignore_patterns("cache", "book"))
    shutil.copy(COURSE / "utils.py", folder)
    shutil.copy(COURSE / "requirements.txt", folder)
    (folder / "notebooks").mkdir()
    for name in NOTEBOOKS:
        nbformat.write(prepared(name), folder / "notebooks" / f"{name}.ipynb")

    settings = tmp_path_factory.mktemp("settings")
    for name, values in SETTINGS.items():
        path = settings / "@jupyterlab" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("jupyter")
    environment = os.environ | {
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(settings),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
    }
    token = secrets.token_hex(16)  # without one, every user of this machine could run code here
    options = ["--no-browser", "--ServerApp.ip=127.0.0.1", f"--ServerApp.port={port}"]
    options.append(f"--IdentityProvider.token={token}")
    command = [sys.executable, "-m", "jupyterlab", "--allow-root", *options, "notebooks"]
    with (home / "log").open("w") as log:
        server = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(f"{address}/api?token={token}").close()
                break
            except OSError:
                assert server.poll() is None, (home / "log").read_text()
                time.sleep(0.1)
        yield address, token
    finally:
        server.terminate()
        server.wait()


@pytest.mark.weekly  # nbval executes all of them on each run
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_notebook_runs_in_jupyterlab_and_shows_its_pictures(browser, lab, name):
    expected = sum(
        any(call in cell.source for call in ("utils.show_figure(", "plt.show()", "Image("))
        for cell in read(name, "notebooks").cells
        if cell.cell_type == "code" and not is_task(cell) and "library" not in cell.metadata.get("tags", [])
    )
    page = browser.new_page(viewport={"width": 1200, "height": 900})
    address, token = lab
    page.goto(f"{address}/lab/workspaces/{name}/tree/{name}.ipynb?token={token}")  # opens this notebook and no other
    page.wait_for_selector(".jp-Notebook .jp-CodeCell", timeout=60_000)
    page.wait_for_selector("#jp-main-statusbar :text('| Idle')", timeout=60_000)  # the kernel is there
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()
    page.wait_for_selector(".jp-InputPrompt:has-text('[*]')", timeout=60_000)
    page.wait_for_function(
        "!document.querySelector('.jp-Notebook').textContent.includes('[*]')", timeout=SECONDS * 1000, polling=500
    )
    messages = page.locator(".jp-Notebook [data-mime-type='application/vnd.jupyter.stderr']").all_inner_texts()
    errors = [message for message in messages if "Traceback (most recent call last)" in message]
    assert errors and [error for error in errors if "NotImplementedError" not in error] == []
    pictures = page.locator(".jp-Notebook .jp-OutputArea-output img")
    shown = pictures.evaluate_all("all => all.filter(image => image.complete && image.naturalWidth > 0).length")
    assert shown == pictures.count()
    assert shown >= expected, f"{shown} pictures from {expected} cells"
    page.close()
