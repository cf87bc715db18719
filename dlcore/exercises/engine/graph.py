"""Drawings as graphs: a compute graph is right if it is isomorphic to ours, whatever its nodes are called."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.driving import Outcome, plain

__all__ = ["ComputeGraph"]

#: Node name -> operator and inputs in order.
Nodes = dict[str, tuple[str, list[str]]]

WORDS = {
    "+": "add",
    "plus": "add",
    "sum": "add",
    "@": "matmul",
    "times": "matmul",
    "dot": "matmul",
    "linear": "affine",
    "dense": "affine",
    "*": "mul",
    "hadamard": "mul",
    "mse": "sqerr",
    "squared error": "sqerr",
    "squared_error": "sqerr",
}
LARGEST = 200
COMMUTATIVE = {"add", "mul", "sqerr"}


@dataclass(frozen=True, kw_only=True, repr=False)
class ComputeGraph(Exercise):
    """A compute graph: ``[(name, operator, [inputs]), ...]``; what only occurs as an input is a leaf.

    Leaves are told apart by name, inner nodes by operator and wiring alone. A node
    ``affine(x, W, b)`` stands for its two, a node ``identity`` for nothing. A networkx
    DiGraph with ``op`` at its nodes is an answer too.

    Attributes
    ----------
    optional : tuple of str
        Operators that may be left out at the end, such as the loss.
    words : mapping
        More names of operators, as ``{"σ": "sigmoid"}``.
    """

    optional: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def _compare(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome]) -> Finding | None:
        """Compare leaves, operators, then wiring."""
        if outcomes[0].state != "returned":
            return Finding(f"Expected a graph. {outcomes[0].error}", "error")
        try:
            got = self.read(outcomes[0].values[0])
            want = self.read(plain(self.settled(self.reference)))
            same = _isomorphic(got, want)
        except ValidationError as error:
            return Finding(str(error), "error")
        return None if same else Finding(_leaves(got, want) or _operators(got, want) or _wiring(got, want))

    def read(self, data: Any) -> Nodes:
        """Read a graph and bring it to its plainest form.

        Parameters
        ----------
        data : Any
            Plain data.

        Returns
        -------
        dict
            Node name -> operator and inputs.

        Raises
        ------
        ValidationError
            If it is no graph, or goes round in a circle.
        """
        if isinstance(data, dict) and {"nodes", "edges"} <= data.keys():
            data = _from_networkx(data["nodes"], data["edges"])
        elif isinstance(data, dict):
            data = [[name, *(value if isinstance(value, list) else [value])] for name, value in data.items()]
        if not isinstance(data, list) or not 0 < len(data) <= LARGEST:
            raise ValidationError("expected a list of nodes (name, operator, [inputs])")
        nodes: Nodes = {}
        for entry in data:
            if not (isinstance(entry, list) and len(entry) == 3 and isinstance(entry[2], (list, str))):
                raise ValidationError(f"expected a node (name, operator, [inputs]), got {str(entry)[:80]}")
            inputs = [entry[2]] if isinstance(entry[2], str) else [str(name) for name in entry[2]]
            if str(entry[0]) in nodes:
                raise ValidationError(f"the node {entry[0]!s} is there twice")
            nodes[str(entry[0])] = (self._operator(str(entry[1])), inputs)
        _need_order(nodes)
        return self._without_optional(_spelled_out(nodes))

    def _operator(self, word: str) -> str:
        word = {**self.words}.get(word, word).strip().lower()
        return WORDS.get(word, word)

    def _without_optional(self, nodes: Nodes) -> Nodes:
        used = {name for _, inputs in nodes.values() for name in inputs}
        return {
            name: (op, inputs)
            for name, (op, inputs) in nodes.items()
            if name in used or op not in map(self._operator, self.optional)
        }

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether the slip's graph is the same."""
        try:
            return _isomorphic(self.read(outcomes[0].values[0]), self.read(wrong[0].values[0]))
        except (ValidationError, IndexError):
            return False

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return the nodes, all at once."""
        return [
            [f"{name} = {op}" for name, (op, _) in self.read(plain(self.settled(self.reference))).items()]
        ]


def _from_networkx(nodes: Any, edges: Any) -> list[Any]:
    try:
        parents: dict[str, list[tuple[int, str]]] = {name: [] for name, _ in nodes}
        for start, end, attributes in edges:
            parents[end].append((int(attributes.get("position", len(parents[end]))), start))
        known = [(name, attributes.get("op", "?")) for name, attributes in nodes if parents[name]]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise ValidationError("expected a networkx graph with `op` at its nodes") from None
    return [[name, op, [start for _, start in sorted(parents[name])]] for name, op in known]


def _need_order(nodes: Nodes) -> None:
    """Raise if the graph goes round in a circle."""
    done: set[str] = set()
    left = dict(nodes)
    while left:
        ready = [name for name, (_, inputs) in left.items() if not any(i in left for i in inputs)]
        if not ready:
            raise ValidationError(f"the graph goes round in a circle through {', '.join(sorted(left))}")
        done.update(ready)
        left = {name: node for name, node in left.items() if name not in done}


def _spelled_out(nodes: Nodes) -> Nodes:
    """Write affine nodes as two, and leave identities out."""
    plainer: Nodes = {}
    same = {name: inputs[0] for name, (op, inputs) in nodes.items() if op == "identity" and len(inputs) == 1}

    def _origin(name: str) -> str:
        while name in same:
            name = same[name]
        return name

    for name, (op, inputs) in nodes.items():
        inputs = [_origin(i) for i in inputs]
        if op == "affine" and len(inputs) == 3:
            x, weight, bias = sorted(inputs, key=_kind_of_leaf)
            plainer[f"{name}·"] = ("matmul", [weight, x])
            plainer[name] = ("add", [f"{name}·", bias])
        elif name not in same:
            plainer[name] = (op, inputs)
    return plainer


def _kind_of_leaf(name: str) -> int:
    return {"w": 1, "b": 2}.get(name[:1].lower(), 0)


def _isomorphic(a: Nodes, b: Nodes) -> bool:
    networkx = _networkx()
    return bool(
        networkx.is_isomorphic(
            _drawn(a, networkx),
            _drawn(b, networkx),
            node_match=lambda x, y: x["label"] == y["label"],
            edge_match=lambda x, y: x["positions"] == y["positions"],
        )
    )


def _drawn(nodes: Nodes, networkx: Any) -> Any:
    graph = networkx.DiGraph()
    for name, (op, inputs) in nodes.items():
        graph.add_node(name, label=("op", op))
        for position, start in enumerate(inputs):
            if start not in nodes:
                graph.add_node(start, label=("leaf", start))
            place = 0 if op in COMMUTATIVE else position
            known = graph.get_edge_data(start, name, {"positions": ()})["positions"]
            graph.add_edge(start, name, positions=(*known, place))
    return graph


def _networkx() -> Any:
    try:
        import networkx
    except ImportError:
        raise ValidationError(
            "graphs are compared with networkx, which is not installed: pip install 'dlcore[notebook]'"
        ) from None
    return networkx


def _leaf_names(nodes: Nodes) -> set[str]:
    return {name for _, inputs in nodes.values() for name in inputs if name not in nodes}


def _leaves(got: Nodes, want: Nodes) -> str:
    missing, extra = _leaf_names(want) - _leaf_names(got), _leaf_names(got) - _leaf_names(want)
    if missing:
        return f"Nothing comes from {', '.join(sorted(missing))}: every operand needs a node."
    return f"{', '.join(sorted(extra))} is not a quantity of this exercise." if extra else ""


def _operators(got: Nodes, want: Nodes) -> str:
    mine, right = Counter(op for op, _ in got.values()), Counter(op for op, _ in want.values())
    for op in sorted(mine.keys() | right.keys()):
        if mine[op] and not right[op]:
            return f"No node {op} belongs here."
        if mine[op] != right[op]:
            return f"Expected {right[op]} node(s) {op}, got {mine[op]}."
    return ""


def _wiring(got: Nodes, want: Nodes) -> str:
    """Name a node whose operator takes leaves that it should not."""
    right = {(op, frozenset(i for i in inputs if i not in want)) for op, inputs in want.values()}
    for name, (op, inputs) in got.items():
        leaves = frozenset(i for i in inputs if i not in got)
        if (op, leaves) not in right:
            return f"All operators are there, but {name} = {op}({', '.join(inputs)}) is wired otherwise."
    return "All leaves and operators are there, but they are wired in another order."
