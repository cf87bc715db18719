import numpy as np
import pytest

from dlcore.errors import ValidationError
from dlcore.reference import SGD, Parameter
from dlcore.schedules import CosineAnnealingLR, ExponentialLR, ReduceLROnPlateau, Schedule, StepLR


def optimizer(lr=0.5):
    return SGD([Parameter(np.ones(1))], lr=lr)


def test_the_books_decay():
    sgd = optimizer(0.5)
    schedule, rates = ExponentialLR(sgd, 0.9), [0.5]
    for _ in range(44):
        schedule.step()
        rates.append(sgd.lr)
    np.testing.assert_allclose([rates[1], rates[10], rates[20]], [0.45, 0.17434, 0.06079], atol=5e-6)
    assert rates[43] > 0.005 > rates[44]


def test_a_decay_without_floor_can_stop_short():
    sgd, z = optimizer(0.1), 1.0
    schedule = ExponentialLR(sgd, 0.9)
    for _ in range(1000):
        z -= sgd.lr * 2 * z
        schedule.step()
    assert z == pytest.approx(0.120459, abs=1e-6)


def test_cosine_reaches_its_lowest_rate_at_t_max():
    sgd = optimizer()
    schedule = CosineAnnealingLR(sgd, 4, eta_min=0.1)
    for _ in range(4):
        schedule.step()
    assert sgd.lr == pytest.approx(0.1)


def test_plateau_waits_for_its_patience():
    sgd = optimizer()
    schedule, rates = ReduceLROnPlateau(sgd, factor=0.1, patience=1), []
    for loss in (1, 1, 1, 0.5, 0.5, 0.5, 0.5):
        schedule.step(loss)
        rates.append(sgd.lr)
    np.testing.assert_allclose(rates, [0.5, 0.5, 0.05, 0.05, 0.05, 0.005, 0.005])


KINDS = [
    lambda o: StepLR(o, 2),
    lambda o: ExponentialLR(o, 0.5),
    lambda o: CosineAnnealingLR(o, 9),
    lambda o: ReduceLROnPlateau(o, patience=1),
]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schedule_goes_on_where_another_stopped(kind):
    def run(schedule, sgd, epochs):
        for _ in range(epochs):
            schedule.step(1.0)
        return sgd.lr

    whole = optimizer()
    expected = run(kind(whole), whole, 7)
    first = optimizer()
    schedule = kind(first)
    run(schedule, first, 3)
    second = optimizer(first.lr)
    again = kind(second)
    again.load_state_dict(schedule.state_dict())
    assert run(again, second, 4) == pytest.approx(expected, rel=1e-15)


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (lambda o: StepLR(o, 0), "step_size"),
        (lambda o: CosineAnnealingLR(o, 0), "T_max"),
        (lambda o: ReduceLROnPlateau(o, factor=1.0), "factor"),
        (lambda o: ReduceLROnPlateau(o).step(), "needs the loss"),
        (lambda o: StepLR(o, 1).load_state_dict({"epoch": 1}), "base_lrs"),
    ],
)
def test_bad_settings_are_refused(build, name):
    with pytest.raises(ValidationError, match=name):
        build(optimizer())


def test_the_base_class_has_no_rate():
    with pytest.raises(TypeError, match="lr_at"):
        Schedule(optimizer()).step()
