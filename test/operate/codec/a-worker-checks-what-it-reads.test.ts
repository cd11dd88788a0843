import { deserialize, serialize } from 'node:v8'
import {
  ApplicationFailure,
  CancelledFailure,
  CompositePayloadConverter,
  type DataConverter,
  DefaultFailureConverter,
  defaultPayloadConverter,
  type FailureConverter,
  JsonPayloadConverter,
  type LoadedDataConverter,
  type Payload,
  type PayloadConverter,
  TimeoutFailure,
} from '@temporalio/common'
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js'
import { bundleWorkflowCode, DefaultLogger, type NativeConnection, Runtime } from '@temporalio/worker'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bundleMark } from '../../../src/contract/version.js'
import { payloadEncryption } from '../../../src/temporal/encryption.js'
import { type CodeOptions, workflowCode } from '../../../src/worker/bundle.js'
import { VodflowPlugin } from '../../../src/worker/index.js'
import { requireReadable } from '../../../src/worker/requireReadable.js'
import { warnOfPayloadKeys } from '../../../src/worker/warnOfPayloadKeys.js'
import { bound, converterPath, gzip } from '../../support/converters/codecs.js'
import { pathOf } from '../../support/theirs.js'
import { bundleOf, ownWorkflows, plainBundleOf } from '../../support/workflowCode.js'

const payloadConverterPath = converterPath('payload')
const failureConverterPath = converterPath('failure')
const bundled = { code: '!*** /app/converter.cjs ***!' }

const check = (dataConverter: DataConverter | undefined, code: object = {}) =>
  requireReadable({
    namespace: 'default',
    loadedDataConverter: loadDataConverter(dataConverter),
    ...(dataConverter ? { dataConverter } : {}),
    ...code,
  })

it.each<[string, DataConverter | undefined]>([
  ['none', undefined],
  ['a payload converter', { payloadConverterPath }],
  ['codecs', { payloadCodecs: [gzip, bound] }],
  ['encryption', payloadEncryption(`k1:${'ab'.repeat(32)}`)],
  ['all', { payloadConverterPath, failureConverterPath, payloadCodecs: [bound, gzip] }],
])('%s is good', async (_, dataConverter) => {
  await check(dataConverter, { workflowBundle: bundled })
})

it.each<[string, DataConverter, object, RegExp]>([
  [
    'payload',
    { payloadConverterPath },
    ownWorkflows,
    /workflowBundle.*without the payload converter.*pass payloadConverterPath to bundleWorkflowCode/,
  ],
  [
    'failure',
    { failureConverterPath },
    ownWorkflows,
    /without the failure converter.*pass failureConverterPath/,
  ],
  ['both', { payloadConverterPath, failureConverterPath }, ownWorkflows, /without the payload converter/],
])('a bundle without the %s converter of its worker is refused', async (_, dataConverter, code, message) => {
  await expect(check(dataConverter, code)).rejects.toThrow(message)
})

it.each<[string, DataConverter, RegExp]>([
  [
    'cannot decode',
    { payloadCodecs: [{ encode: gzip.encode, decode: async () => Promise.reject(new Error('no key')) }] },
    /dataConverter\.payloadCodecs: cannot write and read a plain value \(no key\); use codecs that/,
  ],
  [
    'does not decode',
    { payloadCodecs: [{ encode: gzip.encode, decode: async (payloads) => payloads }] },
    /cannot write and read a plain value \(Unknown encoding: binary\/gzip\)/,
  ],
  [
    'forgets whose a payload is',
    { payloadCodecs: [{ encode: bound.encode, decode: (payloads) => bound.decode(payloads) }] },
    /read as one of nobody/,
  ],
  [
    'drops what it is given',
    { payloadCodecs: [{ encode: async () => [], decode: async (payloads) => payloads }] },
    /cannot write and read a plain value \(it returns no payload\)/,
  ],
  [
    'returns another value',
    {
      payloadCodecs: [
        {
          encode: async (payloads) => payloads,
          decode: async () => [defaultPayloadConverter.toPayload({ request: {} })],
        },
      ],
    },
    /payloadCodecs: changes .* of vodflow's messages/,
  ],
])('a codec that %s is refused when the worker starts', async (_, dataConverter, message) => {
  await expect(check(dataConverter)).rejects.toThrow(message)
})

