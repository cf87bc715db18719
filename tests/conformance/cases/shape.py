import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, layer, operation, other
from tests.conformance.support import close


def axes(draw: Draw):
    x = draw.normal(*draw.shape(axes=(1, 4), high=3))
    start = draw.integer(0, x.ndim - 1)
    return x, start, draw.integer(start, x.ndim - 1) - draw.choice(0, x.ndim)


@operation(
    "flatten",
    torch=torch.flatten,
    bad=lambda: [Call(np.ones(3)), Call(np.ones((3, 4)), start_dim=1, end_dim=0)],
)
def flatten(draw: Draw) -> Call:
    x, start, end = axes(draw)
    return Call(x, start_dim=start, end_dim=end)


@layer("Flatten", torch=nn.Flatten, rng=False, bad=lambda: [(np.ones(()),)])
def flatten_layer(draw: Draw):
    x, start, end = axes(draw)
    return Call(start, end), (x,)


def words(draw: Draw):
    """Indices that repeat, a size of the table, and perhaps a word that stands for nothing."""
    size = draw.integer(1, 4)
    return draw.rng.integers(size, size=draw.shape(axes=(0, 2))), size, draw.choice(None, size - 1)


@operation("embedding", torch=F.embedding, bad=lambda: [Call(np.zeros(2, int), np.ones(3))])
def embedding(draw: Draw) -> Call:
    indices, size, _ = words(draw)
    return Call(indices, draw.normal(size, draw.integer(1, 3)))


def table(num_embeddings, embedding_dim, *, rng, dtype):
    return nn.Embedding(num_embeddings, embedding_dim, dtype=dtype)


@layer("Embedding", torch=table)
def embedding_layer(draw: Draw):
    indices, size, _ = words(draw)
    return Call(size, draw.integer(1, 3)), (indices,)


@other("one_hot")
def one_hot(reference, mirror, rng):
    for shape in ((), (4,), (2, 3), (0,)):
        indices = rng.integers(5, size=shape)
        for name in ("float32", "float64", "int64"):
            ours = reference.one_hot(indices, 5, dtype=getattr(np, name))
            theirs = mirror.one_hot(torch.tensor(indices), 5, dtype=getattr(torch, name))
            assert ours.dtype == theirs.numpy().dtype == np.dtype(name)
            close(ours, theirs, 0, "one_hot")
            close(ours, F.one_hot(torch.tensor(indices), 5), 0, "one_hot of torch")
