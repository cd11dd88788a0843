import { describe, expect, it } from 'vitest'
import { allowed } from './allowed.js'
import { blocksOfPages, inlineCodeOfPages } from './blocks.js'
import { namesIn, namesOfCode } from './identifiers.js'

/** Records and changes also name what is gone. */
const code = (await inlineCodeOfPages()).filter(
  ({ where }) => !/^(?:CHANGELOG|docs\/decisions\/)/.test(where),
)
const known = await namesOfCode()
const missing = (text: string) =>
  namesIn(text).filter((name) => !known.has(name) && !(name in allowed.identifiers))

it('every identifier in backticks exists', () => {
  expect(code.length).toBeGreaterThan(1000)
  expect(code.flatMap(({ where, text }) => missing(text).map((name) => `${where}: ${name}`))).toEqual([])
})

it.each([
  ['onPartiall', ['onPartiall']],
  ['createVodflowWroker({ accounts })', ['createVodflowWroker']],
  ['run.detatch()', ['detatch']],
  ['VODFLOW_MACKEYS', ['VODFLOW_MACKEYS']],
  ['FailedOperation.Medai', ['Medai']],
  ['run.cancel()', []],
  ['ProcessMediaByProcedure', []],
  ['waiting', []],
])('%s: what does not exist is found', (text, expected) => {
  expect(missing(text)).toEqual(expected)
})

describe('the list of names that nothing here has', () => {
  const entries = Object.entries(allowed).flatMap(([kind, names]) =>
    Object.entries(names).map(([name, reason]) => ({ kind, name, reason })),
  )

  it('is short', () => {
    console.log(entries.map(({ kind, name, reason }) => `${kind}: ${name} (${reason})`).join('\n'))
    expect(entries.length).toBeLessThan(60)
  })

  it('has no identifier that exists by now, and nothing that no page names', async () => {
    const named = new Set(code.flatMap(({ text }) => namesIn(text)))
    const commands = [...code, ...(await blocksOfPages())].map(({ text }) => text).join('\n')
    const idle = [
      ...Object.keys(allowed.identifiers).filter((name) => known.has(name) || !named.has(name)),
      ...Object.keys({ ...allowed.programs, ...allowed.options }).filter(
        (name) => !new RegExp(`(?:^|[ |(])${name}(?: |$)`, 'm').test(commands),
      ),
    ]
    expect(idle).toEqual([])
  })
})
