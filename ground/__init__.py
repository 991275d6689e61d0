"""What every room stands on: clock, dice, strict_toml, complaints, key_files, log_lines."""
