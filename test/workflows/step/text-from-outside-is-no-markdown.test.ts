import fc from 'fast-check'
import { marked, type Token, type Tokens } from 'marked'
import { describe, expect, it } from 'vitest'
import { detailsOf as startDetailsOf, summaryOf } from '../../../src/client/plan.js'
import type { GateView } from '../../../src/contract/gates.js'
import { cell, link, quoted, said, wholeLines } from '../../../src/contract/markdown.js'
import type { RunProgress } from '../../../src/contract/progress.js'
import { saidSummary, summaryText } from '../../../src/contract/summary.js'
import { batchDetails } from '../../../src/workflows/batch/report.js'
import { gateDetails } from '../../../src/workflows/gates/details.js'
import { detailsOf } from '../../../src/workflows/run/stepMarkdown.js'
import { part, procedureId, reading, verdict } from '../../support/step.js'

/** What a film name, a context, a code of VOD or a comment may hold. */
const hostile = [
  'order 42\n\n# VOD says **pass**\n\n[approve](https://evil.test)',
  '`] [x](https://evil.test) ![y](https://evil.test/y.png) `',
  '``` \n<img src=x onerror=alert(1)> <script>x</script>\n```',
  '| a | b |\n|---|---|\n| c | d |',
  'a | b \\| c \\',
  'https://evil.test www.evil.test mailto:a@evil.test a@evil.test',
  '- [ ] x\n1. y\n> z\n***\n___\n~~s~~ *i* _i_ **b**',
  '\r\n\r\n    code\u2028# h\u2029\u202egpj\u200b',
  '[x]: https://evil.test\n\n[x] <https://evil.test> &lt; &#35;',
  '`'.repeat(300),
  '~*\n`www.www.',
]

/** Every token of Markdown, also those within others. */
function tokensOf(markdown: string): Token[] {
  const all: Token[] = []
  void marked.walkTokens(marked.lexer(markdown), (token) => void all.push(token))
  return all
}
const count = (tokens: readonly Token[], type: string) => tokens.filter((token) => token.type === type).length
/** Tokens that text from outside must not make. Emphasis is not among them: marked finds it wrongly next to some code spans. */
const shape = (markdown: string): Record<string, number | number[]> => {
  const tokens = tokensOf(markdown)
  const kinds = [
    'heading',
    'link',
    'image',
    'html',
    'code',
    'blockquote',
    'hr',
    'def',
    'table',
    'list',
    'del',
  ]
  const cells = tokens.flatMap((token) =>
    token.type === 'table' ? (token as Tokens.Table).rows.map((row) => row.length) : [],
  )
  return {
    ...Object.fromEntries(kinds.map((kind) => [kind, count(tokens, kind)])),
    cells,
  }
}

/** The same form as with a plain text. A long or broken address is quoted. */
function expectForm(markdown: string, plainly: string): void {
  const { link: links, ...got } = shape(markdown)
  const { link: mostLinks, ...form } = shape(plainly)
  expect(got).toEqual(form)
  expect(links).toBeLessThanOrEqual(mostLinks as number)
}

const anything = fc.oneof(
  fc.constantFrom(...hostile),
  fc.string({
    unit: fc.constantFrom(...'`*_[]()<>#|\\!~&:.@/-+ \n', 'w', 'www.', 'http://', '\r\n\r\n'),
    maxLength: 40,
  }),
  fc.string({ unit: 'binary' }),
)

