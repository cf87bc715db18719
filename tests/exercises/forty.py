"""Forty wrong answers, written from the statements alone, before any of them was tried."""

import numpy as np


def answer_13(x, W1, b1):
    z = np.tanh(W1 @ x + b1)
    return W1.T * (1 - np.tanh(z) ** 2)


def answer_14(gz, z, W1):
    return W1.T @ gz * (1 - z**2)


def answer_15(x, yhat, W1, b1, W2, b2):
    z = np.tanh(W1 @ x + b1)
    y = W2 @ z + b2
    gy = 2 * (yhat - y) / len(y)
    gz = W2.T @ gy
    gv = gz * (1 - z**2)
    return W1.T @ gv


def answer_23(V, c, s, yhat):
    o = V @ s + c
    e = np.exp(o - o.max())
    y = e / e.sum()
    do = -yhat / y
    J = V.T
    ds = J @ do
    return do, J, ds


def answer_24(W, V, x, s, y, yhat):
    dU = np.zeros((W.shape[0], x.shape[1]))
    later = np.zeros(W.shape[0])
    for t in reversed(range(len(x))):
        ds = V.T @ (y[t] - yhat[t]) + later
        dz = ds * (1 - s[t + 1] ** 2)
        dU += np.outer(dz, x[t])
        later = W @ dz
    return dU


def answer_25(W, V, x, s, y, yhat):
    dV = (y - yhat).T @ s[:-1]
    return dV


