"""Starts a media job from Python, or attaches to its existing run: start.py <workflow id> <request as JSON>.

vodflow's workflow takes and returns plain JSON, so that its name, its task queue and a dict are all that Python needs.
"""

import asyncio
import json
import os
import sys

from temporalio.client import Client, WorkflowFailureError, WorkflowHandle
from temporalio.common import WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError


class RequestMismatch(Exception):
    """The workflow id belongs to a run of another request. Nothing was started."""


async def process_media(client: Client, workflow_id: str, request: dict) -> tuple[dict, bool]:
    """Returns the job's outcome, and whether its run already existed."""
    try:
        handle = await client.start_workflow(
            "processMediaByProcedure",
            {"request": request},
            id=workflow_id,
            task_queue="vodflow",
            # Without this, a second request after the end would start a new run with a new task, which VOD bills.
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
        )
        attached = False
    except WorkflowAlreadyStartedError:
        # The run may be running or ended. Its result is the answer.
        handle = client.get_workflow_handle(workflow_id)
        await require_same_request(client, handle, request)
        attached = True
    return await handle.result(), attached


async def require_same_request(client: Client, handle: WorkflowHandle, request: dict) -> None:
    """Raises RequestMismatch for another request under the same workflow id, which would get the outcome of the first one."""
    # The first event has the input, for a run started by any client.
    first = await anext(handle.fetch_history_events(page_size=1))
    payloads = first.workflow_execution_started_event_attributes.input.payloads
    [earlier] = await client.data_converter.decode(payloads)
    was, now = comparable(earlier), comparable({"request": request})
    differing = sorted(field for field in was.keys() | now.keys() if was.get(field) != now.get(field))
    if differing:
        fields = ", ".join(differing)
        raise RequestMismatch(f"the run was started with another request, which differs in {fields}: pass another workflow id")


def comparable(job: dict) -> dict:
    """Returns the fields to compare. Absent and empty fields and VOD's defaults are left out, because they mean the same."""
    given = {**job["request"], "account": job.get("account"), "key": job.get("key")}
    defaults = {"account": "default", "TasksNotifyMode": "Finish"}
    return {field: value for field, value in given.items() if value not in (None, "", 0, defaults.get(field))}


async def main(workflow_id: str, request: str) -> int:
    client = await Client.connect(
        os.environ.get("TEMPORAL_ADDRESS", "localhost:7233"),
        namespace=os.environ.get("TEMPORAL_NAMESPACE", "default"),
    )
    try:
        outcome, attached = await process_media(client, workflow_id, json.loads(request))
    except RequestMismatch as error:
        print(f"{workflow_id}: {error}", file=sys.stderr)
        return 1
    except WorkflowFailureError as error:
        # The cause says what is wrong and how to fix it.
        print(f"{workflow_id} failed: {error.cause}", file=sys.stderr)
        return 1
    urls = [url for task in outcome["tasks"] for part in task["parts"] for url in part["urls"]]
    print(json.dumps({"status": outcome["status"], "attached": attached, "TaskId": outcome.get("TaskId"), "urls": urls}))
    if outcome["status"] != "succeeded":
        print(f"{workflow_id} ended {outcome['status']}: {outcome['reason']}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    code = asyncio.run(main(*sys.argv[1:]))
    sys.stdout.flush()
    # A short process may crash when Python shuts down under Temporal's threads (temporalio/sdk-python#300).
    os._exit(code)
