import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './imports.js'

const reports = join(root, '../api')

/** Returns the classes of an API report that show a constructor, and are exported as types only. */
function constructible(report: string, index: string): string[] {
  const typesOnly = [...index.matchAll(/export type \{([^}]*)\}/g)].flatMap(([, names = '']) =>
    names.split(',').map((name) => name.trim()),
  )
  const inline = [...index.matchAll(/\btype (\w+)\b/g)].map(([, name = '']) => name)
  const classes = [...report.matchAll(/^export (?:abstract )?class (\w+)[\s\S]*?\n\}/gm)]
  return classes
    .filter(([text]) => /^ {4}constructor\(/m.test(text))
    .map(([, name = '']) => name)
    .filter((name) => [...typesOnly, ...inline].includes(name))
}

it('a class that users get from a function shows no constructor', async () => {
  const names = (await readdir(reports)).map((name) => name.replace('.api.md', ''))
  const found = names.map(async (name) => {
    const report = await readFile(join(reports, `${name}.api.md`), 'utf8')
    return constructible(report, await readFile(join(root, name, 'index.ts'), 'utf8'))
  })
  expect((await Promise.all(found)).flat()).toEqual([])
})

it('finds one that does', () => {
  const report =
    'export class Run {\n    constructor(a: number);\n}\n\nexport class Clock {\n    constructor();\n}\n'
  expect(
    constructible(report, "export type { Run } from './run.js'\nexport { Clock } from './clock.js'\n"),
  ).toEqual(['Run'])
})
