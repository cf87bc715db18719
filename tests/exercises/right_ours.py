"""Right answers to the `ours-` exercises, in many hands.

RIGHT: tuples (exercise_id, answer, style), each checked against a reference of its own (plain loops, torch
autograd, central differences, exhaustive tables) before any of them was tried. EDGE: right in substance,
in a form that a statement neither clearly allows nor forbids.
"""

import functools
import itertools
import math
from collections import namedtuple
from decimal import Decimal
from fractions import Fraction

import mpmath
import numpy as np
import scipy.linalg
import scipy.ndimage
import scipy.signal
import scipy.special
import sympy
import torch
import torch.nn.functional as F
from numpy.lib.stride_tricks import as_strided, sliding_window_view

RIGHT = []


def add(exercise, style):
    def keep(answer):
        RIGHT.append((exercise, answer, style))
        return answer

    return keep


def put(exercise, style, answer):
    RIGHT.append((exercise, answer, style))


def T(a):
    """A fresh float64 tensor of anything array-like."""
    return torch.tensor(np.array(a, dtype=np.float64, order="C"))


# ---------------------------------------------------------------- ours-adam


@add("ours-adam", "loop over steps, m and v kept, np.stack; vs scalar reference")
def adam(weight, gradients, eta, beta1, beta2, eps):
    w = np.array(weight, dtype=float)
    m = np.zeros_like(w)
    v = np.zeros_like(w)
    out = []
    for t, g in enumerate(gradients, 1):
        g = np.asarray(g, dtype=float)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        w = w - eta * (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + eps)
        out.append(w)
    return np.stack(out)


@add("ours-adam", "torch.optim.Adam itself, in float64; vs scalar reference")
def adam(weight, gradients, eta, beta1, beta2, eps):
    p = torch.nn.Parameter(T(weight))
    opt = torch.optim.Adam([p], lr=float(eta), betas=(float(beta1), float(beta2)), eps=float(eps))
    out = []
    for g in gradients:
        p.grad = T(g)
        opt.step()
        out.append(p.detach().numpy().copy())
    return np.array(out)


@add("ours-adam", "closed form: matrix of powers, einsum, cumsum, no state; vs scalar reference")
def adam(weight, gradients, eta, beta1, beta2, eps):
    g = np.asarray(gradients, dtype=float)
    steps = len(g)
    t = np.arange(1, steps + 1)

    def hat(beta, a):
        power = np.array(
            [[float(beta) ** (i - j) if j <= i else 0.0 for j in range(steps)] for i in range(steps)]
        )
        power *= (1 - beta) / (1 - float(beta) ** t)[:, None]
        return np.einsum("ts,s...->t...", power, a)

    delta = eta * hat(beta1, g) / (np.sqrt(hat(beta2, g**2)) + eps)
    return np.asarray(weight, dtype=float) - np.cumsum(delta, axis=0)


@add("ours-adam", "scipy.signal.lfilter for both averages; vs scalar reference")
def adam(weight, gradients, eta, beta1, beta2, eps):
    w = np.asarray(weight, dtype=float)
    g = np.asarray(gradients, dtype=float).reshape(len(gradients), -1)
    if g.size == 0:
        return np.zeros((len(gradients),) + w.shape)
    t = np.arange(1, len(g) + 1)[:, None]
    m = scipy.signal.lfilter([1 - beta1], [1, -beta1], g, axis=0) / (1 - np.power(float(beta1), t))
    v = scipy.signal.lfilter([1 - beta2], [1, -beta2], g * g, axis=0) / (1 - np.power(float(beta2), t))
    path = np.add.accumulate(np.concatenate([w.reshape(1, -1), -eta * m / (eps + v**0.5)]))
    return path[1:].reshape((len(g),) + w.shape)


@add(
    "ours-adam",
    "itertools.accumulate over a state tuple, rescaled step (eps times the root of 1-beta2^t); "
    "vs scalar reference",
)
def adam(weight, gradients, eta, beta1, beta2, eps):
    def step(state, g):
        w, m, v, b1, b2 = state
        m, v, b1, b2 = m + (1 - beta1) * (g - m), v + (1 - beta2) * (g * g - v), b1 * beta1, b2 * beta2
        root = math.sqrt(1 - b2)
        return w - eta * root / (1 - b1) * m / (np.sqrt(v) + eps * root), m, v, b1, b2

    gs = [np.asarray(g, float) for g in gradients]
    start = (np.asarray(weight, float), 0.0, 0.0, 1.0, 1.0)
    states = list(itertools.accumulate(gs, step, initial=start))
    return np.array([s[0] for s in states[1:]])


class _Adam:
    """A class with a step; the answer is an instance with __call__."""

    def __call__(self, weight, gradients, eta, beta1, beta2, eps):
        w = np.array(weight, float)
        out = np.empty((len(gradients),) + w.shape)
        for place in np.ndindex(w.shape):
            x, m, v = float(w[place]), 0.0, 0.0
            for t in range(1, len(gradients) + 1):
                g = float(np.asarray(gradients[t - 1])[place])
                m = beta1 * m + (1 - beta1) * g
                v = beta2 * v + (1 - beta2) * g**2
                x -= eta * (m / (1 - beta1**t)) / (math.sqrt(v / (1 - beta2**t)) + eps)
                out[(t - 1,) + place] = x
        return out


put(
    "ours-adam",
    "class instance with __call__, every entry alone in Python floats; vs array reference",
    _Adam(),
)


# ---------------------------------------------------------------- ours-batch-norm


@add("ours-batch-norm", "short form of the backward; vs autograd and central differences")
def batch_norm(x, gamma, beta, eps):
    x = np.asarray(x, float)
    n = max(len(x), 1)
    d = x - x.sum(0) / n
    inv = 1 / np.sqrt((d * d).sum(0) / n + eps)
    xh = d * inv
    y = gamma * xh + beta

    def back(dy):
        dbeta = dy.sum(axis=0)
        dgamma = (dy * xh).sum(axis=0)
        dx = gamma * inv * (dy - dbeta / n - xh * dgamma / n)
        return dx, dgamma, dbeta

    return y, back


@add("ours-batch-norm", "long form through dvar and dmu, list of results; vs autograd")
def batch_norm(x, gamma, beta, eps):
    x = np.asarray(x, dtype=np.float64)
    n, _ = x.shape
    if n == 0:
        return np.zeros(x.shape), lambda dy: [np.zeros(x.shape), np.zeros(x.shape[1]), np.zeros(x.shape[1])]
    mu = np.mean(x, axis=0, keepdims=True)
    var = np.var(x, axis=0, keepdims=True)
    std = np.sqrt(var + eps)
    xhat = (x - mu) / std
    y = np.reshape(gamma, (1, -1)) * xhat + np.reshape(beta, (1, -1))

    def back(dy):
        dxhat = dy * np.reshape(gamma, (1, -1))
        dvar = np.sum(dxhat * (x - mu) * -0.5 * (var + eps) ** (-1.5), axis=0, keepdims=True)
        dmu = np.sum(-dxhat / std, axis=0, keepdims=True) + dvar * np.mean(
            -2 * (x - mu), axis=0, keepdims=True
        )
        dx = dxhat / std + dvar * 2 * (x - mu) / n + dmu / n
        return [dx, np.sum(dy * xhat, axis=0), np.sum(dy, axis=0)]

    return y, back


@add("ours-batch-norm", "torch with autograd, returns tensors; vs short form and central differences")
def batch_norm(x, gamma, beta, eps):
    x, gamma, beta = (T(a).requires_grad_() for a in (x, gamma, beta))
    n = max(x.shape[0], 1)
    d = x - x.sum(0) / n
    y = gamma * d / torch.sqrt((d**2).sum(0) / n + eps) + beta

    def back(dy):
        return torch.autograd.grad(y, (x, gamma, beta), T(dy), retain_graph=True)

    return y.detach(), back


