"""Devices that misbehave on command; they meet the product in bytes only.

Reading order, the printer's language: printer_models, escpos_events, escpos_grammar, escpos_realtime,
escpos_modes, escpos_characters, escpos_line, escpos_page, escpos_graphics, escpos_stores, escpos_desk,
escpos_codes (barcode_bars, barcode_industry, barcode_gs1), escpos_symbols, escpos_style_actions,
escpos_page_actions, escpos_actions, escpos_reader. Its paper: glyphs, ink, paper, coupon_reader. The
machine: printer_status, printer_faults, printer_mishaps, printer_voice, receive_buffer, print_head,
printer_device, printer_host, pty_port, serial_printer, network_printer, paper_feed, web_server,
printer_web, printer_cli. The rest of the lane: scanner,
http_client, till, test_clock, tcp_proxy, broker. Stories: scenario, shop, sim_lane, world,
scenario_lanes, scenario_sales, scenario_expect, scenario_run; in other people's tests: loop_thread,
stand_ins, pytest_plugin; demo, demo_stage, demo_story, demo_steps;
cli.
"""
