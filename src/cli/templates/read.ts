import { InvalidInputError } from '../../contract/errors.js'
import type { VodClient } from '../../vod/client.js'
import { incompleteAnswer } from '../../vod/incompleteAnswer.js'
import { parsed } from '../../vod/problemOf.js'
import type { VodRequest } from '../../vod/requests.js'
import type { ListedTemplate } from '../../vod/responses.js'
import { ProcedureTemplateRequest } from '../../vod/schemas/templates.js'
import { type Given, readGiven } from '../files.js'

const pageSize = 100

export async function allTemplates(vod: VodClient, subApp: number | undefined): Promise<ListedTemplate[]> {
  const all: ListedTemplate[] = []
  for (;;) {
    const request = { Offset: all.length, Limit: pageSize, SubAppId: subApp }
    const { ProcedureTemplateSet, TotalCount } = await vod.call('DescribeProcedureTemplates', request)
    all.push(...ProcedureTemplateSet)
    if (all.length >= TotalCount) return all
    if (ProcedureTemplateSet.length === 0)
      throw incompleteAnswer('DescribeProcedureTemplates', `read ${all.length} of ${TotalCount} templates`)
  }
}

/** @throws InvalidInputError if no template has this name */
export async function templateNamed(
  vod: VodClient,
  name: string,
  subApp: number | undefined,
): Promise<ListedTemplate> {
  const { ProcedureTemplateSet, TotalCount } = await vod.call('DescribeProcedureTemplates', {
    Names: [name],
    SubAppId: subApp,
  })
  const template = ProcedureTemplateSet.find(({ Name }) => Name === name)
  if (template) return template
  if (ProcedureTemplateSet.length > 0 || TotalCount !== 0)
    throw incompleteAnswer('DescribeProcedureTemplates', `TotalCount is ${TotalCount}, without "${name}"`)
  const problem = `this application has no task flow template "${name}"`
  const remedy = 'run vodflow templates list, and check --sub-app'
  throw new InvalidInputError([{ field: 'name', problem, remedy }])
}

/**
 * Reads a template from a file.
 *
 * @param option - the option or the argument that has the path
 * @throws Error that names the option, the file and the field
 */
export async function templateOfFile(
  { option, path }: Pick<Given, 'option' | 'path'>,
  subApp: number | undefined,
): Promise<VodRequest<'CreateProcedureTemplate'>> {
  const remedy = "pass the path of a JSON file with CreateProcedureTemplate's fields"
  const text = await readGiven({ option, path, remedy })
  const file = `${option} ${path}`
  const given = withoutAnswers(jsonOf(file, text))
  const template = parsed(ProcedureTemplateRequest, given, (field) => (field ? `${file}: ${field}` : file))
  return { ...template, ...(subApp === undefined ? {} : { SubAppId: subApp }) }
}

/** Fields that VOD adds when it returns a template. They are ignored, so that the output of `templates show` is a valid file. */
const shownOnly = ['Type', 'CreateTime', 'UpdateTime']

function withoutAnswers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const kept = Object.entries(value).filter(([name, of]) => !shownOnly.includes(name) && of !== null)
  return Object.fromEntries(kept)
}

function jsonOf(file: string, text: string): unknown {
  try {
    // Editors on Windows write a byte order mark.
    return JSON.parse(text.replace(/^\ufeff/, ''))
  } catch (error) {
    const problem = `is not JSON (${error instanceof Error ? error.message : error})`
    throw new InvalidInputError([
      { field: file, problem, remedy: 'compare it with the output of vodflow templates show' },
    ])
  }
}
