import { CancellationScope, getExternalWorkflowHandle } from '@temporalio/workflow'
import { itemEndedSignal } from '../../vod/itemEnded.js'
import type { ItemEnded } from '../../vod/library.js'

/** Also of a cancelled run. A batch that has ended is not told; it looks for silent runs itself. */
export async function tellLibrary(library: string, ended: ItemEnded): Promise<void> {
  await CancellationScope.nonCancellable(() =>
    getExternalWorkflowHandle(library)
      .signal(itemEndedSignal, ended)
      .catch(() => {}),
  )
}
