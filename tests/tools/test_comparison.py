"""Noise passes, a changed result does not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tools.comparison import compare_text, differences, same_number

FORMATS = ["{:.2f}", "{:.4f}", "{:.6g}", "{:.3e}", "{!r}", "{:.1%}"]
values = st.floats(1e-3, 1e4)


def stream(text: str, name: str = "stdout") -> dict:
    return {"output_type": "stream", "name": name, "text": text}


def result(**data: str) -> dict:
    return {"output_type": "execute_result", "data": {k.replace("_", "/"): v for k, v in data.items()}}


def picture(alt: str | None, data: str = "iVBOR") -> dict:
    meta = {} if alt is None else {"image/png": {"alt": alt}}
    return {"output_type": "display_data", "data": {"image/png": data}, "metadata": meta}


@given(st.text())
def test_a_text_agrees_with_itself(text: str):
    assert compare_text(text, text) == ""
    assert differences([stream(text)], [stream(text)]) == []


@given(values, st.sampled_from(FORMATS), st.sampled_from([0.5, 0.98, 1.02, 2]))
def test_a_result_that_changed_fails_in_every_format_that_shows_it(value: float, form: str, factor: float):
    old, new = f"loss {form.format(value)} after 3", f"loss {form.format(value * factor)} after 3"
    assume(old != new)
    # What is printed must differ by the factor itself: rounding may hide most of it.
    a, b = (float(text.split()[1].rstrip("%")) for text in (old, new))
    assume(abs(a - b) > 0.015 * max(a, b))
    assert compare_text(old, new)
    assert compare_text(new, old)


@given(values, st.sampled_from(FORMATS))
def test_a_stored_number_multiplied_by_102_percent_fails_as_it_is_written(value: float, form: str):
    got = form.format(value).rstrip("%")
    assume(float(got) != 0)
    assert compare_text(f"accuracy {float(got) * 1.02!r}", f"accuracy {got}")


@given(values, st.sampled_from(FORMATS))
def test_a_stored_number_multiplied_by_100001_passes(value: float, form: str):
    got = form.format(value).rstrip("%")
    assert compare_text(f"accuracy {float(got) * 1.00001!r}", f"accuracy {float(got)!r}") == ""


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_whole_numbers_are_exact(a: int, b: int):
    assert same_number(str(a), str(b)) == (a == b)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_the_judgment_is_symmetric(a: float, b: float):
    assert same_number(repr(a), repr(b)) == same_number(repr(b), repr(a))


@given(st.text(st.characters(categories=["L"]), min_size=1), st.integers(0, 100))
def test_words_are_exact(words: str, cut: int):
    cut %= len(words)
    assert compare_text(f"value {words} 0.5", f"value {words[:cut] + words[cut + 1 :]} 0.5")


@pytest.mark.parametrize(
    ("stored", "got"),
    [
        ("0.1234", "0.1235"),
        ("-0.0000", "0.0000"),
        ("[ 0.12 -0.34]", "[ 0.12 -0.34 ]"),
        ("[-0.0001  0.9312]", "[ 0.      0.9312]"),
        ("array([1., 2.])", "array([0.9999999, 2.])"),
        ("1.2345e-05", "1.2344e-05"),
        ("<Thing at 0x7f3a2b4c5d6e>", "<Thing at 0x7f0000000001>"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("nan inf", "nan inf"),
        ("95.3 %", "95.3 %"),
    ],
)
def test_noise_passes(stored: str, got: str):
    assert compare_text(stored, got) == ""


@pytest.mark.parametrize(
    ("stored", "got", "named"),
    [
        ("accuracy 0.95", "accuracy 0.97", ["0.95", "0.97"]),
        ("loss 0.034", "loss 0.035", ["0.034", "0.035"]),
        ("0.5", "0.6", ["0.5", "0.6"]),
        ("1.", "0.7", ["1.", "0.7"]),
        ("96 of 100", "97 of 100", ["96", "97"]),
        ("0.5", "nan", ["'0.5'", "'nan'"]),
        ("numpy 2.4.6", "numpy 2.4.7", ["2.4.6", "2.4.7"]),
        ("float32", "float64", ["float32", "float64"]),
        ("0.1", "-0.1", ["0.1", "-0.1"]),
        ("one\ntwo", "one", ["2 lines", "got 1"]),
        ("True", "False", ["True", "False"]),
        ("[0.1 0.2]", "[0.1 0.2 0.3]", ["0.2]", "0.3]"]),
    ],
)
def test_a_change_fails_and_is_named(stored: str, got: str, named: list[str]):
    message = compare_text(stored, got)
    assert all(part in message for part in named), message


def test_a_stream_may_come_in_pieces_and_between_other_outputs():
    assert differences([stream("ab")], [stream("a"), stream("b")]) == []
    assert differences([stream("ab"), picture("alt")], [stream("a"), picture("alt"), stream("b")]) == []


def test_stdout_is_not_stderr():
    assert differences([stream("a")], [stream("a", "stderr")])


def test_a_carriage_return_overwrites():
    assert differences([stream("100%")], [stream("10%\r"), stream("100%")]) == []


@pytest.mark.parametrize("mime", ["text_plain", "text_html", "text_latex"])
def test_every_kind_of_text_is_compared(mime: str):
    assert differences([result(**{mime: "<b>0.50</b>"})], [result(**{mime: "<b>0.60</b>"})])


def test_a_missing_or_an_additional_output_fails():
    assert differences([stream("a")], [])
    assert differences([], [stream("a")])
    assert differences([result(text_plain="1")], [result(text_plain="1", text_html="1")])


def test_a_picture_is_its_alt_text():
    assert differences([picture("a rising curve", "old")], [picture("a rising curve", "new")]) == []
    assert differences([picture("a rising curve")], [picture("a falling curve")])
    assert differences([picture("a rising curve")], [picture(None)])
    assert differences([picture("a rising curve")], [])


def test_errors_are_compared_without_their_traceback():
    error = {"output_type": "error", "ename": "ShapeError", "evalue": "got (3, 2)", "traceback": ["here"]}
    assert differences([error], [{**error, "traceback": ["there"]}]) == []
    assert differences([error], [{**error, "evalue": "got (3, 1)"}])
    assert differences([error], [{**error, "ename": "TypeError"}])


def test_a_volatile_cell_keeps_its_shape_and_type():
    old, new = [stream("3.1 ms\non 2 cores\n")], [stream("900 µs\non 64 cores\n")]
    assert differences(old, new, volatile=True) == []
    assert differences(old, new)
    assert differences(old, [stream("900 µs\n")], volatile=True)
    assert differences(old, [], volatile=True)
    assert differences(old, [result(text_plain="3.1 ms\n")], volatile=True)


def test_lists_of_lines_are_read_as_text():
    assert differences([stream(["a\n", "b"])], [stream("a\nb")]) == []
