"""The contract as schemathesis reads it: no call of any form gets an answer outside /openapi.json."""

import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from agent.http_app import make_app
from agent.openapi import openapi
from agent.page_keys import PageKeys
from ground.clock import SystemClock
from tests.agent.fake_desk import TOKEN, FakeDesk, face

APP = make_app(FakeDesk(), TOKEN, PageKeys(TOKEN, SystemClock()))
SCHEMA = schemathesis.openapi.from_asgi("/openapi.json", APP, headers={"host": "localhost"})
CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    negative_data_rejection,
)


@SCHEMA.exclude(path="/v1/events").parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_call_answers_as_its_contract_says(case):
    """Right and wrong calls alike get an answer that the contract names, and none is a 5xx."""
    headers = {"authorization": f"Bearer {TOKEN}"}
    case.call_and_validate(base_url="http://localhost", headers=headers, checks=list(CHECKS))


def test_the_contract_names_every_call():
    """Each call of the design is in the document."""
    calls = {
        (method.upper(), path) for path, found in openapi()["paths"].items() for method in found
    }
    assert calls == {
        ("PUT", "/v1/transactions/{id}"),
        ("POST", "/v1/transactions/{id}/tender"),
        ("POST", "/v1/transactions/{id}/void"),
        ("POST", "/v1/transactions/{id}/suspend"),
        ("POST", "/v1/returns"),
        ("POST", "/v1/disputes"),
        ("POST", "/v1/disputes/step"),
        ("POST", "/v1/disputes/settle"),
        ("POST", "/v1/disputes/paper"),
        ("GET", "/v1/staff"),
        ("POST", "/v1/staff/sign_in"),
        ("POST", "/v1/staff/sign_out"),
        ("GET", "/v1/events"),
        ("POST", "/v1/page"),
        ("GET", "/healthz"),
    }


async def test_the_contract_is_served_without_a_token():
    """A stranger on this machine may read the contract: it is in the docs anyway."""
    async with face() as at:
        del at.till.headers["authorization"]
        answer = await at.till.get("/openapi.json")
    assert answer.status_code == 200
    assert answer.json()["openapi"] == "3.1.0"


@pytest.mark.parametrize("name", ["BasketIn", "DecisionOut", "Problem", "LaneState", "HealthOut"])
def test_each_type_is_in_the_contract(name):
    """The types are there by their own names."""
    assert openapi()["components"]["schemas"][name]["type"] == "object"
