import { submitActions } from './actions.js'

/*
 * Every action that is not a step: VOD has some 240, and more each week, so they are told apart by name.
 */

/** `read`: asks. `repeatable`: doing it again does the same. `write`: doing it again does it twice. */
export type SyncKind = 'read' | 'repeatable' | 'write'

/** Named like reads, and not for everybody: their answers hold keys, which would stand in a history for ever. */
const secret: readonly string[] = [
  'DescribeAigcApiTokens',
  'DescribeAigcQuotas',
  'DescribeDefaultDistributionConfig',
  'DescribeDrmDataKey',
  'DescribeDrmKeyProviderInfo',
  'DescribeVodDomains',
]

/** Named like reads, and make a task that is billed. */
const billed: readonly string[] = [
  'DescribeAigcFaceInfo',
  'DescribeAigcFaceInfoAsync',
  'DescribeFileAttributes',
]

/** These set what they are given, or take away what may be gone already. */
const repeatable: readonly string[] = [
  'DeleteMedia',
  'ForbidMediaDistribution',
  'ModifyMediaInfo',
  'ModifyMediaStorageClass',
  'ResetProcedureTemplate',
]

export function syncKindOf(action: string): SyncKind {
  if (/^(Describe|List|Search)/.test(action) && !billed.includes(action)) return 'read'
  return repeatable.includes(action) ? 'repeatable' : 'write'
}

/** What every worker does unless it is told otherwise: reads whose answers may be seen. */
export function isAllowedByDefault(action: string): boolean {
  return syncKindOf(action) === 'read' && !secret.includes(action)
}

/** Actions that have a better way than a bare call, and which it is. */
const betterWays: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    submitActions.map((action) => [action, `await the step ${stepNameOf(action)} instead`]),
  ),
  DescribeTaskDetail: 'await adoptTask, which reads a task to its end',
  DescribeTasks: 'await adoptTask for one task; npx vodflow audit shows them all',
  ManageTask: 'cancel the run, or the scope, of its step instead',
  PullEvents: 'run npx vodflow callbacks --pull instead',
  ConfirmEvents: 'run npx vodflow callbacks --pull instead',
}

export function betterWayThan(action: string): string | undefined {
  return betterWays[action]
}

/** `PullUpload` is the step `pullUpload`. */
function stepNameOf(action: string): string {
  return action.charAt(0).toLowerCase() + action.slice(1)
}