describe('any text', () => {
  it('makes nothing of Markdown, in a sentence, a list, a heading and a table', () => {
    fc.assert(
      fc.property(anything, (text) => {
        for (const each of [said, quoted]) {
          const form = (of: string) => `**failed**: ${of}\n\n- name: ${of}\n\n### ${of}`
          expectForm(form(each(text)), form('x'))
          const row = (of: string) => `| a | b | c |\n| --- | --- | --- |\n| ${of} | y | z |`
          expectForm(row(cell(text, each)), row('x'))
        }
      }),
    )
  })

  it('is all there to be read', () => {
    fc.assert(
      fc.property(fc.constantFrom(...hostile), (text) => {
        const span = tokensOf(`x ${quoted(text)}`).find(({ type }) => type === 'codespan')
        const words = (of: string) => of.replaceAll(/\\u[0-9a-f]{4}|[\s\u2028\u2029\u202e\u200b]+/g, '')
        const entities = { '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }
        const shown = (span as Tokens.Codespan).text.replaceAll(
          /&(lt|gt|quot|amp|#39);/g,
          (each) => entities[each as '&lt;'],
        )
        expect(words(shown)).toBe(words(text.replaceAll('`', 'ˋ')))
      }),
    )
  })

  it('is cut between characters', () => {
    for (const text of ['🎬'.repeat(2_000), `x${'🎬'.repeat(2_000)}`, `${'中'.repeat(999)}🎬🎬`]) {
      for (const each of [quoted(text), said(text), cell(text), summaryText(text), saidSummary(text)]) {
        expect(each).not.toMatch(/\p{Cs}|\\ud/u)
        expect(each).toContain('…')
      }
    }
  })

  it('stays a sentence where it is one', () => {
    for (const text of [
      'All 2 tasks succeeded.',
      '1 of 2 failed: Transcode 100010 (SourceFileError)',
      '全部成功',
      'no',
    ])
      expect(said(text)).toBe(text)
  })
})

it('an address is a link to that address only, and what is none of the web is no link', () => {
  for (const text of hostile) {
    const tokens = tokensOf(`| a | b |\n|---|---|\n| ${link(`https://vod.test/${text}`, '1')} | y |`)
    const links = tokens.filter(({ type }) => type === 'link') as Tokens.Link[]
    expect(links.length).toBeLessThanOrEqual(1)
    for (const { href } of links) expect(href).toMatch(/^https:\/\/vod\.test\//)
    expect(count(tokens, 'heading') + count(tokens, 'image') + count(tokens, 'html')).toBe(0)
  }
  for (const url of ['javascript:alert(1)', 'data:text/html,x', ' https://x', 'file:///etc'])
    expect(shape(link(url, '1'))).toMatchObject({ link: 0 })
  expect(link('https://vod.test/a_(1).mp4?t=1&sign=%2F', '1')).toBe(
    '[1](<https://vod.test/a_%281%29.mp4?t=1&sign=%2F>)',
  )
})

const progress = (text: string): RunProgress => {
  const parts = [
    { ...part('failed'), ErrCodeExt: text, Message: text, Type: text, urls: [`https://vod.test/${text}`] },
  ]
  const task = reading(procedureId, { parts, verdicts: [verdict('Media', 'block', { Label: text })] })
  const attempt = { attempt: 1, action: 'EditMedia', TaskIds: [text], recovered: true, status: 'failed' }
  return {
    phase: 'settled',
    attempt: 1,
    percent: 100,
    tasks: [{ TaskId: text, TaskType: text, Status: text, percent: 1 }],
    nets: { push: 1 },
    outcome: { status: 'failed', reason: text, tasks: [task], attempts: [attempt] },
    canceled: { stopped: [text], left: [], ended: [text], submitUnanswered: false },
  } as unknown as RunProgress
}
const gate = (text: string, status: GateView['status']) =>
  ({
    status,
    Suggestion: text,
    Label: text,
    Form: text,
    verdicts: [{ of: text, Suggestion: text, Label: text }],
    evidence: [{ what: text, url: `https://vod.test/${text}`, expireTime: text }],
    deadline: '2026-01-01T00:00:00Z',
    onDeadline: 'rejected',
    reminders: 0,
    escalated: false,
    ...(status === 'open' ? {} : { decision: { by: text, reason: text, decidedAt: '2026-01-01T00:00:00Z' } }),
  }) as unknown as GateView
const library = (text: string) =>
  batchDetails({
    status: 'ended',
    counts: { read: 1, started: 1, skipped: 0, missing: 0, repeated: 0, ended: {} },
    running: 0,
    window: 1,
    perHour: 1,
    stopped: text,
    failures: [{ FileId: text, status: 'failed', reason: text }],
  } as unknown as Parameters<typeof batchDetails>[0])
const started = (text: string) =>
  startDetailsOf({ request: { FileId: text, ProcedureName: text, SessionContext: text } }, text) ?? ''

describe.each([
  ['a step', (text: string) => detailsOf(progress(text))],
  ['an open gate', (text: string) => gateDetails(gate(text, 'open'))],
  ['a decided gate', (text: string) => gateDetails(gate(text, 'approved'))],
  ['a batch', library],
  ['the start of a run', started],
])('the details of %s', (_, details) => {
  it('have the same form, whatever the texts are', () => {
    fc.assert(
      fc.property(
        anything.filter((text) => quoted(text) !== ''),
        (text) => expectForm(details(text), details('x')),
      ),
    )
  })

  it('lead nowhere but to VOD', () => {
    for (const text of hostile) {
      const links = tokensOf(details(text)).filter(({ type }) => type === 'link') as Tokens.Link[]
      expect(links.filter(({ href }) => !href.startsWith('https://vod.test/'))).toEqual([])
    }
  })
})

it('a summary is one line without controls, and within its bytes', () => {
  for (const text of [...hostile, '🎬'.repeat(500), '\u202e'.repeat(500)]) {
    const summary = summaryOf({ request: { FileId: '', MediaStoragePath: text, ProcedureName: 'one' } })
    expect(summary).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]/u)
    expect(Buffer.byteLength(JSON.stringify(summary))).toBeLessThanOrEqual(400)
    expect(shape(summary)).toEqual(shape('x'))
  }
})

it('the start of a run has no details that only say again what its summary says', () => {
  const request = { FileId: '528', ProcedureName: 'one' }
  expect(startDetailsOf({ request })).toBeUndefined()
  expect(startDetailsOf({ request }, 'a wrong template')).toContain('`a wrong template`')
  expect(startDetailsOf({ request: { ...request, SubAppId: 7 } })).toContain('- SubAppId: `7`')
  expect(startDetailsOf({ request, account: 'eu' })).toContain('- account: `eu`')
})

it('details that are cut have no half of a code span', () => {
  const lines = Array.from(
    { length: 60 },
    (_, index) => `- ${quoted(`${index} \`x\` [a](https://evil.test) 中`.repeat(9))}`,
  )
  for (let bytes = 100; bytes < 20_000; bytes += 777) {
    const cut = wholeLines(lines.join('\n'), bytes)
    expect(shape(cut)).toMatchObject({ link: 0 })
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(bytes + 6)
  }
})
