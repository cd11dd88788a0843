import { expect, it } from 'vitest'
import { secretName } from '../../src/cli/redact.js'
import { inEveryFile, type Node, nodesOf } from './syntax.js'

const levels = ['trace', 'debug', 'info', 'warn', 'error']

/** What is given to a logger. */
function logged(code: string): (readonly Node[])[] {
  return nodesOf(code).flatMap(({ type, callee, arguments: given = [] }) => {
    const name = callee?.object && code.slice(callee.object.start, callee.object.end)
    const isLog = /log(ger)?\??$/i.test(name ?? '') && levels.includes(callee?.property?.name ?? '')
    return type === 'CallExpression' && isLog ? [given] : []
  })
}

/** Calls of a logger whose message is no literal. Fields are data: they may hold what others wrote. */
function madeUp(file: string, code: string): string[] {
  return logged(code).flatMap((given) => {
    // Temporal's loggers take the message first, pino's last.
    const isConstant = given.some((each) => each.type === 'Literal' && typeof each.value === 'string')
    return isConstant ? [] : [`${file}: ${given.map(({ start, end }) => code.slice(start, end)).join(', ')}`]
  })
}

/** Fields whose value would never be seen, in what is given to a logger, or to a verdict that is logged. */
function unseen(file: string, code: string): string[] {
  const nodes = nodesOf(code)
  const forVerdicts = nodes.filter(({ callee }) => ['answer', 'note'].includes(callee?.property?.name ?? ''))
  const within = [...logged(code), ...forVerdicts.map(({ arguments: given = [] }) => given)].flat()
  return nodes
    .filter(
      ({ type, start }) =>
        type === 'Property' && within.some((each) => each.start < start && start < each.end),
    )
    .map(({ key }) => String(key?.name ?? key?.value))
    .filter((name) => secretName.test(name))
    .map((name) => `${file}: ${name}`)
}

it('a message of a log has nothing in it that others wrote', async () => {
  expect(await inEveryFile(madeUp)).toEqual([
    // The caller's, which is a literal.
    'cli/emulator.ts: fields, message',
    'callbacks/responses.ts: { verdict: what, ...fields }, message',
  ])
})

it('one that has is found', () => {
  const code =
    "log.warn('no ' + name, {})\nthis.#logger?.info({ a }, 'b' + c)\nlogger.error(error)\nlog.info({ a }, 'b')\n"
  expect(madeUp('x.ts', code)).toHaveLength(3)
})

it('a field of a log has no name whose value is hidden', async () => {
  expect(await inEveryFile(unseen)).toEqual([])
})

it('a field whose value is hidden is found', () => {
  const code =
    "log.warn({ a, sign }, 'b')\nverdicts.answer('c', { ...d, 'token': 'none' })\nlog.info({ signIs }, 'e')\n"
  expect(unseen('x.ts', code)).toEqual(['x.ts: sign', 'x.ts: token'])
})
