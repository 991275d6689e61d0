"""The process of one lane; it knows every other room, and none of them knows it.

Read lane first: the lane's verbs, in its rooms. A scan: scanner, scan_decoder, scan_gate,
scan_reading, element_strings. A basket: till_types, till_reading, sales, answering, evaluation,
facts, quota_desk, coupon_desk, claim_line, answers, kept_facts. A tender and after: ending,
records_of, refunds, returning, past_sales, issue_desk, print_desk, second_try, picture_desk. Months later:
past_decision, what_if, explain, explain_words, explain_options. Time: moment, trust,
stepped_time. The till and the page: desk, counter, page_view, page_beside, page_parts, notices, events, refusals;
help_desk, search_desk, look_back, paper_desk, page_types, page_calls, http_help; http_calls,
http_app, http_failures, http_guard, http_limits, http_page, page_keys, http_printer, http_stream, http_server,
openapi. Headquarters: hq_options, hq_link, hq_news, patience, generation_pull, shelf_start, erasure_desk. The house: config,
secrets_files, stock, wiring, unswept, supervise, life, cli, printer_commands, printer_talk. A
year of real baskets: replay, replay_lane, replay_count.

Disputes: dispute_desk (start here), dispute_facts, dispute_opening, dispute_view, reissue_desk,
dispute_calls, staff_types, staff_papers, staff_desk, dispute_parts.

Single use, behind claim_line: claim_route (whom to ask), store_link (start here) with store_ears, owed_words,
arbiter_desk and store_arbiter where this lane decides for its store, claims_wiring.
"""
