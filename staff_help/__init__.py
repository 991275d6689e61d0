"""What a cashier sees and can say: lane_state and explain; page/ has the page's files.

Also lights, evidence, past_sale (what a look back shows) and assets (the files as they are served).

The search box: ask (start here), ask_words, word_index, fold, shelf_words.

Disputes: script (start here), script_lint, goodwill, roles, pins, dispute_words; scripts/ has the
built-in ones.

Words: words (start here), words_en, words_es, words_de, words_ar, trouble_words.
"""
