"""What builds and checks the book: notebooks from texts, the site from notebooks."""
