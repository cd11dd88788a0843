import type { ActivityContext } from './context.js'
import { describeProcedureTemplates } from './describeProcedureTemplates.js'
import { describeTaskDetail } from './describeTaskDetail.js'
import { describeTasks } from './describeTasks.js'
import { manageTask } from './manageTask.js'
import { processMediaByProcedure } from './processMediaByProcedure.js'
import type { VodActivities } from './types.js'

export type { ActivityContext } from './context.js'
export type { VodActivities } from './types.js'

/** Every activity, bound to the accounts and keys of this worker. */
export function createActivities(context: ActivityContext): VodActivities {
  return {
    ProcessMediaByProcedure: processMediaByProcedure(context),
    DescribeTaskDetail: describeTaskDetail(context),
    DescribeTasks: describeTasks(context),
    DescribeProcedureTemplates: describeProcedureTemplates(context),
    ManageTask: manageTask(context),
  }
}
