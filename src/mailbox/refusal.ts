/** Why a keeper says no; the code travels */
export class MailRefusal extends Error {
  readonly reason: string

  constructor (reason: string, message: string = reason) {
    super(message)
    this.name = 'MailRefusal'
    this.reason = reason
  }
}
