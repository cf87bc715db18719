"""How far NumPy, PyTorch mirror and torch itself are apart, as a table.

From the root of the checkout::

    python -m tools.parity             write docs/parity.md and docs/parity.json
    python -m tools.parity --check     exit 1 when they are stale

Every operation and layer is run on the cases of the conformance suite, with fixed seeds, and
compared with the reference: outputs, then gradients. A difference is relative to the norms
and printed as the power of ten that bounds it, since its digits depend on the CPU.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch

import dlcore.pytorch as mirror
import dlcore.reference as reference
from tests.conformance.case import Call, LayerCase, OperationCase, Seeded, built, of_kind
from tests.conformance.support import (
    as_tuple,
    call_operation,
    cast,
    cotangents,
    is_float,
    settled,
    taken,
    to_torch,
    torch_grads,
    torch_settings,
)

ROOT = Path(__file__).resolve().parents[1]
SEEDS = range(12)
DTYPES: tuple[Any, ...] = (np.float64, np.float32)
WITNESSES = ("mirror", "torch")

#: Rounding: a bound is not printed below it, and two tables may differ by one power of ten.
FLOOR = {"float64": -15, "float32": -6}
#: What the conformance suite asks for.
LIMIT = {"float64": -10, "float32": -5}

Cell = dict[str, int]
Table = dict[str, dict[str, Cell]]


def distance(ours: Any, theirs: Any) -> float:
    """Norm of the difference by the norms, absolute where these are small, as in the conformance suite."""
    a = np.asarray(ours, float)
    b = np.asarray(theirs.detach() if isinstance(theirs, torch.Tensor) else theirs, float)
    if a.shape != b.shape:
        raise ValueError(f"shapes {a.shape} and {b.shape}")
    return float(np.linalg.norm(a - b) / max(np.linalg.norm(a) + np.linalg.norm(b), 0.1))


def operation(case: OperationCase, witness: str, dtype: Any, seed: int) -> Iterator[tuple[str, float]]:
    """Compare an operation with its witness on one draw."""
    draw = Seeded(seed)
    call = case.draw(draw)
    outputs, back = call_operation(getattr(reference, case.name), call, dtype)
    us = cotangents(outputs, draw)
    grads = as_tuple(back(*(u.astype(dtype) for u in us)))
    tensors = [to_torch(cast(x, dtype)) for x in call.args]
    theirs = getattr(mirror, case.name) if witness == "mirror" else case.torch
    fitting = {name: cast(value, dtype) for name, value in call.settings.items()}  # torch mixes no types
    values = theirs(*tensors, **torch_settings(fitting))
    yield from (
        ("forward", distance(*pair)) for pair in zip(as_tuple(outputs), as_tuple(values), strict=True)
    )
    floats = [i for i, x in enumerate(call.args) if is_float(x) and grads[i] is not None]
    others = torch_grads(values, us, [tensors[i] for i in floats])
    yield from (("gradient", distance(grads[i], g)) for i, g in zip(floats, others, strict=True))


def _layers(case: LayerCase, call: Call, witness: str, dtype: Any) -> tuple[Any, Any]:
    kind = getattr(torch, np.dtype(dtype).name)
    theirs = getattr(mirror, case.name) if witness == "mirror" else case.torch
    made = []
    for package, constructor, asked in (
        (reference, getattr(reference, case.name), dtype),
        (mirror, theirs, kind),
    ):
        inside = built(call, package)
        rng = None if constructor is case.torch else np.random.default_rng(7)
        extra = taken(constructor, rng=rng, dtype=asked) if case.rng else {}
        made.append(constructor(*inside.args, **settled(inside.settings), **extra))
    made[1].to(kind)
    state = {name: torch.tensor(value) for name, value in made[0].state_dict().items()}
    made[1].load_state_dict(state, strict=False)
    return made[0], made[1]


def layer(case: LayerCase, witness: str, dtype: Any, seed: int) -> Iterator[tuple[str, float]]:
    """Compare a layer with its witness on one draw, from equal weights."""
    draw = Seeded(seed)
    call, inputs = case.draw(draw)
    ours, theirs = _layers(case, call, witness, dtype)
    arrays = [cast(x, dtype) for x in inputs]
    tensors = [to_torch(x) for x in arrays]
    outputs, values = ours(*arrays), theirs(*tensors)
    us = cotangents(outputs, draw)
    yield from (
        ("forward", distance(*pair)) for pair in zip(as_tuple(outputs), as_tuple(values), strict=True)
    )
    dinputs = as_tuple(ours.backward(*(u.astype(dtype) for u in us)))
    parameters = {name: p for name, p in theirs.named_parameters() if name in ours.grads}
    floats = [i for i, x in enumerate(arrays) if is_float(x)]
    others = torch_grads(values, us, [*(tensors[i] for i in floats), *parameters.values()])
    mine = [*(dinputs[i] for i in floats), *(ours.grads[name] for name in parameters)]
    yield from (("gradient", distance(*pair)) for pair in zip(mine, others, strict=True))


def bound(value: float, dtype: str) -> int:
    """The power of ten that bounds a difference, not below rounding."""
    return max(math.ceil(math.log10(value)) if value > 0 else FLOOR[dtype], FLOOR[dtype])


def measure(
    case: Any, compare: Callable[..., Iterator[tuple[str, float]]], seeds: range = SEEDS
) -> dict[str, Cell]:
    """Bounds of one name over all seeds, by witness and type."""
    row: dict[str, Cell] = {}
    for witness in WITNESSES:
        if witness == "torch" and case.torch is None:
            continue
        for dtype in DTYPES:
            name = np.dtype(dtype).name
            largest = {"forward": 0.0, "gradient": 0.0}
            for seed in seeds:
                for kind, value in compare(case, witness, dtype, seed):
                    largest[kind] = max(largest[kind], value)
            row[f"{witness} {name}"] = {kind: bound(value, name) for kind, value in largest.items()}
    return row


def table() -> Table:
    """Measure every operation and every layer."""
    found = {case.name: measure(case, operation) for case in of_kind(OperationCase)}
    return found | {case.name: measure(case, layer) for case in of_kind(LayerCase)}


HEAD = """# How equal the packages are

