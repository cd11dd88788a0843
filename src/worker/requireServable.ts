import { statSync } from 'node:fs'
import { type FieldProblem, InvalidInputError } from '../contract/errors.js'
import { betterWayThan } from '../contract/syncActions.js'
import type { VodClient } from '../vod/client.js'
import type { ServedHere } from './pluginOptions.js'

/**
 * Checks options that a worker would otherwise find wrong when a workflow needs them.
 *
 * @throws InvalidInputError that names each action of `allow` that `callVod` cannot use, and a missing `idsFolder`
 */
export function requireServable(
  { allow = [], idsFolder }: Pick<ServedHere, 'allow' | 'idsFolder'>,
  client: Pick<VodClient, 'knows'>,
): void {
  const problems = [...allow.flatMap((action, index) => problemOf(action, `allow.${index}`, client))]
  if (idsFolder !== undefined && !statSync(idsFolder, { throwIfNoEntry: false })?.isDirectory()) {
    const remedy = 'create it, pass the folder with files of ids, or leave idsFolder out'
    problems.push({ field: 'idsFolder', problem: `"${idsFolder}" is not a folder`, remedy })
  }
  if (problems.length > 0) throw new InvalidInputError(problems)
}

function problemOf(action: string, field: string, client: Pick<VodClient, 'knows'>): FieldProblem[] {
  const instead = betterWayThan(action)
  if (instead !== undefined)
    return [{ field, problem: `${action} is not for callVod`, remedy: `leave it out, and ${instead}` }]
  if (client.knows(action)) return []
  return [{ field, problem: `${action} is not an action of VOD`, remedy: 'check its spelling' }]
}