const path = '/app/converter.cjs'

const loaded = (converter: Partial<Pick<LoadedDataConverter, 'payloadConverter' | 'failureConverter'>>) =>
  requireReadable({
    namespace: 'default',
    dataConverter: { payloadConverterPath: path, failureConverterPath: path },
    loadedDataConverter: { ...loadDataConverter({}), ...converter },
  })

it.each<[string, PayloadConverter, RegExp]>([
  [
    'cannot write undefined',
    new CompositePayloadConverter(new JsonPayloadConverter()),
    /cannot write and read undefined \(Unable to convert undefined to payload\)/,
  ],
  [
    'makes null of undefined',
    {
      toPayload: (value) => defaultPayloadConverter.toPayload(value ?? null),
      fromPayload: (payload) => defaultPayloadConverter.fromPayload(payload),
    },
    /changes undefined to null/,
  ],
])('a payload converter that %s is refused when the worker starts', async (_, payloadConverter, message) => {
  await expect(loaded({ payloadConverter })).rejects.toThrow(message)
})

type Replace = (key: string, value: unknown) => unknown

/** JSON, with a function that sees each value when it is written or read. */
const json = (writes: Replace | undefined, reads?: Replace): PayloadConverter => ({
  toPayload: (value) =>
    value === undefined
      ? defaultPayloadConverter.toPayload(undefined)
      : defaultPayloadConverter.toPayload(JSON.parse(JSON.stringify(value, writes))),
  fromPayload: <T>(payload: Payload) => {
    const value = defaultPayloadConverter.fromPayload(payload)
    return (value === undefined ? undefined : JSON.parse(JSON.stringify(value), reads)) as T
  },
})

const text =
  (pattern: RegExp, revive: (text: string) => unknown): Replace =>
  (_, value) =>
    typeof value === 'string' && pattern.test(value) ? revive(value) : value
const number =
  (change: (number: number) => unknown): Replace =>
  (_, value) =>
    typeof value === 'number' ? change(value) : value
const list =
  (change: (list: readonly unknown[]) => unknown): Replace =>
  (_, value) =>
    Array.isArray(value) ? change(value) : value
const keys =
  (change: (key: string) => string): Replace =>
  (_, value) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).map(([key, each]) => [change(key), each]))
      : value
const without =
  (gone: unknown): Replace =>
  (_, value) =>
    value === gone ? undefined : value
const named =
  /^dataConverter\.payloadConverterPath \(\/app\/converter\.cjs\): changes .* to .* between .*; return undefined and each JSON value as it was/
const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/

it('a payload converter that leaves each value as it was is good', async () => {
  await loaded({ payloadConverter: json(undefined) })
  // One that keeps a field that is undefined.
  const kept: PayloadConverter = {
    toPayload: (value) => ({ metadata: {}, data: serialize(value) }),
    fromPayload: <T>({ data }: Payload) => deserialize(data ?? new Uint8Array()) as T,
  }
  await loaded({ payloadConverter: kept })
})

it.each<[string, Replace]>([
  ['URL', text(/^https?:/, (found) => new URL(found))],
  ['https URL', text(/^https:/, (found) => new URL(found))],
  ['http URL', text(/^http:/, (found) => new URL(found))],
  ['time', text(isoTime, (found) => new Date(found))],
  ['time with milliseconds', text(/T.*\.\d{3}Z$/, (found) => new Date(found))],
  ['time without milliseconds', text(/T\d\d:\d\d:\d\dZ$/, (found) => new Date(found))],
  ['time with an offset', text(/T.*[+]\d\d:\d\d$/, (found) => new Date(found))],
  ['day', text(/^\d{4}-\d\d-\d\d$/, (found) => new Date(found))],
  ['long id', text(/^\d{16,}$/, BigInt)],
  ['short id', text(/^[1-9]\d{0,2}$/, Number)],
  ['id with leading zeros', text(/^0\d+$/, Number)],
  ['text like a number', text(/^[\d.]+e\d+$/, Number)],
  ['text like a boolean', text(/^(true|false)$/, (found) => found === 'true')],
  ['UUID', text(/^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/, (found) => Buffer.from(found))],
  ['large number', number((found) => (found > 2 ** 32 ? BigInt(found) : found))],
  ['whole number', number((found) => (Number.isInteger(found) ? BigInt(found) : found))],
  [
    'object without a prototype',
    (_, value) =>
      typeof value === 'object' && !Array.isArray(value) ? Object.assign(Object.create(null), value) : value,
  ],
  ['object of a class', (key, value) => (key === 'request' ? new (class Request {})() : value)],
  ['map', (key, value) => (key === 'counts' ? new Map(Object.entries(Object(value))) : value)],
  ['set', list((found) => new Set(found))],
])('a payload converter that reads each %s as a value of another kind is refused', async (_, reads) => {
  await expect(loaded({ payloadConverter: json(undefined, reads) })).rejects.toThrow(named)
})

