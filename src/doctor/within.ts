/** A promise that cannot be cancelled is not waited for any longer than this, ms */
export async function within<T> (promise: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined

  try {
    return await Promise.race([promise, new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => { reject(new Error(`no answer within ${ms / 1_000} s`)) }, ms)
    })])
  } finally {
    clearTimeout(timer)
  }
}
