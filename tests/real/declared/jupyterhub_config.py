"""The configuration of the hub. What varies is in the environment."""

import json
import os

from jupyterhub.proxy import Proxy


class NoProxy(Proxy):
    """A proxy that is not there: the API is at the hub itself, and no server is started."""

    should_start = False

    def __init__(self, **settings):
        super().__init__(**settings)
        self.routes = {}

    async def add_route(self, routespec, target, data):
        self.routes[routespec] = {"routespec": routespec, "target": target, "data": data}

    async def delete_route(self, routespec):
        self.routes.pop(routespec, None)

    async def get_all_routes(self):
        return self.routes


c = get_config()  # noqa: F821
c.JupyterHub.proxy_class = NoProxy
c.JupyterHub.hub_bind_url = os.environ["HUB_URL"]
# Nobody listens there.
c.JupyterHub.bind_url = os.environ["PROXY_URL"]
c.JupyterHub.db_url = "sqlite:///hub.sqlite"
c.JupyterHub.cookie_secret_file = os.path.abspath("cookie_secret")
c.JupyterHub.authenticator_class = "dummy"
c.Authenticator.allow_all = True
# So that there are secrets of an identity provider.
c.Authenticator.enable_auth_state = True
c.JupyterHub.services = json.loads(os.environ["HUB_SERVICES"])
c.JupyterHub.load_roles = json.loads(os.environ["HUB_ROLES"])
