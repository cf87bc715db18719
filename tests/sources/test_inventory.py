"""The inventories hold what they promise, and ship in a form that needs no extra."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib import resources

import pytest

from dlcore import sources
from dlcore.errors import ValidationError
from dlcore.sources.coverage import CHAPTERS

ITEMS = sources.items()


def test_ids_are_unique_and_all_found_again():
    assert len(ITEMS) == len({item.id for item in ITEMS}) == len(sources.ids())
    assert all(sources.item(item.id) is item for item in ITEMS)


@pytest.mark.parametrize("key", sources.BOOKS)
def test_no_record_of_a_file_is_lost(key):
    raw = json.loads(resources.files("dlcore.sources").joinpath(f"{key}.json").read_text(encoding="utf-8"))
    records = {record["id"] for record in raw["items"]}
    parts = {part["id"] for record in raw["items"] for part in record.get("parts", ())}
    assert {item.id for item in sources.items(key)} == records | parts
    assert sum("erratum" in record for record in raw["items"]) == len(sources.errata(key))


@pytest.mark.parametrize("key", sources.BOOKS)
def test_file_is_pretty_printed_so_that_a_change_is_one_line(key):
    text = resources.files("dlcore.sources").joinpath(f"{key}.json").read_text(encoding="utf-8")
    assert text == json.dumps(json.loads(text), indent=2, ensure_ascii=False) + "\n"


def test_every_item_is_complete():
    for item in ITEMS:
        assert item.what, item.id
        assert item.where, item.id
        assert item.kind, item.id
        assert item.topic in CHAPTERS, item.id
        assert item.kind == "exercise" or item.show, item.id


def test_every_erratum_is_complete():
    for item in sources.errata():
        assert item.erratum.level in sources.book(item.book).erratum_levels, item.id
        assert all([item.erratum.says, item.erratum.right, item.erratum.proof]), item.id


def test_exercises_keep_their_parts_together():
    exercises = sources.items(kind="exercise")
    assert sum(not exercise.parts for exercise in exercises) == 35
    for whole in exercises:
        for id in whole.parts:
            part = sources.item(id)
            assert part.whole == whole.id
            assert part.number == whole.number
            assert id.endswith(part.part)


def test_solutions_stay_out_of_what_readers_get():
    assert all(not exercise.show and not exercise.recipe for exercise in sources.items(kind="exercise"))


def test_filters_agree_with_each_other():
    for key in sources.BOOKS:
        for topic in CHAPTERS:
            chosen = sources.items(key, topic)
            assert chosen == tuple(i for i in ITEMS if i.book == key and i.topic == topic)


@pytest.mark.parametrize("call", [sources.items, sources.book, sources.errata])
def test_unknown_book_is_named_in_the_error(call):
    with pytest.raises(ValidationError, match=r"burkov, buduma, le, mmds, rawassizadeh, got 'mdms'"):
        call("mdms")


def test_unknown_id_is_named_in_the_error():
    with pytest.raises(ValidationError, match="'le-eq77'"):
        sources.item("le-eq77")


def test_nothing_private_is_told():
    private = re.compile(r"seed.?file|our copy|/work/|/root/|/tmp/|\.yml|shared/data", re.IGNORECASE)
    for key in sources.BOOKS:
        text = resources.files("dlcore.sources").joinpath(f"{key}.json").read_text(encoding="utf-8")
        assert not private.search(text)


def test_reading_loads_the_standard_library_alone():
    code = (
        "import sys; from dlcore import sources; from dlcore.sources import coverage, lookup, symbols;"
        "sources.ids(); sources.notation(); coverage.concordance(); lookup.look_up('13.1.3');"
        "print([m for m in ('numpy', 'torch', 'matplotlib', 'yaml', 'jupytext') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
