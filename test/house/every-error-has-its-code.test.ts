import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ErrorClassInSource, errorClasses, errorClassesIn } from '../../scripts/errorClasses.js'
import { failureTypes } from '../../scripts/failureTypes.js'
import { VodflowError } from '../../src/base/vodflowError.js'
import * as callbacks from '../../src/callbacks/index.js'
import * as client from '../../src/client/index.js'
import * as emulator from '../../src/emulator/index.js'
import * as telemetry from '../../src/telemetry/index.js'
import * as worker from '../../src/worker/index.js'
import * as workflows from '../../src/workflows/index.js'
import { root } from './imports.js'

/** Classes that no user gets: the code that catches them is next to the code that throws them. */
const internal = [
  'ApiError', // an answer of the local VOD
  'SubTaskFailure', // a sub-task of the local VOD
  'ForeignIdentityError', // becomes a failure of the run
  'ListingLagsError', // becomes a TemporalUnreachableError
  'UnreadableJwksError', // an answer of the codec server
  'Unusable',
]

/** Files whose plain errors no user gets as they are: a program prints them, or the caller makes another error of them. */
const converted = [
  /^cli\//, // a program prints them
  /^operate\//,
  'contract/within.ts', // logged
  'temporal/settings.ts', // becomes a TemporalUnreachableError
  'temporal/payloads.ts', // Temporal's ValueError
  'vod/checkedAnswers.ts', // becomes a VodError
  'vod/connections.ts', // becomes a VodError
  'vod/temporaryKeys.ts', // becomes a VodError
  'worker/requireReadable.ts', // becomes an InvalidInputError
  'workflows/run/interceptors.ts', // Temporal's ValueError
  'workflows/step/effects.ts', // cannot happen
  'emulator/library.ts', // fails a task of the local VOD
  'emulator/moderation.ts', // cannot happen
  'emulator/wire/admin.ts', // an answer of the local VOD
]

const plainError = /\bnew (?:\w*Error|Error)\(/g
const isPlain = (thrown: string) => /^new (?:Type|Range|Value)?Error\($/.test(thrown)

function plainErrorsIn(file: string, code: string): string[] {
  return [...code.matchAll(plainError)].flatMap(([thrown]) =>
    isPlain(thrown) ? [`${file}: ${thrown}...)`] : [],
  )
}

const isConverted = (file: string) =>
  converted.some((each) => (typeof each === 'string' ? each === file : each.test(file)))

async function files(): Promise<readonly (readonly [file: string, code: string])[]> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  return Promise.all(names.map(async (name) => [name, await readFile(join(root, name), 'utf8')] as const))
}

/** Returns what is wrong with the classes of errors. */
function faults(classes: readonly Omit<ErrorClassInSource, 'entryPoints'>[]): string[] {
  const outside = classes.filter(({ base, name }) => base === 'Error' && name !== 'VodflowError')
  const rooted = classes.filter(({ base, isAbstract }) => base !== 'Error' && !isAbstract)
  const codes = rooted.map(({ code }) => code)
  return [
    ...outside
      .filter(({ name }) => !internal.includes(name))
      .map(({ name }) => `${name}: is no VodflowError`),
    ...rooted.filter(({ code }) => !code?.startsWith('VODFLOW_')).map(({ name }) => `${name}: has no code`),
    ...rooted
      .filter(({ code }, at) => code && codes.indexOf(code) !== at)
      .map(({ name, code }) => `${name}: has the code ${code} of another class`),
  ]
}

describe('classes of errors', () => {
  it('have one root, and a code of their own each', async () => {
    expect(faults(await errorClasses())).toEqual([])
  })

  it('that are exported have that root at run time', () => {
    const exported = { ...callbacks, ...client, ...emulator, ...telemetry, ...worker, ...workflows }
    const errors = Object.entries<object>(exported).flatMap(([name, each]) => {
      const { prototype } = each as { readonly prototype?: unknown }
      return prototype instanceof Error ? [{ name, prototype }] : []
    })
    expect(errors.length).toBeGreaterThan(25)
    const outside = errors.filter(({ prototype }) => !(prototype instanceof VodflowError))
    expect(outside.map(({ name }) => name)).toEqual(['VodflowError'])
  })

  it('are exported by an entry point, but for those of the command line', async () => {
    const unexported = (await errorClasses()).filter(
      ({ base, entryPoints, file }) =>
        base !== 'Error' && entryPoints.length === 0 && !file.startsWith('operate/'),
    )
    expect(unexported.map(({ name }) => name)).toEqual([])
  })

  it('finds each fault', () => {
    const planted = `/** A. */
export class AError extends Error {
}
export class BError extends VodflowError {
  override readonly name = 'BError'
}
export class CError extends VodflowError {
  override readonly code = 'VODFLOW_C'
}
export class DError extends RunError {
  override readonly code = 'VODFLOW_C'
}
`
    expect(faults(errorClassesIn('a.ts', planted))).toEqual([
      'AError: is no VodflowError',
      'BError: has no code',
      'DError: has the code VODFLOW_C of another class',
    ])
  })
})

describe('a plain error', () => {
  it('reaches no user', async () => {
    const found = (await files())
      .filter(([file]) => !isConverted(file))
      .flatMap((each) => plainErrorsIn(...each))
    expect(found).toEqual([])
  })

  it('is found', () => {
    expect(plainErrorsIn('a.ts', "throw new Error('x')\nthrow new NoWorkerError()")).toEqual([
      'a.ts: new Error(...)',
    ])
  })
})

/** Returns the arguments of each call, from its opening parenthesis to the closing one. */
function argumentsOf(code: string, call: RegExp): string[] {
  return [...code.matchAll(call)].map(({ index, 0: { length } }) => {
    let depth = 1
    let end = index + length
    for (; depth > 0 && end < code.length; end++) depth += { '(': 1, ')': -1 }[code[end] as '('] ?? 0
    return code.slice(index + length, end - 1)
  })
}

function typesIn(code: string): string[] {
  const made = argumentsOf(code, /ApplicationFailure\.(?:nonRetryable|create|retryable)\(/g)
  const literal = /(?:type: |,\s*)'([A-Za-z]+)'/g
  return made.flatMap((args) => [...args.matchAll(literal)].map(([, type = '']) => type))
}

describe('the type of an ApplicationFailure', () => {
  it('is in the catalogue', async () => {
    const types = (await files())
      .filter(([file]) => /^(workflows|activities)\//.test(file))
      .flatMap(([, code]) => typesIn(code))
    expect(types.length).toBeGreaterThan(15)
    expect([...new Set(types)].filter((type) => !(type in failureTypes))).toEqual([])
  })

  it('is found', () => {
    const code =
      "throw ApplicationFailure.nonRetryable(a(b(1)), 'One')\nApplicationFailure.create({ type: 'Two' })"
    expect(typesIn(code)).toEqual(['One', 'Two'])
  })
})
