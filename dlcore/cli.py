"""The ``dlcore`` command: one line for each subcommand, and what all of them share.

A subcommand is a module with two functions: ``configure(parser)`` declares its
arguments, ``run(options)`` does the work and returns the exit status. Its
docstring is its help. To add one, write the module and name it in `COMMANDS`;
it is imported only when it is asked for.
"""

from __future__ import annotations

import argparse
import difflib
import importlib
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn, Protocol, cast

import dlcore
from dlcore.errors import DlcoreError

__all__ = ["COMMANDS", "Command", "Module", "main"]

DESCRIPTION = """\
The companion to five deep-learning book chapters, from the command line.

examples:
  dlcore where mmds 13.1.3           the cell that shows a passage of your book
  dlcore concordance                 how much of each book is shown
  dlcore errata le                   what does not hold as printed, and the proof
  dlcore check my-notebook.ipynb     what your answers are worth so far
  dlcore doctor                      what this environment can run
"""

USAGE_ERROR = 2


@dataclass(frozen=True, slots=True)
class Command:
    """One subcommand.

    Attributes
    ----------
    name : str
        What is typed after ``dlcore``.
    module : str
        The module that holds its `Module.configure` and `Module.run`.
    summary : str
        Its line in ``dlcore --help``.
    """

    name: str
    module: str
    summary: str


class Module(Protocol):
    """What the module of a subcommand offers."""

    __doc__: str | None

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments.

        Parameters
        ----------
        parser : argparse.ArgumentParser
            Of this subcommand.
        """

    def run(self, options: argparse.Namespace) -> int:
        """Do the work.

        Parameters
        ----------
        options : argparse.Namespace
            The arguments that were given.

        Returns
        -------
        int
            The exit status.
        """


COMMANDS = (
    Command("where", "dlcore.commands.where", "find the cell that shows a passage of your book"),
    Command("concordance", "dlcore.commands.concordance", "how much of each book is shown, and what is not"),
    Command("errata", "dlcore.commands.errata", "what the books print that does not hold, with the proof"),
    Command("check", "dlcore.commands.check", "run an exercise notebook and print its verdicts"),
    Command("student-copy", "dlcore.commands.student_copy", "an exercise notebook without its solutions"),
    Command("doctor", "dlcore.doctor", "what this environment can run, and how to mend the rest"),
)


class _Parser(argparse.ArgumentParser):
    """A parser that names the subcommand that was probably meant."""

    def error(self, message: str) -> NoReturn:
        typed = re.match(r"argument COMMAND: invalid choice: '(.*?)'", message)
        close = difflib.get_close_matches(typed[1], [c.name for c in COMMANDS], n=1) if typed else []
        hint = f" Did you mean '{close[0]}'?" if close else ""
        self.exit(USAGE_ERROR, f"{self.prog}: {message}.{hint}\nTry '{self.prog} --help'.\n")


def _parser(chosen: str | None) -> argparse.ArgumentParser:
    """Return the parser; only the chosen subcommand's module is imported."""
    layout = argparse.RawDescriptionHelpFormatter
    parser = _Parser(prog="dlcore", description=DESCRIPTION, formatter_class=layout)
    parser.add_argument("--version", action="version", version=f"dlcore {dlcore.__version__}")
    subparsers = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in COMMANDS:
        sub = subparsers.add_parser(command.name, help=command.summary, formatter_class=layout)
        if command.name == chosen:
            module = cast(Module, importlib.import_module(command.module))
            sub.description = module.__doc__
            module.configure(sub)
            sub.set_defaults(run=module.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one subcommand.

    Parameters
    ----------
    argv : sequence of str, optional
        The words after ``dlcore``; those of the process by default.

    Returns
    -------
    int
        Exit status: what the subcommand returns, 2 for input that it cannot read, 130 when interrupted.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if hasattr(sys.stdout, "reconfigure"):  # a terminal that cannot print a symbol prints a question mark
        sys.stdout.reconfigure(errors="replace")
    try:
        options = _parser(next((word for word in words if not word.startswith("-")), None)).parse_args(words)
        status: int = options.run(options)
        sys.stdout.flush()
        return status
    except DlcoreError as error:
        print(f"dlcore: {error}", file=sys.stderr)
        return USAGE_ERROR
    except BrokenPipeError:  # `dlcore errata | head` has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130
