import { readFile } from 'node:fs/promises'
import type { LoadedDataConverter, SerializationContext } from '@temporalio/common'
import type { Worker } from '@temporalio/worker'
import { InvalidInputError } from '../contract/errors.js'
import { ownerOfActivity, payloadReader, payloadsOf } from '../temporal/payloads.js'
import { firstDifference, valueText } from './firstDifference.js'
import { requireFailures } from './requireFailures.js'
import { sampleMessages } from './sampleMessages.js'

/** The options with which a worker reads and writes payloads. */
type PayloadReading = Pick<
  Worker['options'],
  'namespace' | 'dataConverter' | 'loadedDataConverter' | 'workflowBundle'
>

/** Codecs see bytes, and may ask a key service for each payload: a few payloads are enough for them. */
const samplesForCodecs = {
  messages: { ...sampleMessages },
  // What many activities return.
  none: undefined,
}

/**
 * Checks when a worker starts that it can read its payloads. If it could not, its workflow tasks would fail forever.
 *
 * @throws InvalidInputError if the data converter changes a value of vodflow, or if the workflow bundle lacks a converter
 */
export async function requireReadable(reading: PayloadReading): Promise<void> {
  const { namespace, loadedDataConverter, dataConverter } = reading
  if (!dataConverter) return
  await requireConvertersIn(reading)
  const workflowId = 'vodflow-check'
  const owners = [
    { type: 'workflow', namespace, workflowId } as const,
    ownerOfActivity(namespace, { workflowId, activityId: '1' }),
  ]
  const converter = partOf('payload', dataConverter)
  const codecs = { name: 'dataConverter.payloadCodecs', remedy: codecRemedy }
  const withoutCodecs = { ...loadedDataConverter, payloadCodecs: [] }
  for (const owner of owners) {
    await requireSame(sampleMessages, owner, withoutCodecs, converter)
    await requireSame(samplesForCodecs, owner, loadedDataConverter, codecs)
    requireFailures(loadedDataConverter, owner, partOf('failure', dataConverter).name)
  }
}

interface CheckedPart {
  /** The option, and the file where there is one. */
  readonly name: string
  readonly remedy: string
}

async function requireSame(
  samples: Readonly<Record<string, unknown>>,
  owner: SerializationContext,
  loadedDataConverter: LoadedDataConverter,
  { name, remedy }: CheckedPart,
): Promise<void> {
  const codecs = { loadedDataConverter }
  for (const [sample, value] of Object.entries(samples)) {
    const returned = async () => {
      const [payload] = await payloadsOf(value, owner, codecs)
      if (!payload) throw new Error('it returns no payload')
      return payloadReader(codecs)(payload, owner)
    }
    const kind = value === undefined ? 'undefined' : 'a plain value'
    const found = await returned().catch((error: unknown) => {
      const why = error instanceof Error ? error.message : String(error)
      throw refusal(name, `cannot write and read ${kind} (${why})`, remedy)
    })
    const difference = firstDifference(value, found)
    if (!difference) continue
    const { path, written, found: read } = difference
    const changed = `changes ${valueText(written)} to ${valueText(read)} between writing and reading it`
    throw refusal(name, `${changed} (${sample}${path} of vodflow's messages)`, remedy)
  }
}

type Paths = Pick<
  NonNullable<PayloadReading['dataConverter']>,
  'payloadConverterPath' | 'failureConverterPath'
>

function partOf(kind: 'payload' | 'failure', paths: Paths): CheckedPart {
  const path = paths[`${kind}ConverterPath`]
  const file = path === undefined ? '' : ` (${path})`
  return { name: `dataConverter.${kind}ConverterPath${file}`, remedy: converterRemedy }
}

/**
 * Returns the text that webpack writes in place of a missing converter. A minified bundle, or one of another version of webpack, may not
 * contain it. The check then passes, and `withRemedy` names the remedy when the first payload cannot be read.
 */
const absent = (kind: string) => `__temporal_custom_${kind}_converter (ignored)`

async function requireConvertersIn({ dataConverter = {}, workflowBundle }: PayloadReading): Promise<void> {
  const kinds = (['payload', 'failure'] as const).filter((kind) => dataConverter[`${kind}ConverterPath`])
  if (!workflowBundle || kinds.length === 0) return
  const code =
    'code' in workflowBundle ? workflowBundle.code : await readFile(workflowBundle.codePath, 'utf8')
  for (const kind of kinds)
    if (code.includes(absent(kind)))
      throw refusal(
        'workflowBundle',
        `was made without the ${kind} converter of dataConverter`,
        `pass ${kind}ConverterPath to bundleWorkflowCode too`,
      )
}

const converterRemedy =
  'return undefined and each JSON value as it was, and restore only values that the converter itself marked when it wrote them'
const codecRemedy = 'use codecs that return the bytes and the metadata of each payload as they were'

function refusal(field: string, problem: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ field, problem, remedy }])
}
