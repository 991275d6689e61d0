"""What every room stands on: clock, dice, complaints, key_files, log_lines.

Files that people write: toml_lines, toml_types, strict_toml.
"""
