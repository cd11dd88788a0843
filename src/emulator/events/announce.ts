import type { UploadFlow } from '../context.js'
import type { EmulatorMedia, EmulatorTask } from '../model.js'
import { mediaBasicInfo, taskBody } from '../responses.js'
import type { Collection } from '../store.js'
import type { EmulatorSwitches } from '../switches.js'
import type { EventBus } from './bus.js'

export interface AnnounceOptions {
  readonly events: EventBus
  readonly switches: EmulatorSwitches
  readonly media: Collection<EmulatorMedia>
}

/** Creates the functions that send the events of tasks and media files. */
export function createAnnouncements({ events, switches, media }: AnnounceOptions) {
  const announce = (task: EmulatorTask): void => {
    const isProcedure = task.TaskType === 'Procedure'
    const silent = task.TasksNotifyMode === 'None' && (isProcedure || switches.noneSilencesReview)
    if (silent || (task.Status === 'ABORTED' && switches.abortWithoutEvent)) return
    const body = taskBody(task, media.get(task.FileId))
    events.emit(
      task.SubAppId,
      isProcedure
        ? { EventType: 'ProcedureStateChanged', ProcedureStateChangeEvent: body }
        : { EventType: `${task.TaskType}Complete`, [`${task.TaskType}CompleteEvent`]: body },
    )
  }
  return {
    /** Announces that a task has ended. */
    finished: announce,
    /** Announces that a sub-task has ended while others continue. */
    changed(task: EmulatorTask): void {
      if (task.TasksNotifyMode === 'Change') announce(task)
    },
    uploaded(
      file: EmulatorMedia,
      flow: UploadFlow = { ProcedureTaskId: '', ReviewAudioVideoTaskId: '' },
    ): void {
      const { FileId, MetaData, SubAppId } = file
      const upload = { FileId, MediaBasicInfo: mediaBasicInfo(file), MetaData, ...flow }
      events.emit(SubAppId, { EventType: 'NewFileUpload', FileUploadEvent: upload })
    },
  }
}
