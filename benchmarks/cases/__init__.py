"""The declarations, one file a topic."""
