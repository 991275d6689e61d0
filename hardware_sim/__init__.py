"""Devices that misbehave on command; they meet the product in bytes only."""
