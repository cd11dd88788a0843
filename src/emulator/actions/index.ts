import type { Action } from '../context.js'
import type { EventConfig } from '../model.js'
import type { Collection } from '../store.js'
import * as edit from './edit.js'
import * as events from './events.js'
import * as media from './media.js'
import * as mediaLibrary from './mediaLibrary.js'
import { processMedia } from './processMedia.js'
import { processMediaByProcedure } from './processMediaByProcedure.js'
import { reviewAudioVideo } from './reviewAudioVideo.js'
import * as tasks from './tasks.js'
import * as templates from './templates.js'

/** Every action of the local VOD. */
export function createActions(configs: Collection<EventConfig>): ReadonlyMap<string, Action> {
  return new Map<string, Action>([
    ['ProcessMediaByProcedure', processMediaByProcedure],
    ['ProcessMedia', processMedia],
    ['ReviewAudioVideo', reviewAudioVideo],
    ['EditMedia', edit.editMedia],
    ['SplitMedia', edit.splitMedia],
    ['ComposeMedia', edit.composeMedia],
    ['DescribeTaskDetail', tasks.describeTaskDetail],
    ['DescribeTasks', tasks.describeTasks],
    ['ManageTask', tasks.manageTask],
    ['CreateProcedureTemplate', templates.createProcedureTemplate],
    ['ResetProcedureTemplate', templates.resetProcedureTemplate],
    ['DeleteProcedureTemplate', templates.deleteProcedureTemplate],
    ['DescribeProcedureTemplates', templates.describeProcedureTemplates],
    ['PullUpload', media.pullUpload],
    ['DescribeMediaInfos', media.describeMediaInfos],
    ['DeleteMedia', media.deleteMedia],
    ['SearchMedia', mediaLibrary.searchMedia],
    ['ModifyMediaInfo', mediaLibrary.modifyMediaInfo],
    ['PullEvents', events.pullEvents],
    ['ConfirmEvents', events.confirmEvents],
    ['ModifyEventConfig', events.modifyEventConfig(configs)],
    ['DescribeEventConfig', events.describeEventConfig],
    ['DescribeSubAppIds', events.describeSubAppIds],
  ])
}
