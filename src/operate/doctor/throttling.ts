import type { Client } from '@temporalio/client'
import { openIn } from '../../client/openRuns.js'
import { whyRetried } from '../../client/retriedActivities.js'
import { executionsIn } from '../../temporal/executions.js'
import { inTurns } from '../../temporal/inTurns.js'
import { commandText } from '../report/commandText.js'
import { type DoctorFinding, doubtful, failed, good } from './finding.js'

/** Maximum number of open runs that are described: Temporal's lists do not show why an activity is tried again. */
const mostRuns = 50

/** Finds out whether VOD limits the rate of calls. vodflow sends them again, so that nothing else shows it. */
export async function checkThrottling(client: Client): Promise<DoctorFinding> {
  try {
    const ids: string[] = []
    for await (const { workflowId } of executionsIn(client).list({
      query: await openIn(client),
      pageSize: mostRuns,
    })) {
      ids.push(workflowId)
      if (ids.length === mostRuns) break
    }
    const found = (await inTurns(ids, (id) => throttledIn(client, id))).flat()
    const [one] = found
    const which = ids.length === mostRuns ? `the latest ${mostRuns} open runs` : 'the open runs'
    if (one === undefined) return good('rate limit', `VOD throttles none of ${which}`)
    const runs = new Set(found.map(({ workflowId }) => workflowId))
    const activities = [...new Set(found.map(({ activity }) => activity))].join(', ')
    return doubtful(
      'rate limit',
      `VOD throttles ${activities} of ${runs.size} of ${which}, for example ${one.workflowId}: nothing is lost, but they wait`,
      `start fewer runs at a time, or ask Tencent for a higher limit; ${commandText('status', one.workflowId)} shows the next attempt`,
    )
  } catch (error) {
    return failed('rate limit', error, 'check the permissions of your API key')
  }
}

async function throttledIn(client: Client, workflowId: string) {
  const { raw } = await executionsIn(client).getHandle(workflowId).describe()
  const pending = raw.pendingActivities ?? []
  return pending
    .filter((each) => whyRetried(each) === 'throttled')
    .map(({ activityType }) => ({ workflowId, activity: activityType?.name ?? '' }))
}
