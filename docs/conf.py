"""Sphinx settings. `make book` copies this folder beside the executed chapters and builds there."""

import re
import sys
import tomllib
from pathlib import Path

from sphinx.application import Sphinx

HERE = Path(__file__).resolve().parent
ROOT = next(folder for folder in HERE.parents if (folder / "pyproject.toml").exists())
sys.path.insert(0, str(ROOT))
REPOSITORY = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["dlcore"]["repository"].rstrip("/")

project = "dlcore"
author = "the dlcore authors"
copyright = f"2026, {author}"
extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.mathjax",
    "sphinx_design",
    "sphinx_copybutton",
]
exclude_patterns = ["STYLE_GUIDE.md", "**/text", "**/.ipynb_checkpoints"]

nb_execution_mode = "off"  # the chapters come executed, their outputs are checked by the tests
nb_ipywidgets_js = {}  # stored outputs hold no widgets, so no page needs a script for them
myst_enable_extensions = ["amsmath", "dollarmath", "colon_fence", "deflist"]
myst_heading_anchors = 3
autodoc_typehints = "description"
napoleon_google_docstring = False
napoleon_use_rtype = False

# All that a page loads lies in _static. The menu of MathJax would fetch its speech engine from elsewhere.
mathjax_path = "mathjax/tex-mml-chtml.js"
mathjax3_config = {"options": {"enableMenu": False}}

html_theme = "sphinx_book_theme"
html_title = "Deep learning, equation by equation"
html_static_path = ["_static"]
html_favicon = "_static/favicon.svg"
html_css_files = ["book.css"]
html_context = {"default_mode": "auto"}
html_theme_options = {
    "use_download_button": True,
    "navbar_persistent": [],  # the sidebar has the search box already
    "show_toc_level": 2,
}
if REPOSITORY:
    html_theme_options |= {
        "repository_url": REPOSITORY,
        "path_to_docs": "",
        "repository_branch": "main",
        "use_repository_button": True,
        "launch_buttons": {"binderhub_url": "https://mybinder.org"},
    }
if "github.com" in REPOSITORY:
    html_theme_options["launch_buttons"]["colab_url"] = "https://colab.research.google.com"


# What reStructuredText would take for markup where a docstring writes |z|, a * b or norm_; *words* are.
MARKUP = re.compile(r"(`+.+?`+|(?<!\S)\*\w[\w -]*\*(?!\S))|([|*]|(?<=\w)_(?![\w`])(?! :))")


def escape_mathematics(
    _app: Sphinx, _what: str, _name: str, _thing: object, _options: object, lines: list[str]
) -> None:
    """Keep the signs of formulas in docstrings as they are; code examples hold no markup."""
    literal = False
    for number, line in enumerate(lines):
        if line and not line.startswith(" "):
            literal = False
        if not literal and not line.lstrip().startswith((">>>", "...")):
            lines[number] = MARKUP.sub(lambda found: found[1] or "\\" + found[2], line)
        literal = literal or line.endswith("::")


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", escape_mathematics, priority=100)  # before napoleon adds its own
