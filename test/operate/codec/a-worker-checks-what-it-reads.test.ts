import {
  CompositePayloadConverter,
  type DataConverter,
  defaultPayloadConverter,
  JsonPayloadConverter,
  type Payload,
  type PayloadConverter,
} from '@temporalio/common'
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/index.js'
import type { NativeConnection } from '@temporalio/worker'
import { expect, it } from 'vitest'
import { payloadEncryption } from '../../../src/temporal/encryption.js'
import { type CodeOptions, workflowCode } from '../../../src/worker/bundle.js'
import { requireReadable } from '../../../src/worker/requireReadable.js'
import { bound, converterPath, gzip } from '../../support/converters/codecs.js'
import { ownWorkflows } from '../../support/workflowCode.js'

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
    /dataConverter: cannot write and read a plain value \(no key\); use converters and codecs/,
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
    /it returned no payload/,
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
    /changes a plain value/,
  ],
])('a codec that %s is refused when the worker starts', async (_, dataConverter, message) => {
  await expect(check(dataConverter)).rejects.toThrow(message)
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
    /changes undefined/,
  ],
  [
    'drops what is null',
    {
      toPayload: (value) => defaultPayloadConverter.toPayload(value),
      fromPayload: <T>(payload: Payload) =>
        JSON.parse(
          JSON.stringify(defaultPayloadConverter.fromPayload(payload)),
          (_, each) => each ?? undefined,
        ) as T,
    },
    /changes a plain value/,
  ],
])('a payload converter that %s is refused when the worker starts', async (_, payloadConverter, message) => {
  const checking = requireReadable({
    namespace: 'default',
    dataConverter: { payloadConverterPath },
    loadedDataConverter: { ...loadDataConverter({}), payloadConverter },
  })
  await expect(checking).rejects.toThrow(message)
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
  expect(code).toMatchObject({ workflowsPath: expect.stringContaining('workflows/index') })
})

it.each<[string, Partial<CodeOptions>]>([
  ['nothing of yours', {}],
  ['codecs', { dataConverter: { payloadCodecs: [gzip, bound] } }],
  ['our plugin on the connection', { connection: connectionWith('vodflow.VodflowPlugin') }],
])('the prebuilt workflows are used with %s', (_, options) => {
  const code = workflowCode({ traced: false, dataConverter: undefined, connection: undefined, ...options })
  expect(code).toEqual(ownWorkflows)
})
