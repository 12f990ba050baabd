"""Autograde the one submission in an nbgrader course directory: the process that tools/grade.py starts and watches.

python -m tools.autograde FOLDER SECONDS_PER_CELL CHARACTERS_PER_CELL
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

from jupyter_core.utils import ensure_async
from nbgrader.preprocessors import Execute
from traitlets import Integer

MAX_FILE = 2 << 30  # bytes that a submission may write into one file


class LimitedExecute(Execute):
    """nbgrader's Execute, which also interrupts a cell that prints too much."""

    max_output = Integer(10_000_000, help="characters of output that a cell may have, pictures in base 64").tag(
        config=True
    )

    def on_cell_start(self, cell, cell_index, **kwargs):
        """Count anew for each cell."""
        self.printed = 0

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.printed = 0
        self.on_cell_execute = self.on_cell_start

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


def main() -> int:
    """Autograde; 0 if nbgrader is content."""
    from nbgrader.converters import Autograde

    from tools.grade import ASSIGNMENT, nbgrader

    folder, seconds, characters = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE, MAX_FILE))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    except ImportError:  # Windows has no such limits
        pass
    usual = Autograde.autograde_preprocessors.default()
    preprocessors = [LimitedExecute if preprocessor is Execute else preprocessor for preprocessor in usual]
    api = nbgrader(
        folder,
        Autograde={"autograde_preprocessors": preprocessors},
        LimitedExecute={"timeout": seconds, "max_output": characters, "raise_on_iopub_timeout": False},
    )
    result = api.autograde(ASSIGNMENT, "learner")
    print("GRADED" if result["success"] else f"{result.get('log')}\n{result.get('error')}")
    return 0 if result["success"] else 1


if __name__ == "__main__":
    sys.exit(main())
