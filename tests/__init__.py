"""The tests, and what they share: brokers, arbiter_suite, bench/."""
