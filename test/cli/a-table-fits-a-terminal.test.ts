import { expect, it } from 'vitest'
import { table } from '../../src/cli/print.js'

const rows = [
  ['STARTED', 'STATUS', 'TYPE', 'WORKFLOW ID', 'ENDED', 'REASON'],
  [
    '2026-12-01T00:12:34Z',
    'RUNNING',
    'processMediaByProcedure',
    'vod/5285485487985271487/HD+Watermark',
    '',
    '',
  ],
  ['2026-11-30T23:10:01Z', 'COMPLETED', 'publishEpisode', 'episode-17', '2026-11-30T23:12:40Z', 'new cut'],
]

it('stands on one line in a pipe and in a wide terminal', () => {
  for (const columns of [undefined, 160])
    expect(table(rows, columns)[2]).toBe(
      '2026-11-30T23:10:01Z  COMPLETED  publishEpisode           episode-17                            2026-11-30T23:12:40Z  new cut',
    )
})

it('puts what does not fit under its row, also the ids that people copy', () => {
  expect(table(rows, 80)).toEqual([
    'STARTED               STATUS     TYPE',
    '  WORKFLOW ID  ENDED  REASON',
    '2026-12-01T00:12:34Z  RUNNING    processMediaByProcedure',
    '  vod/5285485487985271487/HD+Watermark',
    '2026-11-30T23:10:01Z  COMPLETED  publishEpisode',
    '  episode-17  2026-11-30T23:12:40Z  new cut',
  ])
})

it('keeps the first column where nothing fits', () => {
  expect(table([['a-long-name', 'value']], 5)).toEqual(['a-long-name', '  value'])
})
