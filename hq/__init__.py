"""Headquarters' end: authoring, shop_files, lint, schema, store, plan, publish, inbox, serve, cli."""
