"""Sliding windows: which pixels a kernel reads and how large the output is.

Plain integers, shared by the convolutions and pools of both packages. One `Window`
describes how a kernel moves: its size, step, spacing and the border it may enter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from numbers import Integral
from typing import Any

from dlcore.errors import ShapeError, ValidationError

__all__ = [
    "PADDING_MODES",
    "Window",
    "check_border",
    "check_channels",
    "check_filters",
    "check_maps",
    "conv_output_size",
    "conv_transpose_output_size",
    "per_axis",
    "spread_size",
]

Sizes = int | Sequence[int]
Shape = tuple[int, ...]

#: What may stand outside an image.
PADDING_MODES = ("zeros", "replicate", "reflect")


def per_axis(where: str, name: str, value: Sizes, axes: int, least: int = 1) -> Shape:
    """Spell out a setting that may be one number for all axes.

    Parameters
    ----------
    where : str
        The operation, for the message.
    name : str
        The setting, for the message.
    value : int or sequence of int
        One number for all axes or one an axis.
    axes : int
        Number of axes.
    least : int, default 1
        Smallest number allowed.

    Returns
    -------
    tuple of int
        One number an axis.

    Raises
    ------
    ValidationError
        If it is anything else.
    """
    values: Any = [value] * axes if isinstance(value, Integral) else value
    listed = isinstance(values, Sequence) and not isinstance(values, str) and len(values) == axes
    if listed and all(isinstance(v, Integral) and int(v) >= least for v in values):
        return tuple(int(v) for v in values)
    many = "" if axes == 1 else f", or {axes} of them"
    raise ValidationError(f"{where}: {name} must be an integer of at least {least}{many}, got {value!r}")


def _sides(where: str, size: Sizes, least: int) -> Shape:
    return per_axis(where, "size", size, len(size) if isinstance(size, Sequence) else 1, least)


@dataclass(frozen=True)
class Window:
    """How a kernel moves over the spatial axes of an image.

    Attributes
    ----------
    kernel : tuple of int
        Taps f along each axis.
    stride : tuple of int
        Pixels s from one position to the next.
    dilation : tuple of int
        Pixels d from one tap to the next.
    pads : tuple of pair of int
        Pixels added before and after each axis.
    """

    kernel: Shape
    stride: Shape
    dilation: Shape
    pads: tuple[tuple[int, int], ...]

    @classmethod
    def of(
        cls, where: str, kernel: Shape, stride: Sizes = 1, padding: Sizes | str = 0, dilation: Sizes = 1
    ) -> Window:
        """Read the settings of an operation.

        Parameters
        ----------
        where : str
            The operation, for messages.
        kernel : tuple of int
            Taps along each axis.
        stride : int or sequence of int
            For all axes or one an axis.
        padding : int, sequence of int, "valid" or "same"
            "same" puts the odd pixel of an even extent after the image.
        dilation : int or sequence of int
            For all axes or one an axis.

        Returns
        -------
        Window
            With one number an axis.

        Raises
        ------
        ValidationError
            If a setting is out of range, or "same" meets a stride.
        """
        axes = len(kernel)
        stride = per_axis(where, "stride", stride, axes)
        dilation = per_axis(where, "dilation", dilation, axes)
        if padding == "same":
            if prod(stride) != 1:
                raise ValidationError(f"{where}: padding='same' needs stride 1, got {stride}")
            missing = [d * (f - 1) for f, d in zip(kernel, dilation, strict=True)]
            return cls(kernel, stride, dilation, tuple((m // 2, m - m // 2) for m in missing))
        if isinstance(padding, str) and padding != "valid":
            raise ValidationError(f"{where}: padding must be numbers, 'valid' or 'same', got {padding!r}")
        sides = per_axis(where, "padding", 0 if isinstance(padding, str) else padding, axes, least=0)
        return cls(kernel, stride, dilation, tuple((p, p) for p in sides))

    @classmethod
    def pool(
        cls,
        where: str,
        axes: int,
        kernel_size: Sizes,
        stride: Sizes | None,
        padding: Sizes = 0,
        dilation: Sizes = 1,
    ) -> Window:
        """Read the settings of a pool.

        Parameters
        ----------
        where : str
            The operation, for messages.
        axes : int
            Number of spatial axes.
        kernel_size : int or sequence of int
            Size of the window.
        stride : int or sequence of int, optional
            The size of the window if omitted.
        padding, dilation : int or sequence of int
            Border and spacing.

        Returns
        -------
        Window
            With one number an axis.

        Raises
        ------
        ValidationError
            If a setting is out of range, or the border is wider than half a window.
        """
        kernel = per_axis(where, "kernel_size", kernel_size, axes)
        window = cls.of(where, kernel, kernel if stride is None else stride, padding, dilation)
        if any(2 * before > f for (before, _), f in zip(window.pads, kernel, strict=True)):
            raise ValidationError(
                f"{where}: padding must be at most half of kernel_size {kernel}, got {padding}"
            )
        return window

    @classmethod
    def overlapping(cls, where: str, kernel: Shape, mode: str) -> Window:
        """Window of a true convolution of two arrays.

        Parameters
        ----------
        where : str
            The operation, for messages.
        kernel : tuple of int
            Taps along each axis.
        mode : {"full", "same", "valid"}
            How far the window may leave the image.

        Returns
        -------
        Window
            That moves pixel by pixel.

        Raises
        ------
        ValidationError
            If there is no such mode.
        """
        # "same" starts (k - 1)//2 places into "full"
        borders = {
            "full": [(k - 1, k - 1) for k in kernel],
            "same": [(k // 2, (k - 1) // 2) for k in kernel],
            "valid": [(0, 0) for _ in kernel],
        }
        if mode not in borders:
            raise ValidationError(f"{where}: mode must be one of {', '.join(borders)}, got {mode!r}")
        steps = (1,) * len(kernel)
        return cls(kernel, steps, steps, tuple(borders[mode]))

    @property
    def extent(self) -> Shape:
        """Pixels from the first tap to the last: d(f - 1) + 1.  [rawassizadeh 10]

        Returns
        -------
        tuple of int
            One number an axis.
        """
        return tuple(d * (f - 1) + 1 for f, d in zip(self.kernel, self.dilation, strict=True))

    def padded(self, size: Shape) -> Shape:
        """Size of an image with its border.

        Parameters
        ----------
        size : tuple of int
            Without it.

        Returns
        -------
        tuple of int
            One number an axis.
        """
        return tuple(n + before + after for n, (before, after) in zip(size, self.pads, strict=True))

    def positions(self, size: Shape) -> Shape:
        """Count the positions at which the window lies inside the padded image.

        Parameters
        ----------
        size : tuple of int
            The image, without padding.

        Returns
        -------
        tuple of int
            ⌊(padded - extent) / s⌋ + 1 along each axis, 0 where the window does not fit.
        """
        room = zip(self.padded(size), self.extent, self.stride, strict=True)
        return tuple(max((n - extent) // s + 1, 0) for n, extent, s in room)

    def taps(self, offset: Shape, positions: Shape) -> tuple[slice, ...]:
        """Padded pixels that one tap reads while the window visits its positions.

        Parameters
        ----------
        offset : tuple of int
            Which tap, counted from the first.
        positions : tuple of int
            Number of positions along each axis, at least one.

        Returns
        -------
        tuple of slice
            One an axis.
        """
        axes = zip(offset, positions, self.stride, self.dilation, strict=True)
        return tuple(slice(k * d, k * d + s * (n - 1) + 1, s) for k, n, s, d in axes)

    def fitted(self, where: str, shape: Shape) -> Shape:
        """Count the positions, and refuse an image that is too small for one.

        Parameters
        ----------
        where : str
            The operation, for the message.
        shape : tuple of int
            ``(N, C, *size)``.

        Returns
        -------
        tuple of int
            Positions along each axis, at least one.

        Raises
        ------
        ShapeError
            If the window is larger than the padded image.
        """
        size = shape[-len(self.kernel) :]
        positions = self.positions(size)
        if 0 in positions:
            reason = f"a window over {_by(self.extent)} pixels does not fit into {_by(self.padded(size))}"
            raise ShapeError(where, f"a padded image of at least {_by(self.extent)} pixels", shape, reason)
        return positions


def _by(size: Shape) -> str:
    return "x".join(map(str, size))


def check_maps(where: str, shape: Shape, axes: int) -> None:
    """Refuse anything but a batch of maps with `axes` spatial axes.

    Parameters
    ----------
    where : str
        The operation, for the message.
    shape : tuple of int
        What came.
    axes : int
        Number of spatial axes.

    Raises
    ------
    ShapeError
        If there are more or fewer than ``axes + 2`` axes.
    """
    if len(shape) != axes + 2:
        raise ShapeError(where, _maps("C", axes), shape, f"{len(shape)} axes instead of {axes + 2}")


def _maps(channels: object, axes: int) -> str:
    return f"(N, {channels}, {', '.join(('D', 'H', 'W')[-axes:] if axes > 1 else ('L',))})"


def check_border(where: str, shape: Shape, pads: Sequence[tuple[int, int]], mode: str) -> None:
    """Refuse a border that the image cannot fill.

    Parameters
    ----------
    where : str
        The operation, for the message.
    shape : tuple of int
        ``(N, C, *size)``.
    pads : sequence of pair of int
        Pixels before and after each spatial axis.
    mode : str
        One of `PADDING_MODES`.

    Raises
    ------
    ShapeError
        If an axis is too short to be mirrored or repeated.
    ValidationError
        If there is no such mode.
    """
    if mode not in PADDING_MODES:
        raise ValidationError(
            f"{where}: padding mode must be one of {', '.join(PADDING_MODES)}, got {mode!r}"
        )
    for n, sides in zip(shape[-len(pads) :], pads, strict=True):
        least = {"zeros": 0, "replicate": min(max(sides), 1), "reflect": max(sides) + 1 if any(sides) else 0}
        if n < least[mode]:
            reason = f"{n} pixel(s) cannot fill a border of {max(sides)}"
            raise ShapeError(where, f"at least {least[mode]} pixels along each axis to {mode}", shape, reason)


def check_channels(where: str, in_channels: int, out_channels: int, groups: int) -> None:
    """Refuse channels that do not fall into `groups` blocks.

    Parameters
    ----------
    where : str
        The layer, for the message.
    in_channels, out_channels, groups : int
        Numbers of channels and of blocks.

    Raises
    ------
    ValidationError
        If one is not positive or the blocks are not whole.
    """
    per_axis(where, "groups", groups, 1)
    for name, count in {"in_channels": in_channels, "out_channels": out_channels}.items():
        per_axis(where, name, count, 1)
        if count % groups:
            raise ValidationError(f"{where}: groups={groups} does not divide {name}={count}")


def check_filters(
    where: str, x: Shape, weight: Shape, bias: Shape | None, groups: int, axes: int, transposed: bool = False
) -> None:
    """Refuse shapes that do not make a convolution.

    Parameters
    ----------
    where : str
        The operation, for the message.
    x, weight, bias : tuple of int
        The shapes; None where there is no bias.
    groups : int
        Number of blocks into which the channels fall.
    axes : int
        Number of spatial axes.
    transposed : bool, default False
        Whether the weight is ``(C, O/groups, *kernel)`` instead of ``(O, C/groups, *kernel)``.

    Raises
    ------
    ShapeError
        If axes, channels or biases do not fit each other.
    ValidationError
        If `groups` does not divide the channels.
    """
    (groups,) = per_axis(where, "groups", groups, 1)
    if len(weight) != axes + 2 or 0 in weight:
        raise ShapeError(where, f"a weight of {axes + 2} axes, none empty", weight)
    inputs, outputs = (weight[0], weight[1] * groups) if transposed else (weight[1] * groups, weight[0])
    if len(x) != axes + 2 or x[1] != inputs:
        plural = "" if len(x) > 1 and x[1] == 1 else "s"
        got = f"{x[1]} channel{plural}" if len(x) == axes + 2 else f"{len(x)} axes"
        want = f"where the weights have {inputs}" if len(x) == axes + 2 else f"instead of {axes + 2}"
        raise ShapeError(where, _maps(inputs, axes), x, f"{got} {want}")
    if weight[0] % groups:
        raise ValidationError(
            f"{where}: groups={groups} does not divide the {weight[0]} channels of the weight"
        )
    if bias is not None and bias != (outputs,):
        raise ShapeError(where, f"a bias of shape ({outputs},)", bias, "one entry an output channel")


def conv_output_size(
    size: Sizes,
    kernel_size: Sizes,
    stride: Sizes = 1,
    padding: Sizes | str = 0,
    dilation: Sizes = 1,
    strict: bool = False,
) -> int | Shape:
    """Size of a convolution's or pool's output: n = (m - f + 2p)/s + 1.  [mmds eq. 13.3, rawassizadeh 10]

    With a dilation d the filter reaches over d(f - 1) + 1 pixels, and that stands for f.
    Where the stride does not fit, libraries round down and leave the last pixels unread;
    mmds holds that to be a mistake in the design, and ``strict=True`` sides with it.

    Parameters
    ----------
    size : int or sequence of int
        Side m of the image, or one side an axis.
    kernel_size : int or sequence of int
        Side f of the filter.
    stride : int or sequence of int, default 1
        Step s.
    padding : int, sequence of int, "valid" or "same", default 0
        Pixels p added on each side.
    dilation : int or sequence of int, default 1
        Spacing d of the taps.
    strict : bool, default False
        Raise instead of rounding down.

    Returns
    -------
    int or tuple of int
        Side n of the output, in the form of `size`.

    Raises
    ------
    ShapeError
        If the filter is larger than the padded image.
    ValidationError
        If `strict` and the stride does not divide m - f + 2p.

    Examples
    --------
    >>> conv_output_size(224, 5, padding=2), conv_output_size((7, 9), 2, stride=2)
    (224, (3, 4))
    """
    where = "conv_output_size"
    sizes = _sides(where, size, least=0)
    kernel = per_axis(where, "kernel_size", kernel_size, len(sizes))
    window = Window.of(where, kernel, stride, padding, dilation)
    positions = window.fitted(where, sizes)
    if strict:
        for axis, n in enumerate(window.padded(sizes)):
            _refuse_remainder(where, n, window.extent[axis], window.stride[axis])
    return positions if isinstance(size, Sequence) else positions[0]


def _refuse_remainder(where: str, n: int, extent: int, stride: int) -> None:
    left = (n - extent) % stride
    if not left:
        return
    more = [p for p in range(1, stride) if (n + 2 * p - extent) % stride == 0]
    cure = f"; {more[0]} more pixel(s) of padding on each side would fit" if more else ""
    raise ValidationError(
        f"{where}: stride {stride} does not fit: ({n} - {extent})/{stride} + 1 = "
        f"{(n - extent) / stride + 1:.4g} is no whole number, and the last {left} of {n} "
        f"pixels (padding included) would not be read{cure}"
    )


def conv_transpose_output_size(
    size: Sizes,
    kernel_size: Sizes,
    stride: Sizes = 1,
    padding: Sizes = 0,
    output_padding: Sizes = 0,
    dilation: Sizes = 1,
) -> int | Shape:
    """Size of a transposed convolution's output: (n - 1)s - 2p + d(f - 1) + 1 + q.  [rawassizadeh 10]

    Parameters
    ----------
    size : int or sequence of int
        Side n of the input, or one side an axis.
    kernel_size : int or sequence of int
        Side f of the filter.
    stride : int or sequence of int, default 1
        Distance s of the copies of the filter.
    padding : int or sequence of int, default 0
        Pixels p cut off on each side.
    output_padding : int or sequence of int, default 0
        Pixels q added after the end: which of the s sizes that a strided convolution
        maps to n is meant.
    dilation : int or sequence of int, default 1
        Spacing d of the taps.

    Returns
    -------
    int or tuple of int
        Side of the output, in the form of `size`.

    Raises
    ------
    ShapeError
        If nothing would be left.
    ValidationError
        If a setting is out of range, or q is neither below the stride nor below the dilation.
    """
    where = "conv_transpose_output_size"
    sizes = _sides(where, size, least=1)
    kernel = per_axis(where, "kernel_size", kernel_size, len(sizes))
    window = Window.of(where, kernel, stride, padding, dilation)
    result = spread_size(where, sizes, window, output_padding)
    return result if isinstance(size, Sequence) else result[0]


def spread_size(where: str, shape: Shape, window: Window, output_padding: Sizes) -> Shape:
    """Size over which a transposed convolution spreads its input.

    Parameters
    ----------
    where : str
        The operation, for messages.
    shape : tuple of int
        ``(N, C, *size)`` of the input.
    window : Window
        How the filter moves over the output.
    output_padding : int or sequence of int
        Pixels added after the end.

    Returns
    -------
    tuple of int
        Without the border that `window` cuts off.

    Raises
    ------
    ShapeError
        If nothing is left.
    ValidationError
        If `output_padding` is neither below the stride nor below the dilation.
    """
    axes = len(window.kernel)
    extra = per_axis(where, "output_padding", output_padding, axes, least=0)
    if any(q >= max(s, d) for q, s, d in zip(extra, window.stride, window.dilation, strict=True)):
        raise ValidationError(f"{where}: output_padding {extra} must be below the stride or the dilation")
    settings = zip(shape[-axes:], window.stride, window.extent, window.pads, extra, strict=True)
    size = tuple((n - 1) * s + extent + q - before - after for n, s, extent, (before, after), q in settings)
    if min(size) < 1 or 0 in shape[-axes:]:
        raise ShapeError(where, "an input that leaves an output", shape, f"the output would be {_by(size)}")
    return size