it.each<[string, Replace]>([
  ['writes null for undefined', (_, value) => (value === undefined ? null : value)],
  ['drops null', without(null)],
  ['drops false', without(false)],
  ['drops 0', without(0)],
  ['drops empty texts', without('')],
  ['drops empty arrays', list((found) => (found.length === 0 ? undefined : found))],
  ['drops empty objects', (_, value) => (JSON.stringify(value) === '{}' ? undefined : value)],
  ['writes null for empty texts', (_, value) => (value === '' ? null : value)],
  ['writes booleans as numbers', (_, value) => (typeof value === 'boolean' ? Number(value) : value)],
  ['writes numbers as text', number(String)],
  ['rounds', number(Math.round)],
  ['rounds to 6 digits', number((found) => Number(found.toFixed(6)))],
  ['keeps 32 bits of a number', number(Math.fround)],
  ['keeps no sign', number(Math.abs)],
  ['sorts arrays', list((found) => [...found].sort())],
  ['sorts numbers', list((found) => [...found].sort((one, other) => Number(one) - Number(other)))],
  ['drops what stands twice', list((found) => [...new Set(found)])],
  ['unwraps arrays of one', list((found) => (found.length === 1 ? found[0] : found))],
  ['flattens arrays', list((found) => found.flat())],
  ['wraps arrays', (key, value) => (key !== 'items' && Array.isArray(value) ? { items: value } : value)],
  ['shortens arrays', list((found) => found.slice(0, 500))],
  ['writes keys in camelCase', keys((key) => `${key[0]?.toLowerCase()}${key.slice(1)}`)],
  ['writes keys in PascalCase', keys((key) => `${key[0]?.toUpperCase()}${key.slice(1)}`)],
  [
    'writes keys in snake_case',
    keys((key) => key.replaceAll(/[A-Z]/g, (found) => `_${found.toLowerCase()}`)),
  ],
  ['trims', text(/./, (found) => found.trim())],
  ['shortens texts', text(/./, (found) => found.slice(0, 8_192))],
  ['normalizes Unicode', text(/./, (found) => found.normalize('NFC'))],
  ['keeps Latin-1 only', text(/./, (found) => Buffer.from(found, 'latin1').toString('latin1'))],
  ['normalizes line ends', text(/./, (found) => found.replaceAll('\r\n', '\n'))],
  ['escapes HTML', text(/./, (found) => found.replaceAll('<', '&lt;'))],
  ['writes lower case', text(/./, (found) => found.toLowerCase())],
  ['hides tokens', (key, value) => (/token|secret|context/i.test(key) ? '***' : value)],
  ['hides signatures', text(/./, (found) => found.replace(/sign=[^&]*/, 'sign=***'))],
  ['hides keys', (key, value) => (/key$/i.test(key) ? '***' : value)],
])('a payload converter that %s is refused', async (_, writes) => {
  await expect(loaded({ payloadConverter: json(writes) })).rejects.toThrow(named)
})

it('the error shows the value and where it stands', async () => {
  const payloadConverter = json(
    undefined,
    text(/^https:/, (found) => new URL(found)),
  )
  await expect(loaded({ payloadConverter })).rejects.toThrow(
    /changes 'https:\/\/1500000001.vod2.* to an object of class URL .*outcome\.tasks\[0\]\.parts\[0\]\.urls\[0\]/,
  )
})

type ProtoFailure = ReturnType<DefaultFailureConverter['errorToFailure']>
type Info = NonNullable<ProtoFailure['applicationFailureInfo']>

