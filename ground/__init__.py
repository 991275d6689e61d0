"""What every room stands on: clock, strict_toml, complaints, key_files, log_lines."""
