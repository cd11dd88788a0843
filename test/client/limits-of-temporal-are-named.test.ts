import { ServiceError } from '@temporalio/client'
import { expect, it } from 'vitest'
import { explain } from '../../src/client/errorsOfTemporal.js'
import { TemporalUnreachableError } from '../../src/client/index.js'
import { grpc } from '../../src/temporal/grpc.js'

it.each([
  ['wrapped by the client', (cause: Error) => new ServiceError('failed', { cause })],
  ['as a connection of a worker has it', (cause: Error) => cause],
])('a limit is not said to be an address that does not answer, %s', (_, given) => {
  const answer = Object.assign(new Error('8 RESOURCE_EXHAUSTED: namespace rate limit exceeded'), {
    code: grpc.resourceExhausted,
    details: 'namespace rate limit exceeded',
    metadata: {},
  })
  const said = explain(given(answer), { address: 'cloud:7233', namespace: 'films' })
  expect(said).toBeInstanceOf(TemporalUnreachableError)
  expect(String(said)).toMatch(
    /Temporal at cloud:7233 accepts no more calls for now: a limit of the namespace "films"/,
  )
  expect(String(said)).toMatch(/try again/)
  expect(String(said)).not.toMatch(/TEMPORAL_ADDRESS/)
})