@add("ours-batch-norm", "every column alone: N x N Jacobian from the centring projection; vs autograd")
def batch_norm(x, gamma, beta, eps):
    x = np.asarray(x, float)
    n, width = x.shape
    centre = np.eye(n) - (np.full((n, n), 1.0 / n) if n else 0.0)
    y = np.empty((n, width))
    normal = np.empty((n, width))
    jacobians = []
    for k in range(width):
        d = centre @ x[:, k]
        s = math.sqrt((d @ d / n if n else 0.0) + eps)
        normal[:, k] = d / s
        y[:, k] = gamma[k] * normal[:, k] + beta[k]
        jacobians.append(gamma[k] * (centre / s - (np.outer(d, d) / (n * s**3) if n else 0.0)))

    def back(dy):
        dx = np.zeros((n, width))
        for k in range(width):
            dx[:, k] = jacobians[k].T @ dy[:, k]
        return dx, np.einsum("nd,nd->d", dy, normal), np.einsum("nd->d", dy)

    return y, back


class _BatchNorm:
    """Cache in the object, the pullback is a bound method."""

    def __init__(self, x, gamma, beta, eps):
        self.gamma, self.n = np.asarray(gamma, float), x.shape[0]
        if self.n:
            mean = x.mean(0)
            self.root = np.sqrt(np.mean(np.square(x - mean), axis=0) + eps)
            self.xhat = (x - mean) / self.root
        else:
            self.root, self.xhat = np.ones(x.shape[1]), np.zeros(x.shape)
        self.y = self.gamma * self.xhat + beta

    def back(self, dy):
        dgamma, dbeta = (self.xhat * dy).sum(0), dy.sum(0)
        if not self.n:
            return np.zeros(dy.shape), dgamma, dbeta
        dx = self.gamma * (self.n * dy - dbeta - self.xhat * dgamma) / (self.n * self.root)
        return dx, dgamma, dbeta


def _bn_class(x, gamma, beta, eps):
    layer = _BatchNorm(np.asarray(x, float), gamma, beta, eps)
    return layer.y, layer.back


put(
    "ours-batch-norm",
    "class, pullback a bound method, form with N*dy - sum - xhat*sum; vs autograd",
    _bn_class,
)


@add("ours-batch-norm", "torch.var(correction=0), vjp of torch.func, returned as numpy; vs short form")
def batch_norm(x, gamma, beta, eps):
    def f(x, gamma, beta):
        mean = x.mean(dim=0, keepdim=True)
        return (x - mean) * torch.rsqrt(x.var(dim=0, correction=0, keepdim=True) + eps) * gamma + beta

    if len(x) == 0:
        d = np.shape(x)[1]
        return np.empty((0, d)), lambda dy: (np.empty((0, d)), np.zeros(d), np.zeros(d))
    y, pull = torch.func.vjp(f, T(x), T(gamma), T(beta))
    return y.detach().numpy(), lambda dy: tuple(g.detach().numpy() for g in pull(T(dy)))


# ---------------------------------------------------------------- ours-border-line

BL = "ours-border-line"
put(BL, "text, one fraction; sympy solve agrees", "-(w1*x1 + b)/w2")
put(BL, "text, slope and intercept; sympy solve agrees", "-w1/w2*x1 - b/w2")
put(BL, "text, minus inside; sympy solve agrees", "(-b - w1*x1) / w2")
put(BL, "text, minus in the denominator, no blanks; sympy solve agrees", "(b+x1*w1)/-w2")
put(BL, "text, power -1; sympy solve agrees", "-(b + w1*x1) * w2**(-1)")
put(BL, "text, decimals in it; sympy solve agrees", "0.0 - 1.0*(w1/w2)*x1 - 1.0*(b/w2)")
put(BL, "text, spread over spaces and brackets; sympy solve agrees", " ( (0 - b) - ((w1) * (x1)) ) / (w2) ")
put(BL, "lambda of the four; by insertion, residual 0", lambda w1, w2, b, x1: -(w1 * x1 + b) / w2)
put(
    BL,
    "text that str() of sympy.solve gives; by insertion",
    str(sympy.solve(sympy.sympify("w1*x1 + w2*x2 + b"), sympy.Symbol("x2"))[0]),
)
put(
    BL,
    "function from sympy.lambdify; by insertion",
    sympy.lambdify(
        sympy.symbols("w1 w2 b x1"), sympy.solve(sympy.sympify("w1*x1 + w2*x2 + b"), sympy.Symbol("x2"))[0]
    ),
)


@add(BL, "def with steps, slope and intercept; by insertion")
def x2(w1, w2, b, x1):
    slope = -w1 / w2
    intercept = -b / w2
    return intercept + slope * x1


class _Line:
    def __call__(self, w1, w2, b, x1):
        return (w1 * x1 + b) / (-w2)


put(BL, "class instance with __call__; by insertion", _Line())


def _other(sign, w1, w2, b, x1):
    return sign * (b / w2 + x1 * (w1 / w2))


put(BL, "functools.partial; by insertion", functools.partial(_other, -1))


# ---------------------------------------------------------------- ours-clip-norm


@add("ours-clip-norm", "math.hypot over all entries; vs own norm, also at 1e200 and 1e-200")
def clip(gradients, max_norm):
    norm = math.hypot(*(float(v) for g in gradients for v in np.ravel(g)))
    if norm <= max_norm:
        return list(gradients)
    return [np.asarray(g, float) / norm * max_norm for g in gradients]


@add("ours-clip-norm", "scipy.linalg.norm of the concatenation, then np.split and reshape; vs own norm")
def clip(gradients, max_norm):
    shapes = [np.shape(g) for g in gradients]
    flat = np.concatenate([np.ravel(g) for g in gradients]).astype(float)
    norm = scipy.linalg.norm(flat) if flat.size else 0.0
    if norm > max_norm:
        flat = flat / norm * max_norm
    ends = np.cumsum([math.prod(s) for s in shapes])[:-1]
    return [part.reshape(s) for part, s in zip(np.split(flat, ends), shapes)]


@add("ours-clip-norm", "norm of norms, scaled by the largest entry first; copies; vs own norm, also at 1e200")
def clip(gradients, max_norm):
    top = max((float(np.max(np.abs(g), initial=0)) for g in gradients), default=0.0)
    if top == 0.0:
        return [np.array(g) for g in gradients]
    norm = top * np.sqrt(sum(float(np.sum(np.square(np.asarray(g, float) / top))) for g in gradients))
    factor = 1.0 if norm <= max_norm else max_norm / norm
    return [factor * np.asarray(g) for g in gradients]


@add("ours-clip-norm", "torch, a list of float64 tensors, norm scaled by the largest entry; vs own norm")
def clip(gradients, max_norm):
    ts = [T(g) for g in gradients]
    flat = torch.cat([t.reshape(-1) for t in ts])
    top = flat.abs().max() if flat.numel() else torch.tensor(0.0)
    if top == 0:
        return ts
    norm = torch.linalg.vector_norm(flat / top) * top
    return [t / norm * max_norm for t in ts] if norm > max_norm else ts


@add(
    "ours-clip-norm",
    "factor min(1, max/norm) with the zero case caught, recursion over the list; vs own norm",
)
def clip(gradients, max_norm):
    def length(rest):
        return 0.0 if not rest else math.hypot(*np.asarray(rest[0], float).ravel().tolist(), length(rest[1:]))

    norm = length(list(gradients))
    factor = min(1.0, max_norm / norm) if norm > 0 else 1.0
    return list(map(lambda g: np.multiply(g, factor), gradients))


@add("ours-clip-norm", "divide by max(1, norm/max_norm), norm in longdouble; vs own norm")
def clip(gradients, max_norm):
    squares = [np.sum(np.asarray(g, dtype=np.longdouble) ** 2) for g in gradients]
    over = np.sqrt(sum(squares)) / np.longdouble(max_norm)
    return [(np.asarray(g) / np.maximum(np.longdouble(1), over)).astype(float) for g in gradients]


# ---------------------------------------------------------------- ours-committee

