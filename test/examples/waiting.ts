import { condition, defineQuery, defineSignal, setHandler } from '@temporalio/workflow'

/** A workflow of a worker that has no plugin yet. */
export async function waits(): Promise<string> {
  let waiting = true
  setHandler(defineQuery('waiting'), () => waiting)
  setHandler(defineSignal('continue'), () => {
    waiting = false
  })
  await condition(() => !waiting)
  return 'continued'
}
