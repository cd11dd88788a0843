import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type System, startSystem } from '../support/system.js'
import { inOwnProcess } from './cli.js'

let system: System
beforeAll(async () => {
  system = await startSystem()
})
afterAll(() => system?.close())

/** The real command on a machine whose clock is off. */
const on = (ms: number, ...args: readonly string[]) =>
  inOwnProcess(args, {
    ...system.environment,
    NODE_OPTIONS: `--import=${fileURLToPath(new URL('../support/shiftedClock.mjs', import.meta.url))}`,
    CLOCK_AHEAD_MS: String(ms),
  })

describe.each([100_000, 3_600_000, -100_000])('a clock %i ms ahead', (ms) => {
  it('starts a run, and sees the workers', async () => {
    const started = await on(ms, 'process', await system.media(), '--procedure', 'one', '--json')
    expect(started).toMatchObject({ code: 0, stderr: '' })
    const { stdout } = await on(ms, 'doctor', '--json')
    const findings = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(findings.find(({ check }) => check === 'worker')).toMatchObject({ state: 'good' })
  })
})
