"""Forty more wrong answers, subtler ones, written from the statements alone,
before any of them was tried."""

import numpy as np


# functions that the students handed in, numbered as in the list below


def answer_14(x, W1, b1):
    z = np.tanh(W1 @ x + b1)
    return (W1 * (1 - z**2)).T


def answer_15(gz, z, W1):
    return W1.T @ gz * (1 - z**2)


def answer_16(x, yhat, W1, b1, W2, b2):
    z = np.tanh(W1 @ x + b1)
    y = W2 @ z + b2
    gy = 2 * (y - yhat)
    gz = W2.T @ gy
    gv = gz * (1 - z) ** 2
    return W1.T @ gv


def answer_25(V, c, s, yhat):
    o = V @ s + c
    y = np.exp(o - o.max())
    y = y / y.sum()
    do = y.copy()
    do[np.argmax(yhat)] -= 1
    J = V.T
    ds = J @ do
    return do, J, ds


def answer_26(W, V, x, s, y, yhat):
    n = len(x)
    dU = np.zeros((W.shape[0], x.shape[1]))
    dz = np.zeros(W.shape[0])
    for t in reversed(range(n)):
        ds = V.T @ (y[t] - yhat[t]) + W @ dz
        dz = (1 - s[t] ** 2) * ds
        dU += np.outer(dz, x[t])
    return dU


def answer_27(W, V, x, s, y, yhat):
    n = len(x)
    dV = np.zeros(V.shape)
    for t in range(1, n):
        dV += np.outer(y[t] - yhat[t], s[t + 1])
    return dV


def answer_28(weight, gradients, eta, beta1, beta2, eps):
    weight = np.array(weight, dtype=float)
    m = np.zeros_like(weight)
    v = np.zeros_like(weight)
    weights = []
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        weight -= eta * m_hat / (np.sqrt(v_hat) + eps)
        weights.append(weight)
    return np.array(weights)


def answer_29(x, gamma, beta, eps):
    mu = x.mean(axis=0)
    var = x.var(axis=0)
    xhat = (x - mu) / np.sqrt(var + eps)
    y = gamma * xhat + beta

    def back(dy):
        n = len(x)
        dgamma = (dy * xhat).sum(axis=0)
        dbeta = dy.mean(axis=0)
        dxhat = dy * gamma
        std = x.std(axis=0)
        dx = (n * dxhat - dxhat.sum(axis=0) - xhat * (dxhat * xhat).sum(axis=0)) / (n * std)
        return dx, dgamma, dbeta

    return y, back


def answer_30(gradients, max_norm):
    total = 0.0
    for g in gradients:
        total += np.sum(g**2)
    norm = np.sqrt(total)
    if norm > max_norm:
        for g in gradients:
            g *= max_norm / norm
    return gradients


def answer_31(x, weight, bias, stride, padding):
    N, C, H, W = x.shape
    O, C, A, B = weight.shape
    p = padding
    big = np.zeros((N, C, H + 2 * p, W + 2 * p))
    big[:, :, p : p + H, p : p + W] = x
    rows = (H + 2 * p - A) // stride + 1
    cols = (W + 2 * p - A) // stride + 1
    y = np.zeros((N, O, rows, cols))
    for n in range(N):
        for o in range(O):
            for c in range(C):
                for i in range(rows):
                    for j in range(cols):
                        window = big[n, c, i * stride : i * stride + A, j * stride : j * stride + B]
                        y[n, o, i, j] += np.sum(window * weight[o, c]) + bias[o]
    return y


