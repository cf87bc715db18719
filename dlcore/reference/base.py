"""What every layer shares: parameters, recorded calls, and the way back.

An *operation* is a function that returns its value and its pullback::

    y, back = dense(x, weight, bias)
    dx, dweight, dbias = back(dy)

A *layer* owns parameters and calls an operation with them. It keeps the pullback of
each call on a stack, so ``backward`` undoes the calls in reverse order: a layer that is
used twice, or at every step of a sequence, needs no code of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dlcore._building import Recorded
from dlcore.errors import ShapeError, StalePullbackError, ValidationError

__all__ = ["Layer", "Parameter", "Residual", "Sequential", "no_grad", "observe_calls"]

Array = NDArray[Any]
Pullback = Callable[..., Any]
Observer = Callable[["Layer", tuple[Array, ...], Any], None]

_recording = True
#: How many layers are running, one inside the other; the outermost undoes what a failed call left.
_depth = 0
_observers: list[Observer] = []


@contextmanager
def no_grad() -> Iterator[None]:
    """Run layers without keeping their pullbacks, as for predictions.

    Yields
    ------
    None
        Inside the block ``backward`` has nothing to undo.
    """
    global _recording
    before, _recording = _recording, False
    try:
        yield
    finally:
        _recording = before


@contextmanager
def observe_calls(observer: Observer) -> Iterator[None]:
    """Call ``observer(layer, inputs, outputs)`` after each layer's forward pass.

    Parameters
    ----------
    observer : callable
        What to call; it sees inner layers before the layer that holds them.

    Yields
    ------
    None
        The observer is active inside the block.
    """
    _observers.append(observer)
    try:
        yield
    finally:
        _observers.remove(observer)


class Parameter:
    """A weight that training changes, and the gradient collected for it.

    Parameters
    ----------
    value : array_like
        Initial value, any shape. Updated in place, never replaced.

    Attributes
    ----------
    value : ndarray
        The weight.
    grad : ndarray
        Sum of the gradients since the last ``zero_grad``, shaped as `value`.
    version : int
        Number of updates so far. A pullback recorded at another version is stale.
    """

    __slots__ = ("grad", "value", "version")

    def __init__(self, value: ArrayLike) -> None:
        self.value: Array = np.array(value, order="C")
        self.grad: Array = np.zeros_like(self.value)
        self.version = 0

    def assign(self, value: ArrayLike) -> None:
        """Overwrite the value in place.

        Parameters
        ----------
        value : array_like
            New value, shaped as the old one.

        Raises
        ------
        ShapeError
            If the shapes differ; the old value stays.
        """
        new = np.asarray(value)
        if new.shape != self.value.shape:
            raise ShapeError("a parameter", str(self.value.shape), new.shape)
        self.value[...] = new
        self.version += 1

    def __repr__(self) -> str:
        return f"Parameter{self.value.shape}"


class ParameterView(MutableMapping[str, Array]):
    """The parameters of a layer by name; assigning writes in place and marks old pullbacks stale.

    Parameters
    ----------
    parameters : dict of str to Parameter
        The parameters, by ``state_dict`` name.
    """

    def __init__(self, parameters: dict[str, Parameter]) -> None:
        self._parameters = parameters

    def __getitem__(self, name: str) -> Array:
        return self._parameters[name].value

    def __setitem__(self, name: str, value: ArrayLike) -> None:
        if name not in self._parameters:
            raise ValidationError(f"no parameter {name!r}; there are {', '.join(self._parameters) or 'none'}")
        self._parameters[name].assign(value)

    def __delitem__(self, name: str) -> None:
        raise ValidationError(f"parameter {name!r} belongs to its layer and cannot be removed")

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def __repr__(self) -> str:
        return f"{{{', '.join(f'{name!r}: {p.value.shape}' for name, p in self._parameters.items())}}}"


class _Call(NamedTuple):
    """One recorded call: its pullback, the outputs' shapes, and the parameters' versions then."""

    back: Pullback
    shapes: tuple[tuple[int, ...], ...]
    inputs: int
    versions: tuple[int, ...]


class Layer(Recorded):
    """Base of all layers.

    A layer with mathematics of its own defines ``operation(*inputs, *parameters)``,
    which returns ``(outputs, back)``; a layer made of other layers overrides
    ``forward`` and ``backward``. Parameters and layers assigned as attributes are
    found by themselves and named as in PyTorch's ``state_dict``.

    Attributes
    ----------
    training : bool
        Whether the layer behaves as in training (dropout, batch normalization).
    """

    def __init__(self) -> None:
        self.training = True
        self._own: dict[str, Parameter] = {}
        self._children: dict[str, Layer] = {}
        self._buffers: dict[str, Array] = {}
        self._calls: list[_Call] = []

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, Parameter | Layer) and "_own" not in self.__dict__:
            raise ValidationError(f"{type(self).__name__}.__init__ must call super().__init__() first")
        if isinstance(value, Parameter):
            self._own[name] = value
        elif isinstance(value, Layer):
            self._children[name] = value
        object.__setattr__(self, name, value)

    # ------------------------------------------------------------------ forward and backward

    def __call__(self, *inputs: Any, **settings: Any) -> Any:
        """Run ``forward``; if it raises, forget what its inner layers recorded and restore their buffers."""
        global _depth
        restore = self._snapshot() if _depth == 0 else None
        _depth += 1
        try:
            outputs = self.forward(*inputs, **settings)
        except BaseException as error:
            if restore is not None:
                restore()
            if isinstance(error, ShapeError):
                self._sign(error)
            raise
        finally:
            _depth -= 1
        for observer in _observers:
            observer(self, inputs, outputs)
        return outputs

    def _snapshot(self) -> Callable[[], None]:
        """Remember recorded calls and buffers, here and inside; return what brings them back."""
        layers = list(self.layers())
        marks = [len(layer._calls) for layer in layers]
        buffers = [(buffer, buffer.copy()) for layer in layers for buffer in layer._buffers.values()]

        def _restore() -> None:
            for layer, length in zip(layers, marks, strict=True):
                del layer._calls[length:]
            for buffer, before in buffers:
                buffer[...] = before

        return _restore

    def _sign(self, error: ShapeError) -> None:
        if error.layer is None:
            error.where = type(self).__name__
        else:
            names = [name for name, child in self._children.items() if child is error.layer]
            error.path = (*names[:1], *error.path)
        error.layer = self

    def operation(self, *arrays: Any) -> tuple[Any, Pullback]:
        """Apply the layer's operation.

        Parameters
        ----------
        *arrays : ndarray
            The inputs, then the layer's own parameters in the order of their definition.

        Returns
        -------
        tuple
            Outputs (a bare array or a tuple) and pullback.
        """
        raise TypeError(f"{type(self).__name__} defines neither operation nor forward")

    def forward(self, *inputs: Any, **settings: Any) -> Any:
        """Apply the layer's operation to `inputs` and record the pullback.

        Parameters
        ----------
        *inputs : ndarray
            What the operation takes before the parameters.
        **settings : object
            What it takes besides and has no gradient for, such as lengths.

        Returns
        -------
        ndarray or tuple of ndarray
            What the operation gives.
        """
        arrays = tuple(x if x is None else np.asarray(x) for x in inputs)
        outputs, back = self.operation(*arrays, *(p.value for p in self._own.values()), **settings)
        if _recording:
            shapes = tuple(np.shape(y) for y in (outputs if isinstance(outputs, tuple) else (outputs,)))
            versions = tuple(p.version for p in self._own.values())
            self._calls.append(_Call(back, shapes, len(inputs), versions))
        return outputs

    def backward(self, *cotangents: ArrayLike | None) -> Any:
        """Undo the most recent call: add to the parameters' gradients, return the inputs'.

        Parameters
        ----------
        *cotangents : array_like
            Gradient of the loss with respect to each output, shaped as that output.

        Returns
        -------
        ndarray or tuple of ndarray
            Gradient with respect to each input.

        Raises
        ------
        StalePullbackError
            If there is no recorded call, or a parameter changed since it.
        ShapeError
            If a cotangent has another shape than the output it belongs to.
        """
        call = self._last_call()
        arrays = tuple(self._cotangent(d, shape) for d, shape in zip(cotangents, call.shapes, strict=False))
        if len(cotangents) != len(call.shapes):
            raise ShapeError(
                f"{type(self).__name__}.backward", f"{len(call.shapes)} cotangents", str(len(cotangents))
            )
        grads = call.back(*arrays)
        grads = grads if isinstance(grads, tuple) else (grads,)
        self._calls.pop()
        for parameter, grad in zip(self._own.values(), grads[call.inputs :], strict=False):
            parameter.grad += grad
        return grads[0] if call.inputs == 1 else grads[: call.inputs]

    def _last_call(self) -> _Call:
        name = type(self).__name__
        if not self._calls:
            raise StalePullbackError(f"{name}.backward: no recorded call to undo; call the layer first")
        call = self._calls[-1]
        if call.versions != tuple(p.version for p in self._own.values()):
            raise StalePullbackError(
                f"{name}.backward: a parameter was updated since this call, so its gradient would be wrong; "
                "call the layer again before backward"
            )
        return call

    def _cotangent(self, cotangent: ArrayLike | None, shape: tuple[int, ...]) -> Array | None:
        if cotangent is None:
            return None
        array = np.asarray(cotangent)
        if array.shape != shape:
            raise ShapeError(
                f"{type(self).__name__}.backward", str(shape), array.shape, "the shape of its output"
            )
        return array

    # ------------------------------------------------------------------ what the layer holds

    def children(self) -> Iterator[Layer]:
        """Walk over the layers that this layer holds directly.

        Yields
        ------
        Layer
            In the order of their definition.
        """
        yield from self._children.values()

    def layers(self) -> Iterator[Layer]:
        """Walk over this layer and all layers inside it, each once.

        Yields
        ------
        Layer
            Outer layers before inner ones.
        """
        found: dict[int, Layer] = {}
        self._collect(found)
        yield from found.values()

    def _collect(self, found: dict[int, Layer]) -> None:
        if id(self) not in found:
            found[id(self)] = self
            for child in self._children.values():
                child._collect(found)

    def named_layers(self, prefix: str = "", seen: set[int] | None = None) -> Iterator[tuple[str, Layer]]:
        """Walk over this layer and all layers inside it, with their names.

        Parameters
        ----------
        prefix : str
            Put in front of each name.
        seen : set of int, optional
            Identities of layers already visited.

        Yields
        ------
        tuple of str and Layer
            Dotted name (empty for this layer) and layer; a shared layer comes once.
        """
        seen = set() if seen is None else seen
        if id(self) in seen:
            return
        seen.add(id(self))
        yield prefix.rstrip("."), self
        for name, child in self._children.items():
            yield from child.named_layers(f"{prefix}{name}.", seen)

    def named_parameters(self) -> dict[str, Parameter]:
        """Collect all parameters by their ``state_dict`` name.

        Returns
        -------
        dict of str to Parameter
            A parameter that several layers share comes once, under its first name.
        """
        found: dict[str, Parameter] = {}
        seen: set[int] = set()
        for path, layer in self.named_layers():
            for name, parameter in layer._own.items():
                if id(parameter) not in seen:
                    seen.add(id(parameter))
                    found[f"{path}.{name}" if path else name] = parameter
        return found

    def parameters(self) -> list[Parameter]:
        """List all parameters, for an optimizer.

        Returns
        -------
        list of Parameter
            In the order of their definition.
        """
        return list(self.named_parameters().values())

    @property
    def params(self) -> ParameterView:
        """Values of all parameters by name.

        Returns
        -------
        ParameterView
            Assign to an entry to change a parameter in place.
        """
        return ParameterView(self.named_parameters())

    @property
    def grads(self) -> dict[str, Array]:
        """Gradients collected since the last ``zero_grad``.

        Returns
        -------
        dict of str to ndarray
            By parameter name.
        """
        return {name: parameter.grad for name, parameter in self.named_parameters().items()}

    @property
    def buffers(self) -> dict[str, Array]:
        """Arrays that are saved but not trained, such as running means.

        Returns
        -------
        dict of str to ndarray
            By name.
        """
        return {
            f"{path}.{name}" if path else name: buffer
            for path, layer in self.named_layers()
            for name, buffer in layer._buffers.items()
        }

    def add_buffer(self, name: str, value: ArrayLike) -> None:
        """Give the layer an array that is saved but not trained.

        Parameters
        ----------
        name : str
            Its name in ``state_dict``.
        value : array_like
            Initial value; the layer changes it in place.
        """
        self._buffers[name] = np.array(value)

    def state_dict(self) -> dict[str, Array]:
        """Copy all parameters and buffers.

        Returns
        -------
        dict of str to ndarray
            With PyTorch's names and shapes.
        """
        return {name: value.copy() for name, value in (*self.params.items(), *self.buffers.items())}

    def load_state_dict(self, state: Mapping[str, ArrayLike]) -> None:
        """Overwrite all parameters and buffers.

        Parameters
        ----------
        state : mapping of str to array_like
            As ``state_dict`` gives it; torch tensors on the CPU are taken too.

        Raises
        ------
        ValidationError
            If a name is missing or unknown, or a shape differs; nothing is changed then.
        """
        parameters, buffers = self.named_parameters(), self.buffers
        missing = [name for name in (*parameters, *buffers) if name not in state]
        unknown = [name for name in state if name not in parameters and name not in buffers]
        if missing or unknown:
            raise ValidationError(
                f"{type(self).__name__}.load_state_dict: "
                f"missing {missing or 'nothing'}, unknown {unknown or 'nothing'}"
            )
        arrays = {name: np.asarray(value) for name, value in state.items()}
        for name, array in arrays.items():
            shape = parameters[name].value.shape if name in parameters else buffers[name].shape
            if array.shape != shape:
                raise ShapeError(f"{type(self).__name__}.load_state_dict", f"{shape} for {name}", array.shape)
        for name, parameter in parameters.items():
            parameter.assign(arrays[name])
        for name, buffer in buffers.items():
            buffer[...] = arrays[name]

    # ------------------------------------------------------------------ modes

    def zero_grad(self) -> None:
        """Set all gradients to zero and forget the recorded calls: a new step begins."""
        for layer in self.layers():
            for parameter in layer._own.values():
                parameter.grad.fill(0)
            layer._calls.clear()

    def train(self, mode: bool = True) -> Layer:
        """Switch this layer and all inside it to training behavior.

        Parameters
        ----------
        mode : bool, default True
            False switches to evaluation instead.

        Returns
        -------
        Layer
            This layer.
        """
        for layer in self.layers():
            layer.training = mode
        return self

    def eval(self) -> Layer:
        """Switch this layer and all inside it to evaluation behavior.

        Returns
        -------
        Layer
            This layer.
        """
        return self.train(False)

    def __repr__(self) -> str:
        inside = [f"{name}: {child!r}" for name, child in self._children.items()]
        inside += [f"{name}{parameter.value.shape}" for name, parameter in self._own.items()]
        return f"{type(self).__name__}({', '.join(inside)})"


class Sequential(Layer):
    """Layers one after the other: a⁽ˡ⁾ = layer⁽ˡ⁾(a⁽ˡ⁻¹⁾).  [mmds 13.1, le 6]

    Parameters
    ----------
    *layers : Layer
        The layers, first to last. Their parameters are named ``"0.weight"``, ``"2.weight"``, …
    """

    def __init__(self, *layers: Layer) -> None:
        super().__init__()
        for i, layer in enumerate(layers):
            if not isinstance(layer, Layer):
                raise ValidationError(f"Sequential takes layers, got {type(layer).__name__} at place {i}")
            setattr(self, str(i), layer)

    def forward(self, x: ArrayLike) -> Array:
        """Apply the layers in order.

        Parameters
        ----------
        x : ndarray
            Input of the first layer.

        Returns
        -------
        ndarray
            Output of the last one.
        """
        y: Any = np.asarray(x)
        for layer in self._children.values():
            y = layer(y)
        return y  # type: ignore[no-any-return]

    def backward(self, dy: ArrayLike) -> Any:  # type: ignore[override]
        """Apply the layers' pullbacks in reverse: the chain rule.

        Parameters
        ----------
        dy : ndarray
            Gradient with respect to the last layer's output.

        Returns
        -------
        ndarray
            Gradient with respect to the first layer's input.
        """
        d: Any = dy
        for layer in reversed(self._children.values()):
            d = layer.backward(d)
        return d

    def __len__(self) -> int:
        return len(self._children)

    def __getitem__(self, index: int) -> Layer:
        return list(self._children.values())[index]


class Residual(Layer):
    """A skip connection: y = x + inner(x).  [rawassizadeh 10]

    Parameters
    ----------
    inner : Layer
        The branch; its output has the shape of its input.
    """

    def __init__(self, inner: Layer) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: ArrayLike) -> Array:
        """Add the branch to its input.

        Parameters
        ----------
        x : ndarray
            Input, any shape that `inner` takes.

        Returns
        -------
        ndarray
            Shaped as `x`.
        """
        x = np.asarray(x)
        y = self.inner(x)
        if y.shape != x.shape:
            raise ShapeError("Residual", f"a branch that keeps {x.shape}", y.shape)
        return x + y  # type: ignore[no-any-return]

    def backward(self, dy: ArrayLike) -> Any:  # type: ignore[override]
        """Add the gradients of both branches.

        Parameters
        ----------
        dy : ndarray
            Gradient with respect to the output.

        Returns
        -------
        ndarray
            Gradient with respect to the input.
        """
        return np.asarray(dy) + self.inner.backward(dy)
