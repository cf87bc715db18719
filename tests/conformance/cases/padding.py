import numpy as np
from torch.nn import functional as F

from tests.conformance.case import Call, Draw, operation


def in_torch(x, padding, mode):
    sides = (padding,) * (x.ndim - 2) if isinstance(padding, int) else padding
    flat = [p for side in reversed(sides) for p in (side, side)]
    return F.pad(x, flat, mode={"zeros": "constant"}.get(mode, mode))


def misfits() -> list[Call]:
    x = np.ones((1, 1, 3))
    return [
        Call(x[0], padding=1),
        Call(x, padding=3, mode="reflect"),
        Call(x[..., :0], padding=1, mode="replicate"),
    ]


@operation("pad", torch=in_torch, bad=misfits)
def pad(draw: Draw) -> Call:
    axes = draw.integer(1, 3)
    padding = draw.choice(0, 1, 2, tuple(draw.integer(0, 3) for _ in range(axes)))
    sides = (padding,) * axes if isinstance(padding, int) else padding
    x = draw.normal(draw.integer(0, 2), draw.integer(1, 2), *(draw.integer(p + 1, p + 3) for p in sides))
    return Call(x, padding=padding, mode=draw.choice("zeros", "replicate", "reflect"))
