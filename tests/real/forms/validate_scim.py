"""Checks SCIM users with PyPI scim2-models: a file with one user a line. Exit 1 if one is wrong, or if there are none."""
import json, sys
from typing import Optional

from pydantic import ValidationError
from scim2_models import URN, ComplexAttribute, Context, EnterpriseUser, Extension, SCIMException, User


class Part(ComplexAttribute):
    """A value of our extension. It has no value inside: RFC 7643, section 2.3.8."""

    id: Optional[str] = None
    name: Optional[str] = None
    value: Optional[str] = None
    email: Optional[str] = None
    address: Optional[str] = None
    number: Optional[str] = None
    url: Optional[str] = None
    kind: Optional[str] = None
    purpose: Optional[str] = None
    primary: Optional[bool] = None
    verified: Optional[bool] = None
    color: Optional[str] = None
    formatted: Optional[str] = None
    recipient: Optional[str] = None
    street_address: Optional[str] = None
    locality: Optional[str] = None
    region: Optional[str] = None
    postal_code: Optional[str] = None
    country: Optional[str] = None
    role: Optional[str] = None
    scope: Optional[str] = None
    scope_tier: Optional[str] = None
    scope_id: Optional[str] = None
    scope_name: Optional[str] = None
    created: Optional[str] = None
    last_used: Optional[str] = None
    expires: Optional[str] = None


class States(ComplexAttribute):
    null: Optional[list[str]] = None
    withheld: Optional[list[str]] = None
    unsupported: Optional[list[str]] = None
    empty: Optional[list[str]] = None


class AnyprofileUser(Extension):
    __schema__ = URN("urn:ietf:params:scim:schemas:extension:anyprofile:1.0:User")

    service: Optional[str] = None
    account: Optional[str] = None
    collection: Optional[str] = None
    states: Optional[States] = None
    kind: Optional[str] = None
    status: Optional[str] = None
    status_raw: Optional[str] = None
    declared_status: Optional[str] = None
    username: Optional[str] = None
    emails: Optional[list[Part]] = None
    picture: Optional[str] = None
    website: Optional[str] = None
    country: Optional[str] = None
    roles: Optional[list[Part]] = None
    labels: Optional[list[Part]] = None
    metadata: Optional[list[Part]] = None
    grants: Optional[list[Part]] = None
    changed_by: Optional[Part] = None
    phones: Optional[list[Part]] = None
    photos: Optional[list[Part]] = None
    addresses: Optional[list[Part]] = None
    groups: Optional[list[Part]] = None
    entitlements: Optional[list[Part]] = None
    credentials: Optional[list[Part]] = None
    owner: Optional[Part] = None
    name_derived: Optional[bool] = None
    organization_legal_name: Optional[str] = None
    organization_kind: Optional[str] = None
    organization_role: Optional[str] = None
    employee_manager: Optional[Part] = None
    billing_contact: Optional[str] = None
    billing_vat_number: Optional[str] = None
    billing_currency: Optional[str] = None
    billing_invoiced: Optional[bool] = None
    billing_address: Optional[Part] = None
    access_owner: Optional[bool] = None
    access_billing_admin: Optional[bool] = None
    security_mfa_enabled: Optional[bool] = None
    security_sso: Optional[bool] = None
    security_last_login: Optional[str] = None
    security_first_login: Optional[str] = None
    security_mfa_methods: Optional[list[str]] = None
    times_status_changed: Optional[str] = None


USER = User[EnterpriseUser | AnyprofileUser]


def problems(user):
    """What the models find, and what they let pass."""
    try:
        USER.model_validate(user, scim_ctx=Context.RESOURCE_QUERY_RESPONSE)
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors())
    except SCIMException as error:
        yield f"{type(error).__name__}: {error}"
    if not user.get("userName"):
        yield "userName: missing"
    for key, value in user.items():
        if key.lower().startswith("urn:") and key not in user["schemas"]:
            yield f"schemas: {key} is not named"
        if isinstance(value, list) and sum(it.get("primary") is True for it in value if isinstance(it, dict)) > 1:
            yield f"{key}: more than one is primary"


count, found = 0, 0
for line in open(sys.argv[1], encoding="utf-8"):
    count += 1
    for problem in problems(json.loads(line)):
        found += 1
        print(f"line {count}: {problem}", file=sys.stderr)
print(f"scim2-models: {count} users, {found} problems")
sys.exit(1 if found or not count else 0)
