import numpy as np
import torch

from tests.conformance.case import Call, Draw, operation, other


@operation("l2_penalty", torch=lambda w, alpha: alpha * torch.linalg.vector_norm(w) ** 2)
def l2_penalty(draw: Draw) -> Call:
    return Call(draw.normal(*draw.shape(low=1)), alpha=draw.choice(0.01, 0.5))


@operation("l1_penalty", torch=lambda w, alpha: alpha * torch.linalg.vector_norm(w, 1))
def l1_penalty(draw: Draw) -> Call:
    return Call(draw.away_from(0, *draw.shape(low=1)), alpha=draw.choice(0.01, 0.5))


def gradients(package, arrays, wrap):
    parameters = [package.Parameter(wrap(np.ones_like(a))) for a in arrays]
    for p, a in zip(parameters, arrays, strict=True):
        p.grad = wrap(a.copy())
    return parameters


@other("clip_grad_norm_", "clip_grad_value_")
def clipping(reference, mirror, rng):
    for limit in (0.1, 1.0, 1e6):
        for name in ("clip_grad_norm_", "clip_grad_value_"):
            arrays = [rng.normal(size=(2, 3)), 5 * rng.normal(size=4)]
            ours, theirs = gradients(reference, arrays, np.array), gradients(mirror, arrays, torch.tensor)
            results = [
                getattr(package, name)(parameters, limit)
                for package, parameters in ((reference, ours), (mirror, theirs))
            ]
            assert results[0] is results[1] is None or np.isclose(*results)
            for a, b in zip(ours, theirs, strict=True):
                np.testing.assert_allclose(a.grad, b.grad, rtol=1e-12)
