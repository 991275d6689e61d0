"""Ninety days of a store: world (what there is), lanes (who knows what), days (what happens), log, auditor."""
