import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { parseAst } from 'vitest/node'
import { root } from './imports.js'

/**
 * With exactOptionalPropertyTypes, `{ signal: mySignal }` does not compile if `mySignal` may be undefined and the option is only `signal?:`.
 * A user then writes `...(mySignal ? { signal: mySignal } : {})`. So each optional member of what a user passes is `?: T | undefined`. In
 * what vodflow returns, an absent member stays absent.
 */

/** Types of what vodflow makes. Users only pass it on: to a gate, to a handler, or in an error that they construct. */
const madeHere = [
  'FieldProblem',
  'ForeignEvent',
  'ModerationResult',
  'NoWorkerDetails',
  'OutcomeFields',
  'RunPause',
  'TaskHint',
  'UnknownOutcome',
]

/** Types that are passed, although no signature of the entry point shows it. */
const passedByName = /(?:Control|Input|Options|Request)$/

interface Syntax {
  readonly type: string
  readonly [member: string]: unknown
}

/** A place in the surface: whether a user gives what is there, and how it is called. */
interface Place {
  readonly given: boolean
  readonly path: string
}

const isSyntax = (value: unknown): value is Syntax =>
  typeof value === 'object' && value !== null && 'type' in value

const nameOf = (node: unknown) => (isSyntax(node) ? String(node.name ?? node.value) : '')

class Surface {
  readonly refusing = new Set<string>()
  readonly reached = new Set<string>()
  readonly #declared = new Map<string, Syntax>()

  constructor(code: string) {
    const statements = parseAst(code, { lang: 'dts' }).body as unknown as Syntax[]
    const declarations = statements.map(({ declaration }) => declaration).filter(isSyntax)
    for (const each of declarations) this.#declared.set(nameOf(each.id), each)
    for (const each of declarations) this.#walkExport(each)
  }

  #walkExport(declaration: Syntax): void {
    const name = nameOf(declaration.id)
    if (passedByName.test(name)) this.#enter(name, true)
    if (!/^TS(?:Interface|TypeAlias)Declaration$/.test(declaration.type))
      this.#walk(declaration, { given: false, path: name })
  }

  /** Enters a declaration once for each direction. */
  #enter(name: string, given: boolean): void {
    const declaration = this.#declared.get(name)
    const key = `${name} ${given}`
    // Users construct no class of ours: they pass an instance that they got.
    if (!declaration || this.reached.has(key) || (given && declaration.type === 'ClassDeclaration')) return
    this.reached.add(key)
    if (!(given && madeHere.includes(name))) this.#within(declaration, { given, path: name })
  }

  #within(node: Syntax, place: Place): void {
    for (const [member, value] of Object.entries(node))
      if (member !== 'typeParameters') this.#walk(value, place)
  }

  #walk(node: unknown, place: Place): void {
    if (Array.isArray(node)) for (const each of node) this.#walk(each, place)
    if (!isSyntax(node)) return
    if (node.optional === true) this.#check(node, place)
    const inner = node.key ? { ...place, path: `${place.path}.${nameOf(node.key)}` } : place
    if ('params' in node && 'returnType' in node) {
      this.#walk(node.params, { ...inner, given: !place.given })
      this.#walk(node.returnType, inner)
    } else if (node.type === 'TSTypeReference' || node.type === 'TSInterfaceHeritage')
      this.#refer(node, place)
    else this.#within(node, inner)
  }

  /** What a generic type of ours does with its arguments is not looked up: they may be given or returned. */
  #refer(node: Syntax, place: Place): void {
    const name = nameOf(node.typeName ?? node.expression)
    if (name === 'Partial' && place.given) this.refusing.add(`${place.path}: Partial`)
    this.#enter(name, place.given)
    this.#walk(node.typeArguments, place)
    if (this.#declared.has(name)) this.#walk(node.typeArguments, { ...place, given: !place.given })
  }

  #check(node: Syntax, { given, path }: Place): void {
    const isMember = node.type === 'TSMappedType' || 'key' in node
    if (given && isMember && !this.#takesUndefined(node.typeAnnotation))
      this.refusing.add(`${path}.${nameOf(node.key)}`)
  }

  #takesUndefined(type: unknown): boolean {
    if (!isSyntax(type)) return false
    if (type.type === 'TSTypeAnnotation') return this.#takesUndefined(type.typeAnnotation)
    if (type.type === 'TSUnionType')
      return (type.types as unknown[]).some((each) => this.#takesUndefined(each))
    return /^TS(?:Undefined|Unknown|Any)Keyword$/.test(type.type)
  }
}

const surfaceOf = (report: string) => new Surface(/```ts\n([\s\S]*?)\n```/.exec(report)?.[1] ?? '')

it('every optional member that a user passes takes undefined', async () => {
  const folder = join(root, '../api')
  const names = await readdir(folder)
  const reports = await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8')))
  const surfaces = reports.map(surfaceOf)
  expect(surfaces.flatMap(({ refusing }) => [...refusing])).toEqual([])
  const reached = new Set(surfaces.flatMap((each) => [...each.reached]))
  expect([...reached].filter((each) => each.endsWith(' true')).length).toBeGreaterThan(50)
  expect(madeHere.filter((name) => !reached.has(`${name} true`))).toEqual([])
})

it.each([
  ['export function f(a: A): void;\nexport interface A { x?: number }', 'A.x'],
  [
    'export function f(a: A): void;\nexport interface A extends B {}\nexport interface B { x?: number }',
    'B.x',
  ],
  ['export function f(a: Pick<A, "x">[]): void;\nexport interface A { x?: number }', 'A.x'],
  ['export class C { constructor(a: { x?: number }); }', 'C.constructor.x'],
  ['export function f(): A;\nexport interface A { g(b?: { x?: 1 }): void }', 'A.g.x'],
  [
    'export function f(a: { limits: Partial<A> }): void;\nexport interface A { x: number }',
    'f.limits: Partial',
  ],
  ['export function f(a: { [K in "x"]?: number }): void;', 'f.K'],
  ['export const f: F<A>;\nexport type F<I> = (i: I) => void;\nexport interface A { x?: number }', 'A.x'],
  ['export interface MyOptions { x?: number }', 'MyOptions.x'],
])('finds one that does not: %s', (code, member) => {
  expect([...new Surface(code).refusing]).toEqual([member])
})

it.each([
  'export function f(a: A): void;\nexport interface A { x?: number | undefined; y?: unknown; z(b?: string): void }',
  'export function f(): A;\nexport interface A { x?: number }',
  'export function f(a: (b: { x?: number }) => void): void;',
  'export function f(c: C): void;\nexport class C { g(): { x?: number } }',
])('finds nothing in %s', (code) => {
  expect([...new Surface(code).refusing]).toEqual([])
})
