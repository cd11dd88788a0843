import type { Command } from 'commander'
import type { BuildState } from '../client/builds.js'
import { counted } from '../contract/counted.js'
import { notGood, print, table } from './print.js'
import { withVodflow } from './session.js'

export function registerBuilds(program: Command): void {
  program
    .command('builds')
    .description('shows the builds of versioned workers, their runs, and which builds may be stopped')
    .option('--json', 'print JSON, one build per line', false)
    .addHelpText('after', help)
    .action(async ({ json }: { readonly json: boolean }) => {
      const { buildsIn } = await import('../client/builds.js')
      await withVodflow({}, async ({ client }) => {
        const builds = await buildsIn(client)
        if (json) for (const build of builds) console.log(JSON.stringify({ ...build, ...adviceOn(build) }))
        else print(json, builds, () => textOf(builds))
        if (builds.some((build) => adviceOn(build).bad)) process.exitCode = notGood
      })
    })
}

function textOf(builds: readonly BuildState[]): string[] {
  if (builds.length === 0) return ['No worker is versioned.']
  const rows = builds.map((build) => [
    build.deploymentName,
    build.buildId,
    build.state,
    build.works ? 'yes' : 'NO',
    String(build.runs),
    adviceOn(build).advice,
  ])
  return table([['DEPLOYMENT', 'BUILD', 'STATE', 'WORKERS', 'RUNS', ''], ...rows])
}

/** Returns what to do with the workers of a build. */
function adviceOn({ state, works, runs, lacking }: BuildState): {
  readonly advice: string
  readonly bad: boolean
} {
  if (state !== 'old')
    return works
      ? { advice: 'takes new runs', bad: false }
      : { advice: 'takes new runs: start its workers', bad: true }
  if (lacking && lacking.runs > 0) {
    const { taskQueue, what, remedy } = lacking
    return {
      advice: `${counted(lacking.runs, `run of "${taskQueue}" waits`, `runs of "${taskQueue}" wait`)}: ${what}. ${remedy}`,
      bad: true,
    }
  }
  if (runs === 0 && lacking)
    return { advice: `do not stop it: ${lacking.what}. ${lacking.remedy}`, bad: false }
  if (runs === 0) return { advice: 'may be stopped', bad: false }
  return works
    ? { advice: 'do not stop it: its runs need it until they end', bad: false }
    : { advice: 'its runs wait: start its workers, or move the runs (docs/upgrade.md)', bad: true }
}

const help = `
RUNS counts the open runs that only the workers of this build can take. WORKERS shows whether they poll its task queues; a queue of calls
without a backlog for the build may have no worker. Workers stay visible for up to 90 s after they stop.
A build may be stopped when no open run needs its workers and other workers take the runs of its task queues. If no build is the current
one, no other worker takes them.
Exit code: 0 every needed build has workers, and every run of their task queues finds one; 2 a worker is missing; 1 an error.

Example:
  vodflow builds
`
