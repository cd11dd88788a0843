import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { LoadedDataConverter, SerializationContext } from '@temporalio/common'
import type { Worker } from '@temporalio/worker'
import { InvalidInputError } from '../contract/errors.js'
import { ownerOfActivity, payloadReader, payloadsOf } from '../temporal/payloads.js'

/** The options with which a worker reads and writes payloads. */
type Reading = Pick<
  Worker['options'],
  'namespace' | 'dataConverter' | 'loadedDataConverter' | 'workflowBundle'
>

/** Values of every kind that occurs in vodflow's inputs, signals and outcomes. */
const samples = [
  {
    request: { FileId: '5285485487985271487', Parts: [{ Definition: 100010 }, {}], Name: 'Grüße 🎬' },
    delays: { look: [0.5, 86_400_000], none: [] },
    flags: [true, false, null, ''],
  },
  // Many activities return undefined.
  undefined,
]

/**
 * Checks when a worker starts that it can read its payloads. If it could not, its workflow tasks would fail forever.
 *
 * @throws InvalidInputError if the data converter changes a value of vodflow, or if the workflow bundle lacks a converter
 */
export async function requireReadable(reading: Reading): Promise<void> {
  if (!reading.dataConverter) return
  await requireConvertersIn(reading)
  const { namespace, loadedDataConverter } = reading
  const workflowId = 'vodflow-check'
  const owners = [
    { type: 'workflow', namespace, workflowId } as const,
    ownerOfActivity(namespace, { workflowId, activityId: '1' }),
  ]
  for (const owner of owners)
    for (const value of samples) await requireSame(value, owner, loadedDataConverter)
}

async function requireSame(
  value: unknown,
  owner: SerializationContext,
  loadedDataConverter: LoadedDataConverter,
): Promise<void> {
  const codecs = { loadedDataConverter }
  const kind = value === undefined ? 'undefined' : 'a plain value'
  const returned = async () => {
    const [payload] = await payloadsOf(value, owner, codecs)
    if (!payload) throw new Error('it returned no payload')
    return payloadReader(codecs)(payload, owner)
  }
  const found = await returned().catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw refusal('dataConverter', `cannot write and read ${kind} (${why})`, remedy)
  })
  if (!isDeepStrictEqual(found, value))
    throw refusal('dataConverter', `changes ${kind} between writing and reading it`, remedy)
}

/**
 * Returns the text that webpack writes in place of a missing converter. A minified bundle, or one of another version of webpack, may not
 * contain it. The check then passes, and `withRemedy` names the remedy when the first payload cannot be read.
 */
const absent = (kind: string) => `__temporal_custom_${kind}_converter (ignored)`

async function requireConvertersIn({ dataConverter = {}, workflowBundle }: Reading): Promise<void> {
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

const remedy = 'use converters and codecs that return undefined and each JSON value unchanged'

function refusal(field: string, problem: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ field, problem, remedy }])
}
