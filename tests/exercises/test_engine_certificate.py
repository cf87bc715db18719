"""Certificates and conflicts, against the definition."""

from __future__ import annotations

from itertools import combinations, combinations_with_replacement, pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dlcore.exercises.engine.certificate import verify, verify_two_units


def adjacent(bits):
    return any(a and b for a, b in pairwise(bits))


def text(point):
    return "".join(map(str, point))


def conflicts(bits, good, label):
    """All pairs of one label whose sum is that of two points of the other, each with one reason."""
    points = list(product((0, 1), repeat=bits))
    reasons = {}
    for r, s in combinations_with_replacement([p for p in points if good(p) != label], 2):
        reasons.setdefault(tuple(a + b for a, b in zip(r, s, strict=True)), (r, s))
    own = [p for p in points if good(p) == label]
    sums = [(p, q, tuple(a + b for a, b in zip(p, q, strict=True))) for p, q in combinations(own, 2)]
    return [tuple(map(text, (p, q, *reasons[total]))) for p, q, total in sums if total in reasons]


OR, AND = (conflicts(6, adjacent, label) for label in (True, False))
TRIANGLE = [
    ("110000", "001100", "010100", "101000"),
    ("001100", "000011", "000101", "001010"),
    ("110000", "000011", "010001", "100010"),
]


def two_groups_exist(edges):
    points = sorted({point for edge in edges for point in edge})
    groups = [dict(zip(points, sides, strict=True)) for sides in product((0, 1), repeat=len(points))]
    return any(all(group[a] != group[b] for a, b in edges) for group in groups)


def test_all_conflicts_of_six_bits_are_a_proof():
    assert (len(OR), len(AND)) == (38, 22)
    assert verify_two_units({"or": OR, "and": AND}, 6, adjacent) is None


@pytest.mark.parametrize("bits", [4, 5])
def test_where_two_gates_do_there_is_no_proof(bits):
    lists = [conflicts(bits, adjacent, label) for label in (True, False)]
    assert all(lists)
    found = verify_two_units({"or": lists[0], "and": lists[1]}, bits, adjacent)
    assert found.name == "no odd cycle"


def test_three_bits_need_three_gates_for_parity():
    lists = [conflicts(3, lambda p: sum(p) % 2 == 1, label) for label in (True, False)]
    assert [len(one) for one in lists] == [6, 6]
    assert verify_two_units({"or": lists[0], "and": lists[1]}, 3, lambda p: sum(p) % 2 == 1) is None


@given(st.lists(st.sampled_from(OR), min_size=1, max_size=7), st.randoms(use_true_random=False))
def test_a_list_proves_as_much_as_its_odd_cycles(chosen, random):
    turned = [(q, p, s, r) if random.random() < 0.5 else (p, q, r, s) for p, q, r, s in chosen]
    found = verify_two_units({"or": turned, "and": AND}, 6, adjacent)
    if two_groups_exist([conflict[:2] for conflict in chosen]):
        assert found.name == "no odd cycle"
        assert 'In the "or" list' in found.message
    else:
        assert found is None


FORMS = {
    "pairs": lambda p, q, r, s: ((p, q), (r, s)),
    "other side first": lambda p, q, r, s: [[r, s], [p, q]],
    "text": lambda p, q, r, s: f"{p}+{q} = {r} + {s}",
    "certificate": lambda p, q, r, s: {"good": [(p, "1/2"), (q, 0.5)], "bad": [(r, 0.5), (s, 0.5)]},
    "bits": lambda p, q, r, s: [[int(bit) for bit in point] for point in (p, q, r, s)],
}


@pytest.mark.parametrize("form", FORMS)
def test_conflicts_in_other_forms(form):
    good = [FORMS[form](*conflict) for conflict in TRIANGLE]
    assert verify_two_units({"AND": AND, "OR": good}, 6, adjacent) is None
    assert verify_two_units({"or": good[:2], "and": AND}, 6, adjacent).name == "no odd cycle"


