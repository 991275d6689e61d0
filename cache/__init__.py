"""SQLite, in two files: HQ's truth (generation, generation_writer) and the lane's truth (journal).

The journal in reading order: journal (what the lane asks), journal_thread (one writer, group
commit), journal_store (its SQL), overlay (HQ's changes), journal_open and migrations (at start),
chain (the hashes). In memory: mirror, from claims, tallies, refs and slots. Then shelf, which
answers the lane from both; inspect, for people; errors.
"""
