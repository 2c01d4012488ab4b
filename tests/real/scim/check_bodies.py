"""Checks the bodies of requests with PyPI scim2-models: a file of lines {"method", "path", "body"}. Exit 1 if one is wrong."""
import json, sys

from pydantic import ValidationError
from scim2_models import Context, EnterpriseUser, PatchOp, SCIMException, User

USER = User[EnterpriseUser]
MODELS = {
    "POST": (USER, Context.RESOURCE_CREATION_REQUEST),
    "PUT": (USER, Context.RESOURCE_REPLACEMENT_REQUEST),
    "PATCH": (PatchOp[USER], Context.RESOURCE_PATCH_REQUEST),
}


def problems(method, body):
    """What the models find, and what they let pass."""
    model, context = MODELS[method]
    try:
        model.model_validate(body, scim_ctx=context)
    except ValidationError as error:
        yield from (f"{'.'.join(map(str, it['loc']))}: {it['msg']}" for it in error.errors())
    except SCIMException as error:
        yield f"{type(error).__name__}: {error}"
    if not body.get("schemas"):
        yield "schemas: missing"
    for key, value in body.items():
        if key.lower().startswith("urn:") and key not in body["schemas"]:
            yield f"schemas: {key} is not named"
        if isinstance(value, list) and sum(it.get("primary") is True for it in value if isinstance(it, dict)) > 1:
            yield f"{key}: more than one is primary"
    for operation in body.get("Operations", []):
        if operation["op"] not in ("add", "remove", "replace"):
            yield f"op: {operation['op']}"
        if operation["op"] != "remove" and "value" not in operation:
            yield f"{operation['op']} {operation.get('path')}: no value"


count, found = 0, 0
for line in open(sys.argv[1]):
    request = json.loads(line)
    count += 1
    for problem in problems(request["method"], request["body"]):
        found += 1
        print(f"{request['method']} {request['path']}: {problem}", file=sys.stderr)
print(f"scim2-models: {count} bodies, {found} problems")
sys.exit(1 if found or not count else 0)
