"""Forty wrong answers, a third time, written from the statements alone, before any of them was tried."""

import numpy as np


def sigmoid(a):
    return 0.5 * (1 + np.tanh(a / 2))


def answer_14(x, W1, b1):
    z = np.tanh(W1 @ x + b1)
    return W1.T * (1 - z) ** 2


def answer_15(gz, z, W1):
    return W1.T @ (gz * (1 - np.tanh(z) ** 2))


def answer_16(x, yhat, W1, b1, W2, b2):
    z = np.tanh(W1 @ x + b1)
    y = W2 @ z + b2
    gy = y - yhat
    gz = W2.T @ gy
    gv = gz * z * (1 - z)
    return W1.T @ gv


def answer_25(V, c, s, yhat):
    o = V @ s + c
    y = np.exp(o - o.max())
    y = y / y.sum()
    do = -yhat / y
    J = V.T
    ds = J @ do
    return do, J, ds


def answer_26(W, V, x, s, y, yhat):
    n, d = x.shape
    k = W.shape[0]
    dU = np.zeros((k, d))
    later = np.zeros(k)
    for t in reversed(range(n)):
        ds = V.T @ (y[t] - yhat[t]) + W @ later
        dz = ds * (1 - s[t + 1] ** 2)
        dU += np.outer(dz, x[t])
        later = dz
    return dU


def answer_27(W, V, x, s, y, yhat):
    dV = np.zeros(V.shape)
    for t in range(len(x)):
        dV += np.outer(y[t] - yhat[t], s[t])
    return dV


def answer_28(weight, gradients, eta, beta1, beta2, eps):
    w = np.array(weight, dtype=float)
    m = np.zeros(w.shape)
    v = np.zeros(w.shape)
    out = []
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t)
        v_hat = v / (1 - beta2**t)
        w -= eta * m_hat / np.sqrt(v_hat + eps)
        out.append(w)
    return np.array(out)


def answer_29(x, gamma, beta, eps):
    mu = x.mean(axis=0)
    std = np.sqrt(x.var(axis=0) + eps)
    xhat = (x - mu) / std
    y = gamma * xhat + beta

    def back(dy):
        dx = gamma / std * (dy - dy.mean(axis=0))
        return dx, (dy * xhat).sum(axis=0), dy.sum(axis=0)

    return y, back


def answer_30(z, axis):
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis, keepdims=True)


def answer_31(x, weight, bias, stride, padding):
    N, C, H, W = x.shape
    O, _, A, B = weight.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (H - A) // stride + 1
    cols = (W - B) // stride + 1
    y = np.zeros((N, O, rows, cols))
    for i in range(rows):
        for j in range(cols):
            window = xp[:, :, i * stride : i * stride + A, j * stride : j * stride + B]
            y[:, :, i, j] = np.einsum("ncab,ocab->no", window, weight) + bias
    return y


def answer_32(logits, labels):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    p = e / e.sum(axis=1, keepdims=True)
    return -np.mean(np.log(p[np.arange(len(labels)), labels]))


