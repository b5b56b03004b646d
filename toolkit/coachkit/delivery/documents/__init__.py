"""One module per document format; each renders the same blocks."""
