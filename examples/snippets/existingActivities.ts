export async function saveUrls(lesson: string, urls: readonly string[]): Promise<void> {
  console.log(`${lesson} has ${urls.length} URLs`)
}
