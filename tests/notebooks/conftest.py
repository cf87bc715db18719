"""nbval runs every chapter; the comparison of outputs is ours.

nbval alone passes a notebook whose outputs were stripped, compares numbers as strings, ignores
pictures and never matches a cell that ends in a semicolon. Here it keeps the kernel and the
messages, and ``tools.comparison`` judges.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import comparison, notebooks

try:
    from nbval.kernel import RunningKernel, start_new_kernel
    from nbval.plugin import IPyNbCell, IPyNbFile
except ImportError:  # where only the core is installed, test_chapters.py says so
    IPyNbFile = IPyNbCell = RunningKernel = None


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    if file_path.name == "test_chapters.py" and IPyNbFile is not None and _has_nbval(parent.config):
        return Chapters.from_parent(parent, path=file_path)
    return None


def _has_nbval(config: pytest.Config) -> bool:
    return config.pluginmanager.hasplugin("nbval")


class Chapters(pytest.File):
    """Every executed notebook of the book."""

    def collect(self) -> Iterator[pytest.Collector]:
        for pair in notebooks.pairs():
            if pair.notebook.exists():
                yield ChapterFile.from_parent(self, path=pair.notebook)


if IPyNbFile is not None:

    class ChapterKernel(RunningKernel):
        """A kernel with the environment in which the outputs were stored."""

        def __init__(self, name: str, folder: Path, timeout: float) -> None:
            cwd = folder / "run"
            cwd.mkdir()
            self.km, self.kc = start_new_kernel(
                startup_timeout=timeout,
                kernel_name=name,
                stderr=open(os.devnull, "w"),  # noqa: SIM115 - the kernel keeps it
                cwd=str(cwd),
                env=notebooks.environment(folder),
            )
            self._ensure_iopub_up()

        def execute_cell_input(self, cell_input: str, allow_stdin: bool | None = None) -> str:
            # IPython heeds a trailing semicolon only in cells that enter the history.
            return self.kc.execute(
                cell_input, store_history=True, allow_stdin=allow_stdin, stop_on_error=False
            )

    class ChapterFile(IPyNbFile):
        """A notebook, whose cells are the tests."""

        screen: Screen

        def setup(self) -> None:
            option = self.config.option
            option.nbval_cell_timeout = min(option.nbval_cell_timeout, notebooks.TIMEOUT)
            self.scratch = tempfile.TemporaryDirectory(prefix="dlcore-", ignore_cleanup_errors=True)
            name = option.nbval_kernel_name or notebooks.KERNEL
            self.kernel = ChapterKernel(name, Path(self.scratch.name), option.nbval_kernel_startup_timeout)

        def teardown(self) -> None:
            super().teardown()
            self.scratch.cleanup()

        def collect(self) -> Iterator[pytest.Item]:
            numbers = {}
            for item in super().collect():
                numbers = numbers or {id(cell): n for n, cell in enumerate(self.nb.cells, start=1)}
                number = numbers[id(item.cell)]
                name = f"Cell {number} ({item.cell.get('id', 'no id')})"
                yield ChapterCell.from_parent(self, name=name, cell_num=number, cell=item.cell, options={})

        def get_kernel_message(self, timeout: float | None = None, stream: str = "iopub") -> dict:
            while True:
                message = super().get_kernel_message(timeout=timeout, stream=stream)
                if self.screen.shows(message):
                    return message

    class ChapterCell(IPyNbCell):
        """A code cell: it runs, and its stored outputs are what it produces."""

        def __init__(self, **kwargs) -> None:
            super().__init__(**kwargs)
            self.tags = self.cell.metadata.get("tags", [])
            # nbval's own markers could switch the comparison off; none of them counts here.
            self.options = {"check": True, "check_exception": "raises-exception" in self.tags, "skip": False}

        def runtest(self) -> None:
            if self.cell.source.strip() and self.cell.execution_count is None:
                self.raise_cell_error("The stored notebook was never executed here: run `make store`")
            self.parent.screen = Screen(self)
            super().runtest()

        def compare_outputs(self, test, ref, skip_compare=None) -> bool:
            found = comparison.differences(ref, test, volatile="volatile" in self.tags)
            self.comparison_traceback = [f"{self.parent.path.name}, {self.name}: {line}" for line in found]
            return not found

    class Screen:
        """What a reader sees of the messages of a cell: not the cleared ones, nor those a widget captures."""

        def __init__(self, cell: ChapterCell) -> None:
            self.cell, self.clear_first, self.captured = cell, False, set()

        def shows(self, message: dict) -> bool:
            kind, content = message["msg_type"], message["content"]
            if kind == "clear_output":
                self.clear(wait=content.get("wait", False))
                return False
            if kind == "comm_msg":
                self.note_capture(content)
            if kind not in ("stream", "display_data", "execute_result", "update_display_data"):
                return True
            if self.captured or kind == "update_display_data":
                return False
            if self.clear_first:
                self.clear(wait=False)
            return True

        def clear(self, wait: bool) -> None:
            self.clear_first = wait
            if not wait and self.cell.test_outputs:
                self.cell.test_outputs.clear()

        def note_capture(self, content: dict) -> None:
            """An Output widget captures while its ``msg_id`` is set."""
            state = content["data"].get("state", {})
            if "msg_id" in state:
                widget = content["comm_id"]
                (self.captured.add if state["msg_id"] else self.captured.discard)(widget)
