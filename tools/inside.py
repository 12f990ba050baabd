"""Execute cells: the process in which a submission runs. tools/apart.py starts it, watches it and ends it.

Standard input has {"cells": [source, ...], "seconds": of a cell, "characters": of a cell's output} as JSON. Standard
output gets a line of JSON for each cell as soon as it has run, so that what ran before a cell that hangs still counts.
Nothing of the course's tools is imported here, and nothing of a notebook but its code comes here: no tag, no metadata.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys

from jupyter_core.utils import ensure_async
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook, new_output

MAX_FILE = 2 << 30  # bytes that a submission may write into one file
MAX_THREADS = 2000  # of one submission, and so of processes; only where it is alone (in bubblewrap)


class LimitedClient(NotebookClient):
    """Executes as nbgrader does, but interrupts a cell that prints too much, and reports each cell when it has run."""

    def __init__(self, notebook, max_output, report, **settings):
        super().__init__(notebook, on_cell_execute=self.begin, on_cell_executed=self.end, **settings)
        self.max_output, self.report, self.printed = max_output, report, 0

    def begin(self, cell, cell_index):
        """Count anew for each cell."""
        self.printed = 0

    def end(self, cell, cell_index, execute_reply):
        """Report a cell, with an error that only the kernel's reply tells of, such as running too long."""
        reply = execute_reply["content"]
        shown = [output.ename for output in cell.outputs if output.output_type == "error"]
        if reply["status"] == "error" and reply["ename"] not in shown:
            facts = {key: reply[key] for key in ("ename", "evalue", "traceback")}
            cell.outputs.append(new_output("error", **facts))
        self.report.write(json.dumps({"outputs": cell.outputs}) + "\n")
        self.report.flush()

    def output(self, outs, msg, display_id, cell_index):
        """Keep an output, unless the cell has had enough of them."""
        content = msg["content"]
        size = len(content.get("text", "")) + sum(len(str(value)) for value in content.get("data", {}).values())
        before, self.printed = self.printed, self.printed + size
        if self.printed <= self.max_output or msg["msg_type"] == "error":
            return super().output(outs, msg, display_id, cell_index)
        if before <= self.max_output:
            sentence = f"OutputLimitError: more than {self.max_output:,} characters of output\n"
            header = {**msg["header"], "msg_type": "stream"}
            msg = {**msg, "header": header, "msg_type": "stream", "content": {"name": "stderr", "text": sentence}}
            super().output(outs, msg, None, cell_index)
            self.interrupting = asyncio.ensure_future(ensure_async(self.km.interrupt_kernel()))
        return None


def limit(alone: bool) -> None:
    """Have the operating system limit files and threads, where it can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if alone:
        resource.setrlimit(resource.RLIMIT_NPROC, (MAX_THREADS, MAX_THREADS))


def main() -> None:
    """Execute what standard input says, in the folder where this process was started."""
    limit(alone="alone" in sys.argv)
    wanted = json.load(sys.stdin)
    report = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what libraries print must not come between the lines
    notebook = new_notebook(cells=[new_code_cell(source) for source in wanted["cells"]])
    LimitedClient(
        notebook,
        wanted["characters"],
        report,
        allow_errors=True,
        timeout=wanted["seconds"],
        interrupt_on_timeout=True,
        error_on_timeout={"ename": "CellTimeoutError", "evalue": "the cell ran too long", "traceback": []},
        raise_on_iopub_timeout=False,
        startup_timeout=300,
        kernel_name="python3",
        resources={"metadata": {"path": os.getcwd()}},
    ).execute()


if __name__ == "__main__":
    main()