Written by `python -m tools.parity`. Each name of `dlcore.reference` is run on random cases with fixed
seeds and compared with its twin in `dlcore.pytorch`, and with what torch itself has for it; gradients by
pullback on one side, by autograd on the other. A cell is a bound on the largest relative difference of the
outputs / of the gradients with respect to inputs and parameters: `1e-15 / 1e-14`. The smallest bounds shown,
{floors}, mean rounding. A dash: torch has nothing of the kind.

"""


def _cell(cell: Cell | None) -> str:
    return "–" if cell is None else f"1e{cell['forward']} / 1e{cell['gradient']}"


def markdown(found: Table) -> str:
    """Write the table as a page: operations, then layers."""
    columns = [f"{witness} {np.dtype(dtype).name}" for witness in WITNESSES for dtype in DTYPES]
    floors = " and ".join(f"1e{power} in {name}" for name, power in FLOOR.items())
    parts = [HEAD.format(floors=floors)]
    for title, kind in (("Operations", OperationCase), ("Layers", LayerCase)):
        parts.append(f"## {title}\n\n| name | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n")
        for case in of_kind(kind):
            row = found[case.name]
            parts.append(f"| `{case.name}` | {' | '.join(_cell(row.get(c)) for c in columns)} |\n")
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def differences(stored: Table, found: Table) -> list[str]:
    """What a stored table says that is not so: names, or bounds off by more than one power of ten."""
    complaints = [f"{name} is in one table alone" for name in sorted(set(stored) ^ set(found))]
    for name in sorted(set(stored) & set(found)):
        if set(stored[name]) != set(found[name]):
            complaints.append(f"{name}: {sorted(stored[name])} instead of {sorted(found[name])}")
            continue
        for column, cell in found[name].items():
            for kind, power in cell.items():
                if abs(power - stored[name][column][kind]) > 1:
                    was = stored[name][column][kind]
                    complaints.append(f"{name}, {column}, {kind}: stored 1e{was}, found 1e{power}")
    return complaints


def too_far(found: Table) -> list[str]:
    """Bounds above what the conformance suite allows."""
    return [
        f"{name}, {column}, {kind}: 1e{power}"
        for name, row in found.items()
        for column, cell in row.items()
        for kind, power in cell.items()
        if power > LIMIT[column.split()[1]]
    ]


def main(arguments: list[str], docs: Path = ROOT / "docs") -> int:
    """Write or check the table."""
    parser = argparse.ArgumentParser(prog="python -m tools.parity", description=__doc__)
    parser.add_argument("--check", action="store_true", help="compare with what is stored, write nothing")
    options = parser.parse_args(arguments)
    found = table()
    complaints = too_far(found)
    if options.check:
        complaints += differences(json.loads((docs / "parity.json").read_text()), found)
    elif not complaints:
        (docs / "parity.json").write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")
        (docs / "parity.md").write_text(markdown(found))
    print("\n".join(complaints) or f"{len(found)} names agree")
    return int(bool(complaints))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
