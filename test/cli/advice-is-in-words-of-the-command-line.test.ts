import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { elsewhere, messageOf } from '../../src/cli/words.js'
import { NoWorkerError, RequestMismatchError, RunStillOpenError } from '../../src/client/errors.js'
import { remedies } from '../../src/client/remedies.js'
import { RunCancelledError, RunTerminatedError } from '../../src/client/runErrors.js'
import { root } from '../support/binary.js'

it.each(Object.entries(remedies))('%s names no method and no option of the API', (_, api) => {
  const said = messageOf(new Error(`Something happened. ${api}`))
  expect(said).not.toMatch(/\w\(|: '|rerun with a reason|another workflowId/)
})

it('every piece of advice of workers and of VOD is one that they give', async () => {
  const names = await readdir(join(root, 'src'), { recursive: true })
  const files = names.filter((name) => name.endsWith('.ts') && !name.startsWith('cli'))
  const source = (await Promise.all(files.map((name) => readFile(join(root, 'src', name), 'utf8')))).join(
    '\n',
  )
  for (const [api, command] of elsewhere) {
    expect(source).toContain(api)
    expect(messageOf(new Error(`x; ${api} y`))).toBe(`x; ${command} y`)
  }
})

it('errors advise with commands and flags', () => {
  const difference = { field: 'ProcedureName', was: '"a"', is: '"b"' }
  expect(messageOf(new RequestMismatchError('x', [difference]))).toMatch(
    /--workflow-id .* vodflow rerun <id> --reason/,
  )
  expect(messageOf(new RunStillOpenError('x'))).toMatch(/vodflow watch <id>.*vodflow cancel <id>/)
  expect(messageOf(new RunTerminatedError('x', 'r', { isStep: true }))).toMatch(/vodflow retry <id>/)
  expect(messageOf(new RunCancelledError('x', undefined))).toMatch(/vodflow retry <id> --reason/)
  expect(messageOf(new NoWorkerError(['q'], 'Start it.'))).toBe('No worker polls "q". Start it.')
})
