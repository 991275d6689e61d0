"""SQLite: the generation (HQ's truth, read only) and the journal (the lane's truth)."""
