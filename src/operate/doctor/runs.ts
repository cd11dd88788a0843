import type { Client } from '@temporalio/client'
import { type BuildState, buildsIn } from '../../client/builds.js'
import { shellWord } from '../../client/shellWord.js'
import { stuckRuns } from '../../client/stuckRuns.js'
import { notAskedText, stuckText } from '../../client/stuckText.js'
import { buildText } from '../../temporal/routing.js'
import { bad, doubtful, type Finding, failed, good } from './finding.js'

const mayDo = 'check what your key may do, and vodflow setup'

/** Whether every open run of the namespace can continue, and which builds may be stopped. */
export async function* checkRuns(client: Client): AsyncGenerator<Finding> {
  try {
    const { groups, notAsked } = await stuckRuns(client)
    if (groups.length + notAsked.length === 0)
      yield good('runs', 'every open run of the namespace can continue')
    for (const each of notAsked) yield doubtful('runs', notAskedText(each), mayDo)
    for (const group of groups) yield bad('runs', stuckText(group), group.remedy)
  } catch (error) {
    yield failed('runs', error, mayDo)
  }
  try {
    for (const build of await buildsIn(client)) yield* findingsOf(build)
  } catch (error) {
    yield failed('builds', error, mayDo)
  }
}

function* findingsOf(build: BuildState): Generator<Finding> {
  const { deploymentName, buildId, state, works, runs, workflowId } = build
  if (state !== 'old' && !works) {
    const what = `${buildText(build)} is the ${state} build, and its workers do not poll all task queues that it needs`
    yield bad(
      'builds',
      what,
      `vodflow worker --deployment ${shellWord(deploymentName)} --build-id ${shellWord(buildId)}`,
    )
  }
  if (state !== 'old' || !works || runs === 0) return
  const what = `${buildText(build)} still has ${runs} open runs that only its workers take, for example ${workflowId}`
  yield doubtful('builds', what, 'keep its workers until vodflow builds shows no runs of it')
}
