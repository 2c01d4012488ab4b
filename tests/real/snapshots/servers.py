"""The servers that these scripts need: a sandbox with the services, and an S3-compatible store."""

import contextlib
import json
import logging
import os
import subprocess

import boto3
from moto.server import ThreadedMotoServer


@contextlib.contextmanager
def sandbox(command, profiles):
    """Serves PROFILES profiles a service; gives the environment in which the command has their accounts."""
    arguments = [command, "sandbox", "--json", "--profiles", str(profiles)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        it = json.loads(server.stdout.readline())
        try:
            yield {
                **os.environ,
                "UPSUN_API_TOKEN": it["upsun"]["api_token"],
                "UPSUN_API_URL": it["upsun"]["base_url"],
                "UPSUN_AUTH_URL": it["upsun"]["auth_url"],
                "PROBELY_API_KEY": it["probely"]["api_key"],
                "PROBELY_API_BASE_URL": it["probely"]["base_url"],
                "ANTHROPIC_API_KEY": it["anthropic"]["api_key"],
                "ANTHROPIC_BASE_URL": it["anthropic"]["base_url"],
            }
        finally:
            server.kill()


@contextlib.contextmanager
def objects(environment, bucket):
    """Serves an empty bucket; adds to the environment how it is reached, and gives a client."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        host, port = server.get_host_and_port()
        endpoint = f"http://{host}:{port}"
        keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
        region = "us-east-1"
        environment.update({name.upper(): key for name, key in keys.items()})
        environment.update(AWS_ALLOW_HTTP="true", AWS_ENDPOINT=endpoint, AWS_REGION=region)
        client = boto3.client("s3", endpoint_url=endpoint, region_name=region, **keys)
        client.create_bucket(Bucket=bucket)
        yield client
    finally:
        server.stop()
