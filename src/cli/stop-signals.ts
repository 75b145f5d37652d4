// A terminal signals npm and us alike, and npm passes its own on: that is one wish to stop, not two.
const echoMs = 500

/** Calls `stop` at the first signal to stop, and `stopAtOnce` at every later one that is no echo of it. */
export function onStopSignal(stop: (signal: string) => void, stopAtOnce: () => void): void {
  let firstAt: number | undefined
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      const now = performance.now()
      if (firstAt === undefined) {
        firstAt = now
        stop(signal)
      } else if (now - firstAt > echoMs) stopAtOnce()
    })
  }
}
