"""The wire between a lane and headquarters.

What is said: topics, messages, payload, letters, reading. When a lane says it, without I/O: session,
with steps, outbox_window and delta_feed. Single use: claims (a lane), arbiter,
words, teller and allegiance (what a lane owes its arbiter), store_arbiter with ledger_file and term_file.
Generations: pulls, blob_file. The client: link_options, rivals, mqtt_link. What can be wrong: errors.
"""
