import numpy as np
import torch

from tests.conformance.case import other

LOSSES = [1.0, 0.9, 0.9, 0.91, 0.89995, 0.9, 0.2, 0.2, 0.2, 0.2, 0.2, 0.2]
SETTINGS = {
    "StepLR": {"step_size": 3, "gamma": 0.5},
    "ExponentialLR": {"gamma": 0.8},
    "CosineAnnealingLR": {"T_max": 5, "eta_min": 0.01},
    "ReduceLROnPlateau": {"factor": 0.3, "patience": 2, "min_lr": 0.02},
}


def rates(schedule, optimizer, read):
    for loss in LOSSES:
        optimizer.step()
        schedule.step(loss) if "Plateau" in type(schedule).__name__ else schedule.step()
        yield read(optimizer)


@other("Schedule", *SETTINGS)
def schedules(reference, mirror, rng):
    for name, settings in SETTINGS.items():
        ours = reference.SGD([reference.Parameter(np.ones(1))], lr=0.4)
        theirs = [cls([torch.nn.Parameter(torch.ones(1))], lr=0.4) for cls in (mirror.SGD, torch.optim.Adam)]
        expected = list(rates(getattr(reference, name)(ours, **settings), ours, lambda o: o.lr))
        assert len(set(expected)) > 2
        witness = getattr(torch.optim.lr_scheduler, name)
        for schedule, optimizer in zip((getattr(mirror, name), witness), theirs, strict=True):
            found = list(rates(schedule(optimizer, **settings), optimizer, lambda o: o.param_groups[0]["lr"]))
            np.testing.assert_allclose(found, expected, rtol=1e-12, err_msg=name)
        assert issubclass(getattr(reference, name), reference.Schedule)
