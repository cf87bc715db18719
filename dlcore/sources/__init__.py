"""The books as data: items, errata, notation, and which notebook cell shows what.

>>> from dlcore import sources
>>> sources.item("le-eq7").where
'5 Stochastic gradient descent'

`dlcore.sources.coverage` knows the cells, `dlcore.sources.lookup` finds a passage.
"""

from dlcore.sources.inventory import BOOKS, Book, Erratum, Item, book, books, errata, ids, item, items
from dlcore.sources.symbols import Convention, Notation, Symbol, Usage, notation

__all__ = [
    "BOOKS",
    "Book",
    "Convention",
    "Erratum",
    "Item",
    "Notation",
    "Symbol",
    "Usage",
    "book",
    "books",
    "errata",
    "ids",
    "item",
    "items",
    "notation",
]
