"""The tests, and what they share: brokers, lane_shop, arbiter_suite, pages, bench/."""
