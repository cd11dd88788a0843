import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from '../support/binary.js'

/** Members that vodflow returns: their numbers need a unit. */
const returned = ['tookMs']

function withUnit(report: string): string[] {
  const names = [...report.matchAll(/^ *(?:readonly )?(\w*(?:Ms|Millis|Seconds|Minutes|Hours))\??:/gm)]
  return names.flatMap(([, name = '']) => (returned.includes(name) ? [] : [name]))
}

const read = async () => {
  const folder = join(root, 'api')
  return Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8')))
}

/** Errors override `name` and `code` of VodflowError, which describes both. */
function undescribed(report: string): string[] {
  const members = [...report.matchAll(/\(undocumented\)\n *(.*)/g)].map(([, member = '']) => member)
  return members.filter((member) => !/^readonly (?:name|code)\b/.test(member))
}

it('every public member has a description', async () => {
  expect((await read()).flatMap(undescribed)).toEqual([])
})

it('finds one without', () => {
  const report =
    '    // (undocumented)\n    readonly kind: string;\n    // (undocumented)\n    readonly name = "E";\n'
  expect(undescribed(report)).toEqual(['readonly kind: string;'])
})

it('a user gives no number whose name has a unit', async () => {
  expect((await read()).flatMap(withUnit)).toEqual([])
})

it('finds one', () => {
  expect(withUnit('    readonly holdMs?: number;\n    readonly tookMs: number;\n')).toEqual(['holdMs'])
})
