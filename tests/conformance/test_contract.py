"""What holds for every operation and layer: dtypes, untouched inputs, errors that change nothing."""

import copy
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dlcore.reference as reference
from dlcore.errors import DlcoreError, ShapeError, StalePullbackError
from tests.conformance.case import Draw, LayerCase, OperationCase, built, of_kind
from tests.conformance.support import as_tuple, call_operation, cast, cotangents, is_float, settled, taken

DTYPES = (np.float32, np.float64)


def by_name(kind):
    return pytest.mark.parametrize("case", of_kind(kind), ids=lambda case: case.name)


def build(case, call, dtype=np.float64):
    inside = built(call, reference)
    kind = getattr(reference, case.name)
    extra = taken(kind, rng=np.random.default_rng(7), dtype=dtype) if case.rng else {}
    return kind(*inside.args, **settled(inside.settings), **extra)


@by_name(OperationCase)
@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_dtype_in_is_dtype_out(case, dtype, data):
    draw = Draw(data)
    call = case.draw(draw)
    outputs, back = call_operation(getattr(reference, case.name), call, dtype)
    assert {np.asarray(y).dtype for y in as_tuple(outputs) if is_float(y)} <= {np.dtype(dtype)}
    grads = back(*(u.astype(dtype) for u in cotangents(outputs, draw)))
    assert {g.dtype for g in as_tuple(grads) if g is not None} <= {np.dtype(dtype)}


@by_name(OperationCase)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_gradients_are_shaped_as_arguments_and_nothing_is_modified(case, data):
    draw = Draw(data)
    call = case.draw(draw)
    before = copy.deepcopy(call.args)
    outputs, back = call_operation(getattr(reference, case.name), call)
    kept = copy.deepcopy(outputs)
    us = cotangents(outputs, draw)
    given_us = copy.deepcopy(us)
    first = as_tuple(back(*us))
    second = as_tuple(back(*us))
    assert len(first) == len(call.args)
    for x, a, b in zip(call.args, first, second, strict=True):
        assert a is None or a.shape == np.shape(x)
        np.testing.assert_array_equal(a, b, err_msg="two calls of one pullback differ")
    for old, new in zip(
        (*before, *as_tuple(kept), *given_us), (*call.args, *as_tuple(outputs), *us), strict=True
    ):
        np.testing.assert_array_equal(old, new, err_msg="an input, output or cotangent was modified")


@by_name(OperationCase)
@given(data=st.data())
@settings(max_examples=30, deadline=None)
def test_large_input_gives_no_warning_and_finite_values(case, data):
    draw = Draw(data)
    call = case.draw(draw)
    first = next(i for i, x in enumerate(call.args) if is_float(x))
    scale = call.largest / max(np.abs(call.args[first]).max(initial=0), 1)
    call.args = (*call.args[:first], np.asarray(call.args[first]) * scale, *call.args[first + 1 :])
    for dtype in DTYPES:
        with warnings.catch_warnings(), np.errstate(all="warn", under="ignore"):
            warnings.simplefilter("error")
            outputs, back = call_operation(getattr(reference, case.name), call, dtype)
            grads = back(*(u.astype(dtype) for u in cotangents(outputs, draw)))
        if case.finite:
            values = [np.asarray(v) for v in (*as_tuple(outputs), *as_tuple(grads)) if v is not None]
            assert all(np.isfinite(v).all() for v in values)


@by_name(OperationCase)
def test_misfit_shapes_are_refused(case):
    for call in case.bad():
        with pytest.raises(ShapeError) as caught:
            call_operation(getattr(reference, case.name), call)
        assert any(str(np.shape(x)) in str(caught.value) for x in call.args), str(caught.value)


@by_name(LayerCase)
@pytest.mark.parametrize("dtype", DTYPES)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_layer_keeps_dtype_and_its_input(case, dtype, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    layer = build(case, call, dtype)
    arrays = [cast(x, dtype) for x in inputs]
    before = copy.deepcopy(arrays)
    outputs = layer(*arrays)
    grads = layer.backward(*(u.astype(dtype) for u in cotangents(outputs, draw)))
    values = [np.asarray(v) for v in (*as_tuple(outputs), *as_tuple(grads)) if v is not None]
    values += [*layer.params.values(), *layer.grads.values()]
    assert {v.dtype for v in values if v.dtype.kind == "f"} <= {np.dtype(dtype)}
    for old, new in zip(before, arrays, strict=True):
        np.testing.assert_array_equal(old, new)


@by_name(LayerCase)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_calls_are_undone_last_first_and_gradients_add_up(case, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    once, twice = build(case, call), build(case, call)
    us = cotangents(once(*inputs), draw)
    first = as_tuple(once.backward(*us))
    again = copy.deepcopy(twice)
    twice(*inputs)
    again(*inputs)
    for parameter_grad in twice.grads.values():
        assert not parameter_grad.any()
    assert len(as_tuple(twice.backward(*us))) == len(first)
    with pytest.raises(StalePullbackError, match="no recorded call"):
        twice.backward(*us)
    sums = {name: grad.copy() for name, grad in twice.grads.items()}
    again.backward(*us)
    again(*inputs)
    if not any(isinstance(v, np.random.Generator) for inner in again.layers() for v in vars(inner).values()):
        again.backward(*us)
        for name, grad in again.grads.items():
            np.testing.assert_allclose(grad, 2 * sums[name], rtol=1e-9, atol=1e-12)


@by_name(LayerCase)
@given(data=st.data())
@settings(max_examples=20, deadline=None)
def test_a_stale_pullback_is_refused(case, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    layer = build(case, call)
    us = cotangents(layer(*inputs), draw)
    for name in list(layer.params)[:1]:
        layer.params[name] += 1.0
        with pytest.raises(StalePullbackError, match="updated"):
            layer.backward(*us)


@by_name(LayerCase)
@given(data=st.data())
@settings(max_examples=10, deadline=None)
def test_an_error_leaves_a_layer_as_it_was(case, data):
    draw = Draw(data)
    call, inputs = case.draw(draw)
    layer = build(case, call)
    us = cotangents(layer(*inputs), draw)
    state, grads = layer.state_dict(), copy.deepcopy(layer.grads)
    for wrong in case.bad():
        with pytest.raises(ShapeError, match=case.name):
            layer(*wrong)
    with pytest.raises(DlcoreError):
        layer.backward(*(np.ones((*u.shape, 2)) for u in us))
    for name, value in layer.state_dict().items():
        np.testing.assert_array_equal(value, state[name])
    for name, grad in layer.grads.items():
        np.testing.assert_array_equal(grad, grads[name])
    layer.backward(*us)
