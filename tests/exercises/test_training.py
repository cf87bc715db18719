"""Batch norm, dropout, Adam, clipping: answers as in the library and PyTorch; what wrong ones hear."""

from __future__ import annotations

import numpy as np
import pytest

from dlcore import reference
from dlcore.exercises import code
from dlcore.exercises.code.optimization import _adam, _adam_with, _clip, _clip_with, _norm
from dlcore.exercises.code.training import _batch_norm, _batch_norm_with, _dropout, _dropout_with, _right_dx

RNG = np.random.default_rng(0)


def rounds(own):
    return pytest.mark.parametrize("inputs", list(own.rounds()), ids=lambda inputs: None)


def close(got, want):
    np.testing.assert_allclose(got, want, rtol=1e-9, atol=1e-12)


# The worked answers.


@rounds(code.batch_norm)
def test_batch_norm_is_that_of_the_library_and_of_torch(inputs):
    functional = pytest.importorskip("torch.nn.functional")
    import torch

    (x, gamma, beta, eps), (dy,) = inputs
    y, back = _batch_norm(x, gamma, beta, eps)
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, gamma, beta)]
    if len(x) > 1:  # both refuse a single sample
        for got, want in zip(back(dy), reference.batch_norm(x, gamma, beta, eps=eps)[1](dy), strict=True):
            close(got, want)
        theirs = functional.batch_norm(tensors[0], None, None, *tensors[1:], training=True, eps=eps)
        theirs.backward(torch.tensor(dy))
        close(y, theirs.detach().numpy())
        for got, tensor in zip(back(dy), tensors, strict=True):
            np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-6, atol=1e-8)
    else:
        close(y, beta[None])
        assert not back(dy)[0].any()


@rounds(code.dropout)
def test_dropout_is_that_of_the_library(inputs):
    (x, p, uniform), (dy,) = inputs
    y, back = _dropout(x, p, uniform)
    ours, ours_back = reference.dropout(x, p, mask=uniform >= p)
    close(y, ours)
    close(back(dy), ours_back(dy))


def test_dropout_keeps_the_mean():
    x = np.full(100_000, 3.0)
    y, _ = _dropout(x, 0.3, RNG.random(x.shape))
    assert abs(y.mean() - 3) < 0.05
    assert np.isclose((y == 0).mean(), 0.3, atol=0.01)


@rounds(code.adam)
def test_adam_is_that_of_the_library_and_of_torch(inputs):
    torch = pytest.importorskip("torch")
    weight, gradients, eta, beta1, beta2, eps = inputs
    ours = reference.Parameter(weight.copy())
    theirs = torch.nn.Parameter(torch.tensor(weight))
    settings = {"lr": eta, "betas": (beta1, beta2), "eps": eps}
    optimizers = reference.Adam([ours], **settings), torch.optim.Adam([theirs], **settings)
    for row, gradient in zip(_adam(*inputs), gradients, strict=True):
        ours.grad, theirs.grad = gradient.copy(), torch.tensor(gradient)
        for optimizer in optimizers:
            optimizer.step()
        close(row, ours.value)
        close(row, theirs.detach().numpy())


@rounds(code.clip)
def test_clip_is_that_of_the_library_and_of_torch(inputs):
    torch = pytest.importorskip("torch")
    gradients, max_norm = inputs
    ours = [reference.Parameter(np.zeros(g.shape)) for g in gradients]
    theirs = [torch.nn.Parameter(torch.zeros(g.shape, dtype=torch.float64)) for g in gradients]
    for parameter, tensor, gradient in zip(ours, theirs, gradients, strict=True):
        parameter.grad, tensor.grad = gradient.copy(), torch.tensor(gradient)
    reference.clip_grad_norm_(ours, float(max_norm))
    torch.nn.utils.clip_grad_norm_(theirs, float(max_norm))
    for got, parameter, tensor in zip(_clip(gradients, max_norm), ours, theirs, strict=True):
        np.testing.assert_allclose(got, parameter.grad, rtol=1e-5, atol=1e-12)
        np.testing.assert_allclose(got, tensor.grad.numpy(), rtol=1e-5, atol=1e-12)


# Other right answers.


def _compact_norm(x, gamma, beta, eps):
    n, inverse = len(x), 1 / np.sqrt((x**2).mean(0) - x.mean(0) ** 2 + eps)
    normal = (x - x.mean(0)) * inverse

    def back(dy):
        dgamma, dbeta = (dy * normal).sum(0), dy.sum(0)
        return [gamma * inverse / n * (n * dy - dbeta - normal * dgamma), dgamma, dbeta, None]

    return (normal * gamma + beta).tolist(), back


def _norm_with_torch(x, gamma, beta, eps):
    torch = pytest.importorskip("torch")
    tensors = [torch.tensor(a, requires_grad=True) for a in (x, gamma, beta)]
    mean = tensors[0].mean(0)
    variance = ((tensors[0] - mean) ** 2).mean(0)
    y = tensors[1] * (tensors[0] - mean) / (variance + eps).sqrt() + tensors[2]
    return y, lambda dy: torch.autograd.grad(y, tensors, torch.tensor(dy), retain_graph=True)


def _dropout_by_entries(x, p, uniform):
    keep = 1 - p
    y = [0.0 if u < p else v / keep for v, u in zip(x.flat, uniform.flat, strict=True)]

    def back(dy):
        return np.array(
            [0.0 if u < p else d / keep for d, u in zip(dy.flat, uniform.flat, strict=True)]
        ).reshape(x.shape)

    return np.array(y).reshape(x.shape), back