CO = "ours-committee"
put(CO, "lists, halves; table of 8", [([2, 1, 1], -2.5)])
put(CO, "whole numbers, the border itself does not fire; table of 8", [([2, 1, 1], -2)])
put(CO, "numpy array and float; table of 8", [(np.array([0.6, 0.3, 0.3]), -0.75)])
put(
    CO,
    "tuple and Fraction; table of 8",
    [((Fraction(2, 3), Fraction(1, 3), Fraction(1, 3)), Fraction(-5, 6))],
)
put(CO, "W as a matrix of one row and b as a list; table of 8", [([[3.0, 1.0, 1.0]], [-3.5])])
put(CO, "uneven weights of the others; table of 8", [([10.0, 2.0, 5.0], -11.0)])
put(CO, "torch tensors; table of 8", [(torch.tensor([2.0, 1.0, 1.0]), torch.tensor(-2.25))])
put(CO, "0-d array as bias, integer weights; table of 8", [(np.array([4, 2, 2]), np.array(-5))])
put(CO, "large weights; table of 8", [([2e6, 1e6, 1e6], -2.5e6)])


# ---------------------------------------------------------------- ours-convolution


@add("ours-convolution", "seven loops into zeros; is like torch.conv2d and the padded sum")
def conv2d(x, weight, bias, stride, padding):
    N, C, H, W = x.shape
    O, _, A, B = weight.shape
    rows = (H + 2 * padding - A) // stride + 1
    cols = (W + 2 * padding - B) // stride + 1
    y = np.zeros((N, O, rows, cols))
    for n in range(N):
        for o in range(O):
            for i in range(rows):
                for j in range(cols):
                    s = float(bias[o])
                    for c in range(C):
                        for a in range(A):
                            for b in range(B):
                                p, q = i * stride + a - padding, j * stride + b - padding
                                if 0 <= p < H and 0 <= q < W:
                                    s += float(x[n, c, p, q]) * float(weight[o, c, a, b])
                    y[n, o, i, j] = s
    return y


