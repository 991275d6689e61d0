"""SQLite, in two files: headquarters' truth (the generation) and the lane's truth (the journal).

The journal: journal (what the lane asks), hq_words (what headquarters changes), entries and veil,
journal_thread (one writer, group commit), journal_store (its SQL), chain (the hashes), parts (what
decisions were made from), overlay, housekeeping, journal_open and migrations (at start). In memory:
mirror, on top of happened (fed with facts), from claims, tallies, endings, refs, slots, quotas and changes. The
generation: generation, naming, generation_writer, range_file. Then shelf, which answers the lane
from both; erasure, over all the lane's files; replay_file; demand, at night; inspect, past_sales and
print_jobs, for people; errors.
"""
