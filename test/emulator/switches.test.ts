import { expect, it } from 'vitest'
import { switchesOf } from '../../src/emulator/switches.js'

it('a switch that is undefined keeps its default', () => {
  expect(switchesOf({ signPlace: undefined, listingLag: undefined, detailLag: '2 seconds' })).toEqual(
    switchesOf({ detailLag: '2 seconds' }),
  )
})
