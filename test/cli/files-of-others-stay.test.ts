import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { vodflow } from './cli.js'

/** Nothing listens there: a file of somebody else must be seen before anybody is asked. */
const nowhere = {
  VODFLOW_VOD_ENDPOINT: 'http://127.0.0.1:1',
  TENCENTCLOUD_SECRET_ID: 'local',
  TENCENTCLOUD_SECRET_KEY: 'local',
}
const free = ['probe', '--free', '--only', 'unknown-task', '--out']
const emulator = ['emulator', '--port', '0', '--secret-id', 'local', '--secret-key', 'local']

it.each([
  ['answers.md', 'my answers', (folder: string) => [...free, join(folder, 'answers.md')]],
  ['answers.md.json', '{"mine":1}', (folder: string) => [...free, join(folder, 'answers.md')]],
  ['dev.env', 'SECRET=mine', (folder: string) => ['dev', '--no-ffmpeg', '--data', folder]],
  ['dev.env', 'export PATH=/mine', (folder: string) => ['dev', '--no-ffmpeg', '--data', folder]],
  ['journal.jsonl', '{"mine":1}\n', (folder: string) => [...emulator, '--data', folder]],
  ['journal.jsonl', '[1,2]\n', (folder: string) => [...emulator, '--data', folder]],
  ['tsconfig.json', '{"mine":1}', (folder: string) => ['init', folder]],
  ['package.json', '{"scripts":{"start":"mine"}}', (folder: string) => ['init', folder]],
])('%s: %j', async (name, text, args) => {
  const folder = await mkdtemp(join(tmpdir(), 'vodflow-others-'))
  await writeFile(join(folder, name), text)
  const { code, stderr } = await vodflow(args(folder), nowhere)
  expect(stderr).toMatch(
    new RegExp(
      `^vodflow: .*${name.replaceAll('.', '\\.')}.*(did not write|another program|is left as it is|scripts of its own).*; (give a|move it)`,
    ),
  )
  expect(code).toBe(1)
  expect(await readFile(join(folder, name), 'utf8')).toBe(text)
})