def _adam_with_lists(weight, gradients, eta, beta1, beta2, eps):
    rows, w = [], weight.copy()
    m = v = 0.0
    power1 = power2 = 1.0
    for g in gradients:
        power1, power2 = power1 * beta1, power2 * beta2
        m += (1 - beta1) * (g - m)
        v += (1 - beta2) * (g * g - v)
        w -= eta * m / (1 - power1) / (eps + (v / (1 - power2)) ** 0.5)
        rows.append(w.tolist())
    return rows


def _clip_by_loops(gradients, max_norm):
    total = 0.0
    for gradient in gradients:
        for value in gradient.flat:
            total += float(value) ** 2
    if total <= max_norm**2:
        return gradients
    return [(gradient * float(max_norm) / total**0.5).tolist() for gradient in gradients]


@pytest.mark.parametrize(
    ("own", "answer"),
    [
        (code.batch_norm, _compact_norm),
        (code.batch_norm, _norm_with_torch),
        (code.batch_norm, _batch_norm_with()),
        (code.dropout, _dropout_by_entries),
        (
            code.dropout,
            lambda x, p, u: (_dropout(x, p, u)[0], lambda dy: (_dropout(dy, p, u)[0], None, None)),
        ),
        (code.adam, _adam_with_lists),
        (code.adam, _adam_with()),
        (code.adam, lambda *a: [np.float32(row) for row in _adam(*a)]),
        (code.clip, _clip_by_loops),
        (code.clip, _clip_with(lambda norm, most, _: min(1, most / (norm + 1e-6)))),
        (code.clip, lambda g, most: [np.float32(a) for a in _clip(g, most)]),
    ],
    ids=range(11),
)
def test_other_right_answers(own, answer):
    verdict = own.check(answer)
    assert verdict.ok, verdict


# Wrong answers that are no slip as they stand, and what they hear.


def _drawn(x, p, uniform):
    return _dropout(x, p, RNG.random(x.shape))


def _drawn_again(x, p, uniform):
    return _dropout(x, p, uniform)[0], lambda dy: _dropout(dy, p, RNG.random(x.shape))[0]


def _silenced_in_place(x, p, uniform):
    x[uniform < p] = 0
    return x / (1 - p), lambda dy: dy * (uniform >= p) / (1 - p)


def _one_array(weight, gradients, eta, beta1, beta2, eps):
    w, rows = weight.copy(), []
    for row in _adam(weight, gradients, eta, beta1, beta2, eps):
        w[...] = row
        rows.append(w)
    return rows


def _not_below(gradients, max_norm):
    return _clip(gradients, max_norm) if _norm(gradients) > max_norm else None


def _clipped_in_place(gradients, max_norm):
    for gradient, right in zip(gradients, _clip(gradients, max_norm), strict=True):
        gradient[...] = right
    return gradients


def _unbiased(x, eps):
    return np.sqrt(x.var(axis=0, ddof=1) + eps)


@pytest.mark.parametrize(
    ("own", "answer", "words"),
    [
        (code.batch_norm, _batch_norm_with(std=_unbiased, dx=lambda d, n, std: d / std), "divides by N - 1"),
        (code.batch_norm, _batch_norm_with(std=lambda x, eps: np.sqrt(x.var(0) + 1e-5)), "eps is not 1e-5"),
        (code.batch_norm, _batch_norm_with(dgamma=lambda dy, n, x: dy * n), "sum over axis 0 would be right"),
        (code.batch_norm, _batch_norm_with(dx=lambda d, n, s: -_right_dx(d, n, s)), "the sign is flipped"),
        (code.batch_norm, lambda *a: _batch_norm(*a)[0], "return y, back"),
        (
            code.batch_norm,
            _batch_norm_with(dx=lambda d, n, s: d / s, dbeta=lambda dy, gamma: (gamma * dy).sum(axis=0)),
            "And: The gradient of `beta` is multiplied by gamma",
        ),
        (code.dropout, _drawn, "does it draw random numbers of its own"),
        (code.dropout, _drawn_again, "does it draw random numbers"),
        (code.dropout, _silenced_in_place, "`x` is changed in place"),
        (code.dropout, _dropout_with(lambda p, u: (u >= p) / (1 - p) ** 0.5), "times what it should be"),
        (
            code.dropout,
            lambda x, p, u: (x * (u >= p), lambda dy: dy * (u >= p) / (1 - p)),
            "not rescaled, so on average",
        ),
        (code.dropout, lambda x, p, u: (_dropout(x, p, u)[0], lambda dy: dy + x), "gradient of `x` is wrong"),
        (code.adam, _one_array, "the same array was put in the list"),
        (code.adam, lambda w, g, *s: _adam(w, g[:1], *s), "too short along axis 0"),
        (code.adam, lambda *a: _adam(*a[:-1], 1e-8), "eps that is handed in is not used"),
        (code.clip, _not_below, "is a return missing"),
        (code.clip, _clipped_in_place, "`gradients` is changed in place"),
        (
            code.clip,
            lambda g, most: [a * most / np.linalg.norm(np.array(g)) for a in g],
            "take them one by one",
        ),
        (code.clip, _clip_with(lambda norm, most, _: min(1, most / norm**2)), "the root is missing"),
        (
            code.clip,
            _clip_with(lambda norm, most, _: (most / norm) ** 2 if norm > most else 1.0),
            "only where the norm is above max_norm",
        ),
    ],
    ids=range(20),
)
def test_what_wrong_answers_hear(own, answer, words):
    verdict = own.check(answer)
    assert not verdict.ok
    assert words in verdict.message
