import { WorkflowExecutionAlreadyStartedError } from '@temporalio/common'
import {
  ApplicationFailure,
  CancellationScope,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  executeChild,
  ParentClosePolicy,
  setHandler,
  sleep,
  uuid4,
  WorkflowIdReusePolicy,
  workflowInfo,
} from '@temporalio/workflow'
import type { Outcome } from '../../src/contract/outcome.js'
import { steps } from './everyStep.js'

/** The outcome is what a test looks at, whatever it is. */
const asValue = (input: object) => ({ ...input, onFailure: 'return' })

/** Served by the user's worker too, under the names that ours have. */
export * from '../../src/workflows/steps.js'

export type StepName = keyof typeof steps

/** What a user's workflow does, as data: a test makes one of these, and an operator does something to it. */
export type Tree =
  | { readonly do: 'step'; readonly step: StepName; readonly input: object }
  /** The step as a child, on vodflow's own queue; fails with the child. */
  | {
      readonly do: 'stepInChild'
      readonly step: StepName
      readonly input: object
      readonly id?: string
      readonly retries?: number
    }
  /** A workflow of the user's as a child. */
  | {
      readonly do: 'child'
      readonly tree: Tree
      readonly id?: string
      readonly retries?: number
      readonly cron?: string
      readonly name?: string
      /** Of another worker. */
      readonly queue?: string
      /** Never under this id again: what Temporal refuses comes to nothing. */
      readonly once?: true
    }
  /** Its child's start is canceled before Temporal has it; nothing in another attempt of the workflow. */
  | { readonly do: 'unsent'; readonly tree: Tree; readonly attempt: number }
  | { readonly do: 'row' | 'together'; readonly trees: readonly Tree[] }
  /** Together, in another order in every other attempt of the workflow. */
  | { readonly do: 'turned'; readonly trees: readonly Tree[] }
  /** One in each attempt of the workflow. */
  | { readonly do: 'turn'; readonly trees: readonly [Tree, Tree] }
  /** A child without arguments, which reads its media file from its workflow id. */
  | { readonly do: 'childOfId'; readonly FileId: string; readonly ofRun?: boolean }
  /** Continues as new with it. */
  | { readonly do: 'next'; readonly tree: Tree }
  /** Fails in each attempt of the workflow before this one. */
  | { readonly do: 'failBefore'; readonly attempt: number }
  /** Does it again when it has failed, as a loop that has fixed the cause. */
  | { readonly do: 'again'; readonly tree: Tree; readonly times: number }
  | { readonly do: 'wait' }
  | { readonly do: 'sleep'; readonly ms: number }

const goSignal = defineSignal('go')
const waitsQuery = defineQuery<boolean>('waits')

/** What came of each step, in the order of the tree; of one that failed, its message. */
export async function tree(root: Tree): Promise<Outcome[]> {
  let go = false
  let waits = false
  setHandler(waitsQuery, () => waits)
  setHandler(goSignal, () => {
    go = true
  })
  const grow = async (node: Tree): Promise<Outcome[]> => {
    switch (node.do) {
      case 'step':
        return [await (steps[node.step] as (input: unknown) => Promise<Outcome>)(asValue(node.input))]
      case 'stepInChild':
        return [
          await executeChild(node.step, {
            taskQueue: 'vodflow',
            args: [asValue(node.input)],
            ...(node.id === undefined ? {} : { workflowId: node.id }),
            ...(node.retries === undefined
              ? {}
              : { retry: { maximumAttempts: node.retries, initialInterval: 10 } }),
          }),
        ]
      case 'child':
        return executeChild('tree', {
          // As a user's code may: something that is another one after a reset.
          args: node.name === undefined ? [node.tree] : [node.tree, Date.now(), uuid4()],
          ...(node.name === undefined ? {} : { memo: { 'vodflow.key': node.name } }),
          parentClosePolicy: ParentClosePolicy.ABANDON,
          ...(node.id === undefined ? {} : { workflowId: node.id }),
          ...(node.cron === undefined ? {} : { cronSchedule: node.cron }),
          ...(node.queue === undefined ? {} : { taskQueue: node.queue }),
          ...(node.once ? { workflowIdReusePolicy: WorkflowIdReusePolicy.REJECT_DUPLICATE } : {}),
          ...(node.retries === undefined
            ? {}
            : { retry: { maximumAttempts: node.retries, initialInterval: 10 } }),
        }).catch((error: unknown) => {
          if (node.once && error instanceof WorkflowExecutionAlreadyStartedError) return []
          throw error
        })
      case 'unsent': {
        if (workflowInfo().attempt !== node.attempt) return []
        const scope = new CancellationScope()
        const started = scope.run(() => grow(node.tree))
        scope.cancel()
        return started.catch(() => [])
      }
      case 'row': {
        const outcomes: Outcome[] = []
        for (const each of node.trees) outcomes.push(...(await grow(each)))
        return outcomes
      }
      case 'together':
        return (await Promise.all(node.trees.map(grow))).flat()
      case 'turned': {
        const trees = workflowInfo().attempt % 2 === 0 ? [...node.trees].reverse() : node.trees
        return (await Promise.all(trees.map(grow))).flat()
      }
      case 'turn':
        return grow(node.trees[workflowInfo().attempt % 2 === 0 ? 1 : 0])
      case 'childOfId': {
        const { runId, firstExecutionRunId } = workflowInfo()
        const parent = node.ofRun ? runId : firstExecutionRunId
        return executeChild(ofItsId, { workflowId: `${parent}/${node.FileId}` })
      }
      case 'next':
        return continueAsNew<typeof tree>(node.tree)
      case 'failBefore':
        if (workflowInfo().attempt < node.attempt) throw ApplicationFailure.retryable('not yet')
        return []
      case 'again': {
        const outcomes: Outcome[] = []
        for (let time = 0; time < node.times; time++) outcomes.push(...(await grow(node.tree)))
        return outcomes
      }
      case 'wait':
        waits = true
        await condition(() => go)
        waits = false
        return []
      case 'sleep':
        await sleep(node.ms)
        return []
    }
  }
  return grow(root)
}

/** Processes the media file that its workflow id ends with. */
export async function ofItsId(): Promise<Outcome[]> {
  const FileId = workflowInfo().workflowId.split('/').at(-1) ?? ''
  return [await steps.processMediaByProcedure({ request: { FileId, ProcedureName: 'one' } })]
}
