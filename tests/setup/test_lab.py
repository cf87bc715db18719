"""A reader's notebooks survive every update."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tools.lab import RECORD, update


@pytest.fixture
def folders(tmp_path):
    originals, copies = tmp_path / "chapters", tmp_path / "my-notebooks"
    write(originals, "01-neurons.ipynb", "v1")
    write(originals, "exercises/01.ipynb", "e1")
    return originals, copies


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def held(folder):
    return {p.relative_to(folder).as_posix(): p.read_text() for p in folder.rglob("*.ipynb")}


def test_first_update_copies_everything(folders):
    assert len(update(*folders)) == 2
    assert held(folders[1]) == {"01-neurons.ipynb": "v1", "exercises/01.ipynb": "e1"}


def test_second_update_writes_nothing(folders):
    update(*folders)
    assert update(*folders) == []


def test_an_untouched_copy_follows_its_original(folders):
    originals, copies = folders
    update(*folders)
    write(originals, "01-neurons.ipynb", "v2")
    update(*folders)
    assert held(copies) == {"01-neurons.ipynb": "v2", "exercises/01.ipynb": "e1"}


def test_an_edited_copy_stays_and_the_changed_original_arrives_beside_it(folders):
    originals, copies = folders
    update(*folders)
    write(copies, "01-neurons.ipynb", "mine")
    assert update(*folders) == []
    write(originals, "01-neurons.ipynb", "v2")
    (sentence,) = update(*folders)
    assert "01-neurons.new.ipynb" in sentence
    assert held(copies)["01-neurons.ipynb"] == "mine"
    assert held(copies)["01-neurons.new.ipynb"] == "v2"
    write(originals, "01-neurons.ipynb", "v3")
    update(*folders)
    assert held(copies)["01-neurons.new.ipynb"] == "v3"
    assert "01-neurons.new-2.ipynb" not in held(copies)


def test_work_in_the_new_version_stays_too(folders):
    originals, copies = folders
    update(*folders)
    write(copies, "01-neurons.ipynb", "mine")
    write(originals, "01-neurons.ipynb", "v2")
    update(*folders)
    write(copies, "01-neurons.new.ipynb", "also mine")
    write(originals, "01-neurons.ipynb", "v3")
    update(*folders)
    found = held(copies)
    assert found["01-neurons.ipynb"] == "mine"
    assert found["01-neurons.new.ipynb"] == "also mine"
    assert found["01-neurons.new-2.ipynb"] == "v3"


def test_a_new_version_that_was_thrown_away_does_not_come_back(folders):
    originals, copies = folders
    update(*folders)
    write(copies, "01-neurons.ipynb", "mine")
    write(originals, "01-neurons.ipynb", "v2")
    update(*folders)
    (copies / "01-neurons.new.ipynb").unlink()
    assert update(*folders) == []


def test_a_copy_that_was_removed_is_copied_again(folders):
    originals, copies = folders
    update(*folders)
    (copies / "01-neurons.ipynb").unlink()
    update(*folders)
    assert held(copies) == held(originals)


def test_without_the_record_nothing_is_taken_for_untouched(folders):
    _, copies = folders
    update(*folders)
    write(copies, "01-neurons.ipynb", "mine")
    (copies / RECORD).unlink()
    update(*folders)
    assert held(copies)["01-neurons.ipynb"] == "mine"
    assert held(copies)["01-neurons.new.ipynb"] == "v1"
    assert "exercises/01.new.ipynb" not in held(copies)


def test_checkpoints_of_the_originals_are_not_copied(folders):
    originals, copies = folders
    write(originals, ".ipynb_checkpoints/01-neurons-checkpoint.ipynb", "old")
    update(*folders)
    assert "01-neurons.ipynb" in held(copies)
    assert not any("checkpoint" in name for name in held(copies))


steps = st.lists(
    st.one_of(
        st.tuples(st.just("original"), st.integers(0, 3)),
        st.tuples(st.just("edit"), st.integers(0, 3)),
        st.tuples(st.just("edit new"), st.integers(0, 3)),
        st.tuples(st.just("take new"), st.just(0)),
    ),
    max_size=12,
)


@settings(max_examples=100, deadline=None)
@given(steps)
def test_no_order_of_events_loses_work(tmp_path_factory, steps):
    folder = tmp_path_factory.mktemp("lab")
    originals, copies = folder / "chapters", folder / "my-notebooks"
    write(originals, "a.ipynb", "original 0")
    update(originals, copies)
    work = set()
    for number, (kind, version) in enumerate(steps):
        if kind == "original":
            write(originals, "a.ipynb", f"original {version}")
        elif kind == "take new":
            if (copies / "a.new.ipynb").exists():
                lost = (copies / "a.ipynb").read_text()
                work.discard(lost)
                (copies / "a.new.ipynb").replace(copies / "a.ipynb")
        else:
            name = "a.ipynb" if kind == "edit" else "a.new.ipynb"
            if (copies / name).exists():
                work.discard((copies / name).read_text())
                write(copies, name, f"mine {number} {version}")
                work.add(f"mine {number} {version}")
        update(originals, copies)
        assert work <= set(held(copies).values())
        assert json.loads((copies / RECORD).read_text())
