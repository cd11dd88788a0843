import { setCurrentDetails } from '@temporalio/workflow'
import { said, wholeLines } from '../../contract/markdown.js'

/** The largest size in bytes of UTF-8 that a person can read. Temporal's limit is 20,000. */
const maxBytes = 16_000

interface DetailsSection {
  readonly title: string
  text: string
}

const sections: DetailsSection[] = []

/**
 * Adds a section to the run's current details in the Temporal UI, which are one Markdown text for all steps and gates. Setting them adds
 * no history event.
 */
export function pinSection(title: string): (text: string) => void {
  const section: DetailsSection = { title, text: '' }
  sections.push(section)
  return (text) => {
    section.text = text
    show()
  }
}

/** Several sections have titles. The latest comes first, because a long text is cut at the end. */
function show(): void {
  const shown = sections.filter(({ text }) => text !== '')
  const titled =
    shown.length === 1
      ? shown.map(({ text }) => text)
      : shown.map(({ title, text }) => `### ${said(title)}\n${text}`)
  setCurrentDetails(wholeLines(titled.toReversed().join('\n\n'), maxBytes))
}
