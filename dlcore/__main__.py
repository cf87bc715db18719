"""Let ``python -m dlcore`` do what ``dlcore`` does."""

from dlcore.cli import main

raise SystemExit(main())
