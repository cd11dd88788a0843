import { readFile } from 'node:fs/promises'
import { isDeepStrictEqual } from 'node:util'
import type { LoadedDataConverter, SerializationContext } from '@temporalio/common'
import type { Worker } from '@temporalio/worker'
import { ownerOfActivity, payloadReader, payloadsOf } from '../temporal/payloads.js'
import { InvalidInputError } from '../vod/errors.js'

/** What a worker reads and writes payloads with. */
type Reading = Pick<
  Worker['options'],
  'namespace' | 'dataConverter' | 'loadedDataConverter' | 'workflowBundle'
>

/** Values of every kind that vodflow's inputs, signals and outcomes have. */
const sample = {
  request: {
    FileId: '5285485487985271487',
    Nested: [{ Definition: 100010 }, {}],
    SessionContext: 'Grüße 🎬',
  },
  delays: { look: [0.5, 86_400_000], none: [] },
  flags: [true, false, null, ''],
}

/**
 * A worker that cannot read what it is sent fails its workflow tasks for ever. So it says at its start what it cannot read.
 *
 * @throws InvalidInputError when a value of vodflow's does not survive the data converter, or when the workflow bundle lacks a converter
 */
export async function requireReadable(reading: Reading): Promise<void> {
  if (!reading.dataConverter) return
  await requireConvertersIn(reading)
  const { namespace, loadedDataConverter } = reading
  const workflowId = 'vodflow-check'
  await requireSame({ type: 'workflow', namespace, workflowId }, loadedDataConverter)
  await requireSame(ownerOfActivity(namespace, { workflowId, activityId: '1' }), loadedDataConverter)
}

async function requireSame(
  context: SerializationContext,
  loadedDataConverter: LoadedDataConverter,
): Promise<void> {
  const found = await throughAll(context, loadedDataConverter).catch((error: unknown) => {
    const why = error instanceof Error ? error.message : String(error)
    throw refusal('dataConverter', `cannot read what it has written (${why})`, remedy)
  })
  if (isDeepStrictEqual(found, sample)) return
  throw refusal('dataConverter', 'changes a plain value between writing and reading it', remedy)
}

async function throughAll(context: SerializationContext, loadedDataConverter: LoadedDataConverter) {
  const codecs = { loadedDataConverter }
  const [payload] = await payloadsOf(sample, context, codecs)
  return payload && payloadReader(codecs)(payload, context)
}

/** What webpack writes in place of a converter that it was not given. */
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

const remedy = 'use converters and codecs that return each JSON value as it was'

function refusal(field: string, problem: string, remedy: string): InvalidInputError {
  return new InvalidInputError([{ field, problem, remedy }])
}
