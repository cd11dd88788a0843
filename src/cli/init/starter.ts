import { readFile } from 'node:fs/promises'

/** The starter project, which is part of the package. The path is the same from `src/cli/init` and `dist/cli/init`. */
const folder = new URL('../../../starter/', import.meta.url)

const copied = [
  'tsconfig.json',
  ...['workflows', 'worker', 'startPublish', 'start', 'publish.test'].map((name) => `src/${name}.ts`),
]

/** Returns every file of the starter project except its package.json, by path. */
export async function starterFiles(name: string): Promise<Readonly<Record<string, string>>> {
  const texts = await Promise.all(
    copied.map(async (path) => [path, await readFile(new URL(path, folder), 'utf8')] as const),
  )
  return {
    ...Object.fromEntries(texts),
    'README.md': readme(name),
    // Not a file of the folder, because npm omits a .gitignore from a package.
    '.gitignore': 'node_modules/\n.vodflow/\nreport/\nreport-*/\n',
  }
}

function readme(name: string): string {
  return `# ${name}

A pipeline on [vodflow](https://www.npmjs.com/package/vodflow): Tencent Cloud VOD's media API as durable Temporal workflows.

\`\`\`sh
npm install
npm start  # runs a real video through the pipeline on this machine, with no cloud account
npm test   # tests the pipeline against the local VOD
\`\`\`

A second \`npm start\` returns the result of the first: the pipeline of a file runs once, and VOD bills it once.
To start it again on purpose, name the new run: \`npm start -- --take second\`.

\`\`\`sh
npx vodflow dev --data .vodflow  # keeps everything running, with the Temporal UI at http://127.0.0.1:8233
\`\`\`

- \`src/workflows.ts\`: the pipeline. Change it.
- \`src/worker.ts\`: runs it.
- \`src/startPublish.ts\`: starts it, once for each media file. Call this from your app.
- \`src/start.ts\`: starts it, kills its worker to show that the run goes on, and writes a page about the run.
- \`src/publish.test.ts\`: tests it.
- \`report/\`: that page. Open \`report/report.html\`.
- \`.vodflow/\`: runs and media of the local VOD. Delete it to start over.

With a cloud account, run \`npx vodflow doctor\` with your keys: it lists what is missing. \`docs/production.md\` in the package \`vodflow\` shows how to go to production.
`
}
