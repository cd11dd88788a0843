import { execFile } from 'node:child_process'
import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/binary.js'

function demo(VIDEO: string): Promise<{ code: number; out: string }> {
  return new Promise((resolve) => {
    const env = { ...process.env, VIDEO, KEEP: '' }
    execFile(
      process.execPath,
      ['--import', 'tsx', 'demo/run.ts'],
      { cwd: root, env },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, out: stdout + stderr }),
    )
  })
}

it('a moderation that failed is not one that was not asked for, and no address is dead', async () => {
  const broken = join(await mkdtemp(join(tmpdir(), 'vodflow-demo-')), 'broken.mp4')
  await writeFile(broken, 'no media')
  const { code, out } = await demo(broken)
  expect(out).toMatch(/^ {2}moderation +no verdict: failed SourceFileError\.ContentMalformed /m)
  expect(out.match(/0 of 8 sub-tasks succeeded/g)).toHaveLength(1)
  expect(out).toMatch(/The demo failed: the run ended failed\n$/)
  const [, afterwards = ''] = out.split('failed: 0 of 8')
  expect(afterwards).not.toMatch(/https?:/)
  expect(afterwards).toMatch(/make demo KEEP=1 leaves the Temporal UI and the media up/)
  expect(code).toBe(1)
})
