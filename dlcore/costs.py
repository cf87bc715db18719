"""What a layer costs: parameters with their formula, multiply-adds, memory of its output.

Everything is read off a layer's class name, parameter shapes and input and output
shapes, so it serves both packages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import prod

from dlcore.tables import html_table, text_table

__all__ = ["Row", "Summary", "multiply_adds", "parameter_formula"]

Shape = tuple[int, ...]
SUPERSCRIPTS = {1: "", 2: "²", 3: "³"}


def parameter_formula(kind: str, shapes: Mapping[str, Shape]) -> str:
    """Write a layer's parameter count as a formula, with its numbers.

    Parameters
    ----------
    kind : str
        Class name of the layer.
    shapes : mapping of str to tuple of int
        Shapes of its own parameters by name.

    Returns
    -------
    str
        Such as ``"k(d f² + 1) = 64(3·3² + 1) = 1,792"``; empty if there are none.

    Examples
    --------
    >>> parameter_formula("Conv2d", {"weight": (64, 3, 3, 3), "bias": (64,)})
    'k(d f² + 1) = 64(3·3² + 1) = 1,792'
    >>> parameter_formula("Dense", {"weight": (10, 64), "bias": (10,)})
    'k(d + 1) = 10(64 + 1) = 650'
    """
    count = sum(prod(shape) for shape in shapes.values())
    if not shapes:
        return ""
    weight, plus = shapes.get("weight", ()), " + 1" if "bias" in shapes else ""
    if kind == "Dense":
        k, d = weight
        return f"k(d{plus}) = {k}({d}{plus}) = {count:,}"
    if kind.startswith("Conv"):
        return _convolution_formula(kind, weight, plus, count)
    if "weight_hh_l0" in shapes or "weight_hh" in shapes:
        return _recurrent_formula(shapes, count)
    if kind == "Embedding":
        return f"v d = {weight[0]}·{weight[1]} = {count:,}"
    return " + ".join("·".join(map(str, shape)) or "1" for shape in shapes.values()) + f" = {count:,}"


def _convolution_formula(kind: str, weight: Shape, plus: str, count: int) -> str:
    # a transposed convolution stores (in, out, ...), a plain one (out, in, ...)
    (d, k), sides = (weight[:2] if "Transpose" in kind else weight[1::-1]), weight[2:]
    power = SUPERSCRIPTS[len(sides)]
    if len(set(sides)) == 1:
        symbol, numbers = f"f{power}", f"{sides[0]}{power}"
    else:
        symbol, numbers = " ".join(f"f{'₁₂₃'[i]}" for i in range(len(sides))), "·".join(map(str, sides))
    return f"k(d {symbol}{plus}) = {k}({d}·{numbers}{plus}) = {count:,}"


def _recurrent_formula(shapes: Mapping[str, Shape], count: int) -> str:
    parts = []
    for name, shape in shapes.items():
        if not name.startswith("weight_ih"):
            continue
        hidden = shapes[name.replace("_ih", "_hh")][1]
        biases = " + 2" if name.replace("weight", "bias") in shapes else ""
        gates = shape[0] // hidden
        parts.append(f"{gates}·{hidden}({shape[1]} + {hidden}{biases})")
    biases = " + 2" if any(name.startswith("bias") for name in shapes) else ""
    return f"g h(d + h{biases}) = {' + '.join(parts)} = {count:,}"


def multiply_adds(kind: str, shapes: Mapping[str, Shape], x: Shape, y: Shape) -> int:
    """Count the multiplications with weights in one forward pass of one sample.

    Parameters
    ----------
    kind : str
        Class name of the layer.
    shapes : mapping of str to tuple of int
        Shapes of its own parameters by name.
    x, y : tuple of int
        Shapes of input and output, with a batch axis of length 1.

    Returns
    -------
    int
        Zero for layers without matrix products, such as activations and pooling.
    """
    weights = sum(prod(shape) for name, shape in shapes.items() if "weight" in name and len(shape) > 1)
    if kind == "Dense":
        return weights * prod(y[:-1])
    if kind.startswith("Conv"):
        return weights * prod((x if "Transpose" in kind else y)[2:])
    if any("weight_hh" in name for name in shapes):
        return weights * (x[1] if len(x) == 3 else 1)
    return 0


@dataclass(frozen=True)
class Row:
    """One layer of a model.

    Attributes
    ----------
    name, kind : str
        Place in the model and class name.
    output : tuple of int
        Shape of its output, without the batch axis.
    parameters : int
        Number of its own parameters; a layer that comes again counts once.
    formula : str
        The count as a formula.
    memory : int
        Bytes of its output for one sample.
    multiply_adds : int
        See `multiply_adds`.
    """

    name: str
    kind: str
    output: Shape
    parameters: int
    formula: str
    memory: int
    multiply_adds: int


@dataclass(frozen=True)
class Summary:
    """A model's layers and what they cost for one sample.

    Attributes
    ----------
    rows : tuple of Row
        The layers in the order of their calls.
    """

    rows: tuple[Row, ...]

    @property
    def parameters(self) -> int:
        """Number of all parameters.

        Returns
        -------
        int
            Shared ones count once.
        """
        return sum(row.parameters for row in self.rows)

    @property
    def memory(self) -> int:
        """Bytes of all outputs, which training keeps for the way back.

        Returns
        -------
        int
            For one sample.
        """
        return sum(row.memory for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Number of multiplications with weights.

        Returns
        -------
        int
            For one sample's forward pass.
        """
        return sum(row.multiply_adds for row in self.rows)

    _head = ("layer", "", "output", "parameters", "formula", "memory", "multiply-adds")

    def _table(self) -> list[tuple[str, ...]]:
        body = [
            (
                r.name,
                r.kind,
                "×".join(map(str, r.output)),
                f"{r.parameters:,}",
                r.formula,
                size(r.memory),
                f"{r.multiply_adds:,}",
            )
            for r in self.rows
        ]
        total = ("total", "", "", f"{self.parameters:,}", "", size(self.memory), f"{self.multiply_adds:,}")
        return [*body, total]

    def __str__(self) -> str:
        return text_table(self._head, self._table(), left=True)

    __repr__ = __str__

    def _repr_html_(self) -> str:
        caption = f"{len(self.rows)} layers, {self.parameters:,} parameters; costs for one sample"
        return html_table(self._head, self._table(), caption=caption)


def size(count: int) -> str:
    """Write a number of bytes for people.

    Parameters
    ----------
    count : int
        Bytes.

    Returns
    -------
    str
        In B, KiB, MiB or GiB.
    """
    value, unit = float(count), "B"
    for larger in ("KiB", "MiB", "GiB"):
        if value < 1024:
            break
        value, unit = value / 1024, larger
    return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
