"""From words to paper.

Reading order: slip, worded, items, plan_types, plan, layout; words, fonts, shaping; codes, barcodes,
databar, dither, dot_gain, bitmap; bands, realtime_safe, rasters, nv, pen, escpos, render; patches,
calibration;
profile, probe; status, session, link, nv_store, carrier, orders, print_queue; ports, serial_port,
tcp_port, file_port, escpos_ports, spooled; errors.
"""
