import { SourceError } from '../../singer/index.js'

/** A value that must not be sent as it is. Never holds the value. */
export class ValueError extends SourceError {
  override name = 'ValueError'
  /** Of the value in its document. */
  readonly pos: number
  constructor(message: string, pos: number) {
    super(message)
    this.pos = pos
  }
}
