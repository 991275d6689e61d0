"""The calls of disputes and of who is signed in, one row each; the page makes them, and a till may."""

from __future__ import annotations

from agent.http_calls import Call
from agent.staff_types import (
    DisputeIn,
    DisputeOut,
    PaperIn,
    PaperOut,
    SettledOut,
    SettleIn,
    SignInIn,
    StaffOut,
)

DISPUTE_CALLS = (
    Call(
        "POST",
        "/v1/disputes/step",
        "dispute_step",
        "Open a dispute about an offer of a sale, or go on with it. Nothing changes by it.",
        DisputeIn,
        DisputeOut,
        lambda desk, _, asked: desk.disputes.step(asked),
        for_page=True,
    ),
    Call(
        "POST",
        "/v1/disputes/settle",
        "dispute_settle",
        "End a dispute in words, money, paper or a ticket.",
        SettleIn,
        SettledOut,
        lambda desk, _, wanted: desk.disputes.end(wanted),
        for_page=True,
    ),
    Call(
        "POST",
        "/v1/disputes/paper",
        "dispute_paper",
        "Print what counts for an offer and what does not; it is no coupon.",
        PaperIn,
        PaperOut,
        lambda desk, _, asked: desk.disputes.paper(asked),
        for_page=True,
    ),
    Call(
        "GET",
        "/v1/staff",
        "staff",
        "Tell who is signed in, and who may approve.",
        None,
        StaffOut,
        lambda desk, _, __: desk.disputes.staff.signed_in(),
        for_page=True,
    ),
    Call(
        "POST",
        "/v1/staff/sign_in",
        "sign_in",
        "Sign in by badge, or by number and PIN.",
        SignInIn,
        StaffOut,
        lambda desk, _, wanted: desk.disputes.staff.sign_in(wanted),
        for_page=True,
    ),
    Call(
        "POST",
        "/v1/staff/sign_out",
        "sign_out",
        "Sign out who is there.",
        None,
        StaffOut,
        lambda desk, _, __: desk.disputes.staff.sign_out(),
        for_page=True,
    ),
)