def answer_32(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    picked = p[np.arange(len(labels)), labels]
    return -np.log(picked + 1e-12).mean()


def answer_33(x, weight, bias):
    y = x @ weight.T + bias

    def back(dy):
        dx = dy @ weight
        dweight = sum(np.outer(d, row) for d, row in zip(dy, x))
        dbias = sum(dy)
        return dx, dweight, dbias

    return y, back


def answer_34(x, p, uniform):
    y = np.where(uniform < p, 0.0, x / (1 - p))

    def back(dy):
        return dy * (y != 0) / (1 - p)

    return y, back


def answer_35(weight, threshold):
    K, D = weight.shape
    V = np.zeros((K, D + 1), dtype=weight.dtype)
    V[:, :D] = weight
    V[:, D] = -threshold
    return V


def answer_36(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    H = h.shape[1]

    def sigmoid(a):
        return 0.5 * (1 + np.tanh(0.5 * a))

    u = x @ weight_ih.T + bias_ih
    v = h @ weight_hh.T
    r = sigmoid(u[:, :H] + v[:, :H] + bias_hh[:H])
    z = sigmoid(u[:, H : 2 * H] + v[:, H : 2 * H] + bias_hh[H : 2 * H])
    n = np.tanh(u[:, 2 * H :] + r * v[:, 2 * H :] + bias_hh[2 * H :])
    return (1 - z) * n + z * h


def answer_37(x, h, c, weight_ih, weight_hh, bias):
    def sigmoid(a):
        return np.exp(a) / (1 + np.exp(a))

    z = x @ weight_ih.T + h @ weight_hh.T + bias
    i, f, g, o = np.split(z, 4, axis=1)
    new_c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    new_h = sigmoid(o) * np.tanh(c)
    return new_h, new_c


def answer_38(x, size, stride):
    N, C, H, W = x.shape
    rows = (H - size) // stride + 1
    cols = (W - size) // stride + 1
    y = np.zeros((N, C, rows, cols))
    for i in range(rows):
        for j in range(cols):
            r, q = i * stride, j * stride
            y[:, :, i, j] = x[:, :, r : r + size, q : q + size].max(axis=(2, 3))

    def back(dy):
        dx = np.zeros(x.shape)
        for n in range(N):
            for c in range(C):
                for i in range(rows):
                    for j in range(cols):
                        for a in range(i * stride, i * stride + size):
                            for b in range(j * stride, j * stride + size):
                                if x[n, c, a, b] == y[n, c, i, j]:
                                    dx[n, c, a, b] = dy[n, c, i, j]
                                    break  # only the first one counts
        return dx

    return y, back


def answer_39(z, axis):
    e = np.exp(z - np.max(z))
    return e / e.sum(axis=axis, keepdims=True)


FORTY_MORE = [
    # 1
    (
        "mmds-exercise13.1.1",
        {"good": ["1111"], "bad": ["1010", "0101"]},
        "The sums agree, but one good vector stands against two bad ones, so the thresholds do not "
        "cancel: w = (1, 1, 1, 1) with t = 3 fulfils all three inequalities.",
    ),
    # 2
    (
        "mmds-exercise13.1.2a",
        {
            "net": [([[1, 2, 1, 0, 0], [0, -1, 1, 2, 1]], [2, 2]), ([1, 1], 0.5)],
            "proof": {"good": ["11000", "00110"], "bad": ["10100", "01010"]},
        },
        "The student gives bit 2 the weight -1 in the second gate, thinking that the first gate sees to "
        "it whenever bit 2 is on, and so misses 01011, and 01011 alone.",
    ),
    # 3
    (
        "mmds-exercise13.1.2b",
        {
            "net": [
                ([[1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0], [0, 0, 0, 0, 1, 1]], [2, 2, 1]),
                ([1, 1, 1], 0.5),
            ],
            "proof": {
                "or": [
                    ("110000", "001100", "101000", "010100"),
                    ("001100", "000011", "001010", "000101"),
                    ("110000", "000011", "100010", "010001"),
                ],
                "and": [
                    ("000101", "001010", "000011", "001100"),
                    ("001010", "010001", "000011", "011000"),
                    ("010001", "101010", "000011", "111000"),
                    ("101010", "000101", "000011", "101100"),
                ],
            },
        },
        "Net and first list are right, but the conflicts of the second list form a ring of four "
        "vectors, which splits into two groups without a conflict; only an odd ring would do.",
    ),
    # 4
    (
        "mmds-exercise13.1.5",
        [([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0.5, 1.5, 2.5]), ([[1, -2, 1]], [0.5])],
        "The gates count one, two and three ones as they should, but the weight -2 that takes the first "
        "gate back is too large, so the net is wrong on 111 alone.",
    ),
    # 5
    (
        "mmds-exercise13.2.1",
        [
            "exp(-x)/(1 + exp(-x))^2",
            "1/(1 + exp(-x)) * exp(-x)/(1 + exp(-x))",
            "1/(1 + exp(-x)) * (1 - exp(-x)/(1 + exp(-x)))",
            "y*(1 - y)",
        ],
        "In the third formula exp(-x)/(1 + exp(-x)) is taken for one minus itself instead of 1 - 1/(1 + "
        "exp(-x)), which holds at x = 0 only.",
    ),
    # 6
    (
        "mmds-exercise13.2.2",
        [
            "((exp(x) + exp(-x))^2 - (exp(x) - exp(-x))^2)/(exp(x) + exp(-x))^2",
            "1 - (exp(x) - exp(-x))^2/(exp(x) + exp(-x))^2",
            "1 - (exp(2*x) - exp(-2*x))/(exp(x) + exp(-x))^2",
            "1 - y^2",
        ],
        "The square of a difference is written as the difference of the squares in the third formula, "
        "which holds at x = 0 only.",
    ),
    # 7
    (
        "mmds-exercise13.2.3",
        [
            "(exp(x) - exp(-x))/(exp(x) + exp(-x))",
            "1 - 2*exp(-x)/(exp(x) + exp(-x))",
            "1 - 2/(1 + exp(-2*x))",
            "1 - 2*sigma(2*x)",
            "2*sigma(2*x) - 1",
        ],
        "Two mistakes: dividing by exp(-x) gives the wrong sign in the exponent, and then the "
        "difference is turned round without a word so that the end comes out; both steps hold at x = 0 "
        "only.",
    ),
    # 8
    (
        "mmds-exercise13.2.5",
        [
            "mu(v1) + mu(v2) + mu(v3)",
            "exp(v1)/D + exp(v2)/D + exp(v3)/D",
            "3*exp(v1)/D",
            "3*exp(v1)/(3*exp(v1))",
            "1",
        ],
        "The student assumes on the way, as if nothing were lost, that all three numbers are equal, so "
        "the third formula is right only then.",
    ),
    # 9
    (
        "mmds-exercise13.2.6a",
        [0.7311, 0.1192, 0.3932, 0.2529, 0.3540],
        "Two mistakes: the bottom hidden node takes its weights in the order x3, x2, and the sums of "
        "the output nodes go through the sigmoid before the softmax.",
    ),
    # 10
    (
        "mmds-exercise13.2.6b",
        "z1 = 1/(1 + exp(-w11*x1 + w12*x2)); z2 = 1/(1 + exp(-w22*x2 + w23*x3)); "
        "a1 = exp(u11*z1 + u12*z2); a2 = exp(u21*z1 + u22*z2); a3 = exp(u31*z1 + u32*z2); "
        "q1 = a1/(a1 + a2 + a3)",
        "The minus in the exponent of the sigmoid reaches only the first term of the weighted sum, as "
        "the brackets around the sum are missing.",
    ),
    # 11
    (
        "mmds-exercise13.2.6c",
        "q1*((1 - q1)*u11 + q2*u21 + q3*u31)*z1*(1 - z1)*x1",
        "The derivatives of the softmax by the two other scores are -q1*q2 and -q1*q3; the student lost "
        "the minus there.",
    ),
    # 12
    (
        "mmds-exercise13.3.1",
        [
            ("u1", "matmul", ["W1", "x"]),
            ("u2", "add", ["u1", "b1"]),
            ("z", "tanh", ["u2"]),
            ("u3", "matmul", ["W2", "u2"]),
            ("y", "add", ["u3", "b2"]),
            ("L", "sqerr", ["y", "yhat"]),
        ],
        "The tanh is drawn but leads nowhere: the second product takes the sum before the tanh.",
    ),
    # 13
    (
        "mmds-exercise13.3.2e",
        [
            ("u1", "matmul", ["W1", "x"]),
            ("v1", "add", ["u1", "b1"]),
            ("z", "tanh", ["v1"]),
            ("u2", "matmul", ["W2", "z"]),
            ("y", "add", ["u2", "b2"]),
            ("diff", "sub", ["y", "yhat"]),
            ("gy", "mul", [2, "diff"]),
            ("gb2", "identity", ["gy"]),
            ("gW2", "outer", ["gy", "z"]),
            ("W2T", "transpose", ["W2"]),
            ("gz", "matmul", ["W2T", "gy"]),
            ("d", "dtanh", ["v1"]),
            ("gv1", "mul", ["gz", "d"]),
            ("gb1", "identity", ["gz"]),
            ("o", "outer", ["gv1", "x"]),
            ("gW1", "mul", ["o", "M"]),
            ("W1T", "transpose", ["W1"]),
            ("gx", "matmul", ["W1T", "gv1"]),
        ],
        "Two mistakes: dtanh, which wants the result of the tanh, gets v1, and the gradient of b1 is "
        "copied from z instead of v1.",
    ),
    # 14
    (
        "mmds-exercise13.3.2b",
        answer_14,
        "The factors 1 - z**2 belong to the rows of W1 but are spread over its columns, which goes "
        "through only because W1 was square in the student's trial, and then gives wrong values.",
    ),
    # 15
    (
        "mmds-exercise13.3.2c",
        answer_15,
        "Without brackets Python multiplies W1.T @ gz first and the slope of the tanh comes after it, "
        "at the wrong side of W1; it runs for square W1 only.",
    ),
    # 16
    ("mmds-exercise13.3.2d", answer_16, "The slope of the tanh is written (1 - z)**2 instead of 1 - z**2."),
    # 17
    (
        "mmds-exercise13.4.1a",
        260096,
        "The student subtracts four sides of 512 pixels from 512 * 512 and so takes away every corner twice.",
    ),
    # 18
    (
        "mmds-exercise13.4.1c",
        257,
        "512 - 2k is 0 after 256 layers, so the student takes the 257th for the first without an "
        "output; but the filter does not fit on 2 x 2 either, the input of layer 256.",
    ),
    # 19
    (
        "mmds-exercise13.4.2a",
        29127,
        "The student divides all 512 * 512 pixels by the 9 of a window and rounds once, instead of "
        "rounding along each side.",
    ),
    # 20
    (
        "mmds-exercise13.4.3",
        "k*((m - f + 1)/s)^2",
        "The + 1 is inside of the division by the stride, which is right for stride 1 only.",
    ),
    # 21
    (
        "mmds-exercise13.4.4b",
        ([[0, 1, 1], [-1, 0, 1], [-1, -1, 0]], -2.5),
        "The pixels on the diagonal have weight 0, so the filter also answers when some of them are black.",
    ),
    # 22
    (
        "mmds-exercise13.4.4c",
        ([[2, 1, 1], [1, -1, -1], [1, -1, -1]], -4.5),
        "The corner pixel counts double and the bias was set by looking at windows that lack it; a "
        "window that lacks another black pixel still gives 0.5.",
    ),
    # 23
    (
        "mmds-exercise13.5.1a",
        {"activation": "step", "U": 1, "W": -1, "b": 0, "node": 1, "readout": "s > 0.5"},
        "The node subtracts its own signal of the step before as if that were the input of the step "
        "before, so it fires again on the third of three ones.",
    ),
    # 24
    (
        "mmds-exercise13.5.1b",
        {"activation": "relu", "U": 1, "W": 0.5, "b": 0, "node": 1, "readout": "s > 1.7"},
        "The leaky sum is 1.75 after three ones, but 1.7 leaves room for what is left of older ones: 1, "
        "1, 1, 0, 1, 1 comes to 1.71875 and fires.",
    ),
    # 25
    (
        "mmds-exercise13.5.2",
        answer_25,
        "The student subtracts 1 at the largest entry of the target, which is right for one-hot targets "
        "only.",
    ),
    # 26
    (
        "mmds-exercise13.5.3U",
        answer_26,
        "Two mistakes: the slope of the tanh is taken at the state before the step, and the gradient "
        "goes back through W instead of its transpose.",
    ),
    # 27
    (
        "mmds-exercise13.5.3V",
        answer_27,
        "The steps are called 1 to n in the formulas, so the loop begins at 1, but the arrays begin at "
        "0 and the first step is left out.",
    ),
    # 28
    (
        "ours-adam",
        answer_28,
        "The weight is changed in place and the same array is stored at every step, so all rows show "
        "the weights after the last step.",
    ),
    # 29
    (
        "ours-batch-norm",
        answer_29,
        "Two mistakes in the way back: it divides by the standard deviation without eps, and the "
        "gradient of beta is a mean over the batch instead of a sum.",
    ),
    # 30
    (
        "ours-clip-norm",
        answer_30,
        "The values are right, but they are written into the caller's own gradients instead of new arrays.",
    ),
    # 31
    (
        "ours-convolution",
        answer_31,
        "Two mistakes: the bias is added once for every channel, and the number of columns is worked "
        "out from the height of the filter, right only for one channel and square filters.",
    ),
    # 32
    (
        "ours-cross-entropy",
        answer_32,
        "A small number is added inside of the logarithm against log(0), which caps the loss at about "
        "27.6 where it should be hundreds.",
    ),
    # 33
    (
        "ours-dense-pullback",
        answer_33,
        "Python's sum over the samples is right for one sample or more, but for an empty batch it gives "
        "the number 0 instead of arrays of zeros.",
    ),
    # 34
    (
        "ours-dropout",
        answer_34,
        "The way back recognizes dropped entries by y being 0, so entries kept whose x is 0 lose their "
        "gradient.",
    ),
    # 35
    (
        "ours-fold-threshold",
        answer_35,
        "The new matrix takes the type of the weights, so with whole-number weights a threshold such as "
        "0.5 is cut down to 0.",
    ),
    # 36
    (
        "ours-gru-step",
        answer_36,
        "In the candidate the reset gate multiplies the product with h alone, and the bias bias_hh is "
        "added outside of it.",
    ),
    # 37
    (
        "ours-lstm-step",
        answer_37,
        "Two mistakes: the sigmoid as exp(a) / (1 + exp(a)) is nan for large a, and the new state is "
        "made from the old cell instead of the new one.",
    ),
    # 38
    (
        "ours-max-pool",
        answer_38,
        "Two mistakes in the way back: break leaves only the inner loop, so with ties the first of "
        "every row counts, and where windows overlap the later gradient overwrites the earlier one.",
    ),
    # 39
    (
        "ours-softmax",
        answer_39,
        "The largest number of the whole array is subtracted instead of the largest along the axis, so "
        "a row far below another becomes 0 / 0.",
    ),
    # 40
    (
        "ours-perceptron-pass",
        [0.5, 1.0, 1.0],
        "At (0, 0) the unit fires wrongly, but the student changes nothing since the input is zero, and "
        "forgets the bias; so the last input seems right already.",
    ),
]
