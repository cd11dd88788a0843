import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { columnsOf, laidOut } from '../../src/cli/layout.js'
import { progressView } from '../../src/cli/progressView.js'

beforeEach(() => vi.stubEnv('COLUMNS', ''))
afterEach(() => vi.unstubAllEnvs())

function terminal(size: object) {
  const written: string[] = []
  const out = {
    isTTY: false,
    ...size,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream
  return { out, written }
}

const linesOf = (...texts: readonly string[]) => texts.map((text) => ({ text }))

it('in a terminal the lines are drawn over, cut to its size', () => {
  const { out, written } = terminal({ isTTY: true, rows: 4, columns: 8 })
  const show = progressView(out)
  show(linesOf('one', 'two'))
  show(linesOf('one', 'two'))
  show(linesOf('1', '2', 'too-long-a-word', 'five'))
  show(linesOf('last'))
  expect(written).toEqual(['one\ntwo\n', '\x1b[2A\x1b[J2\ntoo-lon\nfive\n', '\x1b[3A\x1b[Jlast\n'])
})

it('in a pipe each line that is new is written, and nothing that a terminal obeys', () => {
  const { out, written } = terminal({})
  const show = progressView(out)
  show(linesOf('one', 'two\x1b[2J'))
  show(linesOf('one', 'three'))
  expect(written).toEqual(['one\n', 'two\\u001b[2J\n', 'three\n'])
})

it.each([
  ['中文字幕转码', '中文字'],
  ['한국어자막', '한국어'],
  ['🎬🎬🎬🎬🎬', '🎬🎬🎬'],
  ['e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301', 'e\u0301'.repeat(7)],
  ['a中中中中', 'a中中中'],
])('%s is cut by columns, and never within a character', (line, shown) => {
  const { out, written } = terminal({ isTTY: true, rows: 4, columns: 8 })
  progressView(out)(linesOf(line))
  expect(written).toEqual([`${shown}\n`])
})

it.each([0, undefined])('a terminal that says %s columns has the usual 80', (columns) => {
  const { out, written } = terminal({ isTTY: true, rows: columns, columns })
  progressView(out)(linesOf('x'.repeat(100)))
  expect(written).toEqual([`${'x'.repeat(79)}\n`])
})

it('a tree fits the terminal, and its commands can be pasted', () => {
  const command = `vodflow approve episode/e01 --gate 'one gate' --reason "..."`
  const lines = [
    {
      text: 'a run that has a long name and more',
      under: [
        { text: 'a gate', under: [{ text: command }] },
        { percent: 40, text: 'waiting', under: [{ text: `see https://vod.test/${'x'.repeat(30)}` }] },
      ],
    },
  ]
  vi.stubEnv('LC_ALL', 'C.UTF-8')
  const tree = laidOut(lines, 32)
  expect(tree).toEqual([
    'a run that has a long name and',
    '│ more',
    '├─ a gate',
    '│  └─ vodflow approve \\',
    '        episode/e01 --gate \\',
    "        'one gate' --reason \\",
    '        "..."',
    '└─ [########............]  40 %',
    '   │ waiting',
    `   └─ see https://vod.test/${'x'.repeat(30)}`,
  ])
  vi.stubEnv('LC_ALL', 'C')
  expect(laidOut(lines, 80).join('\n')).toMatch(/^\|- a gate\n\| {2}`- vodflow approve .*\n`- \[#/m)
  expect(laidOut(lines, undefined)).toEqual([
    'a run that has a long name and more',
    '  a gate',
    `    ${command}`,
    '  40 %  waiting',
    `    see https://vod.test/${'x'.repeat(30)}`,
  ])
})

it.each([
  ['COLUMNS', { isTTY: true, columns: 120 }, '60', 60],
  ['the terminal', { isTTY: true, columns: 120 }, '', 120],
  ['a pipe', { columns: 120 }, '60', undefined],
])('the width is that of %s', (_, out, variable, columns) => {
  vi.stubEnv('COLUMNS', variable)
  expect(columnsOf(out as NodeJS.WriteStream)).toBe(columns)
})
