"""How fast reports are made, measured here and now."""
