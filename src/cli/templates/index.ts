import type { Command } from 'commander'
import { canonicalJson } from '../../contract/canonicalJson.js'
import { plain } from '../../contract/visible.js'
import { templateMembers } from '../../vod/templateTasks.js'
import { subAppOption } from '../options.js'
import { notGood, print, table } from '../print.js'
import { vodOfEnvironment } from '../session.js'

interface TemplatesFlags {
  readonly subApp?: number
  readonly json: boolean
}

/** Loaded on demand, because it imports zod. */
const reading = () => import('./read.js')

/** Registers `templates`, which reads and writes task flow templates as JSON with Tencent's own fields. */
export function registerTemplates(program: Command): void {
  const templates = program
    .command('templates')
    .description('list, show and create task flow templates, or compare them with a file')
  const command = (name: string, description: string) =>
    templates
      .command(name)
      .description(description)
      .option(
        '--sub-app <SubAppId>',
        'sub-app to use (default: the application of the account)',
        subAppOption,
      )
      .option('--json', 'print one JSON object', false)

  command('list', 'lists names, types and times')
    .addHelpText('after', '\nExample:\n  vodflow templates list --sub-app 1500000001\n')
    .action(async ({ subApp, json }: TemplatesFlags) => {
      const { allTemplates } = await reading()
      const all = await allTemplates(await vodOfEnvironment(), subApp)
      print(json, { templates: all }, () =>
        all.length === 0
          ? ['no templates']
          : table(
              all.map(({ Name, Type, UpdateTime, Comment }) => [
                Name,
                Type,
                UpdateTime,
                String(Comment ?? ''),
              ]),
            ),
      )
    })
  command('show', 'shows a template as JSON')
    .argument('<name>')
    .addHelpText('after', '\nExample:\n  vodflow templates show episode > episode.json\n')
    .action(async (name: string, { subApp, json }: TemplatesFlags) => {
      const { templateNamed } = await reading()
      const template = await templateNamed(await vodOfEnvironment(), name, subApp)
      console.log(JSON.stringify(template, undefined, json ? undefined : 2))
    })
  command('create', 'creates a template from a file')
    .argument('<file>', "JSON: CreateProcedureTemplate's own fields")
    .option('--replace', 'replace the template of that name (ResetProcedureTemplate)', false)
    .addHelpText('after', '\nExample:\n  vodflow templates create episode.json --replace\n')
    .action(async (file: string, { subApp, json, replace }: TemplatesFlags & { replace: boolean }) => {
      const { templateNamed, templateOfFile } = await reading()
      const template = await templateOfFile({ option: '<file>', path: file }, subApp)
      const vod = await vodOfEnvironment()
      const before = replace ? await templateNamed(vod, template.Name, subApp) : template
      for (const { field, atVod, inFile } of differencesOf(before, template))
        console.error(`vodflow: ${plain(`replaces ${field} ${atVod} with ${inFile}`)}`)
      await vod.call(replace ? 'ResetProcedureTemplate' : 'CreateProcedureTemplate', template)
      print(json, { Name: template.Name, replaced: replace }, () => [
        `template "${template.Name}" ${replace ? 'replaced' : 'created'}`,
      ])
    })
  command('diff', 'shows how a file differs from the template of the same name')
    .argument('<file>', "JSON: CreateProcedureTemplate's own fields")
    .addHelpText('after', '\nExit code: 2 they differ.\n\nExample:\n  vodflow templates diff episode.json\n')
    .action(async (file: string, { subApp, json }: TemplatesFlags) => {
      const { templateNamed, templateOfFile } = await reading()
      const wanted = await templateOfFile({ option: '<file>', path: file }, subApp)
      const there = await templateNamed(await vodOfEnvironment(), wanted.Name, subApp)
      const differences = differencesOf(there, wanted)
      print(json, { Name: wanted.Name, differences }, () =>
        differences.length === 0
          ? [`"${wanted.Name}" matches ${file}`]
          : differences.map(({ field, atVod, inFile }) => `${field}: ${atVod} at VOD, ${inFile} in ${file}`),
      )
      if (differences.length > 0) process.exitCode = notGood
    })
}

interface TemplateDifference {
  /** Path of the field, e.g. `MediaProcessTask.TranscodeTaskSet.0.Definition`. */
  readonly field: string
  /** As JSON; `nothing` when it is absent. */
  readonly atVod: string
  readonly inFile: string
}

/** The fields that a person chooses. VOD sets the others, e.g. the times. */
const compared = ['Comment', ...templateMembers, 'ImportMediaKnowledgeTaskSet']

/** Returns the fields that differ. An empty value counts as absent, because VOD fills fields that were not set with empty values. */
function differencesOf(atVod: object, inFile: object): TemplateDifference[] {
  const there = leaves(Object.fromEntries(Object.entries(atVod).filter(([name]) => compared.includes(name))))
  const wanted = leaves(
    Object.fromEntries(Object.entries(inFile).filter(([name]) => compared.includes(name))),
  )
  const fields = [...new Set([...there.keys(), ...wanted.keys()])].sort()
  return fields
    .filter((field) => there.get(field) !== wanted.get(field))
    .map((field) => ({ field, atVod: there.get(field) ?? 'nothing', inFile: wanted.get(field) ?? 'nothing' }))
}

function leaves(value: unknown, path = ''): Map<string, string> {
  if (value === null || value === undefined || value === '' || value === 0) return new Map()
  if (typeof value !== 'object') return new Map([[path, canonicalJson(value)]])
  const parts = Object.entries(value).flatMap(([name, of]) => [
    ...leaves(of, path === '' ? name : `${path}.${name}`),
  ])
  return new Map(parts)
}
