"""The thinking, no I/O: model, basket, reasons, wallet, context, decide, issue, records."""