/** Changes what the default converter writes of an ApplicationFailure. */
class Changing extends DefaultFailureConverter {
  readonly #change: (info: Info) => Info

  constructor(change: (info: Info) => Info) {
    super()
    this.#change = change
  }

  override errorToFailure(...given: Parameters<DefaultFailureConverter['errorToFailure']>): ProtoFailure {
    const failure = super.errorToFailure(...given)
    const { applicationFailureInfo: info } = failure
    return info ? { ...failure, applicationFailureInfo: this.#change(info) } : failure
  }
}

/** Changes each failure that the default converter reads. */
const reading = (change: (error: Error) => unknown): FailureConverter => {
  const usual = new DefaultFailureConverter()
  return {
    errorToFailure: (...given) => usual.errorToFailure(...given),
    failureToError: (...given) => change(usual.failureToError(...given)) as Error,
  }
}

it('a failure converter that hides messages and stacks is good', async () => {
  await loaded({ failureConverter: new DefaultFailureConverter({ encodeCommonAttributes: true }) })
  await loaded({
    failureConverter: reading((error) => Object.assign(error, { message: 'hidden', stack: '' })),
  })
})

it.each<[string, FailureConverter, RegExp]>([
  ['the type', new Changing((info) => ({ ...info, type: 'Error' })), /type of the failure "partial"/],
  ['the details', new Changing(({ details: _, ...info }) => info), /details/],
  [
    'that it is final',
    new Changing((info) => ({ ...info, nonRetryable: false })),
    /nonRetryable.* true to false/,
  ],
  ['when to try again', new Changing(({ nextRetryDelay: _, ...info }) => info), /nextRetryDelay/],
  ['that it is benign', new Changing(({ category: _, ...info }) => info), /category/],
  ['the class', reading(({ message }) => new Error(message)), /class .*'Error'/],
  ['the cause', reading(({ message }) => ApplicationFailure.create({ message })), /failure "partial"/],
  [
    'that it was canceled',
    reading((error) =>
      error instanceof CancelledFailure ? ApplicationFailure.create({ message: '' }) : error,
    ),
    /class .* "canceled"/,
  ],
  [
    'what timed out',
    reading((error) =>
      error instanceof TimeoutFailure ? new TimeoutFailure('', undefined, 'START_TO_CLOSE') : error,
    ),
    /timeoutType/,
  ],
  [
    'everything',
    reading(() => {
      throw new Error('no such class')
    }),
    /cannot write and read a failure \(no such class\)/,
  ],
])('a failure converter that loses %s is refused', async (_, failureConverter, message) => {
  const checking = loaded({ failureConverter })
  await expect(checking).rejects.toThrow(message)
  await expect(checking).rejects.toThrow(
    /^dataConverter\.failureConverterPath \(\/app\/converter\.cjs\): .*; extend Temporal's DefaultFailureConverter/,
  )
})

const connectionWith = (...names: readonly string[]) =>
  ({ plugins: names.map((name) => ({ name })) }) as unknown as NativeConnection

it.each<[string, Partial<CodeOptions>]>([
  ['a payload converter', { dataConverter: { payloadConverterPath } }],
  ['a failure converter', { dataConverter: { failureConverterPath } }],
  [
    'both, with a codec',
    { dataConverter: { payloadConverterPath, failureConverterPath, payloadCodecs: [gzip] } },
  ],
  ['traces', { traced: true }],
  ['a plugin on the connection', { connection: connectionWith('vodflow.VodflowPlugin', 'theirs') }],
])('the workflows are bundled at the start with %s', (_, options) => {
  const code = workflowCode({ traced: false, dataConverter: undefined, connection: undefined, ...options })
  expect(code).toMatchObject({ workflowsPath: expect.stringContaining('workflows/served') })
})

it.each<[string, Partial<CodeOptions>]>([
  ['nothing of yours', {}],
  ['codecs', { dataConverter: { payloadCodecs: [gzip, bound] } }],
  ['our plugin on the connection', { connection: connectionWith('vodflow.VodflowPlugin') }],
])('the prebuilt workflows are used with %s', (_, options) => {
  const code = workflowCode({ traced: false, dataConverter: undefined, connection: undefined, ...options })
  const buildId = expect.stringMatching(/^vodflow@\d+\.\d+\.\d+\+[0-9a-f]{12}$/)
  expect(code).toEqual({ ...ownWorkflows, buildId })
})

describe('a worker with the plugin', () => {
  const workflowsPath = pathOf('pipelines')
  const plugin = () => new VodflowPlugin({ servedElsewhere: ['default'] })
  const configure = (options: object) => plugin().configureWorker({ taskQueue: 'mine', ...options })

  it.each(['vodflow', 'vodflow.default.submit', 'vodflow.films'])('leaves the task queue %s', (taskQueue) => {
    expect(() => configure({ taskQueue })).toThrow(
      `taskQueue: "${taskQueue}" belongs to vodflow's own workers; use another name`,
    )
  })

  it.each(['Vodflow', 'vodflow-films', 'vodflows', 'my.vodflow.films'])('takes %s', (taskQueue) => {
    expect(configure({ taskQueue })).toMatchObject({ taskQueue })
  })

  it.each<[string, () => Promise<object>]>([
    ['path', () => plainBundleOf(workflowsPath)],
    ['code', () => bundleWorkflowCode({ workflowsPath, logger: new DefaultLogger('ERROR') })],
  ])('refuses a bundle without it, given by its %s', async (_, bundle) => {
    const workflowBundle = await bundle()
    expect(() => configure({ workflowBundle })).toThrow(
      /^workflowBundle: was made without VodflowPlugin; .*plugins: \[new VodflowPlugin\(\.\.\.\)\] to bundleWorkflowCode/,
    )
  })

  it('refuses a bundle that another version of vodflow was made into', () => {
    const code = `x('${bundleMark.replace(/@.*/, '@0.0.9-beta.1')}')`
    expect(() => configure({ workflowBundle: { code } })).toThrow(
      /^workflowBundle: was made with vodflow 0\.0\.9-beta\.1, and this worker has .*; bundle the workflows again/,
    )
  })

  it('takes a bundle with it, also a minified one', async () => {
    const codes = [
      await bundleOf(workflowsPath),
      await bundleWorkflowCode({
        workflowsPath,
        plugins: [plugin()],
        logger: new DefaultLogger('ERROR'),
        webpackConfigHook: (config) => ({
          ...config,
          mode: 'production',
          optimization: { minimize: true, mangleExports: true },
        }),
      }),
    ]
    for (const workflowBundle of codes)
      expect(configure({ workflowBundle })).toMatchObject({ workflowBundle })
  })
})

describe('with VODFLOW_PAYLOAD_KEYS, a worker', () => {
  const keys = `k1:${'ab'.repeat(32)}`
  afterEach(() => {
    vi.unstubAllEnvs()
    vi.restoreAllMocks()
  })

  async function warnings(variable: string, dataConverter: DataConverter | undefined) {
    vi.stubEnv('VODFLOW_PAYLOAD_KEYS', variable)
    const warn = vi.spyOn(Runtime.instance().logger, 'warn').mockImplementation(() => {})
    await warnOfPayloadKeys({
      namespace: 'default',
      loadedDataConverter: loadDataConverter(dataConverter),
    })
    return warn.mock.calls
  }

  it.each<[string, DataConverter]>([
    ['another codec', { payloadCodecs: [gzip] }],
    ['other keys', payloadEncryption(`k2:${'cd'.repeat(32)}`)],
  ])('that has %s warns, with the remedy', async (_, dataConverter) => {
    const remedy = expect.stringContaining(
      'dataConverter: payloadEncryption(process.env.VODFLOW_PAYLOAD_KEYS)',
    )
    const message = 'VODFLOW_PAYLOAD_KEYS is set, and the data converter does not use it'
    expect(await warnings(keys, dataConverter)).toEqual([[message, expect.objectContaining({ remedy })]])
  })

  it.each<[string, string, DataConverter | undefined]>([
    ['that has its keys', keys, payloadEncryption(keys)],
    ['that also has newer ones', keys, payloadEncryption(`k2:${'cd'.repeat(32)},${keys}`)],
    ['that is empty', '', undefined],
  ])('%s does not warn', async (_, variable, dataConverter) => {
    expect(await warnings(variable, dataConverter)).toEqual([])
  })
})
