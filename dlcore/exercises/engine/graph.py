"""Drawings as graphs: a compute graph is right if it is isomorphic to ours, whatever its nodes are called."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from dlcore.errors import ValidationError
from dlcore.exercises.engine.declaration import Exercise, Finding, Inputs
from dlcore.exercises.engine.driving import Outcome, plain

__all__ = ["ComputeGraph", "Nodes", "spelled_out"]

#: Node name -> operator and inputs in order.
Nodes = dict[str, tuple[str, list[str]]]

WORDS = {
    "+": "add",
    "plus": "add",
    "sum": "add",
    "-": "sub",
    "minus": "sub",
    "subtract": "sub",
    "@": "matmul",
    "times": "matmul",
    "dot": "matmul",
    "linear": "affine",
    "dense": "affine",
    "*": "mul",
    "⊙": "mul",
    "∘": "mul",
    "hadamard": "mul",
    "multiply": "mul",
    "scale": "mul",
    "t": "transpose",
    "negative": "neg",
    "copy": "identity",
    "same": "identity",
    "=": "identity",
    "mse": "sqerr",
    "squared error": "sqerr",
    "squared_error": "sqerr",
}
LARGEST = 200
#: Expressions are not written out further: a chain of squares doubles at every step.
LONGEST = 2000
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
            want = self._wanted(got)
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
        return _without_identities(spelled_out(self.parse(data)))

    def parse(self, data: Any) -> Nodes:
        """Read a graph as it is drawn, in an order in which it can be worked out.

        Parameters
        ----------
        data : Any
            Plain data.

        Returns
        -------
        dict
            Node name -> operator and inputs; a node without inputs is a leaf and left out.

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
            name, op, inputs = _entry(entry)
            if name in nodes:
                raise ValidationError(f"the node {name} is there twice")
            nodes[name] = (self._operator(op), inputs)
        return _in_order(_respelled({name: node for name, node in nodes.items() if node[1]}))

    def _operator(self, word: str) -> str:
        word = {**self.words}.get(word, word).strip().lower()
        return WORDS.get(word, word)

    def _wanted(self, got: Nodes) -> Nodes:
        """Return the right graph, without the optional end if nothing of it is in the answer."""
        right = self.read(plain(self.settled(self.reference)))
        shorter = self._without_optional(right)
        began = any(op in map(self._operator, self.optional) for op, _ in got.values())
        return right if began or (_leaf_names(right) - _leaf_names(shorter)) & _leaf_names(got) else shorter

    def _without_optional(self, nodes: Nodes) -> Nodes:
        used = {name for _, inputs in nodes.values() for name in inputs}
        return {
            name: (op, inputs)
            for name, (op, inputs) in nodes.items()
            if name in used or op not in map(self._operator, self.optional)
        }

    def _alike(self, rounds: Sequence[Inputs], outcomes: Sequence[Outcome], wrong: Sequence[Outcome]) -> bool:
        """Say whether the slip's graph is the same; the optional end counts if all else is right."""
        try:
            got, slip = self.read(outcomes[0].values[0]), self.read(wrong[0].values[0])
            shorter = self._without_optional(got)
            if _isomorphic(shorter, self._wanted(shorter)):
                return _isomorphic(got, slip)
            return _isomorphic(shorter, self._without_optional(slip))
        except (ValidationError, IndexError):
            return False

    def _secrets(self) -> Iterable[Sequence[str]]:
        """Return what each node computes."""
        nodes = self.read(plain(self.settled(self.reference)))
        return [[f"{op}({', '.join(inputs)})"] for op, inputs in nodes.values()]


def _from_networkx(nodes: Any, edges: Any) -> list[Any]:
    try:
        parents: dict[str, list[tuple[int, str]]] = {name: [] for name, _ in nodes}
        for start, end, attributes in edges:
            parents[end].append((int(attributes.get("position", len(parents[end]))), start))
        known = [(name, attributes.get("op", "?")) for name, attributes in nodes if parents[name]]
    except (TypeError, ValueError, KeyError, AttributeError):
        raise ValidationError("expected a networkx graph with `op` at its nodes") from None
    return [[name, op, [start for _, start in sorted(parents[name])]] for name, op in known]


def _entry(entry: Any) -> tuple[str, str, list[str]]:
    """Read one node; its inputs may stand in a list, in a text, or one after the other."""
    entry = [*entry.values()] if isinstance(entry, dict) else entry
    if not isinstance(entry, list) or len(entry) < 2 or any(isinstance(part, dict) for part in entry):
        raise ValidationError(f"expected a node (name, operator, [inputs]), got {str(entry)[:80]}")
    name, op, *rest = entry
    inputs = rest[0] if len(rest) == 1 and isinstance(rest[0], list) else rest
    if isinstance(name, list) or isinstance(op, list) or any(isinstance(part, list) for part in inputs):
        raise ValidationError(f"expected a node (name, operator, [inputs]), got {str(entry)[:80]}")
    return (
        str(name),
        str(op),
        [word.strip() for part in inputs for word in str(part).split(",") if word.strip()],
    )


