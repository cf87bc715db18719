"""Make the HTML book in ``build/book``: ``python -m tools.book [STEM ...]``.

Every text is executed, two at a time; then Sphinx makes the pages from a copy of ``docs/``
and the executed notebooks. ``chapters/`` is only read. What has not changed is not made again.
With stems, only these chapters are executed; the others are shown as they are stored.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import asdict, dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

from tools import notebooks

PACKAGES = ("numpy", "matplotlib", "torch", "scikit-learn", "scipy", "ipykernel", "jupytext", "nbclient")
SITE = ("sphinx", "myst-nb", "myst-parser", "sphinx-book-theme")
WORKERS = 2


@dataclass(frozen=True)
class Report:
    """How the execution of a chapter went.

    Parameters
    ----------
    chapter : str
        Its stem.
    key : str
        Digest of all that the outputs depend on.
    seconds : float
        How long it took.
    cells : int
        Code cells in it.
    error : str
        The failing cell and its error; empty if all ran.
    """

    chapter: str
    key: str
    seconds: float
    cells: int
    error: str = ""


def tree_digest(*folders: Path) -> str:
    """Hash the names and contents of all files below some directories.

    Parameters
    ----------
    *folders : Path
        Where to look; caches of Python are skipped.

    Returns
    -------
    str
        Hexadecimal digest.
    """
    digest = hashlib.sha256()
    for folder in folders:
        for path in _files(folder):
            digest.update(f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode())
            digest.update(path.read_bytes())
    return digest.hexdigest()


def _files(folder: Path) -> list[Path]:
    found = (path for path in folder.rglob("*") if path.is_file())
    skipped = {"__pycache__", ".ipynb_checkpoints", "_build"}
    return sorted(path for path in found if not skipped & set(path.relative_to(folder).parts))


def versions(names: Iterable[str]) -> str:
    """Name the versions of Python and of some packages.

    Parameters
    ----------
    names : iterable of str
        Distributions; one that is not installed is left out.

    Returns
    -------
    str
        One line.
    """
    found = [sys.version]
    for name in names:
        try:
            found.append(f"{name} {metadata.version(name)}")
        except metadata.PackageNotFoundError:
            continue
    return "; ".join(found)


@cache
def _code_key(root: Path) -> str:
    """Digest of what every chapter depends on: the package, the data, how it is executed."""
    tree = tree_digest(root / "dlcore", root / "data", root / "experiments")
    own = (root / "tools" / "notebooks.py").read_text(encoding="utf-8")
    return hashlib.sha256(f"{tree}\n{own}\n{versions(PACKAGES)}".encode()).hexdigest()


def execute(pair: notebooks.Pair, build: Path, root: Path = notebooks.ROOT) -> Report:
    """Execute one text into ``build``, unless the same was executed before.

    Parameters
    ----------
    pair : Pair
        Which chapter.
    build : Path
        Where executed notebooks and reports are kept.
    root : Path
        Root of the checkout.

    Returns
    -------
    Report
        How it went. A notebook that failed is kept too, with its error.
    """
    key = hashlib.sha256(f"{_code_key(root)}{pair.stem}".encode() + pair.text.read_bytes()).hexdigest()
    record = build / f"{pair.stem}.json"
    if record.exists() and (known := Report(**json.loads(record.read_text()))).key == key and not known.error:
        return known
    start = time.perf_counter()
    notebook = notebooks.read_text(pair)
    error = _run(notebook, root)
    cells = sum(cell.cell_type == "code" for cell in notebook.cells)
    report = Report(pair.stem, key, time.perf_counter() - start, cells, error)
    caption_pictures(notebook)
    notebooks.write(build / f"{pair.stem}.ipynb", notebooks.dumps(notebook))
    notebooks.write(record, json.dumps(asdict(report), indent=1))
    return report


def _run(notebook, root: Path) -> str:
    """Execute, and give the error if there is one: the other chapters are made all the same."""
    try:
        notebooks.execute(notebook, root)
    except Exception as error:
        number, cell = _last_run(notebook)
        summary = getattr(error, "evalue", None) or str(error).strip().splitlines()[-1]
        kind = getattr(error, "ename", type(error).__name__)
        return f"cell {number} ({cell}): {kind}: {summary}"
    return ""


def _last_run(notebook) -> tuple[int, str]:
    started = [
        (number, cell.id)
        for number, cell in enumerate(notebook.cells, start=1)
        if cell.cell_type == "code" and (cell.execution_count is not None or cell.outputs)
    ]
    return started[-1] if started else (0, "before the first cell")


def caption_pictures(notebook) -> None:
    """Hand the alt text of a picture to the site, which takes it from the metadata of the cell.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; changed in place.
    """
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            for mime in output.get("data", {}):
                if alt := output.get("metadata", {}).get(mime, {}).get("alt"):
                    cell.metadata.setdefault("mystnb", {}).setdefault("image", {})["alt"] = alt


def execute_all(chosen: list[notebooks.Pair], build: Path, root: Path = notebooks.ROOT) -> list[Report]:
    """Execute the texts, two at a time, with a progress bar.

    Parameters
    ----------
    chosen : list of Pair
        Which chapters.
    build : Path
        Where executed notebooks are kept.
    root : Path
        Root of the checkout.

    Returns
    -------
    list of Report
        In the order of `chosen`.
    """
    from tqdm import tqdm

    with ThreadPoolExecutor(WORKERS) as pool:
        jobs = [pool.submit(execute, pair, build, root) for pair in chosen]
        for _ in tqdm(as_completed(jobs), total=len(jobs), desc="chapters", unit="chapter"):
            pass
    return [job.result() for job in jobs]


def show_stored(others: Iterable[notebooks.Pair], build: Path) -> None:
    """Put stored notebooks where executed ones are expected.

    Parameters
    ----------
    others : iterable of Pair
        Chapters that are not executed this time; one without a notebook is left out.
    build : Path
        Where executed notebooks are kept.
    """
    for pair in others:
        (build / f"{pair.stem}.json").unlink(missing_ok=True)
        (build / f"{pair.stem}.ipynb").unlink(missing_ok=True)
        if pair.notebook.exists():
            notebook = notebooks.read_notebook(pair)
            caption_pictures(notebook)
            notebooks.write(build / f"{pair.stem}.ipynb", notebooks.dumps(notebook))


def assemble(source: Path, docs: Path, executed: Path, every: list[notebooks.Pair]) -> None:
    """Make the directory that Sphinx reads: the docs, and the executed notebooks under ``chapters``.

    Parameters
    ----------
    source : Path
        Directory to fill; files that belong no more are removed, unchanged ones keep their dates.
    docs : Path
        Pages and configuration.
    executed : Path
        Where the executed notebooks are.
    every : list of Pair
        The chapters; one that has no executed notebook is left out.
    """
    wanted = {path.relative_to(docs): path for path in _files(docs)}
    made = {Path(pair.name): executed / f"{pair.stem}.ipynb" for pair in every}
    wanted |= {name: path for name, path in made.items() if path.exists()}
    for path in _files(source):
        if path.relative_to(source) not in wanted:
            path.unlink()
    for name, origin in wanted.items():
        target = source / name
        if not target.exists() or target.read_bytes() != origin.read_bytes():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(origin, target)


def make_site(source: Path, html: Path, root: Path = notebooks.ROOT) -> bool:
    """Run Sphinx, unless its input is the same as the last time.

    Parameters
    ----------
    source : Path
        What it reads.
    html : Path
        What it writes.
    root : Path
        Root of the checkout; the reference pages come from its package.

    Returns
    -------
    bool
        Whether the site is there and came without a warning.
    """
    key = f"{tree_digest(source, root / 'dlcore')}\n{versions(SITE)}"
    stamp = html.with_suffix(".key")
    if stamp.exists() and stamp.read_text() == key and (html / "index.html").exists():
        return True
    stamp.unlink(missing_ok=True)
    command = [
        sys.executable,
        "-m",
        "sphinx",
        "-W",
        "--keep-going",
        "-q",
        "-b",
        "html",
        str(source),
        str(html),
    ]
    if subprocess.run(command, check=False, cwd=root).returncode:
        # Else the next run would not read the pages that warned, and pass.
        shutil.rmtree(html / ".doctrees", ignore_errors=True)
        return False
    notebooks.write(stamp, key)
    return True


def table(reports: list[Report]) -> str:
    """Lay out how each chapter went.

    Parameters
    ----------
    reports : list of Report
        One a chapter.

    Returns
    -------
    str
        A table of chapter, seconds, cells and status; errors stand in full below it.
    """
    width = max([len(report.chapter) for report in reports] + [len("chapter")])
    rows = [f"{'chapter':{width}}  seconds  cells  status"]
    for report in reports:
        status = "FAILED" if report.error else "ok"
        rows.append(f"{report.chapter:{width}}  {report.seconds:7.1f}  {report.cells:5}  {status}")
    rows += [f"{report.chapter}: {report.error}" for report in reports if report.error]
    return "\n".join(rows)


def main(argv: list[str] | None = None, root: Path = notebooks.ROOT) -> int:
    """Make the book.

    Parameters
    ----------
    argv : list of str, optional
        Arguments; those of the process by default.
    root : Path
        Root of the checkout.

    Returns
    -------
    int
        0 if every chapter ran and the site was made without a warning, else 1.
    """
    build = root / "build" / "book"
    parser = argparse.ArgumentParser(prog="python -m tools.book", description=__doc__.splitlines()[0])
    parser.add_argument("stems", nargs="*", metavar="STEM", help="chapters such as 01-neurons (default: all)")
    chosen = [pair for pair in notebooks.select(parser.parse_args(argv).stems, root) if pair.text.exists()]
    reports = execute_all(chosen, build / "executed", root)
    every = notebooks.pairs(root)
    show_stored(set(every) - set(chosen), build / "executed")
    assemble(build / "source", root / "docs", build / "executed", every)
    made = make_site(build / "source", build / "html", root)
    print(table(reports))
    page = build / "html" / "index.html"
    if page.exists():
        print(f"\nOpen {page}")
    if not made:
        print("The pages were made with warnings, listed above.", file=sys.stderr)
    return int(not made or any(report.error for report in reports))


if __name__ == "__main__":
    raise SystemExit(main())
