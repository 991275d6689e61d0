"""What a cashier sees and can say: lane_state, explain, goodwill, words, assets; page/ has its files."""