def answer_33(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    H = h.shape[1]
    u = x @ weight_ih.T + bias_ih
    v = h @ weight_hh.T + bias_hh
    r = sigmoid(u[:, :H] + v[:, :H])
    z = sigmoid(u[:, H : 2 * H] + v[:, H : 2 * H])
    n = np.tanh(u[:, 2 * H :] + (r * h) @ weight_hh[2 * H :].T + bias_hh[2 * H :])
    return (1 - z) * n + z * h


def answer_34(x, h, c, weight_ih, weight_hh, bias):
    z = x @ weight_ih.T + h @ weight_hh.T + bias
    i, f, o, g = np.split(z, 4, axis=1)
    c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h_new = sigmoid(o) * c_new
    return h_new, c_new


def answer_35(x, size, stride):
    N, C, H, W = x.shape
    rows = (H - size) // stride + 1
    cols = (W - size) // stride + 1
    y = np.zeros((N, C, rows, cols))
    where = np.zeros((N, C, rows, cols), dtype=int)
    for i in range(rows):
        for j in range(cols):
            window = x[:, :, i * stride : i * stride + size, j * stride : j * stride + size]
            flat = window.reshape(N, C, -1)
            y[:, :, i, j] = flat.max(axis=2)
            where[:, :, i, j] = flat.argmax(axis=2)

    def back(dy):
        dx = np.zeros(x.shape)
        n, c = np.indices((N, C))
        for i in range(rows):
            for j in range(cols):
                a, b = np.divmod(where[:, :, i, j], size)
                dx[n, c, i * stride + a, j * stride + b] = dy[:, :, i, j]
        return dx

    return y, back


def answer_39(weight, bias, x, y, eta):
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    weight = weight + eta * (y - guess) * x
    bias = bias + (y - guess)
    return weight, bias


FORTY_THIRD = [
    (
        "mmds-exercise13.1.1",
        {"good": ["1001", "0110"], "bad": ["1010", "0101"]},
        "Counts the last and the first bit as neighbors, so 1001 stands among the good vectors "
        "although it "
        "is a bad one.",
    ),
    (
        "mmds-exercise13.1.2a",
        {
            "net": [([[1, 1, 1, 0, 0], [0, 0, 1, 1, 1]], [1, 1]), ([1, 1], 0)],
            "proof": {"good": ["11000", "00110"], "bad": ["10100", "01010"]},
        },
        "Does not give the shared middle bit of each hidden gate a weight of 2, so a gate fires on "
        "101 too, "
        "for instance on 10100; the number of gates and the proof are right.",
    ),
    (
        "mmds-exercise13.1.2b",
        {
            "net": [
                ([[1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0], [0, 0, 0, 0, 1, 1]], [2, 2, 1]),
                ([1, 1, 1], 0),
            ],
            "proof": {
                "or": [
                    ("110000", "001100", "101000", "010100"),
                    ("110000", "000011", "100010", "010001"),
                    ("001100", "000011", "001010", "000101"),
                ],
                "and": [
                    ("101000", "010100", "110000", "001100"),
                    ("100010", "010001", "110000", "000011"),
                    ("001010", "000101", "001100", "000011"),
                ],
            },
        },
        "For 'and' merely turns the three conflicts of 'or' round: these are three separate pairs "
        "of bad "
        "vectors, which two groups can take without a conflict, so the case of the and is not proved.",
    ),
    (
        "mmds-exercise13.1.3",
        [([[1, 1], [1, 1]], [1, 2]), ([[1, -1]], [1])],
        "Takes the gates to fire at w.x >= threshold; with > the or gate becomes an and, the and "
        "gate never "
        "fires, and the net always gives 0.",
    ),
    (
        "mmds-exercise13.1.4",
        {"good": ["01", "10"], "bad": ["11"]},
        "Leaves out the bad vector 00: the sums are equal, but there are two good ones against one "
        "bad one, "
        "so t does not cancel and a negative t contradicts nothing.",
    ),
    (
        "mmds-exercise13.1.5",
        [([[1, 1, 1], [1, 1, 1], [1, 1, 1]], [0.5, 1.5, 2.5]), ([[1, -1, -1]], [0.5])],
        "The sign of the third gate ('all three') in the output is wrong, it should be added again; "
        "so 111 "
        "gives 0.",
    ),
    (
        "mmds-exercise13.2.1",
        [
            "dy/dx = -exp(-x)/(1 + exp(-x))^2",
            "1/(1 + exp(-x)) * exp(-x)/(1 + exp(-x))",
            "y*(1 - y)",
        ],
        "The chain rule's inner minus is forgotten (there are two minus signs, and they cancel), so "
        "the first "
        "line has the wrong sign, which then vanishes silently.",
    ),
    (
        "mmds-exercise13.2.2",
        [
            "a = exp(x) + exp(-x)",
            "b = exp(x) - exp(-x)",
            "dy/dx = (b*b - a*a)/a^2",
            "1 - b^2/a^2",
            "1 - y^2",
        ],
        "The two products in the numerator of the quotient rule are exchanged, so the first formula "
        "is the "
        "negative of the derivative.",
    ),
    (
        "mmds-exercise13.2.4",
        [
            "sigma(x)",
            "1/(1 + exp(-x))",
            "(1 + exp(-x) - exp(-x))/(1 + exp(-x))",
            "1 - exp(-x)/(1 + exp(-x))",
            "1 - 1/(1 + exp(-x))",
            "1 - sigma(-x)",
        ],
        "In the last but one line the fraction was divided by exp(-x) above but not below: it "
        "should read "
        "1 - 1/(1 + exp(x)), what stands there is 1 - sigma(x).",
    ),
    (
        "mmds-exercise13.2.6a",
        [0.7311, 0.8808, 0.0900, 0.2447, 0.6652],
        "The hidden outputs are right, but the output nodes were fed the weighted sums 1 and 2 of "
        "the hidden "
        "nodes instead of their sigmoids, so q1, q2, q3 are wrong.",
    ),
    (
        "mmds-exercise13.2.6b",
        "z1 = 1/(1 + exp(w11*x1 + w12*x2)); z2 = 1/(1 + exp(w22*x2 + w23*x3)); "
        "q1 = exp(u11*z1 + u12*z2)/(exp(u11*z1 + u12*z2) + exp(u21*z1 + u22*z2) + exp(u31*z1 + u32*z2))",
        "The minus in the exponent of the sigmoid is missing in both hidden nodes.",
    ),
    (
        "mmds-exercise13.2.6c",
        "q1*(1 - q1)*u11*z1*(1 - z1)*x1",
        "Treats the softmax as a sigmoid: only the way over the top output's own sum is followed, "
        "the ways "
        "over the other two sums (the terms with q2*u21 and q3*u31) are missing.",
    ),
    (
        "mmds-exercise13.3.1",
        [
            ("u1", "matmul", ["W1", "x"]),
            ("u2", "tanh", ["u1"]),
            ("z", "add", ["u2", "b1"]),
            ("u3", "matmul", ["W2", "z"]),
            ("y", "add", ["u3", "b2"]),
            ("L", "sqerr", ["y", "yhat"]),
        ],
        "The bias b1 is added after the tanh instead of before it.",
    ),
    (
        "mmds-exercise13.3.2b",
        answer_14,
        "Squares the wrong thing: (1 - z)**2 in the place of 1 - z**2 as the derivative of the tanh.",
    ),
    (
        "mmds-exercise13.3.2c",
        answer_15,
        "Applies the tanh once more, although z is already the result of the tanh: the factor should be "
        "1 - z**2.",
    ),
    (
        "mmds-exercise13.3.2d",
        answer_16,
        "Two mistakes: the factor 2 of the squared error is forgotten, and the derivative of the "
        "sigmoid, "
        "z(1 - z), is used for the tanh.",
    ),
    (
        "mmds-exercise13.3.2e",
        [
            ("a1", "matmul", ["W1", "x"]),
            ("v1", "add", ["a1", "b1"]),
            ("z", "tanh", ["v1"]),
            ("a2", "matmul", ["W2", "z"]),
            ("y", "add", ["a2", "b2"]),
            ("L", "sqerr", ["y", "yhat"]),
            ("e", "sub", ["y", "yhat"]),
            ("gy", "mul", [2, "e"]),
            ("gW2", "outer", ["gy", "z"]),
            ("gb2", "identity", ["gy"]),
            ("gz", "matmul", ["W2.T", "gy"]),
            ("dz", "dtanh", ["z"]),
            ("gv1", "mul", ["gz", "dz"]),
            ("gW1", "outer", ["gv1", "x"]),
            ("gb1", "identity", ["gv1"]),
            ("gx", "matmul", ["W1.T", "gv1"]),
        ],
        "The mask M is not used: gW1 is not multiplied by M, so the missing links get gradients too.",
    ),
    (
        "mmds-exercise13.4.1c",
        255,
        "Gives the last layer that still has an output (2 by 2) instead of the first whose filter "
        "no longer "
        "fits: one too few.",
    ),
    (
        "mmds-exercise13.4.2a",
        171,
        "Two mistakes: 512/3 is rounded up, so an incomplete window at the end counts, and only one "
        "side is "
        "counted, not squared.",
    ),
    (
        "mmds-exercise13.4.3",
        "k*d*((m - f)/s + 1)^2",
        "Counts every channel of the filters separately: a filter adds its d channels up to one "
        "map, so the "
        "factor d does not belong there.",
    ),
    (
        "mmds-exercise13.4.4a",
        ([[0, 1, 1], [0, 1, 1], [0, 1, 1]], -5.5),
        "White pixels get weight 0 instead of a negative one, so the filter also fires when pixels "
        "of the "
        "left column are black.",
    ),
    (
        "mmds-exercise13.4.4b",
        ([[-1, -1, -1], [1, -1, -1], [1, 1, -1]], -2.5),
        "Turned the filter by 180 degrees as in a mathematical convolution, although the filter is not "
        "turned; it detects the opposite corner.",
    ),
    (
        "mmds-exercise13.5.1a",
        {"activation": "step", "U": 1, "W": -1, "b": -0.5, "node": 1, "readout": "s > 0.5"},
        "A single node that confuses its own last signal with the last input: after 1, 1 its state "
        "is 0, so "
        "on a third 1 it fires again although the input before was 1.",
    ),
    (
        "mmds-exercise13.5.1b",
        {
            "activation": "step",
            "U": [1, 0, 1],
            "W": [[0, 1, 1], [0, 0, 1], [0, 0, 0]],
            "b": [-0.5, -0.5, -2.5],
            "node": 3,
            "readout": "s > 0.5",
        },
        "W is transposed: row i should hold the weights into node i, here it holds those out of it; "
        "so node "
        "3 gets nothing from the memory and never fires.",
    ),
    (
        "mmds-exercise13.5.1c",
        {
            "activation": "step",
            "U": [1, 1, -1, 0],
            "W": [[0, 0, 0, 0], [1, 0, 0, 0], [-1, 0, 0, 0], [0, 1, 1, 0]],
            "b": [-0.5, -1.5, 0.5, -0.5],
            "node": 4,
            "readout": "s > 0.5",
        },
        "The net is right but its signal comes one step later, since node 4 sees the states of the step "
        'before, and the entry "delay": 1 was forgotten.',
    ),
    (
        "mmds-exercise13.5.2",
        answer_25,
        "Gives the gradient at the softmax's output y, -yhat/y, for the gradient at the scores o, "
        "which is "
        "y - yhat: the softmax is not differentiated; so ds is wrong too, only J is right.",
    ),
    (
        "mmds-exercise13.5.3U",
        answer_26,
        "On the way back through time W is not transposed: W @ dz instead of W.T @ dz.",
    ),
    (
        "mmds-exercise13.5.3V",
        answer_27,
        "Off by one in the states: uses s[t], the state before the step, where y[t] comes from s[t + 1].",
    ),
    (
        "ours-adam",
        answer_28,
        "Two mistakes: eps stands inside of the root, and the same array is changed in place and "
        "appended "
        "without a copy, so that all rows show the weights after the last step.",
    ),
    (
        "ours-batch-norm",
        answer_29,
        "The gradient of x goes through the mean but not through the variance: the term "
        "-xhat * mean(dy * xhat) is missing.",
    ),
    (
        "ours-softmax",
        answer_30,
        "Subtracts the maximum of the whole array, not that along the axis: a row far below another one "
        "underflows to zeros, and 0/0 gives nan.",
    ),
    (
        "ours-convolution",
        answer_31,
        "The number of rows and columns is computed from the sizes before the padding, so with "
        "padding the "
        "map is too small: the windows at the lower and right ends are missing.",
    ),
    (
        "ours-cross-entropy",
        answer_32,
        "Takes the logarithm of the finished softmax: for large differences of the logits the "
        "probability "
        "underflows to 0 and the loss becomes infinite.",
    ),
    (
        "ours-gru-step",
        answer_33,
        "The reset gate multiplies the old state h before the product with weight_hh, not the "
        "product with h "
        "and its bias.",
    ),
    (
        "ours-lstm-step",
        answer_34,
        "Two mistakes: the third and the fourth block are exchanged (taken as i, f, o, g), and the "
        "new state "
        "is o times c' without the tanh.",
    ),
    (
        "ours-max-pool",
        answer_35,
        "Where windows overlap and share their largest pixel the gradient is overwritten instead of "
        "added "
        "up.",
    ),
    (
        "ours-committee",
        [([2, 1, 1], 2)],
        "Gives the threshold 2 in the place of the bias -2, so the sign is wrong and the unit accepts "
        "everything.",
    ),
    (
        "ours-film-gradient",
        [-0.7087, -1.4174, -0.3543],
        "Uses the gradient of the cross-entropy, (yhat - y) x, for a squared error: the factor 2 "
        "and the "
        "derivative of the sigmoid yhat (1 - yhat) are missing.",
    ),
    (
        "ours-perceptron-broken",
        answer_39,
        "Mends the sign and adds the update of the bias, but forgets the learning rate eta there.",
    ),
    (
        "ours-perceptron-pass",
        [1.0, 0.0, 0.0],
        "Lets the unit fire at a weighted sum of exactly 0 (>= instead of >), so the very first "
        "input already "
        "changes the weights.",
    ),
]
