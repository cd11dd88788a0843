import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { ItemEnded } from '../../contract/batch.js'
import { itemEndedSignal } from '../../contract/itemEnded.js'
import type { BatchWork } from '../../contract/itemWork.js'

/** What a run tells its batch. `of` is what the run does: the id of an item may be taken by a run that does other work. */
export interface EndedSignal extends ItemEnded {
  readonly of: BatchWork
}

/** Also of a cancelled run. A batch that has ended is not told; it looks for silent runs itself. */
export async function notifyBatch(batch: string, ended: EndedSignal): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    getExternalWorkflowHandle(batch)
      .signal(itemEndedSignal, ended)
      .catch(() => {}),
  )
}
