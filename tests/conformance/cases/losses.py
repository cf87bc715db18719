import numpy as np
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, operation

REDUCTIONS = ("mean", "sum", "none")


def pair(draw: Draw, target) -> Call:
    shape = draw.shape(low=1)
    return Call(draw.normal(*shape), target(shape), reduction=draw.choice(*REDUCTIONS))


def unequal() -> list[Call]:
    return [Call(np.ones((3, 1)), np.ones(3))]


@operation("mse", torch=F.mse_loss, bad=unequal)
def mse(draw: Draw) -> Call:
    return pair(draw, lambda shape: draw.normal(*shape))


@operation("mae", torch=F.l1_loss, bad=unequal)
def mae(draw: Draw) -> Call:
    target = draw.normal(*draw.shape(low=1))
    return Call(target + draw.away_from(0, *target.shape), target, reduction=draw.choice(*REDUCTIONS))


@operation("huber", torch=F.huber_loss, bad=unequal)
def huber(draw: Draw) -> Call:
    call = mae(draw)
    call.settings["delta"] = draw.choice(1.0, 0.5, 2.0)
    return call


def binary(logits, target, reduction, from_logits):
    function = F.binary_cross_entropy_with_logits if from_logits else F.binary_cross_entropy
    return function(logits, target, reduction=reduction)


@operation("binary_cross_entropy", torch=binary, bad=unequal)
def binary_cross_entropy(draw: Draw) -> Call:
    call = pair(draw, lambda shape: draw.rng.uniform(size=shape))
    call.settings["from_logits"] = draw.choice(True, False)
    if not call.settings["from_logits"]:
        call.args = draw.rng.uniform(0.02, 0.98, call.args[0].shape), call.args[1]
        call.largest = 0.98
    return call


def misfits() -> list[Call]:
    return [
        Call(np.ones(3), np.zeros(3, int)),
        Call(np.ones((3, 0)), np.zeros(3, int)),
        Call(np.ones((3, 2)), np.zeros(2, int)),
        Call(np.ones((3, 2)), np.ones((3, 1))),
        Call(np.ones((3, 2, 4)), np.zeros(3, int)),
        Call(np.ones((3, 2, 4)), np.ones((3, 4, 2))),
    ]


def reduced(terms, reduction):
    return {"mean": terms.mean, "sum": terms.sum, "none": lambda: terms}[reduction]()


def cross(logits, target, reduction, weight, ignore_index, from_logits):
    """torch's own, whose mean over nothing is NaN where ours is 0."""
    if from_logits:
        return F.cross_entropy(logits, target, weight, reduction=reduction, ignore_index=ignore_index)
    if target.is_floating_point():
        factor = 1 if weight is None else weight.view(-1, *[1] * (logits.ndim - 2))
        return reduced(-(target * factor * logits.log()).sum(1), reduction)
    return F.nll_loss(logits.log(), target, weight, reduction=reduction, ignore_index=ignore_index)


def distributions(draw: Draw, *shape: int) -> np.ndarray:
    """Probabilities over axis 1 that keep away from 0."""
    p = draw.rng.uniform(0.1, 1, size=shape)
    return p / p.sum(axis=1, keepdims=True)


@operation("cross_entropy", torch=cross, bad=misfits)
def cross_entropy(draw: Draw) -> Call:
    n, k, rest = draw.integer(1, 4), draw.integer(1, 5), draw.shape(axes=(0, 2), low=1, high=3)
    from_logits = draw.choice(True, False)
    labels = draw.rng.integers(k, size=(n, *rest))
    ignored = draw.integer(0, k - 1) if k > 1 else -100
    labels[(0,) * labels.ndim] = (ignored + 1) % k  # at least one that is not ignored
    distributed = draw.choice(True, False)
    return Call(
        draw.normal(n, k, *rest) if from_logits else distributions(draw, n, k, *rest),
        distributions(draw, n, k, *rest) if distributed else labels,
        reduction=draw.choice(*REDUCTIONS),
        weight=draw.choice(None, draw.rng.uniform(0.1, 2, size=k)),
        ignore_index=-100 if distributed else draw.choice(-100, ignored),
        from_logits=from_logits,
    )


def rows(draw: Draw) -> Call:
    shape = (*draw.shape(axes=(0, 2), low=1), draw.integer(1, 5))
    p, q = (draw.rng.uniform(0.1, 1, size=shape) for _ in range(2))
    return Call(p / p.sum(axis=-1, keepdims=True), q / q.sum(axis=-1, keepdims=True))


def kl(p, q, reduction):
    return reduced(F.kl_div(q.log(), p, reduction="none").sum(-1), reduction)


@operation("kl_divergence", torch=kl, bad=lambda: [*unequal(), Call(np.float64(1), np.float64(1))])
def kl_divergence(draw: Draw) -> Call:
    return Call(*rows(draw).args, reduction=draw.choice(*REDUCTIONS))


@operation("hellinger", bad=lambda: [*unequal(), Call(np.float64(1), np.float64(1))])
def hellinger(draw: Draw) -> Call:
    shape = (*draw.shape(axes=(0, 2), low=1), draw.integer(1, 5))
    p = draw.rng.uniform(0.1, 1, size=shape)
    q = p * (1 + draw.away_from(0, *shape, gap=0.1) / 4)  # away from p = q, where the distance has its kink
    return Call(p, q, reduction=draw.choice(*REDUCTIONS), squared=draw.choice(True, False))
