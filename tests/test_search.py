import numpy as np
import pytest

from dlcore.errors import ValidationError
from dlcore.search import grid_search, random_search

pytest.importorskip("sklearn")


def bowl(lr, width):
    return float("nan") if lr > 1 else (lr - 0.1) ** 2 + (width - 3) ** 2


def test_a_grid_tries_every_combination_once_and_ranks_them():
    result = grid_search(bowl, {"lr": [2, 0.5, 0.1], "width": (3, 4)})
    assert len(result.rows) == 6
    assert result.best == {"lr": 0.1, "width": 3}
    scores = [score for score, _ in result.rows]
    assert scores[:4] == sorted(scores[:4])
    assert np.isnan(scores[4:]).all()
    assert str(result).splitlines()[0].split() == ["lr", "width", "score"]
    assert result._repr_html_().count("<tr>") == 7


def test_random_draws_repeat_with_the_seed():
    from scipy.stats import loguniform

    draws = {"lr": loguniform(1e-3, 1), "width": [1, 2, 3]}
    one, two = (random_search(bowl, draws, n=8, rng=np.random.default_rng(4)) for _ in range(2))
    assert one == two
    assert len(one.rows) == 8
    assert all(1e-3 <= settings["lr"] <= 1 for _, settings in one.rows)
    with pytest.raises(ValidationError, match="at least 1"):
        random_search(bowl, draws, n=0, rng=np.random.default_rng(0))
