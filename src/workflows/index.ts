/**
 * For composing inside your own workflows, and the workflow types that a worker serves. Re-export what your
 * worker shall serve from your workflow file: `export { processMediaByProcedure } from 'vodflow/workflows'`.
 */
export { processMediaByProcedure } from './processMediaByProcedure.js'
export type { Cancelled, Progress, TaskProgress } from './progress.js'
