import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { inPairs } from '../../bench/harness/pairs.js'
import { svgOf } from '../../bench/harness/plot.js'
import { quantile, ratioOf } from '../../bench/harness/stats.js'

it('a quantile lies between the values beside it', () => {
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5)
  expect(quantile([4, 1, 3, 2], 1)).toBe(4)
  expect(quantile([7], 0.99)).toBe(7)
})

it('a ratio is that of the pairs: what slows both of a pair changes nothing', () => {
  expect(ratioOf([10, 1, 4], [20, 2, 8])).toEqual({ median: 0.5, low: 0.5, high: 0.5, pairs: 3 })
})

it('its interval is as wide as the pairs differ, and is the same each time', () => {
  const ours = [9, 10, 11, 10, 12, 8]
  const floor = ours.map(() => 10)
  const ratio = ratioOf(ours, floor)
  expect(ratio.low).toBeGreaterThanOrEqual(0.8)
  expect(ratio.low).toBeLessThan(1)
  expect(ratio.high).toBeGreaterThan(1)
  expect(ratio.high).toBeLessThanOrEqual(1.2)
  expect(ratioOf(ours, floor)).toEqual(ratio)
})

it('pairs change their order, and the first one is not counted', async () => {
  const order: string[] = []
  const found = await inPairs(2, async (way, pair) => {
    order.push(`${way} ${pair}`)
    return pair
  })
  expect(order).toEqual(['floor -1', 'ours -1', 'ours 0', 'floor 0', 'floor 1', 'ours 1'])
  expect(found).toEqual({ ours: [0, 1], floor: [0, 1] })
})

const collect = fileURLToPath(new URL('../../bench/sides/collect.cjs', import.meta.url))

it('the heaps of all threads are counted, and of those only that live', async () => {
  const held = `
    const { parentPort, workerData } = require('node:worker_threads')
    globalThis.held = Array.from({ length: workerData }, (_, number) => ({ number }))
    parentPort.on('message', () => {})
    parentPort.postMessage('held')`
  const program = `
    const { Worker } = require('node:worker_threads')
    const used = async () => (await collectGarbage()).usedBytes
    const measure = async (workerData) => {
      const before = await used()
      const thread = new Worker(${JSON.stringify(held)}, { eval: true, workerData })
      await new Promise((resolve) => thread.once('message', resolve))
      const withThread = await used()
      await thread.terminate()
      return [before, withThread, await used()]
    }
    void (async () => {
      // From Node 22 on, a process keeps 2 MB for good once it has had a thread (measured).
      await measure(0)
      console.log(JSON.stringify(await measure(200_000)))
    })()`
  const { stdout } = await promisify(execFile)(process.execPath, [
    '--expose-gc',
    '--require',
    collect,
    '--eval',
    program,
  ])
  const [before, withThread, after] = JSON.parse(stdout) as [number, number, number]
  const bytes = 200_000 * 8
  expect(withThread - before).toBeGreaterThan(bytes)
  expect(after - before).toBeLessThan(bytes)
})

const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } }

it.runIf(header.glibcVersionRuntime)('memory outside of the heaps is counted while it is held', async () => {
  const { mallocMemory } = await import('../../bench/sides/malloc.js')
  const before = mallocMemory().usedBytes
  const held = Array.from({ length: 1_000 }, () => Buffer.allocUnsafeSlow(8_192))
  const grown = mallocMemory().usedBytes - before
  // Other parts of the process may allocate a little meanwhile.
  expect(Math.abs(grown / (held.length * 8_192) - 1)).toBeLessThan(0.15)
})

it('a plot is well-formed whatever its labels say', () => {
  const svg = svgOf({
    title: 'a < b & "c"',
    unit: 'ms',
    bars: [{ label: 'vodflow <x>', value: 0 }],
    limit: { value: 2, label: 'at most 2' },
  })
  expect(svg).toContain('a &lt; b &amp; &quot;c&quot;')
  expect(svg).toContain('vodflow &lt;x>')
  expect(svg).toContain('at most 2')
  expect(svg).not.toContain('NaN')
})
