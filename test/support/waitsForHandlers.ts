import { allHandlersFinished, condition, defineSignal, setHandler } from '@temporalio/workflow'

/** Ends as Temporal advises it to workflows with messages. */
export async function waitsForHandlers(): Promise<string> {
  let mayEnd = false
  setHandler(defineSignal('end'), () => {
    mayEnd = true
  })
  await condition(() => mayEnd)
  return (await condition(allHandlersFinished, '5s')) ? 'ended' : 'a handler never finished'
}
