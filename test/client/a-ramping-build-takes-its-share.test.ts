import { describe, expect, it } from 'vitest'
import { lackIn } from '../../src/temporal/routing.js'

const build = (buildId: string) => ({ deploymentName: 'vodflow', buildId })
const poller = (buildId: string) => ({ identity: buildId, build: build(buildId) })
const unversioned = { identity: 'plain' }
const ramping = (percentage: number) => ({ ramping: { ...build('2'), percentage } })

describe('what a run lacks while a build ramps', () => {
  it('is the ramping build where nobody of it polls', () => {
    expect(lackIn({ pollers: [poller('1')], current: build('1'), ...ramping(5) })).toEqual({
      reason: 'noWorkerOfBuild',
      build: build('2'),
      pinned: false,
      ramping: true,
    })
  })

  it('is nothing at 100 % without a current build', () => {
    expect(lackIn({ pollers: [poller('2')], ...ramping(100) })).toBeUndefined()
  })

  it('is a current build below that, or workers without one', () => {
    expect(lackIn({ pollers: [poller('2')], ...ramping(50) })).toMatchObject({ reason: 'noCurrentVersion' })
    expect(lackIn({ pollers: [poller('2'), unversioned], ...ramping(50) })).toBeUndefined()
  })

  it('is nothing for a run that is pinned to a build that polls', () => {
    expect(lackIn({ pollers: [poller('1')], current: build('1'), ...ramping(5) }, build('1'))).toBeUndefined()
  })
})