@add("ours-convolution", "sliding_window_view and einsum; vs loops")
def conv2d(x, weight, bias, stride, padding):
    p = np.pad(np.asarray(x, float), ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    win = sliding_window_view(p, weight.shape[2:], axis=(2, 3))[:, :, ::stride, ::stride]
    return np.einsum("ncijab,ocab->noij", win, weight, optimize=True) + bias[:, None, None]


@add("ours-convolution", "as_strided and tensordot; vs loops")
def conv2d(x, weight, bias, stride, padding):
    p = np.ascontiguousarray(
        np.pad(np.asarray(x, float), [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    )
    N, C, H, W = p.shape
    O, _, A, B = weight.shape
    sn, sc, sh, sw = p.strides
    win = as_strided(
        p,
        (N, C, (H - A) // stride + 1, (W - B) // stride + 1, A, B),
        (sn, sc, sh * stride, sw * stride, sh, sw),
        writeable=False,
    )
    y = np.tensordot(win, weight, axes=([1, 4, 5], [1, 2, 3])) + np.reshape(bias, (-1,))
    return np.moveaxis(y, -1, 1)


@add("ours-convolution", "im2col by index arrays, one matrix product; vs loops")
def conv2d(x, weight, bias, stride, padding):
    O, C, A, B = weight.shape
    p = np.zeros(x.shape[:2] + (x.shape[2] + 2 * padding, x.shape[3] + 2 * padding))
    p[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = x
    rows, cols = (p.shape[2] - A) // stride + 1, (p.shape[3] - B) // stride + 1
    i = (np.arange(rows) * stride)[:, None, None, None] + np.arange(A)[None, None, :, None]
    j = (np.arange(cols) * stride)[None, :, None, None] + np.arange(B)[None, None, None, :]
    columns = p[:, :, i, j]  # N C rows cols A B
    columns = columns.transpose(0, 2, 3, 1, 4, 5).reshape(-1, C * A * B)
    y = columns @ weight.reshape(O, -1).T + bias
    return y.reshape(len(x), rows, cols, O).transpose(0, 3, 1, 2)


@add("ours-convolution", "torch.nn.functional.conv2d in float64, returns a tensor; vs loops")
def conv2d(x, weight, bias, stride, padding):
    return F.conv2d(T(x), T(weight), T(bias), stride=int(stride), padding=int(padding))


@add("ours-convolution", "scipy.signal.correlate2d, channel by channel, then every stride-th; vs loops")
def conv2d(x, weight, bias, stride, padding):
    p = np.pad(np.asarray(x, float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    return np.array(
        [
            [
                bias[o]
                + sum(
                    scipy.signal.correlate2d(image[c], weight[o, c], mode="valid") for c in range(len(image))
                )[::stride, ::stride]
                for o in range(len(weight))
            ]
            for image in p
        ]
    )


@add(
    "ours-convolution",
    "sum over the filter's places of shifted, strided slices; nested list returned; vs loops",
)
def conv2d(x, weight, bias, stride, padding):
    p = np.pad(np.asarray(x, float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    _, _, A, B = weight.shape
    rows = (p.shape[2] - A) // stride + 1
    cols = (p.shape[3] - B) // stride + 1
    y = np.asarray(bias, float).reshape(1, -1, 1, 1)
    for a in range(A):
        for b in range(B):
            part = p[:, :, a : a + (rows - 1) * stride + 1 : stride, b : b + (cols - 1) * stride + 1 : stride]
            y = y + np.einsum("nchw,oc->nohw", part, weight[:, :, a, b])
    return y.tolist()


@add("ours-convolution", "F.unfold and matmul, numpy back; vs loops")
def conv2d(x, weight, bias, stride, padding):
    N, _, H, W = x.shape
    O, _, A, B = weight.shape
    cols = F.unfold(T(x), (A, B), padding=padding, stride=stride)
    y = T(weight).reshape(O, -1) @ cols + T(bias)[:, None]
    return y.reshape(N, O, (H + 2 * padding - A) // stride + 1, -1).numpy()


@add("ours-convolution", "by the two-dimensional FFT (filter conjugated: correlation); vs loops to 1e-12")
def conv2d(x, weight, bias, stride, padding):
    p = np.pad(np.asarray(x, float), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    H, W = p.shape[2:]
    A, B = weight.shape[2:]
    fx, fw = np.fft.rfft2(p), np.fft.rfft2(np.asarray(weight, float), s=(H, W))
    full = np.fft.irfft2(np.einsum("nchw,ochw->nohw", fx, fw.conj()), s=(H, W))
    return full[:, :, : H - A + 1 : stride, : W - B + 1 : stride] + np.reshape(bias, (1, -1, 1, 1))


@add("ours-convolution", "float32 inside and out, stride by hand; vs loops to 1e-6 of the terms' sum")
def conv2d(x, weight, bias, stride, padding):
    p = np.pad(np.asarray(x, np.float32), ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    w = np.asarray(weight, np.float32)
    O, _, A, B = w.shape
    tops = range(0, p.shape[2] - A + 1, stride)
    lefts = range(0, p.shape[3] - B + 1, stride)
    y = np.empty((len(p), O, len(tops), len(lefts)), np.float32)
    for i, r in enumerate(tops):
        for j, s in enumerate(lefts):
            y[:, :, i, j] = np.tensordot(p[:, :, r : r + A, s : s + B], w, ([1, 2, 3], [1, 2, 3])) + bias
    return y


# ---------------------------------------------------------------- ours-convolution-size


@add("ours-convolution-size", "the formula with //; vs counting")
def output_size(n, kernel, stride, padding):
    return (n + 2 * padding - kernel) // stride + 1


put(
    "ours-convolution-size",
    "len(range()); vs counting",
    lambda n, kernel, stride, padding: len(range(0, n + 2 * padding - kernel + 1, stride)),
)


@add("ours-convolution-size", "while loop that moves the window; vs formula")
def output_size(n, kernel, stride, padding):
    place, count = -padding, 0
    while place + kernel <= n + padding:
        count += 1
        place += stride
    return count


@add("ours-convolution-size", "ceiling of the number of starts, by negative //; vs counting")
def output_size(n, kernel, stride, padding):
    starts = n + 2 * padding - kernel + 1
    return -(-starts // stride)


@add("ours-convolution-size", "math.floor of a Fraction; vs counting")
def output_size(n, kernel, stride, padding):
    return math.floor(Fraction(int(n + 2 * padding - kernel), int(stride)) + 1)


@add("ours-convolution-size", "np.arange size as np.int64; vs counting")
def output_size(n, kernel, stride, padding):
    return np.int64(np.arange(0, n + 2 * padding - kernel + 1, stride).size)


@add("ours-convolution-size", "divmod, result a 0-d array; vs counting")
def output_size(n, kernel, stride, padding):
    whole, _ = divmod(n + padding + padding - kernel, stride)
    return np.array(whole + 1)


@add("ours-convolution-size", "recursion that halves, so not deep; vs counting")
def output_size(n, kernel, stride, padding):
    def stops(free, step):  # how many k >= 0 have k * step <= free
        if free < step:
            return 1
        twice = stops(free, 2 * step)  # even k
        return (
            twice + stops(free - step, 2 * step)
            if free < 4 * step
            else 2 * twice - (0 if free - 2 * step * (twice - 1) >= step else 1)
        )

    return stops(n + 2 * padding - kernel, stride)


# ---------------------------------------------------------------- ours-cross-entropy


@add("ours-cross-entropy", "subtract the max, log of the sum, fancy index, np.float64; vs mpmath")
def cross_entropy(logits, labels):
    z = np.asarray(logits, float)
    z = z - z.max(axis=1, keepdims=True)
    return np.mean(np.log(np.exp(z).sum(axis=1)) - z[np.arange(len(z)), labels])


@add("ours-cross-entropy", "scipy logsumexp, take_along_axis; vs mpmath")
def cross_entropy(logits, labels):
    z = np.asarray(logits, float)
    right = np.take_along_axis(z, np.asarray(labels).reshape(-1, 1), axis=1)
    return (scipy.special.logsumexp(z, axis=1, keepdims=True) - right).mean()


@add("ours-cross-entropy", "torch F.cross_entropy, .item(); vs mpmath")
def cross_entropy(logits, labels):
    return F.cross_entropy(T(logits), torch.tensor(np.array(labels, dtype=np.int64))).item()


@add("ours-cross-entropy", "Python lists, math.fsum, all alone; vs mpmath")
def cross_entropy(logits, labels):
    losses = []
    for row, k in zip(np.asarray(logits, float).tolist(), np.asarray(labels).tolist()):
        top = max(row)
        losses.append(top + math.log(math.fsum(math.exp(v - top) for v in row)) - row[k])
    return math.fsum(losses) / len(losses)


@add("ours-cross-entropy", "np.logaddexp.reduce and one-hot with einsum, 0-d array; vs mpmath")
def cross_entropy(logits, labels):
    z = np.asarray(logits, float)
    onehot = np.eye(z.shape[1])[np.asarray(labels)]
    return np.array(np.mean(np.logaddexp.reduce(z, axis=1) - np.einsum("nk,nk->n", z, onehot)))


@add("ours-cross-entropy", "without shift but in longdouble (exp(+-1000) fits there); vs mpmath")
def cross_entropy(logits, labels):
    e = np.exp(np.asarray(logits, dtype=np.longdouble))
    p = e[range(len(e)), labels] / e.sum(axis=1)
    # p down to exp(-2000) is still a number in longdouble
    return float(-np.log(p).mean())


@add("ours-cross-entropy", "mpmath with 50 digits, plain softmax; vs logsumexp")
def cross_entropy(logits, labels):
    with mpmath.workdps(50):
        total = mpmath.mpf(0)
        for row, k in zip(np.asarray(logits, float).tolist(), np.asarray(labels).tolist()):
            e = [mpmath.exp(v) for v in row]
            total -= mpmath.log(e[k] / mpmath.fsum(e))
        return float(total / len(labels))


@add("ours-cross-entropy", "torch log_softmax and gather, 0-d tensor; vs mpmath")
def cross_entropy(logits, labels):
    k = torch.tensor(np.array(labels, dtype=np.int64)).reshape(-1, 1)
    return -torch.log_softmax(T(logits), dim=-1).gather(1, k).mean()


@add("ours-cross-entropy", "softplus form: logaddexp of the difference to all others; log1p; vs mpmath")
def cross_entropy(logits, labels):
    z = np.asarray(logits, float)
    total = 0.0
    for row, k in zip(z, labels):
        others = np.delete(row, k) - row[k]
        if others.size:
            top = max(0.0, others.max())
            rest = np.exp(others - top).sum()
            total += np.log1p(rest) if top == 0.0 else top + np.log(np.exp(-top) + rest)
    return float(total / len(z))


# ---------------------------------------------------------------- ours-dense-pullback


@add("ours-dense-pullback", "matrix products; vs autograd, N=0 too")
def dense(x, weight, bias):
    y = x @ weight.T + bias

    def back(dy):
        return dy @ weight, dy.T @ x, dy.sum(axis=0)

    return y, back


@add("ours-dense-pullback", "einsum, list of results; vs autograd")
def dense(x, weight, bias):
    y = np.einsum("nd,kd->nk", x, weight) + bias[np.newaxis]

    def back(dy):
        return [np.einsum("nk,kd->nd", dy, weight), np.einsum("nk,nd->kd", dy, x), np.einsum("nk->k", dy)]

    return y, back


@add("ours-dense-pullback", "torch F.linear with autograd, tensors; vs central differences, N=0 too")
def dense(x, weight, bias):
    leaves = [T(a).requires_grad_() for a in (x, weight, bias)]
    y = F.linear(*leaves)

    def back(dy):
        return torch.autograd.grad(y, leaves, grad_outputs=T(dy), retain_graph=True)

    return y.detach(), back


@add("ours-dense-pullback", "loops over samples, sums of outer products; vs autograd")
def dense(x, weight, bias):
    y = np.empty((len(x), len(weight)))
    for n, row in enumerate(x):
        for k, w in enumerate(weight):
            y[n, k] = np.dot(w, row) + bias[k]

    def back(dy):
        dx, dw, db = np.zeros(x.shape), np.zeros(weight.shape), np.zeros(len(bias))
        for n in range(len(x)):
            for k in range(len(weight)):
                dx[n] += dy[n, k] * weight[k]
                dw[k] += dy[n, k] * x[n]
                db[k] += dy[n, k]
        return dx, dw, db

    return y, back


@add("ours-dense-pullback", "bias as a last column of ones, one augmented product; vs autograd")
def dense(x, weight, bias):
    xa = np.hstack([x, np.ones((x.shape[0], 1))])
    wa = np.column_stack([weight, bias])
    y = np.matmul(xa, wa.T)

    def back(dy):
        dxa, dwa = np.matmul(dy, wa), np.matmul(dy.T, xa)
        return dxa[:, :-1], dwa[:, :-1], dwa[:, -1]

    return y, back


_Gradients = namedtuple("Gradients", "x weight bias")


class _Dense:
    def __init__(self, x, weight, bias):
        self.x, self.weight = np.array(x, float), np.array(weight, float)
        self.y = np.tensordot(self.x, self.weight, axes=(1, 1)) + bias

    def __call__(self, dy):
        return _Gradients(
            np.tensordot(dy, self.weight, axes=(1, 0)),
            np.tensordot(dy, self.x, axes=(0, 0)),
            np.add.reduce(dy, axis=0),
        )


def _dense_class(x, weight, bias):
    layer = _Dense(x, weight, bias)
    return layer.y, layer


put("ours-dense-pullback", "class whose instance is the pullback, namedtuple; vs autograd", _dense_class)


@add("ours-dense-pullback", "float32 inside; vs autograd to 1e-6 of the terms' sum")
def dense(x, weight, bias):
    x32, w32, b32 = (np.asarray(a, np.float32) for a in (x, weight, bias))
    y = x32.dot(w32.transpose()) + b32

    def back(dy):
        dy = np.asarray(dy, dtype=np.float32)
        return dy.dot(w32), dy.transpose().dot(x32), np.ones(len(dy), np.float32).dot(dy)

    return y, back


# ---------------------------------------------------------------- ours-dropout


@add("ours-dropout", "np.where on mask; vs entry by entry")
def dropout(x, p, uniform):
    dropped = np.asarray(uniform) < p
    y = np.where(dropped, 0.0, np.asarray(x) / (1 - p))

    def back(dy):
        return np.where(dropped, 0.0, np.asarray(dy) / (1 - p))

    return y, back


@add("ours-dropout", "one cached factor array, same lambda twice; vs entry by entry")
def dropout(x, p, uniform):
    factor = (uniform >= p) / (1.0 - p)
    return x * factor, lambda dy: dy * factor


@add("ours-dropout", "torch autograd, tensors; vs entry by entry")
def dropout(x, p, uniform):
    leaf = T(x).requires_grad_()
    keep = torch.tensor(np.array(np.greater_equal(uniform, p)))
    y = torch.where(keep, leaf / (1 - p), torch.zeros_like(leaf))
    return y.detach(), lambda dy: torch.autograd.grad(y, leaf, T(dy), retain_graph=True)[0]


@add("ours-dropout", "loop over np.ndindex (also 0-d and empty); vs np.where")
def dropout(x, p, uniform):
    x, uniform = np.asarray(x, float), np.asarray(uniform)

    def thin(a):
        a = np.asarray(a, float)
        out = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            if not uniform[place] < p:
                out[place] = a[place] / (1 - p)
        return out

    return thin(x), thin


@add("ours-dropout", "in-place on copies with boolean index, functools.partial as pullback; vs np.where")
def dropout(x, p, uniform):
    def apply(mask, dy):
        out = np.array(dy, dtype=float)
        out[mask] = 0
        out /= 1 - p
        return out

    back = functools.partial(apply, np.asarray(uniform) < p)
    return back(dy=x), back


@add("ours-dropout", "float32 results (mask in float64); vs np.where to 1e-6")
def dropout(x, p, uniform):
    keep = ~np.less(uniform, p)
    scale = np.float32(1 / (1 - p))
    y = np.asarray(np.asarray(x, np.float32) * keep * scale)

    def back(dy):
        return np.asarray(np.asarray(dy, np.float32) * keep * scale)

    return y, back


@add("ours-dropout", "np.divide with where= and out=; vs entry by entry")
def dropout(x, p, uniform):
    keep = np.asarray(uniform) >= p

    def back(dy):
        dy = np.asarray(dy, float)
        return np.divide(dy, 1 - p, out=np.zeros_like(dy), where=keep)

    return back(x), back


# ---------------------------------------------------------------- ours-film-gradient

FG = "ours-film-gradient"
_z = 0.4 * 2 - 0.1 * 4 + 0.2
_s = 1 / (1 + math.exp(-_z))
put(FG, "full digits from the chain rule; vs autograd", [2 * (_s - 1) * _s * (1 - _s) * k for k in (2, 4, 1)])
put(FG, "rounded to four digits; vs autograd", [-0.3243, -0.6485, -0.1621])
put(FG, "numpy array; vs autograd", 2 * (_s - 1) * _s * (1 - _s) * np.array([2.0, 4.0, 1.0]))
_w = torch.tensor([0.4, -0.1, 0.2], dtype=torch.float64, requires_grad=True)
((torch.sigmoid(_w @ torch.tensor([2.0, 4.0, 1.0], dtype=torch.float64)) - 1) ** 2).backward()
put(FG, "torch autograd, tensor; vs chain rule", _w.grad)
put(
    FG,
    "tuple of np.float64, central differences in numbers; vs autograd",
    tuple(
        np.float64(
            (
                (1 / (1 + math.exp(-(_z + 1e-6 * k))) - 1) ** 2
                - (1 / (1 + math.exp(-(_z - 1e-6 * k))) - 1) ** 2
            )
            / 2e-6
        )
        for k in (2, 4, 1)
    ),
)
put(
    FG,
    "fractions, rounded; vs autograd",
    [Fraction(-3243, 10000), Fraction(-6485, 10000), Fraction(-1621, 10000)],
)
put(
    FG,
    "five digits and float32; vs autograd",
    [np.float32(-0.32427), np.float32(-0.64855), np.float32(-0.16214)],
)


# ---------------------------------------------------------------- ours-fold-threshold


@add("ours-fold-threshold", "np.hstack; vs table of inputs")
def fold(weight, threshold):
    return np.hstack([weight, -np.asarray(threshold, float)[:, None]])


@add("ours-fold-threshold", "np.column_stack; vs table of inputs")
def fold(weight, threshold):
    return np.column_stack((weight, -1.0 * threshold))


@add("ours-fold-threshold", "np.c_ ; vs table of inputs")
def fold(weight, threshold):
    return np.c_[weight, 0.0 - threshold]


@add("ours-fold-threshold", "np.empty filled by slices; vs table of inputs")
def fold(weight, threshold):
    k, d = weight.shape
    v = np.empty((k, d + 1))
    v[:, :d], v[:, d] = weight, np.negative(np.asarray(threshold, float))
    return v


@add("ours-fold-threshold", "list of rows, Python floats; vs table of inputs")
def fold(weight, threshold):
    return [[float(w) for w in row] + [-float(t)] for row, t in zip(weight, threshold)]


@add("ours-fold-threshold", "torch.cat, tensor; vs table of inputs")
def fold(weight, threshold):
    return torch.cat((T(weight), -T(threshold).unsqueeze(1)), dim=1)


@add("ours-fold-threshold", "np.insert at the end on axis 1; vs table of inputs")
def fold(weight, threshold):
    return np.insert(np.asarray(weight, float), weight.shape[1], np.asarray(threshold, float) * -1, axis=1)


@add("ours-fold-threshold", "product with selection matrices; vs table of inputs")
def fold(weight, threshold):
    d = weight.shape[1]
    return np.asarray(weight, float) @ np.eye(d, d + 1) - np.outer(threshold, np.eye(d + 1)[-1])


# ---------------------------------------------------------------- ours-gru-step


@add("ours-gru-step", "scipy expit, np.split; vs scalar reference, +-1000 too")
def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    ur, uz, un = np.split(x @ weight_ih.T + bias_ih, 3, axis=1)
    vr, vz, vn = np.split(h @ weight_hh.T + bias_hh, 3, axis=1)
    r = scipy.special.expit(ur + vr)
    z = scipy.special.expit(uz + vz)
    n = np.tanh(un + r * vn)
    return (1 - z) * n + z * h


@add("ours-gru-step", "torch.nn.GRUCell with the weights put in, tensor; vs scalar reference")
def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    cell = torch.nn.GRUCell(x.shape[1], h.shape[1], dtype=torch.float64)
    with torch.no_grad():
        for name, value in (
            ("weight_ih", weight_ih),
            ("weight_hh", weight_hh),
            ("bias_ih", bias_ih),
            ("bias_hh", bias_hh),
        ):
            getattr(cell, name).copy_(T(value))
        return cell(T(x), T(h))


@add("ours-gru-step", "sigmoid by tanh of the half, reshape to (N, 3, H), n + z(h - n); vs scalar reference")
def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    n_batch, size = h.shape
    u = (np.einsum("nd,kd->nk", x, weight_ih) + bias_ih).reshape(n_batch, 3, size)
    v = (np.einsum("nd,kd->nk", h, weight_hh) + bias_hh).reshape(n_batch, 3, size)
    r, z = (0.5 + 0.5 * np.tanh((u[:, k] + v[:, k]) / 2) for k in (0, 1))
    n = np.tanh(u[:, 2] + r * v[:, 2])
    return n + z * (h - n)


@add(
    "ours-gru-step",
    "sample by sample in Python floats, two-sided sigmoid; vs scalar reference of the checker",
)
def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    def sigma(a):
        return 1 / (1 + math.exp(-a)) if a >= 0 else math.exp(a) / (1 + math.exp(a))

    size = h.shape[1]
    new = np.empty(h.shape)
    for s in range(len(x)):
        u = [float(np.dot(weight_ih[k], x[s]) + bias_ih[k]) for k in range(3 * size)]
        v = [float(np.dot(weight_hh[k], h[s]) + bias_hh[k]) for k in range(3 * size)]
        for k in range(size):
            r = sigma(u[k] + v[k])
            z = sigma(u[size + k] + v[size + k])
            n = math.tanh(u[2 * size + k] + r * v[2 * size + k])
            new[s, k] = (1 - z) * n + z * float(h[s, k])
    return new


@add(
    "ours-gru-step",
    "sigmoid by exp(-logaddexp(0, -a)), 1 - z as sigmoid(-a), column vectors; vs scalar reference",
)
def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    u = weight_ih @ x.T + np.reshape(bias_ih, (-1, 1))
    v = weight_hh @ h.T + np.reshape(bias_hh, (-1, 1))
    k = len(u) // 3
    sig = lambda a: np.exp(-np.logaddexp(0.0, -a))
    a = (u + v)[k : 2 * k]
    n = np.tanh(u[2 * k :] + sig((u + v)[:k]) * v[2 * k :])
    return (sig(-a) * n + sig(a) * h.T).T


@add(
    "ours-gru-step",
    "naive sigmoid with np.errstate (overflow to inf gives 0, as it should); vs scalar reference",
)
def gru_step(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    H = h.shape[-1]
    u = np.matmul(x, np.transpose(weight_ih)) + bias_ih
    v = np.matmul(h, np.transpose(weight_hh)) + bias_hh
    with np.errstate(over="ignore"):
        gates = 1.0 / (1.0 + np.exp(-(u[..., : 2 * H] + v[..., : 2 * H])))
    r, z = gates[..., :H], gates[..., H:]
    return z * h + (1 - z) * np.tanh(u[..., 2 * H :] + r * v[..., 2 * H :])


# ---------------------------------------------------------------- ours-lstm-step


@add("ours-lstm-step", "scipy expit, np.split; vs scalar reference, +-1000 too")
def lstm_step(x, h, c, weight_ih, weight_hh, bias):
    i, f, g, o = np.split(x @ weight_ih.T + h @ weight_hh.T + bias, 4, axis=-1)
    c_new = scipy.special.expit(f) * c + scipy.special.expit(i) * np.tanh(g)
    return scipy.special.expit(o) * np.tanh(c_new), c_new


@add("ours-lstm-step", "torch.nn.LSTMCell with second bias zero, tensors; vs scalar reference")
def lstm_step(x, h, c, weight_ih, weight_hh, bias):
    cell = torch.nn.LSTMCell(x.shape[1], h.shape[1], dtype=torch.float64)
    with torch.no_grad():
        cell.weight_ih.copy_(T(weight_ih))
        cell.weight_hh.copy_(T(weight_hh))
        cell.bias_ih.copy_(T(bias))
        cell.bias_hh.zero_()
        return cell(T(x), (T(h), T(c)))


@add(
    "ours-lstm-step",
    "one product with (x, h) side by side, sigmoid by tanh, list of two; vs scalar reference",
)
def lstm_step(x, h, c, weight_ih, weight_hh, bias):
    both = np.concatenate([x, h], axis=1)
    weight = np.concatenate([weight_ih, weight_hh], axis=1)
    z = both @ weight.T + bias
    n = h.shape[1]
    i, f, o = ((1 + np.tanh(z[:, k * n : (k + 1) * n] * 0.5)) * 0.5 for k in (0, 1, 3))
    c2 = f * c + i * np.tanh(z[:, 2 * n : 3 * n])
    return [o * np.tanh(c2), c2]


@add("ours-lstm-step", "Python floats entry by entry; vs array reference")
def lstm_step(x, h, c, weight_ih, weight_hh, bias):
    def sigma(a):
        if a < 0:
            e = math.exp(a)
            return e / (1.0 + e)
        return 1.0 / (1.0 + math.exp(-a))

    samples, size = h.shape
    h2, c2 = np.zeros((samples, size)), np.zeros((samples, size))
    for s, k in itertools.product(range(samples), range(size)):
        i, f, g, o = (
            float(weight_ih[q * size + k] @ x[s] + weight_hh[q * size + k] @ h[s] + bias[q * size + k])
            for q in range(4)
        )
        c2[s, k] = sigma(f) * c[s, k] + sigma(i) * math.tanh(g)
        h2[s, k] = sigma(o) * math.tanh(c2[s, k])
    return h2, c2


@add("ours-lstm-step", "torch by hand: chunk and sigmoid, stacked (2, N, H) array; vs scalar reference")
def lstm_step(x, h, c, weight_ih, weight_hh, bias):
    z = torch.addmm(T(bias), T(x), T(weight_ih).T) + T(h) @ T(weight_hh).T
    i, f, g, o = z.chunk(4, dim=1)
    new_c = torch.addcmul(torch.sigmoid(f) * T(c), torch.sigmoid(i), torch.tanh(g))
    return torch.stack([torch.sigmoid(o) * torch.tanh(new_c), new_c]).numpy()


_State = namedtuple("State", "h c")


class _Lstm:
    @staticmethod
    def sigmoid(a):
        e = np.exp(-np.abs(a))
        return np.where(a >= 0, 1, e) / (1 + e)

    def __call__(self, x, h, c, weight_ih, weight_hh, bias):
        z = (
            np.einsum("nd,qkd->qnk", x, weight_ih.reshape(4, -1, x.shape[1]))
            + np.einsum("nj,qkj->qnk", h, weight_hh.reshape(4, -1, h.shape[1]))
            + bias.reshape(4, 1, -1)
        )
        i, f, o = self.sigmoid(z[[0, 1, 3]])
        cell = f * c + i * np.tanh(z[2])
        return _State(o * np.tanh(cell), cell)


put(
    "ours-lstm-step",
    "class instance with __call__, einsum over the gates, namedtuple; vs scalar reference",
    _Lstm(),
)


# ---------------------------------------------------------------- ours-max-pool


@add("ours-max-pool", "loops, np.argmax in each window (the first); vs autograd-free brute force, with ties")
def max_pool(x, size, stride):
    N, C, H, W = x.shape
    rows, cols = (H - size) // stride + 1, (W - size) // stride + 1
    y = np.empty((N, C, rows, cols))
    where = {}
    for n, c, i, j in np.ndindex(N, C, rows, cols):
        window = x[n, c, i * stride : i * stride + size, j * stride : j * stride + size]
        a, b = divmod(int(np.argmax(window)), size)
        y[n, c, i, j] = window[a, b]
        where[n, c, i, j] = (n, c, i * stride + a, j * stride + b)

    def back(dy):
        dx = np.zeros(x.shape)
        for place, source in where.items():
            dx[source] += dy[place]
        return dx

    return y, back


@add("ours-max-pool", "sliding_window_view, argmax, np.add.at; vs brute force")
def max_pool(x, size, stride):
    win = sliding_window_view(x, (size, size), axis=(2, 3))[:, :, ::stride, ::stride]
    flat = win.reshape(win.shape[:4] + (-1,))
    best = flat.argmax(axis=-1)
    y = np.take_along_axis(flat, best[..., None], axis=-1)[..., 0]
    n, c, i, j = np.indices(best.shape)

    def back(dy):
        dx = np.zeros(x.shape)
        np.add.at(dx, (n, c, i * stride + best // size, j * stride + best % size), dy)
        return dx

    return y, back


@add("ours-max-pool", "torch F.max_pool2d with autograd, tensors; vs brute force, ties too")
def max_pool(x, size, stride):
    leaf = T(x).requires_grad_()
    y = F.max_pool2d(leaf, int(size), int(stride))
    return y.detach(), lambda dy: torch.autograd.grad(y, leaf, T(dy), retain_graph=True)[0]


@add("ours-max-pool", "as_strided, flat indices, np.bincount with weights; vs brute force")
def max_pool(x, size, stride):
    x = np.ascontiguousarray(x)
    N, C, H, W = x.shape
    numbers = np.arange(x.size).reshape(x.shape)
    rows, cols = (H - size) // stride + 1, (W - size) // stride + 1

    def windows(a):
        s = a.strides
        view = as_strided(
            a, (N, C, rows, cols, size, size), (s[0], s[1], s[2] * stride, s[3] * stride, s[2], s[3])
        )
        return view.reshape(N * C * rows * cols, size * size)

    pick = np.argmax(windows(x), axis=1)
    source = windows(numbers)[np.arange(len(pick)), pick]
    y = x.ravel()[source].reshape(N, C, rows, cols)

    def back(dy):
        return np.bincount(source, weights=np.ravel(dy), minlength=x.size).reshape(x.shape)

    return y, back


@add("ours-max-pool", "no argmax: shifted slices, strict > keeps the first; vs brute force")
def max_pool(x, size, stride):
    H, W = x.shape[2:]
    rows, cols = (H - size) // stride + 1, (W - size) // stride + 1

    def shifted(a, p, q):
        return a[:, :, p : p + (rows - 1) * stride + 1 : stride, q : q + (cols - 1) * stride + 1 : stride]

    y = shifted(x, 0, 0).copy()
    winner = np.zeros(y.shape, int)
    for k in range(1, size * size):
        other = shifted(x, *divmod(k, size))
        better = other > y
        y[better] = other[better]
        winner[better] = k

    def back(dy):
        dx = np.zeros(x.shape)
        for k in range(size * size):
            part = shifted(dx, *divmod(k, size))
            part += np.where(winner == k, dy, 0)
        return dx

    return y, back


@add("ours-max-pool", "Python lists and max() with a key, nested lists returned; vs brute force")
def max_pool(x, size, stride):
    N, C, H, W = np.shape(x)
    tops, lefts = range(0, H - size + 1, stride), range(0, W - size + 1, stride)
    data = np.asarray(x).tolist()

    def first(n, c, r, s):
        cells = [(a, b) for a in range(r, r + size) for b in range(s, s + size)]
        return max(cells, key=lambda cell: data[n][c][cell[0]][cell[1]])  # max gives the first of equals

    chosen = [[[[first(n, c, r, s) for s in lefts] for r in tops] for c in range(C)] for n in range(N)]
    y = [
        [[[data[n][c][a][b] for a, b in row] for row in plane] for c, plane in enumerate(image)]
        for n, image in enumerate(chosen)
    ]

    def back(dy):
        dx = [[[[0.0] * W for _ in range(H)] for _ in range(C)] for _ in range(N)]
        for n, image in enumerate(chosen):
            for c, plane in enumerate(image):
                for i, row in enumerate(plane):
                    for j, (a, b) in enumerate(row):
                        dx[n][c][a][b] += float(dy[n][c][i][j])
        return dx

    return y, back


@add("ours-max-pool", "one-hot windows by einsum, scipy maximum_filter for the forward; vs brute force")
def max_pool(x, size, stride):
    H, W = x.shape[2:]
    top = scipy.ndimage.maximum_filter(
        x, size=(1, 1, size, size), origin=(0, 0, -((size) // 2), -((size) // 2))
    )
    y = top[:, :, : H - size + 1 : stride, : W - size + 1 : stride]
    win = sliding_window_view(x, (size, size), (2, 3))[:, :, ::stride, ::stride].reshape(
        y.shape + (size * size,)
    )
    hot = win == y[..., None]
    hot &= np.cumsum(hot, axis=-1) == 1
    row = (np.arange(y.shape[2])[:, None] * stride + np.arange(size))[..., None] == np.arange(H)  # i a H
    col = (np.arange(y.shape[3])[:, None] * stride + np.arange(size))[..., None] == np.arange(W)  # j b W
    hot = hot.reshape(y.shape + (size, size)).astype(float)

    def back(dy):
        return np.einsum(
            "ncij,ncijab,iah,jbw->nchw", dy, hot, row.astype(float), col.astype(float), optimize=True
        )

    return y, back


# ---------------------------------------------------------------- ours-neuron-output

NO = "ours-neuron-output"
put(NO, "full digits; vs mpmath", 1 / (1 + math.exp(0.5)))
put(NO, "rounded; vs mpmath", 0.3775)
put(
    NO,
    "np.float64 from expit; vs mpmath",
    np.float64(scipy.special.expit(np.dot([2.0, -1.0], [0.5, 1.25]) - 0.25)),
)
put(NO, "0-d array, by tanh; vs mpmath", np.array(0.5 * (1 + math.tanh(-0.25))))
put(NO, "0-d tensor; vs mpmath", torch.sigmoid(torch.tensor(-0.5)))
put(NO, "Fraction of ten-thousandths; vs mpmath", Fraction(3775, 10000))
put(NO, "np.float32; vs mpmath", np.float32(0.37754))


# ---------------------------------------------------------------- ours-perceptron-broken

PB = "ours-perceptron-broken"


@add(PB, "the least change: sign turned, bias line added; vs table, sum of 0 too")
def perceptron_step(weight, bias, x, y, eta):
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    weight = weight + eta * (y - guess) * x
    bias = bias + eta * (y - guess)
    return weight, bias


@add(PB, "minus the error, list of the pair; vs table")
def perceptron_step(weight, bias, x, y, eta):
    guess = int(np.dot(weight, x) + bias > 0)
    error = guess - y
    return [weight - eta * error * np.asarray(x), bias - eta * error]


@add(PB, "by cases: nothing, add, subtract; vs table")
def perceptron_step(weight, bias, x, y, eta):
    fires = weight @ x + bias > 0
    if fires and y == 0:
        return weight - eta * x, bias - eta
    if not fires and y == 1:
        return weight + eta * x, bias + eta
    return weight, bias


@add(PB, "bias as a weight of an input 1, np.heaviside(., 0); vs table")
def perceptron_step(weight, bias, x, y, eta):
    w, one = np.append(weight, bias), np.append(x, 1.0)
    new = w + eta * (y - np.heaviside(weight @ x + bias, 0.0)) * one
    return new[:-1], new[-1]


@add(PB, "Python list as the weight vector; vs table")
def perceptron_step(weight, bias, x, y, eta):
    total = float(np.dot(weight, x)) + bias
    step = eta * (y - (total > 0))
    return [float(w + step * v) for w, v in zip(weight, x)], float(bias + step)


@add(PB, "torch tensors, bias 0-d; vs table")
def perceptron_step(weight, bias, x, y, eta):
    w, b, v = T(weight), T(bias), T(x)
    delta = eta * (float(y) - (w @ v + b > 0).double())
    return torch.add(w, delta * v), b + delta


# ---------------------------------------------------------------- ours-perceptron-pass

PP = "ours-perceptron-pass"


def _learn(samples, w=(0.0, 0.0), b=0.0):
    if not samples:
        return [*w, b]
    ((p, q), label), *rest = samples
    d = 0.5 * (label - (w[0] * p + w[1] * q + b > 0))
    return _learn(rest, (w[0] + d * p, w[1] + d * q), b + d)


_pass = _learn(list(zip([(-2, 0), (2, 1), (-1, 1), (0, 0), (1, -1)], (0, 1, 1, 0, 1))))
put(PP, "run by recursion, list of floats; on paper too", _pass)
put(PP, "whole numbers and a float mixed; on paper too", [1, 0.5, 1])
put(PP, "numpy array; on paper too", np.array(_pass))
put(PP, "tuple of Fractions; on paper too", tuple(Fraction(v) for v in _pass))
put(PP, "np.float64 scalars in a list; on paper too", [np.float64(v) for v in _pass])
put(PP, "torch tensor; on paper too", torch.tensor(_pass))
put(PP, "Decimals; on paper too", [Decimal(str(v)) for v in _pass])


# ---------------------------------------------------------------- ours-softmax


@add("ours-softmax", "shift by the max, keepdims; vs mpmath, empty too")
def softmax(z, axis):
    z = np.asarray(z, float)
    e = np.exp(z - z.max(axis=axis, keepdims=True, initial=-np.inf))
    return e / e.sum(axis=axis, keepdims=True)


@add("ours-softmax", "scipy.special.softmax (empty caught); vs mpmath")
def softmax(z, axis):
    z = np.asarray(z, dtype=float)
    return scipy.special.softmax(z, axis=axis) if z.size else z.copy()


@add("ours-softmax", "torch.softmax, tensor; vs mpmath")
def softmax(z, axis):
    return torch.softmax(T(z), dim=int(axis))


@add("ours-softmax", "exp(z - logsumexp) with np.logaddexp.reduce; vs mpmath")
def softmax(z, axis):
    z = np.asarray(z, float)
    return np.exp(z - np.expand_dims(np.logaddexp.reduce(z, axis=axis), axis))


@add("ours-softmax", "without shift, in longdouble (exp(1000) fits there); vs mpmath")
def softmax(z, axis):
    e = np.exp(np.asarray(z, dtype=np.longdouble))
    return (e / np.sum(e, axis=axis, keepdims=True)).astype(float)


@add("ours-softmax", "np.apply_along_axis free: moveaxis, loop over rows in Python floats; vs mpmath")
def softmax(z, axis):
    moved = np.moveaxis(np.array(z, dtype=float), axis, -1).copy()
    for place in np.ndindex(moved.shape[:-1]):
        row = moved[place].tolist()
        if row:
            top = max(row)
            e = [math.exp(v - top) for v in row]
            total = math.fsum(e)
            moved[place] = [v / total for v in e]
    return np.moveaxis(moved, -1, axis)


@add("ours-softmax", "1 / sum_j exp(z_j - z_i), overflow to inf gives 0; vs mpmath")
def softmax(z, axis):
    a = np.moveaxis(np.asarray(z, float), axis, -1)
    with np.errstate(over="ignore"):
        out = 1 / np.exp(a[..., None, :] - a[..., :, None]).sum(-1)
    return np.moveaxis(out, -1, axis)


class _Softmax:
    def __init__(self, shift):
        self.shift = shift

    def __call__(self, z, axis):
        z = np.asarray(z) * 1.0
        if z.size == 0:
            return z
        e = np.exp(z - self.shift(z, axis=axis, keepdims=True))
        return np.divide(e, np.add.reduce(e, axis=axis, keepdims=True))


put(
    "ours-softmax",
    "class instance with __call__, the shift handed in; vs mpmath",
    _Softmax(np.maximum.reduce),
)


# ---------------------------------------------------------------- ours-xor-gate

XO = "ours-xor-gate"
put(XO, "or and and, lists; table of 4", [([[1, 1], [1, 1]], [-0.5, -1.5]), ([[1, -1]], [-0.5])])
put(XO, "or and nand, output and; table of 4", [([[1, 1], [-1, -1]], [-0.5, 1.5]), ([[1, 1]], [-1.5])])
put(
    XO,
    "x1 and not x2, x2 and not x1, whole numbers on the border; table of 4",
    [([[1, -1], [-1, 1]], [0, 0]), ([[1, 1]], [0])],
)
put(
    XO,
    "numpy arrays; table of 4",
    [
        (np.array([[2.0, 2.0], [2.0, 2.0]]), np.array([-1.0, -3.0])),
        (np.array([[1.0, -2.0]]), np.array([-0.5])),
    ],
)
put(
    XO,
    "three hidden units (x1, x2, and); table of 4",
    [([[1, 0], [0, 1], [1, 1]], [0, 0, -1]), ([[1, 1, -2]], [0])],
)
put(XO, "nor and and, output neither; table of 4", [([[-1, -1], [1, 1]], [0.5, -1.5]), ([[-1, -1]], [0.5])])
put(
    XO,
    "three layers of nands; table of 4",
    [
        ([[1, 0], [0, 1], [-1, -1]], [-0.5, -0.5, 1.5]),
        ([[-1, 0, -1], [0, -1, -1]], [1.5, 1.5]),
        ([[-1, -1]], [1.5]),
    ],
)
put(
    XO,
    "torch tensors; table of 4",
    [
        (torch.tensor([[1.0, 1.0], [1.0, 1.0]]), torch.tensor([-0.5, -1.5])),
        (torch.tensor([[1.0, -2.0]]), torch.tensor([-0.5])),
    ],
)
put(
    XO,
    "Fractions in tuples; table of 4",
    [
        (
            ((Fraction(1, 2), Fraction(1, 2)), (Fraction(1, 3), Fraction(1, 3))),
            (Fraction(-1, 4), Fraction(-1, 2)),
        ),
        (((Fraction(1), Fraction(-3, 2)),), (Fraction(-1, 3),)),
    ],
)
put(
    XO,
    "one unit for each of the four inputs; table of 4",
    [([[-1, -1], [-1, 1], [1, -1], [1, 1]], [0.5, -0.5, -0.5, -1.5]), ([[0, 1, 1, 0]], [-0.5])],
)


# ---------------------------------------------------------------- EDGE: not in RIGHT
# Right in substance; the statement neither clearly allows nor clearly forbids the form.

EDGE = [
    (NO, "0.3775", "number as text"),
    (FG, ["-0.3243", "-0.6485", "-0.1621"], "numbers as text"),
    (PP, ["1", "1/2", "1"], "numbers as text, a fraction"),
    (CO, [(["2", "1", "1"], "-5/2")], "numbers as text"),
    (CO, [[[2, 1, 1], -2.5]], "the layer is a list [w, b], not a tuple"),
    (CO, ([2, 1, 1], -2.5), "the layer alone, without the list around it"),
    (XO, [[[[1, 1], [1, 1]], [-0.5, -1.5]], [[[1, -1]], [-0.5]]], "layers are lists [W, b], not tuples"),
    (
        XO,
        [([[1, 1], [1, 1]], [-0.5, -1.5]), ([1, -1], -0.5)],
        "output unit as a flat row and a number (as in ours-committee)",
    ),
    (XO, (([[1, 1], [1, 1]], [-0.5, -1.5]), ([[1, -1]], [-0.5])), "tuple of layers, not list"),
    (BL, "x2 = -(w1*x1 + b)/w2", "text with x2 = in front"),
    (BL, "-(w1*x1 + b)*w2^(-1)", "power as ^"),
    (BL, "-(w1 x1 + b)/w2", "product without a sign"),
    (BL, "\u2212(w1\u00b7x1 + b)/w2", "the statement's own signs: minus U+2212, dot U+00B7"),
    (BL, sympy.sympify("-(w1*x1 + b)/w2"), "sympy expression, neither text nor function"),
    (
        "ours-convolution-size",
        lambda n, kernel, stride, padding: (n + 2 * padding - kernel) / stride // 1 + 1,
        "whole number as a float (exact below 2**53)",
    ),
    (
        "ours-adam",
        lambda *a, **k: list(next(f for e, f, _ in RIGHT if e == "ours-adam")(*a, **k)),
        "list of T arrays instead of one array",
    ),
    (
        "ours-clip-norm",
        lambda gradients, max_norm: tuple(
            next(f for e, f, _ in RIGHT if e == "ours-clip-norm")(gradients, max_norm)
        ),
        "tuple instead of the list",
    ),
]


def _folded(weight, bias, x, y, eta):
    w, v = np.append(bias, weight), np.append(1.0, x)
    w = w + eta * (y - (w @ v > 0)) * v
    return w[1:], w[0]


EDGE.append(
    (
        PB,
        _folded,
        "bias folded in, so another order of summation: differs only if rounding decides a sum of 0",
    )
)
