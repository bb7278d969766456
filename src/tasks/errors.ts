/** The bytes of a body were freed after its row was read: its task was cancelled or is over, or a newer version took its place */
export class FreedError extends Error {
  constructor (cause: Error) {
    super('the body was freed meanwhile', { cause })
    this.name = 'FreedError'
  }
}
