"""Analysis: from scores to meaning. Randomness only through ``random_state``; no files."""
