"""Joining the filtered stream: its rules brought in line with our queries, and how long to wait between connections."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from listeners.x import Client
from listeners.x_objects import XRule
from listeners.x_problems import BadRequest, Problem, Refused, Unavailable, backoff, refuse, until_reset
from listeners.x_rules import Access, Query, by_rule, rule_changes

MOST_TRIES = 10
NETWORK_STEP, NETWORK_LONGEST = 0.25, 16.0  # seconds, as X asks for
HTTP_FIRST, HTTP_LONGEST = 5.0, 320.0
RULES_AT_ONCE = 100


def synchronise(client: Client, queries: Sequence[Query], label: str, access: Access) -> dict[str, Query]:
    """Make our rules at X the queries: add what is missing, delete ours that are stale; give the query of each rule id.

    Idempotent; rules of others stay. Raises BadQuery when there is no room, BadRequest when X does not take a rule.
    """
    present = client.rules()
    change = rule_changes(queries, present, label, access.rules)
    steps = [partial(_add, client, change.add), partial(_delete, client, change.delete)]
    for step in steps if len(present) + len(change.add) <= access.rules else reversed(steps):
        step()
    if change.add or change.delete:
        present = client.rules()
    known = by_rule(queries, present)
    missing = {query.text for query in queries} - {query.text for query in known.values()}
    if missing:
        raise BadRequest(f"X did not keep {len(missing)} of {len(queries)} rules, among them `{min(missing)}`")
    return known


def wait(client: Client, problem: Problem | None, tries: int) -> None:
    """Wait before the next connection as X asks: not at all after a connection that lived, then longer and longer.

    The network's failures wait in steps, HTTP's double. A connection that X still counts as open is cleared once.
    Raises what waiting does not cure, and Unavailable after ten tries in a row.
    """
    if tries == 0:
        return
    problem = problem or Problem(0)
    refuse(problem)
    if tries > MOST_TRIES:
        raise Unavailable(f"X's stream cannot be joined ({problem.words()}), tried {tries} times; try again later")
    if problem.too_many_connections and tries == 1:
        _clear(client)
    if problem.status == 429 and not problem.too_many_connections:
        client.sleep(until_reset(problem, tries, client.now(), client.jitter))
    elif problem.status:
        client.sleep(backoff(tries, client.jitter, HTTP_FIRST, HTTP_LONGEST))
    else:
        client.sleep(min(NETWORK_LONGEST, NETWORK_STEP * tries) * (1 + client.jitter() / 2))


def _clear(client: Client) -> None:
    """Clear a connection that a killed process left behind; where the account may not, it is waited out."""
    with suppress(Refused, BadRequest, Unavailable):
        client.end_connections()


def _add(client: Client, rules: Sequence[XRule]) -> None:
    for start in range(0, len(rules), RULES_AT_ONCE):
        client.add_rules(rules[start : start + RULES_AT_ONCE])


def _delete(client: Client, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), RULES_AT_ONCE):
        client.delete_rules(ids[start : start + RULES_AT_ONCE])
