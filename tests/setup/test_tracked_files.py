"""No tracked file names this machine or a package registry."""

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEAK_OF_PATHS = {"tests/setup/test_tracked_files.py", "tests/tools/test_rules.py"}  # scans like this one
VENDORED = "docs/_static/mathjax/"
MACHINE = re.compile(r"(?<![\w.~-])/(?:home|root|work|tmp)/[\w.-]+")
REGISTRY = re.compile(
    r"\b(?:[\w-]+\.)*(?:download\.pytorch\.org|pypi\.org|pythonhosted\.org|npmjs\.(?:org|com)|anaconda\.org|debian\.org)\b"
    r"|(?:extra-)?index-url\s*[= ]\s*(?!ADDRESS)\S+"
    r"|registry\.[\w.-]+\.\w+"
)
PROBES = {
    "a home folder": (MACHINE, "open('/home/" + "someone/x')"),
    "a checkout": (MACHINE, "File /work/" + "main/dlcore/data.py"),
    "a temporary file": (MACHINE, "/tmp/" + "ipykernel_1/2.py"),
    "the index": (REGISTRY, "https://pypi" + ".org/simple"),
    "its files": (REGISTRY, "files.pythonhosted" + ".org"),
    "node's": (REGISTRY, "registry.npmjs" + ".org"),
    "a private one": (REGISTRY, "--index-url " + "https://packages.example/simple"),
}


def tracked():
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def text_of(name):
    content = (ROOT / name).read_bytes()
    return "" if b"\0" in content else content.decode(errors="replace")


@pytest.mark.parametrize("pattern", [MACHINE, REGISTRY], ids=["machine", "registry"])
def test_no_tracked_file_names(pattern):
    names = [name for name in tracked() if name not in SPEAK_OF_PATHS and not name.startswith(VENDORED)]
    found = {name: match.group() for name in names if (match := pattern.search(text_of(name)))}
    assert not found


def test_no_page_links_to_a_repository_that_has_no_address():
    if tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dlcore"]["repository"]:
        pytest.skip("the repository has an address")
    hosts = re.compile(r"colab\.research|mybinder|shields\.io|github\.com|gitlab\.com|readthedocs")
    pages = [name for name in tracked() if name.endswith((".md", ".ipynb"))]
    assert "README.md" in pages
    assert not {name: found.group() for name in pages if (found := hosts.search(text_of(name)))}


@pytest.mark.parametrize(("pattern", "text"), PROBES.values(), ids=PROBES)
def test_the_scan_finds(pattern, text):
    assert pattern.search(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://pytorch.org/get-started/locally/",
        "--extra-index-url ADDRESS",
        "docs/home/page",
        "~/root/x",
        "a/tmp/b",
    ],
)
def test_the_scan_lets_pass(text):
    assert not MACHINE.search(text)
    assert not REGISTRY.search(text)
