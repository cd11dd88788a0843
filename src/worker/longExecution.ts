import type { WorkerOptions } from '@temporalio/worker'

/**
 * The longest time of one activation of a workflow in ms: Temporal's longest timeout of a workflow task. Temporal's SDK ends it after 5 s by
 * default. An activation that replays thousands of signals takes longer on a busy machine, and ending it between two promises aborts the
 * process: "async hook stack has become corrupted" (Node 20, measured, docs/decisions/0045-a-flood-of-signals.md).
 */
const longestMs = 120_000

/** Adds an option that the types of Temporal's SDK omit. It keeps a value that is set, and has no limit in debug mode. */
export function withLongExecution<Options extends object>(options: Options): Options {
  const { TEMPORAL_DEBUG = '' } = process.env
  const { debugMode } = options as WorkerOptions
  const debugged = debugMode || ['1', 't', 'true'].includes(TEMPORAL_DEBUG.toLowerCase())
  return debugged ? options : { isolateExecutionTimeout: longestMs, ...options }
}