def replaced(conflict):
    return {"or": [*TRIANGLE[:2], conflict], "and": AND}


WRONG = {
    "label": replaced(("110000", "000011", "110001", "000010")),
    "swapped": replaced({"good": ["010001", "100010"], "bad": ["110000", "000011"]}),
    "sums": replaced(("110000", "000011", "010001", "100000")),
    "totals": replaced({"good": ["110000", "000011"], "bad": ["010001"]}),
    "negative weight": replaced({"good": [("110000", -1)], "bad": ["010001"]}),
    "no weight": replaced({"good": [("110000", 0)], "bad": [("010001", 0)]}),
    "one side": replaced({"good": ["110000", "000011"], "bad": []}),
    "not a conflict": replaced(("110000", "000011")),
    "only or": {"or": TRIANGLE, "and": []},
    "only and": {"or": None, "and": AND},
    "empty": {"or": [], "and": []},
    "one unit excluded": {"good": ["110000", "001100"], "bad": ["101000", "010100"]},
    "no certificate": "Two gates are too few.",
    "no odd cycle": {"or": TRIANGLE, "and": TRIANGLE},
}


@pytest.mark.parametrize("name", WRONG)
def test_each_way_to_be_wrong_has_a_name(name):
    found = verify_two_units(WRONG[name], 6, adjacent)
    assert found.name == name
    assert found.message


def test_a_way_for_two_units_is_shown():
    found = verify_two_units({"or": TRIANGLE[:2], "and": AND}, 6, adjacent)
    assert "one for 000011, 110000, the other for 001100" in found.message


def test_a_vector_of_weight_zero_is_in_no_conflict():
    third = {"good": ["110000", "000011", ("001100", 0)], "bad": ["010001", "100010"]}
    assert verify_two_units(replaced(third), 6, adjacent) is None


def test_three_vectors_are_no_conflict():
    many = {"good": [("110000", 2), "001100", "000011"], "bad": ["010100", "101000", "010001", "100010"]}
    assert "between two vectors" in verify_two_units(replaced(many), 6, adjacent).message


@pytest.mark.parametrize(
    "proof",
    [
        "0101 + 1010 = 1100 + 0011",
        {"good": "1100, 0011", "bad": "1010 + 0101"},
        {"good": {"1100": "1/3", "0011": 1 / 3}, "bad": {"1010": "1/3", "0101": 1 / 3}},
    ],
)
def test_certificates_in_other_forms(proof):
    assert verify(proof, 4, adjacent) is None


@pytest.mark.parametrize(
    ("proof", "name", "words"),
    [
        ({"good": ["1100", "0011"]}, "one side", "no bad vector"),
        ({"good": ["1010", "0101"], "bad": ["0011", "1100"]}, "swapped", "All good vectors"),
        ({"good": ["1010"], "bad": ["1100"]}, "label", "1010 is bad"),
        ({"good": [["1100", "0011"]], "bad": ["1010"]}, "not a bit vector", "inside of another"),
        ({"good": [("1100", "many")], "bad": ["1010"]}, "not a bit vector", "a number as weight"),
        ({"good": [1100], "bad": [11]}, "not a bit vector", "'1100' is not a vector of 4 bits"),
        ({"good": [("1100", 1), ("0011", -1)], "bad": [("1010", 0)]}, "negative weight", "-1 of 0011"),
        ({"W": [[1, 1, 1, 1]], "b": [-1.5]}, "a separating unit", "fires on 0101"),
        (([1, 2, 2, 1], 2.5), "a separating unit", "fires on 0101"),
        ({"w": [0, 0, 0, 0], "t": 1}, "a separating unit", "silent on 0011"),
        ("1100 + 0011 = 1111", "label", "1111 is good"),
        ("1100 + 0011 = 1010 + 0101 = 1111", "no certificate", "not a text"),
    ],
)
def test_what_is_wrong_with_a_certificate(proof, name, words):
    found = verify(proof, 4, adjacent)
    assert found.name == name
    assert words in found.message
