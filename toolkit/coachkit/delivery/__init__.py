"""Delivery: notebooks executed, documents written, and a ledger that tells the truth about both."""
