"""From findings to a development plan: priorities, goals, actions, sessions and measures."""
