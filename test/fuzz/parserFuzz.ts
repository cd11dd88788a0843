import { asHint } from '../../src/contract/hint.js'
import { openSessionContext } from '../../src/contract/seal/token.js'
import { alteredToken } from './alter.js'
import { jsonText, names } from './json.js'
import { Random } from './random.js'
import { fake, keys, nameOf, SealedSteps } from './sealed.js'
import { type Row, Tally } from './tally.js'
import { showBytes, type Violation } from './violation.js'

export interface ParserFuzzReport {
  /** The verdict stands where a status does elsewhere. */
  readonly rows: readonly Row[]
  readonly violations: readonly Violation[]
}

/** Puts inputs straight into the parser of tokens and that of signals: neither throws, nor believes too much. */
export function fuzzParsers({ seed, count }: { seed: number; count: number }): ParserFuzzReport {
  const steps = new SealedSteps(seed, { many: 200 })
  const tally = new Tally(['openSessionContext', 'asHint'])
  const violations: Violation[] = []
  for (let index = 0; index < count && violations.length < 5; index++) {
    const random = new Random(~seed, index)
    const context = contextOf(random, steps)
    const hint = hintOf(random)
    const failed = (kind: string, rule: string, input: string) =>
      violations.push({ rule, index, kind, input: showBytes(Buffer.from(input)) })
    try {
      const opened = openSessionContext(context, keys)
      tally.answered('openSessionContext', opened.verdict)
      const sealed = steps.addressOf(context)
      const found = opened.verdict === 'ours' ? nameOf(opened.address) : undefined
      if (found !== sealed) failed('openSessionContext', `opened as ${found}, sealed as ${sealed}`, context)
    } catch (error) {
      failed('openSessionContext', `threw ${error}`, context)
    }
    try {
      const read = asHint(JSON.parse(hint))
      tally.answered('asHint', read ? 'a hint' : 'none')
      const problem = read && problemOf(read)
      if (problem) failed('asHint', problem, hint)
    } catch (error) {
      failed('asHint', `threw ${error}`, hint)
    }
  }
  return { rows: tally.rows, violations }
}

function contextOf(random: Random, steps: SealedSteps): string {
  const { SessionContext: token, address } = random.pick(steps.many)
  const other = random.pick(steps.many).SessionContext
  return random.pick([
    () => random.text(300),
    () => `vf1.${random.pick(['new', 'old', random.text(4)])}.${random.text(60)}.${random.text(22)}`,
    () => `vf1.new.${random.bytes(60).toString('base64url')}.${random.bytes(16).toString('base64url')}`,
    () => fake(address, random),
    () => alteredToken(random, { token, other }),
    () => alteredToken(random, { token, other }),
    () => alteredToken(random, { token, other }),
    () => `${token}|${random.text(40)}`,
  ])()
}

const hintNames = ['v', 'SessionId', 'TaskId', 'terminal', 'percent', 'via'] as const
const goodHint: Readonly<Record<string, string>> = {
  v: '1',
  SessionId: '"s"',
  TaskId: '"t"',
  terminal: 'true',
  percent: '50',
  via: '"push"',
}

function hintOf(random: Random): string {
  if (random.oneIn(4)) return jsonText(random)
  const wrong = random.below(4)
  const members = Object.entries(goodHint)
  for (let left = wrong; left > 0; left--) {
    const at = random.below(members.length)
    const name = random.oneIn(3) ? random.pick(names) : random.pick(hintNames)
    members[at] = [name, random.oneIn(4) ? JSON.stringify(random.text(400)) : jsonText(random)]
  }
  return `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`
}

/** What the workflow relies on. */
function problemOf(hint: object): string | undefined {
  const { v, SessionId, TaskId, terminal, percent, via } = hint as Record<string, unknown>
  const more = Object.keys(hint).filter((name) => !hintNames.some((one) => one === name))
  if (more.length > 0) return `has ${more.join()} in it`
  if (v !== 1 || typeof terminal !== 'boolean') return 'has no version or end'
  if (typeof SessionId !== 'string' || SessionId.length < 1 || SessionId.length > 50)
    return 'has no SessionId'
  if (typeof TaskId !== 'string' || TaskId.length < 1 || TaskId.length > 200) return 'has no TaskId'
  if (percent !== undefined && !(Number(percent) >= 0 && Number(percent) <= 100)) return 'has an odd percent'
  if (via !== undefined && !['push', 'pull', 'sweep'].includes(String(via))) return 'came by no net'
  return undefined
}
