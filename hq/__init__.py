"""Headquarters' end: offers out, results in.

To lanes: authoring, shop_reader, law_files, offer_files, staff_files, shop_files, then lint_facts, lint_offer,
lint_range, lint_picture, lint_paper, lint_shop, lint_shoppers, lint_staff, lint, then plan, publish, erase. Its store: schema,
statements, store, postgres_schema, postgres, tombstones. Single use: ledger, reconcile, seats, relay, past_sales, claim_commands. From lanes: effects, first_n, disputes, births, leases, inbox, desk, collect, serve. For people: keys, authority, broker_rules, previews, reports,
sample_ratio, exposures, arguments, trust_commands, wire_commands, staff_commands, cli. From outside: import_completejourney.
"""
