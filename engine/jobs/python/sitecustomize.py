"""Makes AWS clients of jobs talk to the server that started the job.

Older botocore (Debian 12 has 1.29) does not know AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_<SERVICE>: here it learns them. Names
without a host prefix and buckets in the path, since the endpoint is one host.
"""

import importlib.abc
import importlib.util
import os
import sys


def _endpoint(session, service_name):
    if os.environ.get("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "").lower() == "true":
        return None
    try:
        service_id = str(session.get_service_model(service_name).service_id)
    except Exception:  # an unknown service is botocore's to complain about
        service_id = service_name
    name = "AWS_ENDPOINT_URL_" + service_id.replace(" ", "_").replace("-", "_").upper()
    return os.environ.get(name) or os.environ.get("AWS_ENDPOINT_URL")


def _patch(module):
    create_client = module.Session.create_client

    def create_client_at_endpoint(self, service_name, region_name=None, api_version=None, use_ssl=True, verify=None,
                                  endpoint_url=None, *arguments, **options):
        if endpoint_url is None:
            endpoint_url = _endpoint(self, service_name)
        if endpoint_url is not None and len(arguments) < 4:
            from botocore.config import Config
            own = Config(inject_host_prefix=False, s3={"addressing_style": "path"})
            given = options.get("config")
            options["config"] = own.merge(given) if given is not None else own
        return create_client(self, service_name, region_name, api_version, use_ssl, verify, endpoint_url, *arguments,
                             **options)

    module.Session.create_client = create_client_at_endpoint


class _Hook(importlib.abc.MetaPathFinder):
    """botocore is patched when, and only when, somebody imports it; the absence of pyspark is explained."""

    def find_spec(self, name, path=None, target=None):
        if name == "botocore.session":
            sys.meta_path.remove(self)
            spec = importlib.util.find_spec(name)
            sys.meta_path.insert(0, self)
            if spec is None or spec.loader is None:
                return spec
            execute = spec.loader.exec_module

            def execute_and_patch(module):
                execute(module)
                _patch(module)

            spec.loader.exec_module = execute_and_patch
            return spec
        return None


class _Explanation(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == "pyspark":
            raise ModuleNotFoundError(
                "No module named 'pyspark': Spark is not part of pawl; map this kind of job to an interpreter that has "
                "it by a row in images.json, such as {\"image\": \"glueetl:*\", \"python\": \"/opt/spark/bin/python\"}",
                name="pyspark")
        return None


sys.meta_path.insert(0, _Hook())
sys.meta_path.append(_Explanation())
