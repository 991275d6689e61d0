"""The lane's process: lane (start here), wiring, config, till_types, http, scan_decoder, cli."""
