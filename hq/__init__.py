"""Headquarters' end: offers out, results in.

To lanes: authoring, shop_reader, offer_files, shop_files, law_files, lint_facts, lint, lint_shop,
plan, publish. Its file: schema, store, ledger. From lanes: effects, inbox, desk, serve. For people:
keys, previews, reports, sample_ratio, arguments, cli. From outside: import_completejourney.
"""
