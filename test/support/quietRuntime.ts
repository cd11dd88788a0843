import { DefaultLogger, Runtime, type RuntimeOptions } from '@temporalio/worker'

/**
 * Temporal's runtime, which a process has once and which logs errors only. Test files share processes: one that failed before it closed
 * what it had opened leaves its runtime to the next.
 */
export function quietRuntime(options: RuntimeOptions = {}): void {
  if (!Runtime._instance) Runtime.install({ logger: new DefaultLogger('ERROR'), ...options })
}
