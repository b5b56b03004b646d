"""Accuracy measured on simulated cohorts with known truth, the naive methods beside ours in the same run."""
