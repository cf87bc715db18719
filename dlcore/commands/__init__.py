"""The subcommands of ``dlcore`` that speak about the books: one module each, see `dlcore.cli`."""
