import type { Command } from 'commander'
import { wrapped } from './layout.js'

/*
 * The shape of each object that a command prints with --json, for people and for a test that compares real output with it. A member with a
 * question mark may be absent; a member without a shape is any value.
 */

const tasks = '[{TaskId?, TaskType?, Status, percent, problem?}]'
const step = `{key, phase, attempt, percent, tasks: ${tasks}, nets, nextLook?, overdueSince?, outcome?: {status, reason}, canceled?, problem?}`
const gate =
  '{gate, runId, status, Suggestion?, Label?, Form?, verdicts, evidence, subject?, openedAt, deadline, onDeadline, reminders, escalated, decision?}'
const retried = '[{activity, why, code?, attempt, problem, nextTry?, paused?}]'
const state =
  'batch?, retried?, stopped?, overdueSince?, unread?, problem?, problemSince?, unanswered?, stuck?: {reason, remedy}'
const child = `{workflowId, type, steps?, gates?, children?, ${state}}`
const described = `{steps: [${step}], gates: [${gate}], children: [${child}], ${state.replace('retried?', `retried?: ${retried}`).replace('unread?', 'unread?: {count, reason, problem, remedy}')}}`
const started = '{workflowId, chain, attached}'
const end = '{workflowId, outcome?, result?, problem?}'
const watched = [started, described, end]
const run =
  'workflowId, runId, type, status, startedAt, delayedUntil?, closedAt?, request?, reason?, unreadable?'
const ofRun = described
  .slice(1, -1)
  .replace('steps:', 'steps?:')
  .replace('gates:', 'gates?:')
  .replace('children:', 'children?:')
const counts = '{read, started, skipped, missing, repeated, ended, tasks}'
const progress = `{status, counts: ${counts}, running, total?, window, perHour, eta?, stopped?, failures: [{FileId, status, reason}]}`
const report = `{report: {counts: ${counts}, total, stopped?, failures, plan?}}`
const batch = ['{workflowId}', `{progress: ${progress}}`, report]
const submits = '{account, stopped, queues: [{taskQueue, waiting, perSecond?, set?: {reason, by, since}}]}'
const decided = '{workflowId, gate, decision, reason, decidedAt, decidedBy, by}'
const anything = '{...}'

/** The objects that each command prints, one a line. */
export const jsonShapes: Readonly<Record<string, readonly string[]>> = {
  doctor: ['{check, state, what, fix?}'],
  setup: ['{added, otherType: [{name, is, wanted, what, fix}]}'],
  process: watched,
  status: [`{id, runs: [{${run}, ${ofRun}, outcome?, result?, uiUrl?}], more?}`],
  watch: [described, end],
  list: [`{${run}}`],
  report: ['{page, json, runs, copied?}'],
  retry: watched,
  rerun: watched,
  adopt: watched,
  cancel: [
    '{workflowId, status, reason, canceled?: {stopped, ended, left, submitUnanswered}, outcome?, result?}',
  ],
  detach: [
    '{workflowId, detached, steps?: [{key, end}]}',
    '{workflowId, status, reason, canceled?, outcome?, result?}',
  ],
  approve: [decided],
  reject: [decided],
  'batch plan': ['{items, wouldStart, wouldSkip, missing, tasks, calls, hoursAtRateLimit, temporalActions}'],
  'batch run': batch,
  'batch pause': [progress],
  'batch resume': [progress],
  'batch window': [progress],
  'batch stop': [progress],
  'batch report': batch.slice(1),
  'batch rerun-failed': batch,
  audit: [
    '{findings: [{kind, repaired, problem?, ...}], notAsked: [{reasons, partly, why}], unasked: [{workflowId, TaskId, why}], tasks, foreign, forged, otherAccounts: [{account, tasks}], runs, retentionMs, windowMs}',
  ],
  'submits stop': [submits],
  'submits resume': [submits],
  'submits show': [submits],
  builds: [
    '{deploymentName, buildId, state, runs, workflowId?, works, lacking?: {taskQueue, runs, what, remedy}, advice, bad}',
  ],
  'verify-upgrade': [
    '{taskQueue, replayed, left, buildsUnknown, pinned, broken: [{workflowId, runId, problem}]}',
  ],
  'templates list': ['{templates}'],
  'templates show': [anything],
  'templates create': ['{Name, replaced}'],
  'templates diff': ['{Name, differences: [{field, atVod, inFile}]}'],
  'events show': [anything],
  'events set': ['{Mode, replaced}'],
  'events replay': ['{line, EventType, answer}'],
  probe: ['{id, answer, saw, calls: [{action, code?, requestId}]}', '{TaskIds, doubtful}'],
}

/** Adds the shapes to the help of each command that prints JSON. */
export function documentJson({ commands }: Command, words: readonly string[] = []): void {
  for (const command of commands) {
    const path = [...words, command.name()]
    const shapes = jsonShapes[path.join(' ')]
    if (shapes) command.addHelpText('after', helpOf(shapes))
    documentJson(command, path)
  }
}

function helpOf(shapes: readonly string[]): string {
  const lines = shapes.flatMap((shape) => wrapped(`  ${shape}`, 80, '    '))
  return `JSON output, one object per line (? may be absent):\n${lines.join('\n')}\n`
}
