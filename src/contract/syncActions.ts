import { stepNameOf, submitActions } from './actions.js'

/*
 * The actions that are not steps. VOD has about 240, and adds more each week, so they are classified by name.
 */

/** `read`: changes nothing. `repeatable`: a repetition has no further effect. `write`: a repetition has its effect again. */
export type SyncKind = 'read' | 'repeatable' | 'write'

/** Actions that are named like reads, but whose answers contain keys, which a history would keep. */
const secret: readonly string[] = [
  'DescribeAigcApiTokens',
  'DescribeAigcQuotas',
  'DescribeDefaultDistributionConfig',
  'DescribeDrmDataKey',
  'DescribeDrmKeyProviderInfo',
  'DescribeVodDomains',
]

/** Actions that are named like reads, but create a billed task. */
const billed: readonly string[] = [
  'DescribeAigcFaceInfo',
  'DescribeAigcFaceInfoAsync',
  'DescribeFileAttributes',
]

/** Actions that set a value, or delete something that may already be deleted. VOD shows an event again until it is confirmed. */
const repeatable: readonly string[] = [
  'ConfirmEvents',
  'DeleteMedia',
  'ForbidMediaDistribution',
  'ModifyMediaInfo',
  'ModifyMediaStorageClass',
  'PullEvents',
  'ResetProcedureTemplate',
]

export function syncKindOf(action: string): SyncKind {
  if (/^(Describe|List|Search)/.test(action) && !billed.includes(action)) return 'read'
  return repeatable.includes(action) ? 'repeatable' : 'write'
}

/** Returns true for the actions that every worker allows by default: reads whose answers contain no secrets. */
export function isAllowedByDefault(action: string): boolean {
  return syncKindOf(action) === 'read' && !secret.includes(action)
}

/** The actions that have a better alternative than a direct call, with that alternative. */
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
