import type { Client, WorkflowExecutionDescription } from '@temporalio/client'
import { defineSearchAttributeKey, type SearchAttributePair, SearchAttributeType } from '@temporalio/common'
import { adoptedAttribute, overdueAttribute, searchAttributeTypes } from '../contract/searchAttributes.js'
import { minute } from '../contract/time.js'

/** Temporal's enum IndexedValueType. */
const codes = { Keyword: 2, Int: 3, Datetime: 6 } as const

const overdueKey = defineSearchAttributeKey(overdueAttribute, SearchAttributeType.DATETIME)

/** Returns the time since which VOD no longer returns the tasks of an open run. */
export function overdueSinceOf({
  typedSearchAttributes,
  closeTime,
}: Pick<WorkflowExecutionDescription, 'typedSearchAttributes' | 'closeTime'>): Date | undefined {
  return closeTime ? undefined : typedSearchAttributes.get(overdueKey)
}

/** The subject of a run, for Temporal's lists. */
export interface RunSubject {
  readonly FileId?: string | undefined
  readonly ProcedureName?: string | undefined
  readonly SubAppId?: number | undefined
  /** The task that the run adopts. */
  readonly TaskId?: string | undefined
}

/** Times for which an answer is cached, ms: if all attributes exist, and if some are missing. */
const believedMs = { all: 10 * minute, some: minute }

interface KnownAttributes {
  readonly missing: Promise<readonly string[]>
  readonly until: number
}

const known = new WeakMap<Client, KnownAttributes>()
let warned = false

/**
 * Returns the search attributes for the start of a run, without those that the namespace does not have, because Temporal would refuse the
 * start.
 */
export async function searchAttributesOf(
  client: Client,
  { FileId, ProcedureName, SubAppId, TaskId }: RunSubject,
): Promise<SearchAttributePair[]> {
  const missing = await missingSearchAttributes(client).catch(() => Object.keys(searchAttributeTypes))
  if (missing.length > 0) warnOnce(missing)
  const given = [
    ...(FileId ? [pair('VodflowFileId', SearchAttributeType.KEYWORD, FileId)] : []),
    ...(ProcedureName ? [pair('VodflowProcedure', SearchAttributeType.KEYWORD, ProcedureName)] : []),
    ...(TaskId ? [pair(adoptedAttribute, SearchAttributeType.KEYWORD, TaskId)] : []),
    ...(SubAppId === undefined ? [] : [pair('VodflowSubAppId', SearchAttributeType.INT, SubAppId)]),
  ]
  return given.filter(({ key }) => !missing.includes(key.name))
}

/** Returns the names of vodflow's search attributes that the namespace does not have, or has with another type. */
export function missingSearchAttributes(client: Client): Promise<readonly string[]> {
  const before = known.get(client)
  if (before && before.until > Date.now()) return before.missing
  const missing = ask(client)
  known.set(client, { missing, until: Date.now() + believedMs.some })
  missing.then(
    (names) => {
      if (names.length === 0) known.set(client, { missing, until: Date.now() + believedMs.all })
    },
    () => {},
  )
  return missing
}

/** Clears the cached answer, so that the next check asks Temporal. */
export function forgetSearchAttributes(client: Client): void {
  known.delete(client)
}

/** Differences between the search attributes of the namespace and those that vodflow needs. */
export interface SearchAttributeProblems {
  /** Names that the namespace does not have. */
  readonly missing: readonly string[]
  /** Attributes that are registered with another type. Temporal cannot change a type. */
  readonly otherType: readonly { readonly name: string; readonly is: string; readonly wanted: string }[]
}

/** Reads the search attributes of the namespace from Temporal, and compares them. */
export async function searchAttributeProblems(client: Client): Promise<SearchAttributeProblems> {
  const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
    namespace: client.options.namespace,
  })
  const names = Object.keys(searchAttributeTypes)
  const registered = (name: string) => Object.hasOwn(customAttributes ?? {}, name)
  return {
    missing: names.filter((name) => !registered(name)),
    otherType: names
      .filter((name) => registered(name) && customAttributes?.[name] !== codes[typeOf(name)])
      .map((name) => ({ name, is: nameOfType(customAttributes?.[name]), wanted: typeOf(name) })),
  }
}

/** Registers the missing search attributes. @returns those that were missing, and those with another type */
export async function addSearchAttributes(client: Client): Promise<SearchAttributeProblems> {
  const problems = await searchAttributeProblems(client)
  const { missing } = problems
  if (missing.length > 0) {
    await client.connection.operatorService.addSearchAttributes({
      namespace: client.options.namespace,
      searchAttributes: Object.fromEntries(missing.map((name) => [name, codes[typeOf(name)]])),
    })
  }
  forgetSearchAttributes(client)
  return problems
}

/** Returns the problem and the manual fix for a search attribute with another type. The fix makes its old values unsearchable. */
export function otherTypeText(
  { name, is, wanted }: SearchAttributeProblems['otherType'][number],
  namespace: string,
): { readonly what: string; readonly fix: string } {
  return {
    what: `${name} is of type ${is}, but vodflow needs ${wanted}: runs start without it`,
    fix: `temporal operator search-attribute remove --namespace ${namespace} --name ${name} (its old values can no longer be searched), then vodflow setup`,
  }
}

async function ask(client: Client): Promise<readonly string[]> {
  const { missing, otherType } = await searchAttributeProblems(client)
  return [...missing, ...otherType.map(({ name }) => name)]
}

/** Temporal's names of its types, by their codes. */
const typeNames = ['Unspecified', 'Text', 'Keyword', 'Int', 'Double', 'Bool', 'Datetime', 'KeywordList']

function nameOfType(code: unknown): string {
  return typeNames[Number(code)] ?? String(code)
}

function typeOf(name: string) {
  return searchAttributeTypes[name as keyof typeof searchAttributeTypes]
}

function pair<T extends SearchAttributeType>(name: string, type: T, value: unknown): SearchAttributePair {
  return { key: defineSearchAttributeKey(name, type), value } as SearchAttributePair
}

function warnOnce(missing: readonly string[]): void {
  if (warned) return
  warned = true
  process.emitWarning(
    `the namespace has no search attributes ${missing.join(', ')}: runs cannot be searched by them; register them with: npx vodflow setup`,
    { type: 'VodflowWarning', code: 'VODFLOW_SEARCH_ATTRIBUTES' },
  )
}
