r"""Formulas as people write them: read into a tree, never executed.

``1/(1+e^-x)``, ``\frac{1}{1+e^{-x}}``, ``σ(2x)``, ``np.exp(-x)``, ``y(1−y)``, ``tanh²x`` and
``Σᵢ e^{vᵢ}`` all mean something. A tree is a tuple: its kind, then its parts. Where people
disagree about what a text means, such as ``1/2x``, `read` gives both trees.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from dlcore.errors import ValidationError

__all__ = ["LONGEST", "Tree", "inlined", "read", "shape", "spelled", "split", "words"]

Tree = tuple[Any, ...]

LONGEST = 2000

#: Brackets in brackets; each is a few Python calls deep.
DEEPEST = 40

#: Terms that a sum over an index may have.
MOST_TERMS = 9

#: How people call a function, and how we do.
FUNCTIONS = {
    **{name: name for name in ("exp", "log", "sqrt", "tanh", "sinh", "cosh", "sech", "sigmoid", "relu")},
    **{name: name for name in ("abs", "floor", "ceil", "max", "min")},
    **dict.fromkeys(("sigma", "σ", "sig", "logistic", "expit"), "sigmoid"),
    **{"ln": "log", "ceiling": "ceil", "Abs": "abs", "maximum": "max", "minimum": "min", "th": "tanh"},
}
CONSTANTS = {"e": "e", "E": "e", "pi": "pi", "π": "pi"}
TWO = ("max", "min")

RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁽⁾ˣʸᵃᵇᵏⁿᵉᵛ", "0123456789+-()xyabknev", strict=True))
LOWERED = dict(zip("₀₁₂₃₄₅₆₇₈₉ᵢⱼₖ", "0123456789ijk", strict=True))
SIGNS = str.maketrans({**dict(zip("×·∙⋅∗−–—÷′’∂∑", "*****---/''dΣ", strict=True)), "μ": "mu"})
WORDS: tuple[tuple[str, str], ...] = (
    (r"\\(left|right|bigl|bigr|big|Big|displaystyle|limits)(?![a-zA-Z])|\\[,;!: ]|[$&]", " "),
    (r"\\(?:mathrm|operatorname|text|mathit)\s*\{(\w+)\}", r"\1 "),
    (r"\\[dt]frac(?![a-zA-Z])", r"\\frac"),
    (r"\\frac\s*\{\s*(d|\\partial)\s*(\w*)\s*\}\s*\{\s*(?:d|\\partial)\s*(\w+)\s*\}", r" d\2/d\3 "),
    (r"\\(?:cdot|times)(?![a-zA-Z])", "*"),
    (r"\\partial\s*", "d"),
    (r"(?<![\w.])(?:np|numpy|math|sp|sympy|torch|jnp)\s*\.\s*(?=[A-Za-z])", ""),
    (r"\\\n", " "),
    (r"\\\\", "\n"),
    (r"\*\*", "^"),
    (r"==|:=|≡|⇒|=>", "="),
)
TOKEN = re.compile(
    r"(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|(?P<slope>d\w*\s*/\s*d[A-Za-z]\w*)"
    r"|(?P<name>\\?[^\W\d]\w*)|(?P<sign>//|[-+*/^(){}\[\],'√⌊⌋⌈⌉])|(?P<other>\S)"
)
CLOSING = {"(": ")", "[": "]", "{": "}", "⌊": "⌋", "⌈": "⌉"}
SUM = re.compile(r"(?:sum|Σ)_?([a-z]?)")


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    spaced: bool


@functools.lru_cache(maxsize=2000)
def spelled(text: str) -> str:
    """Return a formula with one spelling for what has many.

    Parameters
    ----------
    text : str
        With LaTeX, raised and lowered digits, ``**`` or ``^``, ``np.``.

    Returns
    -------
    str
        In letters, digits and a few signs.
    """
    raised = "|".join(map(re.escape, RAISED))
    text = re.sub(f"(?:{raised})+", lambda run: "^(" + "".join(map(RAISED.__getitem__, run[0])) + ")", text)
    lowered = "".join(LOWERED)
    text = re.sub(f"[{lowered}]+", lambda run: _lowered("".join(map(LOWERED.__getitem__, run[0]))), text)
    text = unicodedata.normalize("NFKC", text).translate(SIGNS)
    for pattern, word in WORDS:
        text = re.sub(pattern, word, text)
    return text


def _lowered(below: str) -> str:
    return below if below.isdigit() else f"_{below}"


def split(text: str, marks: str) -> list[str]:
    """Split a text at some signs, but not inside of brackets.

    Parameters
    ----------
    text : str
        One that `spelled` returned.
    marks : str
        The signs.

    Returns
    -------
    list of str
        What is not empty.
    """
    parts, depth = [""], 0
    for sign in text:
        depth += (sign in "([{") - (sign in ")]}")
        if sign in marks and depth <= 0:
            parts.append("")
        else:
            parts[-1] += sign
    return [part.strip() for part in parts if part.strip()]


def read(text: str, names: Iterable[str], hidden: Iterable[str] = ()) -> list[Tree]:
    """Read a formula.

    Parameters
    ----------
    text : str
        One formula without ``=``.
    names : iterable of str
        The variables.
    hidden : iterable of str
        More of them, which no message mentions.

    Returns
    -------
    list of tuple
        The tree; where people may mean different things by it, all of them, the usual first.

    Raises
    ------
    ValidationError
        If it cannot be read, with the place.
    """
    return list(_trees(text, tuple(names), tuple(hidden)))


@functools.lru_cache(maxsize=2000)
def _trees(text: str, names: tuple[str, ...], hidden: tuple[str, ...]) -> tuple[Tree, ...]:
    if len(text) > LONGEST:
        raise ValidationError(f"a formula of {len(text)} characters is too long")
    trees: list[Tree] = []
    for tight, wide in ((False, False), (False, True), (True, False), (True, True)):
        reader = _Reader(text, names, hidden, tight, wide)
        tree = reader.tree()
        if tree not in trees:
            trees.append(tree)
        if reader.plain:
            break
    return tuple(trees)


def shape(tree: Tree) -> Tree:
    """Return what is left of a tree when the order of terms and factors does not count.

    Parameters
    ----------
    tree : tuple
        A formula.

    Returns
    -------
    tuple
        Equal for ``2/(1+a) - 1`` and ``-1 + 2/(a+1)``, not for ``(1-a)/(1+a)``.
    """
    kind, *parts = tree
    if kind == "negative":
        inner = shape(parts[0])
        if inner[0] != "sum":
            return _negated(inner)
        return ("sum", *sorted(map(_negated, inner[1:]), key=repr))
    if kind == "sum":
        terms = [term for part in parts for term in _terms(shape(part))]
        return ("sum", *sorted(terms, key=repr))
    if kind == "product":
        factors = [factor for part in parts for factor in _factors(shape(part))]
        negative = sum(factor == MINUS for factor in factors) % 2
        factors = sorted((factor for factor in factors if factor not in (MINUS, ONE)), key=repr)
        whole = factors[0] if len(factors) == 1 else ("product", *factors)
        return ("negative", whole) if negative else whole
    return (kind, *(shape(part) if isinstance(part, tuple) else part for part in parts))


ONE: Tree = ("number", 1.0)
MINUS: Tree = ("negative", ONE)


def _negated(tree: Tree) -> Tree:
    return tree[1] if tree[0] == "negative" else ("negative", tree)


def _terms(tree: Tree) -> list[Tree]:
    return list(tree[1:]) if tree[0] == "sum" else [tree]


def _factors(tree: Tree) -> list[Tree]:
    """Return the factors of a product; a minus is one, and what divides a product divides each."""
    if tree[0] == "negative":
        return [MINUS, *(_factors(tree[1]) if tree[1] != ONE else [])]
    if tree[0] == "inverse":
        inner = _factors(tree[1])
        return [
            one if one in (ONE, MINUS) else one[1] if one[0] == "inverse" else ("inverse", one)
            for one in inner
        ]
    return list(tree[1:]) if tree[0] == "product" else [tree]


def inlined(tree: Tree, meaning: Mapping[str, Tree]) -> Tree:
    """Return a tree with names replaced by what they mean.

    Parameters
    ----------
    tree : tuple
        A formula.
    meaning : mapping
        From names to trees.

    Returns
    -------
    tuple
        In the remaining names.
    """
    if tree[0] == "name" and tree[1] in meaning:
        return inlined(meaning[tree[1]], {k: v for k, v in meaning.items() if k != tree[1]})
    return tuple(inlined(part, meaning) if isinstance(part, tuple) else part for part in tree)


def words(tree: Tree) -> Iterator[Any]:
    """Yield the names, functions, numbers and kinds in a tree.

    Parameters
    ----------
    tree : tuple
        A formula.

    Yields
    ------
    str or float
        From left to right.
    """
    for part in tree:
        if isinstance(part, tuple):
            yield from words(part)
        else:
            yield part


class _Reader:
    """Reads one formula, from left to right."""

    def __init__(
        self, text: str, names: tuple[str, ...], hidden: tuple[str, ...], tight: bool, wide: bool
    ) -> None:
        self.text, self.names, self.hidden = text.strip(), [*names, *hidden], hidden
        self.tight, self.wide = tight, wide
        self.tokens = [token for found in TOKEN.finditer(text) for token in self._tokens(found)]
        self.place = self.depth = 0
        self.plain = True  # until something is met that people read in two ways
        self.index: dict[str, str] = {}
        self.met: set[str] = set()

    def _tokens(self, found: re.Match[str]) -> list[_Token]:
        """Return one token; but d_in/d_out is a quotient where these are variables, no derivative."""
        spaced = found.string[found.start() - 1 : found.start()].isspace()
        above, _, below = found[0].replace(" ", "").partition("/")
        if found.lastgroup == "slope" and above in self.names and below in self.names:
            return [_Token("name", above, spaced), _Token("sign", "/", False), _Token("name", below, False)]
        return [_Token(str(found.lastgroup), found[0], spaced)]

    def tree(self) -> Tree:
        """Return the whole formula."""
        tree = self._sum()
        if self.place < len(self.tokens):
            raise self._refused()
        return tree

    # Looking at tokens.

    def _next(self, *texts: str) -> bool:
        """Whether one of these signs comes next."""
        return self.place < len(self.tokens) and self.tokens[self.place].text in texts

    def _kind(self) -> str:
        return self.tokens[self.place].kind if self.place < len(self.tokens) else "end"

    def _take(self) -> _Token:
        if self.place == len(self.tokens):
            raise ValidationError(f"{self.text[:80]!r} is no formula that can be read: it stops too early")
        self.place += 1
        return self.tokens[self.place - 1]

    def _refused(self) -> ValidationError:
        where = "".join(token.text for token in self.tokens[self.place : self.place + 4])
        return ValidationError(
            f"{self.text[:80]!r} is no formula that can be read, from {where!r} on: write every * and bracket"
        )

    def _value_comes(self) -> bool:
        """Whether a factor follows without a sign between."""
        if self._kind() in ("name", "slope") or self._next("(", "{", "√", "⌊", "⌈"):
            return True
        inside = self.tokens[self.place + 1 : self.place + 3]
        index = bool(inside) and inside[0].kind == "number" and inside[-1].text == "]"
        return self._next("[") and not index

    # Reading, from the loosest to the tightest.

    def _sum(self) -> Tree:
        terms = [self._term()]
        while self._next("+", "-"):
            sign = self._take().text
            terms.append(self._term() if sign == "+" else ("negative", self._term()))
        return terms[0] if len(terms) == 1 else ("sum", *terms)

    def _term(self) -> Tree:
        """Read factors; those without a sign between bind tighter than a division only if `tight`."""
        factors = [self._factor()]
        while self._next("*", "/", "//") or self._value_comes():
            sign = self._take().text if self._next("*", "/", "//") else "*"
            self.plain &= sign != "/"
            factor = self._factor()
            if sign == "//":
                factors = [("call", "floor", _product([*factors, ("inverse", factor)]))]
            else:
                factors.append(factor if sign == "*" else ("inverse", factor))
        return _product(factors)

    def _factor(self) -> Tree:
        negative = False
        while self._next("+", "-"):
            negative ^= self._take().text == "-"
        factors = [self._power()]
        while self.tight and self._value_comes():
            factors.append(self._power())
        return ("negative", _product(factors)) if negative else _product(factors)

    def _power(self) -> Tree:
        self.depth += 1
        if self.depth > DEEPEST:
            raise ValidationError(f"{self.text[:40]!r} … has too many powers and brackets in each other")
        tree = self._raised()
        self.depth -= 1
        return tree

    def _raised(self) -> Tree:
        base = self._atom()
        if self._next("'"):
            self._take()
            base = ("slope", "", base)
        if not self._next("^"):
            return base
        self._take()
        is_e = base == ("name", "e") and "e" not in self.names
        exponent = self._exponent(is_e=is_e)
        return ("call", "exp", exponent) if is_e else ("power", base, exponent)

    def _exponent(self, *, is_e: bool) -> Tree:
        """Read a power; only e^-2x, written without a space, takes the x along."""
        negative = False
        while self._next("+", "-"):
            negative ^= self._take().text == "-"
        factors = [self._power()]
        while is_e and factors[0][0] in ("number", "name") and self._kind() == "name":
            if self.tokens[self.place].spaced:
                break
            factors.append(self._power())
        return ("negative", _product(factors)) if negative else _product(factors)

    def _atom(self) -> Tree:
        token = self._take()
        if token.kind == "number":
            return ("number", float(token.text))
        if token.kind == "slope":
            return self._slope(token.text)
        if token.kind == "name":
            return self._named(token.text)
        if token.text == "√":
            return ("call", "sqrt", self._power())
        if token.text in CLOSING:
            inner = self._closed(token.text)
            rounding = {"⌊": "floor", "⌈": "ceil"}.get(token.text)
            return ("call", rounding, inner) if rounding else inner
        self.place -= 1
        raise self._refused()

    def _closed(self, opening: str) -> Tree:
        inner = self._sum()
        if not self._next(CLOSING[opening]):
            if self.place == len(self.tokens):
                raise ValidationError(f"{self.text[:80]!r} has a bracket that is never closed")
            raise self._refused()
        self._take()
        return inner

    # Names: functions, sums, variables.

    def _named(self, name: str) -> Tree:
        plain = name.lstrip("\\")
        if name == "\\frac":
            above, below = self._group(), self._group()
            return ("product", above, ("inverse", below))
        over = SUM.fullmatch(plain)
        if over and plain not in self.names and not (plain == "sum" and self._next("(")):
            return self._summed(over[1])
        family = self._member(plain)
        if family:
            return ("name", family)
        found = self._variable(plain)
        if found:
            return ("name", found)
        if plain in FUNCTIONS or plain.lower() in FUNCTIONS:
            return self._called(FUNCTIONS[plain if plain in FUNCTIONS else plain.lower()], plain)
        if plain in CONSTANTS:
            return ("name", CONSTANTS[plain])
        return self._run_together(plain)

    def _group(self) -> Tree:
        if not self._next("{"):
            raise self._refused()
        return self._closed(self._take().text)

    def _variable(self, name: str) -> str:
        """Return the variable that is meant, or nothing: v_1, v_{1} and v1 are one."""
        if name.endswith("_") and self._next("{"):
            inside = re.compile(r"\w+")
            start = self.place
            self._take()
            if inside.fullmatch(self.tokens[self.place].text if self._kind() != "end" else ""):
                name += self._take().text
                while self._kind() in ("number", "name") or self._next(","):
                    name += self._take().text.strip(",")
            if not self._next("}"):
                self.place = start
                return ""
            self._take()
        for letter, number in self.index.items():
            stem, mark, below = name.partition("_")
            if not mark and name not in self.names:
                stem, below = name[:1], name[1:]
            if letter in below:
                name = stem + below.replace(letter, number)
                self.met.add(letter)
        return next((way for way in (name, name.replace("_", ""), name.lower()) if way in self.names), "")

    def _member(self, name: str) -> str:
        """Return the variable y that is written as y(x), or mu1 as mu(v1); or nothing."""
        if not (self._next("(") and self.place + 2 < len(self.tokens)):
            return ""
        start = self.place
        self._take()
        token = self._take()
        inner = self._variable(token.text) if token.kind == "name" else ""
        digits = re.sub(r"\D", "", inner)
        if (
            inner
            and self._next(")")
            and (f"{name}{digits}" in self.names)
            and f"{name}({inner})" in self.names
        ):
            self._take()
            return f"{name}{digits}"
        self.place = start
        return ""

    def _called(self, function: str, written: str) -> Tree:
        """Read what a function is applied to, in brackets or not; tanh^2(x) is a square."""
        power = None
        if self._next("'"):
            self._take()
            return ("prime", function, self._argument(function, written))
        if self._next("^"):
            self._take()
            power = self._exponent(is_e=function == "exp")
            if function == "exp":
                return ("call", "exp", power)
            if power[0] != "number":
                raise ValidationError(f"{written}^… is not clear: write ({written}(x))^…")
        if function in TWO:
            return ("call", function, *self._two(written))
        inner: Tree = ("call", function, self._argument(function, written))
        return inner if power is None else ("power", inner, power)

    def _argument(self, function: str, written: str) -> Tree:
        if self._next("(", "{", "["):
            return self._closed(self._take().text)
        negative = False
        while self._next("-", "+"):
            negative ^= self._take().text == "-"
        if self._kind() not in ("number", "name"):
            raise ValidationError(f"{written} needs what it is applied to in brackets: {written}(x)")
        factors = [self._power()]
        while self._kind() == "name" and self.tokens[self.place].text.lstrip("\\") not in FUNCTIONS:
            factors.append(self._power())
        return ("negative", _product(factors)) if negative else _product(factors)

    def _two(self, written: str) -> tuple[Tree, Tree]:
        if not self._next("("):
            raise ValidationError(f"{written} needs two arguments in brackets")
        self._take()
        first = self._sum()
        if not self._next(","):
            raise ValidationError(f"{written} got 1 arguments")
        self._take()
        return first, self._closed("(")

    def _summed(self, letter: str) -> Tree:
        """Read a sum over an index: its term once for each number that the variables have."""
        last = MOST_TERMS
        if not letter and self._next("_", "{"):
            letter = self._below()
        if not letter:
            raise ValidationError("a sum needs its index: sum_i")
        if self._next("^"):
            self._take()
            above = self._bound()
            last = above or last
        outer = dict(self.index)
        terms = self._terms(letter, last)
        self.index = outer
        return ("sum", *terms) if len(terms) > 1 else terms[0]

    def _terms(self, letter: str, last: int) -> list[Tree]:
        """Read the same term with one number after the other for its index."""
        start, depth = self.place, self.depth
        end = start
        terms: list[Tree] = []
        for number in range(1, last + 1):
            self.place, self.index[letter] = start, str(number)
            self.met.discard(letter)
            try:
                terms.append(self._term())
            except ValidationError:
                if number == 1 or last < MOST_TERMS:
                    raise
                self.place, self.depth = end, depth
                break
            if letter not in self.met:
                raise ValidationError(f"the sum over {letter} holds no variable with the index {letter}")
            end = self.place
        return terms

    def _below(self) -> str:
        """Read {i} or {i=1}."""
        while self._next("_", "{"):
            self._take()
        letter = self._take().text
        while not self._next("}"):
            self._take()
        self._take()
        return letter

    def _bound(self) -> int:
        """Read 3 or {3}; 0 for a letter."""
        braced = self._next("{") and bool(self._take())
        text = self._take().text
        if braced:
            self._take()
        return min(int(float(text)), MOST_TERMS) if text.replace(".", "").isdigit() else 0

    def _slope(self, text: str) -> Tree:
        """Read dy/dx, or d/dx and what follows."""
        above, below = (part.strip()[1:] for part in text.split("/"))
        self.plain = False
        if above:
            return ("slope", below, self._named(above))
        bracket = self._next("(", "{", "[")
        body = self._power() if bracket and not self.wide else self._term()
        return ("slope", below, body)

    def _run_together(self, name: str) -> Tree:
        """Read kd as k·d and w11x1 as w11·x1."""
        parts, rest = [], name
        known = sorted({*self.names, *CONSTANTS}, key=len, reverse=True)
        while rest:
            first = next((one for one in known if rest.startswith(one)), "")
            if not first:
                raise ValidationError(self._unknown(name))
            parts.append(_Token("name", first, spaced=False))
            rest = rest[len(first) :].lstrip("_")
        self.place -= 1
        self.tokens[self.place : self.place + 1] = parts  # each may have a power of its own
        return self._named(self._take().text)

    def _unknown(self, name: str) -> str:
        variables = ", ".join(one for one in self.names if "(" not in one and one not in self.hidden)
        if self._next("("):
            return (
                f"the function {name!r} is not known; there are {', '.join(sorted(set(FUNCTIONS.values())))}"
            )
        return f"{name!r} is not one of the variables {variables}"


def _product(factors: list[Tree]) -> Tree:
    flat = [one for factor in factors for one in (factor[1:] if factor[0] == "product" else [factor])]
    return flat[0] if len(flat) == 1 else ("product", *flat)
