"""What a cashier sees and can say: lane_state, lights, explain, evidence,
past_sale, goodwill, assets; page/ has its files.

The search box: ask (start here), word_index, fold, shelf_words.

Disputes: script (start here), script_lint, goodwill, roles, pins, dispute_words; scripts/ has the
built-in ones.

Words: words (start here), words_en, words_es, words_de, words_ar.
"""
