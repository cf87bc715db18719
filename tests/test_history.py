import pytest

from dlcore.errors import ValidationError
from dlcore.history import History


def recorded(*losses):
    history = History()
    for i, loss in enumerate(losses):
        history.record(loss=loss, accuracy=i / 10)
    return history


def test_columns_and_rows():
    history = recorded(3, 2, 1)
    assert history.columns == ["loss", "accuracy"]
    assert history["loss"] == [3, 2, 1]
    assert len(history) == 3
    assert [row["accuracy"] for row in history] == [0, 0.1, 0.2]


def test_an_unknown_column_is_named_with_the_known_ones():
    with pytest.raises(KeyError, match="loss, accuracy"):
        recorded(1)["acc"]


def test_every_epoch_has_the_same_columns():
    history = recorded(1)
    with pytest.raises(ValidationError, match="accuracy"):
        history.record(loss=1)
    assert len(history) == 1


@pytest.mark.parametrize(
    ("losses", "sentence"),
    [
        ([], "No epoch recorded."),
        ([2], "1 epoch: loss 2, accuracy 0."),
        ([2, 1], "2 epochs: loss fell from 2 to 1; accuracy rose from 0 to 0.1."),
        ([1, 1], "2 epochs: loss stayed at 1; accuracy rose from 0 to 0.1."),
        ([3, 1, 2], "3 epochs: loss fell from 3 to 2 (lowest 1 after epoch 2); accuracy rose from 0 to 0.2."),
    ],
)
def test_describe(losses, sentence):
    assert recorded(*losses).describe() == sentence


def test_long_histories_are_shortened_but_keep_both_ends():
    text = repr(recorded(*range(30, 0, -1)))
    assert len(text.splitlines()) == 10
    assert text.splitlines()[1].split()[:2] == ["1", "30.0000"]
    assert text.splitlines()[-1].split()[:2] == ["30", "1.0000"]
    assert repr(History()) == "History(empty)"


def test_html_has_a_caption_and_a_row_an_epoch():
    html = recorded(2, 1)._repr_html_()
    assert html.count("<tr>") == 3
    assert "<caption>2 epochs: loss fell" in html


@pytest.mark.parametrize(
    "columns", [{"loss": 1.0}, {"loss": 1.0, "accuracy": 0.5}, {"loss": 1, "val_loss": 2}]
)
def test_plot_draws_every_column_once(columns):
    history = History()
    history.record(columns)
    history.record(columns)
    lines = [line.get_label() for axes in history.plot().axes for line in axes.lines]
    assert sorted(lines) == sorted(columns)
