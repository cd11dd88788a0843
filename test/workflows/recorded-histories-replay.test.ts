import { readdir, readFile } from 'node:fs/promises'
import { Worker } from '@temporalio/worker'
import { beforeAll, describe, expect, it } from 'vitest'
import { quietRuntime } from '../support/quietRuntime.js'
import { pathOf } from '../support/theirs.js'
import { bundleOf } from '../support/workflowCode.js'

const folder = new URL('../histories/', import.meta.url)
const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))

let workflowBundle: { readonly codePath: string }
beforeAll(async () => {
  quietRuntime()
  workflowBundle = await bundleOf(pathOf('replayed'))
})

describe('runs that began with an earlier version go on with this one', () => {
  it('there is a history of every shape', () => {
    expect(names.map((name) => name.replace('.json', '')).sort()).toEqual([
      'adopted',
      'batch',
      'by-look',
      'canceled',
      'canceled-unanswered',
      'change-events',
      'detached',
      'duplicate-recovered',
      'gate-decided-by-a-person',
      'one-task-by-callback',
      'polled',
      'pulled-found-by-its-media',
      'pulled-with-its-flow',
      'refused',
      'repaired',
      'side-by-side',
      'split-into-flows',
      'sweep',
      'two-tasks-by-callback',
      'unknown-at-the-end',
      'upload',
      'upload-adopted',
      'upload-moderated',
    ])
  })

  it.each(names)('%s', async (name) => {
    const history = JSON.parse(await readFile(new URL(name, folder), 'utf8'))
    await Worker.runReplayHistory({ workflowBundle }, history)
  })

  it('a history that the code would not make is refused', async () => {
    const history = JSON.parse(await readFile(new URL('one-task-by-callback.json', folder), 'utf8'))
    const scheduled = history.events.find((event: object) => 'activityTaskScheduledEventAttributes' in event)
    scheduled.activityTaskScheduledEventAttributes.activityType.name = 'DescribeTasks'
    await expect(Worker.runReplayHistory({ workflowBundle }, history)).rejects.toThrow(/nondeterminism/i)
  })
})

it('no history holds a secret or a token', async () => {
  for (const name of names) {
    const text = await readFile(new URL(name, folder), 'utf8')
    const payloads = [...text.matchAll(/"data": "([^"]+)"/g)].map(([, data]) =>
      Buffer.from(data as string, 'base64').toString(),
    )
    expect(payloads.join('\n')).not.toMatch(/vf1\.|secretKey|local-[0-9a-f]{16}/)
  }
})
