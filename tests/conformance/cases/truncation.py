import numpy as np
import torch

from tests.conformance.case import other


@other("truncated_bptt")
def truncated_bptt(reference, mirror, rng):
    """Same chunks, values, states and, summed over the chunks, the same gradients."""
    x, cotangent = rng.normal(size=(3, 7, 2)), rng.normal(size=(3, 7, 4))
    lengths = np.array([7, 2, 4])
    ours, theirs = (
        package.LSTM(2, 4, rng=np.random.default_rng(1), dtype=dtype)
        for package, dtype in ((reference, np.float64), (mirror, torch.float64))
    )
    pairs = zip(
        reference.truncated_bptt(ours, x, 3, lengths=lengths),
        mirror.truncated_bptt(theirs, torch.tensor(x), 3, lengths=torch.tensor(lengths)),
        strict=True,
    )
    pieces = []
    for (steps, *values), (their_steps, *their_values) in pairs:
        assert steps == their_steps
        pieces.append(steps)
        for value, their_value in zip(values, their_values, strict=True):
            np.testing.assert_allclose(value, their_value.detach(), rtol=1e-10, atol=1e-12)
        ours.backward(cotangent[:, steps])
        (their_values[0] * torch.tensor(cotangent[:, steps])).sum().backward()
    assert pieces == [slice(0, 3), slice(3, 6), slice(6, 7)]
    for name, parameter in theirs.named_parameters():
        np.testing.assert_allclose(ours.grads[name], parameter.grad, rtol=1e-9, atol=1e-12)
