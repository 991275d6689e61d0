"""The thinking: no I/O, no clock, no dice.

Values: model, basket, reasons, context, records, changes. The decision: decide (start here), kept, gates,
outright, hours, contradictions, law, shelf, near_miss, conditions, rewards, solver, components,
points, search, worth, greedy, hands, claims, terms, singles, matching, accounting, allocation. The
next slip: issue, issue_rules, offer_sets, slip_facts, availability, caps, slip_choice, experiments, budget, spending.
Words: sentences (start here), telling, promises, speech, catalogue; wordings, words_en, words_es,
words_de, words_ar; money, plurals, number_patterns, bidi. Numbers: serials, coupon_code,
shopper_key.
"""