def answer_26(weight, gradients, eta, beta1, beta2, eps):
    w = np.array(weight, dtype=float)
    m = np.zeros(w.shape)
    v = np.zeros(w.shape)
    out = []
    for t, g in enumerate(gradients, start=1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m = m / (1 - beta1**t)
        v = v / (1 - beta2**t)
        w = w - eta * m / (np.sqrt(v) + eps)
        out.append(w)
    return np.array(out)


def answer_27(x, gamma, beta, eps):
    mu = x.mean(axis=0)
    inv = 1 / np.sqrt(x.var(axis=0) + eps)
    xhat = (x - mu) * inv
    y = gamma * xhat + beta

    def back(dy):
        dgamma = (dy * xhat).sum(axis=0)
        dbeta = dy.sum(axis=0)
        dx = gamma * inv * (dy - dy.mean(axis=0))
        return dx, dgamma, dbeta

    return y, back


def answer_28(gradients, max_norm):
    total = sum(np.linalg.norm(g) for g in gradients)
    if total > max_norm:
        return [g * (max_norm / total) for g in gradients]
    return gradients


def answer_30(x, weight, bias, stride, padding):
    N, C, H, W = x.shape
    O, _, A, B = weight.shape
    xp = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    rows = (H + 2 * padding - A) // stride + 1
    cols = (W + 2 * padding - B) // stride + 1
    y = np.zeros((N, O, rows, cols))
    for c in range(C):
        for i in range(rows):
            for j in range(cols):
                top = i * stride
                left = j * stride
                window = xp[:, c, top : top + A, left : left + B]
                part = np.tensordot(window, weight[:, c], axes=([1, 2], [1, 2]))
                y[:, :, i, j] += part + bias
    return y


def answer_31(n, kernel, stride, padding):
    return (n + 2 * padding - kernel + 1) // stride


def answer_32(logits, labels):
    z = logits - logits.max(axis=1, keepdims=True)
    logp = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
    return -logp[:, labels].mean()


def answer_33(x, weight, bias):
    y = x @ weight.T + bias

    def back(dy):
        n = len(x)
        dx = dy @ weight
        dweight = dy.T @ x / n
        dbias = dy.sum(axis=0) / n
        return dx, dweight, dbias

    return y, back


def answer_34(x, p, uniform):
    y = np.where(uniform < p, 0.0, x / (1 - p))

    def back(dy):
        return np.where(y != 0, dy / (1 - p), 0.0)

    return y, back


def answer_36(x, h, weight_ih, weight_hh, bias_ih, bias_hh):
    H = h.shape[1]

    def sigmoid(a):
        return 0.5 * (1 + np.tanh(a / 2))

    u = x @ weight_ih.T + bias_ih
    v = h @ weight_hh.T + bias_hh
    r = sigmoid(u[:, :H] + v[:, :H])
    z = sigmoid(u[:, H : 2 * H] + v[:, H : 2 * H])
    n = np.tanh(u[:, 2 * H :] + (r * h) @ weight_hh[2 * H :].T + bias_hh[2 * H :])
    return (1 - z) * n + z * h


def answer_37(x, h, c, weight_ih, weight_hh, bias):
    def sigmoid(a):
        return 0.5 * (1 + np.tanh(a / 2))

    z = x @ weight_ih.T + h @ weight_hh.T + bias
    i, f, o, g = np.split(z, 4, axis=1)
    c_new = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    h_new = sigmoid(o) * np.tanh(c_new)
    return h_new, c_new


def answer_38(x, size, stride):
    N, C, H, W = x.shape
    rows = (H - size) // stride + 1
    cols = (W - size) // stride + 1
    y = np.zeros((N, C, rows, cols))
    where_row = np.zeros((N, C, rows, cols), dtype=int)
    where_col = np.zeros((N, C, rows, cols), dtype=int)
    for i in range(rows):
        for j in range(cols):
            top = i * stride
            left = j * stride
            window = x[:, :, top : top + size, left : left + size].reshape(N, C, -1)
            k = window.argmax(axis=2)
            y[:, :, i, j] = window.max(axis=2)
            where_row[:, :, i, j] = top + k // size
            where_col[:, :, i, j] = left + k % size

    def back(dy):
        dx = np.zeros(x.shape)
        n = np.arange(N)[:, None, None, None]
        c = np.arange(C)[None, :, None, None]
        dx[n, c, where_row, where_col] += dy
        return dx

    return y, back


def answer_39(weight, bias, x, y, eta):
    guess = 1.0 if weight @ x + bias > 0 else 0.0
    weight = weight + eta * (y - guess) * x
    bias = bias + (y - guess)
    return weight, bias


def answer_41(z, axis):
    e = np.exp(z - z.max())
    return e / e.sum(axis=axis)


FORTY = [
    (
        "mmds-exercise13.1.1",
        {"good": ["1100", "0011"], "bad": ["1001", "0110"]},
        "Takes 0110 for a bad vector although its two middle bits are neighboring ones; the sums do agree.",
    ),
    (
        "mmds-exercise13.1.2a",
        {
            "net": [
                (
                    [[1, 1, 0, 0, 0], [0, 1, 1, 0, 0], [0, 0, 1, 1, 0], [0, 0, 0, 1, 1]],
                    [1.5, 1.5, 1.5, 1.5],
                ),
                ([1, 1, 1, 1], 0.5),
            ],
            "proof": {"good": ["1100", "0011"], "bad": ["1010", "0101"]},
        },
        "Two mistakes: spends one gate on each of the four pairs, so the net works but is not the "
        "smallest, and copies the proof for 4 bits instead of vectors of 5 bits.",
    ),
    (
        "mmds-exercise13.1.2b",
        {
            "net": [
                (
                    [[1, 2, 1, 0, 0, 0], [0, 0, 1, 2, 1, 0], [0, 0, 0, 0, 1, 1]],
                    [2, 2, 1],
                ),
                ([1, 1, 1], 0.5),
            ],
            "proof": {
                "or": [
                    ("110000", "001100", "101000", "010100"),
                    ("001100", "000011", "001010", "000101"),
                    ("110000", "000011", "100010", "010001"),
                ],
                "and": [
                    ("101010", "010101", "110000", "001111"),
                    ("101010", "100101", "101100", "100011"),
                    ("101001", "010101", "110001", "001101"),
                    ("101001", "010010", "110000", "001011"),
                ],
            },
        },
        "The net and the list for the or are right, but the list for the and stops one conflict short of "
        "an odd ring: its four conflicts form a path, so the bad vectors can still be split into two "
        "groups.",
    ),
    (
        "mmds-exercise13.1.5",
        [([[1, 1, 1], [1, 1, 1]], [0.5, 1.5]), ([[1, -1]], [0.5])],
        "Builds 'exactly one of the three bits is 1' instead of 'an odd number', so 111 gives 0.",
    ),
    (
        "mmds-exercise13.2.2",
        [
            "a = exp(x) + exp(-x)",
            "b = exp(x) - exp(-x)",
            "(a*a - b*b)/a^2",
            "1 - b/a",
            "1 - y^2",
        ],
        "Cancels b²/a² down to b/a, so the line before the last is 1 - y, not 1 - y²; first and last line"
        " are right.",
    ),
    (
        "mmds-exercise13.2.5",
        [
            "mu(v1) + mu(v2) + mu(v3)",
            "exp(v1)/D + exp(v2)/D + exp(v3)/D",
            "exp(v1 + v2 + v3)/D",
            "D/D",
            "1",
        ],
        "Takes the sum of the three exponentials for the exponential of the sum, in the third line.",
    ),
    (
        "mmds-exercise13.2.6a",
        [0.7311, 0.8808, 0.6414, 0.5374, 0.7634],
        "Puts a sigmoid on the three output nodes in the place of the softmax; the hidden nodes are right.",
    ),
    (
        "mmds-exercise13.2.6b",
        "z1 = 1/(1 + exp(-w11*x1 - w12*x2)); "
        "z2 = 1/(1 + exp(-w22*x2 + w23*x3)); "
        "q1 = exp(u11*z1 + u12*z2)/(exp(u11*z1 + u12*z2) + exp(u21*z1 + u22*z2) + exp(u31*z1 + u32*z2))",
        "In the sigmoid of the bottom hidden node the minus reaches w22*x2 only, so w23*x3 has the wrong "
        "sign.",
    ),
    (
        "mmds-exercise13.2.6c",
        "q1*(1 - q1)*u11*z1*(1 - z1)*x1",
        "Follows w11 through the top output's own score alone (as if q1 were a sigmoid) and forgets that "
        "the other two scores, by u21 and u31, move q1 too.",
    ),
    (
        "mmds-exercise13.3.1",
        [
            ("u1", "matmul", ["W1", "x"]),
            ("u2", "add", ["u1", "b1"]),
            ("z", "tanh", ["u2"]),
            ("u3", "matmul", ["W2", "u2"]),
            ("y", "add", ["u3", "b2"]),
            ("loss", "sqerr", ["y", "yhat"]),
        ],
        "The second product takes the sum before the tanh instead of z, so the tanh node leads nowhere.",
    ),
    (
        "mmds-exercise13.3.2b",
        answer_13,
        "Applies tanh a second time: z is already the tanh, but the derivative is taken as 1 - tanh(z)² "
        "instead of 1 - z².",
    ),
    (
        "mmds-exercise13.3.2c",
        answer_14,
        "Parentheses are missing: @ and * go from left to right, so W1.T @ gz comes first and 1 - z² is "
        "multiplied afterwards, on the side of x, where the shapes do not fit unless d = n.",
    ),
    (
        "mmds-exercise13.3.2d",
        answer_15,
        "Two mistakes: takes yhat - y for y - yhat, so the sign is wrong, and divides by the number of "
        "outputs as if the loss were a mean.",
    ),
    (
        "mmds-exercise13.3.2e",
        [
            ("m1", "matmul", ["W1", "x"]),
            ("v1", "add", ["m1", "b1"]),
            ("z", "tanh", ["v1"]),
            ("m2", "matmul", ["W2", "z"]),
            ("y", "add", ["m2", "b2"]),
            ("L", "sqerr", ["y", "yhat"]),
            ("diff", "sub", ["y", "yhat"]),
            ("gy", "mul", [2, "diff"]),
            ("gW2", "outer", ["gy", "z"]),
            ("gb2", "identity", ["gy"]),
            ("gz", "matmul", ["W2.T", "gy"]),
            ("slope", "dtanh", ["v1"]),
            ("gv1", "mul", ["gz", "slope"]),
            ("gW1", "outer", ["gv1", "x"]),
            ("gb1", "identity", ["gv1"]),
            ("gx", "matmul", ["W1.T", "gv1"]),
        ],
        "Two mistakes: dtanh gets v1 instead of z, so gv1 and what follows are wrong, and gW1 is not "
        "multiplied by the mask M.",
    ),
    (
        "mmds-exercise13.4.1c",
        255,
        "Off by one: gives the last layer that still has an output (2 × 2), not the first whose filter no"
        " longer fits.",
    ),
    (
        "mmds-exercise13.4.3",
        "k*d*((m - f)/s + 1)^2",
        "Multiplies by d as well, although each filter sums over its d channels and gives a single map.",
    ),
    (
        "mmds-exercise13.4.4a",
        ([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], -2.5),
        "The middle column has weight 0, so it may be black or white: windows such as 001, 001, 001 pass "
        "too.",
    ),
    (
        "mmds-exercise13.4.4c",
        ([[-1, -1, 1], [-1, -1, 1], [1, 1, 1]], -4.5),
        "Turns the filter by 180 degrees, as in a true convolution, so it detects the corner at the lower"
        " right (001, 001, 111).",
    ),
    (
        "mmds-exercise13.5.1a",
        {
            "activation": "step",
            "U": [1, 1],
            "W": [[0, -1], [0, 0]],
            "b": [-0.5, -0.5],
            "node": 2,
            "readout": "s > 0.5",
        },
        "W is transposed: the -1 leads from node 2 into node 1 instead of the other way, so node 2 is the"
        " current input alone and says yes on 1, 1 too.",
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
        'The net is right but its signal comes one step late, and "delay": 1 is missing.',
    ),
    (
        "mmds-exercise13.5.2",
        answer_23,
        "Gives -yhat/y, the gradient at the output y, as the gradient at the scores o: the derivative of "
        "the softmax is left out, and ds is wrong because of it.",
    ),
    (
        "mmds-exercise13.5.3U",
        answer_24,
        "Carries the gradient back in time with W instead of W transposed.",
    ),
    (
        "mmds-exercise13.5.3V",
        answer_25,
        "Off by one step: pairs y[t] with s[t], the state before, instead of s[t + 1].",
    ),
    (
        "ours-adam",
        answer_26,
        "Stores the corrected m and v back into m and v, so the next step averages with the corrected "
        "values instead of the raw ones; only the first step is right.",
    ),
    (
        "ours-batch-norm",
        answer_27,
        "In the gradient of x the variance is treated as a constant: the term with xhat times the mean of"
        " dy * xhat is missing.",
    ),
    (
        "ours-clip-norm",
        answer_28,
        "Adds up the norms of the arrays instead of taking the root of the sum of their squares, so the "
        "norm is too large and too much is cut off.",
    ),
    (
        "ours-committee",
        [([1.5, 1, 1], -1.5)],
        "The chair weighs too little: the two others alone (0, 1, 1) reach 2 - 1.5 > 0 and are accepted "
        "without the chair.",
    ),
    (
        "ours-convolution",
        answer_30,
        "Adds the bias inside of the loop over the channels, so it is counted C times.",
    ),
    (
        "ours-convolution-size",
        answer_31,
        "Counts the places for stride 1 and divides by the stride, rounding down, instead of dividing "
        "first and adding 1 afterwards; it is right for stride 1.",
    ),
    (
        "ours-cross-entropy",
        answer_32,
        "logp[:, labels] picks every label in every row, an N × N array, instead of the own label of each"
        " row.",
    ),
    (
        "ours-dense-pullback",
        answer_33,
        "Averages the gradients of weight and bias over the batch instead of summing (and divides by 0 on"
        " an empty batch).",
    ),
    (
        "ours-dropout",
        answer_34,
        "The way back finds the kept entries by y != 0, so a kept entry whose x is 0 gets no gradient.",
    ),
    (
        "ours-film-gradient",
        [0.1621, 0.3243, 0.0811],
        "Two mistakes: forgets the factor 2 of the square and takes y - ŷ for ŷ - y, so all three have "
        "half the size and the wrong sign.",
    ),
    (
        "ours-gru-step",
        answer_36,
        "Applies the reset gate to h before the product with the weights, so that the hidden bias of the "
        "candidate is not multiplied by it, instead of to the product and its bias.",
    ),
    (
        "ours-lstm-step",
        answer_37,
        "Exchanges the last two blocks: reads them in the order i, f, o, g instead of i, f, g, o.",
    ),
    (
        "ours-max-pool",
        answer_38,
        "dx[indices] += dy does not add up repeated indices in NumPy, so a pixel that wins in several "
        "overlapping windows gets the gradient of one of them only.",
    ),
    (
        "ours-perceptron-broken",
        answer_39,
        "Mends the sign and adds an update of the bias, but forgets eta in the step of the bias.",
    ),
    (
        "ours-perceptron-pass",
        [0.5, 1.0, 1.0],
        "At the fourth input (0, 0) thinks that nothing changes and forgets that the bias goes down by "
        "0.5 there; then the last input is right and nothing changes.",
    ),
    (
        "ours-softmax",
        answer_41,
        "Two mistakes: subtracts the largest number of the whole array, so slices far below it become "
        "0/0, and forgets keepdims in the sum, so it divides along the wrong axis or fails.",
    ),
    (
        "ours-xor-gate",
        [([[1, 1], [1, 1]], [0.5, 1.5]), ([[1, -1]], [0.5])],
        "Gives the thresholds as biases: with + b in the place of > t they need a minus, and so all units"
        " always fire.",
    ),
]
