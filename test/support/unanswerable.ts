import { defineQuery, setHandler, sleep } from '@temporalio/workflow'

/* Workflows whose worker is there and cannot answer a query. */

/** Its own code answers the queries of vodflow, and throws. */
export async function throwsWhenAsked(): Promise<void> {
  for (const query of ['steps', 'progress', 'gates', 'view', 'batch.progress']) {
    setHandler(defineQuery(`vodflow.${query}`), () => {
      throw new Error('the board is broken: Workflow did not register a handler for fun')
    })
  }
  await sleep('1 day')
}

/** With another history than the workflow of this name in `unanswerableChanged`. */
export async function changes(): Promise<void> {
  await sleep('1 day')
}
