import torch

from tests.conformance.case import other


@other("summary")
def summary(reference, mirror, rng):
    def table(package):
        shared = package.Dense(6, 6, rng=rng)
        return package.summary(
            package.Sequential(package.Dense(4, 6, rng=rng), shared, package.Tanh(), shared), (4,)
        )

    ours, theirs = table(reference), table(mirror)
    assert ours == theirs
    assert [row.parameters for row in ours.rows] == [30, 42, 0, 0]
    assert ours.multiply_adds == 24 + 36 + 36
    assert str(ours) == str(theirs)
    builtin = torch.nn.Sequential(torch.nn.Linear(4, 6), torch.nn.ReLU())
    assert mirror.summary(builtin, (4,)).parameters == 30
