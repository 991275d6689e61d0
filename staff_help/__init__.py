"""What a cashier sees and can say: lane_state, explain, goodwill, assets; page/ has its files.

The search box: ask (start here), word_index, fold, shelf_words.

Words: words (start here), words_en, words_es, words_de, words_ar.
"""
