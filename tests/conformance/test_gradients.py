"""Every pullback against central differences, on random shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore.reference as reference
from dlcore.gradcheck import check, directional_error
from tests.conformance.case import Draw, LayerCase, OperationCase, built, of_kind
from tests.conformance.support import settled, taken


def by_name(kind):
    return pytest.mark.parametrize("case", of_kind(kind), ids=lambda case: case.name)


@by_name(OperationCase)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_pullback_of_an_operation(case, data):
    draw = Draw(data)
    call = case.draw(draw)
    operation = getattr(reference, case.name)
    check(operation, *call.args, rng=draw.rng, settings=call.settings).require()
    assert directional_error(operation, *call.args, rng=draw.rng, settings=call.settings) <= 1e-5


@by_name(LayerCase)
@given(data=st.data())
@settings(max_examples=100, deadline=None)
def test_backward_of_a_layer(case, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    inside = built(call, reference)
    kind = getattr(reference, case.name)
    extra = taken(kind, rng=np.random.default_rng(7), dtype=np.float64) if case.rng else {}
    layer = kind(*inside.args, **settled(inside.settings), **extra)
    check(layer, *inputs, rng=draw.rng).require()
