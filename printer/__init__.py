"""From an offer to paper."""
