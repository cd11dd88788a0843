import { expect, it } from 'vitest'
import { inOwnProcess, vodflow } from './cli.js'

const nowhere = { TEMPORAL_ADDRESS: '127.0.0.1:1' }

it.each([
  ['help', ['--help'], {}],
  ['a word that is none', ['transcode'], {}],
  ['an option that is none', ['status', '--none'], {}],
  ['a Temporal that does not answer', ['list'], nowhere],
  ['a setting that is missing', ['audit'], {}],
  ['a setting that is wrong', ['audit'], { VODFLOW_MAC_KEYS: 'k1:short' }],
])('%s: exit code and output are those of a process of its own', async (_, args, env) => {
  const alone = await inOwnProcess(args, env)
  expect(await vodflow(args, env)).toEqual(alone)
  expect(await vodflow(args, env)).toEqual(alone)
})
