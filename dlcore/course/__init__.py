"""For instructors: what is handed out to a class."""

from __future__ import annotations
