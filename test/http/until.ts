/** Waits until something is so, at most `ms`. */
export async function until(isSo: () => boolean, ms = 30_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!isSo()) {
    if (performance.now() > deadline) throw new Error(`not so after ${ms} ms: ${isSo}`)
    await new Promise(resolve => setTimeout(resolve, 5))
  }
}
