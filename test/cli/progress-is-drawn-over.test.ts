import { expect, it } from 'vitest'
import { progressView } from '../../src/cli/progressView.js'

function terminal(size: object) {
  const written: string[] = []
  const out = {
    isTTY: false,
    ...size,
    write: (text: string) => written.push(text),
  } as unknown as NodeJS.WriteStream
  return { out, written }
}

it('in a terminal the lines are drawn over, cut to its size', () => {
  const { out, written } = terminal({ isTTY: true, rows: 4, columns: 8 })
  const show = progressView(out)
  show(['one', 'two'])
  show(['one', 'two'])
  show(['1', '2', '3', 'four is long', 'five'])
  show(['last'])
  expect(written).toEqual(['one\ntwo\n', '\x1b[2A\x1b[J3\nfour is\nfive\n', '\x1b[3A\x1b[Jlast\n'])
})

it('in a pipe each line that is new is written, and nothing that a terminal obeys', () => {
  const { out, written } = terminal({})
  const show = progressView(out)
  show(['one', 'two\x1b[2J'])
  show(['one', 'three'])
  expect(written).toEqual(['one\n', 'two\\u001b[2J\n', 'three\n'])
})

it.each([
  ['中文字幕转码', '中文字'],
  ['한국어 자막', '한국어 '],
  ['🎬🎬🎬🎬🎬', '🎬🎬🎬'],
  ['e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301e\u0301', 'e\u0301'.repeat(7)],
  ['a中中中中', 'a中中中'],
])('%s is cut by columns, and never within a character', (line, shown) => {
  const { out, written } = terminal({ isTTY: true, rows: 4, columns: 8 })
  progressView(out)([line])
  expect(written).toEqual([`${shown}\n`])
})

it.each([0, undefined])('a terminal that says %s columns has the usual 80', (columns) => {
  const { out, written } = terminal({ isTTY: true, rows: columns, columns })
  progressView(out)(['x'.repeat(100)])
  expect(written).toEqual([`${'x'.repeat(79)}\n`])
})
