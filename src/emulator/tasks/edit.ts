import type { EditPlan } from '../actions/edit.js'
import type { Library } from '../context.js'
import { type MediaToolbox, SubTaskFailure } from '../media/index.js'
import type { EmulatorMedia, EmulatorTask } from '../model.js'
import { type EditOutput, madeMedia } from '../responses.js'

export interface EditOptions {
  readonly toolbox: MediaToolbox
  readonly library: () => Library
  readonly fileOf: (FileId: string) => EmulatorMedia | undefined
  readonly sourceOf: (file: EmulatorMedia) => string
  readonly startFlow: (
    file: EmulatorMedia,
    flow: { ProcedureName: string; SessionContext: string },
  ) => Promise<Flow>
  /** Applies all changes or none. */
  readonly together: <T>(changes: () => T) => T
}

/** The tasks that a task flow created. */
export interface Flow {
  readonly ProcedureTaskId: string
  readonly ReviewAudioVideoTaskId: string
}

/** Cuts and joins media. New media enter the library only when all are complete, so that a repeated edit creates nothing twice. */
export async function edit(task: EmulatorTask, signal: AbortSignal, options: EditOptions): Promise<void> {
  const { library, startFlow, together } = options
  const plans = task.Input.plans as readonly EditPlan[]
  try {
    const files: EmulatorMedia[] = []
    for (const plan of plans) files.push(await make(task, plan, { signal, options }))
    if (signal.aborted) return
    together(() => {
      for (const file of files) library().commit(file)
    })
    const flows: Flow[] = []
    for (const [index, { ProcedureName }] of plans.entries()) {
      const none = { ProcedureTaskId: '', ReviewAudioVideoTaskId: '' }
      const { SessionContext } = task
      flows.push(
        ProcedureName === ''
          ? none
          : await startFlow(files[index] as EmulatorMedia, { ProcedureName, SessionContext }),
      )
    }
    task.Output = { made: files.map(madeMedia), flows } satisfies EditOutput
    task.Message = 'SUCCESS'
  } catch (error) {
    if (signal.aborted) return
    const failure =
      error instanceof SubTaskFailure ? error : new SubTaskFailure('InternalError', 'internal error')
    task.ErrCodeExt = failure.ErrCodeExt
    task.ErrCode = failure.ErrCode
    task.Message = failure.message
  }
}

function make(
  { SubAppId }: EmulatorTask,
  { name, ClassId, pieces }: EditPlan,
  { signal, options }: { signal: AbortSignal; options: EditOptions },
): Promise<EmulatorMedia> {
  const { toolbox, library, fileOf, sourceOf } = options
  const found = pieces.map(({ FileId, from, to }) => {
    const file = fileOf(FileId)
    if (!file) throw new SubTaskFailure('SourceFileError.DownloadNotAccessible', 'the media file is gone')
    return { source: sourceOf(file), from, to }
  })
  return library().prepare((path) => toolbox.join(found, { path, signal }), { SubAppId, name, ClassId })
}
