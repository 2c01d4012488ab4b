"""The queries of a review: the name, the tables that it needs, and the statement."""

MFA = """
select service, field_state(mfa_enabled) as state, count(*) as people
from {schema}.profiles where not is_known(mfa_enabled)
group by 1, 2 order by 1, 2
"""

PERSONS = """
select a.service as one, b.service as other, count(*) as pairs, count(distinct lower(a.address)) as people
from {schema}.emails a join {other}.emails b on lower(a.address) = lower(b.address)
where a.service < b.service
group by 1, 2 order by 1, 2
"""

DORMANT = """
select service, count(*) filter (where last_login < timestamp '2026-11-30T00:00:00Z' - interval '90 days') as dormant,
    count(*) filter (where field_state(last_login) = 'null') as never,
    count(*) filter (where not is_known(last_login) and field_state(last_login) <> 'null') as not_known
from {schema}.profiles where status = 'active'
group by 1 order by 1
"""

DIFFERENCE = """
select coalesce(b.service, a.service) as service,
    count(*) filter (where b.id is null) as added,
    count(*) filter (where a.id is null) as gone,
    count(*) filter (where (b.status is distinct from a.status) and b.id is not null and a.id is not null) as changed
from before.profiles b full join after.profiles a on a.id = b.id
group by 1 order by 1
"""

#: Those over the accounts of a sandbox, some of them together with a snapshot.
LIVE = {
    "MFA unknown by service, live": MFA.format(schema="live"),
    "persons over services by e-mail, live": PERSONS.format(schema="live", other="live"),
    "persons live and in the snapshot, by e-mail": PERSONS.format(schema="live", other="people"),
    "dormant over 90 days, live": DORMANT.format(schema="live"),
    "who is live and who is in the snapshot": """
        select count(*) filter (where p.id is null) as only_live, count(*) filter (where l.id is null) as only_in_the_snapshot,
            count(*) filter (where p.id = l.id) as in_both
        from live.profiles l full join people.profiles p on p.id = l.id
    """,
}

#: Those over two large snapshots.
SNAPSHOTS = {
    "MFA unknown by service": MFA.format(schema="after"),
    "persons over services by e-mail": PERSONS.format(schema="after", other="after"),
    "dormant over 90 days": DORMANT.format(schema="after"),
    "difference of two snapshots": DIFFERENCE,
}