def _respelled(nodes: Nodes) -> Nodes:
    """Write ``W_1`` and ``W₁`` as ``W1``, unless two nodes would then be called the same."""
    spelled = {name: _plain_name(name) for name in nodes}
    if len(set(spelled.values())) < len(spelled):
        return nodes
    return {
        spelled[name]: (op, [spelled.get(i, _plain_name(i)) for i in inputs])
        for name, (op, inputs) in nodes.items()
    }


def _plain_name(name: str) -> str:
    return re.sub(r"[_(){}\s]", "", unicodedata.normalize("NFKC", name).replace("ŷ", "yhat"))


def _in_order(nodes: Nodes) -> Nodes:
    """Put every node behind its inputs, or raise if the graph goes round in a circle."""
    ordered: Nodes = {}
    left = dict(nodes)
    while left:
        ready = [name for name, (_, inputs) in left.items() if not any(i in left for i in inputs)]
        if not ready:
            raise ValidationError(f"the graph goes round in a circle through {', '.join(sorted(left))[:200]}")
        ordered.update({name: left.pop(name) for name in ready})
    return ordered


def spelled_out(nodes: Nodes) -> Nodes:
    """Write each affine node as a product and a sum.

    Parameters
    ----------
    nodes : dict
        Node name -> operator and inputs.

    Returns
    -------
    dict
        The same without affine nodes of three inputs.
    """
    plainer: Nodes = {}
    for name, (op, inputs) in nodes.items():
        if op == "affine" and len(inputs) == 3:
            x, weight, bias = sorted(inputs, key=_kind_of_leaf)
            plainer[f"{name}·"] = ("matmul", [weight, x])
            plainer[name] = ("add", [f"{name}·", bias])
        else:
            plainer[name] = (op, inputs)
    return plainer


def _without_identities(nodes: Nodes) -> Nodes:
    same = {name: inputs[0] for name, (op, inputs) in nodes.items() if op == "identity" and len(inputs) == 1}

    def _origin(name: str) -> str:
        while name in same:
            name = same[name]
        return name

    return {
        name: (op, [_origin(i) for i in inputs]) for name, (op, inputs) in nodes.items() if name not in same
    }


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
    given, mine = _leaf_names(want), _leaf_names(got)
    turned = ", ".join(sorted(given & got.keys()))
    if turned:
        return f"{turned} is given, so no arrow leads to it: a node lists where its own arrows come from."
    unknown = (
        f"{', '.join(sorted(mine - given))[:160]} is not given in this exercise." if mine - given else ""
    )
    if given - mine:
        missing = f"Nothing comes from {', '.join(sorted(given - mine))}: every operand needs a node."
        return f"{missing} {unknown}".strip()
    return unknown


def _operators(got: Nodes, want: Nodes) -> str:
    mine, right = Counter(op for op, _ in got.values()), Counter(op for op, _ in want.values())
    for op in sorted(mine.keys() | right.keys(), key=lambda op: (right[op] > 0, op)):
        if mine[op] and not right[op]:
            return f"No node {op} belongs here: {_first_strange(got, want, op)}."
        if mine[op] != right[op]:
            clue = _first_strange(got, want)
            return f"Expected {right[op]} node(s) {op}, got {mine[op]}." + (
                f" Look at {clue}." if clue else ""
            )
    return ""


def _wiring(got: Nodes, want: Nodes) -> str:
    """Name the first node that computes something else than any of ours."""
    clue = _first_strange(got, want)
    if clue:
        return f"All leaves and operators are there, but {clue} is wired otherwise.{_unused(got, want)}"
    return "All leaves and operators are there, but something is computed twice or not used."


def _unused(got: Nodes, want: Nodes) -> str:
    """Say that a node leads nowhere, if more of them do than in ours."""

    def ends(nodes: Nodes) -> list[str]:
        return [name for name in nodes if all(name not in inputs for _, inputs in nodes.values())]

    written = _expressions(got)  # what little comes before tells a forgotten node from the output
    idle = sorted(ends(got), key=lambda name: len(written[name]))[: -len(ends(want))]
    return f" No node takes what {', '.join(idle)} gives." if idle else ""


def _first_strange(got: Nodes, want: Nodes, only: str = "") -> str:
    """Write the first node whose inputs all occur in our graph while it does not."""
    right, mine = {*_expressions(want).values()}, _expressions(got)
    strange = [name for name, (op, _) in got.items() if mine[name] not in right and only in ("", op)]
    if not strange:
        return ""
    op, inputs = got[strange[0]]
    return f"{strange[0]} = {op}({', '.join(inputs)})"[:160]


def _expressions(nodes: Nodes) -> dict[str, str]:
    """Write out what every node computes from the leaves."""
    written: dict[str, str] = {}
    for name, (op, inputs) in nodes.items():
        parts = [written.get(i, i) for i in inputs]
        text = f"{op}({', '.join(sorted(parts) if op in COMMUTATIVE else parts)})"
        written[name] = text if len(text) < LONGEST else f"{op} of much"
    return written
