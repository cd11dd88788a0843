import type { ActivityContext } from './context.js'
import { describeMediaInfos } from './describeMediaInfos.js'
import { describeProcedureTemplates } from './describeProcedureTemplates.js'
import { describeTaskDetail } from './describeTaskDetail.js'
import { describeTasks } from './describeTasks.js'
import { manageTask } from './manageTask.js'
import { processMedia } from './processMedia.js'
import { processMediaByProcedure } from './processMediaByProcedure.js'
import { searchAttributeExists } from './searchAttributeExists.js'
import { sweepTasks } from './sweepTasks.js'
import type { VodActivities } from './types.js'

export type { ActivityContext } from './context.js'
export { createKeepSwept } from './keepSwept.js'
export type { VodActivities } from './types.js'

/** Every activity, bound to the accounts and keys of this worker. */
export function createActivities(context: ActivityContext): VodActivities {
  return {
    ProcessMediaByProcedure: processMediaByProcedure(context),
    ProcessMedia: processMedia(context),
    DescribeTaskDetail: describeTaskDetail(context),
    DescribeTasks: describeTasks(context),
    DescribeProcedureTemplates: describeProcedureTemplates(context),
    DescribeMediaInfos: describeMediaInfos(context),
    ManageTask: manageTask(context),
    sweepTasks: sweepTasks(context),
    searchAttributeExists,
  }
}
