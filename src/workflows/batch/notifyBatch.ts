import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow'
import type { ItemEnded } from '../../contract/batch.js'
import { itemEndedSignal } from '../../contract/itemEnded.js'
import type { BatchWork } from '../../contract/itemWork.js'

/** The signal of a run to its batch. `of` is the work of the run, because a run with other work may have the id of an item. */
export interface EndedSignal extends ItemEnded {
  readonly of: BatchWork
}

/** Reports the end of a run, even of a canceled one. A failed signal is ignored, because a batch checks silent runs itself. */
export async function notifyBatch(batch: string, ended: EndedSignal): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    getExternalWorkflowHandle(batch)
      .signal(itemEndedSignal, ended)
      .catch(() => {}),
  )
}
