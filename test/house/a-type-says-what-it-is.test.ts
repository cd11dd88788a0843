import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './imports.js'

interface Declared {
  readonly name: string
  readonly file: string
  readonly isExported: boolean
}

const declaration = /^(export )?(?:interface|type|class) (\w+)/gm

function declaredIn(file: string, code: string): Declared[] {
  return [...code.matchAll(declaration)].map(([, exported, name = '']) => ({
    name,
    file,
    isExported: exported !== undefined,
  }))
}

async function allDeclared(): Promise<Declared[]> {
  const names = (await readdir(root, { recursive: true })).filter((name) => name.endsWith('.ts'))
  const files = names.map(async (name) => declaredIn(name, await readFile(join(root, name), 'utf8')))
  return (await Promise.all(files)).flat()
}

/** The emulator imports nothing of ours, and has its own words for what VOD has. */
const isShared = ({ file, isExported }: Declared) => isExported && !file.startsWith('emulator/')

/** A reader who finds a name in a signature must find one type. */
function namesOfSeveral(declared: readonly Declared[]): string[] {
  const files = new Map<string, Declared[]>()
  for (const each of declared.filter(isShared)) files.set(each.name, [...(files.get(each.name) ?? []), each])
  return [...files]
    .filter(([, all]) => all.length > 1)
    .map(([name, all]) => `${name}: ${all.map(({ file }) => file)}`)
}

/** What was done to a thing does not say what it is: `Looked`, `Told`, `Held`. */
const participle =
  /^(?:[A-Z][a-z]+ed|Found|Gone|Held|Kept|Known|Laid|Lost|Made|Read|Said|Seen|Sent|Shown|Swept|Told)$/

const bareParticiples = (declared: readonly Declared[]) =>
  declared.filter(({ name }) => participle.test(name)).map(({ name, file }) => `${name}: ${file}`)

/** Names of one word that are those of the product, or of Temporal. */
const ofTheProduct = ['Vodflow', 'Outcome', 'Emulator', 'Duration']

/** `Run`, `Part` or `Logger` in the imports of a user's file could come from anywhere. */
const oneWord = (names: readonly string[]) =>
  names.filter((name) => /^[A-Z][a-z]+$/.test(name) && !ofTheProduct.includes(name))

/** Types and classes that the entry points export, by the API reports. */
async function exportedTypes(): Promise<string[]> {
  const folder = join(root, '../api')
  const reports = (await readdir(folder)).map((name) => readFile(join(folder, name), 'utf8'))
  const exported = /^export (?:abstract )?(?:interface|type|class) (\w+)/gm
  return (await Promise.all(reports)).flatMap((report) =>
    [...report.matchAll(exported)].map(([, name = '']) => name),
  )
}

it('a type of an entry point has a name of two words', async () => {
  const names = await exportedTypes()
  expect(names.length).toBeGreaterThan(100)
  expect(oneWord(names)).toEqual([])
})

it('a name is that of one exported type', async () => {
  expect(namesOfSeveral(await allDeclared())).toEqual([])
})

it('a name says what a type is, not what was done', async () => {
  expect(bareParticiples(await allDeclared())).toEqual([])
})

it('finds all three', () => {
  expect(oneWord(['Run', 'RunHandle', 'Vodflow'])).toEqual(['Run'])
  const planted = ['a.ts', 'b.ts'].flatMap((file) => declaredIn(file, 'export interface Looked {\n}\n'))
  expect(namesOfSeveral(planted)).toEqual(['Looked: a.ts,b.ts'])
  expect(bareParticiples(planted)).toHaveLength(2)
})
