"""Core: pure functions and frozen records on tables. No files, clock, environment or plots."""
