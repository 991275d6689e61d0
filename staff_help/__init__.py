"""What a cashier sees and can say: lane_state, explain, goodwill, assets; page/ has its files.

Words: words (start here), words_en, words_es, words_de, words_ar.
"""
