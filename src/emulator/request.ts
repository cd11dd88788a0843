import { z } from 'zod'
import { ApiError } from './wire/apiError.js'

const documented: Readonly<Record<string, string>> = {
  SubAppId: 'InvalidParameterValue.SubAppId',
  FileId: 'InvalidParameterValue.FileId',
  TaskId: 'InvalidParameterValue.TaskId',
}

/** Parses a request as VOD does: it refuses an unknown parameter, and has a separate code for a missing one. */
export function parse<T extends z.ZodType>(schema: T, request: unknown): z.output<T> {
  const parsed = schema.safeParse(request)
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  const field = issue?.path.join('.') ?? ''
  if (issue?.code === 'unrecognized_keys') {
    throw new ApiError(
      'UnknownParameter',
      `The parameter \`${[...issue.path, issue.keys[0]].join('.')}\` is not recognized.`,
    )
  }
  const missing = issue?.code === 'invalid_type' && valueAt(request, issue.path) === undefined
  if (missing)
    throw new ApiError('MissingParameter', `The request is missing a required parameter \`${field}\`.`)
  throw new ApiError(
    documented[field] ?? 'InvalidParameterValue',
    `The value of parameter \`${field}\` is not valid: ${issue?.message}`,
  )
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (inner as Record<PropertyKey, unknown> | undefined)?.[key],
    value,
  )
}

export const SubAppId = z.int().positive().optional()
