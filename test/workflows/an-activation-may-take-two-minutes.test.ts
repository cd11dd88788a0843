import { DefaultLogger, type WorkerOptions } from '@temporalio/worker'
import { compileWorkerOptions } from '@temporalio/worker/lib/worker-options.js'
import { afterEach, expect, it, vi } from 'vitest'
import { VodflowPlugin } from '../../src/worker/index.js'

afterEach(() => vi.unstubAllEnvs())

/** What Temporal's SDK makes of the options that the plugin returns. */
function limitOf(options: Partial<WorkerOptions>): number {
  const plugin = new VodflowPlugin({ servedElsewhere: ['default'] })
  const configured = plugin.configureWorker({ taskQueue: 'mine', ...options })
  return compileWorkerOptions(configured, new DefaultLogger('ERROR'), {} as never).isolateExecutionTimeoutMs
}

it('on a worker with the plugin', () => {
  vi.stubEnv('TEMPORAL_DEBUG', undefined)
  expect(limitOf({})).toBe(120_000)
})

it('unless the worker has a limit of its own', () => {
  expect(limitOf({ isolateExecutionTimeout: '7s' } as Partial<WorkerOptions>)).toBe(7_000)
})

it('and as long as it needs while it is debugged', () => {
  expect(limitOf({ debugMode: true })).toBeGreaterThan(1e9)
  vi.stubEnv('TEMPORAL_DEBUG', 'True')
  expect(limitOf({})).toBeGreaterThan(1e9)
})

it('in a replay', () => {
  vi.stubEnv('TEMPORAL_DEBUG', undefined)
  const plugin = new VodflowPlugin({ servedElsewhere: ['default'] })
  expect(plugin.configureReplayWorker({})).toMatchObject({ isolateExecutionTimeout: 120_000 })
})
