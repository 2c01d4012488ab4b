"""Makes users in Airflow's database through its own security manager. Standard input has them, as JSON."""

import datetime
import json
import sys

from airflow.www.app import create_app
from werkzeug.security import generate_password_hash

app = create_app()
with app.app_context():
    manager = app.appbuilder.sm
    roles = {role.name: role for role in manager.get_all_roles()}
    for it in json.load(sys.stdin):
        # Few rounds: the password is for this run only, and is checked with each request.
        password = generate_password_hash(it["password"], method="pbkdf2:sha256:1000") if "password" in it else "none"
        made = manager.add_user(
            username=it["username"],
            first_name=it["first_name"],
            last_name=it["last_name"],
            email=it["email"],
            role=[roles[name] for name in it["roles"]],
            hashed_password=password,
        )
        if not made:
            sys.exit(f"{it['username']} cannot be made")
        made.active = it["active"]
        if it.get("last_login"):
            made.last_login = datetime.datetime.fromisoformat(it["last_login"])
        manager.update_user(made)
