import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from '../support/binary.js'

const folder = join(root, 'docs/decisions')
const read = (name: string) => readFile(join(folder, name), 'utf8')
const index = await read('README.md')

const form =
  /^# (?<number>\d+)\. (?<title>\S.*)\n\n\*\*Status:\*\* (?<status>accepted|superseded by \d+)\. \*\*Date:\*\* (?<date>20\d\d-[01]\d-[0-3]\d)\.\n\n\S/

const names = (await readdir(folder)).filter((name) => name !== 'README.md').sort()
const records = await Promise.all(
  names.map(async (name) => ({ name, ...form.exec(await read(name))?.groups })) as Promise<{
    name: string
    number?: string
    title?: string
    status?: string
    date?: string
  }>[],
)
const numbers = records.map(({ number }) => Number(number))

describe('a record of a decision', () => {
  it.each(records)('$name starts with its number, title, status and date', ({ name, number }) => {
    expect(name).toMatch(new RegExp(`^${number?.padStart(4, '0')}-[a-z0-9-]+\\.md$`))
  })

  it('that supersedes another one is there', () => {
    const successors = records.flatMap(({ status }) => /\d+/.exec(status ?? '')?.map(Number) ?? [])
    expect(successors.filter((number) => !numbers.includes(number))).toEqual([])
  })
})

describe('the list of decisions', () => {
  it('has every record, as it says itself', () => {
    const rows = [...index.matchAll(/^\| (\d+) +\| \[(.+)\]\((.+)\) +\| (.+?) +\| (\S+) +\|$/gm)]
    expect(
      rows.map(([, number, title, name, status, date]) => ({ name, number, title, status, date })),
    ).toEqual(records)
  })

  it('explains every number that is missing', () => {
    const [, unused = ''] = /^Numbers that were not used: ([\d, ]+)\.$/m.exec(index) ?? []
    const all = [...numbers, ...unused.split(', ').filter(Boolean).map(Number)].sort((a, b) => a - b)
    expect(all).toEqual(Array.from({ length: Math.max(...numbers) }, (_, before) => before + 1))
  })
})
