"""The books as data: items, errata, notation, and which notebook cell shows what."""

from dlcore.sources.inventory import BOOKS, Book, Erratum, Item, book, books, errata, ids, item, items

__all__ = ["BOOKS", "Book", "Erratum", "Item", "book", "books", "errata", "ids", "item", "items"]
