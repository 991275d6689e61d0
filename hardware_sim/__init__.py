"""Devices that misbehave on command; they meet the product in bytes only.

Reading order, the printer: escpos_events, escpos_grammar, escpos_realtime, escpos_modes, escpos_line,
escpos_codes (barcode_bars), escpos_graphics, escpos_desk, escpos_actions, escpos_reader; glyphs, paper,
coupon_reader; printer_status, printer_device, pty_port, printer_ports. The rest of the lane: scanner,
http_client, till, test_clock, tcp_proxy, broker. Stories: scenario, shop, sim_lane, world,
scenario_lanes, scenario_sales, scenario_expect, scenario_run; demo, demo_stage, demo_story, demo_steps;
cli.
"""
