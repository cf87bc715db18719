import torch

from tests.conformance.case import other


@other("accuracy")
def accuracy(reference, mirror, rng):
    logits, target = rng.normal(size=(50, 4)), rng.integers(4, size=50)
    expected = sum(row.tolist().index(max(row)) == y for row, y in zip(logits, target, strict=True)) / 50
    assert reference.accuracy(logits, target) == expected
    assert mirror.accuracy(torch.tensor(logits), torch.tensor(target)) == expected


@other("binary_accuracy")
def binary_accuracy(reference, mirror, rng):
    logits, target = rng.normal(size=(50, 1)), rng.integers(2, size=(50, 1))
    expected = sum((z > 0) == bool(y) for z, y in zip(logits[:, 0], target[:, 0], strict=True)) / 50
    assert reference.binary_accuracy(logits, target) == expected
    assert mirror.binary_accuracy(torch.tensor(logits), torch.tensor(target)) == expected
