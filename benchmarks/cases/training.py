"""Whole training: an epoch on the digits, a step of a character model."""

import torch

from benchmarks.cases._models import digits_cnn, digits_mlp, set_weights, sklearn_mlp, torch_epoch
from benchmarks.cases._sides import twins
from benchmarks.declared import benchmark
from benchmarks.measuring import require_same
from dlcore import data, reference

BATCH = 64


def digits(n=1437):
    digits = data.digits()
    return digits.x[:n].reshape(n, 1, 8, 8), digits.y[:n]


def fit_in_order(model, optimizer, x, y):
    def run():
        reference.fit(
            model,
            x,
            y,
            loss=reference.cross_entropy,
            optimizer=optimizer,
            epochs=1,
            batch_size=BATCH,
            progress=False,
        )
        return list(model.params.values())

    return run


@benchmark("digits MLP 64-64-10, an epoch", target=1.0, group="training", build=digits_mlp)
@benchmark("digits CNN 16-32-pool-10, an epoch", target=1.2, group="training", build=digits_cnn)
def epoch(rng, build):
    ours, theirs = twins(*build(rng))
    x, y = digits()
    fitting = fit_in_order(ours, reference.Adam(ours.parameters(), lr=1e-3), x, y)
    x_tensor, y_tensor = torch.tensor(x), torch.tensor(y)
    optimizer, order = torch.optim.Adam(theirs.parameters(), lr=1e-3), torch.arange(len(x))

    def torch_run():
        torch_epoch(theirs, optimizer, x_tensor, y_tensor, order, BATCH)
        return list(theirs.parameters())

    return fitting, torch_run


def nearly_same(ours, theirs):
    """Both after an epoch; scikit-learn's ε is scaled by Adam's correction."""
    require_same(ours, theirs, tolerance=1e-3)


@benchmark(
    "digits MLP 64-64-10, an epoch", peer="MLPClassifier", target=1 / 1.5, group="training", same=nearly_same
)
def epoch_of_classifier(rng):
    x, y = digits()
    ours, _ = digits_mlp(rng)
    classifier = sklearn_mlp(x, y, BATCH, shuffle=False)
    set_weights(classifier, list(ours.params.values()))
    rows = x.reshape(len(x), -1)
    fitting = fit_in_order(ours, reference.Adam(ours.parameters(), lr=1e-3), x, y)

    def sklearn_run():
        classifier.partial_fit(rows, y)
        return [a.T for pair in zip(classifier.coefs_, classifier.intercepts_, strict=True) for a in pair]

    return fitting, sklearn_run


@benchmark("character LSTM N32 T50 V64 H128, a step", target=1.8, group="training", n=32, t=50, v=64, h=128)
def character_step(rng, n, t, v, h):
    text = rng.integers(v, size=(n, t + 1))
    x, y = reference.one_hot(text[:, :-1], v), text[:, 1:].reshape(-1)
    nets = twins(reference.LSTM(v, h, rng=rng), torch.nn.LSTM(v, h, batch_first=True))
    heads = twins(reference.Dense(h, v, rng=rng), torch.nn.Linear(h, v))
    return _reference_step(nets[0], heads[0], x, y), _torch_step(nets[1], heads[1], x, y)


def _reference_step(net, head, x, y):
    parameters = [*net.parameters(), *head.parameters()]
    optimizer = reference.Adam(parameters)

    def run():
        net.zero_grad()
        head.zero_grad()
        states, *_ = net(x)
        loss, back = reference.cross_entropy(head(states).reshape(len(y), -1), y)
        net.backward(head.backward(back()[0].reshape(*states.shape[:2], -1)))
        reference.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return [loss, *(parameter.value for parameter in parameters)]

    return run


def _torch_step(net, head, x, y):
    parameters = [*net.parameters(), *head.parameters()]
    optimizer, x, y = torch.optim.Adam(parameters), torch.tensor(x), torch.tensor(y)

    def run():
        optimizer.zero_grad()
        states, _ = net(x)
        loss = torch.nn.functional.cross_entropy(head(states).reshape(len(y), -1), y)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(parameters, 1.0)
        optimizer.step()
        return [loss, *parameters]

    return run
