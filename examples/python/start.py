"""Starts a media job from Python, by its name: no code of vodflow is needed, only Temporal's own SDK."""

import asyncio
import json
import os
import sys

from temporalio.client import Client, WorkflowFailureError
from temporalio.common import WorkflowIDConflictPolicy, WorkflowIDReusePolicy
from temporalio.exceptions import WorkflowAlreadyStartedError


async def main(request: dict) -> None:
    client = await Client.connect(os.environ["TEMPORAL_ADDRESS"])
    # The id that vodflow's own client would give: whoever asks for the same work gets the same run.
    workflow_id = f"vod/account:default/{request['FileId']}/{request['ProcedureName']}"
    try:
        run = await client.start_workflow(
            "processMediaByProcedure",
            {"request": request},
            id=workflow_id,
            task_queue="vodflow",
            id_reuse_policy=WorkflowIDReusePolicy.REJECT_DUPLICATE,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
        )
    except WorkflowAlreadyStartedError:
        run = client.get_workflow_handle(workflow_id)
    try:
        outcome = await run.result()
    except WorkflowFailureError as failed:
        sys.exit(f"refused: {failed.cause}")
    urls = [url for task in outcome["tasks"] for part in task["parts"] for url in part["urls"]]
    print(json.dumps({"status": outcome["status"], "TaskId": outcome["TaskId"], "urls": urls}))


asyncio.run(main(json.loads(sys.argv[1])))
