import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { submitActions } from '../../src/contract/actions.js'
import { root } from '../support/binary.js'

/** Which policy is for the code of which rooms. `cli/dev` has a local VOD of its own. */
const policies: Readonly<Record<string, readonly string[]>> = {
  worker: ['activities', 'worker'],
  pull: ['callbacks'],
  operator: ['cli', 'operate'],
}

/** Names of actions in calls of the client, as they stand in the source; those that a variable names are the submits. */
async function calledIn(rooms: readonly string[]): Promise<Set<string>> {
  const called = new Set<string>()
  for (const room of rooms) {
    const names = await readdir(join(root, 'src', room), { recursive: true })
    for (const name of names.filter((each) => each.endsWith('.ts') && !each.startsWith('dev/'))) {
      const text = await readFile(join(root, 'src', room, name), 'utf8')
      for (const [, inside = ''] of text.matchAll(/\.(?:call|send)\(([^,]*)/g))
        for (const [, action = ''] of inside.matchAll(/'([A-Z]\w+)'/g)) called.add(action)
      if (/\.call\(action,/.test(text)) for (const action of submitActions) called.add(action)
    }
  }
  return called
}

describe('a key may do what its process does, and nothing else', () => {
  it.each(Object.entries(policies))('deploy/cam/%s.json', async (name, rooms) => {
    const { version, statement } = JSON.parse(await readFile(join(root, `deploy/cam/${name}.json`), 'utf8'))
    expect({ version, statements: statement.length }).toEqual({ version: '2.0', statements: 1 })
    const [{ effect, action, resource }] = statement
    expect({ effect, resource }).toEqual({ effect: 'allow', resource: ['*'] })
    expect(action).toEqual([...(await calledIn(rooms))].map((each) => `vod:${each}`).sort())
    expect(action.length).toBeGreaterThan(1)
  })

  it('no key may delete, and the callback service needs none but for pulling', async () => {
    for (const name of Object.keys(policies))
      expect(await readFile(join(root, `deploy/cam/${name}.json`), 'utf8')).not.toMatch(/Delete|vod:\*/)
    expect(await calledIn(policies.pull as string[])).toEqual(new Set(['PullEvents', 'ConfirmEvents']))
  })
})
