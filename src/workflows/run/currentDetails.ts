import { setCurrentDetails } from '@temporalio/workflow'
import { said, wholeLines } from '../../contract/markdown.js'

/** Of UTF-8, as a person reads at most; Temporal's limit is 20,000. */
const maxBytes = 16_000

interface DetailsSection {
  readonly title: string
  text: string
}

const sections: DetailsSection[] = []

/**
 * A run's current details in the Temporal UI, as Markdown: there is one text for all of its steps and gates. Setting it costs no
 * history event.
 */
export function pinSection(title: string): (text: string) => void {
  const section: DetailsSection = { title, text: '' }
  sections.push(section)
  return (text) => {
    section.text = text
    show()
  }
}

/** Of several each has its title; the latest first, since a long text is cut. */
function show(): void {
  const shown = sections.filter(({ text }) => text !== '')
  const titled =
    shown.length === 1
      ? shown.map(({ text }) => text)
      : shown.map(({ title, text }) => `### ${said(title)}\n${text}`)
  setCurrentDetails(wholeLines(titled.toReversed().join('\n\n'), maxBytes))
}
