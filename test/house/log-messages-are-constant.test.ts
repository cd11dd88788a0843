import { expect, it } from 'vitest'
import { inEveryFile, nodesOf } from './syntax.js'

/** Calls of a logger whose message is no literal. Fields are data: they may hold what others wrote. */
function madeUp(file: string, code: string): string[] {
  return nodesOf(code).flatMap(({ type, callee, arguments: given = [] }) => {
    const name = callee?.object && code.slice(callee.object.start, callee.object.end)
    const isLog = /log(ger)?\??$/i.test(name ?? '') && levels.includes(callee?.property?.name ?? '')
    if (type !== 'CallExpression' || !isLog) return []
    // Temporal's loggers take the message first, pino's last.
    const isConstant = given.some((each) => each.type === 'Literal' && typeof each.value === 'string')
    return isConstant ? [] : [`${file}: ${given.map(({ start, end }) => code.slice(start, end)).join(', ')}`]
  })
}

const levels = ['trace', 'debug', 'info', 'warn', 'error']

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
