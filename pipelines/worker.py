"""The program that a cluster starts as a worker process: what Beam's container image starts, for
machines on which this package is installed (``--environment_type=PROCESS``).

A runner starts it with an id and the address of its provision service, asks for nothing else, and
ends it. Unlike Beam's worker pool (``EXTERNAL``) it takes the interpreter that it is installed for,
knows the pipeline's options, and any number of TaskManagers of one machine may start it: a pool
names workers of two TaskManagers alike and stops the wrong one.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

import grpc
from apache_beam.portability.api import beam_provision_api_pb2, beam_provision_api_pb2_grpc
from apache_beam.runners.worker import sdk_worker_main
from google.protobuf import json_format, text_format

TIMEOUT = 60
"""Seconds to wait for the runner's answer."""


def environment(worker: str, info: beam_provision_api_pb2.ProvisionInfo) -> dict[str, str]:
    """The environment variables that Beam's Python worker reads, from what the runner says."""
    said = {
        "WORKER_ID": worker,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }
    for name, endpoint in (
        ("LOGGING", info.logging_endpoint),
        ("CONTROL", info.control_endpoint),
        ("STATUS", info.status_endpoint),
    ):
        if endpoint.url:
            said[f"{name}_API_SERVICE_DESCRIPTOR"] = text_format.MessageToString(endpoint)
    return said


def main(argv: Sequence[str] | None = None) -> int:
    """Work until the runner has no more to do."""
    parser = argparse.ArgumentParser(
        prog="corpus-assay-worker",
        description="A worker of an audit that runs on a cluster. Runners start it: name its path "
        'in --environment_config={"command": "…"} with --environment_type=PROCESS.',
        allow_abbrev=False,
    )
    parser.add_argument("--id", required=True, help="name of this worker")
    parser.add_argument("--provision_endpoint", required=True, help="where the runner answers")
    # The other addresses that some runners name are in the answer as well.
    arguments, _ = parser.parse_known_args(argv)
    with grpc.insecure_channel(arguments.provision_endpoint) as channel:
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        metadata = (("worker_id", arguments.id),)
        try:
            answer = service.GetProvisionInfo(
                request, metadata=metadata, timeout=TIMEOUT, wait_for_ready=True
            )
        except grpc.RpcError as error:
            print(f"error: no answer from {arguments.provision_endpoint}: {error}", file=sys.stderr)
            return 1
    os.environ.update(environment(arguments.id, answer.info))
    sdk_worker_main.main([])
    return 0


if __name__ == "__main__":
    sys.exit(main())
