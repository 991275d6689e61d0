"""From words to paper.

Reading order: slip, worded, items, plan_types, plan; words, codes, barcodes, dither, bitmap; bands,
realtime_safe, escpos, render; profile, probe; status, session, link, orders, print_queue; ports,
serial_port, tcp_port, file_port; errors.
"""
