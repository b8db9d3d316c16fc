"""Who takes part, by role, such that no group under ten is shown or can be worked out."""

from collections.abc import Sequence

from warehouse.dashboard.records import Role

FEWEST = 10
REST = "other"


def shown(roles: Sequence[Role]) -> list[Role]:
    """Give the groups of ten authors or more, largest first; smaller ones are counted under the rest.

    If the rest itself were under ten, the smallest group joins it; below ten authors in all nothing is shown.
    """
    groups = sorted((role for role in roles if _large(role)), key=lambda role: role.authors, reverse=True)
    rest = [role for role in roles if not _large(role)]
    while rest and sum(role.authors for role in rest) < FEWEST and groups:
        rest.append(groups.pop())
    others = Role(REST, sum(role.authors for role in rest), sum(role.posts for role in rest))
    return [*groups, others] if others.authors >= FEWEST else groups


def _large(role: Role) -> bool:
    return role.authors >= FEWEST and role.role != REST
