import type { Run } from '../client/index.js'
import { outcomeText } from './outcomeText.js'
import { notGood } from './print.js'

/**
 * Watches a run to its end. With `json` each change is one object on a line, and the last one has the outcome. Exit code 2 where the
 * outcome is not `succeeded`.
 */
export async function waitFor(run: Run, { json }: { readonly json: boolean }): Promise<void> {
  const { progressView } = await import('./progressView.js')
  const show = json ? (progress: unknown) => console.log(JSON.stringify({ progress })) : progressView()
  for await (const progress of run.watch()) show(progress)
  const outcome = await run.result()
  console.log(
    json ? JSON.stringify({ workflowId: run.workflowId, outcome }) : outcomeText(outcome).join('\n'),
  )
  if (outcome.status !== 'succeeded') process.exitCode = notGood
}

/** What a command that started or found a run answers. */
export async function answerWith(
  run: Run,
  { watch, json }: { readonly watch: boolean; readonly json: boolean },
): Promise<void> {
  const { workflowId, chain, attached } = run
  if (json) console.log(JSON.stringify({ workflowId, chain, attached }))
  else console.log(`${workflowId}${attached ? ' (it was there already)' : ''}`)
  if (watch) await waitFor(run, { json })
}
