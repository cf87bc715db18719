import numpy as np

from tests.conformance.case import Call, Draw, layer, operation


@operation("dropout", bad=lambda: [Call(np.ones((3, 4)), mask=np.ones(shape)) for shape in ((3,), (2, 3, 4))])
def dropout(draw: Draw) -> Call:
    x = draw.normal(*draw.shape())
    return Call(
        x,
        p=draw.choice(0.0, 0.2, 0.5, 1.0),
        rng=np.random.default_rng(draw.integer(0, 99)),
        training=draw.choice(True, False),
        mask=draw.choice(None, draw.rng.random(x.shape[-1:]) < 0.5),
        scaling=draw.choice("inverted", "test"),
    )


def settings(draw: Draw) -> Call:
    scaling, monte_carlo = draw.choice("inverted", "test"), draw.choice(True, False)
    return Call(draw.choice(0.2, 0.5), scaling=scaling, monte_carlo=monte_carlo)


@layer("Dropout")
def dropout_layer(draw: Draw):
    return settings(draw), (draw.normal(*draw.shape()),)


@layer("Dropout2d", bad=lambda: [(np.ones((3, 4)),)])
def dropout2d_layer(draw: Draw):
    return settings(draw), (draw.normal(*draw.shape(axes=(4, 4))),)
