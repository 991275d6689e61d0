"""Headquarters' end."""
